"""Misskey's own API, which its forks share: which pages to ask for, and what their JSON means.

Everything is a POST with a JSON body (https://misskey-hub.net/en/docs/for-developers/api/); 400 means that a feed is closed.

| page | field | read as |
|---|---|---|
| /api/notes/global-timeline, local-timeline: `limit` to 100, `untilId` | id | the post's id; behind the last one begins the next page |
| | createdAt | time |
| | user.host | origin; null is the server itself |
| | user.username, name | the author's key; a hashtag in the name that says no |
| | user.isBot | bot |
| | user.requireSigninToViewContents, isHidden | the author's no: this is not for everybody |
| | renote, while text is null and there are neither files nor a poll | a boost: the renoted post counts, for who wrote it |
| | tags | hashtags |
| /api/meta: `detail` false | name, description, version, uri, langs, serverRules | title, description, version, domain, languages, rules |
| | disableRegistration, approvalRequiredForSignup | registrations |
| | policies.ltlAvailable, gtlAvailable | who may read the timelines: public, disabled |
| /api/stats | originalUsersCount, originalNotesCount, instances | people, posts, known instances |
| /api/users (who may be found): `origin` local, `limit` to 100, `offset` | description, fields, name | bio (MFM), profile fields, name |
| | isExplorable, noCrawle | discoverable (listed here is a yes), noindex |
| | isSilenced, isLimited, isSuspended | left out, by moderators |
| | createdAt, followersCount, notesCount | figures of the profile |

Not told: the language of a post, the author's bio on timelines, whether words may be searched (so none are counted), weeks of activity.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from typing import Any

import msgspec

from fedistats.errors import AccessDenied, FetchError, InvalidHost, InvalidResponse
from fedistats.fetch import Fetch, Request, Response
from fedistats.hosts import Host, parse_host
from fedistats.model import InstanceInfo, Person, Post
from fedistats.servers.mastodon import LOCAL, MOST_ID, MOST_TAGS, DirectoryPage, Page, Server
from fedistats.servers.untrusted_json import (
    count_of,
    dict_of,
    dicts_of,
    epoch_of,
    flag_of,
    host_of,
    list_of,
    object_of,
    registrations_of,
    text_of,
    texts_of,
)

API = "misskey"
SOFTWARE = frozenset("misskey calckey cherrypick firefish foundkey iceshrimp meisskey sharkey".split())
"""The names that nodeinfo gives the family; it is asked this way only where it does not speak Mastodon's API."""

_A_PAGE = 100


async def _post(fetch: Fetch, host: Host, path: str, **body: Any) -> Response:
    try:
        return await fetch(Request(host, path, json=json.dumps(body, sort_keys=True).encode()))
    except InvalidResponse as error:
        if error.reason == "refused":
            raise AccessDenied(f"{host} does not show this to everybody (400)", "closed") from error
        raise


# -- timelines ---------------------------------------------------------------------------------------------------------


class _User(msgspec.Struct, gc=False, rename="camel"):
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


class _Renoted(msgspec.Struct, gc=False, rename="camel"):
    user: _User | None = None
    tags: Any = None
    is_hidden: Any = None


class _Note(_Renoted, gc=False, rename="camel"):
    id: Any = None
    created_at: Any = None
    text: Any = None
    file_ids: Any = None
    poll: Any = None
    renote: _Renoted | None = None


_NOTES, _NOTE = msgspec.json.Decoder(list[_Note | None]), msgspec.json.Decoder(_Note)
_USERS, _USER = msgspec.json.Decoder(list[_User | None]), msgspec.json.Decoder(_User)


async def timeline(
    fetch: Fetch,
    server: Server,
    feed: str,
    fresh: Callable[[str], bool],
    cursor: str | None = None,
    *,
    texts: bool = False,  # noqa: ARG001 - nobody says that their words may be searched
) -> AsyncGenerator[Page]:
    """The pages of a timeline, newest first, until one brings nothing new; see `mastodon.timeline`. `texts` changes nothing.

    Raises the FetchError of the page that could not be had: AccessDenied where the feed is closed.
    """
    path = "/api/notes/local-timeline" if feed == LOCAL else "/api/notes/global-timeline"
    while True:
        after = {"untilId": cursor} if cursor else {}
        answer = await _post(fetch, server.api_host, path, limit=_A_PAGE, **after)
        notes = [note for note in list_of(answer, _NOTES, _NOTE) if 0 < len(text_of(note.id)) <= MOST_ID]
        new = [note for note in notes if fresh(note.id)]
        if not new:
            return
        cursor = str(notes[-1].id)
        yield Page(tuple(_read(note, server) for note in new), cursor)


def _read(note: _Note, server: Server) -> Post:
    renotes = note.renote is not None and note.text is None and not note.file_ids and note.poll is None
    said = note.renote if renotes and note.renote else note
    user = said.user or _User()
    author = _person(user, server)
    if said.is_hidden is True or user.require_signin_to_view_contents is True:
        author = msgspec.structs.replace(author, noindex=True)
    tags = said.tags[:MOST_TAGS] if isinstance(said.tags, list) else ()
    return Post(
        id=note.id,
        author=author,
        origin=_home(user, server),
        written_at=epoch_of(note.created_at),
        tags=tuple(sorted({tag for tag in tags if isinstance(tag, str) and 0 < len(tag) <= 60})),
    )


def _home(user: _User, server: Server) -> Host | None:
    if user.host is None:
        return server.domain if user.username else None
    try:
        host = parse_host(text_of(user.host))
    except InvalidHost:
        return None
    return server.domain if server.is_own(host) else host


def _person(user: _User, server: Server) -> Person:
    home = _home(user, server) or text_of(user.host)
    return Person(
        key=f"{text_of(user.username)}@{home}".casefold(),
        note=text_of(user.description),
        fields=tuple((text_of(f.get("name")), text_of(f.get("value"))) for f in dicts_of(user.fields)),
        name=text_of(user.name),
        discoverable=flag_of(user.is_explorable),
        noindex=flag_of(user.no_crawle),
        limited=user.is_silenced is True or user.is_limited is True,
        suspended=user.is_suspended is True,
        bot=user.is_bot is True,
    )


# -- the people who may be found ---------------------------------------------------------------------------------------


async def directory(
    fetch: Fetch, server: Server, fresh: Callable[[str], bool], offset: int = 0
) -> AsyncGenerator[DirectoryPage]:
    """The server's own people who may be found, in the order of their sign-up; see `mastodon.directory`."""
    while True:
        answer = await _post(
            fetch, server.api_host, "/api/users", limit=_A_PAGE, offset=offset, origin="local", sort="-createdAt"
        )
        users = list_of(answer, _USERS, _USER)
        new = [user for user in users if fresh(text_of(user.id) or text_of(user.username))]
        if not new:
            return
        offset += len(users)
        own = (user for user in new if _home(user, server) == server.domain)
        yield DirectoryPage(tuple(_profile(user, server) for user in own), offset)


def _profile(user: _User, server: Server) -> Person:
    person = _person(user, server)
    return msgspec.structs.replace(
        person,
        discoverable=person.discoverable is not False,
        created_on=text_of(user.created_at)[:10] or None,
        followers=count_of(user.followers_count),
        posts=count_of(user.notes_count),
    )


# -- what a server says about itself -----------------------------------------------------------------------------------


async def about(fetch: Fetch, host: Host) -> InstanceInfo:
    """What /api/meta says. Raises FetchError."""
    told = object_of(await _post(fetch, host, "/api/meta", detail=False))
    policies = dict_of(told.get("policies"))
    closed = flag_of(told.get("disableRegistration"))
    return InstanceInfo(
        host=host_of(told.get("uri"), host),
        api_host=host,
        api=API,
        title=text_of(told.get("name")),
        description=text_of(told.get("description")),
        version=text_of(told.get("version")) or None,
        registrations=registrations_of(None if closed is None else not closed, told.get("approvalRequiredForSignup")),
        languages=texts_of(told.get("langs")),
        rules=texts_of(told.get("serverRules")),
        local_timeline=_access(policies.get("ltlAvailable")),
        remote_timeline=_access(policies.get("gtlAvailable")),
    )


def _access(available: Any) -> str | None:
    return {True: "public", False: "disabled"}.get(available) if isinstance(available, bool) else None


async def totals(fetch: Fetch, host: Host) -> InstanceInfo:
    """The figures that /api/stats tells. Raises FetchError."""
    told = object_of(await _post(fetch, host, "/api/stats"))
    return InstanceInfo(
        host=host,
        api_host=host,
        api=API,
        users=count_of(told.get("originalUsersCount")),
        posts=count_of(told.get("originalNotesCount")),
        domains=count_of(told.get("instances")),
    )


async def portrait(fetch: Fetch, found: InstanceInfo) -> InstanceInfo:
    """What `about` told, and the figures; what it does not say stands in `gaps`."""
    gaps = {"activity": "this server does not tell"}
    try:
        stats = await totals(fetch, found.api_host)
        found = replace(found, users=stats.users, posts=stats.posts, domains=stats.domains)
    except FetchError as error:
        gaps["users, posts, domains"] = str(error)
    return replace(found, gaps=gaps)
