"""Charts of the page as plain values: the templates draw them (macros.html.j2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fedistats.format import MAX_NUMBER, coordinate, number

_WIDTH, _HEIGHT, _TOP, _BOTTOM = 480, 190, 16, 22


@dataclass(frozen=True, slots=True)
class BarChart:
    """Horizontal bars, with a label before and a count behind each."""

    caption: str
    color: str  # a CSS class of the page: c0 to c7
    rows: Sequence[tuple[str, int, str]]  # label, count, and length of the bar in percent of the longest one
    other_rows: int = 0  # number of rows that are not shown
    other_count: int = 0  # sum of their counts


def bar_chart(
    counts: Sequence[tuple[str, int]], caption: str, color: str = "c0", *, max_rows: int | None = None
) -> BarChart | None:
    """A bar for each label; None if there are no counts. If there are more than `max_rows`, the last row sums up the rest."""
    if not counts:
        return None
    shown = max_rows - 1 if max_rows is not None and len(counts) > max_rows else len(counts)
    largest = max(1, *(count for _, count in counts[:shown]))
    rows = [(label, count, coordinate(100 * min(max(count, 0) / largest, 1))) for label, count in counts[:shown]]
    rest = counts[shown:]
    return BarChart(caption, color, rows, len(rest), sum(count for _, count in rest))


@dataclass(frozen=True, slots=True)
class ColumnChart:
    """Vertical columns side by side, in SVG units."""

    caption: str
    description: str  # the values in words, for screen readers
    color: str
    columns: Sequence[tuple[int, str, str, str, str]]  # count, x, y, width, height
    peak: tuple[str, str, str] | None  # the largest count, above its column: text, x, text-anchor
    labels: Sequence[tuple[str, str, str]]  # of the axis: text, x, text-anchor
    width: int = _WIDTH
    height: int = _HEIGHT
    baseline: int = _HEIGHT - _BOTTOM


def column_chart(
    counts: Sequence[int], caption: str, labels: Sequence[tuple[float, str]], description: str, color: str = "c0"
) -> ColumnChart:
    """A column for each count. A label is placed by its position: 0 is the left edge of the first column, 1 that of the second."""
    counts = [min(max(count, 0), MAX_NUMBER) for count in counts]
    largest = max([1, *counts])
    step = _WIDTH / max(len(counts), 1)
    baseline = _HEIGHT - _BOTTOM
    gap = min(3.0, step * 0.15)
    columns = []
    for i, count in enumerate(counts):
        height = (baseline - _TOP) * count / largest
        if count:
            x, y = coordinate(i * step + gap / 2), coordinate(baseline - height)
            columns.append((count, x, y, coordinate(step - gap), coordinate(height)))
    peak = None
    if any(counts):
        i = counts.index(largest)
        anchor = "start" if i < len(counts) * 0.05 else "end" if i > len(counts) * 0.95 else "middle"
        offset = {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
        peak = number(largest), coordinate((i + offset) * step), anchor
    axis_labels = []
    for position, text in labels:
        anchor = "start" if position <= 0 else "end" if position >= len(counts) else "middle"
        axis_labels.append((text, coordinate(position * step), anchor))
    return ColumnChart(caption, description, color, columns, peak, axis_labels)
