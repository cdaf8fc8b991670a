"""A page for charts: a figure of its own on which bars and words are put where they belong, in points, y downward."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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

_FAMILIES = ["DejaVu Sans", "Verdana", "sans-serif"]
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

    def columns(
        self, area: Area, counts: Sequence[int], colour: str, labels: Sequence[tuple[float, str]], gap: float = 0.22
    ) -> None:
        """Upright bars side by side over lines that tell how high they are; the highest says its number.

        Each label stands below, at its place: 0 is the left edge of the first bar, 1 that of the second.
        """
        counts = [min(max(count, 0), _MOST) for count in counts]
        most = max(counts)
        step = _step(most)
        high = (area.bottom - area.top) / max(most, 1)
        for level in range(0, most + 1, step):
            y = round(2 * (area.bottom - level * high)) / 2
            self._box(area.left, y - 0.5, area.right, y, self.theme.grid)
            if level:
                self.write(_short(level), area.left - 6, y + 3.4, 9.5, muted=True, anchor="right")
        wide = (area.right - area.left) / len(counts)
        for number, count in enumerate(counts):
            left = area.left + (number + gap / 2) * wide
            self._box(left, area.bottom - count * high, left + wide * (1 - gap), area.bottom, colour)
        self.write(f"{most:,}", area.left + (counts.index(most) + 0.5) * wide, area.top - 4, 9.5, anchor="center")
        for place, label in labels:
            self.write(label, area.left + place * wide, area.bottom + 14, 9.5, muted=True, anchor="center")

    def bars(
        self, area: Area, rows: Sequence[tuple[str, int]], most: int, colour: str, *, lines: int, label: float
    ) -> None:
        """Bars from left to right with their words before them and their numbers behind, in an area for so many lines.

        `most` is as long as a bar can be; `label` is the room for words, in points.
        """
        most = min(max(most, 1), _MOST)
        high = (area.bottom - area.top) / lines
        size = min(11.0, high * 0.62)
        begin = area.left + label
        longest = area.right - begin - typeface(False).width(f"{most:,}", size) - 6
        for number, (word, count) in enumerate(rows):
            middle = area.top + (number + 0.5) * high
            end = begin + longest * min(count, _MOST) / most
            self.word(word, begin - 8, middle, size, label - 8)
            self._box(begin, middle - 0.34 * high, end, middle + 0.34 * high, colour)
            self.write(f"{min(count, _MOST):,}", end + 6, middle + 0.36 * size, size * 0.92, muted=True)

    # -- ink --

    def write(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        *,
        bold: bool = False,
        muted: bool = False,
        anchor: Anchor = "left",
    ) -> None:
        """A line of text on the baseline y; a letter that our typeface lacks is a mark."""
        face = typeface(bold)
        self._axes.text(
            x,
            y,
            face.drawable(text),
            # family and weight are for SVG, where the reader's own fonts write
            fontproperties=FontProperties(
                family=_FAMILIES, weight="bold" if bold else "normal", size=size, fname=face.path
            ),
            color=self.theme.muted if muted else self.theme.ink,
            ha=anchor,
            va="baseline",
            # two dollar signs are no formula
            parse_math=False,
        )

    def word(self, word: str, right: float, middle: float, size: float, width: float) -> None:
        """A stranger's word, ending at `right`, in whatever font covers it and no wider than `width`.

        What our typeface can write is text. All else is drawn with the font that covers it, joined and ordered as its script wants,
        and set in as a picture; where no font is at hand, the script is named.
        """
        plain = typeface(False)
        face = None
        if plain.drawable(word) != word or needs_shaping(word):
            face = self._face(word)
            if face is None:
                word = f"({said(word)})"
        if face is None:
            self.write(plain.clip(word, size, width), right, middle + 0.36 * size, size, anchor="right")
            return
        picture = _picture(word, face, size * _PIXELS, self.theme.ink)
        wide, high = picture.width / _PIXELS, picture.height / _PIXELS
        if wide > width:
            high, wide = high * width / wide, width
        box = TransformedBbox(
            Bbox.from_extents(right - wide, middle + high / 2, right, middle - high / 2), self._axes.transData
        )
        image = BboxImage(box, interpolation="antialiased", origin="lower")
        image.set_data(np.asarray(picture))
        self._axes.add_artist(image)

    def _face(self, word: str) -> Face | None:
        if needs_shaping(word) and not can_shape():
            return None
        if self._fonts is None:
            self._fonts = Fonts(words=self._words)
        return self._fonts.face(word)

    def _box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        self._axes.add_patch(Rectangle((left, top), right - left, bottom - top, facecolor=colour, linewidth=0))


def _step(most: int) -> int:
    """Between lines: 1, 2 or 5 times a power of ten, such that there are two to five of them."""
    power = int(10 ** (len(str(max(most, 1))) - 1))
    return next(step for step in (power // 5, power // 2, power, 2 * power) if step and most <= 5 * step)


def _short(number: int) -> str:
    """For an axis: 900,000, then 1 M."""
    return f"{number:,}" if number < 10**6 else f"{number / 10**6:,g} M"


def _picture(word: str, face: Face, size: float, colour: str) -> Image.Image:
    """A word on transparent ground, with the middle of its letters in the middle of the picture."""
    if face.coloured:
        return picture_of(face, word, size * 0.9)
    font = face.at(size, REGULAR)
    left, top, right, bottom = font.getbbox(word, anchor="ls")
    above = 0.36 * size
    half = int(max(-top - above, bottom + above, 0.6 * size)) + 1
    image = Image.new("RGBA", (max(1, int(right - left) + 2), 2 * half), colour + "00")
    ImageDraw.Draw(image).text((1 - left, half + above), word, colour, font, anchor="ls")
    return image
