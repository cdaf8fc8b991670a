"""Edge stability: would an edge exist again if the posts of the timelines were sampled again? (bootstrap)"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fedistats.analysis.arrays import Floats
from fedistats.analysis.binomial import binomial_pmf
from fedistats.model import NeighborhoodGraph

STABLE, UNSTABLE = 0.95, 0.5
"""An edge is stable if its stability is at least STABLE, unstable if it is less than UNSTABLE."""


@dataclass(frozen=True, slots=True)
class EdgeStability:
    """How many edges of a graph are stable, and how many unstable."""

    edges: int
    stable: int
    unstable: int


def summarize(graph: NeighborhoodGraph, min_posts: int) -> EdgeStability:
    """The number of stable and unstable edges of a graph with at least `min_posts` posts per edge."""
    probabilities = stability(graph, min_posts)
    return EdgeStability(
        len(probabilities), int((probabilities >= STABLE).sum()), int((probabilities < UNSTABLE).sum())
    )


def stability(graph: NeighborhoodGraph, min_posts: int) -> Floats:
    """For each edge, the probability that it has at least `min_posts` posts if each timeline's posts are sampled again with replacement.

    Of n posts on a timeline, c connect the two instances; in a resample their number is binomial(n, c/n). The two timelines of an edge are
    independent. So the result of infinitely many resamples is computed exactly.
    Source: B. Efron: Bootstrap methods: another look at the jackknife, 1979.
    """
    posts_read = np.array([node.posts_read for node in graph.nodes], dtype=np.int64)
    distributions = []
    for reader, posts in zip(graph.edges.T[:2], graph.incoming.T, strict=True):
        # a timeline has at least as many posts as were counted on it
        n = np.maximum(np.maximum(posts_read[reader], posts), 1)
        distributions.append(binomial_pmf(n, posts / n, min_posts - 1))
    first, second = distributions
    below = (first * np.cumsum(second, axis=1)[:, ::-1]).sum(axis=1)
    probabilities: Floats = np.clip(1 - below, 0.0, 1.0)
    return probabilities
