"""The neighbors of the start: posts in both directions, and their rates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fedistats.analysis.neighbors import Neighbor, neighbor_posts, neighbors
from fedistats.hosts import Host
from fedistats.model import NeighborhoodGraph
from tests.graphs import neighborhood


def home_graph(*, directed: bool = False) -> NeighborhoodGraph:
    """Nine posts of a were read on home and six of home on a; 20 of home on z; a and b are connected without home."""
    edges = [("a.example", "home.example", 15), ("home.example", "z.example", 20), ("a.example", "b.example", 99)]
    graph = neighborhood(edges, start="home.example", directed=directed)
    posts_read = {"home.example": 200, "a.example": 100, "b.example": 50}
    nodes = tuple(replace(node, posts_read=posts_read.get(node.host, 0)) for node in graph.nodes)
    return replace(graph, nodes=nodes, incoming=np.array([[99, 0], [6, 9], [0, 20]]))


def test_a_neighbor_has_posts_in_both_directions_and_rates_per_1000_posts_read() -> None:
    assert neighbors(home_graph()) == (
        Neighbor(Host("z.example"), 20, 0, 20, 0.0, None),
        Neighbor(Host("a.example"), 15, 9, 6, 45.0, 60.0),
    )
    assert neighbor_posts(home_graph()) == {"z.example": 20, "a.example": 15}


def test_both_directed_edges_of_a_pair_are_one_neighbor() -> None:
    edges = [("home.example", "a.example", 9), ("a.example", "home.example", 6)]
    graph = neighborhood(edges, start="home.example", directed=True)
    assert [(neighbor.host, neighbor.posts, neighbor.here, neighbor.there) for neighbor in neighbors(graph)] == [
        ("a.example", 15, 9, 6)
    ]
