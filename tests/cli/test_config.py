"""`fedistats config`"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fedistats import cli
from tests.commands import Commands


@pytest.fixture
def config_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "settings.toml"
    monkeypatch.setenv("FEDISTATS_CONFIG", str(path))
    return path


def configured(run: Commands, command: str, option: str) -> tuple[object, object]:
    code, out, _ = run("config", "--json")
    assert code == 0
    (found,) = (row for row in json.loads(out)["options"] if (row["command"], row["option"]) == (command, option))
    return found["value"], found["origin"]


def test_the_environment_precedes_the_file_and_the_file_the_default(
    run: Commands, config_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert configured(run, "posts", "pace") == (1.0, "default")
    config_path.write_text("pace = 3\n[posts]\npace = 4\n")
    assert configured(run, "posts", "pace") == (4, "file")
    assert configured(run, "profiles", "pace") == (3, "file")
    monkeypatch.setenv("FEDISTATS_PACE", "7")
    assert configured(run, "posts", "pace") == ("7", "FEDISTATS_PACE")


def test_a_path_can_begin_with_a_tilde(run: Commands, config_path: Path) -> None:
    config_path.write_text('output = "~/here"\n')
    assert configured(run, "posts", "output") == (str(Path.home() / "here"), "file")


def test_config_reports_invalid_values_and_unknown_variables(
    run: Commands, config_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEDISTATS_TEHME", "dark")
    code, _, err = run("config")
    assert (code, "FEDISTATS_TEHME is set, but there is no such option" in err) == (0, True)
    monkeypatch.setenv("FEDISTATS_POSTS", "zwei")
    code, _, err = run("config")
    assert (code, "--posts of 'posts' (from FEDISTATS_POSTS)" in err) == (cli.USAGE, True)
    monkeypatch.delenv("FEDISTATS_POSTS")
    config_path.write_text('theme = "drak"\n')
    code, _, err = run("config")
    assert (code, str(config_path) in err) == (cli.USAGE, True)


def test_config_names_the_configuration_file(run: Commands, config_path: Path) -> None:
    code, out, _ = run("config")
    assert (code, "There is no configuration file yet" in out) == (0, True)
    config_path.write_text('theme = "dark"')
    assert "The configuration file is" in run("config")[1]
