"""What is written onto a word, in each language: the word without it, and the key that its forms share."""

from __future__ import annotations

import re

# --- Latin: plurals -------------------------------------------------------------------------------------------------------

_SINGULAR = frozenset(
    "news series species lens always windows gas bias atlas christmas canvas texas kansas dallas vegas pandas pancreas alias lewis"
    " chaos cosmos ethos pathos kudos macos ios centos las los emacs sales mars wales athens paris brussels james kubernetes postgres"
    " rails thomas nicolas lucas jonas andreas charles hans jens lars mathias arkansas honduras logos kos dos aws https css sos"
    " aids saas paas cmos this was has does goes pants scissors jeans".split()
)
"""Words that end in -s and are no plurals, as far as no rule of `latin` says so."""
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


def latin(word: str, folded: str) -> str:
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


def arabic(word: str) -> tuple[str, str]:
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


def hebrew(word: str) -> tuple[str, str]:
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


def korean(word: str) -> str:
    """The noun, without the particle or the copula that is written onto it; empty for a verb.

    Which particle fits depends on whether the noun ends in a consonant, which tells 'noun + particle' from a longer noun.
    """
    if word.endswith(_KOREAN_WHOLE):
        return word
    for ending in _AFTER_ANY:
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            return korean(word[: -len(ending)]) if ending[0] != "이" else word[: -len(ending)]
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
