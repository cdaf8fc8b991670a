"""The entities of Mastodon's API (https://docs.joinmastodon.org/entities/) for the accounts, posts and instances of the demo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from html import escape
from random import Random
from typing import Any

import msgspec

from fedistats.demo.accounts import DemoAccount, fill, sample, tag_link
from fedistats.demo.instances import NOW, WEEK, DemoCommunity, DemoInstance, demo_instances

encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, eq=False)
class DemoPost:
    """A post of the demo."""

    author: DemoAccount
    number: int
    written_at: int
    """Epoch milliseconds."""


@dataclass(frozen=True, slots=True)
class Software:
    """How a server software differs from others."""

    name: str
    version: str
    api_version: str
    """Its version in Mastodon's API."""
    to_id: Callable[[int], str]
    """Converts an arrival number (milliseconds << 16) to the id of a post."""
    from_id: Callable[[str], int]


_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _flake(number: int) -> str:
    """64 bits of time, 48 of the machine and 16 of a counter, in base 62."""
    value, letters = (number >> 16) << 64 | 0x5F3A9C << 16 | number & 0xFFFF, ""
    while value:
        value, digit = divmod(value, 62)
        letters = _BASE62[digit] + letters
    return letters


def _from_flake(text: str) -> int:
    value = 0
    for letter in text:
        value = value * 62 + _BASE62.index(letter)
    return (value >> 64) << 16 | value & 0xFFFF


SOFTWARE = {
    "mastodon": Software("mastodon", "4.5.2", "4.5.2", str, int),
    "glitch": Software("mastodon", "4.5.2+glitch", "4.5.2+glitch", str, int),
    "akkoma": Software("akkoma", "3.16.0", "2.7.2 (compatible; Akkoma 3.16.0)", _flake, _from_flake),
    "misskey": Software("misskey", "2025.10.1", "", str, int),
    "gotosocial": Software("gotosocial", "0.20.1", "0.20.1", str, int),
}

# -- accounts and posts ------------------------------------------------------------------------------------------------


@cache
def account(person: DemoAccount, now: int, *, local: bool) -> msgspec.Raw:
    """An Account on its own server (`local`) or on another one."""
    instance = person.instance
    home = f"https://{instance.api_host}"
    document: dict[str, Any] = {
        "id": str(person.created_at * 1000 << 16 | person.number),
        "username": person.name,
        "acct": person.name if local else f"{person.name}@{instance.unicode_host}",
        "display_name": person.name.rstrip("0123456789").capitalize(),
        "locked": False,
        "bot": person.bot,
        "discoverable": True,
        "indexable": not person.noindex,
        "group": False,
        "created_at": iso_time(person.created_at * 1000),
        "note": person.note,
        "url": f"{home}/@{person.name}",
        "uri": f"{home}/users/{person.name}",
        "avatar": f"{home}/avatars/original/missing.png",
        "avatar_static": f"{home}/avatars/original/missing.png",
        "header": f"{home}/headers/original/missing.png",
        "header_static": f"{home}/headers/original/missing.png",
        "followers_count": person.followers,
        "following_count": person.following,
        "statuses_count": person.posts,
        "last_status_at": iso_time(now * 1000)[:10] if person.posts else None,
        "hide_collections": None,
    }
    if local:
        document["noindex"] = person.noindex
    document["emojis"] = []
    if local:
        document["roles"] = []
    document["fields"] = [{"name": name, "value": value, "verified_at": None} for name, value in person.fields]
    return msgspec.Raw(encode(document))


def status(post: DemoPost, id_: str, now: int, *, local: bool) -> bytes:
    """A Status with the id that it has on the requested server."""
    return b'{"id":"%b",%b' % (id_.encode(), _status_without_id(post, now, local))


@cache
def _status_without_id(post: DemoPost, now: int, local: bool) -> bytes:
    author = post.author
    uri = f"https://{author.instance.api_host}/users/{author.name}/statuses/{post.written_at << 16 | post.number}"
    document: dict[str, Any] = {
        "created_at": iso_time(post.written_at),
        "uri": uri,
        "url": uri.replace("/users/", "/@").replace("/statuses/", "/"),
    }
    if local:
        document["application"] = _WEB
    document["account"] = account(author, now, local=local)
    return encode(document)[1:-1] + b"," + _content(author, post.number)


_WEB = msgspec.Raw(b'{"name":"Web","website":null}')


@cache
def _content(author: DemoAccount, number: int) -> bytes:
    """The fields that do not depend on time and server: text, tags, mentions and counts."""
    rng, instance = Random(f"{number} of {author.number} of {author.instance.host}"), author.instance
    tags = sample(rng, instance.community.tags, rng.choice((0, 0, 1, 1, 2, 3)))
    text = escape(fill(rng.choice(author.vocabulary.posts), author.vocabulary, rng))
    document: dict[str, Any] = {
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
        "sensitive": rng.random() < 0.05,
        "spoiler_text": "",
        "visibility": "public",
        "language": author.language if rng.random() < 0.96 else None,
        "replies_count": int(rng.expovariate(1.2)),
        "reblogs_count": int(rng.expovariate(0.6)),
        "favourites_count": int(rng.expovariate(0.25)),
        "quotes_count": 0,
        "edited_at": None,
        "content": f"<p>{' '.join([text, *(tag_link(instance.api_host, tag) for tag in tags)])}</p>",
        "reblog": None,
        "media_attachments": [],
        "mentions": _mentions(author, rng),
        "tags": [{"name": tag, "url": f"https://{instance.api_host}/tags/{tag}"} for tag in tags],
        "emojis": [],
        "card": None,
        "poll": None,
        "quote": None,
    }
    return encode(document)[1:]


def _mentions(author: DemoAccount, rng: Random) -> list[dict[str, str]]:
    """One post in three mentions an account, mostly of the same community, and more often of a large instance."""
    if rng.random() > 0.34:
        return []
    same_community = rng.random() < 0.75
    instances, weights = _mentionable(author.instance.community if same_community else None)
    (instance,) = rng.choices(instances, weights)
    name = f"friend{rng.randrange(instance.profile_count)}"
    acct = name if instance is author.instance else f"{name}@{instance.unicode_host}"
    return [
        {"id": str(rng.getrandbits(40)), "username": name, "url": f"https://{instance.api_host}/@{name}", "acct": acct}
    ]


@cache
def _mentionable(community: DemoCommunity | None) -> tuple[list[DemoInstance], list[int]]:
    """The instances of a community, or all, and their numbers of profiles."""
    instances = [instance for instance in demo_instances() if community in (None, instance.community)]
    return instances, [instance.profile_count for instance in instances]


def iso_time(milliseconds: int) -> str:
    """2026-11-02T12:00:00.000Z"""
    minutes, remainder = divmod(milliseconds, 60_000)
    return f"{_minute(minutes)}:{remainder // 1000:02}.{remainder % 1000:03}Z"


@cache
def _minute(minutes: int) -> str:
    return f"{datetime.fromtimestamp(60 * minutes, UTC):%Y-%m-%dT%H:%M}"


# -- servers -----------------------------------------------------------------------------------------------------------

_RULES = (
    "Be excellent to each other.",
    "No harassment, no hate, no exceptions.",
    "Describe your pictures for those who cannot see them.",
    "Mark what machines wrote.",
)


def instance_v2(instance: DemoInstance, software: Software) -> dict[str, Any]:
    """/api/v2/instance"""
    access = {"closed": ("authenticated", "authenticated"), "local": ("public", "authenticated")}
    local, remote = access.get(instance.behavior, ("public", "public"))
    feeds = {"local": local, "remote": remote}
    return {
        "domain": instance.host,
        "title": instance.title,
        "version": software.api_version,
        "source_url": "https://github.com/mastodon/mastodon",
        "description": _description(instance),
        "usage": {"users": {"active_month": instance.active_month}},
        "thumbnail": {"url": f"https://{instance.api_host}/packs/preview.png", "blurhash": None, "versions": {}},
        "icon": [],
        "languages": list(instance.community.languages[:1]),
        "configuration": {
            "urls": {"streaming": f"wss://{instance.api_host}", "status": None},
            "vapid": {"public_key": ""},
            "accounts": {"max_featured_tags": 10, "max_pinned_statuses": 5},
            "statuses": {"max_characters": 500, "max_media_attachments": 4, "characters_reserved_per_url": 23},
            "media_attachments": {"supported_mime_types": ["image/jpeg", "image/png", "video/mp4"]},
            "polls": {"max_options": 4, "max_characters_per_option": 50, "min_expiration": 300},
            "translation": {"enabled": False},
            "timelines_access": {"live_feeds": feeds, "hashtag_feeds": feeds, "trending_link_feeds": feeds},
            "limited_federation": False,
        },
        "registrations": {
            "enabled": True,
            "approval_required": instance.by_approval,
            "reason_required": False,
            "message": None,
            "min_age": None,
            "url": None,
        },
        "api_versions": {"mastodon": 7},
        "contact": {"email": f"admin@{instance.host}", "account": None},
        "rules": [{"id": str(n), "text": text, "hint": "", "translations": {}} for n, text in enumerate(_RULES, 1)],
    }


def instance_v1(instance: DemoInstance, software: Software, now: int) -> dict[str, Any]:
    """/api/v1/instance"""
    users, posts = _totals(instance, now)
    return {
        "uri": f"https://{instance.host}" if software.name == "akkoma" else instance.host,
        "title": instance.title,
        "short_description": _description(instance),
        "description": _description(instance),
        "email": f"admin@{instance.host}",
        "version": software.api_version,
        "urls": {"streaming_api": f"wss://{instance.api_host}"},
        "stats": {"user_count": users, "status_count": posts, "domain_count": 3000 + instance.profile_count * 29},
        "thumbnail": f"https://{instance.api_host}/packs/preview.png",
        "languages": list(instance.community.languages[:1]),
        "registrations": True,
        "approval_required": instance.by_approval,
        "invites_enabled": True,
        "contact_account": None,
        "rules": [{"id": str(n), "text": text} for n, text in enumerate(_RULES, 1)],
    }


def nodeinfo(instance: DemoInstance, software: Software, now: int) -> dict[str, Any]:
    """/nodeinfo/2.0 (http://nodeinfo.diaspora.software/schema.html)"""
    user_count, posts = _totals(instance, now)
    users = {"total": user_count, "activeMonth": instance.active_month, "activeHalfyear": instance.active_month * 2}
    return {
        "version": "2.0",
        "software": {"name": software.name, "version": software.version},
        "protocols": ["activitypub"],
        "services": {"outbound": [], "inbound": []},
        "usage": {"users": users, "localPosts": posts},
        "openRegistrations": not instance.by_approval,
        "metadata": {"nodeName": instance.title, "nodeDescription": _description(instance)},
    }


def nodeinfo_links(instance: DemoInstance) -> dict[str, Any]:
    """/.well-known/nodeinfo"""
    href = f"https://{instance.api_host}/nodeinfo/2.0"
    return {"links": [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": href}]}


def activity(instance: DemoInstance, now: int) -> list[dict[str, str]]:
    """/api/v1/instance/activity: twelve rows, newest first; that of today is incomplete."""
    weeks_ago = (NOW - now) // WEEK
    rows = []
    for week, counts in enumerate(_weekly_activity(instance, weeks_ago + 12)[weeks_ago:]):
        elapsed = 0.1 if week == 0 else 1
        row = {name: str(int(count * elapsed)) for name, count in counts.items()}
        rows.append({"week": str(now - 4321 - week * WEEK), **row})
    return rows


def _weekly_activity(instance: DemoInstance, number: int) -> list[dict[str, float]]:
    """The activity of the last weeks, newest first. Five weeks ago many accounts were created."""
    rng, waves = Random(f"weeks of {instance.host}"), (1, 1, 1.1, 1.4, 2.6, 4.1, 1.2)
    rows = []
    for week in range(number):
        wave = waves[week] if week < len(waves) else 1
        season = (0.85 + 0.05 * abs(6 - week % 12)) * (0.95 + 0.1 * rng.random())
        rows.append(
            {
                "statuses": instance.profile_count * 11 * season * (0.9 + wave / 20),
                "logins": instance.profile_count * 1.5 * season * (0.9 + wave / 20),
                "registrations": instance.profile_count / 16 * season * wave,
            }
        )
    return rows


def _totals(instance: DemoInstance, now: int) -> tuple[int, int]:
    """Users and posts at a time: those at NOW without those that were added since."""
    since = _weekly_activity(instance, (NOW - now) // WEEK)
    users, posts = instance.profile_count * 9 + instance.profile_count % 7, instance.profile_count * 1913
    return (
        users - int(sum(week["registrations"] for week in since)),
        posts - int(sum(week["statuses"] for week in since)),
    )


def host_meta(instance: DemoInstance) -> bytes:
    """/.well-known/host-meta (RFC 6415): the API host of a domain."""
    template = f"https://{instance.api_host}/.well-known/webfinger?resource={{uri}}"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" template="{template}"/>\n</XRD>\n'
    ).encode()


_DESCRIPTIONS = {
    "en": "We are here for {}, {}, {} and {}.",
    "de": "Hier geht es um {}, {}, {} und {}.",
    "fr": "Ici, il est question de {}, {}, {} et {}.",
    "es": "Aquí estamos para {}, {}, {} y {}.",
    "ja": "{}、{}、{}、{}のためのサーバー。",
}


def _description(instance: DemoInstance) -> str:
    """The topics of an instance, in the language of its community."""
    template = _DESCRIPTIONS[instance.community.languages[0]]
    return template.format(*sample(Random(f"{instance.host} welcomes"), instance.community.tags, 4))
