"""A few words set in centred lines, the big ones in the middle: a cloud of a dozen words would look torn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
_WIDE, _HIGH = 0.86, 0.8
"""Of the room: what the lines may fill."""
_TALLEST = 0.3
"""Of the room's height: letters are no bigger."""
_SPACE, _LEADING = 0.42, 0.2
"""Between words and between lines, in parts of their size."""
_ABOVE, _BELOW = 0.7, 0.16
"""What letters reach at least above and below their line, so that lines of low words do not crowd together."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A word to be set; lengths are those at 1 pixel per em, and grow with its share."""

    share: float
    """Its size in parts of the biggest word's."""
    width: float
    above: float
    """How far its ink reaches above its line."""
    below: float


@dataclass(frozen=True, slots=True)
class _Row:
    words: tuple[int, ...]
    """Indices, from left to right."""
    width: float
    above: float
    below: float

    @property
    def height(self) -> float:
        return self.above + self.below


def set_in_rows(pieces: Sequence[Piece], wide: float, high: float) -> list[tuple[float, float, float]]:
    """For each word its size in pixels per em, the left edge of its ink and its baseline, in a room of wide x high pixels.

    `pieces` are sorted, commonest first. Of all widths that lines could have, the one is taken that lets letters be biggest and
    leaves no line very short.
    """
    longest = sum(piece.share * (piece.width + _SPACE) for piece in pieces)
    settings = {tuple(_rows(pieces, longest * step / 60)) for step in range(1, 61)}
    size, rows = max(((_size(rows, pieces, wide, high), rows) for rows in settings), key=_goodness)
    leading = _LEADING * size * min(piece.share for piece in pieces)
    y = (high - size * sum(row.height for row in rows) - leading * (len(rows) - 1)) / 2
    places = [(0.0, 0.0, 0.0)] * len(pieces)
    for row in rows:
        x, y = (wide - size * row.width) / 2, y + size * row.above
        for i in row.words:
            places[i] = size * pieces[i].share, x, y
            x += size * pieces[i].share * (pieces[i].width + _SPACE)
        y += size * row.below + leading
    return places


def _goodness(found: tuple[float, tuple[_Row, ...]]) -> tuple[float, int, tuple[tuple[int, ...], ...]]:
    size, rows = found
    evenness = min(row.width for row in rows) / max(row.width for row in rows)
    return round(size * (0.6 + min(evenness, 0.4)), 6), -len(rows), tuple(row.words for row in rows)


def _rows(pieces: Sequence[Piece], width: float) -> list[_Row]:
    """Lines of about this width: the first words in the middle one, the next ones below it, above it, and so on."""
    lines: list[list[int]] = []
    used = 0.0
    for i, piece in enumerate(pieces):
        advance = piece.share * (piece.width + _SPACE)
        if not lines or used + advance > width:
            lines.append([])
            used = 0.0
        lines[-1].append(i)
        used += advance
    rows = [_row(pieces, _hill(line)) for line in lines]
    return _hill(rows)


def _row(pieces: Sequence[Piece], words: Sequence[int]) -> _Row:
    chosen = [pieces[i] for i in words]
    width = sum(piece.share * (piece.width + _SPACE) for piece in chosen) - chosen[-1].share * _SPACE
    above = max(piece.share * max(piece.above, _ABOVE) for piece in chosen)
    return _Row(tuple(words), width, above, max(piece.share * max(piece.below, _BELOW) for piece in chosen))


def _hill(ranked: Sequence[T]) -> list[T]:
    """The first in the middle, the next ones to both sides of it."""
    return [*ranked[::2][::-1], *ranked[1::2]]


def _size(rows: Sequence[_Row], pieces: Sequence[Piece], wide: float, high: float) -> float:
    """Pixels per em of the biggest word, such that all lines fit into the room."""
    leading = _LEADING * min(piece.share for piece in pieces) * (len(rows) - 1)
    height = sum(row.height for row in rows) + leading
    return min(_WIDE * wide / max(row.width for row in rows), _HIGH * high / height, _TALLEST * high)
