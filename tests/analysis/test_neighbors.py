"""The ties of the start itself: in both directions, as figures, and as the first thing that the terminal tells."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from rich.console import Console

from fedistats.analysis.communities import find_communities
from fedistats.analysis.neighbors import Neighbor, neighbors
from fedistats.hosts import Host
from fedistats.model import Coverage, NeighborhoodGraph, Outcome
from fedistats.render import terminal
from tests.graphs import neighborhood


def town(*, directed: bool = False) -> NeighborhoodGraph:
    """home hears a nine times and is heard there six times; z hears home; a and b have nothing to do with home's own ties."""
    edges = [("a.example", "home.example", 15), ("home.example", "z.example", 20), ("a.example", "b.example", 99)]
    found = neighborhood(edges, start="home.example", directed=directed)
    read = {"home.example": 200, "a.example": 100, "b.example": 50}
    nodes = tuple(replace(node, posts_read=read.get(node.host, 0)) for node in found.nodes)
    return replace(found, nodes=nodes, incoming=np.array([[99, 0], [6, 9], [0, 20]]))


def said(found: NeighborhoodGraph) -> str:
    console = Console(width=120)
    with console.capture() as captured:
        console.print(terminal.neighborhood(find_communities(found)))
    return captured.get()


def test_a_neighbor_is_told_in_both_directions_and_by_what_was_read() -> None:
    assert neighbors(town()) == (
        Neighbor(Host("z.example"), 20, 0, 20, 0.0, None),
        Neighbor(Host("a.example"), 15, 9, 6, 45.0, 60.0),
    )


def test_both_directed_edges_of_a_pair_are_one_neighbor() -> None:
    found = neighborhood(
        [("home.example", "a.example", 9), ("a.example", "home.example", 6)], start="home.example", directed=True
    )
    assert [(one.host, one.posts, one.here, one.there) for one in neighbors(found)] == [("a.example", 15, 9, 6)]


def test_the_terminal_tells_the_ties_of_the_start_before_those_of_everybody() -> None:
    text = said(town())
    assert "home.example: 2 neighbors" in text
    assert text.index("home.example: 2 neighbors") < text.index("strongest ties of all")
    row = next(line for line in text.splitlines() if "a.example" in line and "45.0" in line)
    assert row.split() == ["15", "9", "6", "45.0", "60.0", "a.example"]


def test_at_most_ten_neighbors_are_told() -> None:
    text = said(neighborhood([("home.example", f"n{i:02}.example", 30 - i) for i in range(12)], start="home.example"))
    told = text[text.index("12 neighbors, the strongest 10") : text.index("strongest ties of all")]
    assert "n09.example" in told
    assert "n10.example" not in told


def test_a_start_without_an_edge_is_said_to_have_no_neighbor() -> None:
    assert "home.example itself has no neighbor" in said(
        neighborhood([("a.example", "b.example", 9)], start="home.example")
    )


def test_directed_ties_say_what_their_arrow_means() -> None:
    found = town(directed=True)
    assert "strongest ties of all (A → B: posts of B read on A)" in said(found)
    mentions = replace(found, about=replace(found.about, parameters={**found.about.parameters, "edges": "mentions"}))
    assert "(A → B: posts on A that mention people of B)" in said(mentions)


def test_nobody_who_asked_to_be_left_out_is_not_worth_a_word() -> None:
    assert "left out" not in said(town())
    found = replace(town(), coverage=Coverage({Outcome.COMPLETE: 3, Outcome.CLOSED: 1}, 350, 7))
    assert "350 posts read, 7 of them by people who asked to be left out: not looked at" in said(found)
    assert "1 closed by its owner" in said(found)
