"""What Mastodon's API says of an account, a post and a server, entity by entity: https://docs.joinmastodon.org/entities/"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from html import escape
from random import Random
from typing import Any

import msgspec

from fedistats.demo.atlas import NOW, WEEK, Circle, Place, places
from fedistats.demo.people import Citizen, filled, some, tag_link

encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A post."""

    author: Citizen
    number: int
    at: int
    """Epoch milliseconds."""


@dataclass(frozen=True, slots=True)
class Software:
    """What tells one server software from another."""

    name: str
    version: str
    claims: str
    """Its version, as its Mastodon API tells it."""
    to_id: Callable[[int], str]
    """From a number of arrival (milliseconds << 16) to the id of a post."""
    from_id: Callable[[str], int]


_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _flake(number: int) -> str:
    """64 bits of time, 48 of the machine, 16 of counting, in base 62."""
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

# -- people and posts --------------------------------------------------------------------------------------------------


@cache
def account(person: Citizen, now: int, *, local: bool) -> msgspec.Raw:
    """An account as its own server tells it, or any other one."""
    place = person.place
    home = f"https://{place.api_host}"
    told: dict[str, Any] = {
        "id": str(person.created_at * 1000 << 16 | person.number),
        "username": person.name,
        "acct": person.name if local else f"{person.name}@{place.quoted}",
        "display_name": person.name.rstrip("0123456789").capitalize(),
        "locked": False,
        "bot": person.bot,
        "discoverable": True,
        "indexable": not person.noindex,
        "group": False,
        "created_at": iso(person.created_at * 1000),
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
        "last_status_at": iso(now * 1000)[:10] if person.posts else None,
        "hide_collections": None,
    }
    if local:
        told["noindex"] = person.noindex
    told["emojis"] = []
    if local:
        told["roles"] = []
    told["fields"] = [{"name": name, "value": value, "verified_at": None} for name, value in person.fields]
    return msgspec.Raw(encode(told))


def status(post: Written, id_: str, now: int, *, local: bool) -> bytes:
    """A post under the id that it has on the server which is asked."""
    return b'{"id":"%b",%b' % (id_.encode(), _status_without_id(post, now, local))


@cache
def _status_without_id(post: Written, now: int, local: bool) -> bytes:
    author = post.author
    uri = f"https://{author.place.api_host}/users/{author.name}/statuses/{post.at << 16 | post.number}"
    told: dict[str, Any] = {
        "created_at": iso(post.at),
        "uri": uri,
        "url": uri.replace("/users/", "/@").replace("/statuses/", "/"),
    }
    if local:
        told["application"] = _WEB
    told["account"] = account(author, now, local=local)
    return encode(told)[1:-1] + b"," + _said(author, post.number)


_WEB = msgspec.Raw(b'{"name":"Web","website":null}')


@cache
def _said(author: Citizen, number: int) -> bytes:
    """The rest of a post: what it says, whenever it was written, and with whom."""
    dice, place = Random(f"{number} of {author.number} of {author.place.host}"), author.place
    tags = some(dice, place.circle.tags, dice.choice((0, 0, 1, 1, 2, 3)))
    text = escape(filled(dice.choice(author.tongue.posts), author.tongue, dice))
    told: dict[str, Any] = {
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
        "sensitive": dice.random() < 0.05,
        "spoiler_text": "",
        "visibility": "public",
        "language": author.language if dice.random() < 0.96 else None,
        "replies_count": int(dice.expovariate(1.2)),
        "reblogs_count": int(dice.expovariate(0.6)),
        "favourites_count": int(dice.expovariate(0.25)),
        "quotes_count": 0,
        "edited_at": None,
        "content": f"<p>{' '.join([text, *(tag_link(place.api_host, tag) for tag in tags)])}</p>",
        "reblog": None,
        "media_attachments": [],
        "mentions": _mentions(author, dice),
        "tags": [{"name": tag, "url": f"https://{place.api_host}/tags/{tag}"} for tag in tags],
        "emojis": [],
        "card": None,
        "poll": None,
        "quote": None,
    }
    return encode(told)[1:]


def _mentions(author: Citizen, dice: Random) -> list[dict[str, str]]:
    """A third of all posts are written to somebody, mostly of the same circle, and more often to a big instance's people."""
    if dice.random() > 0.34:
        return []
    near = dice.random() < 0.75
    reach, people = _reach(author.place.circle if near else None)
    (place,) = dice.choices(reach, people)
    name = f"friend{dice.randrange(place.people)}"
    acct = name if place is author.place else f"{name}@{place.quoted}"
    return [
        {"id": str(dice.getrandbits(40)), "username": name, "url": f"https://{place.api_host}/@{name}", "acct": acct}
    ]


@cache
def _reach(circle: Circle | None) -> tuple[list[Place], list[int]]:
    """The instances of a circle, or all, and how many people each has."""
    found = [place for place in places() if circle in (None, place.circle)]
    return found, [place.people for place in found]


def iso(milliseconds: int) -> str:
    """2026-11-02T12:00:00.000Z"""
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{_minute(minutes)}:{rest // 1000:02}.{rest % 1000:03}Z"


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


def instance_v2(place: Place, software: Software) -> dict[str, Any]:
    """/api/v2/instance"""
    shut = {"closed": ("authenticated", "authenticated"), "local": ("public", "authenticated")}
    local, remote = shut.get(place.answers, ("public", "public"))
    feeds = {"local": local, "remote": remote}
    return {
        "domain": place.host,
        "title": place.title,
        "version": software.claims,
        "source_url": "https://github.com/mastodon/mastodon",
        "description": _description(place),
        "usage": {"users": {"active_month": place.active_month}},
        "thumbnail": {"url": f"https://{place.api_host}/packs/preview.png", "blurhash": None, "versions": {}},
        "icon": [],
        "languages": list(place.circle.languages[:1]),
        "configuration": {
            "urls": {"streaming": f"wss://{place.api_host}", "status": None},
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
            "approval_required": place.by_approval,
            "reason_required": False,
            "message": None,
            "min_age": None,
            "url": None,
        },
        "api_versions": {"mastodon": 7},
        "contact": {"email": f"admin@{place.host}", "account": None},
        "rules": [{"id": str(n), "text": text, "hint": "", "translations": {}} for n, text in enumerate(_RULES, 1)],
    }


def instance_v1(place: Place, software: Software, now: int) -> dict[str, Any]:
    """/api/v1/instance"""
    users, posts = _so_far(place, now)
    return {
        "uri": f"https://{place.host}" if software.name == "akkoma" else place.host,
        "title": place.title,
        "short_description": _description(place),
        "description": _description(place),
        "email": f"admin@{place.host}",
        "version": software.claims,
        "urls": {"streaming_api": f"wss://{place.api_host}"},
        "stats": {"user_count": users, "status_count": posts, "domain_count": 3000 + place.people * 29},
        "thumbnail": f"https://{place.api_host}/packs/preview.png",
        "languages": list(place.circle.languages[:1]),
        "registrations": True,
        "approval_required": place.by_approval,
        "invites_enabled": True,
        "contact_account": None,
        "rules": [{"id": str(n), "text": text} for n, text in enumerate(_RULES, 1)],
    }


def nodeinfo(place: Place, software: Software, now: int) -> dict[str, Any]:
    """/nodeinfo/2.0 (http://nodeinfo.diaspora.software/schema.html)"""
    people, posts = _so_far(place, now)
    users = {"total": people, "activeMonth": place.active_month, "activeHalfyear": place.active_month * 2}
    return {
        "version": "2.0",
        "software": {"name": software.name, "version": software.version},
        "protocols": ["activitypub"],
        "services": {"outbound": [], "inbound": []},
        "usage": {"users": users, "localPosts": posts},
        "openRegistrations": not place.by_approval,
        "metadata": {"nodeName": place.title, "nodeDescription": _description(place)},
    }


def nodeinfo_links(place: Place) -> dict[str, Any]:
    """/.well-known/nodeinfo"""
    href = f"https://{place.api_host}/nodeinfo/2.0"
    return {"links": [{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": href}]}


def activity(place: Place, now: int) -> list[dict[str, str]]:
    """/api/v1/instance/activity: twelve rows, newest first; today's has only begun."""
    ago = (NOW - now) // WEEK
    rows = []
    for week, counts in enumerate(_weeks(place, ago + 12)[ago:]):
        begun = 0.1 if week == 0 else 1
        told = {name: str(int(count * begun)) for name, count in counts.items()}
        rows.append({"week": str(now - 4321 - week * WEEK), **told})
    return rows


def _weeks(place: Place, number: int) -> list[dict[str, float]]:
    """What happened in each of the last weeks, newest first. Five weeks ago a wave of newcomers came."""
    dice, waves = Random(f"weeks of {place.host}"), (1, 1, 1.1, 1.4, 2.6, 4.1, 1.2)
    found = []
    for week in range(number):
        wave = waves[week] if week < len(waves) else 1
        season = (0.85 + 0.05 * abs(6 - week % 12)) * (0.95 + 0.1 * dice.random())
        found.append(
            {
                "statuses": place.people * 11 * season * (0.9 + wave / 20),
                "logins": place.people * 1.5 * season * (0.9 + wave / 20),
                "registrations": place.people / 16 * season * wave,
            }
        )
    return found


def _so_far(place: Place, now: int) -> tuple[int, int]:
    """People and posts: those of today without those that came since."""
    since = _weeks(place, (NOW - now) // WEEK)
    people, posts = place.people * 9 + place.people % 7, place.people * 1913
    return (
        people - int(sum(week["registrations"] for week in since)),
        posts - int(sum(week["statuses"] for week in since)),
    )


def host_meta(place: Place) -> bytes:
    """/.well-known/host-meta (RFC 6415): which host answers for the handles of a domain."""
    template = f"https://{place.api_host}/.well-known/webfinger?resource={{uri}}"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" template="{template}"/>\n</XRD>\n'
    ).encode()


_WELCOMES = {
    "en": "We are here for {}, {}, {} and {}.",
    "de": "Hier geht es um {}, {}, {} und {}.",
    "fr": "Ici, il est question de {}, {}, {} et {}.",
    "es": "Aquí estamos para {}, {}, {} y {}.",
    "ja": "{}、{}、{}、{}のためのサーバー。",
}


def _description(place: Place) -> str:
    """What it cares for, in the language of its circle."""
    welcome = _WELCOMES[place.circle.languages[0]]
    return welcome.format(*some(Random(f"{place.host} welcomes"), place.circle.tags, 4))
