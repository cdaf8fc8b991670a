"""The side panel of a neighborhood's picture: title, legend and caption."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from fedistats.render.fonts.text import FontPicker, PlacedText, TextRun
from fedistats.render.network.legend import LegendEntry, Marker


@dataclass(frozen=True, slots=True)
class PanelContent:
    """What the panel says."""

    title: str
    host: TextRun
    counts: Sequence[str]
    """Lines below the host: how many instances and edges."""
    communities: Sequence[LegendEntry]
    symbols: Sequence[LegendEntry]
    caption: Sequence[str]
    """Paragraphs."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Texts and markers in their places."""

    texts: tuple[PlacedText, ...]
    markers: tuple[Marker, ...]


def layout_panel(
    content: PanelContent, fonts: FontPicker, *, left: float, width: float, height: float, scale: float
) -> Panel:
    """Title, counts and legend at the top, the caption at the bottom; all lines are wrapped to `width` pixels.

    Text sizes are for a page of 2400 x 1600 pixels, times `scale`; they shrink if the text does not fit into `height`.
    """
    while True:
        top = _top_column(content, fonts, left, width, scale)
        bottom = _bottom_column(content.caption, fonts, left, width, scale)
        if top.height + bottom.height + 60 * scale <= height or scale < 0.3:
            break
        scale *= 0.95
    caption = (replace(text, y=text.y + height - bottom.height) for text in bottom.texts)
    return Panel((*top.texts, *caption), tuple(top.markers))


@dataclass(slots=True)
class _Column:
    """Lines of text one below the other."""

    fonts: FontPicker
    left: float
    width: float
    height: float = 0.0
    texts: list[PlacedText] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)

    def add_paragraph(
        self, text: str, size: float, *, bold: bool = False, muted: bool = False, indent: float = 0.0
    ) -> float:
        """Add wrapped text; returns the vertical middle of its first line."""
        middle = self.height + size * 0.62
        for line in self.fonts.wrap(text, size, self.width - indent, bold):
            self.add_line(line, size, bold=bold, muted=muted, indent=indent)
        return middle

    def add_line(
        self, line: Sequence[TextRun], size: float, *, bold: bool = False, muted: bool = False, indent: float = 0.0
    ) -> None:
        self.height += size * 1.34
        x, y = self.left + indent, self.height - size * 0.34
        for run in line:
            # SVG drops spaces at the ends of a text
            leading_space = TextRun(run.text[: -len(run.text.lstrip(" "))], run.face).width(size, bold)
            if text := run.text.strip(" "):
                self.texts.append(PlacedText(text, x + leading_space, y, size, bold, muted=muted, face=run.face))
            x += run.width(size, bold)

    def add_entry(self, entry: LegendEntry, scale: float) -> None:
        size, indent = 19 * scale, 40 * scale
        middle = self.add_paragraph(entry.text, size, indent=indent)
        if entry.details:
            self.add_paragraph(entry.details, size * 0.9, muted=True, indent=indent)
        self.markers.append(Marker(entry.symbol, self.left + 16 * scale, middle, 9 * scale, entry.color))
        self.height += 6 * scale


def _top_column(content: PanelContent, fonts: FontPicker, left: float, width: float, scale: float) -> _Column:
    column = _Column(fonts, left, width, 46 * scale)
    column.add_paragraph(content.title, 34 * scale, muted=True)
    column.height += 8 * scale
    # a long host name is set smaller before it is clipped
    host_width = content.host.width(50 * scale, bold=True)
    size = min(50 * scale, max(26 * scale, 50 * scale * width / max(host_width, 1)))
    column.add_line([content.host.clip(size, width + 0.5, bold=True)], size, bold=True)
    column.height += 16 * scale
    for line in content.counts:
        column.add_paragraph(line, 24 * scale, muted=True)
    column.height += 34 * scale
    for heading, explanation, entries in (
        ("Communities, busiest first", "named after their two busiest instances", content.communities),
        ("Legend", "", content.symbols),
    ):
        if not entries:
            continue
        column.add_paragraph(heading, 20 * scale, bold=True)
        if explanation:
            column.add_paragraph(explanation, 17 * scale, muted=True)
        column.height += 8 * scale
        for entry in entries:
            column.add_entry(entry, scale)
        column.height += 22 * scale
    return column


def _bottom_column(caption: Sequence[str], fonts: FontPicker, left: float, width: float, scale: float) -> _Column:
    column = _Column(fonts, left, width)
    for paragraph in caption:
        column.add_paragraph(paragraph, 19 * scale, muted=True)
        column.height += 8 * scale
    column.height += 34 * scale
    return column
