"""Nodes and edges as they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fedistats.analysis.arrays import Floats, Ints
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


@dataclass(frozen=True, slots=True, eq=False)
class DrawnEdges:
    """Lines between nodes, lightest first; pixels, y points down."""

    paths: Floats
    """Shape (m, 2, 2): straight lines, or (m, 4, 2): cubic Bezier curves. A directed edge ends at the rim of the node."""
    communities: Ints
    """The community that both ends belong to, or -1."""
    levels: Ints
    """Weight class of each edge, 0 to 9, on the logarithmic scale of this picture."""
    widths: Floats
    """Line width of each level, in pixels."""
    opacities: Floats
    """Opacity of each level."""
    directed: bool
    """True if edges taper: wide where the posts were read, pointed where they were written."""


def drawn_edges(graph: NeighborhoodGraph, edges: Ints, paths: Floats, radii: Floats, scale: float) -> DrawnEdges:
    """Style the `edges` (shape (m, 3), a part of the graph's) that run along `paths`; `radii` are those of the nodes."""
    node_communities = np.array([-1 if n.community is None else n.community for n in graph.nodes], dtype=np.int64)
    source, target = node_communities[edges[:, 0]], node_communities[edges[:, 1]]
    log_weight = np.log(np.maximum(edges[:, 2], 1).astype(np.float64))
    low, high = (log_weight.min(), log_weight.max()) if len(edges) else (0.0, 0.0)
    share = np.arange(10) / 9
    density = min(1.6, (800 / max(len(edges), 1)) ** 0.35)  # many lines are fainter each, since they add up
    if graph.directed and len(edges):
        paths = _end_at_rim(paths, radii[edges[:, 1]])
    return DrawnEdges(
        paths=paths,
        communities=np.where(source == target, source, -1),
        levels=np.minimum((log_weight - low) / max(high - low, 1e-9) * 10, 9).astype(np.int64),
        widths=((4.0 + 9.0 * share**2) if graph.directed else (1.0 + 6.0 * share**2)) * scale,
        opacities=np.minimum((0.2 + 0.5 * share**1.6) * density, 0.9),
        directed=graph.directed,
    )


def tapered_outline(path: Floats, width: float) -> Floats:
    """The outline of a directed edge: `width` pixels wide at its start, pointed at its end.

    Three corners for a straight line; for a curve the end and control points of two cubic Bezier curves, forth and back.
    """
    direction = path[1] - path[0]
    half = np.array([-direction[1], direction[0]]) / max(float(np.hypot(*direction)), 1e-9) * width / 2
    return np.vstack([path[0] + half, path[1:], path[1:-1][::-1], path[0] - half])


def _end_at_rim(paths: Floats, radii: Floats) -> Floats:
    """Shorten each path by the radius of the node at its end."""
    paths = paths.copy()
    direction = paths[:, -1] - paths[:, -2]
    length = np.maximum(np.hypot(*direction.T), 1e-9)[:, np.newaxis]
    paths[:, -1] -= direction / length * np.minimum(radii[:, np.newaxis], length * 0.9)
    return paths
