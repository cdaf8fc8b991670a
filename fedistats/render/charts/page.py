"""A page for charts: a figure of its own on which bars and words are put where they belong, in points, y downward."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from fedistats.render.fonts.scripts import script_name
from fedistats.render.fonts.text import FontPicker, PlacedText, TextRun, typeface
from fedistats.render.fonts.text_images import text_artist
from fedistats.render.style import Theme

Anchor = Literal["left", "center", "right"]

_FAMILIES = ["DejaVu Sans", "Verdana", "sans-serif"]
_MARGIN = 40.0
MOST = 10**15
"""No bar is drawn higher: what a hostile server counts must not overflow."""
_PIXELS = 4
"""Per point, of words that are drawn as pictures."""
_SIGNS = 1.35
"""How much bigger than letters an emoji is drawn."""


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
        self._hand = FontPicker(words)
        self.body = Area(_MARGIN, _MARGIN, width - _MARGIN, height - _MARGIN)
        """What title and caption leave."""

    # -- frame --

    def title(self, lead: str, host: str, subtitle: str) -> None:
        """A quiet lead-in, the host in bold (smaller where it is long), and what it is about."""
        body, size, name = self.body, 27.0, self._hand.host_name(host)
        size = max(min(size, size * (body.right - body.left) / max(name.width(size, bold=True), 1)), 12)
        self.write(lead, body.left, body.top + 13, 15.5, muted=True)
        self._set(name, body.left, body.top + 44, size, bold=True)
        subtitle = TextRun(subtitle).clip(12.5, body.right - body.left).text
        self.write(subtitle, body.left, body.top + 68, 12.5, muted=True)
        self.figure.set_label(f"{lead} {name.text}")
        self.body = Area(body.left, body.top + 98, body.right, body.bottom)

    def foot(self, caption: str) -> None:
        """The caption, in as many lines as it needs."""
        body, size = self.body, 10.0
        lines = self._hand.wrap(caption, size, body.right - body.left)
        top = body.bottom - len(lines) * size * 1.5
        for number, line in enumerate(lines):
            x = body.left
            for run in line:
                self._set(run, x, top + (number + 1) * size * 1.5, size, muted=True)
                x += run.width(size)
        self.body = Area(body.left, body.top, body.right, top - 18)

    def nothing(self, area: Area, why: str) -> None:
        """Say quietly that there is nothing to draw."""
        x, y = (area.left + area.right) / 2, (area.top + area.bottom) / 2
        self.write(why, x, y, 12, muted=True, anchor="center")

    # -- charts --

    def columns(
        self, area: Area, counts: Sequence[int], color: str, labels: Sequence[tuple[float, str]], gap: float = 0.22
    ) -> None:
        """Upright bars side by side over lines that tell how high they are; the highest says its number.

        Each label stands below, at its place: 0 is the left edge of the first bar, 1 that of the second.
        """
        counts = [min(max(count, 0), MOST) for count in counts]
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
            self._box(left, area.bottom - count * high, left + wide * (1 - gap), area.bottom, color)
        self.write(f"{most:,}", area.left + (counts.index(most) + 0.5) * wide, area.top - 4, 9.5, anchor="center")
        for place, label in labels:
            self.write(label, area.left + place * wide, area.bottom + 14, 9.5, muted=True, anchor="center")

    def bars(
        self, area: Area, rows: Sequence[tuple[str, int]], most: int, color: str, *, lines: int, label: float
    ) -> None:
        """Bars from left to right with their words before them and their numbers behind, in an area for so many lines.

        `most` is as long as a bar can be; `label` is the room for words, in points.
        """
        most = min(max(most, 1), MOST)
        high = (area.bottom - area.top) / lines
        size = min(11.0, high * 0.62)
        begin = area.left + label
        longest = area.right - begin - typeface(False).width(f"{most:,}", size) - 6
        for number, (word, count) in enumerate(rows):
            middle = area.top + (number + 0.5) * high
            end = begin + longest * min(count, MOST) / most
            self.word(word, begin - 8, middle, size, label - 8)
            self._box(begin, middle - 0.34 * high, end, middle + 0.34 * high, color)
            self.write(f"{min(count, MOST):,}", end + 6, middle + 0.36 * size, size * 0.92, muted=True)

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
        """A line of our own text on the baseline y; a letter that our typeface lacks is a mark."""
        face = typeface(bold)
        self._axes.text(
            x,
            y,
            face.replace_missing(text),
            # family and weight are for SVG, where the reader's own fonts write
            fontproperties=FontProperties(
                family=_FAMILIES, weight="bold" if bold else "normal", size=size, fname=face.path
            ),
            color=self.theme.muted if muted else self.theme.text,
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
        run = self._hand.run(word) or TextRun(f"({script_name(word)})")
        if run.face is None:
            run = run.clip(size, width)
        else:
            # signs are harder to make out than letters
            size *= min(_SIGNS if script_name(word) == "emoji" else 1.0, width / max(run.width(size), 1e-9))
        self._set(run, right - run.width(size), middle + 0.36 * size, size)

    def drawable(self, word: str) -> bool:
        """Is there a font that draws all of the word, joined and ordered as its script wants?"""
        return self._hand.run(word) is not None

    def weeks(self, area: Area, counts: Sequence[int], color: str) -> None:
        """Upright bars that all say their number, the highest loudest."""
        most = max(counts)
        wide = (area.right - area.left) / len(counts)
        size = min(10.5, 10.5 * (wide - 4) / typeface(False).width(spelled(most), 10.5))
        for place, count in enumerate(counts):
            left = area.left + (place + 0.13) * wide
            top = area.bottom - (area.bottom - area.top) * min(count, MOST) / min(most, MOST)
            self._box(left, top, left + 0.74 * wide, area.bottom, color)
            self.write(spelled(count), left + 0.37 * wide, top - 5, size, muted=count < most, anchor="center")
        self._box(area.left, area.bottom, area.right, area.bottom + 0.7, self.theme.grid)

    def trend(self, area: Area, points: Sequence[tuple[float, int]], color: str) -> None:
        """A line through points over the ground line, which is zero; the first and the last say their number.

        Each point is its place, from 0 (left) to 1 (right), and its count.
        """
        counts = [min(max(count, 0), MOST) for _, count in points]
        high = (area.bottom - area.top) / max(max(counts), 1)
        xs = [area.left + place * (area.right - area.left) for place, _ in points]
        ys = [area.bottom - count * high for count in counts]
        self._box(area.left, area.bottom, area.right, area.bottom + 0.7, self.theme.grid)
        if len(points) > 1:
            self.write(f"{counts[0]:,}", xs[0] - 3, ys[0] - 9, 11, muted=True)
        self.write(f"{counts[-1]:,}", xs[-1] + 3, ys[-1] - 9, 11, anchor="right")
        line = Line2D(xs, ys, color=color, linewidth=2, solid_joinstyle="round", marker="o", markersize=4.5)
        self._axes.add_line(line)

    def broken(self, x: float, y: float, width: float) -> None:
        """An axis that is interrupted round x."""
        self._box(x - width / 2, y - 1, x + width / 2, y + 1, self.theme.background)
        for left in (x - 3, x + 1):
            self._axes.add_line(Line2D([left - 1.5, left + 3.5], [y + 4, y - 4], color=self.theme.muted, linewidth=0.9))

    def marked(self, area: Area, place: int, counts: Sequence[int], color: str, gap: float, told: str) -> None:
        """One of the bars that `columns` drew in another colour, with a line from it to what is to be told, above the bars."""
        counts = [min(max(count, 0), MOST) for count in counts]
        most, size = max(counts), 10.5
        wide = (area.right - area.left) / len(counts)
        left, x = area.left + (place + gap / 2) * wide, area.left + (place + 0.5) * wide
        top = area.bottom - (area.bottom - area.top) * counts[place] / most
        self._box(left, top, left + (1 - gap) * wide, area.bottom, color)
        # the highest bar says its number, which the line leaves room for
        far = abs(counts.index(most) - place) * wide > typeface(False).width(f"{most:,}", 9.5) / 2 + 3
        self._box(x - 0.5, area.top - 22, x + 0.5, top if far else area.top - 14, color)
        if not far and top > area.top:
            self._box(x - 0.5, area.top - 2, x + 0.5, top, color)
        half = typeface(False).width(told, size) / 2
        middle = max(min(x, area.right - half), area.left - 30 + half)
        self.write(told, middle, area.top - 27, size, anchor="center")

    def _set(self, run: TextRun, x: float, y: float, size: float, *, bold: bool = False, muted: bool = False) -> None:
        """A run of text from (x, y) on, its baseline; one that needs another font than ours is set in as a picture."""
        if run.face is None:
            self.write(run.text, x, y, size, bold=bold, muted=muted)
            return
        text = PlacedText(run.text, x, y, size, bold, muted=muted, face=run.face)
        self._axes.add_artist(text_artist(self._axes, text, self.theme, _PIXELS))

    def _box(self, left: float, top: float, right: float, bottom: float, color: str) -> None:
        self._axes.add_patch(Rectangle((left, top), right - left, bottom - top, facecolor=color, linewidth=0))


def spelled(value: float) -> str:
    """1,000 with its comma; 1.5 with its dot; what no server has, as that."""
    if value > MOST:
        return "over 10¹⁵"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _step(most: int) -> int:
    """Between lines: 1, 2 or 5 times a power of ten, such that there are two to five of them."""
    power = int(10 ** (len(str(max(most, 1))) - 1))
    return next(step for step in (power // 5, power // 2, power, 2 * power) if step and most <= 5 * step)


def _short(number: int) -> str:
    """For an axis: 900,000, then 1 M."""
    return f"{number:,}" if number < 10**6 else f"{number / 10**6:,g} M"
