"""Nodes as they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fedistats.analysis.arrays import Floats
from fedistats.errors import InvalidHost
from fedistats.format import counted, outcome
from fedistats.hosts import parse_host
from fedistats.model import NeighborhoodGraph, Node
from fedistats.render.fonts.text import TextRun
from fedistats.render.style import Theme


@dataclass(frozen=True, slots=True)
class DrawnNode:
    """An instance on the page, as a disc; pixels, y points down."""

    x: float
    y: float
    radius: float
    color: str
    community: int | None
    hollow: bool
    """True if no posts were read from the instance."""
    tooltip: str
    link: str | None
    """None if the name is not that of a public host."""


def drawn_nodes(
    graph: NeighborhoodGraph, names: Sequence[TextRun], points: Floats, radii: Floats, theme: Theme
) -> tuple[DrawnNode, ...]:
    """The nodes in the order of the graph. `points` has the shape (n, 2)."""
    pairs = np.unique(np.sort(graph.edges[:, :2], axis=1), axis=0)
    neighbors = np.bincount(pairs.ravel(), minlength=len(graph.nodes))
    return tuple(
        DrawnNode(
            x=x,
            y=y,
            radius=radius,
            color=community_color(theme, node.community),
            community=node.community,
            hollow=not node.outcome.answered,
            tooltip=_tooltip(node, name.text, neighbor_count),
            link=_link(node.host),
        )
        for node, name, (x, y), radius, neighbor_count in zip(
            graph.nodes, names, points.tolist(), radii.tolist(), neighbors.tolist(), strict=True
        )
    )


def community_color(theme: Theme, community: int | None) -> str:
    """The color of a community; the theme's `other` for a node without one, and for those beyond the theme's colors."""
    return theme.other if community is None or community >= len(theme.colors) else theme.colors[community]


def _tooltip(node: Node, name: str, neighbors: int) -> str:
    kind = f" ({node.kind})" if node.kind else ""
    posts = f"{counted(node.strength, 'post')} shared with {counted(neighbors, 'instance')}"
    return f"{name}{kind}: {posts}, {outcome(node.outcome)}"


def _link(host: str) -> str | None:
    try:
        return f"https://{parse_host(host)}"
    except InvalidHost:
        return None
