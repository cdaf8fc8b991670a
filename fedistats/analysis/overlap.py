"""How much the neighbors of two instances overlap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fedistats.hosts import Host


@dataclass(frozen=True, slots=True)
class Overlap:
    """The overlap of the neighbors of two instances."""

    shared: int  # instances that are neighbors of both
    union: int  # instances that are neighbors of at least one
    jaccard: float
    """shared / union: 0 if they have no neighbor in common (or none at all), 1 if their neighbors are the same."""
    weighted: float  # the same, weighted by each neighbor's share of the posts: 1 if the shares are the same


def overlap(first: Mapping[Host, int], second: Mapping[Host, int]) -> Overlap:
    """The overlap of two sets of neighbors, given as posts by host.

    Sources: P. Jaccard: The distribution of the flora in the alpine zone, 1912; for the weighted index (the sum of the smaller shares over
    the sum of the larger ones) M. Ružička: Anwendung mathematisch-statistischer Methoden in der Geobotanik, 1958.
    """
    shared, union = first.keys() & second.keys(), first.keys() | second.keys()
    first_total, second_total = sum(first.values()), sum(second.values())
    # sorted, because the last digits of a sum depend on the order, and sets have none
    shares = [
        (first.get(host, 0) / max(first_total, 1), second.get(host, 0) / max(second_total, 1)) for host in sorted(union)
    ]
    larger = sum(max(pair) for pair in shares)
    return Overlap(
        shared=len(shared),
        union=len(union),
        jaccard=len(shared) / len(union) if union else 0.0,
        weighted=sum(min(pair) for pair in shares) / larger if larger else 0.0,
    )
