"""What the README promises holds: its commands, options, exit codes, pictures and Python."""

from __future__ import annotations

import re
from pathlib import Path

import networkx as nx
import pytest
import typer

from fedistats import cli
from tests.cli.test_cli import desk
from tests.local_server import on_the_desk

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PROGRAM = typer.main.get_command(cli.app)
COMMANDS = PROGRAM.commands  # type: ignore[attr-defined]
OPTIONS = {name for command in (PROGRAM, *COMMANDS.values()) for option in command.params for name in option.opts}


def test_every_command_has_its_row() -> None:
    assert set(re.findall(r"^\| `fedistats (\w+)", README, re.MULTILINE)) == set(COMMANDS)


def test_every_option_that_it_names_exists() -> None:
    prose = re.sub(r"```.*?```", "", README, flags=re.DOTALL)
    named = set(re.findall(r"(?<![\w-])(--?[a-z][a-z-]*)", prose)) - {
        "--help",
        "-m",
        "--full",
    }  # the last is of the benchmarks
    assert len(named) > 10
    assert named <= OPTIONS


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_is_explained_in_its_help(name: str) -> None:
    for option in COMMANDS[name].params:
        assert option.help, f"{name} {option.opts}"


def test_the_exit_codes_are_those_of_the_program() -> None:
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}
    assert codes == {0, cli.FAILED, cli.USAGE, cli.PARTIAL, cli.NOTHING, cli.UNCOLLECTED, cli.INTERRUPTED}


def test_every_picture_and_file_that_it_shows_is_there() -> None:
    links = re.findall(r"\]\((?!https?:)([^)]+)\)", README)
    assert any(link.endswith(".png") for link in links)
    for link in links:
        assert (ROOT / link).exists(), link


def test_every_package_has_its_row_in_the_architecture() -> None:
    packages = {
        path.stem
        for path in (ROOT / "fedistats").iterdir()
        if path.suffix in (".py", "") and not path.name.startswith("_")
    }
    architecture = (ROOT / "docs/architecture.md").read_text()
    assert packages - {"py", "stopwords"} == set(re.findall(r"^\| `(\w+)` \|", architecture, re.MULTILINE))


def test_the_python_example_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    example = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert example
    server = desk()
    server.posts = server.posts[:39]
    with on_the_desk(server) as url:
        names: dict[str, object] = {}
        exec(example[1].replace("sigmoid.social", url), names)
    assert isinstance(names["graph"], nx.Graph)
    assert "2 instances found, 2 visited" in capsys.readouterr().out
    assert names["graph"].has_edge("home.example", "far.example")


def test_ci_runs_the_readmes_own_test_command() -> None:
    assert ".venv/bin/python -m pytest" in README
    assert ".venv/bin/python -m pytest" in (ROOT / ".ci/run").read_text()
    assert "python3 -m venv --without-pip .venv" in (ROOT / ".ci/run").read_text()
