"""Lemmy's own API, version 3: the posts of the communities that a server knows, and what it says about itself.

Posts of people of many instances meet in a community; so they tell which instances meet here. (https://lemmy.readme.io)

| page | field | read as |
|---|---|---|
| /api/v3/post/list: `type_` All or Local, `sort` New, `limit` to 50 | posts[] | a page, newest first, behind what admins have pinned |
| `page_cursor`, before 0.19 `page` | next_page | where the next one begins; before 0.19 there is none, and pages are numbered |
| | post.id, post.published | id, time |
| | post.language_id | language: a number that is the same on every server, 0 for 'not said' |
| | creator.actor_id (from 1.0 on: ap_id) | origin, by its host |
| | creator.name, display_name, bio (Markdown) | the author's key; a hashtag there that says no |
| | creator.bot_account, banned, deleted | bot; left out |
| /api/v3/site | site_view.site.name, description, sidebar | title, description |
| | site_view.counts.users, posts, users_active_month | people, posts, active people |
| | site_view.local_site.registration_mode, private_instance | registrations, who may read the timelines |
| | version | version |

Errors are 400 with a word in the body, `instance_is_private` among them: a closed server. Not told: hashtags, whether words may be
searched (so none are counted), profiles, weeks of activity; how many instances it knows would be a list of them all.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import msgspec

from fedistats.errors import AccessDenied, InvalidHost, InvalidResponse
from fedistats.fetch import Fetch, Request, Response
from fedistats.hosts import Host, parse_host
from fedistats.model import InstanceInfo, Person, Post
from fedistats.servers.mastodon import LOCAL, Page, Server
from fedistats.servers.untrusted_json import count_of, decoded, dict_of, epoch_of, list_of, object_of, text_of

API = "lemmy"
SOFTWARE = frozenset({"lemmy"})

_A_PAGE = 50  # more is refused

# By language_id - 1: the order in which Lemmy's own database was filled (migration 2022-06-21-123144_language-tags).
_LANGUAGES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff"
    " fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks"
    " ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps"
    " pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz"
    " ve vi vo wa wo xh yi yo za zh zu"
).split()


async def _get(fetch: Fetch, host: Host, path: str, *params: tuple[str, str]) -> Response:
    try:
        return await fetch(Request(host, path, params))
    except InvalidResponse as error:
        if error.reason == "refused":
            raise AccessDenied(f"{host} does not show this to everybody (400)", "closed") from error
        raise


class _Creator(msgspec.Struct, gc=False):
    name: Any = None
    display_name: Any = None
    bio: Any = None
    actor_id: Any = None
    ap_id: Any = None
    bot_account: Any = None
    banned: Any = None
    deleted: Any = None


class _Post(msgspec.Struct, gc=False):
    id: int
    published: Any = None
    language_id: Any = None


class _View(msgspec.Struct, gc=False):
    post: _Post
    creator: _Creator


class _List(msgspec.Struct, gc=False):
    posts: msgspec.Raw
    next_page: Any = None


_LIST = msgspec.json.Decoder(_List)
_VIEWS, _VIEW = msgspec.json.Decoder(list[_View | None]), msgspec.json.Decoder(_View)


async def timeline(
    fetch: Fetch,
    server: Server,
    feed: str,
    fresh: Callable[[str], bool],
    cursor: str | None = None,
    *,
    texts: bool = False,  # noqa: ARG001 - nobody says that their words may be searched
) -> AsyncGenerator[Page]:
    """The posts of all communities, or of the server's own, until a page brings nothing new; see `mastodon.timeline`.

    `texts` changes nothing. Raises the FetchError of the page that could not be had: AccessDenied where the server is private.
    """
    cursor = cursor or "1"
    while True:
        place = "page" if cursor.isdecimal() else "page_cursor"
        answer = await _get(
            fetch,
            server.api_host,
            "/api/v3/post/list",
            ("limit", str(_A_PAGE)),
            (place, cursor),
            ("sort", "New"),
            ("type_", "Local" if feed == LOCAL else "All"),
        )
        page = decoded(answer, _LIST.decode)
        views = list_of(Response(bytes(page.posts), answer.host), _VIEWS, _VIEW)
        new = [view for view in views if fresh(str(view.post.id))]
        if not new:
            return
        cursor = text_of(page.next_page)[:500] or (str(int(cursor) + 1) if cursor.isdecimal() else "")
        yield Page(tuple(_read(view, server) for view in new), cursor)
        if not cursor:
            return


def _read(view: _View, server: Server) -> Post:
    creator, number = view.creator, view.post.language_id
    origin = _home(creator, server)
    return Post(
        id=str(view.post.id),
        author=Person(
            key=f"{text_of(creator.name)}@{origin}".casefold(),
            note=text_of(creator.bio),
            name=text_of(creator.display_name),
            suspended=creator.banned is True or creator.deleted is True,
            bot=creator.bot_account is True,
        ),
        origin=origin,
        written_at=epoch_of(view.post.published),
        language=_LANGUAGES[number - 1] if isinstance(number, int) and 0 < number <= len(_LANGUAGES) else None,
    )


def _home(creator: _Creator, server: Server) -> Host | None:
    try:
        host = parse_host(urlsplit(text_of(creator.actor_id) or text_of(creator.ap_id)).netloc)
    except (InvalidHost, ValueError):
        return None
    return server.domain if server.is_own(host) else host


async def about(fetch: Fetch, host: Host) -> InstanceInfo:
    """What /api/v3/site says. Raises FetchError."""
    told = object_of(await _get(fetch, host, "/api/v3/site"))
    view = dict_of(told.get("site_view"))
    site, local, counts = (dict_of(view.get(name)) for name in ("site", "local_site", "counts"))
    private = local.get("private_instance")
    modes = {"open": "open", "requireapplication": "by approval", "closed": "closed"}
    return InstanceInfo(
        host=host,
        api_host=host,
        api=API,
        title=text_of(site.get("name")),
        description=text_of(site.get("description")) or text_of(site.get("sidebar")),
        version=text_of(told.get("version")) or None,
        users=count_of(counts.get("users")),
        active_month=count_of(counts.get("users_active_month")),
        posts=count_of(counts.get("posts")),
        registrations=modes.get(text_of(local.get("registration_mode")).lower()),
        local_timeline=("authenticated" if private else "public") if isinstance(private, bool) else None,
        remote_timeline=("authenticated" if private else "public") if isinstance(private, bool) else None,
    )


async def portrait(fetch: Fetch, found: InstanceInfo) -> InstanceInfo:  # noqa: ARG001 - all is told at once
    """What `about` told; what Lemmy does not say stands in `gaps`."""
    return replace(found, gaps=dict.fromkeys(("domains", "activity"), "this server does not tell"))
