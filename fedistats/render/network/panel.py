"""The column beside the graph: title, legend, and a caption that a reader who was not there understands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from fedistats.render.fonts.text import FontPicker, PlacedText, TextRun

Kind = Literal["disc", "hollow", "start", "edge", "arrow"]

TICKS = ((1, 0), (0, 1), (-1, 0), (0, -1))
"""The directions of the four short lines round the start's ring."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A sample in the legend; centre and radius in pixels."""

    kind: Kind
    x: float
    y: float
    radius: float
    color: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the legend: what it shows, and what that means."""

    kind: Kind
    color: str
    words: str
    more: str = ""
    """A second line, quieter."""


@dataclass(frozen=True, slots=True)
class Panel:
    """All that stands beside the graph, laid out."""

    texts: tuple[PlacedText, ...]
    marks: tuple[Mark, ...]


def panel(
    *,
    title: str,
    host: TextRun,
    counts: Sequence[str],
    groups: Sequence[Entry],
    signs: Sequence[Entry],
    caption: Sequence[str],
    hand: FontPicker,
    left: float,
    width: float,
    height: float,
    scale: float,
) -> Panel:
    """Title and counts at the top, the legend below, the caption at the foot; everything wrapped to `width` pixels.

    Texts grow with `scale` (1 for a page of 2400 x 1600), and shrink together where there is more to say than room.
    """
    while True:
        top, bottom = _set(title, host, counts, groups, signs, caption, hand, left, width, scale)
        needed = top.height + bottom.height + 60 * scale
        if needed <= height or scale < 0.3:
            break
        scale *= 0.95
    foot = height - bottom.height
    return Panel(
        tuple(top.texts) + tuple(_lower(text, foot) for text in bottom.texts),
        tuple(top.marks),
    )


@dataclass(slots=True)
class _Column:
    """Lines set below one another."""

    hand: FontPicker
    left: float
    width: float
    height: float
    texts: list[PlacedText]
    marks: list[Mark]

    def write(self, words: str, size: float, *, bold: bool = False, muted: bool = False, indent: float = 0.0) -> float:
        """Set a paragraph; the middle of its first line comes back."""
        first = self.height + size * 0.62
        for line in self.hand.wrap(words, size, self.width - indent, bold):
            self.set_line(line, size, bold=bold, muted=muted, indent=indent)
        return first

    def set_line(
        self, line: Sequence[TextRun], size: float, *, bold: bool = False, muted: bool = False, indent: float = 0.0
    ) -> None:
        self.height += size * 1.34
        x = self.left + indent
        for run in line:
            # spaces at the ends of a text are lost in SVG
            before = TextRun(run.text[: -len(run.text.lstrip(" "))], run.face).width(size, bold)
            if words := run.text.strip(" "):
                y = self.height - size * 0.34
                self.texts.append(PlacedText(words, x + before, y, size, bold, muted=muted, face=run.face))
            x += run.width(size, bold)


def _set(
    title: str,
    host: TextRun,
    counts: Sequence[str],
    groups: Sequence[Entry],
    signs: Sequence[Entry],
    caption: Sequence[str],
    hand: FontPicker,
    left: float,
    width: float,
    scale: float,
) -> tuple[_Column, _Column]:
    top = _Column(hand, left, width, 46 * scale, [], [])
    top.write(title, 34 * scale, muted=True)
    top.height += 8 * scale
    # a long name is set smaller before it is cut
    size = min(50 * scale, max(26 * scale, 50 * scale * width / max(host.width(50 * scale, bold=True), 1)))
    top.set_line([host.clip(size, width + 0.5, bold=True)], size, bold=True)
    top.height += 16 * scale
    for line in counts:
        top.write(line, 24 * scale, muted=True)
    top.height += 34 * scale
    for heading, meaning, entries in (
        ("Communities, busiest first", "each by the names of its two busiest instances", groups),
        ("How to read it", "", signs),
    ):
        if not entries:
            continue
        top.write(heading, 20 * scale, bold=True)
        if meaning:
            top.write(meaning, 17 * scale, muted=True)
        top.height += 8 * scale
        for entry in entries:
            _entry(top, entry, scale)
        top.height += 22 * scale
    bottom = _Column(hand, left, width, 0, [], [])
    for words in caption:
        bottom.write(words, 19 * scale, muted=True)
        bottom.height += 8 * scale
    bottom.height += 34 * scale
    return top, bottom


def _entry(column: _Column, entry: Entry, scale: float) -> None:
    size, indent = 19 * scale, 40 * scale
    middle = column.write(entry.words, size, indent=indent)
    if entry.more:
        column.write(entry.more, size * 0.9, muted=True, indent=indent)
    column.marks.append(Mark(entry.kind, column.left + 16 * scale, middle, 9 * scale, entry.color))
    column.height += 6 * scale


def _lower(text: PlacedText, by: float) -> PlacedText:
    return replace(text, y=text.y + by)
