"""From counts to a graph: one rule for edges, one node for each server."""

from __future__ import annotations

from fedistats import graph
from fedistats.graph import Reading, build
from fedistats.model import About, Host, Neighborhood, Outcome

HOME = Host("home.example")
ABOUT = About(HOME, "2026-11-01T12:00:00Z", {"posts": 1000, "min_posts": 1}, "0")


def reading(host: str, origins: dict[str, int], **more: object) -> Reading:
    told = {
        "feed": "public",
        "outcome": Outcome.WHOLE,
        "reason": "",
        "posts_read": sum(origins.values()),
        "left_out": 0,
        "api_host": Host(host),
        **more,
    }
    return Reading(host=Host(host), origins={Host(name): n for name, n in origins.items()}, **told)  # type: ignore[arg-type]


def edges(found: Neighborhood) -> dict[tuple[str, str], int]:
    hosts = [node.host for node in found.nodes]
    return {(hosts[a], hosts[b]): n for a, b, n in found.edges.tolist()}


A_AND_B = [
    reading("a.example", {"b.example": 3, "a.example": 9}),
    reading("b.example", {"a.example": 2, "c.example": 1}),
]


def test_both_directions_are_added() -> None:
    found = build(ABOUT, HOME, A_AND_B, min_posts=1, directed=False)
    assert edges(found) == {("a.example", "b.example"): 5, ("b.example", "c.example"): 1}


def test_directed_the_threshold_holds_for_each_direction() -> None:
    assert edges(build(ABOUT, HOME, A_AND_B, min_posts=3, directed=True)) == {("a.example", "b.example"): 3}


def test_a_servers_own_posts_connect_it_with_nobody() -> None:
    assert edges(build(ABOUT, HOME, [reading("a.example", {"a.example": 50})], min_posts=1, directed=False)) == {}


def test_the_start_is_a_node_even_where_nothing_connects_it() -> None:
    found = build(ABOUT, HOME, A_AND_B, min_posts=99, directed=False)
    assert [node.host for node in found.nodes] == [HOME]


def test_nodes_carry_their_strength_and_how_it_ended_with_them() -> None:
    found = build(ABOUT, HOME, A_AND_B, min_posts=1, directed=False)
    assert {node.host: (node.strength, node.outcome) for node in found.nodes if node.host != HOME} == {
        "a.example": (5, Outcome.WHOLE),
        "b.example": (6, Outcome.WHOLE),
        "c.example": (1, Outcome.NOT_ASKED),
    }


def test_every_instance_ends_in_exactly_one_outcome() -> None:
    found = build(ABOUT, HOME, [*A_AND_B, reading("d.example", {}, outcome=Outcome.DEAD)], min_posts=1, directed=False)
    assert found.coverage.outcomes == {Outcome.WHOLE: 2, Outcome.DEAD: 1, Outcome.NOT_ASKED: 2}
    assert found.coverage.found == 5
    assert "5 instances found, 3 asked: 2 answered whole, 1 dead, 2 not asked" in found.coverage.sentence()


def test_a_server_seen_under_two_names_is_one_node() -> None:
    found = build(
        ABOUT,
        HOME,
        [
            reading("a.example", {"b.example": 2, "social.b.example": 3}),
            reading("b.example", {"a.example": 4}, api_host=Host("social.b.example")),
            reading("social.b.example", {"a.example": 4}),
        ],
        min_posts=1,
        directed=False,
    )
    assert edges(found) == {("a.example", "b.example"): 9}


def test_local_posts_stand_in_only_where_the_plain_timeline_is_closed() -> None:
    both = [reading("a.example", {"b.example": 2}), reading("a.example", {"b.example": 7}, feed="local")]
    assert edges(build(ABOUT, HOME, both, min_posts=1, directed=False)) == {("a.example", "b.example"): 2}
    closed = [reading("a.example", {}, outcome=Outcome.CLOSED), both[1]]
    found = build(ABOUT, HOME, closed, min_posts=1, directed=False)
    assert edges(found) == {("a.example", "b.example"): 7}
    assert found.coverage.local_only == 1


def test_the_order_of_what_comes_in_changes_nothing() -> None:
    found, turned = (build(ABOUT, HOME, order, min_posts=1, directed=False) for order in (A_AND_B, A_AND_B[::-1]))
    assert found.nodes == turned.nodes
    assert found.edges.tolist() == turned.edges.tolist()


def test_networkx_gets_the_same_graph() -> None:
    found = build(ABOUT, HOME, A_AND_B, min_posts=1, directed=True)
    made = graph.to_networkx(found)
    assert made.is_directed()
    assert {(a, b): data["weight"] for a, b, data in made.edges(data=True)} == edges(found)
    assert made.nodes["c.example"]["answered"] is False
