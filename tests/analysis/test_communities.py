"""Communities are found, named and sorted, whatever the order of the data."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np

from fedistats.analysis.communities import _description, find_communities
from fedistats.hosts import Host
from fedistats.model import NeighborhoodGraph, Node, Outcome, WordCount
from tests.graphs import neighborhood, planted_neighborhood

TWO_GROUPS = [
    ("hub.example", "a.example", 90),
    ("hub.example", "b.example", 30),
    ("a.example", "b.example", 20),
    ("busy.example", "c.example", 40),
    ("busy.example", "d.example", 10),
    ("c.example", "d.example", 10),
    ("hub.example", "busy.example", 5),
]


def shuffled(graph: NeighborhoodGraph, seed: int) -> NeighborhoodGraph:
    """The same undirected graph with its nodes and edges in another order."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(graph.nodes))
    new_index = np.argsort(order)
    rows = rng.permutation(len(graph.edges))
    swapped = rng.random((len(rows), 1)) < 0.5
    ends, incoming = new_index[graph.edges[rows, :2]], graph.incoming[rows]
    edges = np.column_stack([np.where(swapped, ends[:, ::-1], ends), graph.edges[rows, 2]])
    incoming = np.where(swapped, incoming[:, ::-1], incoming)
    return replace(graph, nodes=tuple(graph.nodes[i] for i in order), edges=edges, incoming=incoming)


def test_two_groups_are_two_communities_strongest_first_named_by_their_two_strongest_instances() -> None:
    graph = find_communities(neighborhood(TWO_GROUPS, start="hub.example"))
    assert [(community.name, community.members) for community in graph.communities] == [
        ("hub.example · a.example", 3),
        ("busy.example · c.example", 3),
    ]
    assert {node.host: node.community for node in graph.nodes} == {
        "hub.example": 0,
        "a.example": 0,
        "b.example": 0,
        "busy.example": 1,
        "c.example": 1,
        "d.example": 1,
    }


def test_both_directions_are_added() -> None:
    reverse = [(target, source, posts) for source, target, posts in TWO_GROUPS]
    graph = find_communities(neighborhood(TWO_GROUPS, start="hub.example", directed=True))
    assert graph.communities == find_communities(neighborhood(reverse, start="hub.example", directed=True)).communities
    assert len(graph.communities) == 2


def test_at_most_eight_communities_are_named() -> None:
    edges = [(f"{c}{i}.example", f"{c}{j}.example", 10) for c in "abcdefghijk" for i in range(4) for j in range(i)]
    graph = find_communities(neighborhood(edges, start="a0.example"))
    assert len(graph.communities) == 8
    assert graph.communities_found == 11
    assert sum(node.community is None for node in graph.nodes) == 12


def test_a_pair_among_hundreds_is_not_a_community() -> None:
    edges = [("small.example", "tiny.example", 5), *(("hub.example", f"i{i}.example", 5) for i in range(300))]
    graph = find_communities(neighborhood(edges, start="hub.example"))
    assert {node.host for node in graph.nodes if node.community is None} == {"small.example", "tiny.example"}


def test_a_single_instance_has_no_community() -> None:
    graph = find_communities(neighborhood([], start="alone.example"))
    assert graph.communities == ()
    assert graph.nodes[0].community is None


def test_the_order_of_nodes_and_edges_does_not_change_the_result() -> None:
    graph = planted_neighborhood(300, 1500, groups=5)
    expected = find_communities(graph)
    for seed in range(3):
        result = find_communities(shuffled(graph, seed))
        assert result.communities == expected.communities
        assert result.nodes == expected.nodes
        np.testing.assert_array_equal(result.edges, expected.edges)
        np.testing.assert_array_equal(result.incoming, expected.incoming)


def test_another_process_with_another_hash_seed_finds_the_same_communities() -> None:
    code = (
        "from tests.graphs import planted_neighborhood; from fedistats.analysis.communities import find_communities;"
        "print([node.community for node in find_communities(planted_neighborhood(120, 500)).nodes])"
    )
    output = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONHASHSEED": "1"}, capture_output=True, check=True, text=True
    ).stdout
    expected = [node.community for node in find_communities(planted_neighborhood(120, 500)).nodes]
    assert output.strip() == str(expected)


def test_a_community_is_described_by_the_language_and_hashtags_that_distinguish_it() -> None:
    def instance(name: str, languages: dict[str, int], hashtags: dict[str, int]) -> Node:
        words = tuple(WordCount(tag, people) for tag, people in hashtags.items())
        return Node(Host(name), Outcome.COMPLETE, languages=tuple(languages.items()), hashtags=words)

    japanese = [
        instance("a.example", {"ja": 90, "en": 20}, {"写真": 9, "caturday": 4}),
        instance("b.example", {"ja": 50}, {"写真": 5}),
    ]
    english = [instance("c.example", {"en": 900}, {"caturday": 40, "art": 30}), instance("d.example", {"en": 70}, {})]
    nodes = [*japanese, *english]
    assert _description(japanese, nodes) == "Japanese, #写真"
    assert "English" not in _description(english, nodes)
    assert _description([english[1]], nodes) == ""
