"""Figures of one instance: what they show, in any script, whatever strangers wrote, and with nothing to show at all."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import combinations

import matplotlib
import numpy as np
import pytest
from lxml import etree
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import BboxImage
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from PIL import Image

from fedistats.model import (
    About,
    Activity,
    Distribution,
    Feed,
    Host,
    Instance,
    Outcome,
    Posts,
    Profiles,
    Word,
)
from fedistats.render import charts, fonts
from fedistats.render.page import Page
from fedistats.render.style import DARK, LIGHT, Theme

HOST = Host("home.example")
ABOUT = About(HOST, "2026-11-02T12:00:00Z", {"host": "home.example", "posts": 1000, "min_people": 3}, "9.8.7")
WEEK = 7 * 86_400

INSTANCE = Instance(
    HOST,
    HOST,
    activity=tuple(Activity(1_793_620_800 - n * WEEK, 12_000 + 100 * n, 900 - n, 30 + n) for n in range(1, 12)),
)
PROFILES = Profiles(
    about=ABOUT,
    host=HOST,
    title="Home",
    listed=1_440,
    left_out=40,
    with_bio=1_234,
    words=tuple(
        Word(text, 1_100 - 20 * n)
        for n, text in enumerate("coffee cats books 猫 قهوة ספרים แมว किताबें кошки βιβλία 고양이 🐙 she/her".split())
    ),
    distributions=(
        Distribution(
            "account age", "months", tuple((6.0 * n, 6.0 * n + 6, 5 * n) for n in range(16)), logarithmic=False
        ),
        Distribution(
            "followers", "followers", ((0, 1, 40), (1, 2, 10), (2, 5, 20), (5, 10, 90), (10, 20, 60)), logarithmic=True
        ),
        Distribution("posts", "posts", ((500, 1000, 3), (1000, 2000, 9)), logarithmic=True),
    ),
    outcome=Outcome.WHOLE,
)
FEED = Feed(
    feed="public",
    outcome=Outcome.WHOLE,
    reason="",
    posts_read=1_000,
    posts_left_out=12,
    first_at=1_793_361_600,
    last_at=1_793_620_800,
    languages=(("en", 500), ("de", 300), ("", 100), ("ja", 50), ("xx", 30), ("fr", 12), ("it", 8)),
    hashtags=(Word("science", 80), Word("写真", 40), Word("garden", 12)),
    hours=tuple(range(10, 34)),
    origins=((HOST, 1_000),),
)
POSTS = Posts(ABOUT, HOST, (FEED, replace(FEED, feed="local", posts_read=300)))


def all_figures(theme: Theme = LIGHT) -> dict[str, Figure]:
    return {
        "activity": charts.activity(INSTANCE, ABOUT, theme=theme),
        "distributions": charts.distributions(PROFILES, theme=theme),
        "words": charts.word_bars(PROFILES, theme=theme),
        "posts": charts.posts(POSTS, theme=theme),
    }


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text()]


def bars(figure: Figure, colour: str) -> list[Rectangle]:
    wanted = matplotlib.colors.to_rgba(colour)
    return [bar for bar in figure.findobj(Rectangle) if isinstance(bar, Rectangle) and bar.get_facecolor() == wanted]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("name", ["activity", "distributions", "words", "posts"])
def test_every_word_stands_on_the_page_and_on_no_other(name: str, theme: Theme) -> None:
    figure = all_figures(theme)[name]
    FigureCanvasAgg(figure)
    figure.draw_without_rendering()
    width, height = figure.canvas.get_width_height()
    boxes = [
        text.get_window_extent().padded(-1.0)
        for text in figure.findobj(Text)
        if isinstance(text, Text) and text.get_text()
    ]
    assert len(boxes) > 10
    for box in boxes:
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= width
        assert box.y1 <= height
    assert [(one, other) for one, other in combinations(boxes, 2) if one.overlaps(other)] == []


@pytest.mark.parametrize("name", ["activity", "distributions", "words", "posts"])
def test_every_figure_says_whom_it_is_about_and_when(name: str) -> None:
    told = " ".join(texts(all_figures()[name]))
    assert "home.example" in told
    assert "Collected 2026-11-02" in told
    assert "fedistats 9.8.7" in told


def test_a_week_is_said_to_be_six_days() -> None:
    told = " ".join(texts(charts.activity(INSTANCE, ABOUT, theme=LIGHT)))
    assert "Each bar is six days" in told
    assert "13,100" in told


def test_bars_are_as_high_as_their_counts() -> None:
    figure = charts.activity(INSTANCE, ABOUT, theme=LIGHT)
    heights = [abs(bar.get_height()) for bar in bars(figure, LIGHT.colours[0])]
    posts = [row.posts for row in reversed(INSTANCE.activity)]
    assert np.allclose(np.array(heights) / max(heights), np.array(posts) / max(posts))


def test_bars_of_words_are_as_long_as_their_counts() -> None:
    lengths = [bar.get_width() for bar in bars(charts.word_bars(PROFILES, theme=LIGHT), LIGHT.colours[0])]
    people = [word.people for word in PROFILES.words]
    assert np.allclose(np.array(lengths) / lengths[0], np.array(people) / people[0])


def test_distributions_tell_where_the_middle_person_stands() -> None:
    told = texts(charts.distributions(PROFILES, theme=LIGHT))
    assert "half of them with fewer than 10" in told
    assert "half of them younger than 6 years" in told
    assert "followers, logarithmic" in told
    assert {"0", "1", "10"} <= set(told)


def test_coverage_is_told() -> None:
    told = " ".join(texts(charts.distributions(PROFILES, theme=LIGHT)))
    assert "1,400 discoverable profiles, 1,234 with a bio; 40 asked to be left out" in told
    part = replace(PROFILES, outcome=Outcome.PART, reason="timeout")
    assert "The directory was read part (timeout)" in " ".join(texts(charts.word_bars(part, theme=LIGHT)))


def test_rare_languages_are_added_up() -> None:
    told = texts(charts.posts(replace(POSTS, feeds=(FEED,)), theme=LIGHT))
    assert {"English", "German", "not said", "Japanese", "xx", "2 others", "20"} <= set(told)


def test_a_closed_timeline_is_said_to_be_closed() -> None:
    closed = replace(FEED, outcome=Outcome.CLOSED, posts_read=0, languages=(), hashtags=(), hours=(0,) * 24)
    assert "closed by its owner" in texts(charts.posts(replace(POSTS, feeds=(closed, FEED)), theme=LIGHT))


def test_words_that_our_typeface_lacks_are_drawn_with_one_that_has_them() -> None:
    figure = charts.word_bars(PROFILES, theme=LIGHT)
    pictures = [picture for picture in figure.findobj(BboxImage) if isinstance(picture, BboxImage)]
    lacking = {"猫", "ספרים", "แมว", "किताबें", "고양이", "قهوة", "🐙"}
    assert not lacking & set(texts(figure))
    said = sum(text.startswith("(") for text in texts(figure))
    assert len(pictures) + said == len(lacking)
    assert {"coffee", "кошки", "βιβλία", "she/her"} <= set(texts(figure))


def test_a_word_that_is_a_picture_is_drawn_as_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    mark = Image.new("RGBA", (80, 40), "#00000000")
    mark.paste("#ff0000", (0, 0, 40, 20))  # the upper left quarter
    monkeypatch.setattr("fedistats.render.page._picture", lambda *_: mark)
    monkeypatch.setattr(Page, "_face", lambda *_: object())
    page = Page(100, 100, LIGHT)
    page.word("猫", right=60, middle=50, size=20, width=50)
    drawn = np.asarray(Image.open(io.BytesIO(charts.png(page.figure))).convert("RGB")).astype(int)
    rows, columns = np.nonzero((drawn[..., 0] > 200) & (drawn[..., 1] < 60))
    # points times two; the picture reaches from 40 to 60 and from 45 to 55
    assert (columns.min(), columns.max()) == (pytest.approx(80, abs=1), pytest.approx(99, abs=1))
    assert (rows.min(), rows.max()) == (pytest.approx(90, abs=1), pytest.approx(99, abs=1))


def test_where_no_font_is_at_hand_the_script_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts.Fonts, "face", lambda *_: None)
    told = texts(charts.word_bars(PROFILES, theme=LIGHT))
    assert {"(Thai)", "(Korean)", "(emoji)"} <= set(told)


def test_nothing_to_draw_is_said_quietly() -> None:
    nobody = replace(PROFILES, listed=0, left_out=0, with_bio=0, words=(), distributions=())
    nothing = replace(FEED, posts_read=5, languages=(), hashtags=(), hours=(0,) * 24, first_at=None, last_at=None)
    for figure in (
        charts.activity(replace(INSTANCE, activity=()), ABOUT, theme=DARK),
        charts.activity(replace(INSTANCE, activity=(Activity(0, 0, 0, 0),)), ABOUT, theme=DARK),
        charts.distributions(nobody, theme=DARK),
        charts.distributions(
            replace(nobody, distributions=(Distribution("posts", "posts", (), logarithmic=True),)), theme=DARK
        ),
        charts.word_bars(nobody, theme=DARK),
        charts.posts(replace(POSTS, feeds=(nothing,)), theme=DARK),
        charts.posts(replace(POSTS, feeds=()), theme=DARK),
    ):
        assert "no data" in texts(figure)
        assert charts.png(figure).startswith(b"\x89PNG")


EVIL = [
    "$_^$",
    "_x",
    "\x00\x1b[31m",
    "\u202egnp.exe",
    "</text><script>",
    "x" * 10_000,
    "猫" * 10_000,
    "\ud800",
    "e\u0301" * 999,
    "🏳️‍🌈" * 99,
    "ا" * 99,
]


def test_hostile_names_and_numbers_are_drawn_harmlessly() -> None:
    evil = tuple(Word(text, 10 ** (300 if n % 2 else 30)) for n, text in enumerate(EVIL))
    host = Host("$_^$" * 99)
    about = replace(ABOUT, date="\x00" * 99, version="$\\frac$", question={"min_people": "$" * 99})
    bins = ((0.0, 1.0, 10**300), (1.0, float("inf"), 3))
    profiles = replace(
        PROFILES,
        about=about,
        host=host,
        words=evil,
        outcome=Outcome.PART,
        reason="$_^$\x07",
        distributions=tuple(
            Distribution(text, text, bins, logarithmic=odd) for text, odd in (("$_^$", True), ("_x", False))
        ),
    )
    feed = replace(
        FEED,
        feed="$_^$",
        languages=tuple((w.text, w.people) for w in evil),
        hashtags=evil,
        hours=(10**300,) * 24,
        last_at=10**40,
    )
    rows = (Activity(10**40, 10**300, 1, 0), Activity(-(10**40), 0, 1, 10**18))
    for figure in (
        charts.activity(replace(INSTANCE, host=host, activity=rows), about, theme=LIGHT),
        charts.distributions(profiles, theme=LIGHT),
        charts.word_bars(profiles, theme=LIGHT),
        charts.posts(Posts(about, host, (feed, feed)), theme=LIGHT),
    ):
        assert charts.png(figure).startswith(b"\x89PNG")
        drawn = etree.fromstring(charts.svg(figure), etree.XMLParser(huge_tree=True))
        assert not drawn.findall(".//{*}script")


def test_the_same_data_gives_the_same_bytes_and_leaves_matplotlib_as_it_was() -> None:
    before = dict(matplotlib.rcParams)
    once = [draw(figure) for figure in all_figures().values() for draw in (charts.png, charts.svg)]
    again = [draw(figure) for figure in all_figures().values() for draw in (charts.png, charts.svg)]
    assert once == again
    assert dict(matplotlib.rcParams) == before


def test_the_text_of_an_svg_is_text() -> None:
    drawn = etree.fromstring(charts.svg(charts.word_bars(PROFILES, theme=LIGHT)))
    told = {element.text for element in drawn.iterfind(".//{*}text")}
    assert {"coffee", "she/her", "1,100"} <= told
