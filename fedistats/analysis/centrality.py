"""Centralities of the instances of a neighborhood: strength, PageRank, betweenness."""

from __future__ import annotations

import numpy as np

from fedistats.analysis.arrays import Floats, Ints
from fedistats.model import NeighborhoodGraph

STRENGTH = "Strength: the posts that connect an instance with all others. It is high for busy instances, and for those that were visited."
PAGERANK = (
    "PageRank: the share of attention an instance gets. It is high if the instance is read on instances that are read much themselves, "
    "not simply if it posts much."
)
BETWEENNESS = (
    "Betweenness: the share of the shortest paths between others that pass through an instance. It is high for bridges."
)

_MAX_EXACT_NODES, _PIVOTS = 1000, 250  # up to this size every node is a source of betweenness, above it a sample
_TOLERANCE = 1e-13  # PageRank has converged when the ranks change by less than this per node


def strength(graph: NeighborhoodGraph) -> Floats:
    """The sum of the weights (posts) of each node's edges, in both directions.

    Source: A. Barrat, M. Barthélemy, R. Pastor-Satorras, A. Vespignani: The architecture of complex weighted networks, 2004.
    """
    edges, n = graph.edges, len(graph.nodes)
    return (np.bincount(edges[:, 0], edges[:, 2], n) + np.bincount(edges[:, 1], edges[:, 2], n)).astype(np.float64)


def pagerank(graph: NeighborhoodGraph, damping: float = 0.85) -> Floats:
    """How often a random walk along the edges, chosen by weight, is at each node; with probability 1 - damping it restarts at any node.

    The values sum to 1. A directed edge leads from the reader to the instance that is read, an undirected one in both directions. From a
    node without outgoing edges the walk continues at any node.
    Source: S. Brin, L. Page: The anatomy of a large-scale hypertextual web search engine, 1998.
    """
    n = len(graph.nodes)
    if not n:
        return np.zeros(0)
    source, target, weight = _directed_edges(graph)
    out_strength = np.bincount(source, weight, n)
    transition = weight / out_strength[source]
    dangling = out_strength == 0
    rank, previous = np.full(n, 1 / n), np.zeros(n)
    while np.abs(rank - previous).sum() >= _TOLERANCE * n:
        flow = np.bincount(target, rank[source] * transition, n)
        rank, previous = damping * (flow + rank[dangling].sum() / n) + (1 - damping) / n, rank
    ranks: Floats = rank / rank.sum()
    return ranks


def betweenness(
    graph: NeighborhoodGraph, *, max_exact_nodes: int = _MAX_EXACT_NODES, pivots: int = _PIVOTS, seed: int = 1
) -> Floats:
    """For each node, the share of the shortest paths between all ordered pairs of other nodes that pass through it; between 0 and 1.

    Paths are counted in edges, without weights: a weight grows with the posts that were read, so heavy paths would only lead to the busiest
    instances again. The values are exact up to `max_exact_nodes` nodes, and above that estimated from `pivots` sources drawn with `seed`.
    Sources: U. Brandes: A faster algorithm for betweenness centrality, 2001; U. Brandes, C. Pich: Centrality estimation in large
    networks, 2007.
    """
    n = len(graph.nodes)
    if n < 3:
        return np.zeros(n)
    # drawn from the sorted hosts, so that the order of the nodes does not change the result
    sources = np.array(sorted(range(n), key=lambda i: graph.nodes[i].host))
    if n > max_exact_nodes:
        sources = np.random.default_rng(seed).choice(sources, min(pivots, n), replace=False)
    source, target, _ = _directed_edges(graph)
    order = np.lexsort((target, source))
    targets = target[order]
    first = np.searchsorted(source[order], np.arange(n + 1))
    total = np.zeros(n)
    for node in sources.tolist():
        total += _dependencies(node, first, targets)
    return total * n / len(sources) / ((n - 1) * (n - 2))


def _dependencies(source: int, first: Ints, targets: Ints) -> Floats:
    """Brandes' dependencies (delta): the share of the shortest paths from `source` to each other node that pass through a node, summed.

    The edges of node i are targets[first[i]:first[i + 1]].
    """
    n = len(first) - 1
    distance = np.full(n, -1)
    paths = np.zeros(n)
    distance[source], paths[source] = 0, 1.0
    frontier = np.array([source])
    levels: list[tuple[Ints, Ints]] = []
    while len(frontier):
        degree = first[frontier + 1] - first[frontier]
        begin = np.repeat(frontier, degree)
        end = targets[np.arange(len(begin)) + np.repeat(first[frontier] - np.cumsum(degree) + degree, degree)]
        unvisited = distance[end] < 0
        begin, end = begin[unvisited], end[unvisited]
        levels.append((begin, end))
        paths += np.bincount(end, paths[begin], n)
        frontier = np.unique(end)
        distance[frontier] = len(levels)
    delta = np.zeros(n)
    for begin, end in reversed(levels):
        delta += np.bincount(begin, paths[begin] / paths[end] * (1 + delta[end]), n)
    delta[source] = 0.0
    return delta


def _directed_edges(graph: NeighborhoodGraph) -> tuple[Ints, Ints, Floats]:
    """Source, target and weight of each edge; an undirected edge in both directions."""
    source, target, weight = graph.edges.T
    if graph.directed:
        return source, target, weight.astype(np.float64)
    return np.concatenate([source, target]), np.concatenate([target, source]), np.tile(weight, 2).astype(np.float64)
