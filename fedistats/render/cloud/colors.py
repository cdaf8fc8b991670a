"""Colors of words: readable, and different from those of their neighbors."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from fedistats.render.fonts.text import Box
from fedistats.render.style import Theme

_BLACK, _WHITE = (0, 0, 0), (255, 255, 255)
_MIN_CONTRAST = 4.5
"""For text (WCAG 2.2, 1.4.3)."""


def palette(theme: Theme) -> tuple[str, ...]:
    """The theme's text color and colors, brought to a contrast of 4.5:1 with the background if they are below.

    Colors below 3:1 are left out: changed that much they would be too similar to others.
    """
    usable = [color for color in theme.colors if contrast(color, theme.background) >= 3]
    return (theme.text, *(_readable(color, theme.background) for color in usable))


def contrast(color: str, other: str) -> float:
    """The contrast ratio of two colors (WCAG 2.2), 1 to 21."""
    lighter, darker = sorted((_luminance(color), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def choose_colors(words: Sequence[tuple[str, float, Box]], theme: Theme) -> list[str]:
    """A color for each word (text, size, box): the one whose nearest word is farthest; among equals by a hash of the text."""
    colors = palette(theme)
    chosen: list[str] = []
    for i, (text, size, box) in enumerate(words):
        distance = dict.fromkeys(colors, 9.0 * size)
        for color, (_, _, other) in zip(chosen, words[:i], strict=True):
            distance[color] = min(distance[color], box_distance(box, other))
        first = crc32(text.encode()) % len(colors)
        rotated = colors[first:] + colors[:first]
        chosen.append(max(rotated, key=lambda color: min(distance[color], 1.5 * size)))
    return chosen


def box_distance(box: Box, other: Box) -> float:
    """The horizontal or vertical gap between two boxes, whichever is larger; 0 if they overlap."""
    dx = max(box[0] - other[2], other[0] - box[2], 0)
    dy = max(box[1] - other[3], other[1] - box[3], 0)
    return float(max(dx, dy))


def _channels(color: str) -> list[int]:
    return list(bytes.fromhex(color[1:]))


def _luminance(color: str) -> float:
    parts = [channel / 255 for channel in _channels(color)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _readable(color: str, background: str) -> str:
    """The color, mixed with as little black or white as needed."""
    target = _BLACK if _luminance(background) > 0.5 else _WHITE
    for step in range(101):
        mixed = (round(c + (t - c) * step / 100) for c, t in zip(_channels(color), target, strict=True))
        readable = "#" + bytes(mixed).hex()
        if contrast(readable, background) >= _MIN_CONTRAST:
            return readable
    return color
