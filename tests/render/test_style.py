"""Colors that color-blind people can distinguish, and text that everybody can read."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from fedistats.render.style import THEMES, Theme

# G. Machado, M. Oliveira, L. Fernandes: A physiologically-based model for simulation of color vision deficiency, 2009, severity 1.
VISIONS = {
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def linear_rgb(color: str) -> NDArray[np.float64]:
    """Linear red, green and blue of #rrggbb (IEC 61966-2-1)."""
    value = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(color: str, vision: str) -> NDArray[np.float64]:
    """CIE L*a*b* of a color in normal or deficient vision."""
    rgb = np.clip(VISIONS[vision] @ linear_rgb(color), 0, 1)
    part = XYZ @ rgb / XYZ.sum(axis=1)
    root = np.where(part > (6 / 29) ** 3, np.cbrt(part), part / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def contrast(color: str, other: str) -> float:
    """WCAG 2: from 1 (the same) to 21 (black on white)."""
    bright, dark = sorted((float(XYZ[1] @ linear_rgb(c)) for c in (color, other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


@themes
@pytest.mark.parametrize("vision", VISIONS)
def test_any_two_colors_can_be_distinguished(theme: Theme, vision: str) -> None:
    for a, b in combinations((*theme.colors, theme.other), 2):
        assert np.linalg.norm(lab(a, vision) - lab(b, vision)) >= 15, (a, b)


@themes
def test_text_has_a_high_contrast_with_the_background(theme: Theme) -> None:
    assert contrast(theme.text, theme.background) >= 7
    assert contrast(theme.muted, theme.background) >= 7


@themes
def test_every_color_is_visible_on_the_background(theme: Theme) -> None:
    assert all(contrast(color, theme.background) >= 2 for color in (*theme.colors, theme.other))


def test_both_themes_have_eight_colors() -> None:
    assert {len(theme.colors) for theme in THEMES.values()} == {8}


def test_black_on_white_has_the_contrast_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
