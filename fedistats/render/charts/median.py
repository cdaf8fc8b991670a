"""The median of a distribution in words, the same in every place that tells it."""

from __future__ import annotations

from collections.abc import Sequence

from fedistats.model import Distribution
from fedistats.text.html import clean

IN_YEARS = 24
"""Months from which on an age is told in years."""
_MOST = 10**15
"""What no server has is told as that."""


def median(distribution: Distribution) -> str:
    """'median about 3.1 years': what the bin of the middle person holds, as exactly as it tells; empty where nobody was counted."""
    counts = [n for *_, n in distribution.bins]
    return f"median {_span(distribution, middle(counts))}" if any(n > 0 for n in counts) else ""


def middle(counts: Sequence[int]) -> int:
    """In which bin the middle person stands."""
    total, below = sum(counts), 0
    for place, n in enumerate(counts):
        below += n
        if 2 * below >= total:
            return place
    return len(counts) - 1


def _span(distribution: Distribution, place: int) -> str:
    lower, upper, _ = distribution.bins[place]
    unit = clean(distribution.unit, 20)
    if upper > _MOST:
        return f"{_number(lower)} or more {unit}"
    if distribution.unit == "months":
        months = (lower + upper - 1) / 2
        if months >= IN_YEARS:
            return f"about {months / 12:.1f} years"
        return f"about {round(months)} {'month' if round(months) == 1 else 'months'}"
    return f"{_number(lower)} {unit}" if upper - lower <= 1 else f"{_number(lower)} to {_number(upper - 1)} {unit}"


def _number(value: float) -> str:
    if value > _MOST:
        return "over 10¹⁵"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
