"""Reports, maps, comparisons and differences from Python: the same as the commands', as values, tables and pictures."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import fedistats
from fedistats import demo
from fedistats.errors import (
    InvalidHost,
    NotCollected,
    NotComparable,
)
from fedistats.export import schema
from fedistats.settings import Scope
from tests.commands import FIRST, Commands, collect
from tests.fediverse import FakeServer
from tests.results.shared import LIBRARIES, assert_same_error, column_names
from tests.results.test_comparison import servers as two_sides
from tests.results.test_difference import WEEK, after, before
from tests.results.test_map import servers as described

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
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_map_is_a_table_of_places(library: str) -> None:
    pytest.importorskip(library)
    collect(described(), "a1.example", map_=True)
    found = fedistats.map("a1.example", offline=True)
    frame = getattr(found, f"to_{library}")()
    assert list(frame.columns) == column_names(schema.PLACES)
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
    assert_same_error(run, lambda: fedistats.map("a1.example", offline=True), "map", "a1.example", "--offline", "-q")
    alone: dict[str, Any] = {"min_posts": 1000, "offline": True}
    assert_same_error(
        run, lambda: fedistats.map("a1.example", **alone), "map", "a1.example", "--offline", "--min-posts=1000"
    )


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


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_comparison_has_two_tables(compared: fedistats.Comparison, library: str) -> None:
    pytest.importorskip(library)
    table = getattr(compared, f"to_{library}")
    apart, overlaps = table(), table("overlaps")
    assert list(apart.columns) == column_names(schema.KEYNESS)
    rows = list(zip(apart["host"], apart["kind"], apart["name"], apart["uses"], apart["others"], strict=True))
    assert rows[:2] == [("a.example", "words", "astronomer", 60, 0), ("b.example", "words", "gardener", 60, 0)]
    assert len(rows) == sum(len(keys) for of in compared.keyness.values() for keys in of)
    assert list(overlaps.columns) == column_names(schema.OVERLAPS)
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
        assert_same_error(run, partial(fedistats.compare, hosts, offline=True), "compare", *hosts, "--offline", "-q")


@pytest.mark.usefixtures("demo_network")
def test_what_is_missing_of_both_sides_is_collected_first_in_a_notebook_too() -> None:
    async def cell() -> fedistats.Comparison:
        return fedistats.compare([demo.START, "agora.example"], posts=100)

    found = asyncio.run(cell())
    for side in found.instances:
        assert None not in (side.profiles, side.posts, side.neighborhood), side.host
    with pytest.raises(InvalidHost, match="different instances"):
        fedistats.compare([demo.START, f"@someone@{demo.START}"])


@pytest.mark.usefixtures("demo_network")
def test_fresh_makes_one_new_collection_of_each_side() -> None:
    hosts = [demo.START, "agora.example"]
    fedistats.compare(hosts, posts=100)
    fedistats.compare(hosts, posts=100, fresh=True)
    assert [len(fedistats.history(host, posts=100).snapshots) for host in hosts] == [2, 2]


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
@pytest.mark.parametrize("library", LIBRARIES)
def test_a_difference_has_two_tables(library: str) -> None:
    pytest.importorskip(library)
    found = fedistats.diff("home.example")
    table = getattr(found, f"to_{library}")
    instances, ties = table(), table("edges")
    assert list(instances.columns) == column_names(schema.CHANGED_INSTANCES)
    assert list(zip(instances["change"], instances["host"], strict=True)) == [
        ("new", "new.example"),
        ("gone", "old.example"),
    ]
    assert list(ties.columns) == column_names(schema.CHANGED_EDGES)
    told = zip(ties["change"], ties["target"], ties["before"], ties["after"], strict=True)
    assert list(told) == [("grew", "more.example", 15, 50), ("shrank", "less.example", 65, 30)]
    with pytest.raises(ValueError, match="'instances' or 'edges'"):
        table("nodes")
    if library == "pandas":
        assert ties.attrs["date"] == "2026-11-08T12:00:00Z"
        assert (ties.attrs["since"], ties.attrs["min_posts"]) == ("2026-11-01T12:00:00Z", 5)


def test_dates_that_are_not_there_are_said_as_by_the_command(twice: Commands) -> None:
    assert_same_error(
        twice, lambda: fedistats.diff("home.example", since="2020"), "diff", "home.example", "--from", "2020"
    )
    assert_same_error(twice, lambda: fedistats.diff("nowhere.example"), "diff", "nowhere.example")
    collect(before(), "home.example", now=FIRST + 2 * WEEK, scope=Scope(depth=2))
    with pytest.raises(NotComparable) as raised:
        fedistats.diff("home.example")
    assert str(raised.value) in twice("diff", "home.example")[2]


@pytest.mark.usefixtures("demo_network")
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
