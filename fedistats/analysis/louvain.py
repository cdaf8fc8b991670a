"""The Louvain method: communities of high modularity."""

from __future__ import annotations

import numpy as np

from fedistats.analysis.arrays import Floats, Ints

_MAX_RUNS = 8
_MAX_VISITED_EDGES = 150_000  # edge ends: in large graphs there are fewer runs


def louvain(n: int, edges: Ints) -> Ints:
    """The community of each of n nodes, as an arbitrary number.

    `edges` has the shape (m, 3): two node indices and a weight, in any order and direction. The result is the best of several runs: the
    first visits the nodes in their order, the others in random orders from a fixed seed. Of two equal gains the first one is taken.
    Source: V. Blondel, J.-L. Guillaume, R. Lambiotte, E. Lefebvre: Fast unfolding of communities in large networks, 2008.
    """
    source = np.concatenate([edges[:, 0], edges[:, 1]])
    target = np.concatenate([edges[:, 1], edges[:, 0]])
    source, target, weight = _sum_parallel_edges(source, target, np.tile(edges[:, 2], 2).astype(np.float64), n)
    rng = np.random.default_rng(1)
    best, best_modularity = np.arange(n), -np.inf
    order = np.arange(n)
    for _ in range(max(1, min(_MAX_RUNS, _MAX_VISITED_EDGES // max(len(source), 1)))):
        groups = _run(n, source, target, weight, order)
        value = modularity(n, edges, groups)
        if value > best_modularity + 1e-12:
            best, best_modularity = groups, value
        order = rng.permutation(n)
    return best


def modularity(n: int, edges: Ints, groups: Ints) -> float:
    """The modularity of a partition: below 1; 0 if there is no edge.

    Source: M. E. J. Newman, M. Girvan: Finding and evaluating community structure in networks, 2004, with weights.
    """
    source, target, weight = edges.T
    total = float(weight.sum())
    if not total:
        return 0.0
    inside = float(weight[groups[source] == groups[target]].sum())
    strength = np.bincount(source, weight, n) + np.bincount(target, weight, n)
    return inside / total - float((np.bincount(groups, strength) ** 2).sum()) / (4 * total**2)


def _run(n: int, source: Ints, target: Ints, weight: Floats, order: Ints) -> Ints:
    """Merge nodes into communities, then these communities, and so on; then move single nodes again, until nothing improves."""
    groups, previous = np.arange(n), np.full(n, -1)
    while not np.array_equal(groups, previous):
        previous = groups
        groups = _move_nodes(n, source, target, weight, groups, order)
        while True:
            names, groups = np.unique(groups, return_inverse=True)
            size = len(names)
            community_edges = _sum_parallel_edges(groups[source], groups[target], weight, size)
            merged = _move_nodes(size, *community_edges, np.arange(size), np.arange(size))
            groups = merged[groups]
            if len(np.unique(merged)) == size:
                break
        # name each community after its first node, so that equal partitions have equal names
        groups = np.unique(groups, return_index=True)[1][np.unique(groups, return_inverse=True)[1]]
    return groups


def _sum_parallel_edges(source: Ints, target: Ints, weight: Floats, n: int) -> tuple[Ints, Ints, Floats]:
    """One edge for each pair of nodes, with the sum of the weights; sorted."""
    keys, inverse = np.unique(source * n + target, return_inverse=True)
    return keys // n, keys % n, np.bincount(inverse, weight, len(keys)).astype(np.float64)


def _move_nodes(n: int, source: Ints, target: Ints, weight: Floats, start: Ints, order: Ints) -> Ints:
    """From the partition `start`, move each node to the neighboring community with the largest gain of modularity, until none gains."""
    first = np.searchsorted(source, np.arange(n + 1)).tolist()
    targets, weights = target.tolist(), weight.tolist()
    strength = np.bincount(source, weight, n).tolist()
    total_strength = sum(strength)
    groups = start.tolist()
    group_strength = np.bincount(start, strength, n).tolist()
    queue = order.tolist()
    while queue:
        affected: set[int] = set()
        for node in queue:
            links: dict[int, float] = {}
            for k in range(first[node], first[node + 1]):
                neighbor = targets[k]
                if neighbor != node:
                    links[groups[neighbor]] = links.get(groups[neighbor], 0.0) + weights[k]
            current = groups[node]
            share = strength[node] / total_strength if total_strength else 0.0
            group_strength[current] -= strength[node]
            best, best_gain = current, links.get(current, 0.0) - group_strength[current] * share
            for candidate, link in links.items():
                gain = link - group_strength[candidate] * share
                if gain > best_gain + 1e-9:
                    best, best_gain = candidate, gain
            group_strength[best] += strength[node]
            if best != current:
                groups[node] = best
                affected.update(
                    neighbor for neighbor in targets[first[node] : first[node + 1]] if groups[neighbor] != best
                )
        queue = sorted(affected)
    return np.array(groups, dtype=np.int64)
