"""Neighborhood graphs for tests, also large ones with planted communities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from fedistats.hosts import Host
from fedistats.model import About, Coverage, NeighborhoodGraph, Node, Outcome


def neighborhood(
    edges: Iterable[tuple[str, str, int]],
    *,
    start: str,
    visited: Iterable[str] | None = None,
    others: Sequence[str] = (),
    directed: bool = False,
) -> NeighborhoodGraph:
    """The neighborhood with these edges (host, host, posts). All instances are complete unless `visited` lists those that are."""
    edges = list(edges)
    hosts = sorted({host for one, other, _ in edges for host in (one, other)} | {start, *others})
    index = {host: i for i, host in enumerate(hosts)}
    pairs = sorted(
        (index[one], index[other], posts) if directed or one < other else (index[other], index[one], posts)
        for one, other, posts in edges
    )
    rows = np.array(pairs, dtype=np.int64).reshape(-1, 3)
    strength = np.bincount(rows[:, 0], rows[:, 2], len(hosts)) + np.bincount(rows[:, 1], rows[:, 2], len(hosts))
    complete = set(hosts if visited is None else visited)
    nodes = tuple(
        Node(Host(host), Outcome.COMPLETE if host in complete else Outcome.NOT_ASKED, strength=int(strength[i]))
        for i, host in enumerate(hosts)
    )
    complete_count = sum(node.outcome is Outcome.COMPLETE for node in nodes)
    return NeighborhoodGraph(
        About(
            Host(start), "2030-01-02T03:04:05Z", {"posts": 200, "min_posts": 5, "rule": "an edge of a test"}, "9.9.9"
        ),
        Coverage({Outcome.COMPLETE: complete_count, Outcome.NOT_ASKED: len(nodes) - complete_count}),
        Host(start),
        directed,
        nodes,
        rows,
        one_way(rows),
    )


def one_way(edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """The `incoming` counts of edges whose posts were all read on the timeline of their first instance."""
    return np.column_stack([edges[:, 2], np.zeros(len(edges), dtype=np.int64)])


def planted_graph(n: int, m: int, groups: int = 12, seed: int = 1) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """A scale-free graph with planted communities: m edges (index, index, posts), and the community of each of n nodes.

    Node 0 is a hub with n/2 edges. Three quarters of all other edges are inside a community.
    """
    rng = np.random.default_rng(seed)
    community = rng.integers(0, groups, n)
    pull = rng.pareto(1.6, n) + 0.3
    chance = pull / pull.sum()
    members = [np.flatnonzero(community == c) for c in range(groups)]
    seen = {(0, int(other)) for other in rng.choice(np.arange(1, n), n // 2, replace=False)}
    while len(seen) < m:
        count = m - len(seen)
        one, other = rng.choice(n, count, p=chance), rng.choice(n, count, p=chance)
        inside = rng.random(count) < 0.75
        for c, own in enumerate(members):
            chosen = inside & (community[one] == c)
            other[chosen] = rng.choice(own, int(chosen.sum()), p=pull[own] / pull[own].sum())
        seen |= {(min(a, b), max(a, b)) for a, b in zip(one.tolist(), other.tolist(), strict=True) if a != b}
    pairs = np.array(sorted(seen), dtype=np.int64)
    posts = 5 + np.floor(rng.pareto(1.3, len(pairs)) * 4).astype(np.int64)
    return np.column_stack([pairs, posts]), community


def planted_neighborhood(
    n: int, m: int, *, groups: int = 12, seed: int = 1, directed: bool = False
) -> NeighborhoodGraph:
    """A planted graph as a neighborhood. Every third instance was visited."""
    rows, community = planted_graph(n, m, groups, seed)
    hosts = [f"{'abcdefghijklmnop'[community[i]]}{i}.town.example" for i in range(n)]
    edges = [(hosts[one], hosts[other], posts) for one, other, posts in rows.tolist()]
    return neighborhood(edges, start=hosts[0], visited=hosts[::3], others=hosts, directed=directed)
