"""Colors of words."""

from __future__ import annotations

import itertools

import pytest

from fedistats.render.cloud.colors import box_distance, contrast, palette
from fedistats.render.style import THEMES, Theme
from tests.render.cloud.samples import compose, made_up_words


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_colors_are_readable_on_the_background(theme: Theme) -> None:
    assert len(palette(theme)) >= 6
    assert len(set(palette(theme))) == len(palette(theme))
    assert all(contrast(color, theme.background) >= 4.5 for color in palette(theme))


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_neighbors_have_different_colors() -> None:
    words = compose(made_up_words(100)).words
    same_color_pairs = [
        (a, b) for a, b in itertools.combinations(words, 2) if a.color == b.color and box_distance(a.box, b.box) < 6
    ]
    assert len(same_color_pairs) <= 3
