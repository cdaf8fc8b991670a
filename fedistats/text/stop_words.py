"""Stop words of each language, and a guess of the language that a text is written in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

_OWN_SCRIPT_LANGUAGES = "ar fa he hi ru uk bg el ko th km lo my".split()
"""Their stop words apply to every text, since other languages do not use their scripts. (ja, zh: see `terms.segment_token`.)"""
_LATIN_LANGUAGES = "ca cs da de eo es fi fr hu id it nl no pl pt ro sv tr".split()
"""Their stop words apply to texts of that language only: 'die', 'art', 'man' and 'ai' are also English words."""


@cache
def load_stop_words(language: str) -> frozenset[str]:
    """The stop words of a language (its two-letter code), case-folded. Those of English apply to every text."""
    path = resources.files("fedistats.text").joinpath("stop_word_lists", f"{language}.txt")
    lines = path.read_text("utf-8").splitlines()
    return frozenset(word.casefold() for line in lines if not line.startswith("#") for word in line.split())


@cache
def own_script_stop_words() -> frozenset[str]:
    """The stop words of all languages that hardly share their script with another."""
    return frozenset().union(*map(load_stop_words, _OWN_SCRIPT_LANGUAGES))


@cache
def latin_stop_words() -> Mapping[str, Sequence[str]]:
    """The stop words of all other languages in Latin script that are not English ones, too, with the languages of each."""
    languages: dict[str, list[str]] = {}
    for language in _LATIN_LANGUAGES:
        for word in load_stop_words(language) - load_stop_words("en"):
            languages.setdefault(word, []).append(language)
    return languages


def extra_stop_words(language: str) -> frozenset[str]:
    """The stop words of a language (its two-letter code) that apply to its own texts only; empty unless it uses Latin script."""
    language = "no" if language in ("nb", "nn") else language
    return load_stop_words(language) if language in _LATIN_LANGUAGES else frozenset()


def guess_extra_stop_words(text: str, latin_words: Sequence[str], english_count: int) -> frozenset[str]:
    """The `extra_stop_words` of the language that the text is probably written in; empty if that is English.

    `latin_words` are its words in `latin_stop_words()`; `english_count` is its number of English stop words. Another language is
    likely only if the former outnumber the latter. A language that has at least two more of them than any other is chosen at once.
    Otherwise py3langid decides, which takes longer than all other steps together.
    """
    if len(latin_words) <= english_count:
        return frozenset()
    votes = Counter(language for word in latin_words for language in latin_stop_words()[word])
    (language, most_votes), (_, second_most_votes) = (*votes.most_common(2), ("", 0))[:2]
    if most_votes < second_most_votes + 2:
        import py3langid  # takes 0.3 s, and many collections do not need it

        language = py3langid.classify(text)[0]
    return extra_stop_words(language)
