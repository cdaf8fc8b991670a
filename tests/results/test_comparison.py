"""Several instances side by side: what sets each apart, as a table, as JSON and as a figure."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from fedistats import cli
from fedistats.analysis.comparison import ComparedInstance, compare
from fedistats.hosts import Host
from fedistats.model import About, Feed, Outcome, PostCounts, ProfileCounts, WordCount
from fedistats.render import figures
from fedistats.render.charts.comparison import draw_comparison
from fedistats.render.style import DARK, LIGHT, Theme
from tests.commands import Commands, collect, timeline
from tests.fediverse import FakeServer, account
from tests.graphs import neighborhood

ABOUT = About(Host("a.example"), "2026-11-02T12:00:00Z", {"posts": 200, "min_people": 3}, "9.8.7")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Commands:
    return Commands(tmp_path, monkeypatch, capfdbinary)


def side(
    host: str, words: dict[str, int], tags: dict[str, int], languages: dict[str, int], heard: dict[str, int]
) -> ComparedInstance:
    profiles = ProfileCounts(
        about=ABOUT, host=Host(host), title=host, listed=500, left_out=5, with_bio=400,
        words=tuple(WordCount(*item) for item in words.items()), distributions=(), outcome=Outcome.COMPLETE,
    )  # fmt: skip
    feed = Feed(
        feed="local", outcome=Outcome.COMPLETE, reason="", posts_read=200, posts_left_out=2, first_at=None, last_at=None,
        languages=tuple(languages.items()), hashtags=tuple(WordCount(*item) for item in tags.items()), hours=(0,) * 24, origins=(),
    )  # fmt: skip
    around = neighborhood([(host, other, n) for other, n in heard.items()], start=host)
    return ComparedInstance(Host(host), profiles, PostCounts(ABOUT, Host(host), (feed,)), around)


A = side(
    "a.example",
    {"OpenScience": 80, "coffee": 40, "cats": 50, "ecology": 30},
    {"science": 60, "caturday": 20},
    {"en": 150, "": 20, "de": 28},
    {"lab.example": 60, "big.example": 50, "b.example": 40},
)
B = side(
    "b.example",
    {"open science": 60, "coffee": 35, "Cats": 40, "poetry": 50},
    {"poetry": 50, "caturday": 18},
    {"fr": 120, "en": 60},
    {"big.example": 45, "ink.example": 70, "a.example": 40},
)
C = side("c.example", {"猫": 90, "写真": 80, "coffee": 30}, {"写真": 70}, {"ja": 190}, {"minato.example": 80})


def apart(found_of: tuple[object, ...]) -> list[str]:
    return [key.text for key in found_of]  # type: ignore[attr-defined]


def test_each_is_told_by_what_the_others_do_not_say() -> None:
    found = compare([A, B])
    assert [apart(keys) for keys in found.keyness["words"]] == [["ecology"], ["poetry"]]
    assert [apart(keys) for keys in found.keyness["hashtags"]] == [["#science"], ["#poetry"]]
    assert [apart(keys) for keys in found.keyness["languages"]] == [["English", "German"], ["French"]]
    assert [apart(keys) for keys in found.keyness["neighbors"]] == [["lab.example"], ["ink.example"]]


def test_a_word_spelled_in_two_ways_is_one_word() -> None:
    keys = compare([A, C]).keyness["words"][0]
    assert {key.text: (key.uses, key.others) for key in keys}["OpenScience"] == (80, 0)
    told = {key.text for of in compare([A, B]).keyness["words"] for key in of}
    assert not {"OpenScience", "open science", "cats", "Cats"} & told


def test_those_that_are_compared_are_no_neighbors_of_each_other() -> None:
    found = compare([A, B])
    ((one, other, both),) = found.overlaps
    assert (one, other, both.shared, both.union) == ("a.example", "b.example", 1, 3)
    assert len(compare([A, B, C]).overlaps) == 3


def test_what_only_one_is_known_to_have_is_compared_with_nothing() -> None:
    silent = ComparedInstance(Host("s.example"), None, None, None)
    found = compare([A, silent])
    assert all(keys == () for of in found.keyness.values() for keys in of)
    assert found.overlaps == ()


def test_a_server_that_hides_its_own_posts_is_told_by_what_reaches_it() -> None:
    assert A.posts is not None
    hidden = replace(A, posts=replace(A.posts, feeds=(replace(A.posts.feeds[0], feed="public"),)))
    told = hidden.feed()
    assert told is not None
    assert told.feed == "public"
    assert hidden.counts("languages") == {"English": 150, "German": 28}


# -- the command -------------------------------------------------------------------------------------------------------


def servers() -> dict[str, FakeServer]:
    def people(word: str) -> list[dict[str, object]]:
        return [
            account(f"u{n}", note=f"<p>{word}, {'sailor' if n % 2 else 'cook'}</p>", created_at="2022-11-05")
            for n in range(60)
        ]

    return {
        "a.example": FakeServer(timeline(("", 80), ("x.example", 40)), profiles=people("astronomer")),
        "b.example": FakeServer(timeline(("", 80), ("y.example", 40)), profiles=people("gardener")),
        "x.example": FakeServer(timeline(("", 50))),
        "y.example": FakeServer(timeline(("", 50))),
    }


def test_compare_writes_a_table_json_and_a_figure(run: Commands) -> None:
    collect(servers(), "a.example", "b.example")
    code, out, err = run("compare", "a.example", "b.example", "--offline")
    assert (code, err) == (0, "")
    assert "astronomer" in out
    assert "share 0 of 2 neighbors" in out
    folder = Path("output/a.example-b.example")
    told = json.loads((folder / "compare.json").read_text("utf-8"))
    assert [key["text"] for key in told["keyness"]["words"]["a.example"]] == ["astronomer"]
    assert [key["text"] for key in told["keyness"]["neighbors"]["b.example"]] == ["y.example"]
    assert told["about"]["a.example"]["profiles"]["host"] == "a.example"
    assert {path.name for path in folder.iterdir()} == {"compare.json", "compare.png", "compare.svg"}
    assert json.loads(run("compare", "a.example", "b.example", "--offline", "--json")[1]) == told


@pytest.mark.parametrize(
    ("hosts", "code", "said"),
    [
        (("a.example",), cli.USAGE, "different instances"),
        (("a.example", "a.example"), cli.USAGE, "different instances"),
        (("a.example", "nowhere.example"), cli.UNCOLLECTED, "nowhere.example"),
        (("a.example", "no host at all"), cli.USAGE, "is not a host"),
        ((), cli.USAGE, "HOST"),
    ],
)
def test_what_cannot_be_compared_is_said_in_one_line(
    run: Commands, hosts: tuple[str, ...], code: int, said: str
) -> None:
    collect(servers(), "a.example")
    ended, out, err = run("compare", *hosts, "--offline")
    assert (ended, out, err.count("\n")) == (code, "", 1)
    assert said in err


def test_closed_servers_have_nothing_to_compare(run: Commands) -> None:
    closed = {host: FakeServer(closed=["public", "local"]) for host in ("a.example", "b.example")}
    collect(closed, "a.example", "b.example")
    assert run("compare", "a.example", "b.example", "--offline")[0] == cli.NOTHING


# -- the figure --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize(
    "sides",
    [
        [A, B],
        [A, B, C],
        [A, B, C, ComparedInstance(Host("quite-a-long-name.of.an.instance.example"), None, None, None)],
    ],
)
def test_no_word_of_the_figure_stands_on_another_or_off_the_page(sides: list[ComparedInstance], theme: Theme) -> None:
    figure = draw_comparison(compare(sides), sides, theme=theme)
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


def test_where_there_is_too_little_to_tell_the_commonest_are_drawn_plainly() -> None:
    few = [
        side("a.example", {"tea": 5}, {"cats": 5}, {"en": 9}, {"big.example": 9}),
        side("b.example", {"tea": 4}, {"dogs": 3}, {"en": 1}, {"big.example": 1}),
    ]
    one = replace(few[1].posts.feeds[0], posts_read=1, posts_left_out=0) if few[1].posts else None
    assert one is not None
    few[1] = replace(few[1], posts=PostCounts(ABOUT, few[1].host, (one,)))
    drawn = draw_comparison(compare(few), few, theme=LIGHT)
    texts = {text.get_text() for text in drawn.findobj(Text) if isinstance(text, Text)}
    assert {
        "too few posts to compare (9 and 1)",
        "too few people to compare (5 and 4)",
        "tea",
        "#dogs",
        "big.example",
    } <= texts
    assert "400 bios; 1 local post" in texts
    assert "no significant difference" not in texts


def test_the_same_comparison_gives_the_same_bytes() -> None:
    one, again = (figures.svg(draw_comparison(compare([A, C]), [A, C], theme=LIGHT)) for _ in range(2))
    assert one == again
    assert "ecology" in one.decode()
