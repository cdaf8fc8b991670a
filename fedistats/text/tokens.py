"""Splits a text into tokens, in the order of the text."""

from __future__ import annotations

import re
from functools import lru_cache

import regex

from fedistats.text.html import STACKED_MARKS
from fedistats.text.segmentation import KANA, segment_run
from fedistats.text.stop_words import load_stop_words
from fedistats.text.terms import MAX_WORD_LENGTH, Token, emoji_token, segment_token, word_token

_INVISIBLE = re.compile("[\u00ad\u2060-\u2064\ufeff\u200e\u200f\u061c]+")

_CJK = r"\p{Han}\p{Hiragana}\p{Katakana}ー々〆ヶｰ"
_SOUTHEAST_ASIAN = r"\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_EMOJI = (
    # emoji, without the arrows, bullets and check marks that people use in lists, and without © ® ™
    r"[\p{Extended_Pictographic}--[\u00a9\u00ae\u2122\u203c\u2049\u2139\u2190-\u21ff\u25a0-\u25ff\u2705\u2714\u2716"
    r"\u2733\u2734\u2747\u274c\u2753-\u2757\u2795-\u2797\u27a1\u27b0\u2934\u2935\u2b05-\u2b1c\u3030\u303d\u3297\u3299"
    r"\U0001f446-\U0001f449\U0001f51c\U0001f51d\U0001f53c\U0001f53d]]"
)
_TOKENS = regex.compile(
    rf"""
      (?P<word> (?=[\p{{L}}\p{{N}}]) (?![0-9]\ufe0f?\u20e3)
        (?P<run> [[\p{{L}}\p{{Mn}}\p{{Mc}}\p{{N}}]--[{_CJK}{_SOUTHEAST_ASIAN}\ufe00-\ufe0f]]++ )
        (?: ['’ʼ.\-‐‑/\u200c\u200d״׳] (?=[\p{{L}}\p{{N}}]) (?&run) )*+
        (?: \+{{1,2}}+ (?!\w) | (?<=(?<!\w)[A-Za-z]) \# (?!\w) )? )
    | (?P<cjk> [{_CJK}] (?: [{_CJK}、。・「」『』！？，：；（）0-9\s]* [{_CJK}] )? )
    | (?P<southeast_asian> [{_SOUTHEAST_ASIAN}] (?: [{_SOUTHEAST_ASIAN}\s]* [{_SOUTHEAST_ASIAN}] )? )
    | [#＃] (?P<tag> [\p{{L}}\p{{M}}\p{{N}}_·]*+ )
    | (?P<emoji> \p{{RI}}\p{{RI}} | [0-9#*]\ufe0f?\u20e3
        | {_EMOJI} (?:\ufe0f|\p{{EMod}})? (?:[\U000E0061-\U000E007A]++\U000E007F)?
          (?:\u200d\p{{Extended_Pictographic}}(?:\ufe0f|\p{{EMod}})?)*+ )
    """,
    regex.VERBOSE | regex.V1,
)
_ASCII_TOKENS = re.compile(
    r"#(?P<tag>[A-Za-z0-9_]*+)|(?P<word>[A-Za-z0-9]++(?:['./-][A-Za-z0-9]++)*+(?:\+{1,2}+(?!\w)|(?<=\b[A-Za-z])#(?!\w))?)"
)
_JOINER = re.compile(r"['’ʼ./‐‑-]")
_MAX_CACHED_LENGTH = 40  # longer chunks are sentences of a language without spaces, or noise, and are not worth caching


def tokenize(text: str) -> list[Token | None]:
    """The tokens of a text. None separates tokens that cannot be part of one phrase.

    Chunks between spaces are cached, since most of them occur in other texts too.
    """
    japanese = not text.isascii() and KANA.search(text) is not None
    tokens: list[Token | None] = []
    for chunk in text.replace("\n", "  ").split(" "):
        is_short = len(chunk) <= _MAX_CACHED_LENGTH
        tokens += _cached_chunk_tokens(chunk, japanese) if is_short else _chunk_tokens(chunk, japanese)
    return tokens


@lru_cache(maxsize=1 << 16)
def _cached_chunk_tokens(chunk: str, japanese: bool) -> tuple[Token | None, ...]:
    return tuple(_chunk_tokens(chunk, japanese))


def _chunk_tokens(chunk: str, japanese: bool) -> list[Token | None]:
    """The tokens between two spaces. None at an end if punctuation separates them from their neighbors there."""
    if not chunk.isascii():
        chunk = _INVISIBLE.sub("", STACKED_MARKS.sub(r"\1", chunk))
    pattern: re.Pattern[str] | regex.Pattern[str] = _ASCII_TOKENS if chunk.isascii() else _TOKENS
    tokens: list[Token | None] = []
    end = 0
    for match in pattern.finditer(chunk):
        if match.start() or tokens:
            tokens.append(None)
        written, kind, end = match[0], match.lastgroup, match.end()
        if kind == "word":
            tokens += _word_tokens(written)
        elif kind == "tag":
            tokens += None, word_token(match["tag"]), None
        elif kind == "emoji":
            tokens.append(emoji_token(written))
        else:
            tokens += _segment_tokens(written, kind == "cjk", japanese)
    if end < len(chunk) or not tokens:
        tokens.append(None)
    return tokens


def _word_tokens(written: str) -> tuple[Token | None, ...]:
    """The tokens of a match in a language with spaces: one, or several separated by None."""
    words = _split_word(written) if _JOINER.search(written) else (written,)
    if words == (written,):
        return (word_token(written),)
    return (*(token for word in words for token in (None, word_token(word))), None)


def _segment_tokens(run: str, cjk: bool, japanese: bool) -> list[Token | None]:
    tokens: list[Token | None] = [None]
    end = 0
    for segment, offset in segment_run(run, cjk, japanese):
        if offset > end:
            tokens.append(None)
        tokens.append(segment_token(segment, cjk, japanese) if segment else None)
        end = offset + len(segment)
    return [*tokens, None]


# Pronouns and abbreviations are not split at a slash.
_PRONOUNS = frozenset(
    "he him his she her hers they them their theirs it its xe xem ze zir hir ey em fae faer any all thon ask none other"
    " er ihm ihn sie ihr dey deren il lui elle iel ael al ella elle lo la lui lei ele ela elu dele dela hij hem zij haar hen die diens hun"
    " on jego ona jej ono han hans hon hennes hen ham hende li ŝi ri".split()
)
_WITH_SLASH = frozenset("tcp/ip ci/cd ac/dc i/o a/v gnu/linux pl/sql m/f f/m m/m f/f w/w b/w d/s r/w l/r 9/11".split())
_ELISIONS = frozenset("l d j n s c m t qu jusqu lorsqu puisqu dell all nell sull dall un quest".split())

_MAX_ELISION_LENGTH = 2 * MAX_WORD_LENGTH
"""Characters. Apostrophes of longer tokens are not split, to bound the recursion."""


def _split_word(written: str) -> tuple[str, ...]:
    """The words of a match that contains apostrophes, dots, slashes or hyphens."""
    written = written.replace("’", "'").replace("ʼ", "'").replace("‐", "-").replace("‑", "-")
    folded = written.casefold()
    if "/" in written and folded not in _WITH_SLASH:
        parts = written.split("/")
        if not all(part in _PRONOUNS for part in folded.split("/")):
            return tuple(word for part in parts for word in _split_word(part))
        return (written,)
    if "'" in written and len(written) <= _MAX_ELISION_LENGTH and folded not in load_stop_words("en"):
        head, _, rest = written.partition("'")
        if rest.casefold() in ("s", "") or folded.endswith("'s"):
            return _split_word(written[:-2].rstrip("'")) if len(written) > 2 else ()
        if head.casefold() in _ELISIONS and len(rest) > 2:
            return _split_word(rest)
    if "." in written:
        parts = written.split(".")
        # 'I like cats.Dogs too': a capital after a dot starts a sentence, except in 'Ph.D' and 'Node.JS'
        if any(len(part) > 3 and part[0].isupper() for part in parts[1:]):
            return tuple(word for part in parts if part for word in _split_word(part))
    return (written,)
