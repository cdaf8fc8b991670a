"""Which font can draw a word: asked of the fonts' own tables, so that no box ever stands for a missing letter."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any, Self

import matplotlib
import numpy as np
import regex
from fontTools import unicodedata as scripts
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont, TTLibError
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, features

from fedistats.errors import InvalidFile

BOLD = 650
"""Of a font that comes in all weights: heavy enough to carry colour, light enough for dense characters."""
REGULAR = 420
MOST_SYSTEM_FONTS = 300
"""As many of the system's fonts are looked into; those named for the script and Noto's come first."""
_PACKAGES = ("manimgx-fonts", "manimgx-fonts-cjk")
COLOR_STRIKE = 109
"""Noto Color Emoji holds pictures of one size; FreeType refuses any other."""

_MEASURED = 1000
"""Pixels per em at which the places of letters are measured."""

_EMOJI = regex.compile(r"\p{Emoji_Presentation}|\p{Extended_Pictographic}|\p{RI}|[0-9#*]\ufe0f?\u20e3")
_INVISIBLE = frozenset("\u200c\u200d\ufe0e\ufe0f") | frozenset(map(chr, range(0xE0020, 0xE0080)))
"""They choose how their neighbours are drawn, and are not drawn themselves."""
_SHAPED = frozenset(
    "Arab Hebr Syrc Thaa Nkoo Mong Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Thai Laoo Khmr Mymr Tibt".split()
)
_SAID = {
    "Hani": "Chinese or Japanese", "Hira": "Japanese", "Kana": "Japanese", "Hang": "Korean", "Deva": "Hindi (Devanagari)",
    "Mymr": "Burmese", "Laoo": "Lao", "Zyyy": "symbols", "Zinh": "symbols", "Zzzz": "unknown",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Face:
    """One face of one font file, and how it is best drawn."""

    path: Path
    index: int
    family: str
    weight: int | None
    """The place of the weight axis among the font's axes; None where it has one weight only."""
    colored: bool

    @property
    def outlined(self) -> bool:
        """Are its letters cheap to have as outlines? A collection of Chinese characters takes seconds to be opened for that."""
        return not self.colored and self.path.suffix.lower() == ".ttf"

    def at(self, size: float, weight: int = BOLD) -> ImageFont.FreeTypeFont:
        """The face at `size` pixels per em (coloured pictures: at their only size), as near to `weight` as it comes."""
        return _font(self, COLOR_STRIKE if self.colored else size, weight)


@lru_cache(maxsize=512)
def _font(face: Face, size: float, weight: int) -> ImageFont.FreeTypeFont:
    engine = ImageFont.Layout.RAQM if features.check("raqm") else ImageFont.Layout.BASIC
    font = ImageFont.truetype(str(face.path), size, index=face.index, layout_engine=engine)
    if face.weight is not None:
        axes = font.get_variation_axes()
        axis = axes[face.weight]
        values = [float(axis["default"] or 0) for axis in axes]
        values[face.weight] = min(max(weight, axis["minimum"] or weight), axis["maximum"] or weight)
        font.set_variation_by_axes(values)
    return font


class Fonts:
    """The fonts at hand, in the order they are asked: the user's own, the packages of the extra `scripts`, the system's, DejaVu Sans.

    `words` are all that is to be drawn: Chinese characters look different in Japan, and kana among the words tell.
    Raises InvalidFile where `own` is no font.
    """

    def __init__(self, own: Path | None = None, words: Iterable[str] = ()) -> None:
        self._own = own
        self._japanese = any("\u3041" <= letter <= "\u30fa" for word in words for letter in word)
        self._tables: dict[tuple[Path, int], tuple[Face, Coverage] | None] = {}
        self._packaged = sorted(_package_fonts(), key=lambda path: (path.stem != "NotoSans[wght]", path.name))
        self._system: list[Path] | None = None
        self._nowhere: set[str] = set()
        if own is not None and self._open(own, 0) is None:
            raise InvalidFile(f"{own} is no font that can be read (a .ttf, .otf or .ttc file is needed)")

    def face(self, word: str) -> Face | None:
        """The first face that has every letter of the word, or None."""
        letters = frozenset(word) - _INVISIBLE
        if not letters or not self._nowhere.isdisjoint(letters):
            return None
        script = script_of(word)
        missing = set(letters)
        for path in self._candidates(script, _EMOJI.search(word) is not None):
            index = self._region(word) if path.suffix.lower() == ".ttc" and "CJK" in path.stem else 0
            opened = self._open(path, index) or (self._open(path, 0) if index else None)
            if opened is None:
                continue
            face, coverage = opened
            lacking = {letter for letter in letters if ord(letter) not in coverage}
            if not lacking:
                return face
            missing &= lacking
        self._nowhere |= missing
        return None

    def covers(self, face: Face, word: str) -> bool:
        """Does the font's own table have every letter of the word?"""
        opened = self._open(face.path, face.index)
        return opened is not None and all(ord(letter) in opened[1] for letter in word if letter not in _INVISIBLE)

    def _candidates(self, script: str, emoji: bool) -> Iterator[Path]:
        if self._own is not None:
            yield self._own
        name = scripts.script_name(script).replace(" ", "").replace("_", "")
        named = "CJK" if script in ("Hani", "Hira", "Kana", "Hang", "Bopo") else name
        if emoji:
            # colour first, and only the system can have it: no package carries Noto Color Emoji
            yield from (path for path in self._of_the_system() if "ColorEmoji" in path.stem)
            yield from (path for path in self._packaged if "Emoji" in path.stem)
        alphabets = (path for path in self._packaged if emoji or "Emoji" not in path.stem)
        yield from sorted(alphabets, key=lambda path: named not in path.stem)
        if script in ("Latn", "Grek", "Cyrl"):
            yield _DEJAVU  # as good as what the system may have, and the same everywhere
        others = (path for path in self._of_the_system() if emoji or "Emoji" not in path.stem)
        yield from sorted(others, key=lambda path: named not in path.stem)[:MOST_SYSTEM_FONTS]
        yield _DEJAVU

    def _of_the_system(self) -> list[Path]:
        if self._system is None:
            from matplotlib import font_manager  # builds a list of all fonts when it is first imported

            self._system = sorted(map(Path, font_manager.findSystemFonts()), key=_plainness)
        return self._system

    def _region(self, word: str) -> int:
        """Which face of Noto Sans CJK: 0 Japan, 1 Korea, 2 mainland China, 3 Taiwan. The old character sets know who writes what."""
        if any("가" <= letter <= "힣" for letter in word):
            return 1
        if any("\u3041" <= letter <= "\u30ff" for letter in word):
            return 0
        regions = (("shift_jis", 0), ("gb2312", 2), ("big5", 3)) if self._japanese else (("gb2312", 2), ("big5", 3))
        return next((index for charset, index in regions if _writes(charset, word)), 2)

    def _open(self, path: Path, index: int) -> tuple[Face, Coverage] | None:
        if (path, index) not in self._tables:
            try:
                self._tables[path, index] = _read(path, index)
            except (TTLibError, OSError, struct.error, KeyError, ValueError, AssertionError, IndexError):
                self._tables[path, index] = None  # a broken file, or a format of old: draws nothing for us
        return self._tables[path, index]


class Coverage:
    """The code points that a font has a glyph for."""

    def __init__(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> None:
        self._starts, self._ends = starts, ends

    def __contains__(self, point: int) -> bool:
        at = int(np.searchsorted(self._starts, point, "right")) - 1
        return at >= 0 and point <= int(self._ends[at])


def script_of(word: str) -> str:
    """The ISO 15924 code of the first letter that belongs to a script; 'Zyyy' where none does (emoji, digits)."""
    return next((code for code in map(scripts.script, word) if code not in ("Zyyy", "Zinh")), "Zyyy")


def said(word: str) -> str:
    """The name of the word's script, for a sentence."""
    code = script_of(word)
    if _EMOJI.search(word):
        return "emoji"
    return _SAID.get(code) or scripts.script_name(code).replace("_", " ")


def needs_shaping(word: str) -> bool:
    """Would the word be wrong if its letters were set one after the other, from left to right?"""
    return "\u200d" in word or any(scripts.script(letter) in _SHAPED for letter in word)


def can_shape() -> bool:
    """Has Pillow found Raqm (and FriBiDi, which its wheels take from the system)?"""
    return bool(features.check("raqm"))


class Outlines:
    """Letters as SVG paths, each written down once and used where it stands: the same shape on every screen.

    They are told in `em` units per em (the fewer, the shorter the paths), or in each font's own.
    """

    def __init__(self, em: int | None = None) -> None:
        self._em = em
        self._fonts: dict[Face, tuple[TTFont, Any, dict[int, str], int]] = {}
        self._names: dict[tuple[Face, str], str] = {}
        self._paths: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for opened in self._fonts.values():
            opened[0].close()

    def definitions(self) -> str:
        """The paths of all letters used so far."""
        return "".join(self._paths)

    def word(self, face: Face, text: str) -> tuple[str, int]:
        """The letters of a word set side by side (as `Face.at` sets them), and how many units make an em."""
        _, glyphs, letters, own = self._open(face)
        em = self._em or own
        measure = face.at(_MEASURED)
        placed = []
        for i, letter in enumerate(text):
            glyph = letters.get(ord(letter))
            if glyph is not None and letter not in _INVISIBLE:
                x = measure.getlength(text[:i]) * em / _MEASURED
                placed.append(f'<use href="#{self._name(face, glyph, glyphs, em / own)}" x="{x:.0f}"/>')
        return "".join(placed), em

    def _name(self, face: Face, glyph: str, glyphs: Any, scale: float) -> str:
        if (face, glyph) not in self._names:
            pen = SVGPathPen(glyphs, lambda number: f"{number:.0f}")
            glyphs[glyph].draw(TransformPen(pen, (scale, 0, 0, -scale, 0, 0)))  # in a font y runs upward
            name = self._names[face, glyph] = f"g{len(self._names)}"
            self._paths.append(f'<path id="{name}" d="{pen.getCommands()}"/>')
        return self._names[face, glyph]

    def _open(self, face: Face) -> tuple[TTFont, Any, dict[int, str], int]:
        if face not in self._fonts:
            font = TTFont(face.path, fontNumber=face.index, lazy=True)
            weight = None
            if face.weight is not None:
                axis = font["fvar"].axes[face.weight]
                weight = {"wght": min(max(BOLD, axis.minValue), axis.maxValue)}
            self._fonts[face] = font, font.getGlyphSet(location=weight), font.getBestCmap(), font["head"].unitsPerEm
        return self._fonts[face]


def picture_of(face: Face, text: str, size: float) -> Image.Image:
    """A coloured emoji, `size` pixels per em, on transparent ground."""
    font = face.at(size)
    left, top, right, bottom = font.getbbox(text)
    image = Image.new("RGBA", (max(1, round(right - left)), max(1, round(bottom - top))))
    ImageDraw.Draw(image).text((-left, -top), text, font=font, embedded_color=True)
    scale = size / COLOR_STRIKE
    return image.resize(
        (max(1, round(image.width * scale)), max(1, round(image.height * scale))), Image.Resampling.LANCZOS
    )


_DEJAVU = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans-Bold.ttf"


def _package_fonts() -> list[Path]:
    """The font files of the extra's packages: bare folders in site-packages."""
    found: list[Path] = []
    for package in _PACKAGES:
        try:
            files = metadata.files(package) or []
        except metadata.PackageNotFoundError:
            continue
        paths = (Path(str(file.locate())) for file in files if file.suffix in (".ttf", ".otf", ".ttc"))
        found += [path for path in paths if "Italic" not in path.stem and path.is_file()]
    return found


def _plainness(path: Path) -> tuple[bool, bool, bool, str]:
    """Upright sans serifs first, Noto's before others, bold before regular."""
    name = path.stem.lower()
    odd = any(
        word in name
        for word in ("italic", "oblique", "serif", "mono", "condensed", "light", "thin", "black", "extra", "math")
    )
    return odd, "noto" not in name, not name.endswith(("bold", "bd")), path.name


def _writes(charset: str, word: str) -> bool:
    try:
        word.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _read(path: Path, index: int) -> tuple[Face, Coverage]:
    number = index if path.suffix.lower() in (".ttc", ".otc") else -1
    with path.open("rb") as file, TTFont(file, fontNumber=number, lazy=True) as font:
        colored = "CBDT" in font
        if not colored and "glyf" not in font and "CFF " not in font and "CFF2" not in font:
            raise ValueError("no outlines")
        weight = None
        if "fvar" in font:
            weight = next((place for place, axis in enumerate(font["fvar"].axes) if axis.axisTag == "wght"), None)
        family = font["name"].getBestFamilyName() or path.stem
        return Face(path, index, str(family), weight, colored), _coverage(font)


def _coverage(font: TTFont) -> Coverage:
    """From the table `cmap`. Of a CJK font its ranges are read (OpenType, cmap format 12), not its 44,000 entries: 0.3 s less."""
    table = font.reader["cmap"]
    (count,) = struct.unpack_from(">H", table, 2)
    for place in range(count):
        platform, encoding, offset = struct.unpack_from(">HHL", table, 4 + 8 * place)
        if (platform, encoding) in ((3, 10), (0, 4), (0, 6)) and struct.unpack_from(">H", table, offset) == (12,):
            (groups,) = struct.unpack_from(">L", table, offset + 12)
            ranges = np.frombuffer(table, ">u4", groups * 3, offset + 16).reshape(groups, 3)
            drawn = ranges[:, 2] > 0  # glyph 0 is the box
            return Coverage(ranges[drawn, 0].astype(np.int64), ranges[drawn, 1].astype(np.int64))
    points = np.array(sorted(font.getBestCmap() or {}), np.int64)
    return Coverage(points, points)
