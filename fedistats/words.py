"""Texts to words, in any script, and words to counts of people."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import accumulate

import regex

from fedistats import model
from fedistats.text import clean

MOST_LETTERS = 40
"""A longer 'word' is a key, a checksum or a joke."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word of one person's text."""

    key: str
    """What its spellings have in common: 'cats', 'Cats' and '#cat' share a key. Two words: both keys, with a space between."""
    spelling: str
    """As written, hashtags without #."""
    stopped: bool
    """Is it a stop word here ('die' in a German text, but not in an English one)?"""
    pair: bool
    """Two words side by side: 'machine learning', '機械学習'."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many people use a word."""

    key: str
    spelling: str
    people: int
    stopped: int
    """Of these: how many use it as a stop word."""
    pair: bool


def terms(text: str) -> tuple[Term, ...]:
    """The different words of one person's plain text (`text.plain`), in the order of their first use, and the pairs they form.

    Words are what Unicode calls letters, marks and digits, held together by what stands inside 'he/him', 'C++', 'Ph.D' and
    'open-source'; a hashtag and an emoji with its sequence are words, too; single letters, bare numbers and URLs' remains are none.
    Languages without spaces are cut by ICU's dictionaries where icu4py is installed, else by rules that give up more words.
    """
    if not text.isascii():
        text = _UNSEEN.sub("", _TOWER.sub(r"\1", text))
    tokens = _tokens(text)
    halted = _stopped_by_language(text, [known for known, _, _ in tokens if known])
    found: dict[str, Term] = {}
    before: _Known | None = None
    end_before = 0
    for known, start, end in tokens:
        if known is None:
            before = None
            continue
        if known.term.stopped or known.folded in halted:
            found.setdefault(known.key, known.halted)
            before = None
            continue
        found.setdefault(known.key, known.term)
        if not known.pairs:
            before = None
            continue
        if before and text[end_before:start] == known.spaced == before.spaced and before.key != known.key:
            pair = _pair(before, known)
            found.setdefault(pair.key, pair)
        before, end_before = known, end
    return tuple(found.values())


def rank(
    tallies: Iterable[Tally],
    *,
    min_people: int = 3,
    most: int = 200,
    stopwords: Collection[str] = (),
    keep: Collection[str] = (),
) -> tuple[model.Word, ...]:
    """The commonest words, each used by at least `min_people` people; ties by text.

    `stopwords` are left out too, `keep` counts although it is a stop word; both in any spelling. A pair stands for itself
    where its people are at least a third of the geometric mean of its words' people (the cosine of their occurrence), and
    where neither word is spoken for by a commoner pair ('natural language' takes 'language', so 'language processing' stays
    apart); these people are then taken off its words. Raises ValueError where min_people is below 2: a word of one person is no statistic.
    """
    if min_people < 2:
        raise ValueError("min_people must be at least 2: a word that one person uses says who it is")
    unwanted, wanted = _keys(stopwords), _keys(keep)
    spelled: dict[str, str] = {}
    people: dict[str, int] = {}
    pairs: list[tuple[int, str]] = []
    for tally in tallies:
        uses = tally.people if tally.key in wanted else tally.people - tally.stopped
        if uses < min_people or tally.key in unwanted or (tally.pair and not unwanted.isdisjoint(tally.key.split(" "))):
            continue
        spelled[tally.key] = tally.spelling
        if tally.pair:
            pairs.append((-uses, tally.key))
        else:
            people[tally.key] = uses
    total = dict(people)
    for negative, key in sorted(pairs):
        uses, (first, second) = -negative, key.split(" ")
        together = 9 * uses * uses >= total.get(first, 0) * total.get(second, 0)
        if together and people.get(first, 0) >= uses <= people.get(second, 0):
            people[first] -= uses
            people[second] -= uses
            people[key] = uses
    words = (model.Word(clean(spelled[key], MOST_LETTERS), uses) for key, uses in people.items() if uses >= min_people)
    return tuple(sorted((word for word in words if word.text), key=lambda word: (-word.people, word.text)))[:most]


def _keys(lines: Iterable[str]) -> frozenset[str]:
    """The keys of what a person typed: of a line of two words the pair alone."""
    found: set[str] = set()
    for line in lines:
        typed = terms(line)
        pairs = [term for term in typed if term.pair]
        found.update(term.key for term in pairs or typed)
    return frozenset(found)


# --- tokens ---------------------------------------------------------------------------------------------------------------

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
_JOINED = re.compile(r"['’ʼ./‐‑-]")


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """What can be said of a spelling without its surroundings."""

    key: str
    folded: str
    """As stop lists have it."""
    term: Term
    halted: Term
    """The same as a stop word."""
    english: bool
    foreign: bool
    """Does a list of another language in the Latin script have it, and the English one not?"""
    pairs: bool
    spaced: str
    """What stands between it and its neighbour in a pair: a space, or nothing."""


_Token = tuple[_Known | None, int, int]
"""A word (None: something that parts words), its start and its end in the text."""


def _tokens(text: str) -> list[_Token]:
    if text.isascii():
        return [
            (known, *match.span())
            for match in _ASCII_TOKEN.finditer(text)
            for known in (_spaced(match[0]) if match.lastgroup == "word" else (None, _known(match["tag"]), None))
        ]
    found: list[_Token] = []
    japanese = _KANA.search(text) is not None
    for match in _TOKEN.finditer(text):
        kind, (start, end) = match.lastgroup, match.span()
        if kind == "word":
            found += [(known, start, end) for known in _spaced(match[0])]
        elif kind == "tag":
            found += [(None, start, end), (_known(match["tag"]), start, end), (None, start, end)]
        elif kind == "emoji":
            found.append((_emoji(match[0]), start, end))
        else:
            for piece, at in _unspaced(match[0], kind == "cjk", japanese):
                known = _segment(piece, kind == "cjk", japanese) if piece else None
                found.append((known, start + at, start + at + len(piece)))
    return found


@lru_cache(maxsize=1 << 16)
def _spaced(token: str) -> tuple[_Known | None, ...]:
    """The words of a token between spaces: one, or several with gaps between them that no pair may bridge."""
    parts = _parted(token) if _JOINED.search(token) else (token,)
    if parts == (token,):
        return (_known(token),)
    return (*(known for part in parts for known in (None, _known(part))), None)


# What stays whole although a slash stands inside.
_PRONOUNS = frozenset(
    "he him his she her hers they them their theirs it its xe xem ze zir hir ey em fae faer any all thon ask none other"
    " er ihm ihn sie ihr dey deren il lui elle iel ael al ella elle lo la lui lei ele ela elu dele dela hij hem zij haar hen die diens hun"
    " on jego ona jej ono han hans hon hennes hen ham hende li ŝi ri".split()
)
_WHOLE = frozenset("tcp/ip ci/cd ac/dc i/o a/v gnu/linux pl/sql m/f f/m m/m f/f w/w b/w d/s r/w l/r 9/11".split())
_ELISIONS = frozenset("l d j n s c m t qu jusqu lorsqu puisqu dell all nell sull dall un quest".split())


def _parted(token: str) -> tuple[str, ...]:
    """The words of a token that is held together by apostrophes, dots, slashes or hyphens."""
    token = token.replace("’", "'").replace("ʼ", "'").replace("‐", "-").replace("‑", "-")
    lower = token.casefold()
    if "/" in token and lower not in _WHOLE:
        parts = token.split("/")
        if not all(part in _PRONOUNS for part in lower.split("/")):
            return tuple(word for part in parts for word in _parted(part))
        return (token,)
    if "'" in token and lower not in _english():
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


# --- one word -------------------------------------------------------------------------------------------------------------

_NO_WORD = re.compile(r"[\d.,:/'_·+-]*(?:st|nd|rd|th|am|pm|h|yo|yr|yrs|x|k|º|ª)?", re.IGNORECASE)
"""Numbers, dates, times, ages and ordinals."""
_LETTERS = regex.compile(r"[\p{L}\p{M}'\-\u200c\u200d]+")
_ARABIC, _HEBREW, _HANGUL = range(0x600, 0x780), range(0x590, 0x600), range(0xAC00, 0xD7A4)


@lru_cache(maxsize=1 << 16)
def _known(token: str) -> _Known | None:
    """A word of a language with spaces, or a hashtag; None where it is no word."""
    word = token if token.isascii() else unicodedata.normalize("NFKC", token)
    word = word.strip("_·.'-")
    if len(word) < 2 or len(word) > MOST_LETTERS or _NO_WORD.fullmatch(word):
        return None
    folded = word.casefold()
    script = ord(word[0])
    if script in _ARABIC:
        word, key = _arabic(folded)
    elif script in _HEBREW:
        word, key = _hebrew(word)
    elif script in _HANGUL:
        word = key = _korean(word)
    elif script < 0x250:
        key = _latin(word, folded)
    else:
        key = folded
    if not key or (len(key) < 2 and script not in _HANGUL):
        return None
    english = folded in _english() or (script == 0x49 and folded.startswith("i'"))
    stopped = english or folded in _own_script() or (key is not folded and script >= 0x250 and key in _own_script())
    return _Known(
        key=key,
        folded=folded,
        term=Term(key, word, stopped, pair=False),
        halted=Term(key, word, stopped=True, pair=False),
        english=english,
        foreign=not english and folded in _foreign(),
        # what had an 'and' or a particle written onto it stands in another relation to its neighbour than that of a name
        pairs=script not in _HANGUL and word.casefold() == folded and _LETTERS.fullmatch(word) is not None,
        spaced=" ",
    )


@lru_cache(maxsize=1 << 12)
def _emoji(sequence: str) -> _Known:
    term = Term(sequence.replace("\ufe0f", ""), sequence, stopped=False, pair=False)
    return _Known(term.key, term.key, term, term, english=False, foreign=False, pairs=False, spaced="")


@lru_cache(maxsize=1 << 15)
def _segment(piece: str, cjk: bool, japanese: bool) -> _Known | None:
    """A word of a language without spaces; None where it is a fragment."""
    word = unicodedata.normalize("NFKC", piece)
    if len(word) > MOST_LETTERS or (len(word) < 2 and not _HAN.fullmatch(word)):
        return None
    if not cjk:
        stopped = word in _own_script()
    elif japanese:
        stopped = word in _list("ja") or (
            len(word) < 3 and _HIRAGANA.fullmatch(word) is not None and word not in _SHORT_NOUNS
        )
    else:
        stopped = word in _list("zh")
    term, halted = Term(word, word, stopped, pair=False), Term(word, word, stopped=True, pair=False)
    return _Known(word, word, term, halted, english=False, foreign=False, pairs=len(word) > 1, spaced="")


@lru_cache(maxsize=1 << 16)
def _pair(first: _Known, second: _Known) -> Term:
    both = f"{first.term.spelling}{first.spaced}{second.term.spelling}"
    return Term(f"{first.key} {second.key}", both, stopped=False, pair=True)


# --- Latin: plurals -------------------------------------------------------------------------------------------------------

_SINGULAR = frozenset(
    "news series species lens always windows gas bias atlas christmas canvas texas kansas dallas vegas pandas pancreas alias lewis"
    " chaos cosmos ethos pathos kudos macos ios centos las los emacs sales mars wales athens paris brussels james kubernetes postgres"
    " rails thomas nicolas lucas jonas andreas charles hans jens lars mathias arkansas honduras logos kos dos aws https css sos"
    " aids saas paas cmos this was has does goes pants scissors jeans".split()
)
"""Words that end in -s and are no plurals, as far as no rule of `_latin` says so."""
_ADDS_S = (
    "wiki kiwi taxi ski yeti menu guru emu gnu movie cookie selfie zombie foodie hoodie newbie rookie indie techie junkie brownie calorie"
    " genie pixie smoothie veggie birdie goodie roomie doggie cache niche headache topic comic critic clinic mechanic classic fabric lyric"
    " magic house cause spouse muse excuse".split()
)
_ADDS_ES = "hero potato tomato echo bus virus campus focus status bonus gas quiz census nexus corpus".split()
_IRREGULAR = {
    **{f"{word}s": word for word in _ADDS_S},
    **{f"{word}es": word for word in _ADDS_ES},
    **dict(
        pair.split(":")
        for pair in "women:woman men:man children:child mice:mouse lives:life wives:wife wolves:wolf leaves:leaf knives:knife feet:foot"
        " geese:goose analyses:analysis theses:thesis".split()
    ),
}
_ABBREVIATION = re.compile(r"[a-z]{1,3}(?:\.[a-z]{1,3})+")


def _latin(word: str, folded: str) -> str:
    """The key of a word in Latin letters: without the -s of a plural, and 'phd' for 'Ph.D'."""
    if "." in folded and _ABBREVIATION.fullmatch(folded) and max(map(len, folded.split("."))) > 1:
        folded = folded.replace(".", "")
    if not folded.endswith(("s", "n", "e", "t")) or "." in folded:
        return folded
    if folded in _IRREGULAR:
        return _IRREGULAR[folded]
    if not folded.endswith("s") or len(folded) < 3 or folded in _SINGULAR:
        return folded
    if word[-1] == "s" and word[:-1].isupper():  # GPUs, LLMs, AIs
        return folded[:-1]
    if len(folded) < 4 or folded.endswith(("ss", "us", "is", "ics", "'s")):
        return folded
    if folded.endswith("ies") and len(folded) > 4:
        return folded[:-3] + "y"
    if folded.endswith(("sses", "xes", "shes", "zzes", "ches")) and not folded.endswith("aches"):
        return folded[:-2]
    return folded[:-1]


# --- Arabic and Persian, Hebrew, Korean: what is written onto a word ------------------------------------------------------

_VOWEL_SIGNS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u0640]")
_PERSIAN = re.compile("[پچژگکی\u200c]")
_PERSIAN_SUFFIX = re.compile("(?:\u200c(?:های|هایی|هایم|ها|ام|ای|اند|تر|ترین|شناسی(?!.))|(?<=.{3})های)$")
_SAME_LETTER = str.maketrans("أإآٱىيكةۀ", "ااااییکهه")
_BORN_WITH_WAW = tuple(
    "وطن ورد ولد وقت وزير وزار واحد وحد وحيد وسائل وسيل وسط ويب ويكي وظيف وظائف وثائق وثيق ورق ورش وصف وصل وعي وفاء وجه وجود واقع واسع والد"
    " وكال وكيل ولاي وليد وردة وديع وائل وسام وسيم وعد وهم وهب وضع وزن وراء ورث وداع واجه وات واي".split()
)


def _arabic(word: str) -> tuple[str, str]:
    """The word without 'and' (و) and what hides the article, and its key: without the article, one letter for its variants."""
    word = _VOWEL_SIGNS.sub("", word)
    if _PERSIAN.search(word):
        return word, _PERSIAN_SUFFIX.sub("", word).translate(_SAME_LETTER)
    if len(word) > 3 and word[0] == "و" and not word.startswith(_BORN_WITH_WAW):
        word = word[1:]
    if len(word) > 5 and word.startswith(("بال", "كال", "فال")):
        word = word[1:]
    elif len(word) > 4 and word.startswith("لل"):
        word = "ال" + word[2:]
    bare = word[2:] if word.startswith("ال") and len(word) > 4 else word
    return word, bare.translate(_SAME_LETTER)


_BORN_WITH_VAV = tuple(
    "וידאו וידיאו ויקי ורד ורוד ותיק ועד ועידה וטרינר ויטמין ויזואל ויולה וירוס וינטג וגן וילה ויסקי וריאציה".split()
)


def _hebrew(word: str) -> tuple[str, str]:
    """The word without 'and' (ו), which is its key, too."""
    if len(word) > 3 and word[0] == "ו" and word[1] != "ו" and not word.startswith(_BORN_WITH_VAV):
        word = word[1:]
    return word, word


_AFTER_ANY = tuple(
    "이었습니다 했습니다 하였습니다 좋아합니다 이라고 입니다 합니다 됩니다 이에요 이예요 에서는 에서도 에서의 에게서"
    " 이지만 하면서 하려고 에서 에게 에는 에도 한테 부터 까지"
    " 처럼 보다 마다 조차 예요 이다 이고 이며 이자 인데 해요 하는 하고 하며 하기 했던 한다 하다 되는 들이 들을 들과 들은 들의 들".split()
)
_AFTER_CONSONANT = frozenset("을 은 이 과 으로".split())
_AFTER_VOWEL = frozenset("를 는 가 와 로".split())
_KOREAN_WHOLE = tuple(
    "고양이 어린이 떡볶이 이야기 주의 멍멍이 야옹이 원숭이 호랑이 젊은이 늙은이 글쓴이 지은이 목걸이 귀걸이 책꽂이 프로 멜로 솔로".split()
)
"""Nouns that end as if a particle followed."""


def _korean(word: str) -> str:
    """The noun, without the particle or the copula that is written onto it; empty for a verb.

    Which particle fits depends on whether the noun ends in a consonant, which tells 'noun + particle' from a longer noun.
    """
    if word.endswith(_KOREAN_WHOLE):
        return word
    for ending in _AFTER_ANY:
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            return _korean(word[: -len(ending)]) if ending[0] != "이" else word[: -len(ending)]
    for length in (2, 1):
        stem, particle = word[:-length], word[-length:]
        if not stem or not "가" <= stem[-1] <= "힣":
            continue
        last = (ord(stem[-1]) - 0xAC00) % 28  # 0: no final consonant; 8: ㄹ, which counts as a vowel before 로
        fits = (
            particle in _AFTER_VOWEL if last == 0 or (last == 8 and particle == "로") else particle in _AFTER_CONSONANT
        )
        if particle == "는" and last:
            return ""  # 읽는: a verb
        # one syllable before 이, 가, 은, 과, 로 is as likely a word of its own: 나이, 회사 + 가
        if fits and (len(stem) > 1 or particle in ("을", "를", "는")):
            return stem
    if word[-1] in "의에" and len(word) > 2:
        return word[:-1]
    return word


# --- Languages without spaces ---------------------------------------------------------------------------------------------

_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]")
_HAN = regex.compile(r"[\p{Han}々]+")
_HIRAGANA = re.compile("[\u3041-\u3096ー]+")
_KATAKANA_OR_HAN = regex.compile(r"[\p{Katakana}\p{Han}ーヶ々〆]+")
_PARTICLES = frozenset(
    "が は を に の と も や で へ から まで より です だ な など とか だけ しか ね よ"
    " さん ちゃん だった でした なら か として にて での との への からの".split()
)
_SHORT_NOUNS = frozenset("ねこ いぬ ねた うた えほん ごはん うに すし はな さけ もち くま とり うま かめ ゆり".split())
_SUFFIXES = frozenset("者家員師士語学學部生员师长長手迷控党奴症性机器館馆店屋車车機版派界圈史論论法力科院课國国")
_FUNCTION_HAN = "(?:喜欢|喜歡|热爱|熱愛|[的了是在和与與及或我你他她们們这這那个個名位为為就也都很不有一])"
_CONTENT_HAN = regex.compile(rf"{_FUNCTION_HAN} (*SKIP)(*FAIL) | (?:(?!{_FUNCTION_HAN})\p{{Han}})++", regex.VERBOSE)
_KANA_OR_HAN = regex.compile(
    r"[\p{Katakana}ー]+|[\p{Han}々〆ヶ]+|[\p{Hiragana}]+|[^\p{Katakana}ー\p{Han}々〆ヶ\p{Hiragana}]+"
)
_NO_SPACE = re.compile(r"\S+|\s+")


def _unspaced(run: str, cjk: bool, japanese: bool) -> Iterator[tuple[str, int]]:
    """The words of a stretch without spaces, and where they start; an empty one where something else stands between."""
    if not _breaker():
        yield from _by_rule(run, cjk, japanese)
    elif cjk:
        yield from _glued(_dictionary_words(run, "ja" if japanese else "zh"), japanese)
    else:
        yield from ((piece if not piece.isspace() else "", at) for piece, at in _dictionary_words(run, "th"))


@lru_cache(maxsize=1 << 14)
def _shape(piece: str) -> str:
    if _HAN.fullmatch(piece):
        return "lone" if len(piece) == 1 else "han"
    if _HIRAGANA.fullmatch(piece):
        return "particle" if piece in _PARTICLES else "kana"
    return "other" if piece[0].isalpha() else ""


def _glued(pieces: list[tuple[str, int]], japanese: bool) -> Iterator[tuple[str, int]]:
    """Dictionaries leave crumbs: 工程 + 师 is one word, 开 + 源 another; 飼 before って is a verb's stem and no word."""
    stops = _list("ja" if japanese else "zh")
    shapes = [_shape(piece) for piece, _ in pieces] + [""]
    word, start = "", 0
    for index, (piece, at) in enumerate(pieces):
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
            stem = len(piece) == 1 and _HIRAGANA.match(after) and after not in "がはをにのともやでへだ"
            yield ("" if len(piece) > 12 or stem or not _KATAKANA_OR_HAN.fullmatch(piece) else piece), match.start()
    else:
        for match in _CONTENT_HAN.finditer(run):
            yield (match[0] if 2 <= len(match[0]) <= 6 else ""), match.start()


def _dictionary_words(run: str, locale: str) -> list[tuple[str, int]]:
    cut = _breaker()
    if not cut:
        return []
    pieces = [str(piece) for piece in cut(run, locale)]
    return list(zip(pieces, accumulate(map(len, pieces), initial=0), strict=False))


@cache
def _breaker() -> Callable[[str, str], Iterable[str]] | None:
    """ICU's word breaker, where the extra `scripts` is installed."""
    try:
        from icu4py.breakers import WordBreaker
    except ImportError:
        return None
    return WordBreaker


# --- Stop words -----------------------------------------------------------------------------------------------------------

_OWN_SCRIPTS = "ar fa he hi ru uk bg el ko th km lo my".split()
"""Their lists hold in every text: their words look like no other language's. (ja and zh share characters: see `_segment`.)"""
_LATIN = "ca cs da de eo es fi fr hu id it nl no pl pt ro sv tr".split()
"""Their lists hold in texts of that language alone: 'die', 'art', 'man' and 'ai' are English words, too."""


@cache
def _list(language: str) -> frozenset[str]:
    text = resources.files("fedistats").joinpath("stopwords", f"{language}.txt").read_text("utf-8")
    return frozenset(word.casefold() for line in text.splitlines() if not line.startswith("#") for word in line.split())


@cache
def _english() -> frozenset[str]:
    return _list("en")


@cache
def _own_script() -> frozenset[str]:
    return frozenset().union(*map(_list, _OWN_SCRIPTS))


@cache
def _foreign() -> frozenset[str]:
    return frozenset().union(*map(_list, _LATIN)) - _english()


@cache
def _speakers() -> dict[str, tuple[str, ...]]:
    """For each stop word of other languages: whose it is."""
    return {word: tuple(language for language in _LATIN if word in _list(language)) for word in _foreign()}


def _stopped_by_language(text: str, words: list[_Known]) -> frozenset[str]:
    """The stop words of the language a text is written in, where it is another one in the Latin script.

    Asked only where other languages' stop words outnumber the English. Where those of one language are two ahead of any other's
    it is that one; else py3langid is asked, which costs more than all the rest.
    """
    foreign = [word.folded for word in words if word.foreign]
    if not foreign or len(foreign) <= sum(word.english for word in words):
        return frozenset()
    votes = Counter(language for word in foreign for language in _speakers()[word])
    (language, most), (_, second) = (*votes.most_common(2), ("", 0))[:2]
    if most < second + 2:
        import py3langid  # 0.3 s, and many collections never need it

        language = py3langid.classify(text)[0]
        language = "no" if language in ("nb", "nn") else language
    return _list(language) if language in _LATIN else frozenset()
