"""Figures of one instance: what they show, in any script, whatever strangers wrote, and with nothing to show at all."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import combinations
from pathlib import Path

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

from fedistats.hosts import Host
from fedistats.model import (
    About,
    Activity,
    Distribution,
    Feed,
    InstanceInfo,
    Outcome,
    PostCounts,
    ProfileCounts,
    WordCount,
)
from fedistats.render import figures
from fedistats.render.charts import charts
from fedistats.render.charts.page import Page
from fedistats.render.fonts.faces import Face
from fedistats.render.fonts.finder import FontFinder
from fedistats.render.fonts.text_images import TextImage
from fedistats.render.style import DARK, LIGHT, Theme
from tests.render.test_fonts import packaged

HOST = Host("home.example")
ABOUT = About(HOST, "2026-11-02T12:00:00Z", {"host": "home.example", "posts": 1000, "min_people": 3}, "9.8.7")
WEEK = 7 * 86_400

INSTANCE = InstanceInfo(
    HOST,
    HOST,
    activity=tuple(Activity(1_793_620_800 - n * WEEK, 12_000 + 100 * n, 900 - n, 30 + n) for n in range(1, 12)),
)
PROFILES = ProfileCounts(
    about=ABOUT,
    host=HOST,
    title="Home",
    listed=1_440,
    left_out=40,
    with_bio=1_234,
    words=tuple(
        WordCount(text, 1_100 - 20 * n)
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
    outcome=Outcome.COMPLETE,
)
FEED = Feed(
    feed="public",
    outcome=Outcome.COMPLETE,
    reason="",
    posts_read=1_000,
    posts_left_out=12,
    first_at=1_793_361_600,
    last_at=1_793_620_800,
    languages=tuple(
        zip(
            ("en", "de", "", "ja", "xx", "fr", "it", "es", "nl", "pl", "el"),
            (500, 200, 100, 50, 40, 30, 20, 19, 18, 12, 11),
            strict=True,
        )
    ),
    hashtags=(WordCount("science", 80), WordCount("写真", 40), WordCount("garden", 12)),
    hours=tuple(range(10, 34)),
    origins=((HOST, 1_000),),
)
POSTS = PostCounts(ABOUT, HOST, (FEED, replace(FEED, feed="local", posts_read=300)))


def all_figures(theme: Theme = LIGHT) -> dict[str, Figure]:
    return {
        "activity": charts.activity(INSTANCE, ABOUT, theme=theme),
        "distributions": charts.distributions(PROFILES, theme=theme),
        "words": charts.word_bars(PROFILES, theme=theme),
        "posts": charts.posts(POSTS, theme=theme),
    }


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text()]


def bars(figure: Figure, color: str) -> list[Rectangle]:
    wanted = matplotlib.colors.to_rgba(color)
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
    assert "Each bar is six days, not seven" in told
    assert "From 17 Aug to 31 Oct 2026" in told  # the last row begins on 26 October, and the 31st is its sixth day


def test_every_bar_of_a_week_says_its_number_above_one_axis_for_all() -> None:
    told = texts(charts.activity(INSTANCE, ABOUT, theme=LIGHT))
    for row in INSTANCE.activity:
        assert {f"{row.posts:,}", str(row.logins), str(row.registrations)} <= set(told)
    assert told.count("26 Oct") == 1


def test_a_server_that_tells_of_a_thousand_weeks_has_its_newest_drawn() -> None:
    rows = tuple(Activity(1_793_620_800 - n * WEEK, 5_000 + n, 1, 1) for n in range(1_000))
    told = texts(charts.activity(replace(INSTANCE, activity=rows), ABOUT, theme=LIGHT))
    assert "The last 20 weeks on" in told
    assert "5,000" in told
    assert "5,020" not in told


def test_bars_are_as_high_as_their_counts() -> None:
    figure = charts.activity(INSTANCE, ABOUT, theme=LIGHT)
    heights = np.array([abs(bar.get_height()) for bar in bars(figure, LIGHT.colors[0])]).reshape(3, 11)
    rows = [(row.posts, row.logins, row.registrations) for row in reversed(INSTANCE.activity)]
    counts = np.array(rows).T
    assert np.allclose(heights / heights.max(axis=1, keepdims=True), counts / counts.max(axis=1, keepdims=True))


@packaged
def test_bars_of_words_are_as_long_as_their_counts() -> None:
    lengths = [bar.get_width() for bar in bars(charts.word_bars(PROFILES, theme=LIGHT), LIGHT.colors[0])]
    people = [word.people for word in PROFILES.words]
    assert np.allclose(np.array(lengths) / lengths[0], np.array(people) / people[0])


def test_the_median_is_told_as_exactly_as_its_bin() -> None:
    told = texts(charts.distributions(PROFILES, theme=LIGHT))
    assert {"median about 5.7 years", "median 5 to 9 followers", "median 1,000 to 1,999 posts"} <= set(told)
    assert "followers, logarithmic" in told


def test_the_ages_of_a_young_server_are_told_in_months() -> None:
    ages = Distribution("account age", "months", ((0.0, 1.0, 3), (1.0, 2.0, 40), (2.0, 3.0, 9)), logarithmic=False)
    told = texts(charts.distributions(replace(PROFILES, distributions=(ages,)), theme=LIGHT))
    assert {"median about 1 month", "months", "2", "3"} <= set(told)
    assert "years" not in told


def test_the_bar_of_the_median_stands_out() -> None:
    followers = replace(PROFILES, distributions=PROFILES.distributions[1:2])
    figure = charts.distributions(followers, theme=LIGHT)
    marked = max(bars(figure, LIGHT.colors[1]), key=lambda bar: bar.get_width())
    drawn = sorted(bars(figure, LIGHT.colors[0]), key=lambda bar: bar.get_x())
    heights = [abs(bar.get_height()) for bar in drawn]
    assert marked.get_x() == drawn[heights.index(max(heights))].get_x()  # 90 of 220 people: the highest here


def test_zero_stands_apart_from_a_logarithmic_axis() -> None:
    figure = charts.distributions(replace(PROFILES, distributions=PROFILES.distributions[1:2]), theme=LIGHT)
    drawn = {round(bar.get_x(), 3): bar for bar in bars(figure, LIGHT.colors[0]) if bar.get_height()}
    lefts = sorted(drawn)
    apart, *others = np.diff(lefts)
    assert np.allclose(others, others[0])
    assert apart == pytest.approx(2 * others[0], rel=1e-4)
    assert abs(drawn[lefts[0]].get_height()) == pytest.approx(4 * abs(drawn[lefts[1]].get_height()))  # 40 people and 10
    assert {"0", "1", "10"} <= set(texts(figure))
    assert "Zero has a bar of its own" in " ".join(texts(figure))


def test_the_numbers_of_an_axis_never_touch() -> None:
    bins = [
        (0.0, 1.0, 7),
        *((f * 10.0**p, f * 10.0**p * (2.5 if f == 2 else 2), 9) for p in range(14) for f in (1, 2, 5)),
    ]
    wide = tuple(Distribution("posts", "posts", tuple(bins), logarithmic=True) for _ in range(3))
    figure = charts.distributions(replace(PROFILES, distributions=wide), theme=LIGHT)
    FigureCanvasAgg(figure)
    found = [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text()]
    boxes = [text.get_window_extent().padded(-1.0) for text in found]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert "1k" in texts(figure)


def test_coverage_is_told() -> None:
    told = " ".join(texts(charts.distributions(PROFILES, theme=LIGHT)))
    assert "1,400 discoverable profiles, 1,234 with a bio; 40 asked to be left out" in told
    part = replace(PROFILES, outcome=Outcome.PARTIAL, reason="timeout")
    assert "The directory was read in part (timeout)" in " ".join(texts(charts.word_bars(part, theme=LIGHT)))
    assert "12 posts of people who asked to be left out" in " ".join(
        texts(charts.posts(replace(POSTS, feeds=(FEED,)), theme=LIGHT))
    )


def test_rare_languages_are_added_up() -> None:
    told = texts(charts.posts(replace(POSTS, feeds=(FEED,)), theme=LIGHT))
    assert {"English", "German", "not said", "Japanese", "xx", "2 others", "23"} <= set(told)


@packaged
def test_what_is_added_up_is_no_bar() -> None:
    figure = charts.posts(replace(POSTS, feeds=(FEED,)), theme=LIGHT)
    lengths = [bar.get_width() for bar in bars(figure, LIGHT.colors[0])]
    assert len(lengths) == 9 + 24 + 3
    muted = {
        text.get_text() for text in figure.findobj(Text) if isinstance(text, Text) and text.get_color() == LIGHT.muted
    }
    assert {"2 others", "23"} <= muted


def test_the_words_of_posts_are_told_of_those_who_allow_it_or_why_there_are_none() -> None:
    spoken = replace(FEED, words=(WordCount("plankton", 9), WordCount("猫", 4)), speakers=40)
    few = replace(FEED, feed="local", speakers=4)
    told = texts(charts.posts(replace(POSTS, feeds=(spoken, few)), theme=LIGHT))
    assert {"Words, in people", "plankton", "9", "fewer than 10 people let their posts be searched"} <= set(told)
    assert "people who allow that their posts are searched" in " ".join(told)
    uncounted = texts(charts.posts(POSTS, theme=LIGHT))
    assert "Words, in people" not in uncounted
    assert "are searched" not in " ".join(uncounted)


def test_a_closed_timeline_is_said_to_be_closed() -> None:
    closed = replace(FEED, outcome=Outcome.CLOSED, posts_read=0, languages=(), hashtags=(), hours=(0,) * 24)
    assert "closed by its owner" in texts(charts.posts(replace(POSTS, feeds=(closed, FEED)), theme=LIGHT))
    empty = replace(closed, outcome=Outcome.COMPLETE)
    assert "no post seen" in texts(charts.posts(replace(POSTS, feeds=(empty, FEED)), theme=LIGHT))


def test_the_years_of_the_posts_are_told() -> None:
    long = replace(FEED, first_at=FEED.last_at and FEED.last_at - 3 * 365 * 86_400)
    told = texts(charts.posts(replace(POSTS, feeds=(FEED, long)), theme=LIGHT))
    assert "988 posts counted, 30 Oct to 2 Nov 2026" in told
    assert "988 posts counted, 3 Nov 2023 to 2 Nov 2026" in told


def test_words_that_our_typeface_lacks_are_drawn_with_one_that_has_them() -> None:
    figure = charts.word_bars(PROFILES, theme=LIGHT)
    pictures = [picture for picture in figure.findobj(BboxImage) if isinstance(picture, BboxImage)]
    lacking = {"猫", "ספרים", "แมว", "किताबें", "고양이", "قهوة", "🐙"}
    assert not lacking & set(texts(figure))
    left_out = len(PROFILES.words) - len(bars(figure, LIGHT.colors[0]))
    assert len(pictures) + left_out == len(lacking)
    assert {"coffee", "кошки", "βιβλία", "she/her"} <= set(texts(figure))


def test_a_word_that_is_a_picture_is_drawn_as_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    mark = Image.new("RGBA", (80, 40), "#00000000")
    mark.paste("#ff0000", (0, 0, 40, 20))  # the upper left quarter
    monkeypatch.setattr("fedistats.render.fonts.text_images.render_run", lambda *_: TextImage(mark, 0, -0.36 * 80 - 20))
    monkeypatch.setattr(FontFinder, "face", lambda *_: Face(Path("no.ttf"), 0, "None", None, colored=True))
    page = Page(100, 100, LIGHT)
    page.word("猫", right=60, middle=50, size=20, width=50)
    drawn = np.asarray(Image.open(io.BytesIO(figures.png(page.figure))).convert("RGB")).astype(int)
    rows, columns = np.nonzero((drawn[..., 0] > 200) & (drawn[..., 1] < 60))
    # points times two; the picture is 20 wide and 10 high, and begins where a sign of 0.9 * 20 would to end at 60
    assert (columns.min(), columns.max()) == (pytest.approx(84, abs=1), pytest.approx(103, abs=1))
    assert (rows.min(), rows.max()) == (pytest.approx(90, abs=1), pytest.approx(99, abs=1))


def test_words_that_no_font_covers_are_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FontFinder, "face", lambda *_: None)
    figure = charts.word_bars(PROFILES, theme=LIGHT)
    assert len(bars(figure, LIGHT.colors[0])) == len(PROFILES.words) - 7
    told = " ".join(texts(figure))
    assert "No font at hand can write 7 words (1 in Arabic, 1 in Chinese or Japanese, " in told
    assert "1 in Korean, 1 in Thai, 1 emoji): left out" in told
    assert "No font at hand can write 1 word (1 in Chinese or Japanese)" in " ".join(
        texts(charts.posts(POSTS, theme=LIGHT))
    )


def test_nothing_to_draw_is_said_quietly() -> None:
    nobody = replace(PROFILES, listed=0, left_out=0, with_bio=0, words=(), distributions=())
    nothing = replace(FEED, posts_read=5, languages=(), hashtags=(), hours=(0,) * 24, first_at=None, last_at=None)
    unknown = replace(nobody, distributions=(Distribution("posts", "posts", (), logarithmic=True),))
    for figure, why in (
        (
            charts.activity(replace(INSTANCE, activity=()), ABOUT, theme=DARK),
            "this server does not tell its weekly numbers",
        ),
        (charts.distributions(nobody, theme=DARK), "nobody is listed in its directory yet"),
        (charts.distributions(unknown, theme=DARK), "nobody to count yet"),
        (charts.word_bars(nobody, theme=DARK), "no word that enough people share yet"),
        (charts.posts(replace(POSTS, feeds=(nothing,)), theme=DARK), "no post says its language"),
        (charts.posts(replace(POSTS, feeds=()), theme=DARK), "no timeline was read"),
    ):
        assert why in texts(figure)
        assert figures.png(figure).startswith(b"\x89PNG")


def test_zero_is_told_apart_from_no_data() -> None:
    figure = charts.activity(replace(INSTANCE, activity=(Activity(0, 0, 5, 0),)), ABOUT, theme=DARK)
    assert texts(figure).count("the server counted none") == 2
    assert not any("does not tell" in text for text in texts(figure))


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
    evil = tuple(WordCount(text, 10 ** (400 if n % 2 else 30)) for n, text in enumerate(EVIL))
    host = Host("$_^$" * 99)
    about = replace(ABOUT, date="\x00" * 99, version="$\\frac$", parameters={"min_people": "$" * 99})
    bins = ((0.0, 1.0, 10**400), (1.0, float("inf"), 3))
    profiles = replace(
        PROFILES,
        about=about,
        host=host,
        words=evil,
        outcome=Outcome.PARTIAL,
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
        hours=(10**400,) * 24,
        last_at=10**40,
    )
    rows = (Activity(10**40, 10**400, 1, 0), Activity(-(10**40), 0, 1, 10**18))
    for figure in (
        charts.activity(replace(INSTANCE, host=host, activity=rows), about, theme=LIGHT),
        charts.distributions(profiles, theme=LIGHT),
        charts.word_bars(profiles, theme=LIGHT),
        charts.posts(PostCounts(about, host, (feed, feed)), theme=LIGHT),
    ):
        assert figures.png(figure).startswith(b"\x89PNG")
        drawn = etree.fromstring(figures.svg(figure), etree.XMLParser(huge_tree=True))
        assert not drawn.findall(".//{*}script")
        assert not {"\x1b", "\u202e"} & set("".join(texts(figure)))


def test_the_same_data_gives_the_same_bytes_and_leaves_matplotlib_as_it_was() -> None:
    before = dict(matplotlib.rcParams)
    once = [draw(figure) for figure in all_figures().values() for draw in (figures.png, figures.svg)]
    again = [draw(figure) for figure in all_figures().values() for draw in (figures.png, figures.svg)]
    assert once == again
    assert dict(matplotlib.rcParams) == before


def test_the_text_of_an_svg_is_text() -> None:
    drawn = etree.fromstring(figures.svg(charts.word_bars(PROFILES, theme=LIGHT)))
    told = {element.text for element in drawn.iterfind(".//{*}text")}
    assert {"coffee", "she/her", "1,100"} <= told
    assert drawn.findtext("{*}title") == "In their own words: the bios on home.example"
