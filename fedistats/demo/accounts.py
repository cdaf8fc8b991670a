"""The accounts of the demo: random, but always the same."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from html import escape
from itertools import accumulate
from random import Random

from fedistats.demo.instances import NOW, START, DemoInstance
from fedistats.demo.vocabulary import (
    BIO_TAGS,
    EMOJI,
    NAME_ENDS,
    NAME_STARTS,
    PRONOUNS,
    REMARKS,
    START_LANGUAGES,
    VOCABULARIES,
    Vocabulary,
)

DAY = 86_400
_WAVES = (
    ("2018-03-01", "2022-04-24", 24), ("2022-04-25", "2022-05-20", 10), ("2022-10-28", "2022-11-30", 34),
    ("2022-12-01", "2023-01-31", 10), ("2023-02-01", "2024-12-31", 14), ("2025-01-01", "2026-10-25", 8),
)  # fmt: skip
"""Start, end and share (percent) of the periods in which accounts were created."""


@dataclass(frozen=True, slots=True, eq=False)
class DemoAccount:
    """An account of the demo."""

    instance: DemoInstance
    number: int
    """From 1 on, in the order of creation."""
    name: str
    language: str
    note: str
    """HTML, as Mastodon formats it."""
    fields: tuple[tuple[str, str], ...]
    noindex: bool
    bot: bool
    created_at: int
    """Epoch seconds, midnight."""
    followers: int
    following: int
    posts: int
    appeal: float
    """How likely accounts of other instances follow it; about 1 on average."""

    @property
    def vocabulary(self) -> Vocabulary:
        return VOCABULARIES[self.language]


def accounts(instance: DemoInstance, limit: int | None = None) -> list[DemoAccount]:
    """The discoverable accounts of an instance (or the first `limit`), oldest first."""
    return [_account(instance, number) for number in range(1, (limit or instance.profile_count) + 1)]


@cache
def _sign_ups(instance: DemoInstance) -> list[int]:
    rng = Random(f"sign-ups of {instance.host}")
    return sorted(_day(rng) for _ in range(instance.profile_count))


@cache
def _account(instance: DemoInstance, number: int) -> DemoAccount:
    """One account of an instance."""
    created_at = _sign_ups(instance)[number - 1]
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
        name=f"{rng.choice(NAME_STARTS)}{rng.choice(NAME_ENDS)}{number}",
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
    languages = instance.community.languages
    weights = (
        START_LANGUAGES if instance.host == START else {language: 0.3**rank for rank, language in enumerate(languages)}
    )
    return rng.choices(list(weights), weights=list(weights.values()))[0]


def sample(rng: Random, words: Sequence[str], count: int) -> list[str]:
    """Distinct words. `words` has the most common first; their frequencies follow Zipf's law."""
    chosen: dict[str, None] = {}
    weights = _zipf(len(words))
    while len(chosen) < min(count, len(words)):
        chosen[words[bisect(weights, rng.random() * weights[-1])]] = None
    return list(chosen)


@cache
def _zipf(count: int) -> list[float]:
    return list(accumulate((rank + 1.5) ** -0.9 for rank in range(count)))


def _bio(instance: DemoInstance, language: str, rng: Random) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Note and fields. One account in twelve has neither."""
    if rng.random() < 0.08:
        return "", ()
    vocabulary = VOCABULARIES[language]
    parts = [fill(sample(rng, vocabulary.sentences, 1)[0], vocabulary, rng)]
    if language == "en" and rng.random() < 0.35:
        parts.append(fill(sample(rng, vocabulary.sentences, 1)[0], vocabulary, rng))
    for extras, share in ((REMARKS, 0.3), (PRONOUNS, 0.3)):
        if language in extras and rng.random() < share:
            parts.append(sample(rng, extras[language], 1)[0])
    paragraphs = [" · ".join(map(escape, parts)) if rng.random() < 0.4 else ". ".join(map(escape, parts))]
    if rng.random() < 0.22:
        paragraphs.append(" ".join(_tag(instance, tag) for tag in sample(rng, BIO_TAGS, rng.randint(1, 3))))
    if rng.random() < 0.16:
        paragraphs[0] += " " + "".join(sample(rng, EMOJI, rng.randint(1, 3)))
    if rng.random() < 0.06:
        friend = f"{rng.choice(NAME_STARTS)}{rng.choice(NAME_ENDS)}"
        paragraphs.append(f"Also {_mention('lantern.example', friend)}")
    fields: tuple[tuple[str, str], ...] = ()
    if rng.random() < 0.3:
        fields += (("Web", _link(f"www.{rng.choice(NAME_ENDS)}-{rng.choice(NAME_ENDS)}.example", "/about/everything")),)
    if language in PRONOUNS and rng.random() < 0.15:
        fields += (("Pronouns", PRONOUNS[language][0]),)
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs), fields


def fill(sentence: str, vocabulary: Vocabulary, rng: Random) -> str:
    """A sentence with its placeholders filled in and a capital first letter."""
    fields, likes = sample(rng, vocabulary.fields, 2), sample(rng, vocabulary.likes, 3)
    text = sentence.format(
        role=sample(rng, vocabulary.roles, 1)[0],
        field=fields[0], field2=fields[1], like=likes[0], like2=likes[1], like3=likes[2],
    )  # fmt: skip
    return text[:1].upper() + text[1:]


def _tag(instance: DemoInstance, tag: str) -> str:
    return tag_link(instance.api_host, tag)


def tag_link(host: str, tag: str) -> str:
    """A hashtag as Mastodon formats it."""
    return f'<a href="https://{host}/tags/{tag}" class="mention hashtag" rel="tag">#<span>{tag}</span></a>'


def _mention(host: str, name: str) -> str:
    link = f'<a href="https://{host}/@{name}" class="u-url mention">@<span>{name}</span></a>'
    return f'<span class="h-card" translate="no">{link}</span>'


def _link(host: str, path: str) -> str:
    return (
        f'<a href="https://{host}{path}" target="_blank" rel="nofollow noopener me" translate="no"><span class="invisible">https://www.</span>'
        f'<span class="ellipsis">{host.removeprefix("www.")}{path[:6]}</span><span class="invisible">{path[6:]}</span></a>'
    )


def _day(rng: Random) -> int:
    """Midnight of a random day of creation (epoch seconds)."""
    begin, end, _ = rng.choices(_WAVES, weights=[share for *_, share in _WAVES])[0]
    first, last = (int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) // DAY for day in (begin, end))
    # most accounts of a period are created at its start
    return (first + int((last - first + 1) * rng.random() ** 1.6)) * DAY
