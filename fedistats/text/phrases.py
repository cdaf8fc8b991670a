"""The terms of one person's text: its words, and those that stand side by side."""

from __future__ import annotations

from functools import lru_cache

from fedistats.text import stop_words
from fedistats.text.terms import Term, Word
from fedistats.text.tokens import words_of


def terms(text: str, language: str | None = None) -> tuple[Term, ...]:
    """The different words of one person's plain text (`text.plain`) as they come, and what they form in twos and threes.

    Words are what Unicode calls letters, marks and digits, held together by what stands inside 'he/him', 'C++', 'Ph.D' and
    'open-source'; a hashtag and an emoji with its sequence are words, too; single letters, bare numbers and URLs' remains are none.
    Who writes both 'open science' and '#OpenScience' says one thing once: the words that are written apart.
    Languages without spaces are cut by ICU's dictionaries where icu4py is installed, else by rules that give up more words.
    `language` is that of the text, where its author has said it (a code of two letters): then nobody needs to guess.
    """
    words = words_of(text)
    halted = _halted(text, words) if language is None else stop_words.of(language)
    found: dict[str, Term] = {}
    apart: list[str] = []
    earlier: Word | None = None
    before: Word | None = None
    for word in words:
        if word is None:
            before = None
        elif word.folded in halted:
            found.setdefault(word.key, word.halted)
            before = None
        else:
            found.setdefault(word.key, word.term)
            if not word.joins:
                before = None
                continue
            if before is None or before.key == word.key:
                earlier = None
            else:
                term, as_one = _together(before, word)
                found.setdefault(term.key, term)
                apart.append(as_one)
                if earlier is not None and earlier.key != word.key:
                    term, as_one = _together(earlier, before, word)
                    found.setdefault(term.key, term)
                    apart.append(as_one)
                earlier = before
            before = word
    for as_one in apart:
        found.pop(as_one, None)
    return tuple(found.values())


def _halted(text: str, words: list[Word | None]) -> frozenset[str]:
    """The stop words of the text's language, if it is another than English."""
    foreign = [word.folded for word in words if word is not None and word.foreign]
    if not foreign:
        return frozenset()
    return stop_words.guessed(text, foreign, sum(word is not None and word.english for word in words))


@lru_cache(maxsize=1 << 16)
def _together(*words: Word) -> tuple[Term, str]:
    """The term that neighbours form, and the key they would have if they were written as one word."""
    key = " ".join([word.key for word in words])
    spelling = words[0].space.join([word.term.spelling for word in words])
    return Term(key, spelling, stopped=False, pair=True), key.replace(" ", "")
