"""Which edges would stand again if other posts had been read, and which are luck."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fedistats.analysis.binomial import binomial
from fedistats.model import NeighborhoodGraph

STABLE, UNSTABLE = 0.95, 0.5
"""An edge that stands again in so many of all resamplings is safe; one that stands in fewer than SHAKY of them is shaky."""


@dataclass(frozen=True, slots=True)
class EdgeStability:
    """How far the edges of a graph can be trusted."""

    edges: int
    safe: int
    shaky: int

    def sentence(self) -> str:
        """For a caption: '71 % of the edges are safe (...), 4 % are shaky (...)'; empty where there is no edge."""
        if not self.edges:
            return ""
        safe, shaky = (f"{100 * part / self.edges:.0f} %" for part in (self.safe, self.shaky))
        return (
            f"{safe} of the edges are safe: they would stand again in at least {STABLE:.0%} of all samples of as many posts; "
            f"{shaky} are shaky: they would fall in most of them"
        )


def summarize(neighborhood: NeighborhoodGraph, min_posts: int) -> EdgeStability:
    """How many edges are safe, and how many shaky, where an edge stands from `min_posts` posts on."""
    chances = stability(neighborhood, min_posts)
    return EdgeStability(len(chances), int((chances >= STABLE).sum()), int((chances < UNSTABLE).sum()))


def stability(neighborhood: NeighborhoodGraph, min_posts: int) -> NDArray[np.float64]:
    """Of each edge: the chance that it reaches `min_posts` again if the posts of each timeline are drawn anew, with replacement.

    A direction with c of n posts is then binomial(n, c/n), and the two are independent, since they come from two timelines: what
    endless resampling would find is counted exactly. Source: B. Efron: Bootstrap methods, another look at the jackknife, 1979.
    """
    edges, incoming = neighborhood.edges, neighborhood.incoming
    read = np.array([node.posts_read for node in neighborhood.nodes], dtype=np.int64)
    fewer = []
    for reader, posts in zip(edges.T[:2], incoming.T, strict=True):
        # a timeline has at least as many posts as were counted on it
        n = np.maximum(np.maximum(read[reader], posts), 1)
        fewer.append(binomial(n, posts / n, min_posts - 1))
    one, other = fewer
    below = (one * np.cumsum(other, axis=1)[:, ::-1]).sum(axis=1)
    chances: NDArray[np.float64] = np.clip(1 - below, 0.0, 1.0)
    return chances
