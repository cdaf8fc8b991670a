"""Lemmy's own API, version 3: the posts of a server's communities, and what it says about itself (https://lemmy.readme.io).

Accounts of many instances post in one community, so its posts show which instances are connected.

| page | field | meaning |
|---|---|---|
| /api/v3/post/list: `type_` All or Local, `sort` New, `limit` to 50 | posts[] | a page, newest first, after posts that admins pinned |
| `page_cursor`, before 0.19 `page` | next_page | the cursor of the next page; before 0.19 there is none, and pages are numbered |
| | post.id, post.published | id, time |
| | post.language_id | language: a number that is the same on every server; 0 is undetermined |
| | creator.actor_id (from 1.0 on: ap_id) | the author's instance, by its host |
| | creator.name, display_name, bio (Markdown) | the author's key; an opt-out hashtag |
| | creator.bot_account, banned, deleted | bot; opted out |
| /api/v3/site | site_view.site.name, description, sidebar | title, description |
| | site_view.counts.users, posts, users_active_month | users, posts, active users |
| | site_view.local_site.registration_mode, private_instance | registrations, access to the timelines |
| | version | version |

Errors are 400 with a code in the body, for example `instance_is_private`. Not available: hashtags, permission to search posts (so no
words are counted), profiles, weekly activity. The number of known instances would require a list of them all.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import msgspec

from fedistats.fetch import Fetch, Request, Response, fetch_public
from fedistats.hosts import Host
from fedistats.model import Account, InstanceInfo, Post
from fedistats.servers.api import LOCAL, MAX_ID_LENGTH, IsNew, Server, TimelinePage
from fedistats.servers.untrusted_json import as_count, as_dict, as_text, as_time, decode, decode_items, decode_object

API = "lemmy"

_POSTS_PER_PAGE = 50  # the maximum that servers accept

# By language_id - 1: the order in which Lemmy's migration 2022-06-21-123144_language-tags inserted them.
_LANGUAGES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff"
    " fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks"
    " ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps"
    " pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz"
    " ve vi vo wa wo xh yi yo za zh zu"
).split()


class _CreatorEntity(msgspec.Struct, gc=False):
    name: Any = None
    display_name: Any = None
    bio: Any = None
    actor_id: Any = None
    ap_id: Any = None
    bot_account: Any = None
    banned: Any = None
    deleted: Any = None


class _PostEntity(msgspec.Struct, gc=False):
    id: int
    published: Any = None
    language_id: Any = None


class _PostView(msgspec.Struct, gc=False):
    post: _PostEntity
    creator: _CreatorEntity


class _PostList(msgspec.Struct, gc=False):
    posts: msgspec.Raw
    next_page: Any = None


_POST_LIST = msgspec.json.Decoder(_PostList)


async def timeline(
    fetch: Fetch, server: Server, feed: str, is_new: IsNew, cursor: str | None = None, *, with_text: bool = False
) -> AsyncGenerator[TimelinePage]:
    """The posts of all communities, or of the server's own; see `TimelineFunction`. Raises AccessDenied if the server is private.

    Posts never have a text, even with `with_text`.
    """
    cursor = cursor or "1"
    while True:
        page = ("page" if cursor.isdecimal() else "page_cursor", cursor)
        params = ("limit", str(_POSTS_PER_PAGE)), page, ("sort", "New"), ("type_", "Local" if feed == LOCAL else "All")
        response = await fetch_public(fetch, Request(server.api_host, "/api/v3/post/list", params))
        post_list = decode(response, _POST_LIST.decode)
        views = decode_items(Response(bytes(post_list.posts), response.host), _PostView)
        new_views = [view for view in views if is_new(str(view.post.id))]
        if not new_views:
            return
        cursor = as_text(post_list.next_page)[:MAX_ID_LENGTH] or (str(int(cursor) + 1) if cursor.isdecimal() else "")
        yield TimelinePage(tuple(_post(view, server) for view in new_views), cursor)
        if not cursor:
            return


def _post(view: _PostView, server: Server) -> Post:
    creator, language = view.creator, view.post.language_id
    origin = _instance(creator, server)
    return Post(
        id=str(view.post.id),
        author=Account(
            key=f"{as_text(creator.name)}@{origin}".casefold(),
            note=as_text(creator.bio),
            name=as_text(creator.display_name),
            suspended=creator.banned is True or creator.deleted is True,
            bot=creator.bot_account is True,
        ),
        origin=origin,
        written_at=as_time(view.post.published),
        language=_LANGUAGES[language - 1] if isinstance(language, int) and 0 < language <= len(_LANGUAGES) else None,
    )


def _instance(creator: _CreatorEntity, server: Server) -> Host | None:
    try:
        return server.instance_of(urlsplit(as_text(creator.actor_id) or as_text(creator.ap_id)).netloc)
    except ValueError:  # of urlsplit
        return None


async def fetch_instance(fetch: Fetch, host: Host) -> InstanceInfo:
    """/api/v3/site. Raises FetchError."""
    document = decode_object(await fetch_public(fetch, Request(host, "/api/v3/site")))
    view = as_dict(document.get("site_view"))
    site, local, counts = (as_dict(view.get(name)) for name in ("site", "local_site", "counts"))
    private = local.get("private_instance")
    access = ("authenticated" if private else "public") if isinstance(private, bool) else None
    modes = {"open": "open", "requireapplication": "by approval", "closed": "closed"}
    return InstanceInfo(
        host=host,
        api_host=host,
        api=API,
        title=as_text(site.get("name")),
        description=as_text(site.get("description")) or as_text(site.get("sidebar")),
        version=as_text(document.get("version")) or None,
        users=as_count(counts.get("users")),
        active_month=as_count(counts.get("users_active_month")),
        posts=as_count(counts.get("posts")),
        registrations=modes.get(as_text(local.get("registration_mode")).lower()),
        local_timeline=access,
        remote_timeline=access,
    )


async def fetch_instance_details(fetch: Fetch, instance: InstanceInfo) -> InstanceInfo:
    """The instance, since `fetch_instance` returns everything; `gaps` lists what Lemmy does not provide."""
    return replace(instance, gaps=dict.fromkeys(("domains", "activity"), "not provided by this server"))
