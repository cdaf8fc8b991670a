"""What is counted of profiles, and the distributions made of these counts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping

import regex

from fedistats.model import Account, Distribution
from fedistats.text.html import clean, html_to_text
from fedistats.text.terms import MAX_WORD_LENGTH, Term

CREATED, FOLLOWERS, POSTS = "created", "followers", "posts"  # the measures of a profile

MIN_GROUP_SIZE = 10  # no statistics are shown of fewer people: they would describe individuals

# 0, then 1, 2, 5, 10, 20, 50...: evenly spaced on a logarithmic axis, and too coarse to identify a person.
_BOUNDS = (0, *(factor * 10**power for power in range(19) for factor in (1, 2, 5)))

_MAX_FIELDS = 100  # no server software allows as many
_NO_LETTER = regex.compile(r"[^\p{L}\p{M}\p{N}]++")
_AROUND_NAME = regex.compile(rf"\A{_NO_LETTER.pattern}|{_NO_LETTER.pattern}\Z")


def bins(account: Account) -> Iterator[tuple[str, int]]:
    """The bins of a profile, as (measure, bin): the month of its creation, and the bins of its followers and posts."""
    created = account.created_on
    if created and created[:4].isascii() and created[:4].isdigit() and created[5:7].isdigit():
        year, month = int(created[:4]), int(created[5:7])
        if 1990 < year < 2200 and 1 <= month <= 12:
            yield CREATED, year * 12 + month - 1
    for measure, value in ((FOLLOWERS, account.followers), (POSTS, account.posts)):
        if value is not None:
            yield measure, bisect_right(_BOUNDS, value) - 1


def field_names(account: Account) -> tuple[Term, ...]:
    """The names of the profile fields that have a value. 'Website', 'website:' and 'WEBSITE 🌐' are the same name."""
    names: dict[str, Term] = {}
    for name, value in account.fields[:_MAX_FIELDS]:
        spelling = clean(html_to_text(name), MAX_WORD_LENGTH + 1)
        if not value.strip() or not spelling or len(spelling) > MAX_WORD_LENGTH:
            continue
        stripped = _AROUND_NAME.sub("", spelling)
        key = _NO_LETTER.sub("", stripped).casefold() if stripped else spelling
        names.setdefault(key, Term(key, stripped or spelling, is_stop_word=False, is_phrase=False))
    return tuple(names.values())


def distributions(counts: Mapping[str, Mapping[int, int]], year: int, month: int) -> tuple[Distribution, ...]:
    """The distributions of account age (in the given month), followers and posts over people.

    `counts` are people by bin, for each measure. Ages are grouped by 1, 3, 6 or 12 months, so that there are at most 49 bins.
    """
    now = year * 12 + month - 1
    ages: dict[int, int] = {}
    for created, people in counts.get(CREATED, {}).items():
        age = max(0, now - created)
        ages[age] = ages.get(age, 0) + people
    oldest = max(ages, default=0)
    width = next(width for width in (1, 3, 6, 12, 10**6) if oldest <= 48 * width)
    grouped: dict[int, int] = {}
    for age, people in ages.items():
        grouped[age // width] = grouped.get(age // width, 0) + people
    age_bins = _contiguous(grouped, lambda bin_: bin_ * width)
    result = [Distribution("account age", "months", age_bins, logarithmic=False)]
    for measure in (FOLLOWERS, POSTS):
        measure_bins = _contiguous(counts.get(measure, {}), lambda bin_: _BOUNDS[bin_])
        result.append(Distribution(measure, measure, measure_bins, logarithmic=True))
    return tuple(result)


def _contiguous(people: Mapping[int, int], lower_bound: Callable[[int], int]) -> tuple[tuple[float, float, int], ...]:
    """Lower bound, upper bound and people of every bin from the first to the last that is not empty."""
    if not people:
        return ()
    return tuple(
        (float(lower_bound(bin_)), float(lower_bound(bin_ + 1)), people.get(bin_, 0))
        for bin_ in range(min(people), max(people) + 1)
    )
