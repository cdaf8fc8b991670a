"""The map of instances by their descriptions."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fedistats.analysis.descriptions import DescriptionMap
from fedistats.format import counted, number, plural
from fedistats.model import NeighborhoodGraph
from fedistats.text.html import clean

_MAX_HOSTS = 4


def map_table(graph: NeighborhoodGraph, description_map: DescriptionMap) -> RenderableType:
    """Each region of the map: its number of instances, its words, its strongest instances."""
    hosts, unplaced = description_map.hosts, description_map.unplaced
    strength = {node.host: node.strength for node in graph.nodes}
    table = Table(title="regions of the map, by shared words", title_justify="left", box=None, show_header=False)
    table.add_column(justify="right")
    table.add_column(style="bold", overflow="fold")
    table.add_column(overflow="fold")
    for region in description_map.regions:
        members = sorted((hosts[i] for i in region.members), key=lambda host: (-strength[host], host))
        words = " · ".join(clean(word, 40) for word in region.words)
        strongest = ", ".join(clean(host, 60) for host in members[:_MAX_HOSTS])
        table.add_row(number(len(members)), Text(words or "—"), Text(strongest))
    placed = f"{counted(len(hosts), 'instance')} {plural('has', len(hosts))} words in common with others"
    size = Text(f"{placed}, {number(unplaced)} {plural('has', unplaced)} none", style="bold")
    return Group(size, Text(graph.coverage.sentence()), Text(), table)
