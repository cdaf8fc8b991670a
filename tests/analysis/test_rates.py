"""Edge weights relative to the posts read."""

from __future__ import annotations

import numpy as np

from fedistats.analysis.rates import rates
from tests.analysis.samples import with_posts_read
from tests.graphs import neighborhood


def test_rates_are_per_1000_posts_of_both_timelines_or_of_the_source() -> None:
    edges = [("a.example", "b.example", 6)]
    posts_read = {"a.example": 200, "b.example": 100}
    assert rates(with_posts_read(neighborhood(edges, start="a.example"), posts_read)).tolist() == [20.0]
    assert rates(with_posts_read(neighborhood(edges, start="a.example", directed=True), posts_read)).tolist() == [30.0]


def test_a_rate_is_nan_if_no_post_was_read() -> None:
    assert np.isnan(rates(neighborhood([("a.example", "b.example", 6)], start="a.example"))).all()
