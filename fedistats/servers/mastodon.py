"""Mastodon's public API: which pages to ask for, and what their JSON means.

Read are /api/v2/instance (v1 where there is no v2), /api/v1/instance/activity, /.well-known/nodeinfo,
/.well-known/host-meta, /api/v1/timelines/public and /api/v1/directory, as documented at https://docs.joinmastodon.org/methods/.
Every field is a stranger's: whatever is not of the promised kind is taken as not said, and an item that cannot be read
at all is dropped and counted, never the page that it stands on.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any
from urllib.parse import SplitResult, urlsplit

import msgspec

from fedistats.errors import FetchError, InvalidHost, InvalidResponse, Moved, NotFound
from fedistats.fetch import MIB, Fetch, Request, Response
from fedistats.hosts import Host, parse_host
from fedistats.model import Activity, InstanceInfo, Person, Post
from fedistats.servers.untrusted_json import (
    MOST_ENTRIES,
    count_of,
    decoded,
    dict_of,
    dicts_of,
    epoch_of,
    flag_of,
    host_of,
    language_of,
    list_of,
    number_of,
    object_of,
    registrations_of,
    text_of,
    texts_of,
    time_of,
)

PUBLIC, LOCAL = "public", "local"
"""The two feeds of the public timeline: whatever reached the server, and its own people's posts."""
MENTIONS = "mentions"
"""The local feed once more, read for whom its posts mention."""

_TIMELINE, _DIRECTORY = "/api/v1/timelines/public", "/api/v1/directory"
MOST_ID = 500  # characters: the last one of a page is kept, and sent back
MOST_TAGS = 100  # of one post
_MOST_MENTIONS = 20  # of one post: nobody talks with more at once
_POSTS_A_PAGE, _PROFILES_A_PAGE = 40, 80  # the server's own maxima


# -- the server and its names ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Server:
    """One server by its names."""

    domain: Host
    """The domain of its people's handles: the name of its node."""
    api_host: Host
    """The host that answers for it."""

    def is_own(self, host: str) -> bool:
        return host == self.domain or host == self.api_host


_LRDD = re.compile(rb"""<Link\b[^>]{0,500}\brel\s*=\s*["']lrdd["'][^>]{0,500}>""", re.IGNORECASE)
_TEMPLATE = re.compile(rb"""\btemplate\s*=\s*["']https://([^/"'?#]{1,300})/""", re.IGNORECASE)


async def api_host(fetch: Fetch, domain: Host) -> Host | None:
    """The host that answers for the people of `domain`, as the domain itself says; None where it does not.

    It says so in its host-meta (RFC 6415), or by sending those who ask for its people elsewhere (WebFinger, RFC 7033): that much
    every such domain must do, and it is asked about the server itself, not about a person.
    """
    return await _in_host_meta(fetch, domain) or await _by_webfinger(fetch, domain)


async def _by_webfinger(fetch: Fetch, domain: Host) -> Host | None:
    resource = (("resource", f"acct:{domain}@{domain}"),)
    try:
        await fetch(Request(domain, "/.well-known/webfinger", resource, max_bytes=MIB // 16))
    except Moved as error:
        return Host(error.to)
    except FetchError:
        pass
    return None


async def _in_host_meta(fetch: Fetch, domain: Host) -> Host | None:
    try:
        answer = await fetch(Request(domain, "/.well-known/host-meta", max_bytes=MIB // 16, allow_delegation=True))
    except FetchError:
        return None
    link = _LRDD.search(answer.body)
    template = _TEMPLATE.search(link[0]) if link else None
    if template is None:
        return None
    try:
        return parse_host(template[1].decode("ascii", "replace"))
    except InvalidHost:
        return None


# -- timelines ---------------------------------------------------------------------------------------------------------


class _Field(msgspec.Struct, gc=False):
    name: str | None = None
    value: str | None = None


class _Author(msgspec.Struct, gc=False):
    """An account as it stands in a post: there are millions, and of each no more is read than is asked for."""

    acct: str | None = None
    uri: str | None = None
    actor_id: str | None = None
    pleroma: Any = None
    source: Any = None
    url: str | None = None
    note: str | None = None
    fields: list[_Field] | None = None
    display_name: str | None = None
    discoverable: bool | None = None
    indexable: bool | None = None
    noindex: bool | None = None
    limited: bool | None = None
    suspended: bool | None = None
    bot: bool | None = None


class _Account(_Author, gc=False):
    """An account as it stands in a directory."""

    id: str | int | None = None
    created_at: str | None = None
    followers_count: int | None = None
    statuses_count: int | None = None


class _Boosted(msgspec.Struct, gc=False):
    account: _Author | None = None


class _Tag(msgspec.Struct, gc=False):
    name: str | None = None


class _Status(msgspec.Struct, gc=False):
    id: Annotated[str, msgspec.Meta(max_length=MOST_ID)] | Annotated[int, msgspec.Meta(le=(1 << 63) - 1)]
    account: _Author | None = None
    created_at: str | None = None
    language: str | None = None
    tags: list[_Tag] | None = None
    reblog: _Boosted | None = None


class _StatusWithText(_Status, gc=False):
    content: str | None = None


class _Mention(msgspec.Struct, gc=False):
    acct: str | None = None


class _StatusWithMentions(_Status, gc=False):
    mentions: list[_Mention] | None = None


_STATUSES = msgspec.json.Decoder(list[_Status | None])
_STATUS = msgspec.json.Decoder(_Status)
_STATUSES_WITH_TEXT = msgspec.json.Decoder(list[_StatusWithText | None])
_STATUS_WITH_TEXT = msgspec.json.Decoder(_StatusWithText)
_STATUSES_WITH_MENTIONS = msgspec.json.Decoder(list[_StatusWithMentions | None])
_STATUS_WITH_MENTIONS = msgspec.json.Decoder(_StatusWithMentions)
_ACCOUNTS = msgspec.json.Decoder(list[_Account | None])
_ACCOUNT = msgspec.json.Decoder(_Account)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a timeline: the posts that were not seen before, and where the next one begins."""

    posts: tuple[Post, ...]
    cursor: str
    """The id after which the next page begins."""


async def timeline(
    fetch: Fetch,
    server: Server,
    feed: str,
    fresh: Callable[[str], bool],
    cursor: str | None = None,
    *,
    texts: bool = False,
) -> AsyncGenerator[Page]:
    """The pages of a public timeline, newest first, until one brings nothing new.

    `fresh` says of an id whether it is seen for the first time. Ids are opaque; `max_id` is the last one that the server gave.
    `texts`: are the posts' texts looked at?
    Raises the FetchError of the page that could not be had. (https://docs.joinmastodon.org/methods/timelines/#public)
    """
    while True:
        params = [("limit", str(_POSTS_A_PAGE))]
        if feed != PUBLIC:
            params.append(("local", "true"))  # the word itself: some servers compare the string
        if cursor:
            params.append(("max_id", cursor))
        answer = await fetch(Request(server.api_host, _TIMELINE, tuple(params)))
        statuses = _statuses(answer, feed, texts=texts)
        new = [status for status in statuses if fresh(str(status.id))]
        if not new:
            return
        cursor = str(statuses[-1].id)
        authors = _Authors(server)
        yield Page(tuple([_post(status, authors, server) for status in new]), cursor)


def _statuses(answer: Response, feed: str, *, texts: bool) -> Sequence[_Status]:
    """Of each status no more than is asked for."""
    found: Sequence[Any]
    if feed == MENTIONS:
        found = list_of(answer, _STATUSES_WITH_MENTIONS, _STATUS_WITH_MENTIONS)
    elif texts:
        found = list_of(answer, _STATUSES_WITH_TEXT, _STATUS_WITH_TEXT)
    else:
        found = list_of(answer, _STATUSES, _STATUS)
    return found


class _Authors:
    """The authors on one page, each looked at once; nobody's bio outlives the page it came with."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._known: dict[str, tuple[Person, Host | None]] = {}

    def of(self, account: _Author) -> tuple[Person, Host | None]:
        """The author, and the instance that they live on."""
        acct = account.acct
        if not acct:
            return _person(account, self._server), _home(account, self._server)
        known = self._known.get(acct)
        if known is None:
            known = self._known[acct] = _person(account, self._server), _home(account, self._server)
        return known


def _post(status: _Status, authors: _Authors, server: Server) -> Post:
    # Of a boost (some forks show them) the boosted post is what was written, and where.
    boosted = status.reblog.account if status.reblog else None
    author, origin = authors.of(boosted or status.account or _Author())
    return Post(
        id=str(status.id),
        author=author,
        origin=origin,
        written_at=epoch_of(status.created_at),
        language=language_of(status.language),
        tags=_tags(status.tags) if status.tags else (),
        text=(status.content or "") if isinstance(status, _StatusWithText) else "",
        mentions=_mentioned(status, server) if isinstance(status, _StatusWithMentions) and status.mentions else (),
    )


def _mentioned(status: _StatusWithMentions, server: Server) -> tuple[Host, ...]:
    """The other instances whose people a post mentions; a boost is somebody else's post, and mentions nobody here."""
    if status.reblog is not None:
        return ()
    named = {(mention.acct or "").rpartition("@") for mention in (status.mentions or ())[:_MOST_MENTIONS]}
    hosts = {_host(domain, server) for user, _, domain in named if user}
    return tuple(sorted(host for host in hosts if host is not None and host != server.domain))


def _tags(tags: list[_Tag]) -> tuple[str, ...]:
    names: dict[str, None] = {}  # each once, in the order in which they came
    for tag in tags[:MOST_TAGS]:
        if tag.name and 0 < len(name := tag.name.removeprefix("#")) <= 60:
            names[name] = None
    return tuple(names)


def _home(account: _Author, server: Server) -> Host | None:
    """The instance an account lives on: by its handle; where there is none, by its ActivityPub id, then by its page.

    Never by the address of the post: 22 % of recorded accounts have posts under another host than their handle's.
    """
    if account.acct:
        user, at, domain = account.acct.rpartition("@")
        return _host(domain, server) if at and user else server.domain
    # Mitra calls the id actor_id, Pleroma and Akkoma pleroma.ap_id.
    for address in (account.uri, account.actor_id, dict_of(account.pleroma).get("ap_id"), account.url):
        if isinstance(address, str) and address.startswith("https://"):
            return _host(address.split("/", 3)[2], server)
    return None


def _host(name: str, server: Server) -> Host | None:
    try:
        host = parse_host(name)
    except InvalidHost:
        return None
    return server.domain if server.is_own(host) else host


def _person(account: _Author, server: Server) -> Person:
    """Whose account it is, and what they wish; nothing else of them is looked at."""
    acct = (account.acct or "").casefold()
    user, at, domain = acct.rpartition("@")
    if not at or server.is_own(domain):
        acct = f"{user if at else acct}@{server.domain}"
    return Person(
        key=acct,
        note=account.note or "",
        fields=tuple([(field.name or "", field.value or "") for field in account.fields]) if account.fields else (),
        name=account.display_name or "",
        discoverable=_discoverable(account),
        indexable=account.indexable,
        noindex=account.noindex,
        limited=account.limited is True,
        suspended=account.suspended is True,
        bot=account.bot is True,
    )


def _discoverable(account: _Author) -> bool | None:
    """What the person said of being found; Pleroma and Akkoma keep it elsewhere."""
    if account.discoverable is None and account.source:
        return flag_of(dict_of(dict_of(account.source).get("pleroma")).get("discoverable"))
    return account.discoverable


def _profile(account: _Account, server: Server) -> Person:
    """The person, with the figures of their profile."""
    return msgspec.structs.replace(
        _person(account, server),
        created_on=account.created_at[:10] if account.created_at else None,
        followers=count_of(account.followers_count),
        posts=count_of(account.statuses_count),
    )


# -- the directory of discoverable profiles ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """One page of a directory: the people who were not seen before, and where the next page begins."""

    people: tuple[Person, ...]
    offset: int


async def directory(
    fetch: Fetch, server: Server, fresh: Callable[[str], bool], offset: int = 0
) -> AsyncGenerator[DirectoryPage]:
    """The pages of a server's own directory, until one brings nobody new.

    Ordered by sign-up, which moves least while one reads; still people shift from page to page, so `fresh` says of an id
    whether it is seen for the first time, and the next offset is advanced by what came, never by what was asked for.
    (https://docs.joinmastodon.org/methods/directory/)
    """
    while True:
        params = (("limit", str(_PROFILES_A_PAGE)), ("offset", str(offset)), ("order", "new"), ("local", "true"))
        accounts = list_of(await fetch(Request(server.api_host, _DIRECTORY, params)), _ACCOUNTS, _ACCOUNT)
        new = [account for account in accounts if fresh(str(account.id or account.acct))]
        offset += len(accounts)
        # Some servers list every account they know, whatever `local` says: only the server's own people are asked about.
        own = tuple(_profile(account, server) for account in new if _home(account, server) == server.domain)
        if not new:
            return
        yield DirectoryPage(own, offset)


# -- what a server says about itself -----------------------------------------------------------------------------------


async def about(fetch: Fetch, host: Host) -> InstanceInfo:
    """What /api/v2/instance says, or /api/v1/instance where there is no v2. `InstanceInfo.host` is the domain that the server claims.

    Raises the FetchError of v1 where neither can be had.
    """
    try:
        return _read_v2(object_of(await fetch(Request(host, "/api/v2/instance"))), host)
    except (NotFound, InvalidResponse):
        return await totals(fetch, host)


async def totals(fetch: Fetch, host: Host) -> InstanceInfo:
    """What /api/v1/instance says: beside the rest, the totals that v2 no longer tells. Raises FetchError."""
    return _read_v1(object_of(await fetch(Request(host, "/api/v1/instance"))), host)


async def portrait(fetch: Fetch, found: InstanceInfo) -> InstanceInfo:
    """What `about` told, and everything else that a server says about itself; what it does not say stands in `gaps`."""
    host = found.api_host
    gaps: dict[str, str] = {}
    if found.users is None:
        try:
            v1 = await totals(fetch, host)
            found = replace(found, users=v1.users, posts=v1.posts, domains=v1.domains)
        except FetchError as error:
            gaps["users, posts, domains"] = _why(error)
    try:
        told = await nodeinfo(fetch, host)
        found = replace(
            found,
            software=told.software,
            version=told.version or found.version,
            users=found.users if found.users is not None else told.users,
            active_month=found.active_month if found.active_month is not None else told.active_month,
            posts=found.posts if found.posts is not None else told.posts,
        )
    except FetchError as error:
        gaps["software"] = _why(error)
    try:
        found = replace(found, activity=await activity(fetch, host))
    except FetchError as error:
        gaps["activity"] = _why(error)
    return replace(found, gaps=gaps)


def _why(error: FetchError) -> str:
    return "this server does not tell" if isinstance(error, NotFound) else str(error)


@dataclass(frozen=True, slots=True)
class Nodeinfo:
    """What the nodeinfo document says (http://nodeinfo.diaspora.software/schema.html)."""

    software: str
    version: str | None
    users: int | None
    active_month: int | None
    posts: int | None


async def nodeinfo(fetch: Fetch, host: Host) -> Nodeinfo:
    """The server's software, by nodeinfo 1.0 to 2.2. Raises FetchError where there is none, Moved where it lies on another host."""
    found = object_of(await fetch(Request(host, "/.well-known/nodeinfo", max_bytes=MIB // 4)))
    if "software" not in found:  # some servers give the document itself here
        links = {text_of(link.get("rel")): text_of(link.get("href")) for link in dicts_of(found.get("links"))}
        rel = max((rel for rel in links if "nodeinfo" in rel and "/schema/" in rel), default=None)
        if rel is None:
            raise NotFound(f"{host} names no nodeinfo document")
        parts = _address(links[rel], host)
        if not parts.path.startswith("/"):
            raise InvalidResponse(f"{host} says that its nodeinfo lies nowhere", "shape")
        found = object_of(await fetch(Request(host, parts.path, max_bytes=MIB // 4)))
    software, usage = dict_of(found.get("software")), dict_of(found.get("usage"))
    name = text_of(software.get("name")).strip()
    if not name:
        raise InvalidResponse(f"{host} has a nodeinfo without a software", "shape")
    users = dict_of(usage.get("users"))
    return Nodeinfo(
        software=name.lower(),
        version=text_of(software.get("version")) or None,
        users=count_of(users.get("total")),
        active_month=count_of(users.get("activeMonth")),
        posts=count_of(usage.get("localPosts")),
    )


def _address(href: str, host: Host) -> SplitResult:
    """Where a nodeinfo document lies. Raises Moved where that is another public host, InvalidResponse where it is nobody's."""
    try:
        parts = urlsplit(href)
        if parts.netloc in ("", host):  # a server on the desk goes by its address
            return parts
        other = parse_host(parts.netloc)
    except (ValueError, InvalidHost) as error:
        raise InvalidResponse(f"{host} says that its nodeinfo lies nowhere", "shape") from error
    if other != host:
        raise Moved(f"{host} says that its nodeinfo lies on {other}", other)
    return parts


async def activity(fetch: Fetch, host: Host) -> tuple[Activity, ...]:
    """The last weeks of activity, newest first, without today's unfinished row.

    A 'week' is neither a calendar week nor seven days: row n covers the six days from n x 7 days before the server's time of
    computing on (since Mastodon 3.5.0). Raises FetchError; NotFound where the server has no such page.
    """
    rows = []
    for row in dicts_of(decoded(await fetch(Request(host, "/api/v1/instance/activity"))))[:MOST_ENTRIES]:
        week, *counts = (number_of(row.get(name)) for name in ("week", "statuses", "logins", "registrations"))
        if (at := time_of(week)) is not None:
            posts, logins, registrations = (count or 0 for count in counts)
            rows.append(Activity(at, posts, logins, registrations))
    return tuple(sorted(rows, key=lambda row: -row.begins_at)[1:])


def _read_v2(told: dict[str, Any], host: Host) -> InstanceInfo:
    configuration, usage = dict_of(told.get("configuration")), dict_of(told.get("usage"))
    feeds = dict_of(dict_of(configuration.get("timelines_access")).get("live_feeds"))
    registrations = dict_of(told.get("registrations"))
    return InstanceInfo(
        host=host_of(told.get("account_domain") or told.get("domain"), host),
        api_host=host,
        title=text_of(told.get("title")),
        description=text_of(told.get("description")),
        version=text_of(told.get("version")) or None,
        active_month=count_of(dict_of(usage.get("users")).get("active_month")),
        registrations=registrations_of(registrations.get("enabled"), registrations.get("approval_required")),
        languages=texts_of(told.get("languages")),
        rules=texts_of([rule.get("text") for rule in dicts_of(told.get("rules"))]),
        local_timeline=text_of(feeds.get("local")) or None,
        remote_timeline=text_of(feeds.get("remote")) or None,
    )


def _read_v1(told: dict[str, Any], host: Host) -> InstanceInfo:
    stats = dict_of(told.get("stats"))
    return InstanceInfo(
        host=host_of(told.get("uri"), host),
        api_host=host,
        title=text_of(told.get("title")),
        description=text_of(told.get("short_description")) or text_of(told.get("description")),
        version=text_of(told.get("version")) or None,
        users=count_of(stats.get("user_count")),
        posts=count_of(stats.get("status_count")),
        domains=count_of(stats.get("domain_count")),
        registrations=registrations_of(told.get("registrations"), told.get("approval_required")),
        languages=texts_of(told.get("languages")),
        rules=texts_of([rule.get("text") for rule in dicts_of(told.get("rules"))]),
    )
