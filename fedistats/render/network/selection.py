"""Which instances and edges of a big neighborhood are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fedistats.analysis.arrays import Ints
from fedistats.model import NeighborhoodGraph

MAX_EDGES = 30_000
"""More edges make a picture slow to draw, and no clearer."""


def busiest(graph: NeighborhoodGraph, top: int) -> NeighborhoodGraph:
    """The graph of the start and its `top` busiest other instances, without those that no path among them connects with the start."""
    nodes = graph.nodes
    ranked = sorted(range(len(nodes)), key=lambda i: (nodes[i].host != graph.start, -nodes[i].strength, nodes[i].host))
    selected = np.zeros(len(nodes), dtype=bool)
    selected[ranked[: max(top, 0) + 1]] = True
    edges = graph.edges[selected[graph.edges[:, :2]].all(axis=1), :2]
    kept = np.flatnonzero(_connected(len(nodes), ranked, edges) if len(edges) else selected)
    new_index = np.full(len(nodes), -1)
    new_index[kept] = np.arange(len(kept))
    inside = (new_index[graph.edges[:, :2]] >= 0).all(axis=1)
    edges = graph.edges[inside]
    return replace(
        graph,
        nodes=tuple(nodes[i] for i in kept),
        edges=np.column_stack([new_index[edges[:, :2]], edges[:, 2]]),
        incoming=graph.incoming[inside],
    )


def edges_to_draw(edges: Ints, n: int) -> Ints:
    """The edges of `n` nodes, lightest first: all, or the MAX_EDGES heaviest and the heaviest of each node."""
    edges = edges[np.lexsort((edges[:, 1], edges[:, 0], edges[:, 2]))]
    if len(edges) <= MAX_EDGES:
        return edges
    kept = np.zeros(len(edges), dtype=bool)
    kept[-MAX_EDGES:] = True
    rows = np.arange(len(edges))
    heaviest = np.full(n, -1)  # edges are sorted by weight: the last row of a node is its heaviest
    np.maximum.at(heaviest, edges[:, 0], rows)
    np.maximum.at(heaviest, edges[:, 1], rows)
    kept[heaviest[heaviest >= 0]] = True
    return edges[kept]


def _connected(n: int, ranked: Sequence[int], edges: Ints) -> NDArray[np.bool_]:
    """Which of `n` nodes have a path to the first of `ranked`, the start; if it has no edge, to the next one that has."""
    first = next(i for i in ranked if (edges == i).any())
    connected = np.zeros(n, dtype=bool)
    connected[[ranked[0], first]] = True
    while True:
        reached = connected[edges].any(axis=1)
        if connected[edges[reached]].all():
            return connected
        connected[edges[reached]] = True
