"""Stemming by language: removes plurals, articles and particles, and returns the key that the forms of a word share."""

from __future__ import annotations

import re

_SINGULAR = frozenset(
    "news series species lens always windows gas bias atlas christmas canvas texas kansas dallas vegas pandas pancreas alias lewis"
    " chaos cosmos ethos pathos kudos macos ios centos las los emacs sales mars wales athens paris brussels james kubernetes postgres"
    " rails thomas nicolas lucas jonas andreas charles hans jens lars mathias arkansas honduras logos kos dos aws https css sos"
    " aids saas paas cmos this was has does goes pants scissors jeans".split()
)
"""Words in -s that are not plurals and that the rules of `stem_latin` do not cover."""
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


def stem_latin(word: str, folded: str) -> str:
    """The key of a word in Latin script: without the -s of a plural, and 'phd' for 'Ph.D'."""
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


_VOWEL_SIGNS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u0640]")
_PERSIAN = re.compile("[پچژگکی\u200c]")
_PERSIAN_SUFFIX = re.compile("(?:\u200c(?:های|هایی|هایم|ها|ام|ای|اند|تر|ترین|شناسی(?!.))|(?<=.{3})های)$")
_LETTER_VARIANTS = str.maketrans("أإآٱىيكةۀ", "ااااییکهه")
_STEMS_WITH_WAW = tuple(
    "وطن ورد ولد وقت وزير وزار واحد وحد وحيد وسائل وسيل وسط ويب ويكي وظيف وظائف وثائق وثيق ورق ورش وصف وصل وعي وفاء وجه وجود واقع واسع والد"
    " وكال وكيل ولاي وليد وردة وديع وائل وسام وسيم وعد وهم وهب وضع وزن وراء ورث وداع واجه وات واي".split()
)


def stem_arabic(word: str) -> tuple[str, str]:
    """The word without 'and' (و) and prefixes merged with the article, and its key: without the article, letter variants unified."""
    word = _VOWEL_SIGNS.sub("", word)
    if _PERSIAN.search(word):
        return word, _PERSIAN_SUFFIX.sub("", word).translate(_LETTER_VARIANTS)
    if len(word) > 3 and word[0] == "و" and not word.startswith(_STEMS_WITH_WAW):
        word = word[1:]
    if len(word) > 5 and word.startswith(("بال", "كال", "فال")):
        word = word[1:]
    elif len(word) > 4 and word.startswith("لل"):
        word = "ال" + word[2:]
    without_article = word[2:] if word.startswith("ال") and len(word) > 4 else word
    return word, without_article.translate(_LETTER_VARIANTS)


_STEMS_WITH_VAV = tuple(
    "וידאו וידיאו ויקי ורד ורוד ותיק ועד ועידה וטרינר ויטמין ויזואל ויולה וירוס וינטג וגן וילה ויסקי וריאציה".split()
)


def stem_hebrew(word: str) -> tuple[str, str]:
    """The word without 'and' (ו), twice: it is also the key."""
    if len(word) > 3 and word[0] == "ו" and word[1] != "ו" and not word.startswith(_STEMS_WITH_VAV):
        word = word[1:]
    return word, word


_ENDINGS = tuple(
    "이었습니다 했습니다 하였습니다 좋아합니다 이라고 입니다 합니다 됩니다 이에요 이예요 에서는 에서도 에서의 에게서"
    " 이지만 하면서 하려고 에서 에게 에는 에도 한테 부터 까지"
    " 처럼 보다 마다 조차 예요 이다 이고 이며 이자 인데 해요 하는 하고 하며 하기 했던 한다 하다 되는 들이 들을 들과 들은 들의 들".split()
)
_PARTICLES_AFTER_CONSONANT = frozenset("을 은 이 과 으로".split())
_PARTICLES_AFTER_VOWEL = frozenset("를 는 가 와 로".split())
_KOREAN_NOUNS = tuple(
    "고양이 어린이 떡볶이 이야기 주의 멍멍이 야옹이 원숭이 호랑이 젊은이 늙은이 글쓴이 지은이 목걸이 귀걸이 책꽂이 프로 멜로 솔로".split()
)
"""Nouns whose last syllable looks like a particle."""


def stem_korean(word: str) -> str:
    """The noun without its particle or copula; empty for a verb.

    The form of a particle depends on whether the noun ends in a consonant. This separates 'noun + particle' from a longer noun.
    """
    if word.endswith(_KOREAN_NOUNS):
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            return stem_korean(word[: -len(ending)]) if ending[0] != "이" else word[: -len(ending)]
    for length in (2, 1):
        stem, particle = word[:-length], word[-length:]
        if not stem or not "가" <= stem[-1] <= "힣":
            continue
        final_consonant = (ord(stem[-1]) - 0xAC00) % 28  # 0: none; 8: ㄹ, which counts as a vowel before 로
        after_vowel = final_consonant == 0 or (final_consonant == 8 and particle == "로")
        fits = particle in (_PARTICLES_AFTER_VOWEL if after_vowel else _PARTICLES_AFTER_CONSONANT)
        if particle == "는" and final_consonant:
            return ""  # 읽는: a verb
        # after one syllable 이, 가, 은, 과, 로 are as likely part of the noun: 나이, 회사 + 가
        if fits and (len(stem) > 1 or particle in ("을", "를", "는")):
            return stem
    if word[-1] in "의에" and len(word) > 2:
        return word[:-1]
    return word
