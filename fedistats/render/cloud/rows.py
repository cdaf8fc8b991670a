"""A few words in centered lines, the most common in the middle: a packed cloud of a dozen words would look ragged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from fedistats.render.cloud.measuring import REFERENCE_SIZE, MeasuredWord, Position, relative_sizes
from fedistats.render.fonts.text import Box

T = TypeVar("T")
_MAX_WIDTH, _MAX_HEIGHT = 0.86, 0.8
"""The part of the area that the lines may fill."""
_MAX_SIZE = 0.3
"""Font size in parts of the area's height."""
_SPACE, _LEADING = 0.42, 0.2
"""Space between words and between lines, in parts of the font size."""
_MIN_ASCENT, _MIN_DESCENT = 0.7, 0.16
"""Lines have at least this height, so that lines of low letters are not too near to each other."""


@dataclass(frozen=True, slots=True)
class _Word:
    """Lengths at a font size of 1 pixel for the biggest word."""

    share: float
    """Font size in parts of the biggest word's."""
    width: float
    ascent: float
    descent: float

    @property
    def advance(self) -> float:
        return self.share * (self.width + _SPACE)


@dataclass(frozen=True, slots=True)
class _Row:
    words: tuple[int, ...]
    """Indices, from left to right."""
    width: float
    ascent: float
    descent: float

    @property
    def height(self) -> float:
        return self.ascent + self.descent


def arrange_in_rows(measured: Sequence[MeasuredWord], area: Box) -> list[Position]:
    """The position of each word. Of all arrangements the one is taken with the biggest letters and no very short line."""
    shares = np.maximum(relative_sizes(measured), 1 / 3).tolist()
    order = sorted(range(len(measured)), key=lambda i: -measured[i].word.people)
    words = [
        _Word(
            shares[i],
            measured[i].width / REFERENCE_SIZE,
            -measured[i].top / REFERENCE_SIZE,
            measured[i].bottom / REFERENCE_SIZE,
        )
        for i in order
    ]
    width, height = area[2] - area[0], area[3] - area[1]
    one_row = sum(word.advance for word in words)
    arrangements = {tuple(_rows(words, one_row * step / 60)) for step in range(1, 61)}
    size, rows = max(((_font_size(rows, words, width, height), rows) for rows in arrangements), key=_quality)
    leading = _LEADING * size * min(word.share for word in words)
    positions = [Position(0, 0, 0)] * len(words)
    y = (height - size * sum(row.height for row in rows) - leading * (len(rows) - 1)) / 2
    for row in rows:
        x, y = (width - size * row.width) / 2, y + size * row.ascent
        for k in row.words:
            word = words[k]
            top = area[1] + y - word.ascent * size * word.share
            positions[order[k]] = Position(size * word.share, area[0] + x, top)
            x += size * word.advance
        y += size * row.descent + leading
    return positions


def _quality(arrangement: tuple[float, tuple[_Row, ...]]) -> tuple[float, int, tuple[tuple[int, ...], ...]]:
    size, rows = arrangement
    evenness = min(row.width for row in rows) / max(row.width for row in rows)
    return round(size * (0.6 + min(evenness, 0.4)), 6), -len(rows), tuple(row.words for row in rows)


def _rows(words: Sequence[_Word], width: float) -> list[_Row]:
    """Lines of about this width: the first words in the middle one, the next ones below it, above it, and so on."""
    lines: list[list[int]] = []
    used = 0.0
    for k, word in enumerate(words):
        if not lines or used + word.advance > width:
            lines.append([])
            used = 0.0
        lines[-1].append(k)
        used += word.advance
    return _first_in_middle([_row(words, _first_in_middle(line)) for line in lines])


def _row(words: Sequence[_Word], indices: Sequence[int]) -> _Row:
    chosen = [words[k] for k in indices]
    width = sum(word.advance for word in chosen) - chosen[-1].share * _SPACE
    ascent = max(word.share * max(word.ascent, _MIN_ASCENT) for word in chosen)
    return _Row(tuple(indices), width, ascent, max(word.share * max(word.descent, _MIN_DESCENT) for word in chosen))


def _first_in_middle(ranked: Sequence[T]) -> list[T]:
    """The first in the middle, the next ones alternating on both sides."""
    return [*ranked[::2][::-1], *ranked[1::2]]


def _font_size(rows: Sequence[_Row], words: Sequence[_Word], width: float, height: float) -> float:
    """Pixels per em of the biggest word, such that all lines fit."""
    leading = _LEADING * min(word.share for word in words) * (len(rows) - 1)
    lines_height = sum(row.height for row in rows) + leading
    longest = max(row.width for row in rows)
    return min(_MAX_WIDTH * width / longest, _MAX_HEIGHT * height / lines_height, _MAX_SIZE * height)
