"""Counts of people to the words that say most: of several words only what stands for itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from fedistats import model
from fedistats.text.html import clean
from fedistats.text.phrases import terms
from fedistats.text.terms import MOST_LETTERS


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people use a term."""

    key: str
    spelling: str
    people: int
    stopped: int
    """Of these: how many use it as a stop word."""
    pair: bool
    """Is it several words?"""


def rank(
    tallies: Iterable[Tally],
    *,
    min_people: int = 3,
    most: int = 200,
    stopwords: Collection[str] = (),
    keep: Collection[str] = (),
) -> tuple[model.WordCount, ...]:
    """The commonest words, each used by at least `min_people` people; ties by text.

    `stopwords` are left out too, `keep` counts although it is a stop word; both in any spelling. 'open science' and '#OpenScience'
    are one term, spelled as most people spell it. Two or three words stand for themselves where they belong together; these
    people are then taken off the words. Beside 'natural language processing' there is no 'language processing', and no
    'natural' unless others use it. Raises ValueError where min_people is below 2: a word of one person is no statistic.
    """
    if min_people < 2:
        raise ValueError("min_people must be at least 2: a word that one person uses says who it is")
    unwanted, wanted = _keys(stopwords), _keys(keep)
    people: dict[str, int] = {}
    spelled: dict[str, str] = {}
    several: list[str] = []
    for tally in tallies:
        uses = tally.people if tally.key in wanted else tally.people - tally.stopped
        if uses < 2 or (tally.pair and not unwanted.isdisjoint(tally.key.split(" "))):
            continue
        people[tally.key], spelled[tally.key] = uses, tally.spelling
        if tally.pair:
            several.append(tally.key)
    left = _parted(people, several, min_people)
    for key in sorted(several):
        one = _as_one(key)
        if key in left and one in left:
            spelled[key] = spelled[max(key, one, key=lambda spelling: (people[spelling], spelling == key))]
            left[key] += left.pop(one)
    hidden = frozenset(map(_as_one, unwanted))
    words = (
        model.WordCount(clean(spelled[key], MOST_LETTERS), uses)
        for key, uses in left.items()
        if uses >= min_people and _as_one(key) not in hidden
    )
    return tuple(sorted((word for word in words if word.text), key=lambda word: (-word.people, word.text)))[:most]


def _keys(lines: Iterable[str]) -> frozenset[str]:
    """The keys of what a person typed: of a line of several words only what they form together."""
    found: set[str] = set()
    for line in lines:
        typed = [term.key for term in terms(line)]
        longest = max((key.count(" ") for key in typed), default=0)
        found.update(key for key in typed if key.count(" ") == longest)
    return frozenset(found)


def _as_one(key: str) -> str:
    return key.replace(" ", "")


def _parted(people: Mapping[str, int], several: Iterable[str], min_people: int) -> dict[str, int]:
    """The people of each word and of each term of several words that stands: those who use it in no longer term that stands.

    The longer terms come first, then the commoner. A term stands where its words are also written as one ('#OpenScience'), or
    where they belong together and have not mostly gone to a term before it; a word that is a fragment of what did not stand for this
    reason goes with it.
    """
    left = dict(people)
    for key in sorted(several, key=lambda key: (-key.count(" "), -people[key], key)):
        uses = left[key]
        words = key.split(" ")
        halves = [" ".join(words[:-1]), " ".join(words[1:])]
        others = [words[-1], words[0]]
        together = all(
            _belong(uses, people.get(half, 0), people.get(other, 0)) for half, other in zip(halves, others, strict=True)
        )
        free = all(2 * left.get(half, 0) >= uses for half in halves)
        one = left.get(_as_one(key), 0)
        if uses + one >= min_people and (one or (together and free)):
            for shorter in {*halves, *words}:
                left[shorter] = max(0, left.get(shorter, 0) - uses)
            continue
        del left[key]
        if together and not free:
            for word in words:
                if _nearly_all(uses, people.get(word, 0)):
                    left[word] = 0  # 'natural', where 'language' has gone to other terms: a fragment
    return left


def _belong(uses: int, one: int, other: int) -> bool:
    """Do two things that so many people use side by side belong together?

    If these people are at least a third of the geometric mean of both's (the cosine of their occurrence), or nearly all of one's.
    """
    return 9 * uses * uses >= one * other or _nearly_all(uses, min(one, other))


def _nearly_all(uses: int, people: int) -> bool:
    return 10 * uses >= 9 * people
