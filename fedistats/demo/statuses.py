"""Accounts and statuses as the JSON of Mastodon's API: https://docs.joinmastodon.org/entities/"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from html import escape
from random import Random
from typing import Any

import msgspec

from fedistats.demo.accounts import DemoAccount, fill_sentence, pick_distinct, tag_link
from fedistats.demo.federation import DemoPost
from fedistats.demo.instances import DemoCommunity, DemoInstance, instances
from fedistats.demo.languages import VOCABULARIES

encode = msgspec.json.Encoder().encode


@cache
def account_entity(account: DemoAccount, now: int, *, local: bool) -> msgspec.Raw:
    """An account, as its own server (`local`) or another one describes it."""
    instance = account.instance
    home = f"https://{instance.api_host}"
    entity: dict[str, Any] = {
        "id": str(account.created_at * 1000 << 16 | account.number),
        "username": account.name,
        "acct": account.name if local else f"{account.name}@{instance.unicode_host}",
        "display_name": account.name.rstrip("0123456789").capitalize(),
        "locked": False,
        "bot": account.bot,
        "discoverable": True,
        "indexable": not account.noindex,
        "group": False,
        "created_at": iso(account.created_at * 1000),
        "note": account.note,
        "url": f"{home}/@{account.name}",
        "uri": f"{home}/users/{account.name}",
        "avatar": f"{home}/avatars/original/missing.png",
        "avatar_static": f"{home}/avatars/original/missing.png",
        "header": f"{home}/headers/original/missing.png",
        "header_static": f"{home}/headers/original/missing.png",
        "followers_count": account.followers,
        "following_count": account.following,
        "statuses_count": account.posts,
        "last_status_at": iso(now * 1000)[:10] if account.posts else None,
        "hide_collections": None,
    }
    if local:
        entity["noindex"] = account.noindex
    entity["emojis"] = []
    if local:
        entity["roles"] = []
    entity["fields"] = [{"name": name, "value": value, "verified_at": None} for name, value in account.fields]
    return msgspec.Raw(encode(entity))


def status_entity(post: DemoPost, id_: str, now: int, *, local: bool) -> bytes:
    """A post, with the id that it has on the server that sends it."""
    return b'{"id":"%b",%b' % (id_.encode(), _status_without_id(post, now, local))


@cache
def _status_without_id(post: DemoPost, now: int, local: bool) -> bytes:
    author = post.author
    uri = f"https://{author.instance.api_host}/users/{author.name}/statuses/{post.created_ms << 16 | post.number}"
    entity: dict[str, Any] = {
        "created_at": iso(post.created_ms),
        "uri": uri,
        "url": uri.replace("/users/", "/@").replace("/statuses/", "/"),
    }
    if local:
        entity["application"] = _WEB_APPLICATION
    entity["account"] = account_entity(author, now, local=local)
    return encode(entity)[1:-1] + b"," + _content_fields(author, post.number)


_WEB_APPLICATION = msgspec.Raw(b'{"name":"Web","website":null}')


@cache
def _content_fields(author: DemoAccount, number: int) -> bytes:
    """The fields of a post that do not depend on when it was written."""
    rng, instance = Random(f"{number} of {author.number} of {author.instance.host}"), author.instance
    tags = pick_distinct(rng, instance.community.tags, rng.choice((0, 0, 1, 1, 2, 3)))
    text = escape(fill_sentence(rng.choice(VOCABULARIES[author.language].posts), author.language, rng))
    entity: dict[str, Any] = {
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
    return encode(entity)[1:]


def _mentions(author: DemoAccount, rng: Random) -> list[dict[str, str]]:
    """A third of all posts mention somebody, mostly of the same community, and more often of a big instance."""
    if rng.random() > 0.34:
        return []
    same_community = rng.random() < 0.75
    candidates, weights = _candidates(author.instance.community if same_community else None)
    (instance,) = rng.choices(candidates, weights)
    name = f"friend{rng.randrange(instance.profiles)}"
    acct = name if instance is author.instance else f"{name}@{instance.unicode_host}"
    url = f"https://{instance.api_host}/@{name}"
    return [{"id": str(rng.getrandbits(40)), "username": name, "url": url, "acct": acct}]


@cache
def _candidates(community: DemoCommunity | None) -> tuple[list[DemoInstance], list[int]]:
    """The instances of a community (None: all), and how many profiles each has."""
    candidates = [instance for instance in instances() if community in (None, instance.community)]
    return candidates, [instance.profiles for instance in candidates]


def iso(milliseconds: int) -> str:
    """Like 2026-11-02T12:00:00.000Z."""
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{_minute(minutes)}:{rest // 1000:02}.{rest % 1000:03}Z"


@cache
def _minute(minutes: int) -> str:
    return f"{datetime.fromtimestamp(60 * minutes, UTC):%Y-%m-%dT%H:%M}"
