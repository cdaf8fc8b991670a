"""What changed between two collections of a neighborhood."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fedistats.analysis.difference import EdgeChange, NeighborhoodDifference
from fedistats.format import counted, date_and_time, number
from fedistats.model import NeighborhoodGraph, Node
from fedistats.render.charts.captions import compared_timelines
from fedistats.render.terminal.tables import list_table
from fedistats.text.html import clean

_MAX_ROWS = 15


def difference_table(
    difference: NeighborhoodDifference, before: NeighborhoodGraph, after: NeighborhoodGraph
) -> RenderableType:
    """New and gone instances, and edges that changed significantly."""
    dates = f"{date_and_time(before.about.date)} to {date_and_time(after.about.date)}"
    parts: list[RenderableType] = [
        Text(f"{clean(after.start, 60)} from {dates}", style="bold"),
        Text(compared_timelines(difference)),
    ]
    for title, nodes in (("new instances", difference.new), ("gone instances", difference.gone)):
        if nodes:
            parts += [Text(), _nodes(title, nodes)]
    for title, edges in (("edges that grew", difference.grew), ("edges that shrank", difference.shrank)):
        if edges:
            parts += [Text(), _edges(title, edges)]
    if len(parts) == 2:
        parts.append(Text("no significant changes"))
    return Group(*parts)


def _nodes(title: str, nodes: Sequence[Node]) -> Table:
    rows = ((counted(node.strength, "post"), clean(node.host, 60)) for node in nodes[:_MAX_ROWS])
    return list_table(_title(title, len(nodes)), rows)


def _edges(title: str, edges: Sequence[EdgeChange]) -> Table:
    rows = []
    for edge in edges[:_MAX_ROWS]:
        hosts = f"{clean(edge.source, 60)} – {clean(edge.target, 60)}"
        rows.append((f"{number(edge.before)} → {counted(edge.after, 'post')}", hosts))
    return list_table(_title(title, len(edges)), rows)


def _title(title: str, count: int) -> str:
    listed = f", the first {_MAX_ROWS} are listed" if count > _MAX_ROWS else ""
    return f"{title} ({number(count)}{listed})"
