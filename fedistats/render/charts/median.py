"""The median of a distribution."""

from __future__ import annotations

from collections.abc import Sequence

from fedistats.format import MAX_NUMBER, counted, number
from fedistats.model import Distribution
from fedistats.text.html import clean

YEARS_FROM = 24
"""Ages from this number of months on are given in years."""


def median_text(distribution: Distribution) -> str:
    """'median about 3.1 years': the bin of the median; empty if no people were counted."""
    counts = [n for *_, n in distribution.bins]
    return f"median {_bin_text(distribution, median_bin(counts))}" if any(n > 0 for n in counts) else ""


def median_bin(counts: Sequence[int]) -> int:
    """The index of the bin that the median falls into."""
    total, cumulative = sum(counts), 0
    for i, n in enumerate(counts):
        cumulative += n
        if 2 * cumulative >= total:
            return i
    return len(counts) - 1


def _bin_text(distribution: Distribution, i: int) -> str:
    lower, upper, _ = distribution.bins[i]
    unit = clean(distribution.unit, 20)
    if upper > MAX_NUMBER:
        return f"{number(lower)} or more {unit}"
    if distribution.unit == "months":
        months = (lower + upper - 1) / 2
        return f"about {months / 12:.1f} years" if months >= YEARS_FROM else f"about {counted(round(months), 'month')}"
    return f"{number(lower)} {unit}" if upper - lower <= 1 else f"{number(lower)} to {number(upper - 1)} {unit}"
