"""The functions of `fedistats.api`: the same as the commands, also in a notebook."""

from __future__ import annotations

import asyncio
import builtins
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import fedistats
from fedistats import demo
from fedistats.api import hosts_to_compare
from fedistats.errors import InvalidHost, NotCollected, RequestLimitReached, Unreachable
from fedistats.hosts import Host
from tests.commands import timeline
from tests.fediverse import FakeServer
from tests.local_server import serve_locally
from tests.test_docs import COMMANDS, DemoFetcher

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the collected demo."""
    path = tmp_path_factory.mktemp("api") / "demo.db"
    assert fedistats.collect_demo(path) == demo.START
    return path


@pytest.fixture
def demo_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, and the demo's fediverse instead of the network."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("fedistats.api.collecting.Fetcher", DemoFetcher)


def test_demo_is_collected_without_a_network(demo_store: Path) -> None:
    with closing(sqlite3.connect(demo_store)) as database:
        assert database.execute("SELECT count(*) FROM timeline").fetchone()[0] > 20


def test_forgotten_host_is_not_collected(demo_store: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    shutil.copy(demo_store, copy)
    assert fedistats.forget(demo.START, store=copy) > 100
    with pytest.raises(NotCollected):
        fedistats.neighborhood(demo.START, store=copy, offline=True)


def test_functions_work_inside_a_running_loop(demo_store: Path) -> None:
    """As in a notebook."""

    def read() -> fedistats.Neighborhood:
        return fedistats.neighborhood(demo.START, store=demo_store, posts=400, offline=True)

    async def read_cell() -> fedistats.Neighborhood:
        return read()

    async def collect_cell() -> str:
        return fedistats.collect_demo(demo_store.parent / "other.db")

    assert repr(asyncio.run(read_cell())) == repr(read())
    assert asyncio.run(collect_cell()) == demo.START


def test_a_star_import_replaces_no_builtin() -> None:
    names: dict[str, object] = {}
    exec("from fedistats import *", names)
    del names["__builtins__"]
    assert names.keys() == set(fedistats.__all__)
    assert not names.keys() & set(dir(builtins))
    assert callable(fedistats.map)


def test_every_public_name_can_be_loaded() -> None:
    for name in fedistats.__all__:
        assert getattr(fedistats, name).__name__.removeprefix("fedistats.") == name
    with pytest.raises(AttributeError):
        fedistats.no_such_name  # noqa: B018


def test_each_command_that_shows_results_is_a_function() -> None:
    without_function = {"config", "demo", "doctor", "export", "watch"}
    assert COMMANDS.keys() - set(dir(fedistats)) == without_function


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.ipynb")), ids=lambda path: path.name)
def test_example_notebook_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pandas")
    notebook = json.loads(path.read_text())
    assert notebook["nbformat"] == 4
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert len(cells) > 4
    for number, cell in enumerate(cells):
        source = "".join(cell["source"])
        assert cell["outputs"] == [], "outputs are not kept in the repository"
        exec(compile(source, f"{path.name}, cell {number}", "exec"), names)
    assert list(tmp_path.glob("*.gexf"))


def test_neighborhood_stops_at_its_scope_and_at_the_request_limit(tmp_path: Path) -> None:
    settings = fedistats.CrawlSettings(pace=0.2, patience=0)
    store = tmp_path / "far.db"
    with serve_locally(FakeServer(timeline(("", 40), ("x.example", 40)))) as url:
        with pytest.raises(RequestLimitReached):
            fedistats.neighborhood(url, posts=80, max_requests=3, store=store, settings=settings)
        scope = fedistats.Scope(max_hosts=1)
        result = fedistats.neighborhood(url, posts=80, min_posts=1, scope=scope, store=store, settings=settings)
    assert (result.coverage.asked, result.coverage.found) == (1, 2)
    assert result.about.parameters["max_hosts"] == 1


@pytest.mark.usefixtures("demo_network")
def test_dry_run_estimates_a_run_inside_a_running_loop() -> None:
    async def cell() -> Any:
        return fedistats.dry_run("neighborhood", demo.START, posts=100)

    estimate = asyncio.run(cell())
    assert (estimate.host, estimate.requests) == (demo.START, estimate.hosts * 4)
    assert estimate.hosts > 10


@pytest.mark.usefixtures("demo_network")
def test_run_after_a_dry_run_visits_all_hosts() -> None:
    estimate = fedistats.dry_run("neighborhood", demo.START, posts=100)
    result = fedistats.neighborhood(demo.START, posts=100)
    assert result.coverage.asked == estimate.hosts + 1
    assert fedistats.dry_run("neighborhood", demo.START, posts=100).requests == 0


def test_comparison_reports_a_part_that_cannot_be_read() -> None:
    collected: list[tuple[str, str]] = []
    messages: list[str] = []

    def collect_part(part: str, host: str) -> Host:
        if (part, host) == ("profiles", "b.example"):
            raise Unreachable("no answer", "timeout")
        collected.append((part, host))
        return Host(host)

    def fail(part: str, host: str) -> Host:
        raise Unreachable(f"no answer from {host} for {part}", "timeout")

    hosts = ["a.example", "b.example"]
    assert hosts_to_compare(hosts, collect_part, messages.append) == hosts
    assert messages == ["profiles of b.example: no answer"]
    assert [part for part, host in collected if host == "b.example"] == ["neighborhood", "instance", "posts"]
    with pytest.raises(Unreachable):
        hosts_to_compare(hosts, fail, messages.append)


def test_comparison_counts_two_names_of_one_instance_once() -> None:
    def collect_part(_: object, host: str) -> Host:
        return Host(host.removeprefix("www."))

    hosts = ["a.example", "b.example", "www.a.example"]
    assert hosts_to_compare(hosts, collect_part, print) == ["a.example", "b.example"]
    with pytest.raises(InvalidHost, match="different instances"):
        hosts_to_compare(["a.example", "www.a.example"], collect_part, print)
