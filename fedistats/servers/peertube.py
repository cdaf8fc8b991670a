"""PeerTube's own API: the videos that a server shows, which servers it follows, and what it says about itself.

(https://docs.joinpeertube.org/api-rest-reference.html) A path that it does not know is answered with 400.

| page | field | read as |
|---|---|---|
| /api/v1/videos: `start`, `count` to 100, `sort` -publishedAt; `isLocal` true for its own | data[] | a page, newest first |
| | uuid | the video's id, the same on every server |
| | publishedAt | time: when it reached this server's public |
| | language.id | language; null is 'not said' |
| | account.host | origin |
| | account.name, displayName | the author's key; a hashtag in the name that says no |
| /api/v1/config | serverVersion, instance.name, shortDescription | version, title, description |
| | signup.allowed, requiresApproval | registrations |
| /api/v1/config/about | instance.description, languages | description, languages |
| /api/v1/server/stats | totalUsers, totalMonthlyActiveUsers, totalLocalVideos | people, active people, posts |
| /api/v1/server/following, followers: `start`, `count` to 100 | data[].following.host, .follower.host | whom it follows, who follows it |
| `actorType` Application, `state` accepted | | servers alone, not people; no requests that are open |

Videos that its owner hides by default (sensitive ones, often) are not in the list. Not told there: hashtags, the account's
description, whether words may be searched (so none are counted); and nowhere: profiles, weeks of activity.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from typing import Any

import msgspec

from fedistats.errors import FetchError, InvalidHost
from fedistats.fetch import Fetch, Request, Response
from fedistats.hosts import Host, parse_host
from fedistats.model import InstanceInfo, Person, Post
from fedistats.servers.mastodon import LOCAL, Page, Server
from fedistats.servers.untrusted_json import (
    count_of,
    decoded,
    dict_of,
    dicts_of,
    epoch_of,
    language_of,
    list_of,
    object_of,
    registrations_of,
    text_of,
    texts_of,
)

API = "peertube"
SOFTWARE = frozenset({"peertube"})

_A_PAGE = 100
_MOST_FOLLOWS = 2000  # of each kind: who follows more follows everybody


class _Account(msgspec.Struct, gc=False, rename="camel"):
    name: Any = None
    display_name: Any = None
    host: Any = None


class _Video(msgspec.Struct, gc=False, rename="camel"):
    uuid: str
    account: _Account
    published_at: Any = None
    language: Any = None


class _List(msgspec.Struct, gc=False, rename="camel"):
    data: msgspec.Raw


_LIST = msgspec.json.Decoder(_List)
_VIDEOS, _VIDEO = msgspec.json.Decoder(list[_Video | None]), msgspec.json.Decoder(_Video)


async def timeline(
    fetch: Fetch,
    server: Server,
    feed: str,
    fresh: Callable[[str], bool],
    cursor: str | None = None,
    *,
    texts: bool = False,  # noqa: ARG001 - nobody says that their words may be searched
) -> AsyncGenerator[Page]:
    """The videos that a server shows, or its own alone, until a page brings nothing new; see `mastodon.timeline`.

    The cursor is how many came before; what is published meanwhile shifts them, and is not read twice. `texts` changes nothing.
    Raises the FetchError of the page that could not be had.
    """
    start = int(cursor or 0)
    while True:
        params = [("count", str(_A_PAGE)), ("sort", "-publishedAt"), ("start", str(start))]
        if feed == LOCAL:
            params.append(("isLocal", "true"))
        answer = await fetch(Request(server.api_host, "/api/v1/videos", tuple(params)))
        videos = list_of(Response(bytes(decoded(answer, _LIST.decode).data), answer.host), _VIDEOS, _VIDEO)
        new = [video for video in videos if fresh(video.uuid)]
        if not new:
            return
        start += len(videos)
        yield Page(tuple(_read(video, server) for video in new), str(start))


def _read(video: _Video, server: Server) -> Post:
    account = video.account
    origin = _host(account.host, server)
    return Post(
        id=video.uuid,
        author=Person(key=f"{text_of(account.name)}@{origin}".casefold(), name=text_of(account.display_name)),
        origin=origin,
        written_at=epoch_of(video.published_at),
        language=language_of(dict_of(video.language).get("id")),
    )


def _host(name: Any, server: Server) -> Host | None:
    try:
        host = parse_host(text_of(name))
    except InvalidHost:
        return None
    return server.domain if server.is_own(host) else host


# -- what a server says about itself -----------------------------------------------------------------------------------


async def about(fetch: Fetch, host: Host) -> InstanceInfo:
    """What /api/v1/config says. Raises FetchError."""
    told = object_of(await fetch(Request(host, "/api/v1/config")))
    instance, signup = dict_of(told.get("instance")), dict_of(told.get("signup"))
    return InstanceInfo(
        host=host,
        api_host=host,
        api=API,
        title=text_of(instance.get("name")),
        description=text_of(instance.get("shortDescription")),
        version=text_of(told.get("serverVersion")) or None,
        registrations=registrations_of(signup.get("allowed"), signup.get("requiresApproval")),
    )


async def portrait(fetch: Fetch, found: InstanceInfo) -> InstanceInfo:
    """What `about` told, and everything else that a server says about itself; what it does not say stands in `gaps`."""
    host = found.api_host
    gaps = dict.fromkeys(("domains", "activity"), "this server does not tell")
    try:
        told = dict_of(object_of(await fetch(Request(host, "/api/v1/config/about"))).get("instance"))
        description = text_of(told.get("description")) or found.description
        found = replace(found, description=description, languages=texts_of(told.get("languages")))
    except FetchError as error:
        gaps["languages"] = str(error)
    try:
        stats = object_of(await fetch(Request(host, "/api/v1/server/stats")))
        found = replace(
            found,
            users=count_of(stats.get("totalUsers")),
            active_month=count_of(stats.get("totalMonthlyActiveUsers")),
            posts=count_of(stats.get("totalLocalVideos")),
        )
    except FetchError as error:
        gaps["users, posts"] = str(error)
    try:
        found = replace(found, following=await _follows(fetch, host, "following", "following"))
        found = replace(found, followers=await _follows(fetch, host, "followers", "follower"))
    except FetchError as error:
        gaps["following, followers"] = str(error)
    return replace(found, gaps=gaps)


async def _follows(fetch: Fetch, host: Host, page: str, end: str) -> tuple[Host, ...]:
    """The servers at that end of its follows, sorted. Raises FetchError."""
    server, found, start = Server(host, host), set[Host](), 0
    for _ in range(_MOST_FOLLOWS // _A_PAGE):
        params = (("actorType", "Application"), ("count", str(_A_PAGE)), ("start", str(start)), ("state", "accepted"))
        rows = dicts_of(object_of(await fetch(Request(host, f"/api/v1/server/{page}", params))).get("data"))
        names = {_host(dict_of(row.get(end)).get("host"), server) for row in rows}
        if not names - found:
            break
        found |= {name for name in names if name and name != host}
        start += len(rows)
    return tuple(sorted(found))
