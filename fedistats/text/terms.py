"""Terms (words and phrases that are counted) and tokens (words in a text, with what can be derived from the spelling alone)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import regex

from fedistats.text import stems, stop_words
from fedistats.text.segmentation import HAN, HIRAGANA

MAX_WORD_LENGTH = 40  # Characters. Longer 'words' are keys, checksums or jokes.


class Term(NamedTuple):
    """A word or a phrase of two or three words in one person's text. (A tuple, since millions of them are counted.)"""

    key: str
    """Shared by all spellings: 'cats', 'Cats' and '#cat' have the same key. The key of a phrase joins its words' keys by spaces."""
    spelling: str  # as written; hashtags without #
    is_stop_word: bool
    """True if it is a stop word in this text: 'die' is one in a German text, but not in an English one."""
    is_phrase: bool  # True for several words: 'machine learning', '機械学習', 'natural language processing'


@dataclass(frozen=True, slots=True, eq=False)
class Token:
    """A word in a text: everything that follows from its spelling, without its context."""

    key: str
    folded: str  # case-folded, as in the stop word lists
    term: Term
    stop_term: Term  # the same term as a stop word
    joins_phrases: bool  # True if it can be part of a phrase
    is_english_stop_word: bool = False
    is_latin_stop_word: bool = False  # True for a stop word of another language in Latin script, but not of English
    separator: str = ""  # between this word and the next in a phrase: a space, or nothing


_NO_WORD = re.compile(r"[\d.,:/'_·+-]*(?:st|nd|rd|th|am|pm|h|yo|yr|yrs|x|k|º|ª)?", re.IGNORECASE)
"""Numbers, dates, times, ages and ordinals."""
_LETTERS = regex.compile(r"[\p{L}\p{M}'\-\u200c\u200d]+")
_ARABIC, _HEBREW, _HANGUL = range(0x600, 0x780), range(0x590, 0x600), range(0xAC00, 0xD7A4)
_IGNORED_IN_KEYS = str.maketrans("", "", "-_\u200c\u200d")
"""'open-source', '#open_source' and '#OpenSource' have the same key."""


@lru_cache(maxsize=1 << 16)
def word_token(written: str) -> Token | None:
    """A hashtag, or a word of a language that separates words by spaces; None if it is not a word."""
    spelling = written if written.isascii() else unicodedata.normalize("NFKC", written)
    spelling = spelling.strip("_·.'-")
    if len(spelling) < 2 or len(spelling) > MAX_WORD_LENGTH or _NO_WORD.fullmatch(spelling):
        return None
    folded = spelling.casefold()
    first = ord(spelling[0])
    spelling, key = _stem(spelling, folded, first)
    if not key or (len(key) < 2 and first not in _HANGUL):
        return None
    is_english_stop_word = folded in stop_words.load_stop_words("en") or folded.startswith("i'")
    own_script_stop_words = stop_words.own_script_stop_words()
    is_stop_word = (
        is_english_stop_word or folded in own_script_stop_words or (first >= 0x250 and key in own_script_stop_words)
    )
    if "_" in folded:
        key = "".join(_stem(part, part, ord(part[0]))[1] for part in folded.split("_") if part)
    key = key.translate(_IGNORED_IN_KEYS)
    # a removed prefix or particle ('and', for example) separates the word from its neighbor
    has_neighbors = not is_stop_word and first not in _HANGUL and spelling.casefold() == folded
    term = Term(key, spelling, is_stop_word, is_phrase=False)
    return Token(
        key,
        folded,
        term,
        term._replace(is_stop_word=True),
        joins_phrases=has_neighbors and _LETTERS.fullmatch(spelling) is not None,
        is_english_stop_word=is_english_stop_word,
        is_latin_stop_word=not is_english_stop_word and folded in stop_words.latin_stop_words(),
        separator=" ",
    )


def _stem(spelling: str, folded: str, first: int) -> tuple[str, str]:
    """The spelling without prefixes and particles, and the key. `first` is the code point of the first character."""
    if first in _ARABIC:
        return stems.stem_arabic(folded)
    if first in _HEBREW:
        return stems.stem_hebrew(spelling)
    if first in _HANGUL:
        noun = stems.stem_korean(spelling)
        return noun, noun
    return spelling, stems.stem_latin(spelling, folded) if first < 0x250 else folded


@lru_cache(maxsize=1 << 12)
def emoji_token(sequence: str) -> Token:
    term = Term(sequence.replace("\ufe0f", ""), sequence, is_stop_word=False, is_phrase=False)
    return Token(term.key, term.key, term, term, joins_phrases=False)


_SHORT_NOUNS = frozenset("ねこ いぬ ねた うた えほん ごはん うに すし はな さけ もち くま とり うま かめ ゆり".split())


@lru_cache(maxsize=1 << 15)
def segment_token(segment: str, cjk: bool, japanese: bool) -> Token | None:
    """A word that `segmentation` found; None if it is a fragment."""
    word = unicodedata.normalize("NFKC", segment)
    if len(word) > MAX_WORD_LENGTH or (len(word) < 2 and not HAN.fullmatch(word)):
        return None
    if not cjk:
        is_stop_word = word in stop_words.own_script_stop_words()
    elif japanese:
        is_stop_word = word in stop_words.load_stop_words("ja") or (
            len(word) < 3 and HIRAGANA.fullmatch(word) is not None and word not in _SHORT_NOUNS
        )
    else:
        is_stop_word = word in stop_words.load_stop_words("zh")
    term = Term(word, word, is_stop_word, is_phrase=False)
    return Token(word, word, term, term._replace(is_stop_word=True), joins_phrases=not is_stop_word and len(word) > 1)
