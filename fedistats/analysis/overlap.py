"""How much two neighborhoods have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fedistats.hosts import Host


@dataclass(frozen=True, slots=True)
class Overlap:
    """The neighbors of two instances side by side."""

    shared: int
    """Instances that are neighbors of both."""
    union: int
    """Instances that are neighbors of at least one."""
    jaccard: float
    """Shared of either: 0 nothing in common, 1 the same; 0 where there is nobody."""
    weighted: float
    """The same by posts: which part of both conversations is with the same instances, in the same measure."""


def overlap(one: Mapping[Host, int], other: Mapping[Host, int]) -> Overlap:
    """Of two sets of neighbors with their posts. The weighted figure takes each instance's share of the posts on either side.

    Sources: P. Jaccard: The distribution of the flora in the alpine zone, 1912; M. Ružička: Anwendung mathematisch-statistischer
    Methoden in der Geobotanik, 1958 (the sum of the smaller shares over the sum of the bigger ones).
    """
    both, either = one.keys() & other.keys(), one.keys() | other.keys()
    mine, theirs = sum(one.values()), sum(other.values())
    # summed in order: sets have none, and the last digits of a sum depend on it
    shares = [(one.get(host, 0) / max(mine, 1), other.get(host, 0) / max(theirs, 1)) for host in sorted(either)]
    more = sum(max(pair) for pair in shares)
    return Overlap(
        shared=len(both),
        union=len(either),
        jaccard=len(both) / len(either) if either else 0.0,
        weighted=sum(min(pair) for pair in shares) / more if more else 0.0,
    )
