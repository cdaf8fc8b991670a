"""Text in pictures: how wide it is, where it is placed, and in which font, so that no character of any script becomes a box."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Literal

import matplotlib
import numpy as np
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.path import Path
from numpy.typing import NDArray

from fedistats.analysis.arrays import Floats
from fedistats.hosts import display_name
from fedistats.render.fonts.faces import BOLD, REGULAR, Face
from fedistats.render.fonts.finder import FontFinder
from fedistats.render.fonts.scripts import needs_shaping
from fedistats.text.html import clean

ASCENT, DESCENT = 0.78, 0.25
"""How far letters reach above and below the baseline, in parts of the font size."""
EMOJI_SCALE = 0.9
"""Size of a color emoji beside letters, in parts of the font size."""
_MEASURED_SIZE = 100

Anchor = Literal["start", "middle", "end"]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in pixels; y points down."""


@dataclass(frozen=True, slots=True)
class TextRun:
    """A piece of text in one font: DejaVu Sans if `face` is None."""

    text: str
    face: Face | None = None

    def width(self, size: float, bold: bool = False) -> float:
        """Width in pixels at a font size of `size` pixels."""
        if self.face is None:
            return typeface(bold).width(self.text, size)
        if self.face.colored:
            return EMOJI_SCALE * size * max(1, len(self.text))
        font = self.face.font(_MEASURED_SIZE, font_weight(bold))
        return float(font.getlength(self.text)) * size / _MEASURED_SIZE

    def clip(self, size: float, width: float, bold: bool = False) -> TextRun:
        """The run, cut to `width` pixels with an ellipsis if it is wider."""
        if self.width(size, bold) <= width:
            return self
        fits, too_long = 0, len(self.text)
        while too_long - fits > 1:
            middle = (fits + too_long) // 2
            shorter = TextRun(self.text[:middle] + "…", self.face)
            fits, too_long = (middle, too_long) if shorter.width(size, bold) <= width else (fits, middle)
        return TextRun(self.text[:fits] + "…", self.face)


@dataclass(frozen=True, slots=True)
class PlacedText:
    """One line of text on a page: (x, y) is on its baseline, at its start, middle or end; pixels, y points down."""

    text: str
    x: float
    y: float
    size: float
    bold: bool = False
    anchor: Anchor = "start"
    rotation: float = 0.0
    """Degrees, clockwise about (x, y)."""
    muted: bool = False
    face: Face | None = None
    """The font if DejaVu Sans cannot draw it: such text is drawn as an image."""

    @property
    def box(self) -> Box:
        """The box of the text before it is rotated."""
        width = TextRun(self.text, self.face).width(self.size, self.bold)
        left = self.x - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        return left, self.y - ASCENT * self.size, left + width, self.y + DESCENT * self.size


class Typeface:
    """DejaVu Sans, which comes with matplotlib, measured glyph by glyph without a renderer."""

    def __init__(self, bold: bool) -> None:
        name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
        self.path = FilePath(matplotlib.get_data_path(), "fonts", "ttf", name)
        self._font = FT2Font(str(self.path))
        self._font.set_size(_MEASURED_SIZE, 72)
        self._glyphs: dict[str, tuple[float, Floats, NDArray[np.uint8]]] = {}

    def width(self, text: str, size: float) -> float:
        """Width in pixels at a font size of `size` pixels."""
        return sum(self._glyph(char)[0] for char in text) * size

    def outline(self, text: str, size: float) -> Path:
        """The outlines of a text that starts at (0, 0); y points down."""
        vertices, codes, x = [np.zeros((1, 2))], [np.array([Path.MOVETO], dtype=np.uint8)], 0.0
        for char in text:
            advance, glyph_vertices, glyph_codes = self._glyph(char)
            vertices.append(glyph_vertices + np.array([x, 0.0]))
            codes.append(glyph_codes)
            x += advance
        return Path(np.concatenate(vertices) * (size, -size), np.concatenate(codes))

    def covers(self, text: str) -> bool:
        """True if the font has a glyph for every character of the text."""
        return self.replace_missing(text) == text

    def replace_missing(self, text: str) -> str:
        """The text with U+FFFD in place of each character that the font has no glyph for."""
        if text.isascii() and text.isprintable():
            return text
        return "".join(c if self._font.get_char_index(ord(c)) else "\N{REPLACEMENT CHARACTER}" for c in text)

    def _glyph(self, char: str) -> tuple[float, Floats, NDArray[np.uint8]]:
        """Advance, vertices and codes of the outline, at a size of 1."""
        if char not in self._glyphs:
            glyph = self._font.load_char(ord(char), flags=LoadFlags.NO_HINTING)
            vertices, codes = self._font.get_path()
            advance = glyph.linearHoriAdvance / 65536 / _MEASURED_SIZE
            self._glyphs[char] = advance, vertices / _MEASURED_SIZE, codes.astype(np.uint8)
        return self._glyphs[char]


@lru_cache(maxsize=2)
def typeface(bold: bool) -> Typeface:
    """The typeface of all pictures."""
    return Typeface(bold)


def font_weight(bold: bool) -> int:
    """The weight of a variable font."""
    return BOLD if bold else REGULAR


class FontPicker:
    """Turns text from servers into runs: in DejaVu Sans where it has the characters, else in an available font that has.

    `words` are all such words of the picture; see FontFinder.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._words = list(words)
        self._fonts: FontFinder | None = None

    def run(self, word: str) -> TextRun | None:
        """The word as a run of one font; None if no available font can draw it."""
        if word.isascii() or (typeface(False).covers(word) and not needs_shaping(word)):
            return TextRun(typeface(False).replace_missing(word))
        if self._fonts is None:
            self._fonts = FontFinder(words=self._words)
        face = self._fonts.drawable_face(word)
        return TextRun(word, face) if face else None

    def host_name(self, host: str, max_length: int = 60) -> TextRun:
        """The display name of a host if that is safe and can be drawn; else its ASCII name."""
        name = display_name(host)
        if name != host and (run := self.run(clean(name, max_length))):
            return run
        return TextRun(typeface(False).replace_missing(clean(host, max_length)))

    def runs(self, text: str) -> list[TextRun]:
        """A sentence in as few runs as possible; U+FFFD replaces characters that no available font has."""
        return next(iter(self.wrap(text, 1.0, float("inf"))), [])

    def drawable_words(self, text: str) -> str:
        """The text without words that no available font can draw."""
        return " ".join(word for word in text.split(" ") if self.run(word.removeprefix("#")) is not None)

    def wrap(self, text: str, size: float, width: float, bold: bool = False) -> list[list[TextRun]]:
        """Lines of at most `width` pixels, broken at spaces (not at no-break spaces); a longer word is clipped."""
        lines: list[list[TextRun]] = [[]]
        used, space = 0.0, typeface(bold).width(" ", size)
        for word in text.split(" "):
            # many fonts of a script have no number sign
            sign = "#" if word.startswith("#") and not word.isascii() else ""
            sign_width = typeface(bold).width(sign, size)
            word = word.removeprefix(sign)
            run = self.run(word) or TextRun(typeface(bold).replace_missing(word))
            run = run.clip(size, width - sign_width, bold)
            word_width = sign_width + run.width(size, bold)
            if lines[-1] and used + space + word_width > width and word != "·":  # a separator ends a line
                lines.append([])
                used = 0.0
            if lines[-1]:
                _append(lines[-1], TextRun(" "))
                used += space
            _append(lines[-1], TextRun(sign))
            _append(lines[-1], run)
            used += word_width
        return lines


def _append(line: list[TextRun], run: TextRun) -> None:
    """Add a run to a line; it is merged with the last run if both have the same font."""
    if not run.text:
        return
    if line and line[-1].face == run.face:
        run = TextRun(line.pop().text + run.text, run.face)
    line.append(run)
