"""The neighbors of the start: the instances that an edge connects with it."""

from __future__ import annotations

from dataclasses import dataclass

from fedistats.hosts import Host
from fedistats.model import NeighborhoodGraph


@dataclass(frozen=True, slots=True)
class Neighbor:
    """A neighbor of the start. For mentions, `here` counts the start's posts that mention people of the neighbor."""

    host: Host
    posts: int  # posts that connect the two, in both directions
    here: int  # posts of the neighbor that were read on the start
    there: int  # posts of the start that were read on the neighbor
    here_per_1000: float | None  # `here` per 1,000 posts read on the start; None if no post was read there
    there_per_1000: float | None  # `there` per 1,000 posts read on the neighbor; None if no post was read there


def neighbors(graph: NeighborhoodGraph) -> tuple[Neighbor, ...]:
    """All neighbors of the start, most posts first, then by host. In a directed graph, both edges of a pair are one neighbor."""
    posts_read = {node.host: node.posts_read for node in graph.nodes}
    hosts = [node.host for node in graph.nodes]
    counts: dict[Host, tuple[int, int]] = {}
    for (a, b, _), (on_a, on_b) in zip(graph.edges.tolist(), graph.incoming.tolist(), strict=True):
        if graph.start in (hosts[a], hosts[b]):
            other, here, there = (hosts[b], on_a, on_b) if hosts[a] == graph.start else (hosts[a], on_b, on_a)
            previous = counts.get(other, (0, 0))
            counts[other] = (previous[0] + here, previous[1] + there)
    read_here = posts_read.get(graph.start, 0)
    return tuple(
        Neighbor(host, here + there, here, there, _per_1000(here, read_here), _per_1000(there, posts_read[host]))
        for host, (here, there) in sorted(counts.items(), key=lambda item: (-sum(item[1]), item[0]))
    )


def neighbor_posts(graph: NeighborhoodGraph) -> dict[Host, int]:
    """The neighbors of the start and the posts that connect them, in both directions."""
    return {neighbor.host: neighbor.posts for neighbor in neighbors(graph)}


def _per_1000(posts: int, posts_read: int) -> float | None:
    return round(1000 * posts / posts_read, 1) if posts_read else None
