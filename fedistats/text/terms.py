"""One word: what can be said of its spelling without its surroundings, and the term it stands for."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import regex

from fedistats.text import stems, stop_words
from fedistats.text.segmentation import HAN, HIRAGANA

MOST_LETTERS = 40
"""A longer 'word' is a key, a checksum or a joke."""


class Term(NamedTuple):
    """A word of one person's text, or two or three side by side. (A tuple: millions of them are counted.)"""

    key: str
    """What its spellings have in common: 'cats', 'Cats' and '#cat' share a key. Several words: their keys, with spaces between."""
    spelling: str
    """As written, hashtags without #."""
    stopped: bool
    """Is it a stop word here ('die' in a German text, but not in an English one)?"""
    pair: bool
    """Is it several words: 'machine learning', '機械学習', 'natural language processing'?"""


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """What can be said of a spelling without its surroundings."""

    key: str
    folded: str
    """As stop lists have it."""
    term: Term
    halted: Term
    """The same as a stop word."""
    english: bool
    """Is it an English stop word?"""
    foreign: bool
    """Does a list of another language in the Latin script have it, and the English one not?"""
    joins: bool
    """May it stand in a term of several words?"""
    space: str
    """What stands between it and its neighbour in a term: a space, or nothing."""


_NO_WORD = re.compile(r"[\d.,:/'_·+-]*(?:st|nd|rd|th|am|pm|h|yo|yr|yrs|x|k|º|ª)?", re.IGNORECASE)
"""Numbers, dates, times, ages and ordinals."""
_LETTERS = regex.compile(r"[\p{L}\p{M}'\-\u200c\u200d]+")
_ARABIC, _HEBREW, _HANGUL = range(0x600, 0x780), range(0x590, 0x600), range(0xAC00, 0xD7A4)
_JOINTS = str.maketrans("", "", "-_\u200c\u200d")
"""'open-source', '#open_source' and '#OpenSource' are one."""


@lru_cache(maxsize=1 << 16)
def spaced(token: str) -> Word | None:
    """A word of a language with spaces, or a hashtag; None where it is no word."""
    spelling = token if token.isascii() else unicodedata.normalize("NFKC", token)
    spelling = spelling.strip("_·.'-")
    if len(spelling) < 2 or len(spelling) > MOST_LETTERS or _NO_WORD.fullmatch(spelling):
        return None
    folded = spelling.casefold()
    script = ord(spelling[0])
    spelling, key = _form(spelling, folded, script)
    if not key or (len(key) < 2 and script not in _HANGUL):
        return None
    english = folded in stop_words.english() or folded.startswith("i'")
    stopped = english or folded in stop_words.own_script() or (script >= 0x250 and key in stop_words.own_script())
    if "_" in folded:
        key = "".join(_form(part, part, ord(part[0]))[1] for part in folded.split("_") if part)
    key = key.translate(_JOINTS)
    return Word(
        key=key,
        folded=folded,
        term=Term(key, spelling, stopped, pair=False),
        halted=Term(key, spelling, stopped=True, pair=False),
        english=english,
        foreign=not english and folded in stop_words.foreign(),
        # what had an 'and' or a particle written onto it stands in another relation to its neighbour than that of a name
        joins=not stopped
        and script not in _HANGUL
        and spelling.casefold() == folded
        and _LETTERS.fullmatch(spelling) is not None,
        space=" ",
    )


def _form(spelling: str, folded: str, script: int) -> tuple[str, str]:
    """The word without what is written onto it, and its key."""
    if script in _ARABIC:
        return stems.arabic(folded)
    if script in _HEBREW:
        return stems.hebrew(spelling)
    if script in _HANGUL:
        noun = stems.korean(spelling)
        return noun, noun
    return spelling, stems.latin(spelling, folded) if script < 0x250 else folded


@lru_cache(maxsize=1 << 12)
def emoji(sequence: str) -> Word:
    term = Term(sequence.replace("\ufe0f", ""), sequence, stopped=False, pair=False)
    return Word(term.key, term.key, term, term, english=False, foreign=False, joins=False, space="")


_SHORT_NOUNS = frozenset("ねこ いぬ ねた うた えほん ごはん うに すし はな さけ もち くま とり うま かめ ゆり".split())


@lru_cache(maxsize=1 << 15)
def unspaced(piece: str, cjk: bool, japanese: bool) -> Word | None:
    """A word of a language without spaces; None where it is a fragment."""
    word = unicodedata.normalize("NFKC", piece)
    if len(word) > MOST_LETTERS or (len(word) < 2 and not HAN.fullmatch(word)):
        return None
    if not cjk:
        stopped = word in stop_words.own_script()
    elif japanese:
        stopped = word in stop_words.stop_list("ja") or (
            len(word) < 3 and HIRAGANA.fullmatch(word) is not None and word not in _SHORT_NOUNS
        )
    else:
        stopped = word in stop_words.stop_list("zh")
    term, halted = Term(word, word, stopped, pair=False), Term(word, word, stopped=True, pair=False)
    joins = not stopped and len(word) > 1
    return Word(word, word, term, halted, english=False, foreign=False, joins=joins, space="")
