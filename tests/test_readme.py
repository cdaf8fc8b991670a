"""What the README promises holds: its commands, options, exit codes, pictures and Python."""

from __future__ import annotations

import re
from pathlib import Path

import networkx as nx
import pytest
import typer

from fedistats import cli
from tests.commands import home_server
from tests.local_server import serve_locally

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
COMMANDS_PAGE = (ROOT / "docs/commands.md").read_text()
PROGRAM = typer.main.get_command(cli.app)
COMMANDS = PROGRAM.commands  # type: ignore[attr-defined]
OPTIONS = {name for command in (PROGRAM, *COMMANDS.values()) for option in command.params for name in option.opts}


def test_every_command_has_its_row() -> None:
    assert set(re.findall(r"^\| `fedistats (\w+)", COMMANDS_PAGE, re.MULTILINE)) == set(COMMANDS)
    assert set(re.findall(r"^\| `fedistats (\w+)", README, re.MULTILINE)) < set(COMMANDS)


def test_the_readme_takes_one_minute_to_read() -> None:
    assert len(README.splitlines()) <= 130


@pytest.mark.parametrize("page", [README, COMMANDS_PAGE], ids=["README", "commands"])
def test_every_option_that_a_page_names_exists(page: str) -> None:
    prose = re.sub(r"```.*?```", "", page, flags=re.DOTALL)
    named = set(re.findall(r"(?<![\w-])(--?[a-z][a-z-]*)", prose)) - {"--help", "--install-completion"}
    assert len(named) > 5
    assert named <= OPTIONS


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_option_is_explained_in_its_help(name: str) -> None:
    for option in COMMANDS[name].params:
        assert option.help, f"{name} {option.opts}"


def test_the_exit_codes_are_those_of_the_program() -> None:
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", COMMANDS_PAGE, re.MULTILINE)}
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
    assert packages - {"py"} == set(re.findall(r"^\| `(\w+)` \|", architecture, re.MULTILINE))


def test_the_python_example_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    example = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert example
    server = home_server()
    server.posts = server.posts[:39]
    with serve_locally(server) as url:
        names: dict[str, object] = {}
        exec(example[1].replace("sigmoid.social", url), names)
    assert isinstance(names["graph"], nx.Graph)
    assert "2 instances found, 2 visited" in capsys.readouterr().out
    assert names["graph"].has_edge("home.example", "far.example")


def test_the_first_two_console_blocks_are_the_two_commands_that_ci_runs() -> None:
    blocks = re.findall(r"^```console\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
    for block in blocks[:2]:
        demo, tests = block.splitlines()
        assert demo.startswith("$ ")
        assert demo.endswith("fedistats demo")
        assert tests.startswith("$ ")
        assert tests.endswith("pytest")
    assert "readme_block 1\nreadme_block 2\n" in (ROOT / ".ci/run").read_text()
