"""Stop words: what says nothing about a person, in each language, and which language a text is written in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from importlib import resources

_OWN_SCRIPTS = "ar fa he hi ru uk bg el ko th km lo my".split()
"""Their lists hold in every text: their words look like no other language's. (ja and zh share characters: see `word.segment`.)"""
_LATIN = "ca cs da de eo es fi fr hu id it nl no pl pt ro sv tr".split()
"""Their lists hold in texts of that language alone: 'die', 'art', 'man' and 'ai' are English words, too."""


@cache
def stop_list(language: str) -> frozenset[str]:
    """The stop words of a language (its code of two letters), case-folded."""
    text = resources.files("fedistats").joinpath("stopwords", f"{language}.txt").read_text("utf-8")
    return frozenset(word.casefold() for line in text.splitlines() if not line.startswith("#") for word in line.split())


@cache
def english() -> frozenset[str]:
    """Hold in every text."""
    return stop_list("en")


@cache
def own_script() -> frozenset[str]:
    """Of all languages that have a script to themselves, or nearly so."""
    return frozenset().union(*map(stop_list, _OWN_SCRIPTS))


@cache
def foreign() -> frozenset[str]:
    """Of other languages in the Latin script, as far as they are no English stop words."""
    return frozenset().union(*map(stop_list, _LATIN)) - english()


@cache
def _speakers() -> dict[str, tuple[str, ...]]:
    """For each stop word of other languages: whose it is."""
    return {word: tuple(language for language in _LATIN if word in stop_list(language)) for word in foreign()}


def of(language: str) -> frozenset[str]:
    """The stop words of a language (its code of two letters), if it is another than English in the Latin script; all else always hold."""
    language = "no" if language in ("nb", "nn") else language
    return stop_list(language) if language in _LATIN else frozenset()


def guessed(text: str, foreign: Sequence[str], english: int) -> frozenset[str]:
    """The stop words of the language a text is written in, where it is another one in the Latin script.

    `foreign`: its words that are stop words there (`foreign()`); `english`: how many are English ones. Only where the former
    outnumber the latter is another language likely. Where those of one language are two ahead of any other's it is that one;
    else py3langid is asked, which costs more than all the rest.
    """
    if len(foreign) <= english:
        return frozenset()
    votes = Counter(language for word in foreign for language in _speakers()[word])
    (language, most), (_, second) = (*votes.most_common(2), ("", 0))[:2]
    if most < second + 2:
        import py3langid  # 0.3 s, and many collections never need it

        language = py3langid.classify(text)[0]
    return of(language)
