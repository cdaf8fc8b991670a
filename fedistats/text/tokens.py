"""A text to its words, in the order they stand."""

from __future__ import annotations

import re
from functools import lru_cache

import regex

from fedistats.text import segmentation, terms
from fedistats.text.stop_words import english
from fedistats.text.terms import MOST_LETTERS, Word

_TOWER = regex.compile(r"(\p{M}{4})\p{M}++")
_UNSEEN = re.compile("[\u00ad\u2060-\u2064\ufeff\u200e\u200f\u061c]+")

_CJK = r"\p{Han}\p{Hiragana}\p{Katakana}ー々〆ヶｰ"
_SEA = r"\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_PICTURE = (
    # pictures, without the arrows, bullets and check marks that people draw lists with, and without © ® ™
    r"[\p{Extended_Pictographic}--[\u00a9\u00ae\u2122\u203c\u2049\u2139\u2190-\u21ff\u25a0-\u25ff\u2705\u2714\u2716"
    r"\u2733\u2734\u2747\u274c\u2753-\u2757\u2795-\u2797\u27a1\u27b0\u2934\u2935\u2b05-\u2b1c\u3030\u303d\u3297\u3299"
    r"\U0001f446-\U0001f449\U0001f51c\U0001f51d\U0001f53c\U0001f53d]]"
)
_TOKEN = regex.compile(
    rf"""
      (?P<word> (?=[\p{{L}}\p{{N}}]) (?![0-9]\ufe0f?\u20e3)
        (?P<run> [[\p{{L}}\p{{Mn}}\p{{Mc}}\p{{N}}]--[{_CJK}{_SEA}\ufe00-\ufe0f]]++ )
        (?: ['’ʼ.\-‐‑/\u200c\u200d״׳] (?=[\p{{L}}\p{{N}}]) (?&run) )*+
        (?: \+{{1,2}}+ (?!\w) | (?<=(?<!\w)[A-Za-z]) \# (?!\w) )? )
    | (?P<cjk> [{_CJK}] (?: [{_CJK}、。・「」『』！？，：；（）0-9\s]* [{_CJK}] )? )
    | (?P<sea> [{_SEA}] (?: [{_SEA}\s]* [{_SEA}] )? )
    | [#＃] (?P<tag> [\p{{L}}\p{{M}}\p{{N}}_·]*+ )
    | (?P<emoji> \p{{RI}}\p{{RI}} | [0-9#*]\ufe0f?\u20e3
        | {_PICTURE} (?:\ufe0f|\p{{EMod}})? (?:[\U000E0061-\U000E007A]++\U000E007F)?
          (?:\u200d\p{{Extended_Pictographic}}(?:\ufe0f|\p{{EMod}})?)*+ )
    """,
    regex.VERBOSE | regex.V1,
)
_ASCII_TOKEN = re.compile(
    r"#(?P<tag>[A-Za-z0-9_]*+)|(?P<word>[A-Za-z0-9]++(?:['./-][A-Za-z0-9]++)*+(?:\+{1,2}+(?!\w)|(?<=\b[A-Za-z])#(?!\w))?)"
)
_JOINT = re.compile(r"['’ʼ./‐‑-]")
_SHORT = 40
"""Longer chunks are sentences of a language without spaces, or rubbish: not worth remembering."""


def words_of(text: str) -> list[Word | None]:
    """The words of a text; None where something parts two words, so that they are no neighbours.

    What stands between two spaces is looked at once and remembered: most of it has been written before.
    """
    japanese = not text.isascii() and segmentation.KANA.search(text) is not None
    return [
        found
        for chunk in text.replace("\n", "  ").split(" ")
        for found in (_remembered(chunk, japanese) if len(chunk) <= _SHORT else _cut(chunk, japanese))
    ]


@lru_cache(maxsize=1 << 16)
def _remembered(chunk: str, japanese: bool) -> tuple[Word | None, ...]:
    return tuple(_cut(chunk, japanese))


def _cut(chunk: str, japanese: bool) -> list[Word | None]:
    """The words of what stands between two spaces; None at its ends where a sign is in the way of the neighbours."""
    if not chunk.isascii():
        chunk = _UNSEEN.sub("", _TOWER.sub(r"\1", chunk))
    tokens: re.Pattern[str] | regex.Pattern[str] = _ASCII_TOKEN if chunk.isascii() else _TOKEN
    found: list[Word | None] = []
    end = 0
    for match in tokens.finditer(chunk):
        if match.start() or found:
            found.append(None)
        token, kind, end = match[0], match.lastgroup, match.end()
        if kind == "word":
            found += _joined(token)
        elif kind == "tag":
            found += None, terms.spaced(match["tag"]), None
        elif kind == "emoji":
            found.append(terms.emoji(token))
        else:
            found += _unspaced(token, kind == "cjk", japanese)
    if end < len(chunk) or not found:
        found.append(None)
    return found


def _joined(token: str) -> tuple[Word | None, ...]:
    """The words of a token of a language with spaces: one, or several with gaps between them."""
    parts = _parted(token) if _JOINT.search(token) else (token,)
    if parts == (token,):
        return (terms.spaced(token),)
    return (*(found for part in parts for found in (None, terms.spaced(part))), None)


def _unspaced(run: str, cjk: bool, japanese: bool) -> list[Word | None]:
    """The words of a stretch without spaces."""
    found: list[Word | None] = [None]
    end = 0
    for piece, at in segmentation.pieces(run, cjk, japanese):
        if at > end:
            found.append(None)
        found.append(terms.unspaced(piece, cjk, japanese) if piece else None)
        end = at + len(piece)
    return [*found, None]


# What stays whole although a slash stands inside.
_PRONOUNS = frozenset(
    "he him his she her hers they them their theirs it its xe xem ze zir hir ey em fae faer any all thon ask none other"
    " er ihm ihn sie ihr dey deren il lui elle iel ael al ella elle lo la lui lei ele ela elu dele dela hij hem zij haar hen die diens hun"
    " on jego ona jej ono han hans hon hennes hen ham hende li ŝi ri".split()
)
_WHOLE = frozenset("tcp/ip ci/cd ac/dc i/o a/v gnu/linux pl/sql m/f f/m m/m f/f w/w b/w d/s r/w l/r 9/11".split())
_ELISIONS = frozenset("l d j n s c m t qu jusqu lorsqu puisqu dell all nell sull dall un quest".split())

_MOST_ELIDED = 2 * MOST_LETTERS
"""Letters: in a longer token the apostrophes are those of somebody who wants to see what happens."""


def _parted(token: str) -> tuple[str, ...]:
    """The words of a token that is held together by apostrophes, dots, slashes or hyphens."""
    token = token.replace("’", "'").replace("ʼ", "'").replace("‐", "-").replace("‑", "-")
    lower = token.casefold()
    if "/" in token and lower not in _WHOLE:
        parts = token.split("/")
        if not all(part in _PRONOUNS for part in lower.split("/")):
            return tuple(word for part in parts for word in _parted(part))
        return (token,)
    if "'" in token and len(token) <= _MOST_ELIDED and lower not in english():
        head, _, rest = token.partition("'")
        if rest.casefold() in ("s", "") or lower.endswith("'s"):
            return _parted(token[:-2].rstrip("'")) if len(token) > 2 else ()
        if head.casefold() in _ELISIONS and len(rest) > 2:
            return _parted(rest)
    if "." in token:
        parts = token.split(".")
        # 'I like cats.Dogs too': a capital after a dot begins a sentence, unless it is 'Ph.D' or 'Node.JS'
        if any(len(part) > 3 and part[0].isupper() for part in parts[1:]):
            return tuple(word for part in parts if part for word in _parted(part))
    return (token,)
