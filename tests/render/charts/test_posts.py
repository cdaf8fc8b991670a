"""The chart of posts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fedistats.model import Outcome, WordCount
from fedistats.render.charts.posts import draw_posts
from fedistats.render.fonts.finder import FontFinder
from fedistats.render.style import LIGHT
from tests.render.charts.samples import FEED, POSTS, all_text, bars, text_artists, texts
from tests.render.test_fonts import packaged

ONE_FEED = replace(POSTS, feeds=(FEED,))


def test_rare_languages_are_added_up() -> None:
    shown = texts(draw_posts(ONE_FEED, theme=LIGHT))
    assert {"English", "German", "unknown", "Japanese", "xx", "2 others", "23"} <= set(shown)


@packaged
def test_the_sum_of_rare_languages_has_no_bar() -> None:
    figure = draw_posts(ONE_FEED, theme=LIGHT)
    assert len(bars(figure, LIGHT.colors[0])) == 9 + 24 + 3
    muted = {text.get_text() for text in text_artists(figure) if text.get_color() == LIGHT.muted}
    assert {"2 others", "23"} <= muted


def test_words_are_of_people_who_allow_search_and_their_absence_is_explained() -> None:
    with_words = replace(FEED, words=(WordCount("plankton", 9), WordCount("猫", 4)), speakers=40)
    too_few = replace(FEED, feed="local", speakers=4)
    figure = draw_posts(replace(POSTS, feeds=(with_words, too_few)), theme=LIGHT)
    assert {"Words, in people", "plankton", "9", "fewer than 10 people allow search of their posts"} <= set(
        texts(figure)
    )
    assert "people who allow search of their posts" in all_text(figure)
    not_counted = draw_posts(POSTS, theme=LIGHT)
    assert "Words, in people" not in texts(not_counted)
    assert "allow search" not in all_text(not_counted)


def test_a_closed_or_empty_timeline_says_so() -> None:
    closed = replace(FEED, outcome=Outcome.CLOSED, posts_read=0, languages=(), hashtags=(), hours=(0,) * 24)
    assert "no posts: closed by its owner" in texts(draw_posts(replace(POSTS, feeds=(closed, FEED)), theme=LIGHT))
    empty = replace(closed, outcome=Outcome.COMPLETE)
    assert "no posts" in texts(draw_posts(replace(POSTS, feeds=(empty, FEED)), theme=LIGHT))


def test_the_days_of_the_posts_have_their_years() -> None:
    three_years = replace(FEED, first_at=FEED.last_at and FEED.last_at - 3 * 365 * 86_400)
    shown = texts(draw_posts(replace(POSTS, feeds=(FEED, three_years)), theme=LIGHT))
    assert "988 posts counted, 30 Oct to 2 Nov 2026" in shown
    assert "988 posts counted, 3 Nov 2023 to 2 Nov 2026" in shown


def test_skipped_posts_are_counted() -> None:
    assert "12 posts skipped (authors opted out)." in all_text(draw_posts(ONE_FEED, theme=LIGHT))


def test_hashtags_that_no_font_has_are_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FontFinder, "face", lambda *_: None)
    assert "1 word left out because no font is available (1 in Chinese or Japanese)." in all_text(
        draw_posts(POSTS, theme=LIGHT)
    )
