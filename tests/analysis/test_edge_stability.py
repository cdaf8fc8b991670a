"""Edge stability: the exact result of resampling the posts of each timeline."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats  # type: ignore[import-untyped]

from fedistats.analysis.edge_stability import EdgeStability, stability, summarize
from tests.analysis.samples import with_posts_read
from tests.graphs import neighborhood


def test_stability_is_the_probability_from_two_binomial_distributions() -> None:
    rng = np.random.default_rng(4)
    hosts = [f"{i:02}.example" for i in range(40)]
    posts_read = dict(zip(hosts, rng.integers(20, 400, 40).tolist(), strict=True))
    edges: list[tuple[str, str, int]] = []
    incoming: list[tuple[int, int]] = []
    for i in range(39):
        on_first, on_second = int(rng.integers(0, 12)), int(rng.integers(1, 12))
        edges.append((hosts[i], hosts[i + 1], on_first + on_second))
        incoming.append((on_first, on_second))
    graph = with_posts_read(neighborhood(edges, start=hosts[0]), posts_read, incoming)
    for i, (value, (on_first, on_second)) in enumerate(zip(stability(graph, 7), incoming, strict=True)):
        n, m = posts_read[hosts[i]], posts_read[hosts[i + 1]]
        below = sum(stats.binom.pmf(k, n, on_first / n) * stats.binom.cdf(6 - k, m, on_second / m) for k in range(7))
        assert value == pytest.approx(1 - below, abs=1e-9)


def test_stability_agrees_with_resampling() -> None:
    graph = neighborhood([("a.example", "b.example", 8)], start="a.example")
    graph = with_posts_read(graph, {"a.example": 50, "b.example": 90}, [(5, 3)])
    rng = np.random.default_rng(5)
    timelines = [np.arange(n) < count for n, count in ((50, 5), (90, 3))]
    resampled = sum(rng.choice(timeline, (20_000, len(timeline))).sum(axis=1) for timeline in timelines)
    assert stability(graph, 6)[0] == pytest.approx(float(np.mean(resampled >= 6)), abs=0.01)


def test_an_edge_far_above_the_threshold_is_stable_and_one_at_the_threshold_is_not() -> None:
    edges = [("a.example", "b.example", 40), ("a.example", "c.example", 5), ("b.example", "c.example", 5)]
    graph = with_posts_read(neighborhood(edges, start="a.example"), {"a.example": 200, "b.example": 5})
    # all five posts of b's timeline are c's, in every sample
    assert summarize(graph, 5) == EdgeStability(edges=3, stable=2, unstable=0)
    assert summarize(graph, 8).unstable == 2
    assert summarize(neighborhood([], start="a.example"), 5) == EdgeStability(0, 0, 0)
