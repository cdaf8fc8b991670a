"""Centralities agree with networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from fedistats.analysis.centrality import betweenness, pagerank, strength
from fedistats.analysis.graph import to_networkx
from tests.analysis.samples import STAR, values_by_host
from tests.graphs import neighborhood, planted_neighborhood


@pytest.mark.parametrize("directed", [False, True])
def test_pagerank_agrees_with_networkx(directed: bool) -> None:
    graph = planted_neighborhood(120, 500, directed=directed)
    expected = nx.pagerank(to_networkx(graph), tol=1e-15, max_iter=1000)
    assert values_by_host(graph, pagerank(graph)) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("directed", [False, True])
def test_betweenness_agrees_with_networkx(directed: bool) -> None:
    graph = planted_neighborhood(90, 260, directed=directed)
    expected = nx.betweenness_centrality(to_networkx(graph))
    assert values_by_host(graph, betweenness(graph)) == pytest.approx(expected, abs=1e-9)


def test_strength_sums_the_edges_in_both_directions() -> None:
    graph = neighborhood([*STAR, ("a.example", "b.example", 2)], start="hub.example")
    assert values_by_host(graph, strength(graph)) == {
        "a.example": 7, "b.example": 7, "c.example": 5, "d.example": 5, "hub.example": 20,
    }  # fmt: skip


def test_betweenness_from_a_sample_of_sources_is_close_to_the_exact_one() -> None:
    graph = planted_neighborhood(300, 900)
    exact = betweenness(graph)
    sampled = betweenness(graph, max_exact_nodes=100, pivots=150)
    assert not np.array_equal(sampled, exact)
    assert np.corrcoef(sampled, exact)[0, 1] > 0.98
    assert abs(sampled.sum() / exact.sum() - 1) < 0.05


def test_all_shortest_paths_of_a_star_pass_through_its_center() -> None:
    graph = neighborhood(STAR, start="hub.example")
    assert values_by_host(graph, betweenness(graph))["hub.example"] == pytest.approx(1.0)


def test_a_single_instance_has_all_the_pagerank_and_no_betweenness() -> None:
    graph = neighborhood([], start="alone.example")
    assert pagerank(graph).tolist() == [1.0]
    assert betweenness(graph).tolist() == strength(graph).tolist() == [0.0]
