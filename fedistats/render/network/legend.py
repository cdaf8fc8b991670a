"""The legend of a neighborhood's picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fedistats.format import counted
from fedistats.model import NeighborhoodGraph
from fedistats.render.fonts.text import FontPicker
from fedistats.render.network.drawn import community_color
from fedistats.render.style import Theme
from fedistats.text.html import clean

MAX_NAME_LENGTH = 48
"""Characters of a host name."""

Symbol = Literal["disc", "hollow", "start", "edge", "arrow"]

TICKS = ((1, 0), (0, 1), (-1, 0), (0, -1))
"""Directions of the four short lines around the start's ring."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A symbol on the page; center and radius in pixels."""

    symbol: Symbol
    x: float
    y: float
    radius: float
    color: str


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A symbol and what it means."""

    symbol: Symbol
    color: str
    text: str
    details: str = ""
    """A second line, muted."""


def community_entries(
    graph: NeighborhoodGraph, shown: NeighborhoodGraph, theme: Theme, fonts: FontPicker
) -> list[LegendEntry]:
    """An entry for each community of `graph` that has a node in `shown`; hashtags that cannot be drawn are left out."""
    entries = []
    for i, community in enumerate(graph.communities):
        if any(node.community == i for node in shown.nodes):
            hosts = [fonts.host_name(host, MAX_NAME_LENGTH).text for host in community.name.split(" · ")]
            common = fonts.drawable_words(clean(community.common, 100)).rstrip(",")
            details = " · ".join(filter(None, (counted(community.members, "instance"), common)))
            entries.append(LegendEntry("disc", community_color(theme, i), " · ".join(hosts), details))
    others = sum(node.community is None for node in graph.nodes)
    if entries and others:
        entries.append(LegendEntry("disc", theme.other, "other communities", counted(others, "instance")))
    return entries


def symbol_entries(shown: NeighborhoodGraph, edges: int, theme: Theme) -> list[LegendEntry]:
    """An entry for each kind of symbol that occurs in the picture; `edges` is the number of edges drawn."""
    entries = []
    if any(node.host == shown.start for node in shown.nodes):
        entries.append(LegendEntry("start", theme.text, "start of the collection"))
    if any(not node.outcome.answered for node in shown.nodes):
        entries.append(LegendEntry("hollow", theme.text, "not visited, or no posts available"))
    if shown.directed and edges:
        entries.append(LegendEntry("arrow", theme.muted, "wide end: posts read there; pointed end: written there"))
    elif edges:
        entries.append(LegendEntry("edge", theme.muted, "wider: more posts"))
    return entries
