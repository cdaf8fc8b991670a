"""Fake servers of every software, with the differences between their APIs.

A post is (number, handle). Higher numbers are newer. `ann` is an account of the server, `bob@far.example` is a remote one.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from fedistats.errors import AccessDenied, InvalidResponse, NotFound
from fedistats.fetch import Request
from tests.fediverse import DIRECTORY, TIMELINE, FakeServer

FakePost = tuple[int, str]


def posts_by(*handles: str) -> list[FakePost]:
    """One post author each handle; the last one is the newest."""
    return [(number, handle) for number, handle in enumerate(handles, 1)]


def timestamp(number: int) -> str:
    return f"2026-11-01T{number // 60 % 24:02}:{number % 60:02}:00.000Z"


def split_handle(handle: str) -> tuple[str, str | None]:
    user, _, host = handle.partition("@")
    return user, host or None


def nodeinfo(host: str, software: str, path: str = "/nodeinfo/2.0", schema: str = "2.0") -> dict[str, Any]:
    """The NodeInfo of a server, as responses author path."""
    rel = f"http://nodeinfo.diaspora.software/ns/schema/{schema}"
    document = {
        "version": schema,
        "software": {"name": software, "version": "1.2.3"},
        "usage": {"users": {"total": 321}, "localPosts": 5},
    }
    return {"/.well-known/nodeinfo": {"links": [{"rel": rel, "href": f"https://{host}{path}"}]}, path: document}


def refused(host: str) -> InvalidResponse:
    """The error that the client raises for status 400."""
    return InvalidResponse(f"{host} does not accept the request (400)", "refused")


# -- variants of Mastodon's API ----------------------------------------------------------------------------------------


def digits(number: int) -> str:
    return str(110_000_000_000_000_000 + number)


def flake(number: int) -> str:
    """Base 62, case-sensitive and not ordered: Pleroma and Akkoma. Old posts have short numbers."""
    return str(number) if number < 20 else "A" + hashlib.md5(str(number).encode()).hexdigest()[:16] + "ZaZ"


def ulid(number: int) -> str:
    return f"01HF{number:08}ABCDEFGHJKMNPQ"


def uuid7(number: int) -> str:
    return str(uuid.UUID(int=(0x018F << 112) | number))


def snac_id(number: int) -> str:
    return f"{1_793_534_400 + number:010}." + hashlib.md5(str(number).encode()).hexdigest()


@dataclass(frozen=True)
class MastodonVariant:
    """How a software differs from Mastodon's API."""

    software: str
    ids: Callable[[int], str | int] = digits
    max_posts: int | None = 40
    """Posts per page at max_posts; None: as many as requested."""
    full_handles: bool = False
    """True if the handles of local accounts have a domain too."""
    uri: str = "uri"
    """The field of an account's ActivityPub id; '' if there is none."""
    omitted_fields: frozenset[str] = frozenset()
    """Fields that its statuses do not have."""
    extra_fields: dict[str, Any] = field(default_factory=dict)
    language: str | None = "en"
    instance: str = "v2"
    """v1, v2; url: v1 with a URL as its domain."""
    path: str = "/nodeinfo/2.0"
    schema: str = "2.0"
    closed: frozenset[str] = frozenset()
    """Feeds whose status is 401 or 422 without a login."""
    missing: frozenset[str] = frozenset()
    """Feeds whose status is 404."""
    local_only: bool = False
    """True if the public timeline always contains only posts of local accounts."""
    boosts: bool = False
    """True if the timeline contains boosts."""


PUBLIC_ONLY, BOTH = frozenset({"public"}), frozenset({"public", "local"})

MASTODON_VARIANTS = [
    MastodonVariant("mastodon"),
    MastodonVariant("glitch-soc", boosts=True),
    MastodonVariant("glitchcafe", closed=BOTH),  # the default of glitch-soc: a login is required
    MastodonVariant("hometown", instance="v1", omitted_fields=frozenset({"edited_at", "quotes_count"})),
    MastodonVariant("gotosocial", ids=ulid, max_posts=13, uri="", closed=BOTH),
    MastodonVariant("gotosocial-open", ids=ulid, max_posts=13, uri=""),
    MastodonVariant("pleroma", ids=flake, uri="pleroma", instance="url", extra_fields={"favourited": False}),
    MastodonVariant("akkoma", ids=flake, uri="pleroma", instance="url", boosts=False, missing=PUBLIC_ONLY),
    MastodonVariant(
        "friendica", ids=lambda n: n * 1000, uri="", max_posts=None, instance="url", path="/nodeinfo/2.2", schema="2.2"
    ),
    MastodonVariant("pixelfed", closed=BOTH, language=None, path="/api/nodeinfo/2.0.json"),
    MastodonVariant(
        "pixelfed-open",
        max_posts=1,
        uri="",
        language=None,
        extra_fields={"content": None},
        path="/api/nodeinfo/2.0.json",
    ),
    MastodonVariant("takahe", full_handles=True, max_posts=None, language="unk"),
    MastodonVariant(
        "snac", ids=snac_id, full_handles=True, max_posts=None, instance="v1", path="/nodeinfo_2_0", local_only=True
    ),
    MastodonVariant(
        "mitra", ids=uuid7, uri="actor_id", omitted_fields=frozenset({"language", "tags"}), closed=PUBLIC_ONLY
    ),
    MastodonVariant("hollo", ids=uuid7, closed=BOTH),
    MastodonVariant("iceshrimp.net", closed=BOTH),
    MastodonVariant("sharkey", max_posts=20, instance="url", path="/nodeinfo/2.1", schema="2.1"),
]


class MastodonVariantServer(FakeServer):
    """A server with a variant of Mastodon's API."""

    def __init__(self, host: str, variant: MastodonVariant, posts: Sequence[FakePost]) -> None:
        super().__init__(responses=nodeinfo(host, variant.software, variant.path, variant.schema))
        self.host = host
        self.variant = variant
        self.posts_newest_first = sorted(posts, reverse=True)

    def account(self, handle: str) -> dict[str, Any]:
        variant, (user, remote_host) = self.variant, split_handle(handle)
        home = remote_host or self.host
        address = f"https://{home}/users/{user}"
        entity: dict[str, Any] = {
            "id": hashlib.md5(handle.encode()).hexdigest(),
            "acct": f"{user}@{home}" if remote_host or variant.full_handles else user,
            "username": user,
            "url": f"https://elsewhere.example/@{user}",
            "note": None,
            "fields": [],
            "display_name": "",
        }
        if variant.uri == "pleroma":
            entity["pleroma"] = {"ap_id": address}
            entity["source"] = {"pleroma": {"discoverable": True}}
        elif variant.uri:
            entity[variant.uri] = address
        return entity

    def status(self, number: int, handle: str) -> dict[str, Any]:
        variant = self.variant
        entity: dict[str, Any] = {
            "id": variant.ids(number),
            "uri": "tag:somewhere,2017:1",
            "url": None,
            "created_at": timestamp(number),
            "language": variant.language,
            "content": "<p>hello</p>",
            "tags": [{"name": "gardening"}],
            "reblog": None,
            "account": self.account(handle),
            **variant.extra_fields,
        }
        if variant.boosts and number % 2:
            entity |= {"reblog": {"account": entity["account"]}, "account": self.account("booster")}
        return {name: value for name, value in entity.items() if name not in variant.omitted_fields}

    def respond(self, request: Request) -> Any:
        variant, params = self.variant, dict(request.params)
        if request.path == TIMELINE:
            feed = "local" if params.get("local") == "true" else "public"
            if feed in variant.closed:
                return AccessDenied("closed")
            if feed in variant.missing:
                return NotFound("no such page")
            local = feed == "local" or variant.local_only
            posts = [(number, handle) for number, handle in self.posts_newest_first if not local or "@" not in handle]
            if "max_id" in params:
                ids = [str(variant.ids(number)) for number, _ in posts]
                after = params["max_id"]
                posts = posts[ids.index(after) + 1 :] if after in ids else []
            return [self.status(*post) for post in posts[: variant.max_posts or int(params["limit"])]]
        if request.path == DIRECTORY:
            return NotFound("no such page")
        if request.path == "/api/v2/instance":
            instance = {"domain": self.host, "title": variant.software, "usage": {"users": []}}
            return instance if variant.instance == "v2" else NotFound("no such page")
        if request.path == "/api/v1/instance":
            uri = f"https://{self.host}/" if variant.instance == "url" else self.host
            return {"uri": uri, "title": variant.software, "stats": {"user_count": 321}, "contact_account": []}
        return super().respond(request)


# -- other APIs --------------------------------------------------------------------------------------------------------


class FakeMisskey(FakeServer):
    """All requests are POST. The status of unknown paths is 404."""

    def __init__(
        self,
        host: str,
        posts: Sequence[FakePost] = (),
        *,
        users: Iterable[dict[str, Any]] = (),
        closed: Iterable[str] = (),
        software: str = "misskey",
    ) -> None:
        super().__init__(responses=nodeinfo(host, software, "/nodeinfo/2.1", "2.1"))
        self.host = host
        self.notes = [self.note(*post) for post in sorted(posts, reverse=True)]
        self.users = list(users)
        self.closed = set(closed)

    @staticmethod
    def note(number: int, handle: str, **fields: Any) -> dict[str, Any]:
        user, host = split_handle(handle)
        author = {"id": f"u-{handle}", "username": user, "host": host, "name": None, "isBot": False}
        note = {
            "id": f"9zzz{number:06}x",
            "createdAt": timestamp(number),
            "text": "$[x2 hi]",
            "user": author,
            "fileIds": [],
        }
        return {**note, **fields}

    def respond(self, request: Request) -> Any:
        if request.path in self.responses:
            return super().respond(request)
        if not request.json:
            return NotFound("no such page")
        body = json.loads(request.json)
        limit = body.get("limit", 10)
        assert limit <= 100
        match request.path:
            case "/api/notes/global-timeline" | "/api/notes/local-timeline":
                local = "local" in request.path
                if ("local" if local else "public") in self.closed:
                    return refused(self.host)
                notes = [note for note in self.notes if not local or note["user"]["host"] is None]
                return [note for note in notes if note["id"] < body.get("untilId", "~")][:limit]
            case "/api/users":
                assert body["origin"] == "local"
                return self.users[body["offset"] : body["offset"] + limit]
            case "/api/meta":
                policies = {"ltlAvailable": "local" not in self.closed, "gtlAvailable": "public" not in self.closed}
                return {
                    "name": "Fake Misskey",
                    "description": "of nobody",
                    "version": "2026.1.0",
                    "uri": f"https://{self.host}",
                    "langs": ["ja"],
                    "serverRules": ["be kind"],
                    "disableRegistration": True,
                    "policies": policies,
                }
            case "/api/stats":
                return {"originalUsersCount": 321, "usersCount": 99_999, "originalNotesCount": 7, "instances": 44}
        return NotFound("no such page")


class FakeLemmy(FakeServer):
    """Posts of communities, 50 per page, with a cursor from 0.19 on and page numbers before. The status of unknown paths is 404."""

    def __init__(
        self, host: str, posts: Sequence[FakePost] = (), *, cursors: bool = True, private: bool = False, **fields: Any
    ) -> None:
        super().__init__(responses=nodeinfo(host, "lemmy", "/nodeinfo/2.1", "2.1"))
        self.host = host
        self.cursors = cursors
        self.private = private
        self.views = [self.view(*post, **fields) for post in sorted(posts, reverse=True)]

    def view(self, number: int, handle: str, **creator: Any) -> dict[str, Any]:
        user, host = split_handle(handle)
        author = {"id": 7, "name": user, "actor_id": f"https://{host or self.host}/u/{user}", "local": host is None}
        post = {"id": number, "name": "A title", "published": timestamp(number)[:-1] + "Z", "language_id": 37}
        community = {"name": "gardening", "actor_id": "https://third.example/c/gardening"}
        return {
            "post": post,
            "creator": {**author, "banned": False, "deleted": False, **creator},
            "community": community,
        }

    def respond(self, request: Request) -> Any:
        if request.path in self.responses:
            return super().respond(request)
        params = dict(request.params)
        match request.path:
            case "/api/v3/post/list":
                if self.private or int(params["limit"]) > 50:
                    return refused(self.host)
                views = [v for v in self.views if params["type_"] == "All" or v["creator"]["local"]]
                numbered = (int(params["page"]) - 1) * 50 if "page" in params else 0
                start = int(params["page_cursor"].removeprefix("P"), 16) if "page_cursor" in params else numbered
                page = views[start : start + 50]
                return {"posts": page} | ({"next_page": f"P{start + len(page):x}"} if self.cursors and page else {})
            case "/api/v3/site":
                local = {"registration_mode": "RequireApplication", "private_instance": self.private}
                counts = {"users": 321, "posts": 7, "users_active_month": 12}
                site = {"name": "Fake Lemmy", "description": "of nobody"}
                return {"site_view": {"site": site, "local_site": local, "counts": counts}, "version": "0.19.5"}
        return NotFound("no such page")


class FakePeerTube(FakeServer):
    """Videos, 100 per page, and follows. The status of unknown paths is 400."""

    def __init__(self, host: str, posts: Sequence[FakePost] = (), *, follows: Sequence[str] = ()) -> None:
        super().__init__(responses=nodeinfo(host, "peertube", "/nodeinfo/2.0.json"))
        self.host = host
        self.follows = list(follows)
        self.videos = [self.video(*post) for post in sorted(posts, reverse=True)]

    def video(self, number: int, handle: str) -> dict[str, Any]:
        user, host = split_handle(handle)
        account = {"name": user, "displayName": "", "host": host or self.host, "url": f"https://x.example/{user}"}
        language = {"id": "fr", "label": "French"} if number % 2 else {"id": None, "label": "Unknown"}
        local = host is None
        return {
            "uuid": uuid7(number),
            "publishedAt": timestamp(number),
            "language": language,
            "isLocal": local,
            "account": account,
        }

    def respond(self, request: Request) -> Any:
        if request.path in self.responses:
            return super().respond(request)
        params = dict(request.params)
        start, count = int(params.get("start", "0")), int(params.get("count", "15"))
        if count > 100:
            return refused(self.host)
        match request.path:
            case "/api/v1/videos":
                videos = [v for v in self.videos if "isLocal" not in params or v["isLocal"]]
                return {"total": len(videos), "data": videos[start : start + count]}
            case "/api/v1/config":
                instance = {"name": "Fake PeerTube", "shortDescription": "of nobody"}
                return {
                    "serverVersion": "7.1.0",
                    "instance": instance,
                    "signup": {"allowed": True, "requiresApproval": True},
                }
            case "/api/v1/config/about":
                return {"instance": {"description": "Much longer, of nobody", "languages": ["fr"]}}
            case "/api/v1/server/stats":
                return {"totalUsers": 321, "totalMonthlyActiveUsers": 12, "totalLocalVideos": 7, "totalVideos": 9999}
            case "/api/v1/server/following" | "/api/v1/server/followers":
                assert params["actorType"] == "Application"
                end = "following" if request.path.endswith("following") else "follower"
                rows = [{end: {"name": "peertube", "host": host}, "state": "accepted"} for host in self.follows]
                return {"total": len(rows), "data": rows[start : start + count]}
        return refused(self.host)
