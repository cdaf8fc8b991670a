"""From counts to what can be said of an instance's people and posts."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping

import regex

from fedistats.model import Account, Distribution
from fedistats.text.html import clean, html_to_text
from fedistats.text.terms import MAX_WORD_LENGTH, Term

CREATED, FOLLOWERS, POSTS = "created", "followers", "posts"
"""What is counted of a profile beside its words."""

SMALLEST_SERVER = 10
"""Servers with fewer people get no picture of them: too easily would it be a portrait."""

# Zero by itself, then 1-2-5 steps: even on a logarithmic axis, and too coarse to find one person by.
_BOUNDS = (0, *(factor * 10**power for power in range(19) for factor in (1, 2, 5)))


def bins(person: Account) -> Iterator[tuple[str, int]]:
    """(measure, step) for each measure that the profile tells: the month of its creation, the bins of followers and posts."""
    created = person.created_on
    if created and created[:4].isascii() and created[:4].isdigit() and created[5:7].isdigit():
        year, month = int(created[:4]), int(created[5:7])
        if 1990 < year < 2200 and 1 <= month <= 12:
            yield CREATED, year * 12 + month - 1
    for measure, value in ((FOLLOWERS, person.followers), (POSTS, person.posts)):
        if value is not None:
            yield measure, bisect_right(_BOUNDS, value) - 1


def fields(person: Account) -> tuple[Term, ...]:
    """The names of the profile fields that the person has filled in. 'Website', 'website:' and 'WEBSITE 🌐' are one."""
    found: dict[str, Term] = {}
    for name, value in person.fields[:_MOST_FIELDS]:
        spelling = clean(html_to_text(name), MAX_WORD_LENGTH + 1)
        if not value.strip() or not spelling or len(spelling) > MAX_WORD_LENGTH:
            continue
        bare = _AROUND_NAME.sub("", spelling)
        key = _NO_LETTER.sub("", bare).casefold() if bare else spelling
        found.setdefault(key, Term(key, bare or spelling, is_stop_word=False, is_phrase=False))
    return tuple(found.values())


_MOST_FIELDS = 100  # no software has so many
_NO_LETTER = regex.compile(r"[^\p{L}\p{M}\p{N}]++")
_AROUND_NAME = regex.compile(rf"\A{_NO_LETTER.pattern}|{_NO_LETTER.pattern}\Z")


def distributions(counts: Mapping[str, Mapping[int, int]], year: int, month: int) -> tuple[Distribution, ...]:
    """Account age (as of the given month), followers and posts, as distributions over people."""
    now = year * 12 + month - 1
    ages: dict[int, int] = {}
    for step, people in counts.get(CREATED, {}).items():
        age = max(0, now - step)
        ages[age] = ages.get(age, 0) + people
    oldest = max(ages, default=0)
    width = next(width for width in (1, 3, 6, 12, 10**6) if oldest <= 48 * width)
    binned: dict[int, int] = {}
    for age, people in ages.items():
        binned[age // width] = binned.get(age // width, 0) + people
    found = [Distribution("account age", "months", _bins(binned, lambda step: step * width), logarithmic=False)]
    for measure in (FOLLOWERS, POSTS):
        bins = _bins(counts.get(measure, {}), lambda step: _BOUNDS[step])
        found.append(Distribution(measure, measure, bins, logarithmic=True))
    return tuple(found)


def _bins(people: Mapping[int, int], bound: Callable[[int], int]) -> tuple[tuple[float, float, int], ...]:
    if not people:
        return ()
    return tuple(
        (float(bound(step)), float(bound(step + 1)), people.get(step, 0))
        for step in range(min(people), max(people) + 1)
    )
