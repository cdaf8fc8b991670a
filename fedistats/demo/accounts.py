"""The accounts of the demo. They are random, but always the same."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from html import escape
from itertools import accumulate
from random import Random

from fedistats.demo.instances import NOW, START, DemoInstance
from fedistats.demo.languages import BIO_LANGUAGES, BIO_TAGS, EMOJI, NOUNS, PRONOUNS, REMARKS, VOCABULARIES, user_name

DAY = 86_400
_SIGNUP_WAVES = (
    ("2018-03-01", "2022-04-24", 24), ("2022-04-25", "2022-05-20", 10), ("2022-10-28", "2022-11-30", 34),
    ("2022-12-01", "2023-01-31", 10), ("2023-02-01", "2024-12-31", 14), ("2025-01-01", "2026-10-25", 8),
)  # fmt: skip
"""First day, last day, share of all sign-ups in percent."""


@dataclass(frozen=True, slots=True, eq=False)
class DemoAccount:
    """An account on its own server."""

    instance: DemoInstance
    number: int  # from 1, in the order of sign-up
    name: str
    language: str
    note: str  # the bio, as HTML in Mastodon's form
    fields: tuple[tuple[str, str], ...]
    noindex: bool
    bot: bool
    created_at: int  # epoch seconds, at midnight
    followers: int
    following: int
    posts: int
    appeal: float  # how likely people of other instances follow the account; about 1


def accounts_of(instance: DemoInstance, count: int | None = None) -> list[DemoAccount]:
    """The discoverable accounts of an instance, or the first `count` of them, oldest first."""
    return [_account(instance, number) for number in range(1, (count or instance.profiles) + 1)]


@cache
def _signup_days(instance: DemoInstance) -> list[int]:
    """The day of each sign-up in ascending order, as epoch seconds at midnight."""
    rng, days = Random(f"sign-ups of {instance.host}"), []
    for _ in range(instance.profiles):
        begin, end, _ = rng.choices(_SIGNUP_WAVES, weights=[share for *_, share in _SIGNUP_WAVES])[0]
        first, last = (int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) // DAY for day in (begin, end))
        # most sign-ups of a wave are at its beginning
        days.append((first + int((last - first + 1) * rng.random() ** 1.6)) * DAY)
    return sorted(days)


@cache
def _account(instance: DemoInstance, number: int) -> DemoAccount:
    created_at = _signup_days(instance)[number - 1]
    rng = Random(f"{number} of {instance.host}")
    language = _language(instance, rng)
    note, fields = _bio(instance, language, rng)
    opt_out = rng.random() if number > 1 else 1.0
    if opt_out < 0.02:
        note += f"<p>{_tag(instance, 'nobot')}</p>"
    elif opt_out < 0.03:
        fields += (("Robots", _tag(instance, "noindex")),)
    age = 0.3 + (NOW - created_at) / (4 * 365 * DAY)
    appeal = min(rng.lognormvariate(0, 0.6), 2.5)
    return DemoAccount(
        instance=instance,
        number=number,
        name=f"{user_name(rng)}{number}",
        language=language,
        note=note,
        fields=fields,
        noindex=0.03 <= opt_out < 0.06,
        bot=rng.random() < 0.02,
        created_at=created_at,
        followers=int(appeal * age * rng.lognormvariate(4.1, 1.5)),
        following=int(rng.lognormvariate(4.6, 1.1)),
        posts=int(age * rng.lognormvariate(5.3, 1.7)),
        appeal=appeal,
    )


def _language(instance: DemoInstance, rng: Random) -> str:
    if instance.host == START:
        weights: Mapping[str, float] = BIO_LANGUAGES
    else:
        weights = {language: 0.3**rank for rank, language in enumerate(instance.community.languages)}
    return rng.choices(list(weights), weights=list(weights.values()))[0]


def pick_distinct(rng: Random, words: Sequence[str], count: int) -> list[str]:
    """Up to `count` different words. Words at the beginning are more likely, as in languages (Zipf's law)."""
    picked: dict[str, None] = {}
    weights = _zipf_weights(len(words))
    while len(picked) < min(count, len(words)):
        picked[words[bisect(weights, rng.random() * weights[-1])]] = None
    return list(picked)


@cache
def _zipf_weights(words: int) -> list[float]:
    return list(accumulate((rank + 1.5) ** -0.9 for rank in range(words)))


def _bio(instance: DemoInstance, language: str, rng: Random) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Note and fields. One account in twelve has neither."""
    if rng.random() < 0.08:
        return "", ()
    sentences = VOCABULARIES[language].sentences
    parts = [fill_sentence(pick_distinct(rng, sentences, 1)[0], language, rng)]
    if language == "en" and rng.random() < 0.35:
        parts.append(fill_sentence(pick_distinct(rng, sentences, 1)[0], language, rng))
    for phrases, share in ((REMARKS, 0.3), (PRONOUNS, 0.3)):
        if language in phrases and rng.random() < share:
            parts.append(pick_distinct(rng, phrases[language], 1)[0])
    paragraphs = [" · ".join(map(escape, parts)) if rng.random() < 0.4 else ". ".join(map(escape, parts))]
    if rng.random() < 0.22:
        paragraphs.append(" ".join(_tag(instance, tag) for tag in pick_distinct(rng, BIO_TAGS, rng.randint(1, 3))))
    if rng.random() < 0.16:
        paragraphs[0] += " " + "".join(pick_distinct(rng, EMOJI, rng.randint(1, 3)))
    if rng.random() < 0.06:
        paragraphs.append(f"Also {_mention('lantern.example', user_name(rng))}")
    fields: tuple[tuple[str, str], ...] = ()
    if rng.random() < 0.3:
        fields += (("Web", _link(f"www.{rng.choice(NOUNS)}-{rng.choice(NOUNS)}.example", "/about/everything")),)
    if language in PRONOUNS and rng.random() < 0.15:
        fields += (("Pronouns", PRONOUNS[language][0]),)
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs), fields


def fill_sentence(sentence: str, language: str, rng: Random) -> str:
    """A sentence with its placeholders filled in, beginning with a capital letter if the script has these."""
    vocabulary = VOCABULARIES[language]
    fields, likes = pick_distinct(rng, vocabulary.fields, 2), pick_distinct(rng, vocabulary.likes, 3)
    text = sentence.format(
        role=pick_distinct(rng, vocabulary.roles, 1)[0],
        field=fields[0], field2=fields[1], like=likes[0], like2=likes[1], like3=likes[2],
    )  # fmt: skip
    return text[:1].upper() + text[1:]


def _tag(instance: DemoInstance, tag: str) -> str:
    return tag_link(instance.api_host, tag)


def tag_link(host: str, tag: str) -> str:
    """A hashtag, as HTML in Mastodon's form."""
    return f'<a href="https://{host}/tags/{tag}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>'


def _mention(host: str, name: str) -> str:
    link = f'<a href="https://{host}/@{name}" class="u-url mention">@<span>{name}</span></a>'
    return f'<span class="h-card" translate="no">{link}</span>'


def _link(host: str, path: str) -> str:
    return (
        f'<a href="https://{host}{path}" target="_blank" rel="nofollow noopener me" translate="no"><span class="invisible">https://www.</span>'
        f'<span class="ellipsis">{host.removeprefix("www.")}{path[:6]}</span><span class="invisible">{path[6:]}</span></a>'
    )
