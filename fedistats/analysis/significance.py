"""Significant changes between two counts: an exact test, and the control of false discoveries over many tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from fedistats.analysis.binomial import binomial_pmf
from fedistats.hosts import Host

FALSE_DISCOVERY_RATE = 0.05  # the share of the reported changes that is expected to be due to chance, at most

K = TypeVar("K", Host, str, tuple[Host, Host])


@dataclass(frozen=True, slots=True)
class Count:
    """Posts (or people) counted at two times, among those read at each time."""

    before: int
    after: int
    read_before: int
    read_after: int


def significant_changes(counts: Mapping[K, Sequence[Count]]) -> list[tuple[K, float]]:
    """The keys whose counts changed significantly, with their p-value, most significant first.

    Source: Y. Benjamini, Y. Hochberg: Controlling the false discovery rate, 1995.
    """
    p_values: dict[tuple[Count, ...], float] = {}  # of thousands of edges most have the same few counts
    for of_key in map(tuple, counts.values()):
        if of_key not in p_values:
            p_values[of_key] = p_value(of_key)
    ranked = sorted((p_values[tuple(of_key)], key) for key, of_key in counts.items())
    significant = [rank for rank, (p, _) in enumerate(ranked, 1) if p <= FALSE_DISCOVERY_RATE * rank / len(ranked)]
    return [(key, p) for p, key in ranked[: max(significant, default=0)]]


def p_value(counts: Iterable[Count]) -> float:
    """The probability of a difference this large or larger if the rate did not change; two-sided and exact.

    If the rate is the same at both times, the number of later ones among all that were counted is binomial: its probability is the later
    share of what was read. Counts of several timelines are added.
    Source: J. Przyborowski, H. Wilenski: Homogeneity of results in testing samples from Poisson series, Biometrika 31, 1940.
    """
    pmf, observed = np.ones(1), 0
    for count in counts:
        total, read = count.before + count.after, count.read_before + count.read_after
        if total and read:
            pmf = np.convolve(pmf, binomial_pmf(np.array([total]), np.array([count.read_after / read]), total)[0])
            observed += count.after
    # outcomes at most as likely as the observed one; the factor allows for rounding
    return float(min(pmf[pmf <= pmf[observed] * (1 + 1e-7)].sum(), 1.0))


def increased(counts: Iterable[Count]) -> bool:
    """Whether more were counted at the later time than expected at an unchanged rate."""
    return sum(c.after - (c.before + c.after) * c.read_after / (c.read_before + c.read_after) for c in counts) > 0
