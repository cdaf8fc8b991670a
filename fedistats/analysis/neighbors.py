"""With whom the start itself is tied: its neighbors, in both directions."""

from __future__ import annotations

from dataclasses import dataclass

from fedistats.hosts import Host
from fedistats.model import NeighborhoodGraph


@dataclass(frozen=True, slots=True)
class Neighbor:
    """An instance that an edge connects with the start. Of mentions, "here" are the start's posts that mention the neighbor's people."""

    host: Host
    posts: int
    """That connect the two, in both directions."""
    here: int
    """Posts of the neighbor that were read on the start."""
    there: int
    """Posts of the start that were read on the neighbor."""
    here_per_1000: float | None
    """`here` of 1,000 posts that were read on the start; None where none was read."""
    there_per_1000: float | None
    """`there` of 1,000 posts that were read on the neighbor."""


def neighbors(found: NeighborhoodGraph) -> tuple[Neighbor, ...]:
    """All of them, the strongest first. Directed, an edge of one direction tells that direction alone."""
    nodes = {node.host: node for node in found.nodes}
    hosts = [node.host for node in found.nodes]
    ties: dict[Host, tuple[int, int]] = {}
    for (a, b, _), (on_first, on_second) in zip(found.edges.tolist(), found.incoming.tolist(), strict=True):
        if found.start in (hosts[a], hosts[b]):
            first = hosts[a] == found.start
            here, there = (on_first, on_second) if first else (on_second, on_first)
            before = ties.get(other := hosts[b] if first else hosts[a], (0, 0))
            ties[other] = (before[0] + here, before[1] + there)
    return tuple(
        Neighbor(
            other,
            here + there,
            here,
            there,
            _rate(here, nodes[found.start].posts_read),
            _rate(there, nodes[other].posts_read),
        )
        for other, (here, there) in sorted(ties.items(), key=lambda tie: (-sum(tie[1]), tie[0]))
    )


def neighbor_posts(graph: NeighborhoodGraph) -> dict[Host, int]:
    """The neighbors of the start and the posts that connect them, in both directions."""
    return {neighbor.host: neighbor.posts for neighbor in neighbors(graph)}


def _rate(posts: int, read: int) -> float | None:
    return round(1000 * posts / read, 1) if read else None
