"""PeerTube's own API: the videos of a server, the servers that it follows, and what it says about itself.

(https://docs.joinpeertube.org/api-rest-reference.html) The status of an unknown path is 400.

| page | field | meaning |
|---|---|---|
| /api/v1/videos: `start`, `count` to 100, `sort` -publishedAt; `isLocal` true for its own | data[] | a page, newest first |
| | uuid | id of the video, the same on every server |
| | publishedAt | time at which it became public on this server |
| | language.id | language; null is not set |
| | account.host | the author's instance |
| | account.name, displayName | the author's key; an opt-out hashtag in the name |
| /api/v1/config | serverVersion, instance.name, shortDescription | version, title, description |
| | signup.allowed, requiresApproval | registrations |
| /api/v1/config/about | instance.description, languages | description, languages |
| /api/v1/server/stats | totalUsers, totalMonthlyActiveUsers, totalLocalVideos | users, active users, posts |
| /api/v1/server/following, followers: `start`, `count` to 100 | data[].following.host, .follower.host | followed servers, followers |
| `actorType` Application, `state` accepted | | servers only, no accounts; no pending requests |

The list omits videos that the server hides by default (often sensitive ones). Not available: hashtags, descriptions of accounts,
permission to search posts (so no words are counted), profiles, weekly activity.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import msgspec

from fedistats.errors import FetchError
from fedistats.fetch import Fetch, Request, Response
from fedistats.hosts import Host
from fedistats.model import Account, InstanceInfo, Post
from fedistats.servers.api import LOCAL, IsNew, Server, TimelinePage
from fedistats.servers.untrusted_json import (
    as_count,
    as_dict,
    as_dicts,
    as_registrations,
    as_text,
    as_texts,
    as_time,
    decode,
    decode_items,
    decode_object,
    primary_language,
)

API = "peertube"

_ITEMS_PER_PAGE = 100
_MAX_FOLLOWS = 2000  # in each direction


class _ActorEntity(msgspec.Struct, gc=False, rename="camel"):
    name: Any = None
    display_name: Any = None
    host: Any = None


class _VideoEntity(msgspec.Struct, gc=False, rename="camel"):
    uuid: str
    account: _ActorEntity
    published_at: Any = None
    language: Any = None


class _VideoList(msgspec.Struct, gc=False, rename="camel"):
    data: msgspec.Raw


_VIDEO_LIST = msgspec.json.Decoder(_VideoList)


async def timeline(
    fetch: Fetch, server: Server, feed: str, is_new: IsNew, cursor: str | None = None, *, with_text: bool = False
) -> AsyncGenerator[TimelinePage]:
    """The videos of a server and of those it follows, or only its own; see `TimelineFunction`.

    The cursor is the number of videos before the page. Videos that are published meanwhile shift the pages; `is_new` skips the
    repeated ones. Posts never have a text, even with `with_text`.
    """
    start = int(cursor or 0)
    while True:
        params = [("count", str(_ITEMS_PER_PAGE)), ("sort", "-publishedAt"), ("start", str(start))]
        if feed == LOCAL:
            params.append(("isLocal", "true"))
        response = await fetch(Request(server.api_host, "/api/v1/videos", tuple(params)))
        data = bytes(decode(response, _VIDEO_LIST.decode).data)
        videos = decode_items(Response(data, response.host), _VideoEntity)
        new_videos = [video for video in videos if is_new(video.uuid)]
        if not new_videos:
            return
        start += len(videos)
        yield TimelinePage(tuple(_post(video, server) for video in new_videos), str(start))


def _post(video: _VideoEntity, server: Server) -> Post:
    account = video.account
    origin = server.instance_of(as_text(account.host))
    return Post(
        id=video.uuid,
        author=Account(key=f"{as_text(account.name)}@{origin}".casefold(), name=as_text(account.display_name)),
        origin=origin,
        written_at=as_time(video.published_at),
        language=primary_language(as_dict(video.language).get("id")),
    )


async def fetch_instance(fetch: Fetch, host: Host) -> InstanceInfo:
    """/api/v1/config. Raises FetchError."""
    document = decode_object(await fetch(Request(host, "/api/v1/config")))
    instance, signup = as_dict(document.get("instance")), as_dict(document.get("signup"))
    return InstanceInfo(
        host=host,
        api_host=host,
        api=API,
        title=as_text(instance.get("name")),
        description=as_text(instance.get("shortDescription")),
        version=as_text(document.get("serverVersion")) or None,
        registrations=as_registrations(signup.get("allowed"), signup.get("requiresApproval")),
    )


async def fetch_instance_details(fetch: Fetch, instance: InstanceInfo) -> InstanceInfo:
    """The instance with its full description, languages, counts and follows. `gaps` lists what is missing, and why."""
    host = instance.api_host
    gaps = dict.fromkeys(("domains", "activity"), "not provided by this server")
    try:
        about = as_dict(decode_object(await fetch(Request(host, "/api/v1/config/about"))).get("instance"))
        description = as_text(about.get("description")) or instance.description
        instance = replace(instance, description=description, languages=as_texts(about.get("languages")))
    except FetchError as error:
        gaps["languages"] = str(error)
    try:
        stats = decode_object(await fetch(Request(host, "/api/v1/server/stats")))
        instance = replace(
            instance,
            users=as_count(stats.get("totalUsers")),
            active_month=as_count(stats.get("totalMonthlyActiveUsers")),
            posts=as_count(stats.get("totalLocalVideos")),
        )
    except FetchError as error:
        gaps["users, posts"] = str(error)
    try:
        instance = replace(instance, following=await _fetch_follows(fetch, host, "following", "following"))
        instance = replace(instance, followers=await _fetch_follows(fetch, host, "followers", "follower"))
    except FetchError as error:
        gaps["following, followers"] = str(error)
    return replace(instance, gaps=gaps)


async def _fetch_follows(fetch: Fetch, host: Host, page: str, key: str) -> tuple[Host, ...]:
    """The servers that follow this one or are followed by it, sorted. Raises FetchError."""
    server, hosts, start = Server(host, host), set[Host](), 0
    limits = ("actorType", "Application"), ("count", str(_ITEMS_PER_PAGE)), ("state", "accepted")
    for _ in range(_MAX_FOLLOWS // _ITEMS_PER_PAGE):
        params = tuple(sorted((*limits, ("start", str(start)))))
        rows = as_dicts(decode_object(await fetch(Request(host, f"/api/v1/server/{page}", params))).get("data"))
        page_hosts = {server.instance_of(as_text(as_dict(row.get(key)).get("host"))) for row in rows}
        if not page_hosts - hosts:
            break
        hosts |= {name for name in page_hosts if name and name != host}
        start += len(rows)
    return tuple(sorted(hosts))
