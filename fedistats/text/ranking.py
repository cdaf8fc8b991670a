"""Ranks terms by how many people use them, and decides between phrases and their words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from fedistats.model import WordCount
from fedistats.text.html import clean
from fedistats.text.phrases import extract_terms
from fedistats.text.terms import MAX_WORD_LENGTH


@dataclass(frozen=True, slots=True)
class TermCount:
    """How many people use a term."""

    key: str
    spelling: str
    people: int
    people_as_stop_word: int  # how many of them use it as a stop word
    is_phrase: bool


def rank_terms(
    counts: Iterable[TermCount],
    *,
    min_people: int = 3,
    max_words: int = 200,
    stopwords: Collection[str] = (),
    keep: Collection[str] = (),
) -> tuple[WordCount, ...]:
    """The most common terms, each used by at least `min_people` people; ties are ordered by text.

    `stopwords` are removed as well; `keep` are counted even if they are stop words. Both match any spelling.
    'open science' and '#OpenScience' are one term, with the most common spelling. A phrase replaces its words if they belong
    together: its people are subtracted from those of its words and of the shorter phrases in it. So 'language processing' is not listed
    beside 'natural language processing', and 'natural' only if other people use it.
    Raises ValueError if min_people is less than 2: a word that only one person uses identifies that person.
    """
    if min_people < 2:
        raise ValueError("min_people must be at least 2: a word that only one person uses identifies that person")
    removed_keys, kept_keys = _keys(stopwords), _keys(keep)
    people: dict[str, int] = {}
    spellings: dict[str, str] = {}
    phrases: list[str] = []
    for count in counts:
        uses = count.people if count.key in kept_keys else count.people - count.people_as_stop_word
        if uses < 2 or (count.is_phrase and not removed_keys.isdisjoint(count.key.split(" "))):
            continue
        people[count.key], spellings[count.key] = uses, count.spelling
        if count.is_phrase:
            phrases.append(count.key)
    remaining = _subtract_phrases(people, phrases, min_people)
    for key in sorted(phrases):
        joined_key = _joined(key)
        if key in remaining and joined_key in remaining:
            more_common = max(key, joined_key, key=lambda spelling: (people[spelling], spelling == key))
            spellings[key] = spellings[more_common]
            remaining[key] += remaining.pop(joined_key)
    removed_joined_keys = frozenset(map(_joined, removed_keys))
    words = (
        WordCount(clean(spellings[key], MAX_WORD_LENGTH), uses)
        for key, uses in remaining.items()
        if uses >= min_people and _joined(key) not in removed_joined_keys
    )
    return tuple(sorted((word for word in words if word.text), key=lambda word: (-word.people, word.text)))[:max_words]


def _keys(lines: Iterable[str]) -> frozenset[str]:
    """The keys of terms that a user typed. For a line of several words this is the phrase only, not its words."""
    keys: set[str] = set()
    for line in lines:
        line_keys = [term.key for term in extract_terms(line)]
        max_spaces = max((key.count(" ") for key in line_keys), default=0)
        keys.update(key for key in line_keys if key.count(" ") == max_spaces)
    return frozenset(keys)


def _joined(key: str) -> str:
    return key.replace(" ", "")


def _subtract_phrases(people: Mapping[str, int], phrases: Iterable[str], min_people: int) -> dict[str, int]:
    """The accepted terms, each with its people minus those who use it within a longer accepted phrase.

    Longer phrases are decided first, then more common ones. A phrase is accepted if its words are also written as one
    ('#OpenScience'), or if they belong together and most of their uses are not already part of another accepted phrase. If it is
    rejected for the second reason, a word that occurs almost only in it is dropped too.
    """
    remaining = dict(people)
    for key in sorted(phrases, key=lambda key: (-key.count(" "), -people[key], key)):
        uses = remaining[key]
        words = key.split(" ")
        shorter_phrases = [" ".join(words[:-1]), " ".join(words[1:])]
        other_words = [words[-1], words[0]]
        belong_together = all(
            _belong_together(uses, people.get(shorter, 0), people.get(other, 0))
            for shorter, other in zip(shorter_phrases, other_words, strict=True)
        )
        mostly_unused = all(2 * remaining.get(shorter, 0) >= uses for shorter in shorter_phrases)
        joined_uses = remaining.get(_joined(key), 0)
        if uses + joined_uses >= min_people and (joined_uses or (belong_together and mostly_unused)):
            for part in {*shorter_phrases, *words}:
                remaining[part] = max(0, remaining.get(part, 0) - uses)
            continue
        del remaining[key]
        if belong_together and not mostly_unused:
            for word in words:
                if _nearly_all(uses, people.get(word, 0)):
                    remaining[word] = 0  # 'natural', if 'language' is already part of other phrases
    return remaining


def _belong_together(uses: int, first: int, second: int) -> bool:
    """Are two terms that `first` and `second` people use a phrase, if `uses` people use them side by side?

    True if these are at least a third of the geometric mean of both (the cosine of their occurrences), or nearly all of the rarer one.
    """
    return 9 * uses * uses >= first * second or _nearly_all(uses, min(first, second))


def _nearly_all(uses: int, people: int) -> bool:
    return 10 * uses >= 9 * people
