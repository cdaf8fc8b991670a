"""A page for charts: a figure of its own on which bars and words are put where they belong, in points, y downward."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Literal

import numpy as np
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.image import BboxImage
from matplotlib.patches import Rectangle
from matplotlib.transforms import Bbox, TransformedBbox
from PIL import Image, ImageDraw

from fedistats.render.fonts import REGULAR, Face, Fonts, can_shape, needs_shaping, picture_of, said
from fedistats.render.labels import typeface
from fedistats.render.style import Theme

Anchor = Literal["left", "center", "right"]

_MARGIN = 40.0
_MOST = 10**15
"""No bar is drawn higher: what a hostile server counts must not overflow."""
_PIXELS = 4
"""Per point, of words that are drawn as pictures."""


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the page."""

    left: float
    top: float
    right: float
    bottom: float

    def rows(self, number: int, gap: float) -> list[Area]:
        """As many parts of the same height, one below the other."""
        height = (self.bottom - self.top - gap * (number - 1)) / number
        tops = [self.top + i * (height + gap) for i in range(number)]
        return [Area(self.left, top, self.right, top + height) for top in tops]

    def columns(self, number: int, gap: float) -> list[Area]:
        """As many parts of the same width, side by side."""
        width = (self.right - self.left - gap * (number - 1)) / number
        lefts = [self.left + i * (width + gap) for i in range(number)]
        return [Area(left, self.top, left + width, self.bottom) for left in lefts]


class Page:
    """Width and height in points. `words` are all that strangers wrote: they choose among the fonts."""

    def __init__(self, width: float, height: float, theme: Theme, words: Iterable[str] = ()) -> None:
        self.theme = theme
        self.figure = Figure(figsize=(width / 72, height / 72), dpi=72, facecolor=theme.background)
        self._axes = self.figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0), autoscale_on=False)
        self._axes.set_axis_off()
        self._words = list(words)
        self._fonts: Fonts | None = None
        self.body = Area(_MARGIN, _MARGIN, width - _MARGIN, height - _MARGIN)
        """What title and caption leave."""

    # -- frame --

    def head(self, title: str, subtitle: str) -> None:
        """The title, smaller where it is long, and what it is about."""
        body, size = self.body, 23.0
        size = max(min(size, size * (body.right - body.left) / typeface(True).width(title, size)), 12)
        self.write(title, body.left, body.top + 17, size, bold=True)
        self.write(subtitle, body.left, body.top + 39, 12.5, muted=True)
        self.body = Area(body.left, body.top + 70, body.right, body.bottom)

    def foot(self, caption: str) -> None:
        """The caption, in as many lines as it needs."""
        body, size = self.body, 10.0
        lines = typeface(False).wrap(caption, size, body.right - body.left)
        top = body.bottom - len(lines) * size * 1.5
        for number, line in enumerate(lines):
            self.write(line, body.left, top + (number + 1) * size * 1.5, size, muted=True)
        self.body = Area(body.left, body.top, body.right, top - 18)

    def nothing(self, area: Area, why: str = "no data") -> None:
        """Say quietly that there is nothing to draw."""
        x, y = (area.left + area.right) / 2, (area.top + area.bottom) / 2
        self.write(why, x, y, 12, muted=True, anchor="center")

    # -- charts --

    def columns(self, area: Area, counts: Sequence[int], colour: str, gap: float = 0.22) -> None:
        """Upright bars side by side over lines that tell how high they are; the highest says its number."""
        counts = [min(max(count, 0), _MOST) for count in counts]
        most = max(counts)
        step = _step(most)
        high = (area.bottom - area.top) / max(most, step)
        for level in range(0, most + 1, step):
            y = area.bottom - level * high
            self._box(Area(area.left, y - 0.3, area.right, y + 0.3), self.theme.grid)
            if level:
                self.write(f"{level:,}", area.left - 6, y + 3.3, 9.5, muted=True, anchor="right")
        wide = (area.right - area.left) / len(counts)
        for number, count in enumerate(counts):
            left = area.left + (number + gap / 2) * wide
            self._box(Area(left, area.bottom - count * high, left + wide * (1 - gap), area.bottom), colour)
        best = counts.index(most)
        # no grid line so near that its number says the same
        text, x = f"{most:,}", area.left + (best + 0.5) * wide
        half = typeface(True).width(text, 9.5) / 2
        x = min(max(x, area.left + half), area.right - half)
        self.write(text, x, area.top - 5, 9.5, bold=True, anchor="center")

    def under_columns(self, area: Area, labels: Sequence[str], *, every: int) -> None:
        """What columns stand for: of one in `every`, below its middle."""
        wide = (area.right - area.left) / len(labels)
        for number, label in enumerate(labels):
            if number % every == 0:
                self.write(label, area.left + (number + 0.5) * wide, area.bottom + 14, 9.5, muted=True, anchor="center")

    def under_bounds(self, area: Area, bounds: Sequence[tuple[int, str]]) -> None:
        """What the edges between columns stand for. The number of columns is that of the last `columns` in this area."""
        raise NotImplementedError

    def bars(
        self, area: Area, rows: Sequence[tuple[str, int]], most: int, colour: str, *, rows_high: int, label: float
    ) -> None:
        raise NotImplementedError
