"""Reports, maps, comparisons and differences from Python: the same as the commands', as values, tables and pictures."""

from __future__ import annotations

import asyncio
import html
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import fedistats
from fedistats import api, demo
from fedistats.api import hosts_to_compare
from fedistats.errors import (
    FedistatsError,
    InvalidFile,
    InvalidHost,
    NotCollected,
    NotComparable,
    RequestLimitReached,
    Unreachable,
)
from fedistats.export import schema
from fedistats.export.schema import Table
from fedistats.hosts import Host
from fedistats.model import Outcome
from fedistats.results.report import report_command
from fedistats.settings import Scope
from tests.browser import Browser, missing_programs
from tests.commands import FIRST, Commands, collect, timeline
from tests.fediverse import FakeServer
from tests.local_server import serve_locally
from tests.results.test_comparison import servers as two_sides
from tests.results.test_difference import WEEK, after, before
from tests.results.test_map import servers as described
from tests.test_docs import COMMANDS, DemoFetcher

FRAMES = ("pandas", "polars")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All about two instances."""
    path = tmp_path_factory.mktemp("views") / "two.db"
    collect(two_sides(), "a.example", "b.example", path=path)
    return path


@pytest.fixture(scope="module")
def report(store: Path) -> fedistats.Report:
    return fedistats.report("a.example", posts=400, store=store, offline=True)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Commands:
    return Commands(tmp_path, monkeypatch, capfdbinary)


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, from which every question reaches the demo's fediverse."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(api, "Fetcher", DemoFetcher)


def columns(table: Table) -> list[str]:
    return [column.name for column in table.columns()]


# -- reports -----------------------------------------------------------------------------------------------------------


def test_a_report_is_the_page_and_the_json_of_the_command(run: Commands, store: Path, report: fedistats.Report) -> None:
    code, out, _ = run("report", "a.example", "--posts", "400", "--offline", "--store", str(store), "--json")
    assert code == 0
    assert json.loads(report.to_json()) == json.loads(out)
    (path,) = report.save("mine.html")
    assert path.read_bytes() == Path("output/a.example/report.html").read_bytes()
    with pytest.raises(InvalidFile, match="is a folder"):
        report.save("output")


def test_the_parts_of_a_report_are_results_of_their_own(report: fedistats.Report) -> None:
    assert report.instance is not None
    assert report.profiles is not None
    assert report.posts is not None
    assert report.neighborhood is not None
    assert report.profiles.png().startswith(b"\x89PNG")
    assert {part.about.date for part in (report.instance, report.profiles, report.posts)} == {report.about.date}
    assert report.neighborhood.communities_found == 1
    assert repr(report) == "<Report on a.example, 2026-11-01: instance, profiles, posts, neighborhood>"


def test_in_a_notebook_a_report_is_a_frame_that_reaches_nothing_round_it(report: fedistats.Report) -> None:
    quoted = report._repr_html_()
    frame = re.fullmatch(r'<iframe title="[^"<]*" sandbox="([^"]*)" style="[^"]*" srcdoc="([^"]*)"></iframe>', quoted)
    assert frame is not None
    assert frame[1].split() == ["allow-scripts", "allow-downloads"]
    assert html.unescape(frame[2]).replace('<base href="about:srcdoc">', "") == report.to_html()


@pytest.mark.skipif(bool(missing_programs()), reason=missing_programs() or "a browser is installed")
def test_links_in_the_frame_lead_to_parts_of_the_page(report: fedistats.Report, tmp_path: Path) -> None:
    notebook = tmp_path / "notebook.html"
    notebook.write_text(f"<!DOCTYPE html><p>A notebook</p>{report._repr_html_()}", "utf-8")
    with Browser(tmp_path, webgl=False) as browser:
        browser.resize(1300, 900)
        browser.open(notebook)
        browser.enter_frame("iframe")
        browser.wait(lambda: browser.run("return document.querySelectorAll('#instances tbody tr').length > 0"), "empty")
        browser.click('nav a[href="#cite"]')
        browser.wait(lambda: browser.run("return scrollY > 900"), "the link leads nowhere")
        assert browser.console_messages() == []


def test_what_was_not_collected_or_is_closed_is_no_part_of_a_report(run: Commands) -> None:
    collect({"a.example": FakeServer(closed=["public", "local"])}, "a.example")
    found = fedistats.report("a.example", offline=True)
    assert found.profiles is None
    assert found.posts is not None
    assert found.posts.feeds[0].outcome is Outcome.CLOSED
    code, _, err = run("report", "b.example", "--offline")
    with pytest.raises(NotCollected) as raised:
        fedistats.report("b.example", offline=True)
    assert (code, err) == (5, f"fedistats: {raised.value}\n")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("@someone@home.example", "fedistats report home.example "),
        ("https://home.example/@someone", "fedistats report home.example "),
        ("http://127.0.0.1:3000/@someone", "fedistats report http://127.0.0.1:3000 "),
    ],
)
def test_the_handle_that_somebody_typed_does_not_stand_on_the_page(typed: str, told: str) -> None:
    command = report_command(typed, 200, 5, 3, directed=True)
    assert command == f"{told}--posts 200 --min-posts 5 --min-people 3 --directed"


# -- maps --------------------------------------------------------------------------------------------------------------


def test_a_map_is_the_picture_and_the_json_of_the_command(run: Commands) -> None:
    collect(described(), "a1.example", map_=True)
    found = fedistats.map("a1.example", offline=True)
    assert run("map", "a1.example", "--offline", "-q")[0] == 0
    written = Path("output/a1.example")
    assert found._repr_png_() == (written / "map.png").read_bytes()
    assert found.svg() == (written / "map.svg").read_bytes()
    assert found.to_json() == (written / "map.json").read_text("utf-8")
    assert found.svg(by="language", theme="dark") != found.svg()
    assert "9 instances, 3 regions" in repr(found)
    assert found.neighborhood.start == "a1.example"


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize("library", FRAMES)
def test_a_map_is_a_table_of_places(library: str) -> None:
    pytest.importorskip(library)
    collect(described(), "a1.example", map_=True)
    found = fedistats.map("a1.example", offline=True)
    frame = getattr(found, f"to_{library}")()
    assert list(frame.columns) == columns(schema.PLACES)
    assert list(frame["host"]) == list(found.hosts)
    assert list(frame["y"]) == found.points[:, 1].tolist()
    words = dict(zip(frame["host"], frame["words"], strict=True))
    assert "tomatoes" in words["g1.example"].lower()
    assert words["g1.example"] == words["g2.example"] != words["a1.example"]
    if library == "pandas":
        assert (frame.attrs["host"], frame.attrs["instances_closed"]) == ("a1.example", 1)


def test_where_nobody_is_alike_there_is_no_map(run: Commands) -> None:
    made = described()
    for number, (host, server) in enumerate(made.items()):
        about = {"domain": host, "title": f"word{'abcdefghijkl'[number]}", "description": ""}
        server.responses["/api/v2/instance"] = about
    collect(made, "a1.example", map_=True)
    same_line(run, lambda: fedistats.map("a1.example", offline=True), "map", "a1.example", "--offline", "-q")
    alone: dict[str, Any] = {"min_posts": 1000, "offline": True}
    same_line(run, lambda: fedistats.map("a1.example", **alone), "map", "a1.example", "--offline", "--min-posts=1000")


# -- comparisons -------------------------------------------------------------------------------------------------------


@pytest.fixture
def compared(run: Commands) -> fedistats.Comparison:  # noqa: ARG001 - it makes the folder
    collect(two_sides(), "a.example", "b.example")
    return fedistats.compare(["a.example", "b.example"], offline=True)


def test_a_comparison_is_the_picture_and_the_json_of_the_command(run: Commands, compared: fedistats.Comparison) -> None:
    assert run("compare", "a.example", "b.example", "--offline", "-q")[0] == 0
    written = Path("output/a.example-b.example")
    assert compared._repr_png_() == (written / "compare.png").read_bytes()
    assert compared.svg() == (written / "compare.svg").read_bytes()
    assert compared.to_json() == (written / "compare.json").read_text("utf-8")
    assert repr(compared).startswith("<Comparison of a.example, b.example: 2 words, 0 hashtags, ")


def test_a_comparison_holds_what_it_was_made_of(compared: fedistats.Comparison) -> None:
    assert [[key.text for key in keys] for keys in compared.keyness["words"]] == [["astronomer"], ["gardener"]]
    assert [side.host for side in compared.instances] == list(compared.hosts)
    assert isinstance(compared.instances[0].profiles, fedistats.Profiles)
    assert isinstance(compared.instances[1].neighborhood, fedistats.Neighborhood)


@pytest.mark.parametrize("library", FRAMES)
def test_a_comparison_has_two_tables(compared: fedistats.Comparison, library: str) -> None:
    pytest.importorskip(library)
    table = getattr(compared, f"to_{library}")
    apart, overlaps = table(), table("overlaps")
    assert list(apart.columns) == columns(schema.KEYNESS)
    rows = list(zip(apart["host"], apart["kind"], apart["name"], apart["uses"], apart["others"], strict=True))
    assert rows[:2] == [("a.example", "words", "astronomer", 60, 0), ("b.example", "words", "gardener", 60, 0)]
    assert len(rows) == sum(len(keys) for of in compared.keyness.values() for keys in of)
    assert list(overlaps.columns) == columns(schema.OVERLAPS)
    assert (list(overlaps["shared"]), list(overlaps["union"])) == ([0], [2])
    with pytest.raises(ValueError, match="'keyness' or 'overlaps'"):
        table("words")
    if library == "pandas":
        assert apart.attrs["host"] == "a.example, b.example"
        assert apart.attrs["date"] == "2026-11-01T12:00:00Z"


def test_what_cannot_be_compared_is_said_as_by_the_command(run: Commands) -> None:
    closed = {host: FakeServer(closed=["public", "local"]) for host in ("c.example", "d.example")}
    collect(closed, "c.example", "d.example")
    for hosts in (["c.example", "d.example"], ["c.example"], ["c.example", "e.example"]):
        same_line(run, lambda hosts=hosts: fedistats.compare(hosts, offline=True), "compare", *hosts, "--offline", "-q")  # type: ignore[misc]


@pytest.mark.usefixtures("web")
def test_what_is_missing_of_both_sides_is_collected_first_in_a_notebook_too() -> None:
    async def cell() -> fedistats.Comparison:
        return fedistats.compare([demo.START, "agora.example"], posts=100)

    found = asyncio.run(cell())
    for side in found.instances:
        assert None not in (side.profiles, side.posts, side.neighborhood), side.host
    with pytest.raises(InvalidHost, match="different instances"):
        fedistats.compare([demo.START, f"@someone@{demo.START}"])


def test_a_part_that_cannot_be_read_is_said_and_the_others_are_compared() -> None:
    def have(part: str, host: str) -> Host:
        if (part, host) == ("profiles", "b.example"):
            raise Unreachable("no answer", "timeout")
        had.append((part, host))
        return Host(host)

    had: list[tuple[str, str]] = []
    said: list[str] = []
    assert hosts_to_compare(["a.example", "b.example"], have, said.append) == ["a.example", "b.example"]
    assert said == ["profiles of b.example: no answer"]
    assert [part for part, host in had if host == "b.example"] == ["neighborhood", "instance", "posts"]
    with pytest.raises(Unreachable):
        hosts_to_compare(["a.example", "b.example"], unreachable, said.append)


def unreachable(*_: str) -> Host:
    raise Unreachable("no answer", "timeout")


@pytest.mark.usefixtures("web")
def test_fresh_makes_one_new_collection_of_each_side() -> None:
    hosts = [demo.START, "agora.example"]
    fedistats.compare(hosts, posts=100)
    fedistats.compare(hosts, posts=100, fresh=True)
    assert [len(fedistats.history(host, posts=100).snapshots) for host in hosts] == [2, 2]


def test_one_instance_by_two_of_its_names_is_compared_with_nobody() -> None:
    def have(_: object, host: str) -> Host:
        return Host(host.removeprefix("www."))

    assert hosts_to_compare(["a.example", "b.example", "www.a.example"], have, print) == ["a.example", "b.example"]
    with pytest.raises(InvalidHost, match="different instances"):
        hosts_to_compare(["a.example", "www.a.example"], have, print)


# -- differences -------------------------------------------------------------------------------------------------------


@pytest.fixture
def twice(run: Commands) -> Commands:
    collect(before(), "home.example")
    collect(after(), "home.example", now=FIRST + WEEK)
    return run


def test_a_difference_is_the_picture_and_the_json_of_the_command(twice: Commands) -> None:
    found = fedistats.diff("home.example")
    assert twice("diff", "home.example", "-q")[0] == 0
    written = Path("output/home.example")
    assert found._repr_png_() == (written / "diff.png").read_bytes()
    assert found.svg() == (written / "diff.svg").read_bytes()
    assert found.to_json() == (written / "diff.json").read_text("utf-8")
    assert repr(found) == (
        "<Difference of home.example, 2026-11-01T12:00 to 2026-11-08T12:00: 1 new, 1 gone, 1 grew, 1 shrank;"
        " from the newest 1,000 posts of each timeline>"
    )


@pytest.mark.usefixtures("twice")
def test_a_difference_names_who_came_and_went_and_holds_both_graphs() -> None:
    found = fedistats.diff("home.example", since="2026-11-01", until="2026-11-08")
    assert [node.host for node in found.new] == ["new.example"]
    assert [node.host for node in found.gone] == ["old.example"]
    assert [(tie.source, tie.target, tie.before, tie.after) for tie in found.grew] == [
        ("home.example", "more.example", 15, 50)
    ]
    assert "old.example" in found.before.to_networkx()
    assert "old.example" not in found.after.to_networkx()


@pytest.mark.usefixtures("twice")
@pytest.mark.parametrize("library", FRAMES)
def test_a_difference_has_two_tables(library: str) -> None:
    pytest.importorskip(library)
    found = fedistats.diff("home.example")
    table = getattr(found, f"to_{library}")
    instances, ties = table(), table("edges")
    assert list(instances.columns) == columns(schema.CHANGED_INSTANCES)
    assert list(zip(instances["change"], instances["host"], strict=True)) == [
        ("new", "new.example"),
        ("gone", "old.example"),
    ]
    assert list(ties.columns) == columns(schema.CHANGED_EDGES)
    told = zip(ties["change"], ties["target"], ties["before"], ties["after"], strict=True)
    assert list(told) == [("grew", "more.example", 15, 50), ("shrank", "less.example", 65, 30)]
    with pytest.raises(ValueError, match="'instances' or 'edges'"):
        table("nodes")
    if library == "pandas":
        assert ties.attrs["date"] == "2026-11-08T12:00:00Z"
        assert (ties.attrs["since"], ties.attrs["min_posts"]) == ("2026-11-01T12:00:00Z", 5)


def test_dates_that_are_not_there_are_said_as_by_the_command(twice: Commands) -> None:
    same_line(twice, lambda: fedistats.diff("home.example", since="2020"), "diff", "home.example", "--from", "2020")
    same_line(twice, lambda: fedistats.diff("nowhere.example"), "diff", "nowhere.example")
    collect(before(), "home.example", now=FIRST + 2 * WEEK, scope=Scope(depth=2))
    with pytest.raises(NotComparable) as raised:
        fedistats.diff("home.example")
    assert str(raised.value) in twice("diff", "home.example")[2]


@pytest.mark.usefixtures("web")
def test_fresh_collects_once_more_before_it_compares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: float(FIRST))
    with pytest.raises(NotCollected, match="no database"):
        fedistats.diff(demo.START)
    fedistats.neighborhood(demo.START, posts=100)
    with pytest.raises(NotCollected, match="no earlier neighborhood"):
        fedistats.diff(demo.START)
    monkeypatch.setattr(time, "time", lambda: float(FIRST + WEEK))
    found = fedistats.diff(demo.START, posts=100, fresh=True)
    assert [one.about.date[:10] for one in (found.before, found.after)] == ["2026-11-01", "2026-11-08"]
    assert (found.new, found.gone, found.max_posts) == ((), (), 100)


# -- all of it ---------------------------------------------------------------------------------------------------------


def test_what_the_commands_do_can_be_done_from_python() -> None:
    for_the_shell = {"config", "demo", "doctor", "export", "watch"}
    assert COMMANDS.keys() - set(dir(fedistats)) == for_the_shell


def test_a_neighborhood_goes_as_far_as_it_is_told_and_stops_after_so_many_requests(tmp_path: Path) -> None:
    gentle = fedistats.CrawlSettings(pace=0.2, patience=0)
    store = tmp_path / "far.db"
    with serve_locally(FakeServer(timeline(("", 40), ("x.example", 40)))) as url:
        with pytest.raises(RequestLimitReached):
            fedistats.neighborhood(url, posts=80, max_requests=3, store=store, settings=gentle)
        alone = fedistats.Scope(max_hosts=1)
        found = fedistats.neighborhood(url, posts=80, min_posts=1, scope=alone, store=store, settings=gentle)
    assert (found.coverage.asked, found.coverage.found) == (1, 2)
    assert found.about.parameters["max_hosts"] == 1


# -- plans -------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("web")
def test_a_dry_run_says_what_a_run_would_need_in_a_notebook_too() -> None:
    async def cell() -> Any:
        return fedistats.dry_run("neighborhood", demo.START, posts=100)

    found = asyncio.run(cell())
    assert (found.host, found.requests) == (demo.START, found.hosts * 4)
    assert found.hosts > 10


@pytest.mark.usefixtures("web")
def test_a_run_after_a_dry_run_goes_as_far_as_any_other() -> None:
    planned = fedistats.dry_run("neighborhood", demo.START, posts=100)
    found = fedistats.neighborhood(demo.START, posts=100)
    assert found.coverage.asked == planned.hosts + 1
    assert fedistats.dry_run("neighborhood", demo.START, posts=100).requests == 0


def same_line(run: Commands, told: Callable[[], object], *words: str) -> None:
    """Python's error says what the command says."""
    with pytest.raises(FedistatsError) as raised:
        told()
    code, _, err = run(*words)
    assert code in (2, 4, 5)
    assert err == f"fedistats: {raised.value}\n"
