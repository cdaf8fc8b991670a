"""A page for charts: a matplotlib figure in points, y pointing down, with title, caption, text in any script, and rectangles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle, Rectangle

from fedistats.render.fonts.scripts import script_name
from fedistats.render.fonts.text import FontPicker, PlacedText, TextRun, typeface
from fedistats.render.fonts.text_images import text_artist
from fedistats.render.style import Theme

Alignment = Literal["left", "center", "right"]

WIDTH = 960
"""Points, of most charts."""

_FAMILIES = ["DejaVu Sans", "Verdana", "sans-serif"]
_MARGIN = 40.0
_IMAGE_RESOLUTION = 4
"""Pixels per point, of text that is drawn as an image."""
_EMOJI_SCALE = 1.35
"""Size of emoji in bar charts, in parts of the font size: they are harder to recognize than letters."""
_X_HEIGHT = 0.36
"""Distance from the baseline to the middle of letters, in parts of the font size."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle on the page, in points."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def rows(self, n: int, gap: float) -> list[Area]:
        """`n` parts of the same height, one below the other."""
        height = (self.height - gap * (n - 1)) / n
        tops = [self.top + i * (height + gap) for i in range(n)]
        return [Area(self.left, top, self.right, top + height) for top in tops]

    def columns(self, n: int, gap: float) -> list[Area]:
        """`n` parts of the same width, side by side."""
        width = (self.width - gap * (n - 1)) / n
        lefts = [self.left + i * (width + gap) for i in range(n)]
        return [Area(left, self.top, left + width, self.bottom) for left in lefts]


class Page:
    """A figure of `width` x `height` points. `words` are all words on it that servers report: the fonts depend on them."""

    def __init__(self, width: float, height: float, theme: Theme, words: Iterable[str] = ()) -> None:
        self.theme = theme
        self.figure = Figure(figsize=(width / 72, height / 72), dpi=72, facecolor=theme.background)
        self.axes = self.figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0), autoscale_on=False)
        self.axes.set_axis_off()
        self._fonts = FontPicker(words)
        self.body = Area(_MARGIN, _MARGIN, width - _MARGIN, height - _MARGIN)
        """The page without margins, title and caption."""

    def add_title(self, lead: str, host: str, subtitle: str) -> None:
        """A muted first line, the host in bold (smaller if it is long), and a subtitle."""
        body, size, name = self.body, 27.0, self._fonts.host_name(host)
        size = max(min(size, size * body.width / max(name.width(size, bold=True), 1)), 12)
        self.text(lead, body.left, body.top + 13, 15.5, muted=True)
        self.run(name, body.left, body.top + 44, size, bold=True)
        self.text(TextRun(subtitle).clip(12.5, body.width).text, body.left, body.top + 68, 12.5, muted=True)
        self.figure.set_label(f"{lead} {name.text}")
        self.body = Area(body.left, body.top + 98, body.right, body.bottom)

    def add_caption(self, caption: str) -> None:
        """The caption at the bottom, in as many lines as it needs."""
        body, size = self.body, 10.0
        lines = self._fonts.wrap(caption, size, body.width)
        top = body.bottom - len(lines) * size * 1.5
        for i, line in enumerate(lines):
            x = body.left
            for run in line:
                self.run(run, x, top + (i + 1) * size * 1.5, size, muted=True)
                x += run.width(size)
        self.body = Area(body.left, body.top, body.right, top - 18)

    def message(self, area: Area, text: str) -> None:
        """Write into the middle of an area why it is empty."""
        self.text(text, (area.left + area.right) / 2, (area.top + area.bottom) / 2, 12, muted=True, align="center")

    def text(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        *,
        bold: bool = False,
        muted: bool = False,
        align: Alignment = "left",
    ) -> None:
        """A line in DejaVu Sans on the baseline y; U+FFFD replaces characters that it lacks."""
        face = typeface(bold)
        # family and weight are for SVG, where the text is drawn with the reader's fonts
        font = FontProperties(family=_FAMILIES, weight="bold" if bold else "normal", size=size, fname=face.path)
        self.axes.text(
            x,
            y,
            face.replace_missing(text),
            fontproperties=font,
            color=self.theme.muted if muted else self.theme.text,
            ha=align,
            va="baseline",
            parse_math=False,  # dollar signs are no formula
        )

    def run(self, run: TextRun, x: float, y: float, size: float, *, bold: bool = False, muted: bool = False) -> None:
        """A run that starts at (x, y) on its baseline; one in another font than DejaVu Sans is drawn as an image."""
        if run.face is None:
            self.text(run.text, x, y, size, bold=bold, muted=muted)
            return
        text = PlacedText(run.text, x, y, size, bold, muted=muted, face=run.face)
        self.axes.add_artist(text_artist(self.axes, text, self.theme, _IMAGE_RESOLUTION))

    def word(self, word: str, right: float, middle: float, size: float, width: float) -> None:
        """A word in any script that ends at `right` and is at most `width` wide; its script's name if no font has it."""
        run = self._fonts.run(word) or TextRun(f"({script_name(word)})")
        if run.face is None:
            run = run.clip(size, width)
        else:
            scale = _EMOJI_SCALE if script_name(word) == "emoji" else 1.0
            size *= min(scale, width / max(run.width(size), 1e-9))
        self.run(run, right - run.width(size), middle + _X_HEIGHT * size, size)

    def can_draw(self, word: str) -> bool:
        """True if an available font can draw the word."""
        return self._fonts.run(word) is not None

    def rectangle(self, left: float, top: float, right: float, bottom: float, color: str) -> None:
        self.axes.add_patch(Rectangle((left, top), right - left, bottom - top, facecolor=color, linewidth=0))

    def dot(self, x: float, y: float, radius: float, color: str) -> None:
        self.axes.add_patch(Circle((x, y), radius, facecolor=color, linewidth=0))
