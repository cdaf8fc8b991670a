"""Letters as SVG paths."""

from __future__ import annotations

from typing import Any, Self

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from fedistats.render.fonts.faces import BOLD, Face
from fedistats.render.fonts.scripts import INVISIBLE

_MEASURED_SIZE = 1000
"""Pixels per em at which letters are measured."""


class GlyphOutlines:
    """Glyphs as SVG paths: each is defined once and used wherever it occurs, so that it looks the same on every screen.

    Coordinates have `units_per_em` units per em (the fewer, the shorter the paths); None: as many as the font.
    Use it as a context manager: it closes the font files.
    """

    def __init__(self, units_per_em: int | None = None) -> None:
        self._units_per_em = units_per_em
        self._fonts: dict[Face, tuple[TTFont, Any, dict[int, str], int]] = {}
        self._ids: dict[tuple[Face, str], str] = {}
        self._paths: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for font, *_rest in self._fonts.values():
            font.close()

    def definitions(self) -> str:
        """The paths of all glyphs used so far, for the `defs` element."""
        return "".join(self._paths)

    def word(self, face: Face, text: str) -> tuple[str, int]:
        """The `use` elements of a word's letters, placed as Pillow places them, and the units per em of their positions."""
        _, glyphs, glyph_names, font_units = self._open(face)
        units = self._units_per_em or font_units
        font = face.font(_MEASURED_SIZE)
        elements = []
        for i, letter in enumerate(text):
            glyph = glyph_names.get(ord(letter))
            if glyph is not None and letter not in INVISIBLE:
                x = font.getlength(text[:i]) * units / _MEASURED_SIZE
                elements.append(f'<use href="#{self._id(face, glyph, glyphs, units / font_units)}" x="{x:.0f}"/>')
        return "".join(elements), units

    def _id(self, face: Face, glyph: str, glyphs: Any, scale: float) -> str:
        """The id of a glyph's path, which is defined if it is new."""
        if (face, glyph) not in self._ids:
            pen = SVGPathPen(glyphs, lambda coordinate: f"{coordinate:.0f}")
            glyphs[glyph].draw(TransformPen(pen, (scale, 0, 0, -scale, 0, 0)))  # y points up in fonts
            element_id = self._ids[face, glyph] = f"g{len(self._ids)}"
            self._paths.append(f'<path id="{element_id}" d="{pen.getCommands()}"/>')
        return self._ids[face, glyph]

    def _open(self, face: Face) -> tuple[TTFont, Any, dict[int, str], int]:
        """The font, its glyphs, the glyph name of each code point, and its units per em."""
        if face not in self._fonts:
            font = TTFont(face.path, fontNumber=face.index, lazy=True)
            location = None
            if face.weight_axis is not None:
                axis = font["fvar"].axes[face.weight_axis]
                location = {"wght": min(max(BOLD, axis.minValue), axis.maxValue)}
            self._fonts[face] = font, font.getGlyphSet(location=location), font.getBestCmap(), font["head"].unitsPerEm
        return self._fonts[face]
