"""The chart of account age, followers and posts."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from fedistats.model import Distribution
from fedistats.render.charts.distributions import draw_distributions
from fedistats.render.style import LIGHT
from tests.render.charts.samples import FOLLOWERS, PROFILES, all_text, bars, text_artists, texts


def test_the_median_is_as_exact_as_its_bin() -> None:
    shown = texts(draw_distributions(PROFILES, theme=LIGHT))
    assert {"median about 5.7 years", "median 5 to 9 followers", "median 1,000 to 1,999 posts"} <= set(shown)
    assert "followers, logarithmic" in shown


def test_ages_on_a_young_server_are_in_months() -> None:
    ages = Distribution("account age", "months", ((0.0, 1.0, 3), (1.0, 2.0, 40), (2.0, 3.0, 9)), logarithmic=False)
    shown = texts(draw_distributions(replace(PROFILES, distributions=(ages,)), theme=LIGHT))
    assert {"median about 1 month", "months", "2", "3"} <= set(shown)
    assert "years" not in shown


def test_the_column_of_the_median_is_highlighted() -> None:
    figure = draw_distributions(replace(PROFILES, distributions=(FOLLOWERS,)), theme=LIGHT)
    highlighted = max(bars(figure, LIGHT.colors[1]), key=lambda bar: bar.get_width())
    columns = sorted(bars(figure, LIGHT.colors[0]), key=lambda bar: bar.get_x())
    heights = [abs(bar.get_height()) for bar in columns]
    assert highlighted.get_x() == columns[heights.index(max(heights))].get_x()  # 90 of 220 people: here the highest


def test_zero_is_left_of_a_logarithmic_axis() -> None:
    figure = draw_distributions(replace(PROFILES, distributions=(FOLLOWERS,)), theme=LIGHT)
    columns = {
        round(bar.get_x(), 3): abs(bar.get_height()) for bar in bars(figure, LIGHT.colors[0]) if bar.get_height()
    }
    lefts = sorted(columns)
    first_distance, *distances = np.diff(lefts)
    assert np.allclose(distances, distances[0])
    assert first_distance == pytest.approx(2 * distances[0], rel=1e-4)
    assert columns[lefts[0]] == pytest.approx(4 * columns[lefts[1]])  # 40 people and 10
    assert {"0", "1", "10"} <= set(texts(figure))
    assert "Zero has its own column" in all_text(figure)


def test_the_numbers_of_an_axis_never_overlap() -> None:
    upper = {1: 2.0, 2: 2.5, 5: 2.0}
    bins = [(f * 10.0**p, f * 10.0**p * upper[f], 9) for p in range(14) for f in (1, 2, 5)]
    wide = Distribution("posts", "posts", ((0.0, 1.0, 7), *bins), logarithmic=True)
    figure = draw_distributions(replace(PROFILES, distributions=(wide, wide, wide)), theme=LIGHT)
    FigureCanvasAgg(figure)
    boxes = [text.get_window_extent().padded(-1.0) for text in text_artists(figure)]
    assert not any(box.overlaps(other) for box, other in combinations(boxes, 2))
    assert "1k" in texts(figure)


def test_the_subtitle_says_how_many_profiles_are_counted() -> None:
    text = all_text(draw_distributions(PROFILES, theme=LIGHT))
    assert "1,400 discoverable profiles, 1,234 with a bio; 40 skipped (opted out)" in text
