"""The terms of one person's text: its words, and phrases of two or three neighboring words."""

from __future__ import annotations

from functools import lru_cache

from fedistats.text.stop_words import extra_stop_words, guess_extra_stop_words
from fedistats.text.terms import Term, Token
from fedistats.text.tokens import tokenize


def extract_terms(text: str, language: str | None = None) -> tuple[Term, ...]:
    """The distinct terms of one person's plain text (see `html_to_text`), in order: words, and phrases of two or three words.

    A word consists of letters, marks and digits, joined by the characters inside 'he/him', 'C++', 'Ph.D' and 'open-source'. Hashtags
    and emoji sequences are words too; single letters, plain numbers and parts of URLs are not. If a text contains both
    'open science' and '#OpenScience', only the phrase is returned.
    Languages without spaces are segmented by ICU's dictionaries if icu4py is installed, else by rules that find fewer words.
    `language` is the two-letter code that the author declared; None: it is guessed from the stop words.
    """
    tokens = tokenize(text)
    stop_words = _guess_stop_words(text, tokens) if language is None else extra_stop_words(language)
    terms: dict[str, Term] = {}
    joined_keys: list[str] = []
    second_last: Token | None = None
    last: Token | None = None
    for token in tokens:
        if token is None:
            last = None
        elif token.folded in stop_words:
            terms.setdefault(token.key, token.stop_term)
            last = None
        else:
            terms.setdefault(token.key, token.term)
            if not token.joins_phrases:
                last = None
                continue
            if last is None or last.key == token.key:
                second_last = None
            else:
                phrase, joined_key = _phrase(last, token)
                terms.setdefault(phrase.key, phrase)
                joined_keys.append(joined_key)
                if second_last is not None and second_last.key != token.key:
                    phrase, joined_key = _phrase(second_last, last, token)
                    terms.setdefault(phrase.key, phrase)
                    joined_keys.append(joined_key)
                second_last = last
            last = token
    for joined_key in joined_keys:
        terms.pop(joined_key, None)
    return tuple(terms.values())


def _guess_stop_words(text: str, tokens: list[Token | None]) -> frozenset[str]:
    latin_words = [token.folded for token in tokens if token is not None and token.is_latin_stop_word]
    if not latin_words:
        return frozenset()
    english_count = sum(token is not None and token.is_english_stop_word for token in tokens)
    return guess_extra_stop_words(text, latin_words, english_count)


@lru_cache(maxsize=1 << 16)
def _phrase(*tokens: Token) -> tuple[Term, str]:
    """The phrase of neighboring tokens, and the key of the same words written as one."""
    key = " ".join([token.key for token in tokens])
    spelling = tokens[0].separator.join([token.term.spelling for token in tokens])
    return Term(key, spelling, is_stop_word=False, is_phrase=True), key.replace(" ", "")
