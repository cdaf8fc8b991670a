"""Word segmentation of Japanese, Chinese, Thai, Lao, Khmer and Burmese: by ICU's dictionaries if installed, else by rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from itertools import accumulate

import regex

from fedistats.text.stop_words import load_stop_words

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
_NO_SPACE = regex.compile(r"\S+|\s+")

WordBreaker = Callable[[str, str], Iterable[str]]  # splits a text of a language (its code) into segments


def segment_run(run: str, cjk: bool, japanese: bool) -> Iterator[tuple[str, int]]:
    """The words of a run of text without spaces, with their offsets; an empty word for anything else.

    `cjk`: the run is Chinese or Japanese (`japanese` says which), not Thai, Lao, Khmer or Burmese.
    """
    word_breaker = load_word_breaker()
    if not word_breaker:
        yield from _segment_by_rules(run, cjk, japanese)
    elif cjk:
        segments = _segment_by_dictionary(word_breaker, run, "ja" if japanese else "zh")
        yield from _merge_characters(segments, japanese)
    else:
        for word, offset in _segment_by_dictionary(word_breaker, run, "th"):
            yield ("" if word.isspace() else word), offset


@lru_cache(maxsize=1 << 14)
def _classify(word: str) -> str:
    """'character': one Chinese character; 'characters': several; 'particle' and 'hiragana'; 'other'; '' for no letters."""
    if HAN.fullmatch(word):
        return "character" if len(word) == 1 else "characters"
    if HIRAGANA.fullmatch(word):
        return "particle" if word in _PARTICLES else "hiragana"
    return "other" if word[0].isalpha() else ""


def _merge_characters(segments: list[tuple[str, int]], japanese: bool) -> Iterator[tuple[str, int]]:
    """Merge single characters that ICU leaves: 工程 + 师 and 开 + 源 are one word each; 飼 before って is a verb stem and is dropped."""
    stop_words = load_stop_words("ja" if japanese else "zh")
    kinds = [_classify(segment) for segment, _ in segments] + [""]
    word, start = "", 0
    for index, (segment, offset) in enumerate(segments):
        kind = kinds[index]
        if word:
            joins = segment in _SUFFIXES if len(word) > 1 else not japanese and segment not in stop_words
            if kind == "character" and joins:
                word += segment
                continue
            yield word, start
            word = ""
        if kind == "character" and japanese and kinds[index + 1] == "hiragana":
            yield "", offset
        elif kind in ("hiragana", "particle", "") or segment in stop_words:
            yield (segment if kind else ""), offset
        else:
            word, start = segment, offset
    if word:
        yield word, start


def _segment_by_rules(run: str, cjk: bool, japanese: bool) -> Iterator[tuple[str, int]]:
    """Without a dictionary: runs of katakana or of Chinese characters, split at function words. Long runs are dropped."""
    if not cjk:
        for match in _NO_SPACE.finditer(run):
            yield (match[0] if len(match[0]) <= 10 else ""), match.start()
    elif japanese:
        for match in _KANA_OR_HAN.finditer(run):
            word, next_character = match[0], run[match.end() : match.end() + 1]
            before_particle = next_character in "がはをにのともやでへだ"
            is_verb_stem = len(word) == 1 and HIRAGANA.match(next_character) and not before_particle
            is_word = len(word) <= 12 and not is_verb_stem and _KATAKANA_OR_HAN.fullmatch(word)
            yield (word if is_word else ""), match.start()
    else:
        for match in _CONTENT_HAN.finditer(run):
            yield (match[0] if 2 <= len(match[0]) <= 6 else ""), match.start()


def _segment_by_dictionary(word_breaker: WordBreaker, run: str, language: str) -> list[tuple[str, int]]:
    segments = [str(segment) for segment in word_breaker(run, language)]
    return list(zip(segments, accumulate(map(len, segments), initial=0), strict=False))


@cache
def load_word_breaker() -> WordBreaker | None:
    """ICU's word breaker; None if the extra `scripts` is not installed."""
    try:
        from icu4py.breakers import WordBreaker as IcuWordBreaker
    except ImportError:
        return None
    return IcuWordBreaker
