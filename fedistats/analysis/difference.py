"""What changed significantly between two neighborhoods of one instance: instances and edges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fedistats.analysis.significance import Count, increased, significant_changes
from fedistats.hosts import Host
from fedistats.model import NeighborhoodGraph, Node

Pair = tuple[Host, Host]  # two hosts, sorted
PostsRead = Mapping[Host, tuple[int, int]]  # on the timeline of each host, at the two times
EdgeCounts = dict[Pair, tuple[int, int]]
"""Posts of the second host read on the first, and of the first read on the second."""


@dataclass(frozen=True, slots=True)
class EdgeChange:
    """An edge at two times, in posts."""

    source: Host
    target: Host
    before: int
    after: int
    p_value: float  # the probability of a change this large or larger by chance alone


@dataclass(frozen=True, slots=True)
class NeighborhoodDifference:
    """Two neighborhoods of one start compared. Instances are sorted by strength, edges by significance."""

    new: tuple[Node, ...]  # instances that are only in the later graph, as they are there
    gone: tuple[Node, ...]  # instances that are only in the earlier graph, as they were there
    grew: tuple[EdgeChange, ...]
    shrank: tuple[EdgeChange, ...]  # edges between instances that are neither new nor gone
    matched_timelines: int  # timelines that were read at both times; only these are compared
    unmatched_timelines: int  # those read at only one of the two times; what was read there is not a change


def difference(before: NeighborhoodGraph, after: NeighborhoodGraph, min_posts: int) -> NeighborhoodDifference:
    """Which instances are new or gone, and which edges grew or shrank; two instances are linked if at least `min_posts` posts connect them.

    Both graphs are undirected and contain every pair (built with `min_posts` 1). An instance is new if it has an edge only at the later
    time, and either no post of it was seen before, or significantly more are seen now. The reverse is gone. Only timelines that were read
    at both times are compared, so a timeline that was closed in between changes nothing. For the tests see `significance`.
    """
    nodes_before, nodes_after = ({node.host: node for node in graph.nodes} for graph in (before, after))
    in_both = nodes_before.keys() & nodes_after.keys()
    posts_read = {host: (nodes_before[host].posts_read, nodes_after[host].posts_read) for host in in_both}
    posts_read = {host: posts for host, posts in posts_read.items() if all(posts)}
    edges_before, edges_after = _edge_counts(before), _edge_counts(after)
    linked_before, linked_after = _linked(edges_before, min_posts), _linked(edges_after, min_posts)
    incoming = _incoming(edges_before, edges_after, posts_read)
    new = {h for h in linked_after - linked_before - nodes_before.keys() if h in incoming and incoming[h].after}
    gone = {h for h in linked_before - linked_after - nodes_after.keys() if h in incoming and incoming[h].before}
    in_doubt = (linked_before ^ linked_after) & in_both & incoming.keys()
    for host, _ in significant_changes({host: [incoming[host]] for host in in_doubt}):
        rose = increased([incoming[host]])
        if rose and host in linked_after:
            new.add(host)
        elif not rose and host in linked_before:
            gone.add(host)
    grew, shrank = _edge_changes(edges_before, edges_after, posts_read, min_posts, new | gone)
    timelines = sum(bool(node.posts_read) for nodes in (nodes_before, nodes_after) for node in nodes.values())
    appeared = _by_strength(nodes_after[host] for host in new)
    disappeared = _by_strength(nodes_before[host] for host in gone)
    matched = len(posts_read)
    return NeighborhoodDifference(appeared, disappeared, grew, shrank, matched, timelines - 2 * matched)


def _edge_counts(graph: NeighborhoodGraph) -> EdgeCounts:
    hosts = [node.host for node in graph.nodes]
    counts: EdgeCounts = {}
    for (a, b, _), (on_a, on_b) in zip(graph.edges.tolist(), graph.incoming.tolist(), strict=True):
        first, second = hosts[a], hosts[b]
        if first < second:
            counts[first, second] = (on_a, on_b)
        else:
            counts[second, first] = (on_b, on_a)
    return counts


def _linked(counts: EdgeCounts, min_posts: int) -> set[Host]:
    """The hosts with an edge of at least `min_posts` posts."""
    return {host for pair, posts in counts.items() if sum(posts) >= min_posts for host in pair}


def _incoming(before: EdgeCounts, after: EdgeCounts, posts_read: PostsRead) -> dict[Host, Count]:
    """Posts of each instance that were read on the timelines of others, on those that were read at both times."""
    sums: dict[Host, list[int]] = {}
    for time, counts in enumerate((before, after)):
        for (first, second), (on_first, on_second) in counts.items():
            for reader, origin, posts in ((first, second, on_first), (second, first, on_second)):
                if reader in posts_read and posts:
                    sums.setdefault(origin, [0, 0])[time] += posts
    total = [sum(posts[time] for posts in posts_read.values()) for time in (0, 1)]
    incoming = {}
    for host, (posts_before, posts_after) in sums.items():
        own = posts_read.get(host, (0, 0))
        incoming[host] = Count(posts_before, posts_after, total[0] - own[0], total[1] - own[1])
    return incoming


def _edge_changes(
    before: EdgeCounts, after: EdgeCounts, posts_read: PostsRead, min_posts: int, ignored: set[Host]
) -> tuple[tuple[EdgeChange, ...], tuple[EdgeChange, ...]]:
    """The edges that grew and those that shrank significantly, among those with `min_posts` posts at one time; not of `ignored` hosts."""
    compared: dict[Pair, list[Count]] = {}
    for pair in before.keys() | after.keys():
        posts_before, posts_after = before.get(pair, (0, 0)), after.get(pair, (0, 0))
        if max(sum(posts_before), sum(posts_after)) >= min_posts and ignored.isdisjoint(pair):
            compared[pair] = [
                Count(b, a, *posts_read[reader])
                for reader, b, a in zip(pair, posts_before, posts_after, strict=True)
                if reader in posts_read
            ]
    grew: list[EdgeChange] = []
    shrank: list[EdgeChange] = []
    for pair, p in significant_changes(compared):
        counts = compared[pair]
        change = EdgeChange(*pair, sum(count.before for count in counts), sum(count.after for count in counts), p)
        (grew if increased(counts) else shrank).append(change)
    return tuple(grew), tuple(shrank)


def _by_strength(nodes: Iterable[Node]) -> tuple[Node, ...]:
    return tuple(sorted(nodes, key=lambda node: (-node.strength, node.host)))
