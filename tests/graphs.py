"""Neighborhoods for tests of pictures: made up, small or big, with communities planted in them."""

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
    asked: Iterable[str] | None = None,
    others: Sequence[str] = (),
    directed: bool = False,
) -> NeighborhoodGraph:
    """The neighborhood with these edges (host, host, posts); all of it was asked where `asked` does not say otherwise."""
    found = list(edges)
    hosts = sorted({host for one, other, _ in found for host in (one, other)} | {start, *others})
    index = {host: i for i, host in enumerate(hosts)}
    pairs = sorted(
        (index[one], index[other], posts) if directed or one < other else (index[other], index[one], posts)
        for one, other, posts in found
    )
    rows = np.array(pairs, dtype=np.int64).reshape(-1, 3)
    strength = np.bincount(rows[:, 0], rows[:, 2], len(hosts)) + np.bincount(rows[:, 1], rows[:, 2], len(hosts))
    answered = set(hosts if asked is None else asked)
    nodes = tuple(
        Node(Host(host), Outcome.COMPLETE if host in answered else Outcome.NOT_ASKED, strength=int(strength[i]))
        for i, host in enumerate(hosts)
    )
    whole = sum(node.outcome is Outcome.COMPLETE for node in nodes)
    return NeighborhoodGraph(
        About(
            Host(start), "2030-01-02T03:04:05Z", {"posts": 200, "min_posts": 5, "rule": "an edge of a test"}, "9.9.9"
        ),
        Coverage({Outcome.COMPLETE: whole, Outcome.NOT_ASKED: len(nodes) - whole}),
        Host(start),
        directed,
        nodes,
        rows,
        heard(rows),
    )


def heard(edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of edges whose every post was read on the timeline of their first instance: that, and none the other way."""
    return np.column_stack([edges[:, 2], np.zeros(len(edges), dtype=np.int64)])


def planted(n: int, m: int, groups: int = 12, seed: int = 1) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """A scale-free graph with planted communities: m edges (index, index, posts), and the community of each of n nodes.

    Node 0 is a hub with n/2 edges; of all other edges three of four lie inside a community.
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


def town(n: int, m: int, *, groups: int = 12, seed: int = 1, directed: bool = False) -> NeighborhoodGraph:
    """A planted graph as a neighborhood: every third instance was asked."""
    rows, community = planted(n, m, groups, seed)
    hosts = [f"{'abcdefghijklmnop'[community[i]]}{i}.town.example" for i in range(n)]
    edges = [(hosts[one], hosts[other], posts) for one, other, posts in rows.tolist()]
    return neighborhood(edges, start=hosts[0], asked=hosts[::3], others=hosts, directed=directed)
