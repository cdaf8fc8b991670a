"""Mastodon's public API: which pages to ask for, and what their JSON means.

Read are /api/v2/instance (v1 where there is no v2), /api/v1/instance/activity, /.well-known/nodeinfo,
/.well-known/host-meta, /api/v1/timelines/public and /api/v1/directory, as documented at https://docs.joinmastodon.org/methods/.
Every field is a stranger's: whatever is not of the promised kind is taken as not said, and an item that cannot be read
at all is dropped and counted, never the page that it stands on.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from fedistats.ask import MIB, Answer, Ask, Question
from fedistats.errors import AskError, BadHost, Garbled, Missing
from fedistats.model import Activity, Host, Instance, Person, Post, parse_host

PUBLIC, LOCAL = "public", "local"
"""The two feeds of the public timeline: whatever reached the server, and its own people's posts."""

_TIMELINE, _DIRECTORY = "/api/v1/timelines/public", "/api/v1/directory"
_POSTS_A_PAGE, _PROFILES_A_PAGE = 40, 80  # the server's own maxima
_MOST_ENTRIES = 200  # rules and languages: nobody reads more
_MOST_ITEMS = 1000  # a page of more items than this is no page: some servers have no cap, hostile ones no shame

T = TypeVar("T")


# -- the server and its names ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Server:
    """One server by its names."""

    domain: Host
    """The domain of its people's handles: the name of its node."""
    api_host: Host
    """The host that answers for it."""

    def is_own(self, host: str) -> bool:
        return host in (self.domain, self.api_host)


_LRDD = re.compile(rb"""<Link\b[^>]{0,500}\brel\s*=\s*["']lrdd["'][^>]{0,500}>""", re.IGNORECASE)
_TEMPLATE = re.compile(rb"""\btemplate\s*=\s*["']https://([^/"'?#]{1,300})/""", re.IGNORECASE)


async def api_host(ask: Ask, domain: Host) -> Host | None:
    """The host that answers for the people of `domain`, as the domain itself says in its host-meta (RFC 6415); None where it does not."""
    try:
        answer = await ask(Question(domain, "/.well-known/host-meta", most_bytes=MIB // 16, delegates=True))
    except AskError:
        return None
    link = _LRDD.search(answer.body)
    template = _TEMPLATE.search(link[0]) if link else None
    if template is None:
        return None
    try:
        return parse_host(template[1].decode("ascii", "replace"))
    except BadHost:
        return None


# -- timelines ---------------------------------------------------------------------------------------------------------


class _Account(msgspec.Struct, gc=False):
    acct: Any = None
    id: Any = None
    uri: Any = None
    url: Any = None
    note: Any = None
    fields: Any = None
    display_name: Any = None
    discoverable: Any = None
    indexable: Any = None
    noindex: Any = None
    limited: Any = None
    suspended: Any = None
    bot: Any = None
    created_at: Any = None
    followers_count: Any = None
    statuses_count: Any = None


class _Boosted(msgspec.Struct, gc=False):
    account: _Account | None = None


class _Status(msgspec.Struct, gc=False):
    id: str | int
    account: _Account | None = None
    created_at: Any = None
    language: Any = None
    tags: Any = None
    reblog: _Boosted | None = None


_STATUSES = msgspec.json.Decoder(list[_Status | None])
_STATUS = msgspec.json.Decoder(_Status)
_ACCOUNTS = msgspec.json.Decoder(list[_Account | None])
_ACCOUNT = msgspec.json.Decoder(_Account)
_RAW = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a timeline: the posts that were not seen before, and where the next one begins."""

    posts: tuple[Post, ...]
    cursor: str
    """The id after which the next page begins."""


async def timeline(
    ask: Ask, server: Server, feed: str, fresh: Callable[[str], bool], cursor: str | None = None
) -> AsyncGenerator[Page]:
    """The pages of a public timeline, newest first, until one brings nothing new.

    `fresh` says of an id whether it is seen for the first time. Ids are opaque; `max_id` is the last one that the server gave.
    Raises the AskError of the page that could not be had. (https://docs.joinmastodon.org/methods/timelines/#public)
    """
    while True:
        params = [("limit", str(_POSTS_A_PAGE))]
        if feed == LOCAL:
            params.append(("local", "true"))  # the word itself: some servers compare the string
        if cursor:
            params.append(("max_id", cursor))
        statuses = _list(await ask(Question(server.api_host, _TIMELINE, tuple(params))), _STATUSES, _STATUS)
        new = [status for status in statuses if fresh(str(status.id))]
        if not new:
            return
        cursor = str(statuses[-1].id)
        authors = _Authors(server)
        yield Page(tuple(_post(status, authors) for status in new), cursor)


class _Authors:
    """The authors on one page, each looked at once; nobody's bio outlives the page it came with."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._known: dict[str, tuple[Person, Host | None]] = {}

    def of(self, account: _Account) -> tuple[Person, Host | None]:
        """The author, and the instance that they live on."""
        acct = account.acct
        if not isinstance(acct, str) or not acct:
            return _person(account, self._server), _home(account, self._server)
        known = self._known.get(acct)
        if known is None:
            known = self._known[acct] = _person(account, self._server), _home(account, self._server)
        return known


def _post(status: _Status, authors: _Authors) -> Post:
    # Of a boost (some forks show them) the boosted post is what was written, and where.
    author, origin = authors.of((status.reblog.account if status.reblog else status.account) or _Account())
    return Post(
        id=str(status.id),
        author=author,
        origin=origin,
        written_at=_epoch(status.created_at),
        language=_language(status.language),
        tags=_tags(status.tags) if status.tags else (),
    )


def _home(account: _Account, server: Server) -> Host | None:
    """The instance an account lives on: by its handle; where there is none, by its ActivityPub id, then by its page.

    Never by the address of the post: 22 % of recorded accounts have posts under another host than their handle's.
    """
    acct = account.acct
    if isinstance(acct, str) and acct:
        user, at, domain = acct.rpartition("@")
        return _host(domain, server) if at and user else server.domain
    for address in (account.uri, account.url):
        if isinstance(address, str) and address.startswith("https://"):
            return _host(address.split("/", 3)[2], server)
    return None


def _host(name: str, server: Server) -> Host | None:
    try:
        host = parse_host(name)
    except BadHost:
        return None
    return server.domain if server.is_own(host) else host


def _person(account: _Account, server: Server) -> Person:
    """Whose account it is, and what they wish; nothing else of them is looked at."""
    acct = _text(account.acct).casefold()
    user, at, domain = acct.rpartition("@")
    if not at or server.is_own(domain):
        acct = f"{user if at else acct}@{server.domain}"
    fields = account.fields if isinstance(account.fields, list) else ()
    return Person(
        key=acct,
        note=_text(account.note),
        fields=tuple((_text(f.get("name")), _text(f.get("value"))) for f in fields if isinstance(f, dict)),
        name=_text(account.display_name),
        discoverable=_flag(account.discoverable),
        indexable=_flag(account.indexable),
        noindex=_flag(account.noindex),
        limited=account.limited is True,
        suspended=account.suspended is True,
        bot=account.bot is True,
    )


def _profile(account: _Account, server: Server) -> Person:
    """The person, with the figures of their profile."""
    return replace(
        _person(account, server),
        created_on=account.created_at[:10] if isinstance(account.created_at, str) else None,
        followers=_count(account.followers_count),
        posts=_count(account.statuses_count),
    )


# -- the directory of discoverable profiles ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Profiles:
    """One page of a directory: the people who were not seen before, and where the next page begins."""

    people: tuple[Person, ...]
    offset: int


async def directory(
    ask: Ask, server: Server, fresh: Callable[[str], bool], offset: int = 0
) -> AsyncGenerator[Profiles]:
    """The pages of a server's own directory, until one brings nobody new.

    Ordered by sign-up, which moves least while one reads; still people shift from page to page, so `fresh` says of an id
    whether it is seen for the first time, and the next offset is advanced by what came, never by what was asked for.
    (https://docs.joinmastodon.org/methods/directory/)
    """
    while True:
        params = (("limit", str(_PROFILES_A_PAGE)), ("offset", str(offset)), ("order", "new"), ("local", "true"))
        accounts = _list(await ask(Question(server.api_host, _DIRECTORY, params)), _ACCOUNTS, _ACCOUNT)
        new = [account for account in accounts if fresh(_text(account.id) or _text(account.acct))]
        offset += len(accounts)
        # Some servers list every account they know, whatever `local` says: only the server's own people are asked about.
        own = tuple(_profile(account, server) for account in new if _home(account, server) == server.domain)
        if not new:
            return
        yield Profiles(own, offset)


# -- what a server says about itself -----------------------------------------------------------------------------------


async def about(ask: Ask, host: Host) -> Instance:
    """What /api/v2/instance says, or /api/v1/instance where there is no v2. `Instance.host` is the domain that the server claims.

    Raises the AskError of v1 where neither can be had.
    """
    try:
        return _read_v2(_object(await ask(Question(host, "/api/v2/instance"))), host)
    except (Missing, Garbled):
        return await totals(ask, host)


async def totals(ask: Ask, host: Host) -> Instance:
    """What /api/v1/instance says: beside the rest, the totals that v2 no longer tells. Raises AskError."""
    return _read_v1(_object(await ask(Question(host, "/api/v1/instance"))), host)


async def portrait(ask: Ask, found: Instance) -> Instance:
    """What `about` told, and everything else that a server says about itself; what it does not say stands in `gaps`."""
    host = found.api_host
    gaps: dict[str, str] = {}
    if found.users is None:
        try:
            v1 = await totals(ask, host)
            found = replace(found, users=v1.users, posts=v1.posts, domains=v1.domains)
        except AskError as error:
            gaps["users, posts, domains"] = _why(error)
    try:
        told = await nodeinfo(ask, host)
        found = replace(
            found,
            software=told.software,
            version=told.version or found.version,
            users=found.users if found.users is not None else told.users,
            active_month=found.active_month if found.active_month is not None else told.active_month,
            posts=found.posts if found.posts is not None else told.posts,
        )
    except AskError as error:
        gaps["software"] = _why(error)
    try:
        found = replace(found, activity=await activity(ask, host))
    except AskError as error:
        gaps["activity"] = _why(error)
    return replace(found, gaps=gaps)


def _why(error: AskError) -> str:
    return "this server does not tell" if isinstance(error, Missing) else str(error)


@dataclass(frozen=True, slots=True)
class Nodeinfo:
    """What the nodeinfo document says (http://nodeinfo.diaspora.software/schema.html)."""

    software: str
    version: str | None
    users: int | None
    active_month: int | None
    posts: int | None


async def nodeinfo(ask: Ask, host: Host) -> Nodeinfo:
    """The server's software, by nodeinfo 1.0 to 2.2. Raises AskError where there is none."""
    found = _object(await ask(Question(host, "/.well-known/nodeinfo", most_bytes=MIB // 4)))
    if "software" not in found:  # some servers give the document itself here
        links = {_text(link.get("rel")): _text(link.get("href")) for link in _dicts(found.get("links"))}
        rel = max((rel for rel in links if "nodeinfo" in rel and "/schema/" in rel), default=None)
        if rel is None:
            raise Missing(f"{host} names no nodeinfo document")
        try:
            parts = urlsplit(links[rel])
            elsewhere = parts.netloc and parse_host(parts.netloc) != host
        except (ValueError, BadHost):
            elsewhere = parts.netloc != host  # a server on the desk goes by its address
        if elsewhere or not parts.path.startswith("/"):
            raise Garbled(f"{host} says that its nodeinfo lies on another host", "shape")
        found = _object(await ask(Question(host, parts.path, most_bytes=MIB // 4)))
    software, usage = _dict(found.get("software")), _dict(found.get("usage"))
    name = _text(software.get("name"))
    if not name:
        raise Garbled(f"{host} has a nodeinfo without a software", "shape")
    users = _dict(usage.get("users"))
    return Nodeinfo(
        software=name.lower(),
        version=_text(software.get("version")) or None,
        users=_count(users.get("total")),
        active_month=_count(users.get("activeMonth")),
        posts=_count(usage.get("localPosts")),
    )


async def activity(ask: Ask, host: Host) -> tuple[Activity, ...]:
    """The last weeks of activity, newest first, without today's unfinished row.

    A 'week' is neither a calendar week nor seven days: row n covers the six days from n x 7 days before the server's time of
    computing on (since Mastodon 3.5.0). Raises AskError; Missing where the server has no such page.
    """
    rows = []
    for row in _dicts(_decoded(await ask(Question(host, "/api/v1/instance/activity")))):
        at, *counts = (_number(row.get(name)) for name in ("week", "statuses", "logins", "registrations"))
        if at is not None:
            posts, logins, registrations = (count or 0 for count in counts)
            rows.append(Activity(at, posts, logins, registrations))
    return tuple(sorted(rows, key=lambda row: -row.begins_at)[1:])


def _read_v2(told: dict[str, Any], host: Host) -> Instance:
    configuration, usage = _dict(told.get("configuration")), _dict(told.get("usage"))
    feeds = _dict(_dict(configuration.get("timelines_access")).get("live_feeds"))
    registrations = _dict(told.get("registrations"))
    return Instance(
        host=_claimed(told.get("account_domain") or told.get("domain"), host),
        api_host=host,
        title=_text(told.get("title")),
        description=_text(told.get("description")),
        version=_text(told.get("version")) or None,
        active_month=_count(_dict(usage.get("users")).get("active_month")),
        registrations=_registrations(registrations.get("enabled"), registrations.get("approval_required")),
        languages=_texts(told.get("languages")),
        rules=tuple(_text(rule.get("text")) for rule in _dicts(told.get("rules"))[:_MOST_ENTRIES]),
        local_timeline=_text(feeds.get("local")) or None,
        remote_timeline=_text(feeds.get("remote")) or None,
    )


def _read_v1(told: dict[str, Any], host: Host) -> Instance:
    stats = _dict(told.get("stats"))
    return Instance(
        host=_claimed(told.get("uri"), host),
        api_host=host,
        title=_text(told.get("title")),
        description=_text(told.get("short_description")) or _text(told.get("description")),
        version=_text(told.get("version")) or None,
        users=_count(stats.get("user_count")),
        posts=_count(stats.get("status_count")),
        domains=_count(stats.get("domain_count")),
        registrations=_registrations(told.get("registrations"), told.get("approval_required")),
        languages=_texts(told.get("languages")),
        rules=tuple(_text(rule.get("text")) for rule in _dicts(told.get("rules"))[:_MOST_ENTRIES]),
    )


def _claimed(name: Any, host: Host) -> Host:
    """The domain that a server claims for its people; some write it as a URL. Whoever uses it must check it with the domain itself."""
    text = _text(name)
    try:
        return parse_host(urlsplit(text).netloc if "://" in text else text)
    except (BadHost, ValueError):
        return host


def _registrations(enabled: Any, by_approval: Any) -> str | None:
    if not isinstance(enabled, bool):
        return None
    return ("by approval" if by_approval is True else "open") if enabled else "closed"


# -- strangers' JSON ---------------------------------------------------------------------------------------------------


def _decoded(answer: Answer, decode: Callable[[bytes], T] = msgspec.json.decode) -> T:
    """The body as `decode` reads it. Raises Garbled."""
    body = answer.body.removeprefix(b"\xef\xbb\xbf")
    try:
        try:
            return decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            if isinstance(error, msgspec.ValidationError):
                raise
            return decode(_mended(body))
    except msgspec.ValidationError as error:
        raise Garbled(f"{answer.host} answered with JSON of another shape than promised", "shape") from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError) as error:
        if body.lstrip()[:1] == b"<":
            raise Garbled(f"{answer.host} answered with a web page where data was due", "html") from error
        raise Garbled(f"{answer.host} answered with something that is no JSON", "json") from error


_HALF = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)


def _mended(body: bytes) -> bytes:
    """The body with every wrong byte and every half of a surrogate pair replaced: one of them in one bio must not cost the page."""
    return _HALF.sub(rb"\\ufffd", body).decode("utf-8", "replace").encode()


def _list(answer: Answer, page: msgspec.json.Decoder[list[T | None]], item: msgspec.json.Decoder[T]) -> list[T]:
    """The readable items of a page: all at once where all are well, else each by itself."""
    try:
        items = _decoded(answer, page.decode)
    except Garbled as error:
        if error.reason == "html":
            raise
        items = [_item(raw, item) for raw in _decoded(answer, _RAW.decode)]
    if len(items) > _MOST_ITEMS:
        raise Garbled(f"{answer.host} answered with a page of {len(items):,} items", "size")
    return [found for found in items if found is not None]


def _item(raw: msgspec.Raw, decoder: msgspec.json.Decoder[T]) -> T | None:
    try:
        return decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, ValueError):
        return None


def _object(answer: Answer) -> dict[str, Any]:
    found: Any = _decoded(answer)
    if not isinstance(found, dict) or set(found) == {"error"}:
        raise Garbled(f"{answer.host} answered with JSON of another shape than promised", "shape")
    return found


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value[:_MOST_ENTRIES] if isinstance(item, str)) if isinstance(value, list) else ()


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _count(value: Any) -> int | None:
    """A count that can be true: not negative, and in the range of what a database holds."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 62 else None


def _number(value: Any) -> int | None:
    """A count that may be written as a string."""
    if isinstance(value, str) and len(value) < 18 and value.isascii() and value.isdigit():
        return int(value)
    return _count(value)


def _epoch(value: Any) -> int | None:
    """Epoch seconds of an ISO 8601 time; None for what is none, and for the zeros that some servers send."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        seconds = int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None
    return seconds if seconds > 0 else None


_LANGUAGE = re.compile(r"[a-z]{2,3}(?=-|$)")


@lru_cache(maxsize=1024)
def _primary(tag: str) -> str | None:
    found = _LANGUAGE.match(tag.lower().replace("_", "-"))
    return found[0] if found and found[0] not in ("und", "unk", "mul", "zxx") else None


def _language(value: Any) -> str | None:
    """The primary subtag of a BCP 47 tag; None for 'not said' and 'unknown'."""
    return _primary(value) if isinstance(value, str) and len(value) < 40 else None


def _tags(value: Any) -> tuple[str, ...]:
    names = {_text(tag.get("name")).removeprefix("#") for tag in _dicts(value)}
    return tuple(sorted(name for name in names if 0 < len(name) <= 60))
