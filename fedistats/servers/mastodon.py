"""Mastodon's public API: the public timeline, its accounts, and the directory (https://docs.joinmastodon.org/methods/).

Responses are untrusted: a field of an unexpected type counts as missing. An item that cannot be parsed is dropped, not its page.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated, Any

import msgspec

from fedistats.fetch import Fetch, Request
from fedistats.hosts import Host
from fedistats.model import Account, Post
from fedistats.servers.api import (
    MAX_HASHTAGS,
    MAX_ID_LENGTH,
    MENTIONS,
    PUBLIC,
    DirectoryPage,
    IsNew,
    Server,
    TimelinePage,
)
from fedistats.servers.untrusted_json import as_bool, as_count, as_dict, as_time, decode_items, primary_language

_TIMELINE, _DIRECTORY = "/api/v1/timelines/public", "/api/v1/directory"
_MAX_MENTIONS = 20  # per post; hardly any post mentions more accounts
_POSTS_PER_PAGE, _ACCOUNTS_PER_PAGE = 40, 80  # the maximum values that servers accept


class _FieldEntity(msgspec.Struct, gc=False):
    name: str | None = None
    value: str | None = None


class _AuthorEntity(msgspec.Struct, gc=False):
    """An Account within a Status. Millions are parsed, so it has only the fields that are needed there."""

    acct: str | None = None
    uri: str | None = None
    actor_id: str | None = None
    pleroma: Any = None
    source: Any = None
    url: str | None = None
    note: str | None = None
    fields: list[_FieldEntity] | None = None
    display_name: str | None = None
    discoverable: bool | None = None
    indexable: bool | None = None
    noindex: bool | None = None
    limited: bool | None = None
    suspended: bool | None = None
    bot: bool | None = None


class _AccountEntity(_AuthorEntity, gc=False):
    """An Account in the directory."""

    id: str | int | None = None
    created_at: str | None = None
    followers_count: int | None = None
    statuses_count: int | None = None


class _ReblogEntity(msgspec.Struct, gc=False):
    account: _AuthorEntity | None = None


class _TagEntity(msgspec.Struct, gc=False):
    name: str | None = None


class _Status(msgspec.Struct, gc=False):
    id: Annotated[str, msgspec.Meta(max_length=MAX_ID_LENGTH)] | Annotated[int, msgspec.Meta(le=(1 << 63) - 1)]
    account: _AuthorEntity | None = None
    created_at: str | None = None
    language: str | None = None
    tags: list[_TagEntity] | None = None
    reblog: _ReblogEntity | None = None


class _StatusWithText(_Status, gc=False):
    content: str | None = None


class _MentionEntity(msgspec.Struct, gc=False):
    acct: str | None = None


class _StatusWithMentions(_Status, gc=False):
    mentions: list[_MentionEntity] | None = None


async def timeline(
    fetch: Fetch, server: Server, feed: str, is_new: IsNew, cursor: str | None = None, *, with_text: bool = False
) -> AsyncGenerator[TimelinePage]:
    """See `TimelineFunction`. The cursor is the id of the last status, sent as `max_id`.

    (https://docs.joinmastodon.org/methods/timelines/#public)
    """
    # only the fields that are needed are parsed
    status_type = _StatusWithMentions if feed == MENTIONS else _StatusWithText if with_text else _Status
    while True:
        params = [("limit", str(_POSTS_PER_PAGE))]
        if feed != PUBLIC:
            params.append(("local", "true"))  # some servers accept no other spelling of true
        if cursor:
            params.append(("max_id", cursor))
        response = await fetch(Request(server.api_host, _TIMELINE, tuple(params)))
        statuses = decode_items(response, status_type)
        new_statuses = [status for status in statuses if is_new(str(status.id))]
        if not new_statuses:
            return
        cursor = str(statuses[-1].id)
        authors: _Authors = {}
        yield TimelinePage(tuple([_post(status, authors, server) for status in new_statuses]), cursor)


_Authors = dict[str, tuple[Account, Host | None]]
"""The authors on one page and their instances, each converted once. Bios are kept no longer than their page."""


def _post(status: _Status, authors: _Authors, server: Server) -> Post:
    # Some forks list boosts. A boost counts as the boosted post, by its author.
    boosted = status.reblog.account if status.reblog else None
    entity = boosted or status.account or _AuthorEntity()
    author, origin = authors.get(entity.acct or "") or (_account(entity, server), _instance(entity, server))
    if entity.acct:
        authors[entity.acct] = author, origin
    return Post(
        id=str(status.id),
        author=author,
        origin=origin,
        written_at=as_time(status.created_at),
        language=primary_language(status.language),
        tags=_hashtags(status.tags) if status.tags else (),
        text=(status.content or "") if isinstance(status, _StatusWithText) else "",
        mentions=_mentions(status, server) if isinstance(status, _StatusWithMentions) and status.mentions else (),
    )


def _mentions(status: _StatusWithMentions, server: Server) -> tuple[Host, ...]:
    """The other instances whose accounts the post mentions. Empty for a boost, since its mentions are those of another post."""
    if status.reblog is not None:
        return ()
    handles = {(mention.acct or "").rpartition("@") for mention in (status.mentions or ())[:_MAX_MENTIONS]}
    hosts = {server.instance_of(domain) for user, _, domain in handles if user}
    return tuple(sorted(host for host in hosts if host is not None and host != server.domain))


def _hashtags(tags: list[_TagEntity]) -> tuple[str, ...]:
    names: dict[str, None] = {}  # distinct, in their order
    for tag in tags[:MAX_HASHTAGS]:
        if tag.name and 0 < len(name := tag.name.removeprefix("#")) <= 60:
            names[name] = None
    return tuple(names)


def _instance(entity: _AuthorEntity, server: Server) -> Host | None:
    """The instance of an account: from its handle, else from its ActivityPub id, else from the URL of its page.

    Not from the URL of the post: 22 % of recorded accounts have posts under a host that is not the one of their handle.
    """
    if entity.acct:
        user, at, domain = entity.acct.rpartition("@")
        return server.instance_of(domain) if at and user else server.domain
    # The ActivityPub id is actor_id in Mitra, and pleroma.ap_id in Pleroma and Akkoma.
    for url in (entity.uri, entity.actor_id, as_dict(entity.pleroma).get("ap_id"), entity.url):
        if isinstance(url, str) and url.startswith("https://"):
            return server.instance_of(url.split("/", 3)[2])
    return None


def _account(entity: _AuthorEntity, server: Server) -> Account:
    handle = (entity.acct or "").casefold()
    user, at, domain = handle.rpartition("@")
    if not at or server.has_name(domain):
        handle = f"{user if at else handle}@{server.domain}"
    return Account(
        key=handle,
        note=entity.note or "",
        fields=tuple([(field.name or "", field.value or "") for field in entity.fields]) if entity.fields else (),
        name=entity.display_name or "",
        discoverable=_discoverable(entity),
        indexable=entity.indexable,
        noindex=entity.noindex,
        limited=entity.limited is True,
        suspended=entity.suspended is True,
        bot=entity.bot is True,
    )


def _discoverable(entity: _AuthorEntity) -> bool | None:
    if entity.discoverable is None and entity.source:  # Pleroma and Akkoma
        return as_bool(as_dict(as_dict(entity.source).get("pleroma")).get("discoverable"))
    return entity.discoverable


async def directory(fetch: Fetch, server: Server, is_new: IsNew, offset: int = 0) -> AsyncGenerator[DirectoryPage]:
    """See `DirectoryFunction`. (https://docs.joinmastodon.org/methods/directory/)"""
    while True:
        params = (("limit", str(_ACCOUNTS_PER_PAGE)), ("offset", str(offset)), ("order", "new"), ("local", "true"))
        entities = decode_items(await fetch(Request(server.api_host, _DIRECTORY, params)), _AccountEntity)
        new_entities = [entity for entity in entities if is_new(str(entity.id or entity.acct))]
        if not new_entities:
            return
        offset += len(entities)
        # Some servers ignore `local` and also list remote accounts.
        local_entities = [entity for entity in new_entities if _instance(entity, server) == server.domain]
        yield DirectoryPage(tuple(_directory_account(entity, server) for entity in local_entities), offset)


def _directory_account(entity: _AccountEntity, server: Server) -> Account:
    return msgspec.structs.replace(
        _account(entity, server),
        created_on=entity.created_at[:10] if entity.created_at else None,
        followers=as_count(entity.followers_count),
        posts=as_count(entity.statuses_count),
    )
