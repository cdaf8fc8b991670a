"""Which instances of a neighborhood matter, in three senses of the word."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fedistats.model import NeighborhoodGraph

Values = NDArray[np.float64]
"""One for each node, in the order of NeighborhoodGraph.nodes."""

STRENGTH = "Strength: the posts that connect an instance with all others; high is who is busy, and who was read."
PAGERANK = (
    "PageRank: the share of attention an instance gets; high where instances hear it that are heard themselves, "
    "not where most is posted."
)
BETWEENNESS = "Betweenness: the share of shortest ways between two others that lead over an instance; high is a bridge."

# Up to so many nodes every one is a source; in a bigger graph so many pivots stand for all.
_EXACT = 1000
_PIVOTS = 250
# When the ranks of a round differ by less than this from those of the last one, all of them together, they are found.
_STILL = 1e-13


def strength(neighborhood: NeighborhoodGraph) -> Values:
    """The sum of the weights (posts) of each node's edges; of both directions where the graph is directed.

    Source: A. Barrat, M. Barthélemy, R. Pastor-Satorras, A. Vespignani: The architecture of complex weighted networks, 2004.
    """
    edges, n = neighborhood.edges, len(neighborhood.nodes)
    return (np.bincount(edges[:, 0], edges[:, 2], n) + np.bincount(edges[:, 1], edges[:, 2], n)).astype(np.float64)


def pagerank(neighborhood: NeighborhoodGraph, damping: float = 0.85) -> Values:
    """How often somebody is at each node who follows edges at random, by weight, and now and then (1 - damping) begins anew anywhere.

    The values sum to 1. Directed, the way leads from the reader to the instance that is read; undirected, both ways; from a
    node without a way out, anywhere. Source: S. Brin, L. Page: The anatomy of a large-scale hypertextual web search engine, 1998.
    """
    n = len(neighborhood.nodes)
    if not n:
        return np.zeros(0)
    begin, end, weight = _ways(neighborhood)
    out = np.bincount(begin, weight, n)
    share = weight / out[begin]
    stuck = out == 0
    rank = np.full(n, 1 / n)
    while True:
        flow = np.bincount(end, rank[begin] * share, n)
        following = damping * (flow + rank[stuck].sum() / n) + (1 - damping) / n
        moved = np.abs(following - rank).sum()
        rank = following
        if moved < _STILL * n:
            break
    ranks: Values = rank / rank.sum()
    return ranks


def betweenness(
    neighborhood: NeighborhoodGraph, *, exact: int = _EXACT, pivots: int = _PIVOTS, seed: int = 1
) -> Values:
    """Of all ordered pairs of other nodes: the share of shortest ways (in edges) that lead over each node; between 0 and 1.

    An edge is one step however heavy it is: its weight grows with the posts that were read, and ways that run along the heaviest
    edges would only find the busiest instances again. Up to `exact` nodes it is exact; beyond that it is estimated from
    `pivots` sources that are drawn by `seed`. Sources: U. Brandes: A faster algorithm for betweenness centrality, 2001;
    U. Brandes, C. Pich: Centrality estimation in large networks, 2007.
    """
    n = len(neighborhood.nodes)
    if n < 3:
        return np.zeros(n)
    # drawn from the hosts in order, so that the order of the nodes changes nothing
    sources = np.array(sorted(range(n), key=lambda i: neighborhood.nodes[i].host))
    if n > exact:
        sources = np.random.default_rng(seed).choice(sources, min(pivots, n), replace=False)
    begin, end, _ = _ways(neighborhood)
    order = np.lexsort((end, begin))
    ends = end[order]
    first = np.searchsorted(begin[order], np.arange(n + 1))
    total = np.zeros(n)
    for source in sources.tolist():
        total += _dependencies(source, first, ends)
    return total * n / len(sources) / ((n - 1) * (n - 2))


def _dependencies(source: int, first: NDArray[np.int64], ends: NDArray[np.int64]) -> Values:
    """How many shortest ways from the source to all others lead over each node, each target counting as 1 (Brandes' delta)."""
    n = len(first) - 1
    distance = np.full(n, -1)
    ways = np.zeros(n)
    distance[source], ways[source] = 0, 1.0
    front = np.array([source])
    steps: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    while len(front):
        many = first[front + 1] - first[front]
        begin = np.repeat(front, many)
        end = ends[np.arange(len(begin)) + np.repeat(first[front] - np.cumsum(many) + many, many)]
        fresh = distance[end] < 0
        begin, end = begin[fresh], end[fresh]
        steps.append((begin, end))
        ways += np.bincount(end, ways[begin], n)
        front = np.unique(end)
        distance[front] = len(steps)
    delta = np.zeros(n)
    for begin, end in reversed(steps):
        delta += np.bincount(begin, ways[begin] / ways[end] * (1 + delta[end]), n)
    delta[source] = 0.0
    return delta


def _ways(neighborhood: NeighborhoodGraph) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Where each way begins, where it ends, and its weight; an undirected edge is two."""
    one, other, weight = neighborhood.edges.T
    if neighborhood.directed:
        return one, other, weight.astype(np.float64)
    return np.concatenate([one, other]), np.concatenate([other, one]), np.tile(weight, 2).astype(np.float64)
