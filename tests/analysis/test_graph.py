"""From counts to a graph: one rule for edges, one node for each server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fedistats.analysis import graph
from fedistats.hosts import Host
from fedistats.model import About, NeighborhoodGraph, Outcome, TimelineResult

HOME = Host("home.example")
ABOUT = About(HOME, "2026-11-01T12:00:00Z", {"posts": 1000, "min_posts": 1}, "0")


@dataclass
class Read:
    """A timeline as a test names it: whose it is, and how many posts of whom stand on it."""

    host: str
    origins: dict[str, int]
    feed: str = "public"
    outcome: Outcome = Outcome.COMPLETE
    api_host: str = ""


def build(read: Sequence[Read], *, min_posts: int, directed: bool) -> NeighborhoodGraph:
    numbers = {name: 7 * i for i, name in enumerate(sorted({name for one in read for name in one.origins}), 1)}
    readings = [
        TimelineResult(
            id_,
            Host(one.host),
            one.feed,
            one.outcome,
            "",
            sum(one.origins.values()),
            0,
            Host(one.api_host or one.host),
        )
        for id_, one in enumerate(read, 100)
    ]
    sightings = [(id_, numbers[name], n) for id_, one in enumerate(read, 100) for name, n in one.origins.items()]
    return graph.build(
        ABOUT,
        HOME,
        readings,
        np.array(sightings, dtype=np.int64).reshape(-1, 3),
        {number: Host(name) for name, number in numbers.items()},
        min_posts=min_posts,
        directed=directed,
    )


def edges(found: NeighborhoodGraph) -> dict[tuple[str, str], int]:
    hosts = [node.host for node in found.nodes]
    return {(hosts[a], hosts[b]): n for a, b, n in found.edges.tolist()}


A_AND_B = [
    Read("a.example", {"b.example": 3, "a.example": 9}),
    Read("b.example", {"a.example": 2, "c.example": 1}),
]


def test_both_directions_are_added() -> None:
    found = build(A_AND_B, min_posts=1, directed=False)
    assert edges(found) == {("a.example", "b.example"): 5, ("b.example", "c.example"): 1}


def test_each_edge_knows_how_many_posts_were_heard_in_each_direction() -> None:
    found = build(A_AND_B, min_posts=1, directed=False)
    assert found.incoming.tolist() == [[3, 2], [1, 0]]  # of b on a 3, of a on b 2; of c on b 1
    turned = build([Read("b.example", {"a.example": 4})], min_posts=1, directed=False)
    assert turned.incoming.tolist() == [[0, 4]]
    directed = build([Read("b.example", {"a.example": 4})], min_posts=1, directed=True)
    assert (directed.edges.tolist(), directed.incoming.tolist()) == ([[1, 0, 4]], [[4, 0]])


def test_directed_the_threshold_holds_for_each_direction() -> None:
    assert edges(build(A_AND_B, min_posts=3, directed=True)) == {("a.example", "b.example"): 3}


def test_a_servers_own_posts_connect_it_with_nobody() -> None:
    assert edges(build([Read("a.example", {"a.example": 50})], min_posts=1, directed=False)) == {}


def test_the_start_is_a_node_even_where_nothing_connects_it() -> None:
    found = build(A_AND_B, min_posts=99, directed=False)
    assert [node.host for node in found.nodes] == [HOME]


def test_nodes_carry_their_strength_and_how_it_ended_with_them() -> None:
    found = build(A_AND_B, min_posts=1, directed=False)
    assert {node.host: (node.strength, node.outcome) for node in found.nodes if node.host != HOME} == {
        "a.example": (5, Outcome.COMPLETE),
        "b.example": (6, Outcome.COMPLETE),
        "c.example": (1, Outcome.NOT_ASKED),
    }


def test_every_instance_ends_in_exactly_one_outcome() -> None:
    found = build([*A_AND_B, Read("d.example", {}, outcome=Outcome.DEAD)], min_posts=1, directed=False)
    assert found.coverage.outcomes == {Outcome.COMPLETE: 2, Outcome.DEAD: 1, Outcome.NOT_ASKED: 2}
    assert found.coverage.found == 5
    assert "5 instances found, 3 visited: 2 complete, 1 unreachable, 2 not visited" in found.coverage.sentence()


def test_a_server_seen_under_two_names_is_one_node() -> None:
    found = build(
        [
            Read("a.example", {"b.example": 2, "social.b.example": 3}),
            Read("b.example", {"a.example": 4}, api_host="social.b.example"),
            Read("social.b.example", {"a.example": 4}),
        ],
        min_posts=1,
        directed=False,
    )
    assert edges(found) == {("a.example", "b.example"): 9}


def test_local_posts_stand_in_only_where_the_plain_timeline_is_closed() -> None:
    both = [Read("a.example", {"b.example": 2}), Read("a.example", {"b.example": 7}, feed="local")]
    assert edges(build(both, min_posts=1, directed=False)) == {("a.example", "b.example"): 2}
    closed = [Read("a.example", {}, outcome=Outcome.CLOSED), both[1]]
    found = build(closed, min_posts=1, directed=False)
    assert edges(found) == {("a.example", "b.example"): 7}
    assert found.coverage.local_only == 1


def test_every_instance_that_was_found_has_an_ending_also_without_an_edge() -> None:
    found = build([*A_AND_B, Read("dead.example", {}, outcome=Outcome.DEAD)], min_posts=1000, directed=False)
    ended: dict[str, Outcome] = {ending.host: ending.outcome for ending in found.host_outcomes}
    assert ended["dead.example"] is Outcome.DEAD
    assert ended["a.example"] is Outcome.COMPLETE
    assert ended["c.example"] is Outcome.NOT_ASKED
    assert len(found.host_outcomes) == found.coverage.found > len(found.nodes)
    assert [ending.host for ending in found.host_outcomes] == sorted(ended)


def test_the_order_of_what_comes_in_changes_nothing() -> None:
    found, turned = (build(order, min_posts=1, directed=False) for order in (A_AND_B, A_AND_B[::-1]))
    assert found.nodes == turned.nodes
    assert found.edges.tolist() == turned.edges.tolist()


def test_networkx_gets_the_same_graph() -> None:
    found = build(A_AND_B, min_posts=1, directed=True)
    made = graph.to_networkx(found)
    assert made.is_directed()
    assert {(a, b): data["weight"] for a, b, data in made.edges(data=True)} == edges(found)
    assert made.nodes["c.example"]["answered"] is False
