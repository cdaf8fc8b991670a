"""What has changed round an instance: who is new, who is gone, whose ties grew and shrank."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrow

from fedistats.analysis.difference import EdgeChange, NeighborhoodDifference
from fedistats.analysis.significance import FALSE_DISCOVERY_RATE
from fedistats.format import date_and_time
from fedistats.hosts import display_name
from fedistats.model import NeighborhoodGraph, Node
from fedistats.render.charts.page import MOST, Area, Page
from fedistats.render.fonts.text import typeface
from fedistats.render.style import Theme
from fedistats.render.terminal.difference import compared_timelines
from fedistats.text.html import clean

_WIDTH, _FRAME = 960, 230
"""Points; of the second so many are title, caption and margins."""
_LINE = 20.0
_HEAD = 34.0
_APART = 26.0
_MOST_ROWS = 16


def draw(
    found: NeighborhoodDifference, before: NeighborhoodGraph, after: NeighborhoodGraph, min_posts: int, *, theme: Theme
) -> Figure:
    """Bars for those that came and went, arrows for the ties, in posts."""
    left = [(title, rows) for title, rows in (("New", found.new), ("Gone", found.gone)) if rows]
    right = [
        (title, rows) for title, rows in (("Ties that grew", found.grew), ("Ties that shrank", found.shrank)) if rows
    ]
    high = max(_height([len(rows) for _, rows in left]), _height([len(rows) for _, rows in right]), 90)
    page = Page(_WIDTH, round(_FRAME + high), theme)
    dates = f"From {date_and_time(before.about.date)} to {date_and_time(after.about.date)} (UTC), in posts"
    page.title("What has changed round", after.start, dates)
    page.foot(_caption(found, after, min_posts))
    if not left and not right:
        page.nothing(page.body, "nothing has changed beyond what luck explains")
    columns = page.body.columns(2, 56) if left and right else [page.body, page.body]
    top = columns[0].top
    for title, nodes in left:
        color = theme.colors[2 if title == "New" else 1]
        top = _nodes(page, Area(columns[0].left, top, columns[0].right, page.body.bottom), title, nodes, color)
    top = columns[1].top
    for title, ties in right:
        color = theme.colors[2 if title == "Ties that grew" else 1]
        top = _ties(page, Area(columns[1].left, top, columns[1].right, page.body.bottom), title, ties, color)
    return page.figure


def _height(rows: Sequence[int]) -> float:
    return sum(_HEAD + _LINE * min(number, _MOST_ROWS) + _APART for number in rows)


def _nodes(page: Page, area: Area, title: str, nodes: Sequence[Node], color: str) -> float:
    """Bars of the posts that connect them; where the next part begins."""
    rows = [(clean(display_name(node.host), 60), min(node.strength, MOST)) for node in nodes[:_MOST_ROWS]]
    plot = _headed(page, area, title, len(nodes), len(rows))
    label = min(max(typeface(False).width(name, 11) for name, _ in rows) + 12, 0.6 * (area.right - area.left))
    page.bars(plot, rows, max(posts for _, posts in rows), color, lines=len(rows), label=label)
    return plot.bottom + _APART


def _ties(page: Page, area: Area, title: str, ties: Sequence[EdgeChange], color: str) -> float:
    """An arrow for each tie, from the posts that were to those that are; where the next part begins."""
    quoted = ties[:_MOST_ROWS]
    plot = _headed(page, area, title, len(ties), len(quoted))
    names = [f"{clean(display_name(tie.source), 60)} – {clean(display_name(tie.target), 60)}" for tie in quoted]
    label = min(max(typeface(False).width(name, 11) for name in names) + 14, 0.62 * (area.right - area.left))
    most = min(max(max(tie.before, tie.after) for tie in quoted), MOST)
    begin = area.left + label
    behind = typeface(False).width(f"{most:,} → {most:,}", 10) + 14
    scale = (area.right - begin - behind) / max(most, 1)
    axes = page.figure.axes[0]
    for number, (tie, name) in enumerate(zip(quoted, names, strict=True)):
        middle = plot.top + (number + 0.5) * _LINE
        x, end = (begin + min(posts, MOST) * scale for posts in (tie.before, tie.after))
        page.word(name, begin - 10, middle, 11, label - 10)
        axes.add_patch(
            FancyArrow(
                x, middle, end - x, 0, width=2.6, head_width=9, head_length=min(8, abs(end - x) or 1),
                length_includes_head=True, facecolor=color, linewidth=0,
            )
        )  # fmt: skip
        axes.add_patch(Circle((x, middle), 3.2, facecolor=page.theme.muted, linewidth=0))
        page.write(f"{tie.before:,} → {tie.after:,}", max(x, end) + 9, middle + 3.8, 10, muted=True)
    return plot.bottom + _APART


def _headed(page: Page, area: Area, title: str, number: int, quoted: int) -> Area:
    """The title of a part, with how many there are, and the room below it."""
    page.write(title, area.left, area.top + 13, 14, bold=True)
    told = f"{number:,}" if number == quoted else f"{number:,}, the first {quoted}"
    page.write(told, area.left + typeface(True).width(title, 14) + 10, area.top + 13, 11, muted=True)
    return Area(area.left, area.top + 24, area.right, area.top + 24 + _LINE * quoted)


def _caption(found: NeighborhoodDifference, after: NeighborhoodGraph, min_posts: int) -> str:
    return (
        f"Bars count the posts that connect an instance with the others; an edge stands from {min_posts} posts on. Arrows lead from the "
        f"posts that were to those that are. Told is what luck does not explain (exact test of two rates; "
        f"at most {FALSE_DISCOVERY_RATE:.0%} false). "
        f"{compared_timelines(found)}. Now: {after.coverage.sentence()}. fedistats {clean(after.about.version, 20)}."
    )
