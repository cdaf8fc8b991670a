"""Data for the tests of charts, and ways to look into a figure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox

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

HOST = Host("home.example")
ABOUT = About(HOST, "2026-11-02T12:00:00Z", {"host": "home.example", "posts": 1000, "min_people": 3}, "9.8.7")
WEEK = 7 * 86_400
LAST_WEEK = 1_793_620_800

INSTANCE = InstanceInfo(
    HOST, HOST, activity=tuple(Activity(LAST_WEEK - n * WEEK, 12_000 + 100 * n, 900 - n, 30 + n) for n in range(1, 12))
)
AGES = Distribution("account age", "months", tuple((6.0 * n, 6.0 * n + 6, 5 * n) for n in range(16)), logarithmic=False)
FOLLOWERS = Distribution(
    "followers", "followers", ((0, 1, 40), (1, 2, 10), (2, 5, 20), (5, 10, 90), (10, 20, 60)), logarithmic=True
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
        AGES,
        FOLLOWERS,
        Distribution("posts", "posts", ((500, 1000, 3), (1000, 2000, 9)), logarithmic=True),
    ),
    outcome=Outcome.COMPLETE,
)
LANGUAGES = {
    "en": 500,
    "de": 200,
    "": 100,
    "ja": 50,
    "xx": 40,
    "fr": 30,
    "it": 20,
    "es": 19,
    "nl": 18,
    "pl": 12,
    "el": 11,
}
FEED = Feed(
    feed="public",
    outcome=Outcome.COMPLETE,
    reason="",
    posts_read=1_000,
    posts_left_out=12,
    first_at=1_793_361_600,
    last_at=LAST_WEEK,
    languages=tuple(LANGUAGES.items()),
    hashtags=(WordCount("science", 80), WordCount("写真", 40), WordCount("garden", 12)),
    hours=tuple(range(10, 34)),
    origins=((HOST, 1_000),),
)
POSTS = PostCounts(ABOUT, HOST, (FEED, replace(FEED, feed="local", posts_read=300)))


def text_artists(figure: Figure) -> Iterator[Text]:
    return (text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text())


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in text_artists(figure)]


def all_text(figure: Figure) -> str:
    return " ".join(texts(figure))


def bars(figure: Figure, color: str) -> list[Rectangle]:
    """The rectangles of a color."""
    rgba = matplotlib.colors.to_rgba(color)
    return [bar for bar in figure.findobj(Rectangle) if isinstance(bar, Rectangle) and bar.get_facecolor() == rgba]


def assert_readable(figure: Figure) -> None:
    """All text is on the page, and no text overlaps another."""
    FigureCanvasAgg(figure)
    figure.draw_without_rendering()
    width, height = figure.canvas.get_width_height()
    boxes: list[tuple[str, Bbox]] = []
    for text in text_artists(figure):
        box = text.get_window_extent().padded(-1.0)
        assert box.x0 >= 0, text.get_text()
        assert box.y0 >= 0, text.get_text()
        assert box.x1 <= width, text.get_text()
        assert box.y1 <= height, text.get_text()
        assert [other for other, other_box in boxes if box.overlaps(other_box)] == [], text.get_text()
        boxes.append((text.get_text(), box))
