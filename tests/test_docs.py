"""The documentation is correct: every command line and every Python example runs, every link works, the references are up to date."""

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

import fedistats
from fedistats import cli, demo
from fedistats.client import fetcher
from fedistats.fetch import Request, Response
from fedistats.hosts import Host

ROOT = Path(__file__).parents[1]
PAGES = {path.name: path.read_text("utf-8") for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))}
DEMO_HOSTS = {Host("sigmoid.social"): demo.START, Host("hci.social"): Host("agora.example")}
"""The hosts in the examples. Here, hosts of the demo respond for them."""


class DemoFetcher(fetcher.Fetcher):
    """The demo's fediverse instead of the network."""

    async def fetch(self, request: Request) -> Response:
        host = DEMO_HOSTS.get(request.host, request.host)
        return replace(await demo.fetch(replace(request, host=host)), host=request.host)

    @contextlib.asynccontextmanager
    async def visiting(self, _: Host, *, domain: Host | None = None) -> AsyncIterator[None]:  # noqa: ARG002
        yield

    async def wait_for_slot(self) -> None:
        pass


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo, and two collections of the host in the examples."""
    folder = tmp_path_factory.mktemp("collected")
    (folder / "never.txt").write_text("# do not visit\nnever.example\n")
    (folder / "hosts.txt").write_text("sigmoid.social\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("FEDISTATS_CONFIG", os.devnull)
        assert run("fedistats demo -q", patch) == 0
        for day in (1_790_856_000, 1_793_534_400):  # 1 October and 1 November 2026
            patch.setenv("SOURCE_DATE_EPOCH", str(day))
            assert run("fedistats watch sigmoid.social --posts 200 -q", patch) == 0
    return folder


@pytest.fixture
def in_copy(collected: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each example runs in its own copy of that folder."""
    shutil.copytree(collected, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))


def run(line: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """The exit code of a command line, which may begin with variables."""
    words = shlex.split(line, comments=True)
    while "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        monkeypatch.setenv(name, value)
    assert words[0] == "fedistats"
    monkeypatch.setattr(sys, "argv", words)
    monkeypatch.setattr("fedistats.api.collecting.Fetcher", DemoFetcher)
    monkeypatch.setattr(fetcher, "Fetcher", DemoFetcher)
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    return int(exit_.value.code or 0)


def command_lines(text: str) -> list[str]:
    """The lines in the console blocks of a page that run fedistats alone, without a pipe."""
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    lines = [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    return [line for line in lines if re.match(r"([A-Z_]+=\S+ )*fedistats\b", line) and "|" not in line]


COMMANDS = typer.main.get_command(cli.app).commands  # type: ignore[attr-defined]
HELP_EXAMPLES = {
    name: match[1]
    for name, command in COMMANDS.items()
    if (match := re.search(r": .*?(\b[A-Z_=\w]* ?fedistats .*)$", command.epilog or ""))
}
EXAMPLES = sorted(
    {line for text in PAGES.values() for line in command_lines(text)}
    | {line.replace("17 4 * * * ", "") for line in HELP_EXAMPLES.values()}
)


@pytest.mark.slow
@pytest.mark.usefixtures("in_copy")
@pytest.mark.parametrize("line", EXAMPLES)
def test_every_command_line_in_the_documentation_and_in_help_texts_runs(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(line, monkeypatch) == 0


def test_every_help_text_has_an_example() -> None:
    assert HELP_EXAMPLES.keys() == COMMANDS.keys()


@pytest.mark.slow
@pytest.mark.usefixtures("in_copy")
@pytest.mark.parametrize("page", [name for name, text in PAGES.items() if "```python" in text and name != "README.md"])
def test_every_python_example_runs(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fedistats.api.collecting.Fetcher", DemoFetcher)
    for code in re.findall(r"```python\n(.*?)```", PAGES[page], re.DOTALL):
        exec(compile(code, page, "exec"), {})


@pytest.mark.parametrize("page", sorted(PAGES))
def test_every_link_to_a_file_works(page: str) -> None:
    folder = ROOT if page == "README.md" else ROOT / "docs"
    for link in re.findall(r"\]\(([^)#\s]+)", PAGES[page]):
        assert "://" in link or (folder / link).exists(), link


def test_the_readme_links_to_every_page() -> None:
    for page in PAGES.keys() - {"README.md"}:
        assert f"(docs/{page})" in PAGES["README.md"], page


@pytest.mark.parametrize(
    ("page", "generator"),
    [("reference.md", "command_reference"), ("api.md", "api_reference"), ("architecture.md", "architecture")],
)
def test_the_references_are_up_to_date(page: str, generator: str) -> None:
    assert PAGES[page] == getattr(reference_module(), generator)(), "run: python docs/reference.py"


def test_the_api_reference_has_every_public_name() -> None:
    for name in [*fedistats.__all__, "map"]:
        assert name == "errors" or f"\n### {name}\n" in PAGES["api.md"] or f"\n`{name}`: " in PAGES["api.md"], name
    for name in ("HostExcluded", "InvalidSetting", "RequestLimitReached"):
        assert f"\n### {name}\n" in PAGES["api.md"]


def reference_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "docs" / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
