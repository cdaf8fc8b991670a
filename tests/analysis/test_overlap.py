"""The overlap of the neighbors of two instances."""

from __future__ import annotations

import pytest

from fedistats.analysis.neighbors import neighbor_posts
from fedistats.analysis.overlap import overlap
from fedistats.hosts import Host
from tests.analysis.samples import STAR
from tests.graphs import neighborhood


def test_overlap_counts_shared_neighbors_and_weights_them_by_posts() -> None:
    first = neighbor_posts(neighborhood([*STAR, ("a.example", "b.example", 9)], start="hub.example"))
    assert first == dict.fromkeys(("a.example", "b.example", "c.example", "d.example"), 5)
    result = overlap(first, {Host("a.example"): 30, Host("z.example"): 10})
    assert (result.shared, result.union, result.jaccard) == (1, 5, 0.2)
    assert result.weighted == pytest.approx(0.25 / 1.75)
    assert overlap(first, first).weighted == overlap(first, first).jaccard == 1.0
    assert overlap({}, {}).jaccard == 0.0
