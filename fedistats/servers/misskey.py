"""Misskey's own API, which its forks share (https://misskey-hub.net/en/docs/for-developers/api/).

Every request is a POST with a JSON body. Status 400 means that a feed is closed.

| page | field | meaning |
|---|---|---|
| /api/notes/global-timeline, local-timeline: `limit` to 100, `untilId` | id | id of the post; that of the last post is the cursor |
| | createdAt | time |
| | user.host | the author's instance; null is the server itself |
| | user.username, name | the author's key; an opt-out hashtag in the name |
| | user.isBot | bot |
| | user.requireSigninToViewContents, isHidden | opted out: the posts are not public |
| | renote, if text is null and there are neither files nor a poll | a boost: it counts as the renoted post, by its author |
| | tags | hashtags |
| /api/meta: `detail` false | name, description, version, uri, langs, serverRules | title, description, version, domain, languages, rules |
| | disableRegistration, approvalRequiredForSignup | registrations |
| | policies.ltlAvailable, gtlAvailable | access to the timelines: public, disabled |
| /api/stats | originalUsersCount, originalNotesCount, instances | users, posts, domains |
| /api/users (the directory): `origin` local, `limit` to 100, `offset` | description, fields, name | bio (MFM), profile fields, name |
| | isExplorable, noCrawle | discoverable (true for listed accounts), noindex |
| | isSilenced, isLimited, isSuspended | opted out by moderators |
| | createdAt, followersCount, notesCount | numbers of the profile |

Not available: languages of posts, bios on timelines, permission to search posts (so no words are counted), weekly activity.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import msgspec

from fedistats.errors import FetchError
from fedistats.fetch import Fetch, Request, Response, fetch_public
from fedistats.hosts import Host
from fedistats.model import Account, InstanceInfo, Post
from fedistats.servers.api import LOCAL, MAX_HASHTAGS, MAX_ID_LENGTH, DirectoryPage, IsNew, Server, TimelinePage
from fedistats.servers.untrusted_json import (
    as_bool,
    as_count,
    as_dict,
    as_dicts,
    as_host,
    as_registrations,
    as_text,
    as_texts,
    as_time,
    decode_items,
    decode_object,
)

API = "misskey"
"""Misskey and its forks, by their names in NodeInfo. This API is used only if a server does not support Mastodon's."""

_ITEMS_PER_PAGE = 100


async def _request(fetch: Fetch, host: Host, path: str, **body: Any) -> Response:
    return await fetch_public(fetch, Request(host, path, json=json.dumps(body, sort_keys=True).encode()))


class _UserEntity(msgspec.Struct, gc=False, rename="camel"):
    id: Any = None
    username: Any = None
    host: Any = None
    name: Any = None
    description: Any = None
    fields: Any = None
    is_bot: Any = None
    is_explorable: Any = None
    no_crawle: Any = None
    is_silenced: Any = None
    is_limited: Any = None
    is_suspended: Any = None
    require_signin_to_view_contents: Any = None
    created_at: Any = None
    followers_count: Any = None
    notes_count: Any = None


class _RenotedEntity(msgspec.Struct, gc=False, rename="camel"):
    user: _UserEntity | None = None
    tags: Any = None
    is_hidden: Any = None


class _NoteEntity(_RenotedEntity, gc=False, rename="camel"):
    id: Any = None
    created_at: Any = None
    text: Any = None
    file_ids: Any = None
    poll: Any = None
    renote: _RenotedEntity | None = None


async def timeline(
    fetch: Fetch, server: Server, feed: str, is_new: IsNew, cursor: str | None = None, *, with_text: bool = False
) -> AsyncGenerator[TimelinePage]:
    """See `TimelineFunction`. Raises AccessDenied if the feed is closed. Posts never have a text, even with `with_text`."""
    path = "/api/notes/local-timeline" if feed == LOCAL else "/api/notes/global-timeline"
    while True:
        until = {"untilId": cursor} if cursor else {}
        response = await _request(fetch, server.api_host, path, limit=_ITEMS_PER_PAGE, **until)
        notes = [note for note in decode_items(response, _NoteEntity) if 0 < len(as_text(note.id)) <= MAX_ID_LENGTH]
        new_notes = [note for note in notes if is_new(note.id)]
        if not new_notes:
            return
        cursor = str(notes[-1].id)
        yield TimelinePage(tuple(_post(note, server) for note in new_notes), cursor)


def _post(note: _NoteEntity, server: Server) -> Post:
    is_renote = note.renote is not None and note.text is None and not note.file_ids and note.poll is None
    original = note.renote if is_renote and note.renote else note
    user = original.user or _UserEntity()
    author = _account(user, server)
    if original.is_hidden is True or user.require_signin_to_view_contents is True:
        author = msgspec.structs.replace(author, noindex=True)
    tags = original.tags[:MAX_HASHTAGS] if isinstance(original.tags, list) else ()
    return Post(
        id=note.id,
        author=author,
        origin=_instance(user, server),
        written_at=as_time(note.created_at),
        tags=tuple(sorted({tag for tag in tags if isinstance(tag, str) and 0 < len(tag) <= 60})),
    )


def _instance(user: _UserEntity, server: Server) -> Host | None:
    if user.host is None:
        return server.domain if user.username else None
    return server.instance_of(as_text(user.host))


def _account(user: _UserEntity, server: Server) -> Account:
    domain = _instance(user, server) or as_text(user.host)
    return Account(
        key=f"{as_text(user.username)}@{domain}".casefold(),
        note=as_text(user.description),
        fields=tuple((as_text(field.get("name")), as_text(field.get("value"))) for field in as_dicts(user.fields)),
        name=as_text(user.name),
        discoverable=as_bool(user.is_explorable),
        noindex=as_bool(user.no_crawle),
        limited=user.is_silenced is True or user.is_limited is True,
        suspended=user.is_suspended is True,
        bot=user.is_bot is True,
    )


async def directory(fetch: Fetch, server: Server, is_new: IsNew, offset: int = 0) -> AsyncGenerator[DirectoryPage]:
    """See `DirectoryFunction`."""
    while True:
        body = {"limit": _ITEMS_PER_PAGE, "offset": offset, "origin": "local", "sort": "-createdAt"}
        response = await _request(fetch, server.api_host, "/api/users", **body)
        users = decode_items(response, _UserEntity)
        new_users = [user for user in users if is_new(as_text(user.id) or as_text(user.username))]
        if not new_users:
            return
        offset += len(users)
        local_users = [user for user in new_users if _instance(user, server) == server.domain]
        yield DirectoryPage(tuple(_directory_account(user, server) for user in local_users), offset)


def _directory_account(user: _UserEntity, server: Server) -> Account:
    account = _account(user, server)
    return msgspec.structs.replace(
        account,
        discoverable=account.discoverable is not False,
        created_on=as_text(user.created_at)[:10] or None,
        followers=as_count(user.followers_count),
        posts=as_count(user.notes_count),
    )


async def fetch_instance(fetch: Fetch, host: Host) -> InstanceInfo:
    """/api/meta. Raises FetchError."""
    document = decode_object(await _request(fetch, host, "/api/meta", detail=False))
    policies = as_dict(document.get("policies"))
    closed = as_bool(document.get("disableRegistration"))
    return InstanceInfo(
        host=as_host(document.get("uri"), host),
        api_host=host,
        api=API,
        title=as_text(document.get("name")),
        description=as_text(document.get("description")),
        version=as_text(document.get("version")) or None,
        registrations=as_registrations(
            None if closed is None else not closed, document.get("approvalRequiredForSignup")
        ),
        languages=as_texts(document.get("langs")),
        rules=as_texts(document.get("serverRules")),
        local_timeline=_access(policies.get("ltlAvailable")),
        remote_timeline=_access(policies.get("gtlAvailable")),
    )


def _access(available: Any) -> str | None:
    return {True: "public", False: "disabled"}.get(available) if isinstance(available, bool) else None


async def fetch_instance_counts(fetch: Fetch, host: Host) -> InstanceInfo:
    """/api/stats: the numbers of users, posts and domains. Raises FetchError."""
    document = decode_object(await _request(fetch, host, "/api/stats"))
    return InstanceInfo(
        host=host,
        api_host=host,
        api=API,
        users=as_count(document.get("originalUsersCount")),
        posts=as_count(document.get("originalNotesCount")),
        domains=as_count(document.get("instances")),
    )


async def fetch_instance_details(fetch: Fetch, instance: InstanceInfo) -> InstanceInfo:
    """The instance with its counts. `gaps` lists what is missing, and why."""
    gaps = {"activity": "not provided by this server"}
    try:
        counts = await fetch_instance_counts(fetch, instance.api_host)
        instance = replace(instance, users=counts.users, posts=counts.posts, domains=counts.domains)
    except FetchError as error:
        gaps["users, posts, domains"] = str(error)
    return replace(instance, gaps=gaps)
