"""The chart of weekly activity."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fedistats.model import Activity
from fedistats.render.charts.activity import draw_activity
from fedistats.render.style import DARK, LIGHT
from tests.render.charts.samples import ABOUT, INSTANCE, LAST_WEEK, WEEK, all_text, bars, texts


def test_the_caption_says_that_a_week_has_six_days() -> None:
    text = all_text(draw_activity(INSTANCE, ABOUT, theme=LIGHT))
    assert "Each column is six days" in text
    assert "17 Aug to 31 Oct 2026" in text  # the last week starts on 26 October, and the 31st is its sixth day


def test_every_column_has_its_number_and_all_charts_share_one_axis() -> None:
    shown = texts(draw_activity(INSTANCE, ABOUT, theme=LIGHT))
    for week in INSTANCE.activity:
        assert {f"{week.posts:,}", str(week.logins), str(week.registrations)} <= set(shown)
    assert shown.count("26 Oct") == 1


def test_of_a_thousand_weeks_the_newest_are_drawn() -> None:
    weeks = tuple(Activity(LAST_WEEK - n * WEEK, 5_000 + n, 1, 1) for n in range(1_000))
    shown = texts(draw_activity(replace(INSTANCE, activity=weeks), ABOUT, theme=LIGHT))
    assert "The last 20 weeks on" in shown
    assert "5,000" in shown
    assert "5,020" not in shown


def test_columns_are_as_high_as_their_counts() -> None:
    figure = draw_activity(INSTANCE, ABOUT, theme=LIGHT)
    heights = np.array([abs(bar.get_height()) for bar in bars(figure, LIGHT.colors[0])]).reshape(3, 11)
    counts = np.array([(w.posts, w.logins, w.registrations) for w in reversed(INSTANCE.activity)]).T
    assert np.allclose(heights / heights.max(axis=1, keepdims=True), counts / counts.max(axis=1, keepdims=True))


def test_zero_is_not_the_same_as_no_data() -> None:
    shown = texts(draw_activity(replace(INSTANCE, activity=(Activity(0, 0, 5, 0),)), ABOUT, theme=DARK))
    assert shown.count("the server reports zero") == 2
    assert not any("does not report" in text for text in shown)
