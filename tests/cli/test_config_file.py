"""The configuration file and environment variables: they set options, and the command line takes precedence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fedistats import cli
from tests.commands import FAST, Commands, home_server
from tests.local_server import serve_locally


@pytest.fixture
def config_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "settings.toml"
    monkeypatch.setenv("FEDISTATS_CONFIG", str(path))
    return path


def test_the_file_sets_options_and_the_command_line_precedes_it(
    run: Commands, config_path: Path, tmp_path: Path
) -> None:
    config_path.write_text(f'output = "{tmp_path / "settled"}"\njson = true\n')
    with serve_locally(home_server()) as url:
        code, out, _ = run("instance", url, *FAST)
        assert (code, json.loads(out)["instance"]["host"]) == (0, "home.example")
        assert list((tmp_path / "settled").glob("*/instance.json"))
        assert run("instance", url, *FAST, "--output", "typed")[0] == 0
    assert list((tmp_path / "typed").glob("*/instance.json"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pcae = 1", "no command has an option 'pcae'"),
        ("[post]\nposts = 1", "there is no command 'post'"),
        ("[posts]\nmin-posts = 1", "'posts' has no option 'min-posts'"),
        ("pace = ", "not valid TOML"),
        ("pace = 0.01", "(from "),
    ],
)
def test_an_error_in_the_file_names_the_file(run: Commands, config_path: Path, text: str, message: str) -> None:
    config_path.write_text(text)
    code, _, err = run("posts", "home.example", "--offline")
    assert (code, message in err, str(config_path) in err) == (cli.USAGE, True, True)
    assert err.count("\n") == 1


def test_an_endless_file_is_refused(run: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEDISTATS_CONFIG", "/dev/zero")
    code, _, err = run("posts", "home.example", "--offline")
    assert (code, "longer than 1 MiB" in err) == (cli.USAGE, True)


def test_an_invalid_variable_is_named(run: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEDISTATS_MIN_POSTS", "few")
    code, _, err = run("neighborhood", "home.example", "--offline")
    assert (code, "(from FEDISTATS_MIN_POSTS)" in err) == (cli.USAGE, True)
