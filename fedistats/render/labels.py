"""Names beside discs: how wide a text runs, and where it may stand so that no name lies on another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Literal

import matplotlib
import numpy as np
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.path import Path
from numpy.typing import NDArray

# Of the font's size: how far its letters reach above and below the line they stand on.
ASCENT, DESCENT = 0.78, 0.25
_MEASURED_AT = 100
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text on a page; pixels, y downward. (x, y) is on its baseline, at its start, middle or end."""

    text: str
    x: float
    y: float
    size: float
    bold: bool = False
    anchor: Anchor = "start"
    turn: float = 0.0
    """Degrees, clockwise about (x, y)."""
    muted: bool = False

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the unturned text."""
        width = typeface(self.bold).width(self.text, self.size)
        left = self.x - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        return left, self.y - ASCENT * self.size, left + width, self.y + DESCENT * self.size


@dataclass(frozen=True, slots=True)
class Label:
    """A name, the node it belongs to, and where a thin line must join the two because it stands apart."""

    node: int
    text: Text
    leader: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A name that wants a place; `must` where it is drawn whatever it costs."""

    node: int
    text: str
    size: float
    bold: bool
    must: bool


class Typeface:
    """DejaVu Sans, which comes with matplotlib: measured letter by letter, without a renderer."""

    def __init__(self, bold: bool) -> None:
        name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
        self.path = FilePath(matplotlib.get_data_path(), "fonts", "ttf", name)
        self._font = FT2Font(str(self.path))
        self._font.set_size(_MEASURED_AT, 72)
        self._glyphs: dict[str, tuple[float, NDArray[np.float64], NDArray[np.uint8]]] = {}

    def width(self, text: str, size: float) -> float:
        """In pixels, of a text of `size` pixels."""
        return sum(self._glyph(char)[0] for char in text) * size

    def shape(self, text: str, size: float) -> Path:
        """The outlines of a text that begins at (0, 0), y downward."""
        vertices, codes, x = [np.zeros((1, 2))], [np.array([Path.MOVETO], dtype=np.uint8)], 0.0
        for char in text:
            advance, points, kinds = self._glyph(char)
            vertices.append(points + np.array([x, 0.0]))
            codes.append(kinds)
            x += advance
        return Path(np.concatenate(vertices) * (size, -size), np.concatenate(codes))

    def _glyph(self, char: str) -> tuple[float, NDArray[np.float64], NDArray[np.uint8]]:
        """Advance, outline and its codes, for a size of 1."""
        if char not in self._glyphs:
            glyph = self._font.load_char(ord(char), flags=LoadFlags.NO_HINTING)
            points, kinds = self._font.get_path()
            self._glyphs[char] = (
                glyph.linearHoriAdvance / 65536 / _MEASURED_AT,
                points / _MEASURED_AT,
                kinds.astype(np.uint8),
            )
        return self._glyphs[char]

    def drawable(self, text: str) -> str:
        """The text with a mark in place of each character that this font has no shape for."""
        if text.isascii() and text.isprintable():
            return text
        return "".join(c if self._font.get_char_index(ord(c)) else "�" for c in text)

    def clip(self, text: str, size: float, width: float) -> str:
        """As much of the text as `width` pixels hold, with an ellipsis where that is not all."""
        if self.width(text, size) <= width:
            return text
        fits, too_long = 0, len(text)
        while too_long - fits > 1:
            half = (fits + too_long) // 2
            fits, too_long = (half, too_long) if self.width(text[:half] + "…", size) <= width else (fits, half)
        return text[:fits] + "…"

    def wrap(self, text: str, size: float, width: float) -> list[str]:
        """Lines of at most `width` pixels, broken at plain spaces; a word that is longer is clipped."""
        lines = [""]
        for word in text.split(" "):
            longer = f"{lines[-1]} {word}".lstrip()
            if lines[-1] and self.width(longer, size) > width:
                lines.append("")
                longer = word
            lines[-1] = longer if self.width(longer, size) <= width else self.clip(word, size, width)
        return lines


@lru_cache(maxsize=2)
def typeface(bold: bool) -> Typeface:
    """The one typeface of our pictures."""
    return Typeface(bold)


# Where a name may stand about its disc: sides first, then slanting, then above and below (clockwise from the right, degrees).
_TURNS = np.radians([0, 180, -30, 30, 210, 150, -60, 60, 240, 120, -90, 90])
_TURN_COSTS = np.array([0.0, 0.15, 0.2, 0.2, 0.3, 0.3, 0.35, 0.35, 0.4, 0.4, 0.45, 0.45])
# How far from the disc, in pixels at full size; where it is far, a line joins the two.
_NEAR = np.array([4.0, 11.0, 20.0, 32.0, 46.0, 62.0, 80.0])
_FAR = np.arange(100.0, 1500.0, 25.0)
_LINE_FROM = 16.0
# Pixels between a name and a disc that is not its own.
_ASIDE = 5.0
# The radius in pixels below which a disc is a dot among many, which may be hidden; and how big, beside a name's own disc, another
# must be to be taken for it.
_DOT = 6.0
_LIKELY = 0.4
# A name that would cost more than this (see _spots) is better left out, where it need not be drawn.
_WORST = 6.0


def place(
    wishes: Sequence[Wish],
    points: NDArray[np.float64],
    radii: NDArray[np.float64],
    page: tuple[float, float, float, float],
    scale: float,
) -> tuple[Label, ...]:
    """A place for each name, in the order of the wishes: never on another name, and on as few other discs as possible.

    A name that must be drawn goes as far as it takes to find room; any other is left out where there is none nearby.
    """
    discs = np.column_stack([points - radii[:, np.newaxis], points + radii[:, np.newaxis]])
    near = [_spots(wish, points[wish.node], radii[wish.node], discs, page, scale, _NEAR) for wish in wishes]
    boxes = np.full((len(wishes), 4), np.inf)
    distances = np.zeros(len(wishes))
    # the first round finds a place for each; the next ones let each look again, now that all others stand
    for _ in range(3):
        for i, wish in enumerate(wishes):
            boxes[i] = np.inf
            best = _best(near[i], boxes, np.inf if wish.must else _WORST)
            if best is None and wish.must:
                best = _best(_spots(wish, points[wish.node], radii[wish.node], discs, page, scale, _FAR), boxes, np.inf)
            if best is not None:
                boxes[i], distances[i] = best
    labels = []
    for wish, box, distance in zip(wishes, boxes, distances.tolist(), strict=True):
        if np.isfinite(box[0]):
            x, y = float(box[0]) + _PAD * scale, float(box[3]) - _PAD * scale - DESCENT * wish.size
            leader = _leader(points[wish.node], radii[wish.node], box) if distance > _LINE_FROM * scale else None
            labels.append(Label(wish.node, Text(wish.text, x, y, wish.size, wish.bold), leader))
    return tuple(labels)


# Pixels kept free round each name, at full size.
_PAD = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class _Spots:
    """Boxes that a name could have (left, top, right, bottom), what each costs, and how far from the disc it is."""

    boxes: NDArray[np.float64]
    costs: NDArray[np.float64]
    distances: NDArray[np.float64]


def _spots(
    wish: Wish,
    point: NDArray[np.float64],
    radius: float,
    discs: NDArray[np.float64],
    page: tuple[float, float, float, float],
    scale: float,
    rings: NDArray[np.float64],
) -> _Spots:
    width, height = typeface(wish.bold).width(wish.text, wish.size), (ASCENT + DESCENT) * wish.size
    half = np.array([width, height]) / 2 + _PAD * scale
    way = np.column_stack([np.cos(_TURNS), np.sin(_TURNS)])
    touch = point + (radius + rings * scale)[:, np.newaxis, np.newaxis] * way
    middle = (touch + np.clip(1.5 * way, -1, 1) * half).reshape(-1, 2)
    boxes = np.column_stack([middle - half, middle + half])
    inside = (boxes[:, :2] >= page[:2]).all(axis=1) & (boxes[:, 2:] <= page[2:]).all(axis=1)
    boxes = boxes[inside]
    costs = (np.arange(len(rings))[:, np.newaxis] * 0.5 + _TURN_COSTS).ravel()[inside]
    distances = np.repeat(rings * scale, len(_TURNS))[inside]
    if not len(boxes):
        return _Spots(boxes, costs, distances)
    reach = distances.max()
    near = (discs[:, 2:] > boxes[:, :2].min(axis=0) - reach) & (discs[:, :2] < boxes[:, 2:].max(axis=0) + reach)
    # its own disc first, then whatever may be in the way
    near[wish.node] = False
    discs = np.concatenate([discs[[wish.node]], discs[near.all(axis=1)]])
    left, top, right, bottom = (side[:, np.newaxis] for side in boxes.T)
    across = np.clip(np.minimum(right, discs[:, 2]) - np.maximum(left, discs[:, 0]), 0, None)
    down = np.clip(np.minimum(bottom, discs[:, 3]) - np.maximum(top, discs[:, 1]), 0, None)
    # a name that lies on a disc hides that disc, or cannot be read itself: worse than to stand a dozen rings away;
    # but among thousands of dots a name has to lie on some
    x, y, r = (discs[:, 0] + discs[:, 2]) / 2, (discs[:, 1] + discs[:, 3]) / 2, (discs[:, 2] - discs[:, 0]) / 2
    hidden = across * down / np.minimum(4 * r**2, 4 * half.prod())
    bad = 10 * hidden + 0.7 * (hidden > 0)
    dots = r < _DOT * scale
    # a name that is nearer to a strange disc than to its own would be taken for that one's
    away = np.hypot(np.maximum(np.maximum(left - x, x - right), 0), np.maximum(np.maximum(top - y, y - bottom), 0)) - r
    away = np.where(r < _LIKELY * radius, np.inf, away)[:, 1:]
    strange = away.min(axis=1, initial=np.inf) < np.maximum(distances, _ASIDE * scale)
    costs = costs + bad[:, ~dots].sum(axis=1) + np.minimum(bad[:, dots].sum(axis=1) / 20, 2) + 1.5 * strange
    return _Spots(boxes, costs, distances)


def _best(spots: _Spots, taken: NDArray[np.float64], most: float) -> tuple[NDArray[np.float64], float] | None:
    """The cheapest box that lies on no taken one, and its distance; None where none costs less than `most`."""
    left, top, right, bottom = (side[:, np.newaxis] for side in spots.boxes.T)
    meets = (left < taken[:, 2]) & (right > taken[:, 0]) & (top < taken[:, 3]) & (bottom > taken[:, 1])
    free = np.flatnonzero(~meets.any(axis=1) & (spots.costs < most))
    if not len(free):
        return None
    best = free[np.argmin(spots.costs[free])]
    return spots.boxes[best], float(spots.distances[best])


def _leader(
    point: NDArray[np.float64], radius: float, box: NDArray[np.float64]
) -> tuple[float, float, float, float] | None:
    """From the rim of the disc to the nearest side of the box."""
    end = np.clip(point, box[:2], box[2:])
    way = end - point
    distance = float(np.hypot(*way))
    if distance <= radius:
        return None
    begin = point + way / distance * radius
    return float(begin[0]), float(begin[1]), float(end[0]), float(end[1])
