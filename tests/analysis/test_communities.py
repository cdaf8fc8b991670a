"""Communities are found, named and put in order, whatever the order of the data."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from numpy.typing import NDArray

from fedistats.analysis.communities import _description, find_communities
from fedistats.analysis.louvain import louvain, modularity
from fedistats.hosts import Host
from fedistats.model import NeighborhoodGraph, Node, Outcome, WordCount
from tests.graphs import neighborhood, planted_graph, planted_neighborhood

TWO = [
    ("hub.example", "a.example", 90),
    ("hub.example", "b.example", 30),
    ("a.example", "b.example", 20),
    ("busy.example", "c.example", 40),
    ("busy.example", "d.example", 10),
    ("c.example", "d.example", 10),
    ("hub.example", "busy.example", 5),
]


def shuffled(found: NeighborhoodGraph, seed: int) -> NeighborhoodGraph:
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(found.nodes))
    place = np.argsort(order)
    rows = rng.permutation(len(found.edges))
    turned = rng.random((len(rows), 1)) < (not found.directed) / 2
    ends, heard = place[found.edges[rows, :2]], found.incoming[rows]
    edges = np.column_stack([np.where(turned, ends[:, ::-1], ends), found.edges[rows, 2]])
    heard = np.where(turned, heard[:, ::-1], heard)
    return replace(found, nodes=tuple(found.nodes[i] for i in order), edges=edges, incoming=heard)


def test_two_groups_are_two_communities_strongest_first_under_their_two_busiest() -> None:
    found = find_communities(neighborhood(TWO, start="hub.example"))
    assert [(c.name, c.members) for c in found.communities] == [
        ("hub.example · a.example", 3),
        ("busy.example · c.example", 3),
    ]
    assert {node.host: node.community for node in found.nodes} == {
        "hub.example": 0,
        "a.example": 0,
        "b.example": 0,
        "busy.example": 1,
        "c.example": 1,
        "d.example": 1,
    }


def test_directions_are_added_up() -> None:
    there = [(one, other, posts) for one, other, posts in TWO]
    found = find_communities(neighborhood(there, start="hub.example", directed=True))
    back = find_communities(neighborhood([(b, a, posts) for a, b, posts in there], start="hub.example", directed=True))
    assert found.communities == back.communities
    assert len(found.communities) == 2


def test_at_most_eight_communities_have_a_colour() -> None:
    edges = [(f"{c}{i}.example", f"{c}{j}.example", 10) for c in "abcdefghijk" for i in range(4) for j in range(i)]
    found = find_communities(neighborhood(edges, start="a0.example"))
    assert len(found.communities) == 8
    assert found.communities_found == 11
    assert sum(node.community is None for node in found.nodes) == 12


def test_a_handful_among_thousands_is_no_community_of_its_own() -> None:
    edges = [("small.example", "tiny.example", 5), *(("hub.example", f"i{i}.example", 5) for i in range(300))]
    found = find_communities(neighborhood(edges, start="hub.example"))
    assert {node.host for node in found.nodes if node.community is None} == {"small.example", "tiny.example"}


def test_an_instance_alone_has_no_community() -> None:
    found = find_communities(neighborhood([], start="alone.example"))
    assert found.communities == ()
    assert found.nodes[0].community is None


def test_the_order_of_nodes_and_edges_changes_nothing() -> None:
    one = planted_neighborhood(300, 1500, groups=5)
    expected = find_communities(one)
    for seed in range(3):
        again = find_communities(shuffled(one, seed))
        assert again.communities == expected.communities
        assert again.nodes == expected.nodes
        np.testing.assert_array_equal(again.edges, expected.edges)
        np.testing.assert_array_equal(again.incoming, expected.incoming)


def lesson(name: str) -> nx.Graph[int]:
    """Made-up graphs of every kind, and one that everybody knows; edges carry `weight`."""
    graphs = {
        "planted": lambda: weighted(planted_graph(400, 2600, groups=6)[0]),
        "scattered": lambda: weighted(planted_graph(300, 500, groups=12)[0]),
        "random": lambda: nx.gnm_random_graph(200, 800, seed=3),
        "cliques": lambda: nx.ring_of_cliques(30, 5),
        "scale-free": lambda: nx.barabasi_albert_graph(300, 3, seed=4),
        "club": lambda: nx.karate_club_graph(),
    }
    graph: nx.Graph[int] = graphs[name]()  # type: ignore[no-untyped-call]
    return graph


def weighted(edges: NDArray[np.int64]) -> nx.Graph[int]:
    graph: nx.Graph[int] = nx.empty_graph(edges[:, :2].max() + 1)
    graph.add_weighted_edges_from(edges.tolist())
    return graph


@pytest.mark.parametrize("name", ["planted", "scattered", "random", "cliques", "scale-free", "club"])
def test_it_is_nearly_as_good_as_the_best_that_networkx_finds(name: str) -> None:
    graph = lesson(name)
    edges = np.array([(a, b, weight) for a, b, weight in graph.edges(data="weight", default=1)], dtype=np.int64)
    group = louvain(len(graph), edges)
    ours = [set(np.flatnonzero(group == g).tolist()) for g in np.unique(group)]
    greedy = nx.community.greedy_modularity_communities(graph, weight="weight")
    theirs = [list(map(set, greedy)), *(nx.community.louvain_communities(graph, seed=seed) for seed in range(5))]
    worth = nx.community.modularity(graph, ours)
    assert worth >= 0.98 * max(nx.community.modularity(graph, parts) for parts in theirs)
    assert modularity(len(graph), edges, group) == pytest.approx(worth, abs=1e-9)


def test_another_process_with_another_hash_seed_gives_the_same_communities() -> None:
    code = (
        "from tests.graphs import planted_neighborhood; from fedistats.analysis.communities import find_communities;"
        "found = find_communities(planted_neighborhood(120, 500)); print([n.community for n in found.nodes])"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONHASHSEED": "1"}, capture_output=True, check=True, text=True
    )
    assert said.stdout.strip() == str(
        [node.community for node in find_communities(planted_neighborhood(120, 500)).nodes]
    )


def test_a_community_is_told_by_its_language_and_its_hashtags_where_they_set_it_apart() -> None:
    def instance(name: str, languages: dict[str, int], hashtags: dict[str, int]) -> Node:
        words = tuple(WordCount(tag, people) for tag, people in hashtags.items())
        return Node(Host(name), Outcome.COMPLETE, languages=tuple(languages.items()), hashtags=words)

    japanese = [
        instance("a.example", {"ja": 90, "en": 20}, {"写真": 9, "caturday": 4}),
        instance("b.example", {"ja": 50}, {"写真": 5}),
    ]
    english = [instance("c.example", {"en": 900}, {"caturday": 40, "art": 30}), instance("d.example", {"en": 70}, {})]
    everybody = [*japanese, *english]
    assert _description(japanese, everybody) == "Japanese, #写真"
    assert "English" not in _description(english, everybody)
    assert _description([english[1]], everybody) == ""
