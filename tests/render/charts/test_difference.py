"""The chart of a difference."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fedistats.analysis.difference import EdgeChange, NeighborhoodDifference, difference
from fedistats.hosts import Host
from fedistats.render import figures
from fedistats.render.charts.difference import draw_difference
from fedistats.render.style import DARK, LIGHT, Theme
from tests.graphs import planted_neighborhood
from tests.render.charts.samples import assert_readable


def large_difference() -> NeighborhoodDifference:
    """More instances and edges than fit on a page, and long names."""
    nodes = planted_neighborhood(60, 150).nodes
    edges = tuple(
        EdgeChange(Host(f"{'very.' * (i % 5)}long{i}.example"), Host("other.example"), 3 * i, 50 * i + 9, 0.001)
        for i in range(40)
    )
    return NeighborhoodDifference(
        nodes, nodes[:3], edges, tuple(replace(t, before=t.after, after=t.before) for t in edges[:5]), 9, 2
    )


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize(
    "changes",
    [
        large_difference(),
        NeighborhoodDifference((), (), (), (), 3, 0),
        NeighborhoodDifference((), (), large_difference().grew[:2], (), 1, 1),
    ],
)
def test_all_text_is_on_the_page_and_overlaps_no_other(changes: NeighborhoodDifference, theme: Theme) -> None:
    graph = planted_neighborhood(60, 150)
    figure = draw_difference(changes, graph, graph, 5, theme=theme)
    assert_readable(figure)


def test_same_difference_gives_the_same_bytes() -> None:
    graph, other = planted_neighborhood(60, 150), planted_neighborhood(60, 150, seed=2)
    first, second = (draw_difference(difference(graph, other, 5), graph, other, 5, theme=LIGHT) for _ in range(2))
    assert figures.png(first) == figures.png(second)
    assert figures.svg(first) == figures.svg(second)
