"""Comparisons, differences and maps as tables for a terminal. Whatever a stranger wrote is cleaned, and never read as markup."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fedistats.analysis.comparison import KINDS, InstanceComparison
from fedistats.analysis.descriptions import DescriptionMap
from fedistats.analysis.difference import EdgeChange, NeighborhoodDifference
from fedistats.model import NeighborhoodGraph, Node
from fedistats.text.html import clean

_MOST = 15


def compare_table(found: InstanceComparison) -> RenderableType:
    """A column for each instance, a row for each kind of thing that sets it apart; and how much their neighbors overlap."""
    table = Table(title="what sets them apart, the surest first", title_justify="left", box=None, show_lines=False)
    table.add_column()
    for host in found.hosts:
        table.add_column(Text(clean(host, 60), style="bold"), overflow="fold")
    for kind in KINDS:
        cells = [Text(", ".join(clean(key.text, 40) for key in keys[:_MOST]) or "—") for keys in found.keyness[kind]]
        table.add_row(Text(kind, style="dim"), *cells)
    lines = [
        Text(
            f"{clean(one, 60)} and {clean(other, 60)} share {both.shared:,} of {both.union:,} neighbors "
            f"({both.jaccard:.0%}; by posts {both.weighted:.0%})"
        )
        for one, other, both in found.overlaps
    ]
    return Group(table, *([Text(), *lines] if lines else []))


def diff_table(found: NeighborhoodDifference, before: NeighborhoodGraph, after: NeighborhoodGraph) -> RenderableType:
    """Who is new, who is gone, whose ties grew and shrank."""
    parts: list[RenderableType] = [
        Text(f"{clean(after.start, 60)} from {moment(before)} to {moment(after)}", style="bold"),
        Text(compared(found)),
    ]
    for title, nodes in (("new", found.new), ("gone", found.gone)):
        if nodes:
            parts += [Text(), _nodes(title, nodes)]
    for title, ties in (("ties that grew", found.grew), ("ties that shrank", found.shrank)):
        if ties:
            parts += [Text(), _ties(title, ties)]
    if len(parts) == 2:
        parts.append(Text("nothing changed beyond what luck explains"))
    return Group(*parts)


def compared(found: NeighborhoodDifference) -> str:
    """What was compared, and what could not be."""
    noun = "timeline" if found.matched_timelines == 1 else "timelines"
    told = f"{found.matched_timelines:,} {noun} read both times are compared"
    return f"{told}; {found.unmatched_timelines:,} read once are not" if found.unmatched_timelines else told


def moment(neighborhood: NeighborhoodGraph) -> str:
    """The day of a collection, with its time."""
    return clean(neighborhood.about.date, 40).replace("T", " ").removesuffix("Z")


def map_table(found: NeighborhoodGraph, land: DescriptionMap) -> RenderableType:
    """The regions with their words and their busiest instances."""
    strength = {node.host: node.strength for node in found.nodes}
    table = Table(
        title="islands of the map, by the words they share", title_justify="left", box=None, show_header=False
    )
    table.add_column(justify="right")
    table.add_column(style="bold", overflow="fold")
    table.add_column(overflow="fold")
    for region in land.regions:
        hosts = sorted((land.hosts[i] for i in region.members), key=lambda host: (-strength[host], host))
        words = " · ".join(clean(word, 40) for word in region.words)
        table.add_row(f"{len(hosts):,}", Text(words or "—"), Text(", ".join(clean(host, 60) for host in hosts[:4])))
    told = f"{len(land.hosts):,} instances share words with others; {land.unplaced:,} with none"
    return Group(Text(told, style="bold"), Text(found.coverage.sentence()), Text(), table)


def _nodes(title: str, nodes: Sequence[Node]) -> Table:
    table = Table(title=_of(title, len(nodes)), title_justify="left", box=None, show_header=False)
    table.add_column(justify="right")
    table.add_column()
    for node in nodes[:_MOST]:
        table.add_row(f"{node.strength:,} posts", Text(clean(node.host, 60)))
    return table


def _ties(title: str, ties: Sequence[EdgeChange]) -> Table:
    table = Table(title=_of(title, len(ties)), title_justify="left", box=None, show_header=False)
    table.add_column(justify="right")
    table.add_column()
    for tie in ties[:_MOST]:
        table.add_row(
            f"{tie.before:,} → {tie.after:,} posts", Text(f"{clean(tie.source, 60)} – {clean(tie.target, 60)}")
        )
    return table


def _of(title: str, number: int) -> str:
    return f"{title} ({number:,}, the first {_MOST} of them)" if number > _MOST else f"{title} ({number:,})"
