"""Graphs for the tests of analyses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fedistats.model import NeighborhoodGraph
from tests.graphs import neighborhood

STAR = [("hub.example", f"{c}.example", 5) for c in "abcd"]

BEFORE = {
    "home.example": {"same.example": 40, "old.example": 12, "more.example": 10, "less.example": 50, "rare.example": 4},
    "same.example": {"home.example": 20, "more.example": 6, "old.example": 3},
    "more.example": {"home.example": 5, "same.example": 5},
    "less.example": {"home.example": 15},
}  # fmt: skip
AFTER = {
    "home.example": {"same.example": 42, "new.example": 9, "more.example": 45, "less.example": 15, "rare.example": 6},
    "same.example": {"home.example": 19, "more.example": 7},
    "more.example": {"home.example": 6, "same.example": 4},
    "less.example": {"home.example": 13},
    "new.example": {"home.example": 9},
}  # fmt: skip
"""Posts by reader and origin, for `graph_of`: two collections of one neighborhood."""


def values_by_host(graph: NeighborhoodGraph, values: NDArray[np.float64]) -> dict[str, float]:
    return dict(zip([str(node.host) for node in graph.nodes], values.tolist(), strict=True))


def with_posts_read(
    graph: NeighborhoodGraph, posts_read: Mapping[str, int], incoming: list[tuple[int, int]] | None = None
) -> NeighborhoodGraph:
    """The graph with these numbers of posts read, and with this `incoming` if it is given."""
    nodes = tuple(replace(node, posts_read=posts_read.get(node.host, 0)) for node in graph.nodes)
    if incoming is None:
        return replace(graph, nodes=nodes)
    return replace(graph, nodes=nodes, incoming=np.array(incoming, dtype=np.int64))


def graph_of(timelines: Mapping[str, Mapping[str, int]], posts_read: int = 200) -> NeighborhoodGraph:
    """The undirected graph of these timelines: for each reader, posts by origin, among `posts_read` posts."""
    pairs: dict[tuple[str, str], list[int]] = {}
    for reader, origins in timelines.items():
        for origin, n in origins.items():
            pair = (min(reader, origin), max(reader, origin))
            pairs.setdefault(pair, [0, 0])[reader != pair[0]] += n
    graph = neighborhood(
        [(*pair, sum(posts)) for pair, posts in pairs.items()], start="home.example", visited=timelines
    )
    incoming = [(pairs[pair][0], pairs[pair][1]) for pair in sorted(pairs)]
    return with_posts_read(graph, dict.fromkeys(timelines, posts_read), incoming)
