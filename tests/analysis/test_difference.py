"""The difference of two neighborhoods: instances that are new or gone, edges that grew or shrank."""

from __future__ import annotations

import pytest

from fedistats.analysis.difference import NeighborhoodDifference, difference
from fedistats.model import NeighborhoodGraph
from tests.analysis.samples import AFTER, BEFORE, graph_of
from tests.graphs import neighborhood, planted_neighborhood


def is_empty(result: NeighborhoodDifference) -> bool:
    return (result.new, result.gone, result.grew, result.shrank) == ((), (), (), ())


def test_only_what_changed_significantly_is_in_the_difference() -> None:
    result = difference(graph_of(BEFORE), graph_of(AFTER), 5)
    assert [(node.host, node.strength) for node in result.new] == [("new.example", 18)]
    assert [(node.host, node.strength) for node in result.gone] == [("old.example", 15)]
    assert [(edge.source, edge.target, edge.before, edge.after) for edge in result.grew] == [
        ("home.example", "more.example", 15, 51)
    ]
    assert [(edge.source, edge.target, edge.before, edge.after) for edge in result.shrank] == [
        ("home.example", "less.example", 65, 28)
    ]
    assert (result.matched_timelines, result.unmatched_timelines) == (4, 1)


def test_the_reverse_difference_is_the_opposite() -> None:
    forward = difference(graph_of(BEFORE), graph_of(AFTER), 5)
    backward = difference(graph_of(AFTER), graph_of(BEFORE), 5)
    assert (forward.new, forward.gone) == (backward.gone, backward.new)
    assert [edge.source for edge in forward.grew] == [edge.source for edge in backward.shrank]


@pytest.mark.parametrize(
    "graph", [graph_of(BEFORE), planted_neighborhood(80, 400), neighborhood([], start="home.example")]
)
def test_a_collection_does_not_differ_from_itself(graph: NeighborhoodGraph) -> None:
    result = difference(graph, graph, 5)
    assert is_empty(result)
    assert result.unmatched_timelines == 0


def test_no_instance_is_gone_because_a_timeline_was_closed_in_between() -> None:
    only_there = {**BEFORE, "same.example": {**BEFORE["same.example"], "far.example": 30}}
    closed = {reader: origins for reader, origins in BEFORE.items() if reader != "same.example"}
    result = difference(graph_of(only_there), graph_of(closed), 5)
    assert is_empty(result)
    assert result.unmatched_timelines == 1


def test_an_instance_that_was_rare_is_new_when_it_is_frequent() -> None:
    frequent = {**BEFORE, "home.example": {**BEFORE["home.example"], "rare.example": 40}}
    result = difference(graph_of(BEFORE), graph_of(frequent), 5)
    assert [node.host for node in result.new] == ["rare.example"]
    assert result.grew == ()


def test_reading_more_posts_of_a_timeline_is_not_growth() -> None:
    doubled = {reader: {origin: 2 * n for origin, n in origins.items()} for reader, origins in BEFORE.items()}
    assert is_empty(difference(graph_of(BEFORE), graph_of(doubled, posts_read=400), 8))
