"""Settings: what stands in the file or in the environment holds as if it had been typed, and what is typed goes before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fedistats import cli
from tests.cli.test_cli import PATIENT, Run, desk, run
from tests.local_server import serve_locally

__all__ = ["run"]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "settings.toml"
    monkeypatch.setenv("FEDISTATS_CONFIG", str(path))
    return path


def value(run: Run, command: str, option: str) -> tuple[object, object]:
    code, out, _ = run("config", "--json")
    assert code == 0
    (found,) = (row for row in json.loads(out)["options"] if (row["command"], row["option"]) == (command, option))
    return found["value"], found["origin"]


def test_a_value_comes_from_the_environment_before_the_file_before_the_default(
    run: Run, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert value(run, "posts", "pace") == (1.0, "default")
    settings.write_text("pace = 3\n[posts]\npace = 4\n")
    assert value(run, "posts", "pace") == (4, "file")
    assert value(run, "profiles", "pace") == (3, "file")
    monkeypatch.setenv("FEDISTATS_PACE", "7")
    assert value(run, "posts", "pace") == ("7", "FEDISTATS_PACE")


def test_settings_hold_and_what_is_typed_goes_before(run: Run, settings: Path, tmp_path: Path) -> None:
    settings.write_text(f'output = "{tmp_path / "settled"}"\njson = true\n')
    with serve_locally(desk()) as url:
        code, out, _ = run("instance", url, *PATIENT)
        assert (code, json.loads(out)["instance"]["host"]) == (0, "home.example")
        assert list((tmp_path / "settled").glob("*/instance.json"))
        assert run("instance", url, *PATIENT, "--output", "typed")[0] == 0
    assert list((tmp_path / "typed").glob("*/instance.json"))


def test_a_path_may_begin_at_home(run: Run, settings: Path) -> None:
    settings.write_text('output = "~/here"\n')
    assert value(run, "posts", "output") == (str(Path.home() / "here"), "file")


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
def test_a_file_that_cannot_be_understood_says_where(run: Run, settings: Path, text: str, message: str) -> None:
    settings.write_text(text)
    code, _, err = run("posts", "home.example", "--offline")
    assert (code, message in err, str(settings) in err) == (cli.USAGE, True, True)
    assert err.count("\n") == 1


def test_a_file_without_end_is_not_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEDISTATS_CONFIG", "/dev/zero")
    code, _, err = run("posts", "home.example", "--offline")
    assert (code, "longer than 1 MiB" in err) == (cli.USAGE, True)


def test_nothing_that_is_said_steers_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEDISTATS_OUTPUT", "x\x1b]0;owned\x07\x9by")
    code, _, err = run("posts", "home.example", "--offline")
    assert (code, set(err) & set("\x1b\x07\x9b")) == (cli.UNCOLLECTED, set())


def test_a_variable_that_cannot_be_understood_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEDISTATS_MIN_POSTS", "few")
    code, _, err = run("neighborhood", "home.example", "--offline")
    assert (code, "(from FEDISTATS_MIN_POSTS)" in err) == (cli.USAGE, True)


def test_config_names_a_value_that_no_command_would_take_and_a_variable_that_is_none(
    run: Run, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEDISTATS_TEHME", "dark")
    code, _, err = run("config")
    assert (code, "FEDISTATS_TEHME is set, but there is no such option" in err) == (0, True)
    monkeypatch.setenv("FEDISTATS_POSTS", "zwei")
    code, _, err = run("config")
    assert (code, "--posts of 'posts' (from FEDISTATS_POSTS)" in err) == (cli.USAGE, True)
    monkeypatch.delenv("FEDISTATS_POSTS")
    settings.write_text('theme = "drak"\n')
    code, _, err = run("config")
    assert (code, str(settings) in err) == (cli.USAGE, True)


def test_config_shows_where_the_file_would_lie(run: Run, settings: Path) -> None:
    code, out, _ = run("config")
    assert (code, "There is no configuration file yet" in out) == (0, True)
    settings.write_text('theme = "dark"')
    assert "The configuration file is" in run("config")[1]


@pytest.mark.usefixtures("hurried")
def test_several_hosts_are_taken_one_after_the_other(run: Run, tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text("# more of them\nhttp://127.0.0.1:9  # nobody there\n")
    with serve_locally(desk()) as url:
        code, out, err = run("instance", url, "no host at all", "-i", "more.txt", *PATIENT)
    assert code == cli.PARTIAL
    assert "'no host at all' is not a host" in err
    assert "127.0.0.1:9" in err
    assert "home.example" in out


def test_where_all_fail_alike_the_exit_code_is_theirs(run: Run) -> None:
    code, _, err = run("instance", "a.example", "b.example", "--offline")
    assert (code, err.count("without --offline")) == (cli.UNCOLLECTED, 2)


def test_without_any_host_it_says_what_is_missing(run: Run) -> None:
    code, _, err = run("instance")
    assert (code, "name a HOST" in err) == (cli.USAGE, True)


def test_the_shell_completes_hosts_that_were_collected(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from fedistats.cli.options import complete_host

    assert complete_host("") == []
    with serve_locally(desk()) as url:
        run("instance", url, *PATIENT, "--output", "elsewhere")
    monkeypatch.setenv("FEDISTATS_OUTPUT", "elsewhere")
    assert complete_host("home.") == ["home.example"]
    assert complete_host("far") == []
