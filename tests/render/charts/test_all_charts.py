"""What holds for every chart of one instance."""

from __future__ import annotations

from dataclasses import replace

import matplotlib
import pytest
from lxml import etree
from matplotlib.figure import Figure

from fedistats.hosts import Host
from fedistats.model import Activity, Distribution, Outcome, PostCounts, WordCount
from fedistats.render import figures
from fedistats.render.charts.activity import draw_activity
from fedistats.render.charts.distributions import draw_distributions
from fedistats.render.charts.posts import draw_posts
from fedistats.render.charts.word_bars import draw_word_bars
from fedistats.render.style import DARK, LIGHT, Theme
from tests.render.charts.samples import ABOUT, FEED, INSTANCE, POSTS, PROFILES, all_text, assert_readable, texts

CHARTS = ["activity", "distributions", "word bars", "posts"]
HOSTILE_TEXTS = [
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


def draw_all(theme: Theme = LIGHT) -> dict[str, Figure]:
    return {
        "activity": draw_activity(INSTANCE, ABOUT, theme=theme),
        "distributions": draw_distributions(PROFILES, theme=theme),
        "word bars": draw_word_bars(PROFILES, theme=theme),
        "posts": draw_posts(POSTS, theme=theme),
    }


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("name", CHARTS)
def test_all_text_is_on_the_page_and_overlaps_no_other(name: str, theme: Theme) -> None:
    figure = draw_all(theme)[name]
    assert len(texts(figure)) > 10
    assert_readable(figure)


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_has_host_date_and_version(name: str) -> None:
    text = all_text(draw_all()[name])
    assert "home.example" in text
    assert "Collected 2026-11-02, fedistats 9.8.7." in text


def test_a_chart_without_data_says_so() -> None:
    nobody = replace(PROFILES, listed=0, left_out=0, with_bio=0, words=(), distributions=())
    unknown = replace(nobody, distributions=(Distribution("posts", "posts", (), logarithmic=True),))
    no_posts = replace(FEED, posts_read=5, languages=(), hashtags=(), hours=(0,) * 24, first_at=None, last_at=None)
    for figure, message in (
        (
            draw_activity(replace(INSTANCE, activity=()), ABOUT, theme=DARK),
            "this server does not report its weekly activity",
        ),
        (draw_distributions(nobody, theme=DARK), "the directory lists no profiles"),
        (draw_distributions(unknown, theme=DARK), "no data yet"),
        (draw_word_bars(nobody, theme=DARK), "no word is used by enough people"),
        (draw_posts(replace(POSTS, feeds=(no_posts,)), theme=DARK), "no post has a language"),
        (draw_posts(replace(POSTS, feeds=()), theme=DARK), "no timeline was read"),
    ):
        assert message in texts(figure)
        assert figures.png(figure).startswith(b"\x89PNG")


def test_hostile_names_and_numbers_are_drawn_harmlessly() -> None:
    words = tuple(WordCount(text, 10 ** (400 if n % 2 else 30)) for n, text in enumerate(HOSTILE_TEXTS))
    host = Host("$_^$" * 99)
    about = replace(ABOUT, date="\x00" * 99, version="$\\frac$", parameters={"min_people": "$" * 99})
    bins = ((0.0, 1.0, 10**400), (1.0, float("inf"), 3))
    profiles = replace(
        PROFILES,
        about=about,
        host=host,
        words=words,
        outcome=Outcome.PARTIAL,
        reason="$_^$\x07",
        distributions=tuple(
            Distribution(text, text, bins, logarithmic=log) for text, log in (("$_^$", True), ("_x", False))
        ),
    )
    feed = replace(
        FEED,
        feed="$_^$",
        languages=tuple((word.text, word.people) for word in words),
        hashtags=words,
        hours=(10**400,) * 24,
        last_at=10**40,
    )
    weeks = (Activity(10**40, 10**400, 1, 0), Activity(-(10**40), 0, 1, 10**18))
    for figure in (
        draw_activity(replace(INSTANCE, host=host, activity=weeks), about, theme=LIGHT),
        draw_distributions(profiles, theme=LIGHT),
        draw_word_bars(profiles, theme=LIGHT),
        draw_posts(PostCounts(about, host, (feed, feed)), theme=LIGHT),
    ):
        assert figures.png(figure).startswith(b"\x89PNG")
        tree = etree.fromstring(figures.svg(figure), etree.XMLParser(huge_tree=True))
        assert not tree.findall(".//{*}script")
        assert not {"\x1b", "\u202e"} & set("".join(texts(figure)))


def test_the_same_data_gives_the_same_bytes_and_matplotlibs_settings_are_unchanged() -> None:
    before = dict(matplotlib.rcParams)
    first, second = ([write(f) for f in draw_all().values() for write in (figures.png, figures.svg)] for _ in range(2))
    assert first == second
    assert dict(matplotlib.rcParams) == before


def test_the_text_of_an_svg_is_text() -> None:
    tree = etree.fromstring(figures.svg(draw_word_bars(PROFILES, theme=LIGHT)))
    assert {"coffee", "she/her", "1,100"} <= {element.text for element in tree.iterfind(".//{*}text")}
    assert tree.findtext("{*}title") == "Words in the bios on home.example"
