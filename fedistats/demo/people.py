"""The people of the made-up fediverse: drawn by lot, always the same lot."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from html import escape
from itertools import accumulate
from random import Random

from fedistats.demo.atlas import NOW, START, Place
from fedistats.demo.tongues import ASIDES, BIO_TAGS, EMOJI, FIRST, PRONOUNS, SECOND, SPOKEN, TONGUES, Tongue

DAY = 86_400
_WAVES = (
    ("2018-03-01", "2022-04-24", 24), ("2022-04-25", "2022-05-20", 10), ("2022-10-28", "2022-11-30", 34),
    ("2022-12-01", "2023-01-31", 10), ("2023-02-01", "2024-12-31", 14), ("2025-01-01", "2026-10-25", 8),
)  # fmt: skip
"""From, to, share in percent: sign-ups came in waves."""


@dataclass(frozen=True, slots=True, eq=False)
class Citizen:
    """An account, as its own server knows it."""

    place: Place
    number: int
    """From 1 on, in the order of sign-up."""
    name: str
    language: str
    note: str
    """HTML, as Mastodon writes it."""
    fields: tuple[tuple[str, str], ...]
    noindex: bool
    bot: bool
    created_at: int
    """Epoch seconds, midnight."""
    followers: int
    following: int
    posts: int
    appeal: float
    """Around 1: how readily people of other instances follow them."""

    @property
    def tongue(self) -> Tongue:
        return TONGUES[self.language]


def citizens(place: Place, most: int | None = None) -> list[Citizen]:
    """The discoverable people of an instance (or the first `most`), oldest account first."""
    return [_citizen(place, number) for number in range(1, (most or place.people) + 1)]


@cache
def _sign_ups(place: Place) -> list[int]:
    dice = Random(f"sign-ups of {place.host}")
    return sorted(_day(dice) for _ in range(place.people))


@cache
def _citizen(place: Place, number: int) -> Citizen:
    """One of the people of an instance."""
    created_at = _sign_ups(place)[number - 1]
    dice = Random(f"{number} of {place.host}")
    language = _language(place, dice)
    note, fields = _bio(place, language, dice)
    refusal = dice.random() if number > 1 else 1.0
    if refusal < 0.02:
        note += f"<p>{_tag(place, 'nobot')}</p>"
    elif refusal < 0.03:
        fields += (("Robots", _tag(place, "noindex")),)
    age = 0.3 + (NOW - created_at) / (4 * 365 * DAY)
    appeal = min(dice.lognormvariate(0, 0.6), 2.5)
    return Citizen(
        place=place,
        number=number,
        name=f"{dice.choice(FIRST)}{dice.choice(SECOND)}{number}",
        language=language,
        note=note,
        fields=fields,
        noindex=0.03 <= refusal < 0.06,
        bot=dice.random() < 0.02,
        created_at=created_at,
        followers=int(appeal * age * dice.lognormvariate(4.1, 1.5)),
        following=int(dice.lognormvariate(4.6, 1.1)),
        posts=int(age * dice.lognormvariate(5.3, 1.7)),
        appeal=appeal,
    )


def _language(place: Place, dice: Random) -> str:
    own = place.circle.languages
    spoken = SPOKEN if place.host == START else {language: 0.3**rank for rank, language in enumerate(own)}
    return dice.choices(list(spoken), weights=list(spoken.values()))[0]


def some(dice: Random, stock: Sequence[str], most: int) -> list[str]:
    """Different words of a stock, which has the commonest first and thins out as languages do (Zipf)."""
    found: dict[str, None] = {}
    weights = _zipf(len(stock))
    while len(found) < min(most, len(stock)):
        found[stock[bisect(weights, dice.random() * weights[-1])]] = None
    return list(found)


@cache
def _zipf(words: int) -> list[float]:
    return list(accumulate((rank + 1.5) ** -0.9 for rank in range(words)))


def _bio(place: Place, language: str, dice: Random) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Note and fields. One in twelve has neither."""
    if dice.random() < 0.08:
        return "", ()
    tongue = TONGUES[language]
    parts = [filled(some(dice, tongue.sentences, 1)[0], tongue, dice)]
    if language == "en" and dice.random() < 0.35:
        parts.append(filled(some(dice, tongue.sentences, 1)[0], tongue, dice))
    for extras, share in ((ASIDES, 0.3), (PRONOUNS, 0.3)):
        if language in extras and dice.random() < share:
            parts.append(some(dice, extras[language], 1)[0])
    paragraphs = [" · ".join(map(escape, parts)) if dice.random() < 0.4 else ". ".join(map(escape, parts))]
    if dice.random() < 0.22:
        paragraphs.append(" ".join(_tag(place, tag) for tag in some(dice, BIO_TAGS, dice.randint(1, 3))))
    if dice.random() < 0.16:
        paragraphs[0] += " " + "".join(some(dice, EMOJI, dice.randint(1, 3)))
    if dice.random() < 0.06:
        friend = f"{dice.choice(FIRST)}{dice.choice(SECOND)}"
        paragraphs.append(f"Also {_mention('lantern.example', friend)}")
    fields: tuple[tuple[str, str], ...] = ()
    if dice.random() < 0.3:
        fields += (("Web", _link(f"www.{dice.choice(SECOND)}-{dice.choice(SECOND)}.example", "/about/everything")),)
    if language in PRONOUNS and dice.random() < 0.15:
        fields += (("Pronouns", PRONOUNS[language][0]),)
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs), fields


def filled(sentence: str, tongue: Tongue, dice: Random) -> str:
    """A sentence with its gaps filled; where a language has capitals, it begins with one."""
    fields, likes = some(dice, tongue.fields, 2), some(dice, tongue.likes, 3)
    text = sentence.format(
        role=some(dice, tongue.roles, 1)[0],
        field=fields[0], field2=fields[1], like=likes[0], like2=likes[1], like3=likes[2],
    )  # fmt: skip
    return text[:1].upper() + text[1:]


def _tag(place: Place, tag: str) -> str:
    return tag_link(place.api_host, tag)


def tag_link(host: str, tag: str) -> str:
    """A hashtag as Mastodon writes it."""
    return f'<a href="https://{host}/tags/{tag}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>'


def _mention(host: str, name: str) -> str:
    link = f'<a href="https://{host}/@{name}" class="u-url mention">@<span>{name}</span></a>'
    return f'<span class="h-card" translate="no">{link}</span>'


def _link(host: str, path: str) -> str:
    return (
        f'<a href="https://{host}{path}" target="_blank" rel="nofollow noopener me" translate="no"><span class="invisible">https://www.</span>'
        f'<span class="ellipsis">{host.removeprefix("www.")}{path[:6]}</span><span class="invisible">{path[6:]}</span></a>'
    )


def _day(dice: Random) -> int:
    """Midnight of a day of sign-up, in epoch seconds."""
    begin, end, _ = dice.choices(_WAVES, weights=[share for *_, share in _WAVES])[0]
    first, last = (int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) // DAY for day in (begin, end))
    # a wave begins with its crest
    return (first + int((last - first + 1) * dice.random() ** 1.6)) * DAY
