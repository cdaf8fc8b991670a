"""Languages without spaces: Japanese, Chinese, Thai, Lao, Khmer, Burmese. Cut into words by ICU's dictionaries, or by rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from itertools import accumulate

import regex

from fedistats.text.stop_words import stop_list

KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]")
HAN = regex.compile(r"[\p{Han}々]+")
HIRAGANA = re.compile("[\u3041-\u3096ー]+")
_KATAKANA_OR_HAN = regex.compile(r"[\p{Katakana}\p{Han}ーヶ々〆]+")
_PARTICLES = frozenset(
    "が は を に の と も や で へ から まで より です だ な など とか だけ しか ね よ"
    " さん ちゃん だった でした なら か として にて での との への からの".split()
)
_SUFFIXES = frozenset("者家員師士語学學部生员师长長手迷控党奴症性机器館馆店屋車车機版派界圈史論论法力科院课國国")
_FUNCTION_HAN = "(?:喜欢|喜歡|热爱|熱愛|[的了是在和与與及或我你他她们們这這那个個名位为為就也都很不有一])"
_CONTENT_HAN = regex.compile(rf"{_FUNCTION_HAN} (*SKIP)(*FAIL) | (?:(?!{_FUNCTION_HAN})\p{{Han}})++", regex.VERBOSE)
_KANA_OR_HAN = regex.compile(
    r"[\p{Katakana}ー]+|[\p{Han}々〆ヶ]+|[\p{Hiragana}]+|[^\p{Katakana}ー\p{Han}々〆ヶ\p{Hiragana}]+"
)
_NO_SPACE = re.compile(r"\S+|\s+")


Breaker = Callable[[str, str], Iterable[str]]
"""Cuts a stretch of text, given with the language's code."""


def pieces(run: str, cjk: bool, japanese: bool) -> Iterator[tuple[str, int]]:
    """The words of a stretch without spaces, and where they start; an empty one where something else stands between."""
    cut = breaker()
    if not cut:
        yield from _by_rule(run, cjk, japanese)
    elif cjk:
        yield from _glued(_dictionary_words(cut, run, "ja" if japanese else "zh"), japanese)
    else:
        yield from ((piece if not piece.isspace() else "", at) for piece, at in _dictionary_words(cut, run, "th"))


@lru_cache(maxsize=1 << 14)
def _shape(piece: str) -> str:
    """lone: one Chinese character; han: several; particle, kana: hiragana; other; empty: no letters."""
    if HAN.fullmatch(piece):
        return "lone" if len(piece) == 1 else "han"
    if HIRAGANA.fullmatch(piece):
        return "particle" if piece in _PARTICLES else "kana"
    return "other" if piece[0].isalpha() else ""


def _glued(cut: list[tuple[str, int]], japanese: bool) -> Iterator[tuple[str, int]]:
    """Dictionaries leave crumbs: 工程 + 师 is one word, 开 + 源 another; 飼 before って is a verb's stem and no word."""
    stops = stop_list("ja" if japanese else "zh")
    shapes = [_shape(piece) for piece, _ in cut] + [""]
    word, start = "", 0
    for index, (piece, at) in enumerate(cut):
        shape = shapes[index]
        if word:
            if shape == "lone" and (piece in _SUFFIXES if len(word) > 1 else not japanese and piece not in stops):
                word += piece
                continue
            yield word, start
            word = ""
        if shape == "lone" and japanese and shapes[index + 1] == "kana":
            yield "", at
        elif shape in ("kana", "particle", "") or piece in stops:
            yield (piece if shape else ""), at
        else:
            word, start = piece, at
    if word:
        yield word, start


def _by_rule(run: str, cjk: bool, japanese: bool) -> Iterator[tuple[str, int]]:
    """Without a dictionary: runs of katakana or of Chinese characters, cut at function words; what is too long is no word."""
    if not cjk:
        yield from ((word[0] if len(word[0]) <= 10 else "", word.start()) for word in _NO_SPACE.finditer(run))
    elif japanese:
        for match in _KANA_OR_HAN.finditer(run):
            piece, after = match[0], run[match.end() : match.end() + 1]
            stem = len(piece) == 1 and HIRAGANA.match(after) and after not in "がはをにのともやでへだ"
            yield ("" if len(piece) > 12 or stem or not _KATAKANA_OR_HAN.fullmatch(piece) else piece), match.start()
    else:
        for match in _CONTENT_HAN.finditer(run):
            yield (match[0] if 2 <= len(match[0]) <= 6 else ""), match.start()


def _dictionary_words(cut: Breaker, run: str, locale: str) -> list[tuple[str, int]]:
    found = [str(piece) for piece in cut(run, locale)]
    return list(zip(found, accumulate(map(len, found), initial=0), strict=False))


@cache
def breaker() -> Breaker | None:
    """ICU's word breaker, where the extra `scripts` is installed."""
    try:
        from icu4py.breakers import WordBreaker
    except ImportError:
        return None
    return WordBreaker
