"""`fedistats diff`, and the result of `fedistats.diff`."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

import fedistats
from fedistats import cli, demo
from fedistats.errors import NotCollected, NotComparable
from fedistats.export import schema
from fedistats.settings import Scope
from tests.commands import FIRST, Commands, collect, timeline
from tests.fediverse import FakeServer
from tests.results.shared import LIBRARIES, WEEK, assert_same_error, column_names


def before() -> dict[str, FakeServer]:
    return {
        "home.example": FakeServer(
            timeline(("", 60), ("same.example", 40), ("old.example", 12), ("more.example", 10), ("less.example", 50))
        ),
        "same.example": FakeServer(timeline(("", 90), ("home.example", 20), ("more.example", 6))),
        "more.example": FakeServer(timeline(("", 90), ("home.example", 5))),
        "less.example": FakeServer(timeline(("", 90), ("home.example", 15))),
        "old.example": FakeServer(timeline(("", 90), ("home.example", 5))),
    }


def after() -> dict[str, FakeServer]:
    """old is gone, new is new; the edge of home and more grew, that of home and less shrank; the rest changed by chance."""
    changed = {
        "home.example": FakeServer(
            timeline(("", 60), ("same.example", 42), ("new.example", 9), ("more.example", 45), ("less.example", 15))
        ),
        "same.example": FakeServer(timeline(("", 90), ("home.example", 18), ("more.example", 7))),
        "new.example": FakeServer(timeline(("", 90), ("home.example", 9))),
    }
    return {host: server for host, server in {**before(), **changed}.items() if host != "old.example"}


@pytest.fixture
def twice(run: Commands) -> Commands:
    collect(before(), "home.example")
    collect(after(), "home.example", now=FIRST + WEEK)
    return run


def test_diff_has_new_and_gone_instances_and_changed_edges(twice: Commands) -> None:
    code, out, err = twice("diff", "home.example", "--json")
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert [node["host"] for node in document["new"]] == ["new.example"]
    assert [node["host"] for node in document["gone"]] == ["old.example"]
    edges = {
        kind: [(t["source"], t["target"], t["before"], t["after"]) for t in document[kind]]
        for kind in ("grew", "shrank")
    }
    assert edges["grew"] == [("home.example", "more.example", 15, 50)]
    assert edges["shrank"] == [("home.example", "less.example", 65, 30)]
    assert document["before"]["about"]["date"] == "2026-11-01T12:00:00Z"
    assert document["after"]["about"]["date"] == "2026-11-08T12:00:00Z"
    assert json.loads(Path("output/home.example/diff.json").read_text("utf-8")) == document
    for ending in ("png", "svg"):
        assert Path(f"output/home.example/diff.{ending}").stat().st_size > 5_000


def test_table_has_the_same_changes(twice: Commands) -> None:
    code, out, _ = twice("diff", "home.example")
    assert code == 0
    assert "home.example from 2026-11-01 12:00:00 to 2026-11-08 12:00:00" in out
    assert "15 → 50 posts  home.example – more.example" in out
    assert "new instances (1)" in out
    assert "4 timelines were read both times and are compared; 2 were read only once" in out


def test_first_and_last_collection_of_a_day_are_compared(twice: Commands) -> None:
    collect(before(), "home.example", now=FIRST + WEEK + 3600)
    collect(after(), "home.example", now=FIRST + WEEK + 7200)

    def compared(*words: str) -> list[str]:
        code, out, _ = twice("diff", "home.example", "--json", *words)
        assert code == 0
        return [json.loads(out)[when]["about"]["date"][8:13] for when in ("before", "after")]

    assert compared("--from", "2026-11-08") == ["08T12", "08T14"]
    assert compared("--from", "2026-11-08", "--to", "2026-11-08") == ["08T12", "08T14"]
    assert compared("--from", "2026-11-08 13", "--to", "2026-11-08T14:00") == ["08T13", "08T14"]
    assert compared("--to", "2026-11-08T13") == ["08T12", "08T13"]


def test_collection_is_not_compared_with_itself(twice: Commands) -> None:
    code, out, err = twice("diff", "home.example", "--from", "2026-11-08")
    assert (code, out, err.count("\n")) == (cli.UNCOLLECTED, "", 1)
    assert "--from and --to name the same collection, of 2026-11-08T12:00:00Z" in err


def test_smaller_number_of_posts_is_used_for_both(run: Commands) -> None:
    collect(after(), "home.example", posts=60)
    collect(after(), "home.example", now=FIRST + WEEK)
    code, out, err = run("diff", "home.example", "--json")
    document = json.loads(out)
    assert (code, "using the newest 60 posts of each timeline" in err) == (0, True)
    assert [document[when]["about"]["parameters"]["posts"] for when in ("before", "after")] == [60, 60]
    assert document["before"]["coverage"]["posts_read"] == document["after"]["coverage"]["posts_read"]
    assert [document[kind] for kind in ("new", "gone", "grew", "shrank")] == [[], [], [], []]


def test_collections_of_different_scopes_are_not_compared(run: Commands) -> None:
    collect(before(), "home.example")
    collect(before(), "home.example", now=FIRST + WEEK, scope=Scope(depth=2))
    code, out, err = run("diff", "home.example")
    assert (code, out, err.count("\n")) == (cli.USAGE, "", 1)
    assert "depth 1, that of 2026-11-08T12:00:00Z depth 2, so they cannot be compared" in err


def test_newest_collection_of_the_same_scope_is_compared_and_skipped_ones_are_named(run: Commands) -> None:
    collect(before(), "home.example")
    collect(before(), "home.example", now=FIRST + WEEK, scope=Scope(depth=2))
    collect(after(), "home.example", now=FIRST + 2 * WEEK)
    code, out, err = run("diff", "home.example", "--json")
    assert code == 0
    document = json.loads(out)
    assert document["before"]["about"]["date"] == "2026-11-01T12:00:00Z"
    assert [about["date"] for about in document["skipped_collections"]] == ["2026-11-08T12:00:00Z"]
    assert "skipped the collection of 2026-11-08T12:00:00Z, made with depth 2" in err
    assert "skipped" not in run("diff", "home.example", "--from", "2026-11-01")[2]


def test_dates_select_the_collections(twice: Commands) -> None:
    collect(before(), "home.example", now=FIRST + 2 * WEEK)
    _, out, _ = twice("diff", "home.example", "--json")
    assert [node["host"] for node in json.loads(out)["new"]] == ["old.example"]
    _, out, _ = twice("diff", "home.example", "--json", "--to", "2026-11-08")
    assert [node["host"] for node in json.loads(out)["new"]] == ["new.example"]
    _, out, _ = twice("diff", "home.example", "--json", "--from", "2026-11-01", "--to", "2026-11-15")
    assert json.loads(out)["new"] == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("diff", "nowhere.example"), "has been collected yet"),
        (("diff", "home.example", "--from", "2020-01-01"), "collected: 2026-11-08T12:00:00Z, 2026-11-01T12:00:00Z"),
        (("diff", "home.example", "--to", "2020"), "collected on 2020; collected:"),
        (("diff", "home.example", "--to", "2026-11-01"), "there is no earlier neighborhood to compare"),
    ],
)
def test_error_is_one_line(twice: Commands, words: tuple[str, ...], message: str) -> None:
    code, out, err = twice(*words)
    assert (code, out, err.count("\n")) == (cli.UNCOLLECTED, "", 1)
    assert message in err


def test_missing_database_is_not_collected(run: Commands) -> None:
    assert run("diff", "home.example")[0] == cli.UNCOLLECTED


def test_pictures_and_json_equal_the_files_of_the_command(twice: Commands) -> None:
    result = fedistats.diff("home.example")
    assert twice("diff", "home.example", "-q")[0] == 0
    folder = Path("output/home.example")
    assert result._repr_png_() == (folder / "diff.png").read_bytes()
    assert result.svg() == (folder / "diff.svg").read_bytes()
    assert result.to_json() == (folder / "diff.json").read_text("utf-8")
    assert repr(result) == (
        "<Difference of home.example, 2026-11-01T12:00 to 2026-11-08T12:00: 1 new, 1 gone, 1 grew, 1 shrank;"
        " from the newest 1,000 posts of each timeline>"
    )


@pytest.mark.usefixtures("twice")
def test_difference_has_changes_and_both_graphs() -> None:
    result = fedistats.diff("home.example", since="2026-11-01", until="2026-11-08")
    assert [node.host for node in result.new] == ["new.example"]
    assert [node.host for node in result.gone] == ["old.example"]
    assert [(edge.source, edge.target, edge.before, edge.after) for edge in result.grew] == [
        ("home.example", "more.example", 15, 50)
    ]
    assert "old.example" in result.before.to_networkx()
    assert "old.example" not in result.after.to_networkx()


@pytest.mark.usefixtures("twice")
@pytest.mark.parametrize("library", LIBRARIES)
def test_data_frames_of_instances_and_edges(library: str) -> None:
    pytest.importorskip(library)
    result = fedistats.diff("home.example")
    to_frame = getattr(result, f"to_{library}")
    instances, edges = to_frame(), to_frame("edges")
    assert list(instances.columns) == column_names(schema.CHANGED_INSTANCES)
    assert list(zip(instances["change"], instances["host"], strict=True)) == [
        ("new", "new.example"),
        ("gone", "old.example"),
    ]
    assert list(edges.columns) == column_names(schema.CHANGED_EDGES)
    document = zip(edges["change"], edges["target"], edges["before"], edges["after"], strict=True)
    assert list(document) == [("grew", "more.example", 15, 50), ("shrank", "less.example", 65, 30)]
    with pytest.raises(ValueError, match="'instances' or 'edges'"):
        to_frame("nodes")
    if library == "pandas":
        assert edges.attrs["date"] == "2026-11-08T12:00:00Z"
        assert (edges.attrs["since"], edges.attrs["min_posts"]) == ("2026-11-01T12:00:00Z", 5)


def test_python_raises_the_error_of_the_command(twice: Commands) -> None:
    assert_same_error(
        twice, lambda: fedistats.diff("home.example", since="2020"), "diff", "home.example", "--from", "2020"
    )
    assert_same_error(twice, lambda: fedistats.diff("nowhere.example"), "diff", "nowhere.example")
    collect(before(), "home.example", now=FIRST + 2 * WEEK, scope=Scope(depth=2))
    with pytest.raises(NotComparable) as raised:
        fedistats.diff("home.example")
    assert str(raised.value) in twice("diff", "home.example")[2]


@pytest.mark.usefixtures("demo_network")
def test_fresh_collects_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: float(FIRST))
    with pytest.raises(NotCollected, match="no database"):
        fedistats.diff(demo.START)
    fedistats.neighborhood(demo.START, posts=100)
    with pytest.raises(NotCollected, match="no earlier neighborhood"):
        fedistats.diff(demo.START)
    monkeypatch.setattr(time, "time", lambda: float(FIRST + WEEK))
    result = fedistats.diff(demo.START, posts=100, fresh=True)
    assert [graph.about.date[:10] for graph in (result.before, result.after)] == ["2026-11-01", "2026-11-08"]
    assert (result.new, result.gone, result.max_posts) == ((), (), 100)
