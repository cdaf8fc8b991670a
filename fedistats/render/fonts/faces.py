"""Faces of font files: how to open one, and which characters it has."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import matplotlib
import numpy as np
from fontTools.ttLib import TTFont
from PIL import ImageFont

from fedistats.analysis.arrays import Ints
from fedistats.render.fonts.scripts import can_shape

BOLD = 650
"""Weight of a variable font: heavy enough to carry color, light enough for dense characters."""
REGULAR = 420
EMOJI_SIZE = 109
"""Noto Color Emoji has bitmaps of this size only, in pixels per em; FreeType refuses all others."""
DEJAVU = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans-Bold.ttf"

_PACKAGES = ("manimgx-fonts", "manimgx-fonts-cjk")
_UNWANTED_STYLES = ("italic", "oblique", "serif", "mono", "condensed", "light", "thin", "black", "extra", "math")


@dataclass(frozen=True, slots=True)
class Face:
    """One face of a font file."""

    path: Path
    index: int
    """The index of the face in a collection (.ttc); 0 in other files."""
    family: str
    weight_axis: int | None
    """The index of the weight axis of a variable font; None if the face has one weight only."""
    colored: bool
    """True for a font of color bitmaps (emoji)."""

    @property
    def has_cheap_outlines(self) -> bool:
        """True if its outlines are read quickly: to open a collection of Chinese characters takes seconds."""
        return not self.colored and self.path.suffix.lower() == ".ttf"

    def font(self, size: float, weight: int = BOLD) -> ImageFont.FreeTypeFont:
        """The face at `size` pixels per em (color bitmaps: at EMOJI_SIZE), in the weight that is nearest to `weight`."""
        return _open_font(self, EMOJI_SIZE if self.colored else size, weight)


class GlyphCoverage:
    """The code points that a font has a glyph for, as ranges (both ends included)."""

    def __init__(self, starts: Ints, ends: Ints) -> None:
        self._starts, self._ends = starts, ends

    def __contains__(self, code_point: int) -> bool:
        i = int(np.searchsorted(self._starts, code_point, "right")) - 1
        return i >= 0 and code_point <= int(self._ends[i])


def read_face(path: Path, index: int) -> tuple[Face, GlyphCoverage]:
    """Read a face and its coverage from a font file.

    Raises TTLibError, OSError, struct.error, KeyError, ValueError, AssertionError or IndexError for a file that is no usable font.
    """
    number = index if path.suffix.lower() in (".ttc", ".otc") else -1
    with path.open("rb") as file, TTFont(file, fontNumber=number, lazy=True) as font:
        colored = "CBDT" in font
        if not colored and "glyf" not in font and "CFF " not in font and "CFF2" not in font:
            raise ValueError("no outlines")
        weight_axis = None
        if "fvar" in font:
            weight_axis = next((i for i, axis in enumerate(font["fvar"].axes) if axis.axisTag == "wght"), None)
        family = font["name"].getBestFamilyName() or path.stem
        return Face(path, index, str(family), weight_axis, colored), _coverage(font)


def packaged_fonts() -> list[Path]:
    """The font files of the packages of the extra `scripts`; they are plain folders in site-packages."""
    fonts: list[Path] = []
    for package in _PACKAGES:
        try:
            files = metadata.files(package) or []
        except metadata.PackageNotFoundError:
            continue
        paths = (Path(str(file.locate())) for file in files if file.suffix in (".ttf", ".otf", ".ttc"))
        fonts += [path for path in paths if "Italic" not in path.stem and path.is_file()]
    return fonts


def system_fonts() -> list[Path]:
    """The font files of the system, best first: upright sans serifs, Noto's before others, bold before regular."""
    from matplotlib import font_manager  # slow: builds a list of all fonts when it is first imported

    def rank(path: Path) -> tuple[bool, bool, bool, str]:
        name = path.stem.lower()
        unwanted = any(style in name for style in _UNWANTED_STYLES)
        return unwanted, "noto" not in name, not name.endswith(("bold", "bd")), path.name

    return sorted(map(Path, font_manager.findSystemFonts()), key=rank)


@lru_cache(maxsize=512)
def _open_font(face: Face, size: float, weight: int) -> ImageFont.FreeTypeFont:
    engine = ImageFont.Layout.RAQM if can_shape() else ImageFont.Layout.BASIC
    font = ImageFont.truetype(str(face.path), size, index=face.index, layout_engine=engine)
    if face.weight_axis is not None:
        axes = font.get_variation_axes()
        axis = axes[face.weight_axis]
        values = [float(axis["default"] or 0) for axis in axes]
        values[face.weight_axis] = min(max(weight, axis["minimum"] or weight), axis["maximum"] or weight)
        font.set_variation_by_axes(values)
    return font


def _coverage(font: TTFont) -> GlyphCoverage:
    """Read the table `cmap`. Big CJK fonts have it as ranges (format 12): faster by 0.3 s than fontTools' 44,000 entries."""
    table = font.reader["cmap"]
    (count,) = struct.unpack_from(">H", table, 2)
    for i in range(count):
        platform, encoding, offset = struct.unpack_from(">HHL", table, 4 + 8 * i)
        if (platform, encoding) in ((3, 10), (0, 4), (0, 6)) and struct.unpack_from(">H", table, offset) == (12,):
            (groups,) = struct.unpack_from(">L", table, offset + 12)
            ranges = np.frombuffer(table, ">u4", groups * 3, offset + 16).reshape(groups, 3)
            has_glyph = ranges[:, 2] > 0  # glyph 0 is the box for missing characters
            return GlyphCoverage(ranges[has_glyph, 0].astype(np.int64), ranges[has_glyph, 1].astype(np.int64))
    code_points = np.array(sorted(font.getBestCmap() or {}), np.int64)
    return GlyphCoverage(code_points, code_points)
