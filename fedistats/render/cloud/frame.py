"""Title and caption of a cloud."""

from __future__ import annotations

from dataclasses import dataclass

from fedistats.render.fonts.faces import BOLD, REGULAR, Face
from fedistats.render.fonts.finder import FontFinder
from fedistats.render.fonts.text import Box
from fedistats.render.style import Theme

_MAX_TITLE_LINES, _MAX_CAPTION_LINES = 2, 6


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of the title or the caption."""

    pieces: tuple[tuple[str, Face], ...]
    """Text, each piece with its face."""
    size: float
    """Pixels per em."""
    weight: int
    x: float
    """Left end of the baseline."""
    y: float
    color: str


def frame(
    title: str, caption: str, fonts: FontFinder, theme: Theme, width: int, height: int, unit: float
) -> tuple[tuple[TextLine, ...], Box]:
    """The lines of title and caption, and the area that they leave for the words."""
    margin = 36 * unit
    lines: list[TextLine] = []
    top, bottom = margin * 0.8, height - margin * 0.8
    for pieces in _wrap(title, fonts, 34 * unit, BOLD, width - 2 * margin)[:_MAX_TITLE_LINES]:
        lines.append(TextLine(pieces, 34 * unit, BOLD, margin, top + 34 * unit, theme.text))
        top += 46 * unit
    caption_lines = _wrap(caption, fonts, 18 * unit, REGULAR, width - 2 * margin)[:_MAX_CAPTION_LINES]
    for i, pieces in enumerate(caption_lines):
        y = bottom - (len(caption_lines) - 1 - i) * 25 * unit - 4 * unit
        lines.append(TextLine(pieces, 18 * unit, REGULAR, margin, y, theme.muted))
    bottom -= len(caption_lines) * 25 * unit
    gap = 16 * unit
    return tuple(lines), (margin * 0.6, top + gap, width - margin * 0.6, bottom - gap)


def _wrap(text: str, fonts: FontFinder, size: float, weight: int, width: float) -> list[tuple[tuple[str, Face], ...]]:
    """The text in lines no wider than `width`; words that no available font can draw are left out."""
    lines: list[tuple[tuple[str, Face], ...]] = []
    line: list[tuple[str, Face]] = []
    used = 0.0
    for word in text.split():
        face = fonts.drawable_face(word)
        if face is None or face.colored:
            continue
        piece = " " + word if line and fonts.covers(face, " ") else word
        advance = face.font(size, weight).getlength(piece)
        if line and used + advance > width:
            lines.append(tuple(line))
            line, used, piece = [], 0.0, word
        if line and line[-1][1] == face:
            line[-1] = line[-1][0] + piece, face
        else:
            line.append((piece, face))
        used += advance
    return [*lines, tuple(line)] if line else lines
