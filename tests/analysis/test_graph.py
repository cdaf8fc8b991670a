"""The graph of posts by timeline and origin: one rule for edges, one node per server."""

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
class Timeline:
    """A timeline that was read: its host, and its posts by origin."""

    host: str
    origins: dict[str, int]
    feed: str = "public"
    outcome: Outcome = Outcome.COMPLETE
    api_host: str = ""


def build(timelines: Sequence[Timeline], *, min_posts: int, directed: bool) -> NeighborhoodGraph:
    numbers = {name: 7 * i for i, name in enumerate(sorted({name for t in timelines for name in t.origins}), 1)}
    results = [
        TimelineResult(
            id_,
            Host(timeline.host),
            timeline.feed,
            timeline.outcome,
            "",
            sum(timeline.origins.values()),
            0,
            Host(timeline.api_host or timeline.host),
        )
        for id_, timeline in enumerate(timelines, 100)
    ]
    sightings = [(id_, numbers[name], n) for id_, t in enumerate(timelines, 100) for name, n in t.origins.items()]
    return graph.build(
        ABOUT,
        HOME,
        results,
        np.array(sightings, dtype=np.int64).reshape(-1, 3),
        {number: Host(name) for name, number in numbers.items()},
        min_posts=min_posts,
        directed=directed,
    )


def edges(neighborhood: NeighborhoodGraph) -> dict[tuple[str, str], int]:
    hosts = [node.host for node in neighborhood.nodes]
    return {(hosts[a], hosts[b]): n for a, b, n in neighborhood.edges.tolist()}


A_AND_B = [
    Timeline("a.example", {"b.example": 3, "a.example": 9}),
    Timeline("b.example", {"a.example": 2, "c.example": 1}),
]


def test_both_directions_are_added() -> None:
    result = build(A_AND_B, min_posts=1, directed=False)
    assert edges(result) == {("a.example", "b.example"): 5, ("b.example", "c.example"): 1}


def test_each_edge_has_the_posts_of_each_direction() -> None:
    result = build(A_AND_B, min_posts=1, directed=False)
    assert result.incoming.tolist() == [[3, 2], [1, 0]]  # 3 posts of b on a, 2 of a on b; 1 of c on b
    turned = build([Timeline("b.example", {"a.example": 4})], min_posts=1, directed=False)
    assert turned.incoming.tolist() == [[0, 4]]
    directed = build([Timeline("b.example", {"a.example": 4})], min_posts=1, directed=True)
    assert (directed.edges.tolist(), directed.incoming.tolist()) == ([[1, 0, 4]], [[4, 0]])


def test_in_a_directed_graph_the_threshold_applies_to_each_direction() -> None:
    assert edges(build(A_AND_B, min_posts=3, directed=True)) == {("a.example", "b.example"): 3}


def test_the_posts_of_a_server_on_its_own_timeline_connect_nothing() -> None:
    assert edges(build([Timeline("a.example", {"a.example": 50})], min_posts=1, directed=False)) == {}


def test_the_start_is_a_node_even_without_edges() -> None:
    result = build(A_AND_B, min_posts=99, directed=False)
    assert [node.host for node in result.nodes] == [HOME]


def test_nodes_have_a_strength_and_an_outcome() -> None:
    result = build(A_AND_B, min_posts=1, directed=False)
    assert {node.host: (node.strength, node.outcome) for node in result.nodes if node.host != HOME} == {
        "a.example": (5, Outcome.COMPLETE),
        "b.example": (6, Outcome.COMPLETE),
        "c.example": (1, Outcome.NOT_ASKED),
    }


def test_every_instance_has_exactly_one_outcome() -> None:
    result = build([*A_AND_B, Timeline("d.example", {}, outcome=Outcome.DEAD)], min_posts=1, directed=False)
    assert result.coverage.outcomes == {Outcome.COMPLETE: 2, Outcome.DEAD: 1, Outcome.NOT_ASKED: 2}
    assert result.coverage.found == 5
    assert "5 instances found, 3 visited: 2 complete, 1 unreachable, 2 not visited" in result.coverage.sentence()


def test_a_server_with_two_names_is_one_node() -> None:
    result = build(
        [
            Timeline("a.example", {"b.example": 2, "social.b.example": 3}),
            Timeline("b.example", {"a.example": 4}, api_host="social.b.example"),
            Timeline("social.b.example", {"a.example": 4}),
        ],
        min_posts=1,
        directed=False,
    )
    assert edges(result) == {("a.example", "b.example"): 9}


def test_local_posts_are_used_only_if_the_public_timeline_is_closed() -> None:
    timelines = [Timeline("a.example", {"b.example": 2}), Timeline("a.example", {"b.example": 7}, feed="local")]
    assert edges(build(timelines, min_posts=1, directed=False)) == {("a.example", "b.example"): 2}
    closed = [Timeline("a.example", {}, outcome=Outcome.CLOSED), timelines[1]]
    result = build(closed, min_posts=1, directed=False)
    assert edges(result) == {("a.example", "b.example"): 7}
    assert result.coverage.local_only == 1


def test_every_instance_that_was_found_has_an_outcome_also_without_an_edge() -> None:
    result = build([*A_AND_B, Timeline("dead.example", {}, outcome=Outcome.DEAD)], min_posts=1000, directed=False)
    outcomes: dict[str, Outcome] = {outcome.host: outcome.outcome for outcome in result.host_outcomes}
    assert outcomes["dead.example"] is Outcome.DEAD
    assert outcomes["a.example"] is Outcome.COMPLETE
    assert outcomes["c.example"] is Outcome.NOT_ASKED
    assert len(result.host_outcomes) == result.coverage.found > len(result.nodes)
    assert [outcome.host for outcome in result.host_outcomes] == sorted(outcomes)


def test_the_order_of_the_timelines_does_not_change_the_graph() -> None:
    result, reversed_result = (build(order, min_posts=1, directed=False) for order in (A_AND_B, A_AND_B[::-1]))
    assert result.nodes == reversed_result.nodes
    assert result.edges.tolist() == reversed_result.edges.tolist()


def test_the_networkx_graph_is_the_same_graph() -> None:
    result = build(A_AND_B, min_posts=1, directed=True)
    nx_graph = graph.to_networkx(result)
    assert nx_graph.is_directed()
    assert {(a, b): data["weight"] for a, b, data in nx_graph.edges(data=True)} == edges(result)
    assert nx_graph.nodes["c.example"]["answered"] is False


def test_the_rule_says_what_makes_an_edge() -> None:
    assert graph.rule(5, directed=False) == (
        "two instances are linked if at least 5 distinct posts connect them, counting both directions"
    )
    assert graph.rule(1, directed=True) == "an edge A → B if a post of B was read on A"
    assert graph.rule(3, directed=True, mentions=True) == (
        "an edge A → B if at least 3 distinct posts of people on A mention people of B"
    )
    assert graph.rule(1, directed=False, mentions=True) == (
        "two instances are linked if a post of people of one mentions people of the other, counting both directions"
    )
