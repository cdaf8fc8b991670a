"""The neighbors of the start, in both directions."""

from __future__ import annotations

from fedistats.analysis.neighbors import Neighbor, neighbor_posts, neighbors
from fedistats.hosts import Host
from tests.analysis.samples import with_posts_read
from tests.graphs import neighborhood


def test_each_neighbor_has_the_posts_of_both_directions_and_their_rates() -> None:
    """home reads a nine times and is read there six times; z reads home; the edge of a and b is not one of home's."""
    edges = [("a.example", "home.example", 15), ("home.example", "z.example", 20), ("a.example", "b.example", 99)]
    graph = with_posts_read(
        neighborhood(edges, start="home.example"),
        {"home.example": 200, "a.example": 100, "b.example": 50},
        [(99, 0), (6, 9), (0, 20)],
    )
    assert neighbors(graph) == (
        Neighbor(Host("z.example"), 20, 0, 20, 0.0, None),
        Neighbor(Host("a.example"), 15, 9, 6, 45.0, 60.0),
    )
    assert neighbor_posts(graph) == {"z.example": 20, "a.example": 15}


def test_both_directed_edges_of_a_pair_are_one_neighbor() -> None:
    graph = neighborhood(
        [("home.example", "a.example", 9), ("a.example", "home.example", 6)], start="home.example", directed=True
    )
    assert [(n.host, n.posts, n.here, n.there) for n in neighbors(graph)] == [("a.example", 15, 9, 6)]
