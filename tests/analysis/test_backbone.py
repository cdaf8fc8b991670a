"""The backbone: the disparity filter of the paper, undirected and directed."""

from __future__ import annotations

import math

import networkx as nx
import pytest
from scipy import integrate  # type: ignore[import-untyped]

from fedistats.analysis.backbone import backbone, disparity
from fedistats.analysis.centrality import strength
from fedistats.analysis.graph import to_networkx
from fedistats.model import NeighborhoodGraph
from tests.graphs import neighborhood, planted_neighborhood


def edges_by_host(graph: NeighborhoodGraph) -> set[tuple[str, str]]:
    hosts = [str(node.host) for node in graph.nodes]
    return {(hosts[a], hosts[b]) for a, b, _ in graph.edges.tolist()}


def disparity_by_integral(share: float, degree: int) -> float:
    """Equation 2 of the paper, as printed there."""
    return float(1 - (degree - 1) * integrate.quad(lambda x: (1 - x) ** (degree - 2), 0, share)[0])


@pytest.mark.parametrize("directed", [False, True])
def test_disparity_is_the_integral_of_the_paper(directed: bool) -> None:
    graph = planted_neighborhood(60, 300, directed=directed)
    nx_graph = to_networkx(graph)
    hosts = [node.host for node in graph.nodes]
    outgoing = nx_graph.out_edges if isinstance(nx_graph, nx.DiGraph) else nx_graph.edges
    incoming = nx_graph.in_edges if isinstance(nx_graph, nx.DiGraph) else nx_graph.edges
    for (a, b, weight), value in zip(graph.edges.tolist(), disparity(graph).tolist(), strict=True):
        expected = []
        for end, edges in ((a, outgoing), (b, incoming)):
            weights = [posts for *_, posts in edges(hosts[end], data="weight")]
            if len(weights) > 1:
                expected.append(disparity_by_integral(weight / sum(weights), len(weights)))
        assert value == pytest.approx(min(expected, default=1.0), abs=1e-9)


def test_a_directed_edge_is_compared_with_edges_of_its_own_direction_only() -> None:
    """hub.example reads many posts of a.example and few of the others; each of the others reads many posts of hub.example."""
    edges = [("hub.example", "a.example", 60), *(("hub.example", f"{c}.example", 1) for c in "bcd")]
    edges += [(f"{c}.example", "hub.example", 60) for c in "bcd"]
    directed = backbone(neighborhood(edges, start="hub.example", directed=True), 0.05)
    # a.example has 60 of the 63 posts that hub.example reads: (1 - 60/63)^3
    assert edges_by_host(directed) == {("hub.example", "a.example")}
    assert disparity(neighborhood(edges, start="hub.example", directed=True)).min() == pytest.approx((3 / 63) ** 3)
    # undirected, hub.example has four edges of about 60 posts, and none is significant
    both_ways = [("hub.example", "a.example", 60), *(("hub.example", f"{c}.example", 61) for c in "bcd")]
    assert edges_by_host(backbone(neighborhood(both_ways, start="hub.example"), 0.05)) == set()


def test_an_only_edge_is_kept_if_it_is_significant_at_its_other_end() -> None:
    edges = [("hub.example", "leaf.example", 96), *(("hub.example", f"{c}.example", 1) for c in "abcd")]
    graph = backbone(neighborhood(edges, start="hub.example"), 0.05)
    assert [node.host for node in graph.nodes] == ["hub.example", "leaf.example"]
    assert graph.nodes[0].strength == 96
    assert len(backbone(neighborhood([("x.example", "y.example", 99)], start="x.example"), 0.99).edges) == 0


def test_a_small_instance_keeps_the_edge_that_is_significant_for_it() -> None:
    busy = [("hub.example", f"big{i:02}.example", 100) for i in range(40)]
    small = [("small.example", "friend.example", 49), ("small.example", "hub.example", 1)]
    graph = backbone(neighborhood([*busy, *small], start="hub.example"), 0.05)
    assert edges_by_host(graph) == {("friend.example", "small.example")}
    assert "hub.example" in {node.host for node in graph.nodes}, "the start is always kept"


def test_the_backbone_names_its_method_and_keeps_the_directions_of_its_edges() -> None:
    graph = backbone(planted_neighborhood(60, 300), 0.2)
    assert graph.about.parameters["backbone"] == "0.2"
    assert "disparity filter" in str(graph.about.parameters["rule"])
    assert 0 < len(graph.edges) < 300
    assert graph.incoming.sum(axis=1).tolist() == graph.edges[:, 2].tolist()
    assert [node.strength for node in graph.nodes] == strength(graph).tolist()


@pytest.mark.parametrize("alpha", [0.0, 1.0, -1.0, math.nan])
def test_an_alpha_outside_0_and_1_is_refused(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha"):
        backbone(planted_neighborhood(60, 100), alpha)
