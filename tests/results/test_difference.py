"""What has changed between two collections: the command, its table, its JSON and its figure."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from fedistats import cli
from fedistats.analysis.difference import EdgeChange, NeighborhoodDifference, difference
from fedistats.hosts import Host
from fedistats.render import figures
from fedistats.render.charts.difference import draw_difference
from fedistats.render.style import DARK, LIGHT, Theme
from fedistats.settings import Scope
from tests.commands import FIRST, Commands, collect, timeline
from tests.fediverse import FakeServer
from tests.graphs import planted_neighborhood

WEEK = 7 * 86_400


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Commands:
    return Commands(tmp_path, monkeypatch, capfdbinary)


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
    """old is gone, new has come; home and more talk more, home and less talk less; the rest is as it was, give or take."""
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


def test_diff_names_who_is_new_who_is_gone_and_whose_ties_changed(twice: Commands) -> None:
    code, out, err = twice("diff", "home.example", "--json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert [node["host"] for node in told["new"]] == ["new.example"]
    assert [node["host"] for node in told["gone"]] == ["old.example"]
    ties = {
        kind: [(t["source"], t["target"], t["before"], t["after"]) for t in told[kind]] for kind in ("grew", "shrank")
    }
    assert ties["grew"] == [("home.example", "more.example", 15, 50)]
    assert ties["shrank"] == [("home.example", "less.example", 65, 30)]
    assert told["before"]["about"]["date"] == "2026-11-01T12:00:00Z"
    assert told["after"]["about"]["date"] == "2026-11-08T12:00:00Z"
    assert json.loads(Path("output/home.example/diff.json").read_text("utf-8")) == told
    for ending in ("png", "svg"):
        assert Path(f"output/home.example/diff.{ending}").stat().st_size > 5_000


def test_the_table_says_the_same_for_people(twice: Commands) -> None:
    code, out, _ = twice("diff", "home.example")
    assert code == 0
    assert "home.example from 2026-11-01 12:00:00 to 2026-11-08 12:00:00" in out
    assert "15 → 50 posts  home.example – more.example" in out
    assert "new instances (1)" in out
    assert "4 timelines were read both times and are compared; 2 were read only once" in out


def test_of_several_collections_of_a_day_the_first_and_the_last_are_compared(twice: Commands) -> None:
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


def test_no_collection_is_compared_with_itself(twice: Commands) -> None:
    code, out, err = twice("diff", "home.example", "--from", "2026-11-08")
    assert (code, out, err.count("\n")) == (cli.UNCOLLECTED, "", 1)
    assert "--from and --to name the same collection, of 2026-11-08T12:00:00Z" in err


def test_of_different_numbers_of_posts_the_smaller_one_is_told_of_both(run: Commands) -> None:
    collect(after(), "home.example", posts=60)
    collect(after(), "home.example", now=FIRST + WEEK)
    code, out, err = run("diff", "home.example", "--json")
    told = json.loads(out)
    assert (code, "using the newest 60 posts of each timeline" in err) == (0, True)
    assert [told[when]["about"]["parameters"]["posts"] for when in ("before", "after")] == [60, 60]
    assert told["before"]["coverage"]["posts_read"] == told["after"]["coverage"]["posts_read"]
    assert [told[kind] for kind in ("new", "gone", "grew", "shrank")] == [[], [], [], []]


def test_collections_of_different_breadth_are_not_compared(run: Commands) -> None:
    collect(before(), "home.example")
    collect(before(), "home.example", now=FIRST + WEEK, scope=Scope(depth=2))
    code, out, err = run("diff", "home.example")
    assert (code, out, err.count("\n")) == (cli.USAGE, "", 1)
    assert "depth 1, that of 2026-11-08T12:00:00Z depth 2, so they cannot be compared" in err


def test_the_nearest_collection_that_was_asked_alike_is_compared_and_those_between_are_named(run: Commands) -> None:
    collect(before(), "home.example")
    collect(before(), "home.example", now=FIRST + WEEK, scope=Scope(depth=2))
    collect(after(), "home.example", now=FIRST + 2 * WEEK)
    code, out, err = run("diff", "home.example", "--json")
    assert code == 0
    told = json.loads(out)
    assert told["before"]["about"]["date"] == "2026-11-01T12:00:00Z"
    assert [about["date"] for about in told["skipped_collections"]] == ["2026-11-08T12:00:00Z"]
    assert "skipped the collection of 2026-11-08T12:00:00Z, made with depth 2" in err
    assert "skipped" not in run("diff", "home.example", "--from", "2026-11-01")[2]


def test_dates_choose_the_collections(twice: Commands) -> None:
    collect(before(), "home.example", now=FIRST + 2 * WEEK)
    _, out, _ = twice("diff", "home.example", "--json")
    assert [node["host"] for node in json.loads(out)["new"]] == ["old.example"]
    _, out, _ = twice("diff", "home.example", "--json", "--to", "2026-11-08")
    assert [node["host"] for node in json.loads(out)["new"]] == ["new.example"]
    _, out, _ = twice("diff", "home.example", "--json", "--from", "2026-11-01", "--to", "2026-11-15")
    assert json.loads(out)["new"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("diff", "nowhere.example"), "has been collected yet"),
        (("diff", "home.example", "--from", "2020-01-01"), "collected: 2026-11-08T12:00:00Z, 2026-11-01T12:00:00Z"),
        (("diff", "home.example", "--to", "2020"), "collected on 2020; collected:"),
        (("diff", "home.example", "--to", "2026-11-01"), "there is no earlier neighborhood to compare"),
    ],
)
def test_what_was_not_collected_is_said_in_one_line(twice: Commands, words: tuple[str, ...], said: str) -> None:
    code, out, err = twice(*words)
    assert (code, out, err.count("\n")) == (cli.UNCOLLECTED, "", 1)
    assert said in err


def test_without_a_store_there_is_nothing_to_compare(run: Commands) -> None:
    assert run("diff", "home.example")[0] == cli.UNCOLLECTED


# -- the figure --------------------------------------------------------------------------------------------------------


def much() -> NeighborhoodDifference:
    """More of everything than a page has room for, and names that are long."""
    nodes = planted_neighborhood(60, 150).nodes
    ties = tuple(
        EdgeChange(Host(f"{'very.' * (i % 5)}long{i}.example"), Host("other.example"), 3 * i, 50 * i + 9, 0.001)
        for i in range(40)
    )
    return NeighborhoodDifference(
        nodes, nodes[:3], ties, tuple(replace(t, before=t.after, after=t.before) for t in ties[:5]), 9, 2
    )


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize(
    "found",
    [much(), NeighborhoodDifference((), (), (), (), 3, 0), NeighborhoodDifference((), (), much().grew[:2], (), 1, 1)],
)
def test_no_word_of_the_figure_stands_on_another_or_off_the_page(found: NeighborhoodDifference, theme: Theme) -> None:
    graph = planted_neighborhood(60, 150)
    figure = draw_difference(found, graph, graph, 5, theme=theme)
    FigureCanvasAgg(figure)
    figure.draw_without_rendering()
    width, height = figure.canvas.get_width_height()
    texts = [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text()]
    boxes = [text.get_window_extent().padded(-1.0) for text in texts]
    for number, box in enumerate(boxes):
        assert box.x0 >= 0, texts[number].get_text()
        assert box.x1 <= width, texts[number].get_text()
        assert box.y0 >= 0
        assert box.y1 <= height
        for other in boxes[:number]:
            assert not box.overlaps(other), texts[number].get_text()


def test_the_same_difference_gives_the_same_bytes() -> None:
    graph, other = planted_neighborhood(60, 150), planted_neighborhood(60, 150, seed=2)
    one, again = (draw_difference(difference(graph, other, 5), graph, other, 5, theme=LIGHT) for _ in range(2))
    assert figures.png(one) == figures.png(again)
    assert figures.svg(one) == figures.svg(again)
