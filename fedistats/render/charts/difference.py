"""The chart of what changed in a neighborhood: new and gone instances, edges that grew and shrank."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.patches import FancyArrow

from fedistats.analysis.difference import EdgeChange, NeighborhoodDifference
from fedistats.analysis.significance import FALSE_DISCOVERY_RATE
from fedistats.format import MAX_NUMBER, date_and_time
from fedistats.hosts import display_name
from fedistats.model import NeighborhoodGraph, Node
from fedistats.render.charts.captions import compared_timelines
from fedistats.render.charts.page import WIDTH, Area, Page
from fedistats.render.charts.plots import bar_chart, text_width
from fedistats.render.style import Theme
from fedistats.text.html import clean

_FRAME_HEIGHT = 230
"""Points of a page's height for title, caption and margins."""
_LINE, _HEADING, _SECTION_GAP = 20.0, 34.0, 26.0
_MAX_ROWS = 16


def draw_difference(
    difference: NeighborhoodDifference,
    before: NeighborhoodGraph,
    after: NeighborhoodGraph,
    min_posts: int,
    *,
    theme: Theme,
) -> Figure:
    """Bars for the posts of new and gone instances, arrows for edges."""
    more, less = theme.colors[2], theme.colors[1]
    instances = [("New", difference.new, more), ("Gone", difference.gone, less)]
    edges = [("Edges that grew", difference.grew, more), ("Edges that shrank", difference.shrank, less)]
    instances, edges = [s for s in instances if s[1]], [s for s in edges if s[1]]
    height = max(_height([len(nodes) for _, nodes, _ in instances]), _height([len(e) for _, e, _ in edges]), 90)
    page = Page(WIDTH, round(_FRAME_HEIGHT + height), theme)
    period = f"{date_and_time(before.about.date)} to {date_and_time(after.about.date)} (UTC), in posts"
    page.add_title("Changes around", after.start, period)
    page.add_caption(_caption(difference, after, min_posts))
    if not instances and not edges:
        page.message(page.body, "no significant changes")
    left, right = page.body.columns(2, 56) if instances and edges else [page.body, page.body]
    top = left.top
    for title, nodes, color in instances:
        top = _instance_bars(page, Area(left.left, top, left.right, left.bottom), title, nodes, color)
    top = right.top
    for title, changes, color in edges:
        top = _edge_arrows(page, Area(right.left, top, right.right, right.bottom), title, changes, color)
    return page.figure


def _height(sections: Sequence[int]) -> float:
    return sum(_HEADING + _LINE * min(rows, _MAX_ROWS) + _SECTION_GAP for rows in sections)


def _instance_bars(page: Page, area: Area, title: str, nodes: Sequence[Node], color: str) -> float:
    """Bars of the posts that connect instances with others; returns where the next section starts."""
    rows = [(clean(display_name(node.host), 60), min(node.strength, MAX_NUMBER)) for node in nodes[:_MAX_ROWS]]
    plot = _heading(page, area, title, len(nodes), len(rows))
    label_width = min(max(text_width(name, 11) for name, _ in rows) + 12, 0.6 * area.width)
    longest = max(posts for _, posts in rows)
    bar_chart(page, plot, rows, color, longest=longest, lines=len(rows), label_width=label_width)
    return plot.bottom + _SECTION_GAP


def _edge_arrows(page: Page, area: Area, title: str, edges: Sequence[EdgeChange], color: str) -> float:
    """An arrow for each edge, from its posts before to those after; returns where the next section starts."""
    shown = edges[:_MAX_ROWS]
    plot = _heading(page, area, title, len(edges), len(shown))
    names = [f"{clean(display_name(e.source), 60)} – {clean(display_name(e.target), 60)}" for e in shown]
    label_width = min(max(text_width(name, 11) for name in names) + 14, 0.62 * area.width)
    highest = min(max(max(edge.before, edge.after) for edge in shown), MAX_NUMBER)
    left = area.left + label_width
    number_width = text_width(f"{highest:,} → {highest:,}", 10) + 14
    scale = (area.right - left - number_width) / max(highest, 1)
    for i, (edge, name) in enumerate(zip(shown, names, strict=True)):
        middle = plot.top + (i + 0.5) * _LINE
        start, end = (left + min(posts, MAX_NUMBER) * scale for posts in (edge.before, edge.after))
        page.word(name, left - 10, middle, 11, label_width - 10)
        page.axes.add_patch(
            FancyArrow(
                start, middle, end - start, 0, width=2.6, head_width=9, head_length=min(8, abs(end - start) or 1),
                length_includes_head=True, facecolor=color, linewidth=0,
            )
        )  # fmt: skip
        page.dot(start, middle, 3.2, page.theme.muted)
        page.text(f"{edge.before:,} → {edge.after:,}", max(start, end) + 9, middle + 3.8, 10, muted=True)
    return plot.bottom + _SECTION_GAP


def _heading(page: Page, area: Area, title: str, total: int, shown: int) -> Area:
    """The title of a section and how many there are; returns the area for its `shown` rows."""
    page.text(title, area.left, area.top + 13, 14, bold=True)
    count = f"{total:,}" if total == shown else f"{total:,}, the first {shown} shown"
    page.text(count, area.left + text_width(title, 14, bold=True) + 10, area.top + 13, 11, muted=True)
    return Area(area.left, area.top + 24, area.right, area.top + 24 + _LINE * shown)


def _caption(difference: NeighborhoodDifference, after: NeighborhoodGraph, min_posts: int) -> str:
    return (
        "Bars: posts that connect an instance with others. Arrows: posts of an edge before and after. "
        f"Two instances are linked if at least {min_posts} posts connect them. Only significant changes are shown (exact test of two "
        f"rates; false discovery rate {FALSE_DISCOVERY_RATE:.0%}). {compared_timelines(difference)}. "
        f"Now: {after.coverage.sentence()}. fedistats {clean(after.about.version, 20)}."
    )
