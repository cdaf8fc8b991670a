"""What the documentation shows, happens: every command line and every Python example runs, and every link leads somewhere."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shlex
import shutil
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
import typer

from fedistats import api, cli, demo
from fedistats.client import fetcher
from fedistats.fetch import Request, Response
from fedistats.hosts import Host

ROOT = Path(__file__).parents[1]
PAGES = {path.name: path.read_text("utf-8") for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))}
NAMED = {Host("sigmoid.social"): demo.START, Host("hci.social"): Host("agora.example")}
"""The hosts that examples name; here they show what instances of the demo show."""


class DemoFetcher(fetcher.Fetcher):
    """Everything reaches the demo's fediverse, and nothing the network."""

    async def fetch(self, question: Request) -> Response:
        host = NAMED.get(question.host, question.host)
        return replace(await demo.fetch(replace(question, host=host)), host=question.host)

    @contextlib.asynccontextmanager
    async def visiting(self, _: Host, *, domain: Host | None = None) -> AsyncIterator[None]:  # noqa: ARG002
        yield

    async def wait_for_slot(self) -> None:
        pass


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a reader has who came so far: the demo, and something collected about the host that examples name."""
    folder = tmp_path_factory.mktemp("collected")
    (folder / "never.txt").write_text("# stay away\nnever.example\n")
    (folder / "hosts.txt").write_text("sigmoid.social\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("FEDISTATS_CONFIG", os.devnull)
        assert run("fedistats demo -q", patch) == 0
        for day in (1_790_856_000, 1_793_534_400):  # the first of October and of November 2026
            patch.setenv("SOURCE_DATE_EPOCH", str(day))
            assert run("fedistats watch sigmoid.social --posts 200 -q", patch) == 0
    return folder


@pytest.fixture
def desk(collected: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own for each example."""
    shutil.copytree(collected, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))


def run(line: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit code of a command line, variables before it included."""
    words = shlex.split(line, comments=True)
    while "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        monkeypatch.setenv(name, value)
    assert words[0] == "fedistats"
    monkeypatch.setattr(sys, "argv", words)
    monkeypatch.setattr(api, "Fetcher", DemoFetcher)
    monkeypatch.setattr(fetcher, "Fetcher", DemoFetcher)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def lines(text: str) -> list[str]:
    """Command lines of fedistats in the console blocks of a page; what pipes or installs is somebody else's."""
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    found = [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    return [line for line in found if re.match(r"([A-Z_]+=\S+ )*fedistats\b", line) and "|" not in line]


COMMANDS = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
IN_HELP = {
    name: match[1]
    for name, c in COMMANDS.items()
    if (match := re.search(r": .*?(\b[A-Z_=\w]* ?fedistats .*)$", c.epilog or ""))
}
EXAMPLES = sorted(
    {line for text in PAGES.values() for line in lines(text)}
    | {line.replace("17 4 * * * ", "") for line in IN_HELP.values()}
)
"""Each once, in however many places it stands."""


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("line", EXAMPLES)
def test_every_example_of_the_documentation_and_of_a_help_text_runs(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(line, monkeypatch) == 0


def test_every_help_text_has_an_example() -> None:
    assert IN_HELP.keys() == COMMANDS.keys()


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("page", [name for name, text in PAGES.items() if "```python" in text and name != "README.md"])
def test_every_example_in_python_runs(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "Fetcher", DemoFetcher)
    for code in re.findall(r"```python\n(.*?)```", PAGES[page], re.DOTALL):
        exec(compile(code, page, "exec"), {})


@pytest.mark.parametrize("page", sorted(PAGES))
def test_every_link_leads_somewhere(page: str) -> None:
    folder = ROOT if page == "README.md" else ROOT / "docs"
    for link in re.findall(r"\]\(([^)#\s]+)", PAGES[page]):
        assert "://" in link or (folder / link).exists(), link


def test_every_page_is_led_to_from_the_readme() -> None:
    for page in PAGES.keys() - {"README.md"}:
        assert f"(docs/{page})" in PAGES["README.md"], page


def test_the_reference_says_what_the_program_says() -> None:
    assert (ROOT / "docs" / "reference.md").read_text("utf-8") == _generator().reference()


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "docs" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
