"""Lines of text as they are drawn: how wide they run, and in whose letters, so that no word of any script becomes a box."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Literal

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.image import BboxImage
from matplotlib.path import Path
from matplotlib.transforms import Bbox, TransformedBbox
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from fedistats.hosts import display_name
from fedistats.render.fonts.fonts import BOLD, REGULAR, Face, Fonts, can_shape, needs_shaping, picture_of
from fedistats.render.style import Theme
from fedistats.text.html import clean

# Of the font's size: how far its letters reach above and below the line they stand on.
ASCENT, DESCENT = 0.78, 0.25
_MEASURED_AT = 100
_EMOJI_SIZE = 0.9
"""Of the font's size: a coloured emoji beside letters."""
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text that one font writes: our typeface, or where that lacks a letter `face`."""

    text: str
    face: Face | None = None

    def width(self, size: float, bold: bool = False) -> float:
        """In pixels, of letters of `size` pixels."""
        if self.face is None:
            return typeface(bold).width(self.text, size)
        if self.face.colored:
            return _EMOJI_SIZE * size * max(1, len(self.text))
        return float(self.face.at(_MEASURED_AT, _weight(bold)).getlength(self.text)) * size / _MEASURED_AT

    def clip(self, size: float, width: float, bold: bool = False) -> Run:
        """As much of it as `width` pixels hold, with an ellipsis where that is not all."""
        if self.width(size, bold) <= width:
            return self
        fits, too_long = 0, len(self.text)
        while too_long - fits > 1:
            half = (fits + too_long) // 2
            shorter = Run(self.text[:half] + "…", self.face)
            fits, too_long = (half, too_long) if shorter.width(size, bold) <= width else (fits, half)
        return Run(self.text[:fits] + "…", self.face)


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
    face: Face | None = None
    """The font that writes it, where our typeface cannot: such a text is drawn as a picture."""

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the unturned text."""
        width = Run(self.text, self.face).width(self.size, self.bold)
        left = self.x - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        return left, self.y - ASCENT * self.size, left + width, self.y + DESCENT * self.size


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


@lru_cache(maxsize=2)
def typeface(bold: bool) -> Typeface:
    """The one typeface of our pictures."""
    return Typeface(bold)


class FontPicker:
    """Writes whatever strangers write: in our typeface where it can, else in a font at hand that covers the word.

    `words` are all that strangers wrote on the picture: kana among them tell which Chinese characters are Japan's.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._words = list(words)
        self._fonts: Fonts | None = None

    def run(self, word: str) -> Run | None:
        """The word in the letters of one font, joined and ordered as its script wants; None where no font at hand can."""
        if not word.isascii() and (typeface(False).drawable(word) != word or needs_shaping(word)):
            face = self._face(word)
            return Run(word, face) if face else None
        return Run(typeface(False).drawable(word))

    def host(self, host: str, most: int = 60) -> Run:
        """The name of an instance as its people write it, where that is safe and can be drawn; else as it goes over the wire."""
        quoted = display_name(host)
        if quoted != host and (run := self.run(clean(quoted, most))):
            return run
        return Run(typeface(False).drawable(clean(host, most)))

    def runs(self, text: str) -> list[Run]:
        """A sentence in as few runs as its words allow; a letter that no font at hand has is a mark."""
        return next(iter(self.lines(text, 1.0, float("inf"))), [])

    def drawable(self, text: str) -> str:
        """The words of a text that can be drawn."""
        return " ".join(word for word in text.split(" ") if self.run(word.removeprefix("#")) is not None)

    def lines(self, text: str, size: float, width: float, bold: bool = False) -> list[list[Run]]:
        """Lines of at most `width` pixels, broken at plain spaces; a word that is longer is clipped."""
        lines: list[list[Run]] = [[]]
        used, space = 0.0, typeface(bold).width(" ", size)
        for word in text.split(" "):
            # many fonts have the letters of their script and no number sign
            sign = "#" if word.startswith("#") and not word.isascii() else ""
            word = word.removeprefix(sign)
            run = self.run(word) or Run(typeface(bold).drawable(word))
            run = run.clip(size, width - typeface(bold).width(sign, size), bold)
            long = typeface(bold).width(sign, size) + run.width(size, bold)
            if lines[-1] and used + space + long > width and word != "·":  # which belongs to what stands before it
                lines.append([])
                used = 0.0
            if lines[-1]:
                _append(lines[-1], Run(" "))
                used += space
            _append(lines[-1], Run(sign))
            _append(lines[-1], run)
            used += long
        return lines

    def _face(self, word: str) -> Face | None:
        if needs_shaping(word) and not can_shape():
            return None
        if self._fonts is None:
            self._fonts = Fonts(words=self._words)
        return self._fonts.face(word)


def _append(line: list[Run], run: Run) -> None:
    """Set a run behind a line, as part of its last one where one font writes both."""
    if not run.text:
        return
    if line and line[-1].face == run.face:
        run = Run(line.pop().text + run.text, run.face)
    line.append(run)


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """A run as a picture on transparent ground, and where its left top corner stands from the pen, in pixels."""

    image: Image.Image
    left: float
    top: float


def inked(run: Run, size: float, color: str, bold: bool = False, halo: tuple[str, float] | None = None) -> Ink:
    """Draw a run that has a face of its own, `size` pixels high; `halo` is the colour and breadth of a rim round its letters."""
    assert run.face is not None
    if run.face.colored:
        image = picture_of(run.face, run.text, size * _EMOJI_SIZE)
        return Ink(image, 0.0, -0.36 * size - image.height / 2)
    font = run.face.at(size, _weight(bold))
    rim = round(halo[1]) if halo else 0
    left, top, right, bottom = font.getbbox(run.text, anchor="ls", stroke_width=rim)
    left, top = int(left) - 1, int(top) - 1
    image = Image.new("RGBA", (max(1, int(right - left) + 2), max(1, int(bottom - top) + 2)), color + "00")
    draw = ImageDraw.Draw(image)
    if halo and rim:
        draw.text((-left, -top), run.text, halo[0], font, anchor="ls", stroke_width=rim, stroke_fill=halo[0])
    draw.text((-left, -top), run.text, color, font, anchor="ls")
    return Ink(image, left, top)


def placed_ink(
    text: Text, theme: Theme, times: int, halo: float = 0.0
) -> tuple[float, float, float, float, Image.Image]:
    """A text that has a face of its own as a picture, `times` as fine as the page, and the place of that: left, top, right, bottom.

    Turned texts are turned; `halo` is the breadth in pixels of the background's rim round the letters.
    """
    run = Run(text.text, text.face)
    drawn = inked(
        run,
        text.size * times,
        theme.muted if text.muted else theme.ink,
        text.bold,
        (theme.background, halo * times) if halo else None,
    )
    image = drawn.image
    # the middle of the picture, seen from (x, y), turns with the text
    away = np.array(
        [text.box[0] - text.x + (drawn.left + image.width / 2) / times, (drawn.top + image.height / 2) / times]
    )
    if text.turn:
        turn = np.radians(text.turn)
        away = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ away
        image = image.rotate(-text.turn, Image.Resampling.BICUBIC, expand=True)
    half = np.array([image.width, image.height]) / 2 / times
    middle = np.array([text.x, text.y]) + away
    (left, top), (right, bottom) = (middle - half).tolist(), (middle + half).tolist()
    return left, top, right, bottom, image


def picture_of_text(axes: Axes, text: Text, theme: Theme, times: int, halo: float = 0.0) -> BboxImage:
    """The same as an artist of matplotlib's, for axes whose data are the pixels of the page."""
    left, top, right, bottom, image = placed_ink(text, theme, times, halo)
    box = TransformedBbox(Bbox.from_extents(left, bottom, right, top), axes.transData)
    artist = BboxImage(box, interpolation="antialiased", origin="lower", zorder=7)
    artist.set_data(np.asarray(image))
    return artist


def _weight(bold: bool) -> int:
    return BOLD if bold else REGULAR
