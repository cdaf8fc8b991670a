"""The Louvain method finds partitions of high modularity."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from numpy.typing import NDArray

from fedistats.analysis.louvain import louvain, modularity
from tests.graphs import planted_graph


def example_graph(name: str) -> nx.Graph[int]:
    """Generated graphs of several kinds, and a well-known one. Edges may have a `weight`."""
    graphs = {
        "planted": lambda: weighted_graph(planted_graph(400, 2600, groups=6)[0]),
        "sparse": lambda: weighted_graph(planted_graph(300, 500, groups=12)[0]),
        "random": lambda: nx.gnm_random_graph(200, 800, seed=3),
        "cliques": lambda: nx.ring_of_cliques(30, 5),
        "scale-free": lambda: nx.barabasi_albert_graph(300, 3, seed=4),
        "karate club": lambda: nx.karate_club_graph(),
    }
    graph: nx.Graph[int] = graphs[name]()  # type: ignore[no-untyped-call]
    return graph


def weighted_graph(edges: NDArray[np.int64]) -> nx.Graph[int]:
    graph: nx.Graph[int] = nx.empty_graph(edges[:, :2].max() + 1)
    graph.add_weighted_edges_from(edges.tolist())
    return graph


@pytest.mark.parametrize("name", ["planted", "sparse", "random", "cliques", "scale-free", "karate club"])
def test_modularity_is_at_least_98_percent_of_the_best_that_networkx_finds(name: str) -> None:
    graph = example_graph(name)
    edges = np.array([(a, b, weight) for a, b, weight in graph.edges(data="weight", default=1)], dtype=np.int64)
    groups = louvain(len(graph), edges)
    partition = [set(np.flatnonzero(groups == group).tolist()) for group in np.unique(groups)]
    greedy = nx.community.greedy_modularity_communities(graph, weight="weight")
    partitions = [list(map(set, greedy)), *(nx.community.louvain_communities(graph, seed=seed) for seed in range(5))]
    value = nx.community.modularity(graph, partition)
    assert value >= 0.98 * max(nx.community.modularity(graph, other) for other in partitions)
    assert modularity(len(graph), edges, groups) == pytest.approx(value, abs=1e-9)


def test_the_modularity_of_a_graph_without_edges_is_0() -> None:
    edges = np.empty((0, 3), dtype=np.int64)
    assert louvain(3, edges).tolist() == [0, 1, 2]
    assert modularity(3, edges, np.arange(3)) == 0.0
