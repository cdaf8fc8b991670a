"""From the store's counts to the graph of a neighborhood, and what can be said of it.

A post connects the instance on whose public timeline it was read and the instance it was written on. Undirected, the weight of an
edge is the number of distinct posts that connect the two, in either direction; directed, A -> B counts the posts of B read on A.
Of mentions: a post connects the instance it was written on with each instance whose people it mentions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from fedistats.hosts import Host
from fedistats.model import About, Coverage, HostOutcome, NeighborhoodGraph, Node, Outcome, TimelineResult
from fedistats.servers.bridges import bridge_kind

if TYPE_CHECKING:
    import networkx as nx
    from numpy.typing import NDArray


def rule(min_posts: int, *, directed: bool, mentions: bool = False) -> str:
    """The rule for edges, in a sentence for captions."""
    if mentions:
        ways = (
            "each direction by itself (A → B: posts on A that mention people of B)"
            if directed
            else "both directions added"
        )
        posts = f"at least {min_posts} distinct posts" if min_posts > 1 else "a post"
        verb = "mention" if min_posts > 1 else "mentions"
        return f"an edge where {posts} of people of one instance {verb} people of the other, {ways}"
    ways = "each direction by itself (A → B: posts of B read on A)" if directed else "both directions added"
    posts = f"at least {min_posts} distinct posts connect" if min_posts > 1 else "a post connects"
    return f"an edge where {posts} two instances, {ways}"


def build(
    about: About,
    start: Host,
    readings: Iterable[TimelineResult],
    sightings: NDArray[np.int64],
    hosts: Mapping[int, Host],
    *,
    min_posts: int,
    directed: bool,
    listed: Iterable[Host] = (),
) -> NeighborhoodGraph:
    """The neighborhood of `start`: every edge of at least `min_posts` posts, the instances that these connect, and the start.

    `sightings` has the shape (n, 3): the id of a reading, the number in `hosts` of the instance that posts on it were written on,
    and how many they are. `listed` are instances that count as found, wherever they were.
    """
    chosen = _one_per_server(readings)
    alias = {reading.api_host: host for host, reading in chosen.items() if reading.api_host != host}
    timelines = np.array([reading.id for reading in chosen.values()], dtype=np.int64)
    sightings = sightings[np.isin(sightings[:, 0], timelines)]
    origins, at = np.unique(sightings[:, 1], return_inverse=True)
    heard = [alias.get(name, name) for name in (hosts[number] for number in origins.tolist())]
    names = sorted({start, *chosen, *heard, *(alias.get(host, host) for host in listed)})
    index = {host: i for i, host in enumerate(names)}
    position = np.zeros(timelines.max(initial=-1) + 1, dtype=np.int64)
    position[timelines] = [index[host] for host in chosen]
    writers = np.array([index[host] for host in heard], dtype=np.int64)
    edges, directions = _edges(
        position[sightings[:, 0]], writers[at.ravel()], sightings[:, 2], len(names), min_posts, directed=directed
    )
    connected = np.unique(np.append(edges[:, :2], index[start]))
    strength = np.bincount(edges[:, 0], edges[:, 2], len(names)) + np.bincount(edges[:, 1], edges[:, 2], len(names))
    nodes = []
    for i in connected.tolist():
        reading = chosen.get(names[i])
        nodes.append(
            Node(
                host=names[i],
                outcome=reading.outcome if reading else Outcome.NOT_ASKED,
                reason=reading.reason if reading else "",
                strength=int(strength[i]),
                posts_read=reading.posts_read if reading else 0,
                kind=bridge_kind(names[i]),
            )
        )
    edges[:, :2] = np.searchsorted(connected, edges[:, :2])
    return NeighborhoodGraph(
        about=about,
        coverage=coverage(chosen, len(names)),
        start=start,
        directed=directed,
        nodes=tuple(nodes),
        edges=edges,
        incoming=directions,
        start_local_only=start in chosen and chosen[start].feed == "local" and chosen[start].outcome.answered,
        host_outcomes=tuple(_ending(host, chosen.get(host)) for host in names),
    )


def within_reach(
    readings: Iterable[TimelineResult],
    sightings: NDArray[np.int64],
    hosts: Mapping[int, Host],
    start: Host,
    depth: int,
    listed: Iterable[Host] = (),
) -> list[TimelineResult]:
    """The readings that would have been made, had these sightings been all: of the start, of those found on it, and so on."""
    every = list(readings)
    reached = {start, *listed}
    near = [one for one in every if one.host == start]
    for _ in range(depth):
        heard = np.isin(sightings[:, 0], [one.id for one in near])
        reached |= {hosts[number] for number in np.unique(sightings[heard, 1]).tolist()}
        near = [one for one in every if not reached.isdisjoint((one.host, one.api_host))]
    return near


def _ending(host: Host, reading: TimelineResult | None) -> HostOutcome:
    if reading is None:
        return HostOutcome(host, Outcome.NOT_ASKED)
    return HostOutcome(host, reading.outcome, reading.reason, reading.posts_read)


def coverage(chosen: Mapping[Host, TimelineResult], found: int) -> Coverage:
    """How it ended with each of the `found` instances; those without a reading were not asked."""
    outcomes = dict.fromkeys(Outcome, 0)
    for reading in chosen.values():
        outcomes[reading.outcome] += 1
    outcomes[Outcome.NOT_ASKED] += found - len(chosen)
    return Coverage(
        outcomes={outcome: n for outcome, n in outcomes.items() if n},
        posts_read=sum(reading.posts_read for reading in chosen.values()),
        posts_left_out=sum(reading.left_out for reading in chosen.values()),
        local_only=sum(reading.feed == "local" and reading.outcome.answered for reading in chosen.values()),
    )


def _one_per_server(readings: Iterable[TimelineResult]) -> dict[Host, TimelineResult]:
    """One reading for each server: everything that reached it where it shows that, else its local posts; and never under two names."""
    chosen: dict[Host, TimelineResult] = {}
    for reading in sorted(readings, key=lambda r: (r.host, r.feed != "public")):
        known = chosen.get(reading.host)
        if known is None or (not known.outcome.answered and known.outcome is Outcome.CLOSED):
            chosen[reading.host] = reading
    domains = {r.api_host: r.host for r in chosen.values() if r.api_host != r.host and r.outcome.answered}
    return {host: reading for host, reading in chosen.items() if host not in domains}


def _edges(
    readers: NDArray[np.int64],
    writers: NDArray[np.int64],
    posts: NDArray[np.int64],
    n: int,
    min_posts: int,
    *,
    directed: bool,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The pairs with enough posts, sorted by both ends: (ends and weight), (posts of the second read on the first, and the reverse)."""
    strangers = readers != writers
    readers, writers, posts = readers[strangers], writers[strangers], posts[strangers]
    turned = (readers > writers) & (not directed)
    pairs, inverse = np.unique(
        np.where(turned, writers, readers) * n + np.where(turned, readers, writers), return_inverse=True
    )
    inverse = inverse.ravel()
    heard = np.column_stack([np.bincount(inverse, posts * way, len(pairs)) for way in (~turned, turned)])
    heard = heard.astype(np.int64).reshape(-1, 2)
    weights = heard.sum(axis=1)
    kept = weights >= min_posts
    edges = np.column_stack((pairs[kept] // n, pairs[kept] % n, weights[kept])).astype(np.int64).reshape(-1, 3)
    return edges, heard[kept]


def to_networkx(neighborhood: NeighborhoodGraph) -> nx.Graph[str]:
    """The neighborhood as a networkx Graph (DiGraph where directed): nodes are host names, edges carry `weight`."""
    import networkx as nx

    graph: nx.Graph[str] = nx.DiGraph() if neighborhood.directed else nx.Graph()
    for node in neighborhood.nodes:
        graph.add_node(
            node.host,
            outcome=str(node.outcome),
            answered=node.outcome.answered,
            strength=node.strength,
            posts_read=node.posts_read,
            community=-1 if node.community is None else node.community,
        )
    hosts: Sequence[Host] = [node.host for node in neighborhood.nodes]
    graph.add_weighted_edges_from((hosts[a], hosts[b], posts) for a, b, posts in neighborhood.edges.tolist())
    return graph
