"""The chart of account age, followers and posts of people."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from fedistats.format import MAX_NUMBER, number, power_of_ten
from fedistats.model import Distribution, ProfileCounts
from fedistats.render.charts.captions import directory_outcome, profile_counts, signature
from fedistats.render.charts.median import YEARS_FROM, median_bin, median_text
from fedistats.render.charts.page import WIDTH, Area, Page
from fedistats.render.charts.plots import axis_break, column_chart, text_width
from fedistats.render.style import Theme
from fedistats.text.html import clean

_TICKS = {0.0: "0"} | {10.0**power: power_of_ten(10.0**power) for power in range(15)}
"""Labels of a logarithmic axis."""


def draw_distributions(profiles: ProfileCounts, *, theme: Theme) -> Figure:
    """A histogram for each distribution, with the column of the median highlighted."""
    page = Page(WIDTH, 500, theme)
    page.add_title("People on", profiles.host, profile_counts(profiles))
    logarithmic = any(distribution.logarithmic for distribution in profiles.distributions)
    zero = "Zero has its own column, left of the logarithmic axis. " if logarithmic else ""
    page.add_caption(
        "Each column counts people. Median: half of the people have at most this value. "
        f"{zero}{directory_outcome(profiles)}{signature(profiles.about)}"
    )
    if not profiles.distributions:
        page.message(page.body, "the directory lists no profiles")
        return page.figure
    areas = page.body.columns(len(profiles.distributions), 44)
    for distribution, area in zip(profiles.distributions, areas, strict=True):
        page.text(clean(distribution.name, 40).capitalize(), area.left, area.top + 12, 13, bold=True)
        plot = Area(area.left + 30, area.top + 62, area.right, area.bottom - 34)
        if any(n > 0 for *_, n in distribution.bins):
            _histogram(page, plot, distribution)
        else:
            page.message(plot, "no data yet")
    return page.figure


def _histogram(page: Page, area: Area, distribution: Distribution) -> None:
    counts = [n for *_, n in distribution.bins]
    median = median_bin(counts)
    separate_zero = distribution.logarithmic and distribution.bins[0][:2] == (0, 1) and len(counts) > 1
    if separate_zero:
        counts.insert(1, 0)  # an empty column, where the axis is interrupted
        median += median > 0
    width = min(area.width / len(counts), 40)
    area = Area(area.left, area.top, area.left + width * len(counts), area.bottom)
    blue, orange = page.theme.colors[:2]
    labels = _without_overlap(_axis_labels(distribution, separate_zero=separate_zero), width)
    column_chart(page, area, counts, blue, labels, gap=0.12, highlight=(median, orange, median_text(distribution)))
    if separate_zero:
        axis_break(page, area.left + 1.5 * width, area.bottom, width)
    center = (area.left + area.right) / 2
    page.text(_axis_title(distribution), center, area.bottom + 34, 10, muted=True, align="center")


def _axis_labels(distribution: Distribution, *, separate_zero: bool) -> list[tuple[float, str]]:
    """Positions and texts for the axis of `column_chart`. A separate zero has its label below its column."""
    edges = [distribution.bins[0][0], *(upper for _, upper, _ in distribution.bins)]
    if separate_zero:
        return [(0.5, "0"), *((i + 1.0, _TICKS[edge]) for i, edge in enumerate(edges) if i and edge in _TICKS)]
    if distribution.logarithmic:
        return [(float(i), _TICKS[edge]) for i, edge in enumerate(edges) if edge in _TICKS]
    scale = 12 if _axis_title(distribution) == "years" else 1
    return [(float(i), number(edge / scale)) for i, edge in enumerate(edges) if edge < MAX_NUMBER and edge % scale == 0]


def _without_overlap(labels: Sequence[tuple[float, str]], width: float) -> list[tuple[float, str]]:
    """As many of the labels, evenly chosen, as fit side by side; `width` is that of a column in points."""
    for step in range(1, len(labels) + 1):
        chosen = list(labels[::step])
        halves = [text_width(text, 9.5) / 2 + 3 for _, text in chosen]
        pairs = zip(chosen, chosen[1:], halves, halves[1:], strict=False)
        if all((b[0] - a[0]) * width >= half_a + half_b for a, b, half_a, half_b in pairs):
            return chosen
    return []


def _axis_title(distribution: Distribution) -> str:
    unit = clean(distribution.unit, 40)
    if unit == "months" and distribution.bins[-1][1] > YEARS_FROM:
        unit = "years"
    return f"{unit}, logarithmic" if distribution.logarithmic else unit
