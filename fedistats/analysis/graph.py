"""The graph of a neighborhood, built from posts by timeline and origin.

A post connects the instance on whose public timeline it was read and the instance it was written on. The weight of an undirected edge is
the number of distinct posts that connect the two instances, in either direction. A directed edge A -> B counts posts of B read on A.
For mentions, a post connects the instance it was written on and each instance whose users it mentions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from fedistats.analysis.arrays import Ints
from fedistats.hosts import Host
from fedistats.model import About, Coverage, HostOutcome, NeighborhoodGraph, Node, Outcome, TimelineResult
from fedistats.servers.bridges import bridge_kind

if TYPE_CHECKING:
    import networkx as nx


def rule(min_posts: int, *, directed: bool, mentions: bool = False) -> str:
    """What makes an edge, as the beginning of a sentence for captions."""
    posts = f"at least {min_posts} distinct posts" if min_posts > 1 else "a post"
    if mentions:
        verb = "mention" if min_posts > 1 else "mentions"
        if directed:
            return f"an edge A → B if {posts} of people on A {verb} people of B"
        return (
            f"two instances are linked if {posts} of people of one {verb} people of the other, counting both directions"
        )
    if directed:
        return f"an edge A → B if {posts} of B {'were' if min_posts > 1 else 'was'} read on A"
    return f"two instances are linked if {posts} {'connect' if min_posts > 1 else 'connects'} them, counting both directions"


def build(
    about: About,
    start: Host,
    timelines: Iterable[TimelineResult],
    sightings: Ints,
    hosts: Mapping[int, Host],
    *,
    min_posts: int,
    directed: bool,
    listed: Iterable[Host] = (),
) -> NeighborhoodGraph:
    """The graph around `start`: all edges of at least `min_posts` posts, the instances that they connect, and the start.

    `sightings` has the shape (n, 3): timeline id, host number (a key of `hosts`) of the instance that posts on it were written on, number
    of posts. The hosts in `listed` count as found even if no post names them.
    """
    by_host = _timeline_per_server(timelines)
    aliases = {timeline.api_host: host for host, timeline in by_host.items() if timeline.api_host != host}
    timeline_ids = np.array([timeline.id for timeline in by_host.values()], dtype=np.int64)
    sightings = sightings[np.isin(sightings[:, 0], timeline_ids)]
    origin_numbers, origin_index = np.unique(sightings[:, 1], return_inverse=True)
    origins = [aliases.get(name, name) for name in (hosts[number] for number in origin_numbers.tolist())]
    names = sorted({start, *by_host, *origins, *(aliases.get(host, host) for host in listed)})
    index = {host: i for i, host in enumerate(names)}
    reader_of_timeline = np.zeros(timeline_ids.max(initial=-1) + 1, dtype=np.int64)
    reader_of_timeline[timeline_ids] = [index[host] for host in by_host]
    writers = np.array([index[host] for host in origins], dtype=np.int64)
    readers, writers = reader_of_timeline[sightings[:, 0]], writers[origin_index.ravel()]
    edges, incoming = _edges(readers, writers, sightings[:, 2], len(names), min_posts, directed=directed)
    connected = np.unique(np.append(edges[:, :2], index[start]))
    strength = np.bincount(edges[:, 0], edges[:, 2], len(names)) + np.bincount(edges[:, 1], edges[:, 2], len(names))
    outcomes = tuple(_host_outcome(host, by_host.get(host)) for host in names)
    nodes = tuple(
        Node(end.host, end.outcome, end.reason, int(strength[i]), end.posts_read, kind=bridge_kind(end.host))
        for i, end in ((i, outcomes[i]) for i in connected.tolist())
    )
    edges[:, :2] = np.searchsorted(connected, edges[:, :2])
    return NeighborhoodGraph(
        about=about,
        coverage=coverage(by_host, len(names)),
        start=start,
        directed=directed,
        nodes=nodes,
        edges=edges,
        incoming=incoming,
        start_local_only=start in by_host and by_host[start].feed == "local" and by_host[start].outcome.answered,
        host_outcomes=outcomes,
    )


def within_reach(
    timelines: Iterable[TimelineResult],
    sightings: Ints,
    hosts: Mapping[int, Host],
    start: Host,
    depth: int,
    listed: Iterable[Host] = (),
) -> list[TimelineResult]:
    """The timelines that a crawl would have read had it seen only these sightings: the start's, those of hosts found on it, and so on."""
    timelines = list(timelines)
    found = {start, *listed}
    reached = [timeline for timeline in timelines if timeline.host == start]
    for _ in range(depth):
        on_reached = np.isin(sightings[:, 0], [timeline.id for timeline in reached])
        found |= {hosts[number] for number in np.unique(sightings[on_reached, 1]).tolist()}
        reached = [timeline for timeline in timelines if not found.isdisjoint((timeline.host, timeline.api_host))]
    return reached


def coverage(by_host: Mapping[Host, TimelineResult], found: int) -> Coverage:
    """The outcomes of the `found` instances. Those without a timeline were not visited."""
    outcomes = dict.fromkeys(Outcome, 0)
    for timeline in by_host.values():
        outcomes[timeline.outcome] += 1
    outcomes[Outcome.NOT_ASKED] += found - len(by_host)
    return Coverage(
        outcomes={outcome: n for outcome, n in outcomes.items() if n},
        posts_read=sum(timeline.posts_read for timeline in by_host.values()),
        posts_left_out=sum(timeline.left_out for timeline in by_host.values()),
        local_only=sum(timeline.feed == "local" and timeline.outcome.answered for timeline in by_host.values()),
    )


def to_networkx(graph: NeighborhoodGraph) -> nx.Graph[str]:
    """The graph as a networkx Graph, or DiGraph if it is directed. Nodes are host names, edges have a `weight`."""
    import networkx as nx

    result: nx.Graph[str] = nx.DiGraph() if graph.directed else nx.Graph()
    for node in graph.nodes:
        community = -1 if node.community is None else node.community
        counts = {"strength": node.strength, "posts_read": node.posts_read, "community": community}
        result.add_node(node.host, outcome=str(node.outcome), answered=node.outcome.answered, **counts)
    hosts = [node.host for node in graph.nodes]
    result.add_weighted_edges_from((hosts[a], hosts[b], posts) for a, b, posts in graph.edges.tolist())
    return result


def _host_outcome(host: Host, timeline: TimelineResult | None) -> HostOutcome:
    if timeline is None:
        return HostOutcome(host, Outcome.NOT_ASKED)
    return HostOutcome(host, timeline.outcome, timeline.reason, timeline.posts_read)


def _timeline_per_server(timelines: Iterable[TimelineResult]) -> dict[Host, TimelineResult]:
    """One timeline per server, by host: the public one, or the local one if the public one is closed; each server under one name."""
    by_host: dict[Host, TimelineResult] = {}
    for timeline in sorted(timelines, key=lambda t: (t.host, t.feed != "public")):
        previous = by_host.get(timeline.host)
        if previous is None or previous.outcome is Outcome.CLOSED:
            by_host[timeline.host] = timeline
    api_hosts = {t.api_host for t in by_host.values() if t.api_host != t.host and t.outcome.answered}
    return {host: timeline for host, timeline in by_host.items() if host not in api_hosts}


def _edges(readers: Ints, writers: Ints, posts: Ints, n: int, min_posts: int, *, directed: bool) -> tuple[Ints, Ints]:
    """The `edges` and `incoming` of a NeighborhoodGraph, from the reader, the writer and the number of posts of each sighting."""
    between = readers != writers
    readers, writers, posts = readers[between], writers[between], posts[between]
    swapped = (readers > writers) & (not directed)
    pairs, inverse = np.unique(
        np.where(swapped, writers, readers) * n + np.where(swapped, readers, writers), return_inverse=True
    )
    inverse = inverse.ravel()
    incoming = np.column_stack([np.bincount(inverse, posts * way, len(pairs)) for way in (~swapped, swapped)])
    incoming = incoming.astype(np.int64).reshape(-1, 2)
    weights = incoming.sum(axis=1)
    kept = weights >= min_posts
    edges = np.column_stack((pairs[kept] // n, pairs[kept] % n, weights[kept])).astype(np.int64).reshape(-1, 3)
    return edges, incoming[kept]
