"""Plots on a page: columns, bars and lines. Counts above MAX_NUMBER are cut, since a server may report any number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matplotlib.lines import Line2D

from fedistats.format import MAX_NUMBER, axis_number, number
from fedistats.render.charts.page import Area, Page
from fedistats.render.fonts.text import typeface

_AXIS_SIZE = 9.5
"""Font size of numbers on axes, in points."""


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a line in DejaVu Sans, in points."""
    return typeface(bold).width(text, size)


def column_chart(
    page: Page,
    area: Area,
    counts: Sequence[int],
    color: str,
    labels: Sequence[tuple[float, str]],
    *,
    gap: float,
    highlight: tuple[int, str, str] | None = None,
) -> None:
    """Columns over a grid; the highest one has its number.

    `labels` are placed below: at 0 is the left edge of the first column, at 1 that of the second. `gap` is the space between columns, in
    parts of a column. `highlight` is the index of a column, its color, and a text above the chart that a line joins to it.
    """
    counts = _cut(counts)
    highest = max(counts)
    scale = area.height / max(highest, 1)
    for level in range(0, highest + 1, _grid_step(highest)):
        y = round(2 * (area.bottom - level * scale)) / 2
        page.rectangle(area.left, y - 0.5, area.right, y, page.theme.grid)
        if level:
            page.text(axis_number(level), area.left - 6, y + 3.4, _AXIS_SIZE, muted=True, align="right")
    width = area.width / len(counts)
    for i, count in enumerate(counts):
        left = area.left + (i + gap / 2) * width
        page.rectangle(left, area.bottom - count * scale, left + width * (1 - gap), area.bottom, color)
    peak = area.left + (counts.index(highest) + 0.5) * width
    page.text(f"{highest:,}", peak, area.top - 4, _AXIS_SIZE, align="center")
    for position, label in labels:
        page.text(label, area.left + position * width, area.bottom + 14, _AXIS_SIZE, muted=True, align="center")
    if highlight:
        _highlight_column(page, area, counts, gap, *highlight)


def labeled_columns(page: Page, area: Area, counts: Sequence[int], color: str) -> None:
    """Columns that all have their numbers."""
    highest = max(counts)
    width = area.width / len(counts)
    size = min(10.5, 10.5 * (width - 4) / text_width(number(highest), 10.5))
    for i, count in enumerate(counts):
        left = area.left + (i + 0.13) * width
        top = area.bottom - area.height * min(count, MAX_NUMBER) / min(highest, MAX_NUMBER)
        page.rectangle(left, top, left + 0.74 * width, area.bottom, color)
        page.text(number(count), left + 0.37 * width, top - 5, size, muted=count < highest, align="center")
    _base_line(page, area)


def bar_chart(
    page: Page, area: Area, rows: Sequence[tuple[str, int]], color: str, *, longest: int, lines: int, label_width: float
) -> None:
    """Horizontal bars with a word before and the number behind, in an area that has room for `lines` bars.

    A bar of `longest` is as long as the area allows; `label_width` is the room for words, in points.
    """
    longest = min(max(longest, 1), MAX_NUMBER)
    height = area.height / lines
    size = min(11.0, height * 0.62)
    left = area.left + label_width
    width = area.right - left - text_width(f"{longest:,}", size) - 6
    for i, (word, count) in enumerate(rows):
        count = min(count, MAX_NUMBER)
        middle = area.top + (i + 0.5) * height
        right = left + width * count / longest
        page.word(word, left - 8, middle, size, label_width - 8)
        page.rectangle(left, middle - 0.34 * height, right, middle + 0.34 * height, color)
        page.text(f"{count:,}", right + 6, middle + 0.36 * size, size * 0.92, muted=True)


def line_chart(page: Page, area: Area, points: Sequence[tuple[float, int]], color: str) -> None:
    """A line through points (position from 0, left, to 1, right; count) over a base line at zero; first and last have numbers."""
    counts = _cut(count for _, count in points)
    scale = area.height / max(max(counts), 1)
    xs = [area.left + position * area.width for position, _ in points]
    ys = [area.bottom - count * scale for count in counts]
    _base_line(page, area)
    if len(points) > 1:
        page.text(f"{counts[0]:,}", xs[0] - 3, ys[0] - 9, 11, muted=True)
    page.text(f"{counts[-1]:,}", xs[-1] + 3, ys[-1] - 9, 11, align="right")
    line = Line2D(xs, ys, color=color, linewidth=2, solid_joinstyle="round", marker="o", markersize=4.5)
    page.axes.add_line(line)


def axis_break(page: Page, x: float, y: float, width: float) -> None:
    """Interrupt an axis at x with two slashes."""
    page.rectangle(x - width / 2, y - 1, x + width / 2, y + 1, page.theme.background)
    for left in (x - 3, x + 1):
        page.axes.add_line(Line2D([left - 1.5, left + 3.5], [y + 4, y - 4], color=page.theme.muted, linewidth=0.9))


def _highlight_column(
    page: Page, area: Area, counts: Sequence[int], gap: float, index: int, color: str, text: str
) -> None:
    highest, size = max(counts), 10.5
    width = area.width / len(counts)
    left, x = area.left + (index + gap / 2) * width, area.left + (index + 0.5) * width
    top = area.bottom - area.height * counts[index] / highest
    page.rectangle(left, top, left + (1 - gap) * width, area.bottom, color)
    # the line leaves room for the number of the highest column
    distance = abs(counts.index(highest) - index) * width
    clear = distance > text_width(f"{highest:,}", _AXIS_SIZE) / 2 + 3
    page.rectangle(x - 0.5, area.top - 22, x + 0.5, top if clear else area.top - 14, color)
    if not clear and top > area.top:
        page.rectangle(x - 0.5, area.top - 2, x + 0.5, top, color)
    half = text_width(text, size) / 2
    middle = max(min(x, area.right - half), area.left - 30 + half)
    page.text(text, middle, area.top - 27, size, align="center")


def _base_line(page: Page, area: Area) -> None:
    page.rectangle(area.left, area.bottom, area.right, area.bottom + 0.7, page.theme.grid)


def _cut(counts: Iterable[int]) -> list[int]:
    return [min(max(count, 0), MAX_NUMBER) for count in counts]


def _grid_step(highest: int) -> int:
    """1, 2 or 5 times a power of ten, such that there are two to five grid lines."""
    power = int(10 ** (len(str(max(highest, 1))) - 1))
    return next(step for step in (power // 5, power // 2, power, 2 * power) if step and highest <= 5 * step)
