"""Made-up servers of every software: each answers as that software does, accents included. The people and posts are made up.

A post is (number, handle): higher numbers are newer; `ann` lives on the server, `bob@far.example` elsewhere.
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
from tests.fediverse import DIRECTORY, TIMELINE, Server

Post = tuple[int, str]


def heard(*handles: str) -> list[Post]:
    """A post by each, the last one newest."""
    return [(number, handle) for number, handle in enumerate(handles, 1)]


def at(number: int) -> str:
    return f"2026-11-01T{number // 60 % 24:02}:{number % 60:02}:00.000Z"


def split(handle: str) -> tuple[str, str | None]:
    user, _, host = handle.partition("@")
    return user, host or None


def nodeinfo(host: str, software: str, path: str = "/nodeinfo/2.0", schema: str = "2.0") -> dict[str, Any]:
    """What a server says that it runs, as answers by path."""
    rel = f"http://nodeinfo.diaspora.software/ns/schema/{schema}"
    document = {
        "version": schema,
        "software": {"name": software, "version": "1.2.3"},
        "usage": {"users": {"total": 321}, "localPosts": 5},
    }
    return {"/.well-known/nodeinfo": {"links": [{"rel": rel, "href": f"https://{host}{path}"}]}, path: document}


def refused(host: str) -> InvalidResponse:
    """What the network makes of a 400."""
    return InvalidResponse(f"{host} does not understand the question (400)", "refused")


# -- Mastodon's API, with accents --------------------------------------------------------------------------------------


def digits(number: int) -> str:
    return str(110_000_000_000_000_000 + number)


def flake(number: int) -> str:
    """Base 62, case-sensitive, not to be compared: Pleroma and Akkoma. Old posts still have short numbers."""
    return str(number) if number < 20 else "A" + hashlib.md5(str(number).encode()).hexdigest()[:16] + "ZaZ"


def ulid(number: int) -> str:
    return f"01HF{number:08}ABCDEFGHJKMNPQ"


def uuid7(number: int) -> str:
    return str(uuid.UUID(int=(0x018F << 112) | number))


def snac_id(number: int) -> str:
    return f"{1_793_534_400 + number:010}." + hashlib.md5(str(number).encode()).hexdigest()


@dataclass(frozen=True)
class Accent:
    """How a software speaks Mastodon's API."""

    software: str
    ids: Callable[[int], str | int] = digits
    most: int | None = 40
    """Posts a page, however many are asked for; None: as many as are asked for."""
    full: bool = False
    """Are local accounts written as user@domain, too?"""
    uri: str = "uri"
    """The field of an account's ActivityPub id; '' where there is none."""
    drops: frozenset[str] = frozenset()
    """Fields of a post that it does not send."""
    adds: dict[str, Any] = field(default_factory=dict)
    language: str | None = "en"
    instance: str = "v2"
    """v1, v2; url: v1 with a whole URL as its name."""
    path: str = "/nodeinfo/2.0"
    schema: str = "2.0"
    closed: frozenset[str] = frozenset()
    """Feeds that are 401 or 422 without a login."""
    missing: frozenset[str] = frozenset()
    """Feeds that are 404."""
    local_only: bool = False
    """Is the public timeline that of its own people, whatever is asked?"""
    boosts: bool = False
    """Do boosts stand in the timeline?"""


PUBLIC_ONLY, BOTH = frozenset({"public"}), frozenset({"public", "local"})

ACCENTS = [
    Accent("mastodon"),
    Accent("glitch-soc", boosts=True),
    Accent("glitchcafe", closed=BOTH),  # glitch-soc as it comes: open to those who are logged in
    Accent("hometown", instance="v1", drops=frozenset({"edited_at", "quotes_count"})),
    Accent("gotosocial", ids=ulid, most=13, uri="", closed=BOTH),
    Accent("gotosocial-open", ids=ulid, most=13, uri=""),
    Accent("pleroma", ids=flake, uri="pleroma", instance="url", adds={"favourited": False}),
    Accent("akkoma", ids=flake, uri="pleroma", instance="url", boosts=False, missing=PUBLIC_ONLY),
    Accent("friendica", ids=lambda n: n * 1000, uri="", most=None, instance="url", path="/nodeinfo/2.2", schema="2.2"),
    Accent("pixelfed", closed=BOTH, language=None, path="/api/nodeinfo/2.0.json"),
    Accent("pixelfed-open", most=1, uri="", language=None, adds={"content": None}, path="/api/nodeinfo/2.0.json"),
    Accent("takahe", full=True, most=None, language="unk"),
    Accent("snac", ids=snac_id, full=True, most=None, instance="v1", path="/nodeinfo_2_0", local_only=True),
    Accent("mitra", ids=uuid7, uri="actor_id", drops=frozenset({"language", "tags"}), closed=PUBLIC_ONLY),
    Accent("hollo", ids=uuid7, closed=BOTH),
    Accent("iceshrimp.net", closed=BOTH),
    Accent("sharkey", most=20, instance="url", path="/nodeinfo/2.1", schema="2.1"),
]


class Accented(Server):
    """A server that speaks Mastodon's API in its own way."""

    def __init__(self, host: str, accent: Accent, posts: Sequence[Post]) -> None:
        super().__init__(answers=nodeinfo(host, accent.software, accent.path, accent.schema))
        self.host = host
        self.accent = accent
        self.told = sorted(posts, reverse=True)

    def account(self, handle: str) -> dict[str, Any]:
        accent, (user, elsewhere) = self.accent, split(handle)
        home = elsewhere or self.host
        address = f"https://{home}/users/{user}"
        found: dict[str, Any] = {
            "id": hashlib.md5(handle.encode()).hexdigest(),
            "acct": f"{user}@{home}" if elsewhere or accent.full else user,
            "username": user,
            "url": f"https://elsewhere.example/@{user}",
            "note": None,
            "fields": [],
            "display_name": "",
        }
        if accent.uri == "pleroma":
            found["pleroma"] = {"ap_id": address}
            found["source"] = {"pleroma": {"discoverable": True}}
        elif accent.uri:
            found[accent.uri] = address
        return found

    def status(self, number: int, handle: str) -> dict[str, Any]:
        accent = self.accent
        found: dict[str, Any] = {
            "id": accent.ids(number),
            "uri": "tag:somewhere,2017:1",
            "url": None,
            "created_at": at(number),
            "language": accent.language,
            "content": "<p>hello</p>",
            "tags": [{"name": "gardening"}],
            "reblog": None,
            "account": self.account(handle),
            **accent.adds,
        }
        if accent.boosts and number % 2:
            found |= {"reblog": {"account": found["account"]}, "account": self.account("booster")}
        return {name: value for name, value in found.items() if name not in accent.drops}

    def answer(self, question: Request) -> Any:
        accent, params = self.accent, dict(question.params)
        if question.path == TIMELINE:
            feed = "local" if params.get("local") == "true" else "public"
            if feed in accent.closed:
                return AccessDenied("closed")
            if feed in accent.missing:
                return NotFound("no such page")
            own = feed == "local" or accent.local_only
            posts = [(number, handle) for number, handle in self.told if not own or "@" not in handle]
            if "max_id" in params:
                place = [str(accent.ids(number)) for number, _ in posts]
                after = params["max_id"]
                posts = posts[place.index(after) + 1 :] if after in place else []
            return [self.status(*post) for post in posts[: accent.most or int(params["limit"])]]
        if question.path == DIRECTORY:
            return NotFound("no such page")
        if question.path == "/api/v2/instance":
            told = {"domain": self.host, "title": accent.software, "usage": {"users": []}}
            return told if accent.instance == "v2" else NotFound("no such page")
        if question.path == "/api/v1/instance":
            uri = f"https://{self.host}/" if accent.instance == "url" else self.host
            return {"uri": uri, "title": accent.software, "stats": {"user_count": 321}, "contact_account": []}
        return super().answer(question)


# -- APIs of their own -------------------------------------------------------------------------------------------------


class Misskey(Server):
    """Everything by POST; timelines, people and figures. Unknown paths are 404."""

    def __init__(
        self,
        host: str,
        posts: Sequence[Post] = (),
        *,
        users: Iterable[dict[str, Any]] = (),
        closed: Iterable[str] = (),
        software: str = "misskey",
    ) -> None:
        super().__init__(answers=nodeinfo(host, software, "/nodeinfo/2.1", "2.1"))
        self.host = host
        self.notes = [self.note(*post) for post in sorted(posts, reverse=True)]
        self.users = list(users)
        self.closed = set(closed)

    @staticmethod
    def note(number: int, handle: str, **more: Any) -> dict[str, Any]:
        user, host = split(handle)
        by = {"id": f"u-{handle}", "username": user, "host": host, "name": None, "isBot": False}
        note = {"id": f"9zzz{number:06}x", "createdAt": at(number), "text": "$[x2 hi]", "user": by, "fileIds": []}
        return {**note, **more}

    def answer(self, question: Request) -> Any:
        if question.path in self.answers:
            return super().answer(question)
        if not question.json:
            return NotFound("no such page")
        asked = json.loads(question.json)
        limit = asked.get("limit", 10)
        assert limit <= 100
        match question.path:
            case "/api/notes/global-timeline" | "/api/notes/local-timeline":
                own = "local" in question.path
                if ("local" if own else "public") in self.closed:
                    return refused(self.host)
                notes = [note for note in self.notes if not own or note["user"]["host"] is None]
                return [note for note in notes if note["id"] < asked.get("untilId", "~")][:limit]
            case "/api/users":
                assert asked["origin"] == "local"
                return self.users[asked["offset"] : asked["offset"] + limit]
            case "/api/meta":
                policies = {"ltlAvailable": "local" not in self.closed, "gtlAvailable": "public" not in self.closed}
                return {
                    "name": "Made-up Misskey",
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


class Lemmy(Server):
    """Posts of communities, 50 a page; with a cursor from 0.19 on, with numbers before. Unknown paths are 404."""

    def __init__(
        self, host: str, posts: Sequence[Post] = (), *, cursors: bool = True, private: bool = False, **more: Any
    ) -> None:
        super().__init__(answers=nodeinfo(host, "lemmy", "/nodeinfo/2.1", "2.1"))
        self.host = host
        self.cursors = cursors
        self.private = private
        self.views = [self.view(*post, **more) for post in sorted(posts, reverse=True)]

    def view(self, number: int, handle: str, **creator: Any) -> dict[str, Any]:
        user, host = split(handle)
        by = {"id": 7, "name": user, "actor_id": f"https://{host or self.host}/u/{user}", "local": host is None}
        post = {"id": number, "name": "A title", "published": at(number)[:-1] + "Z", "language_id": 37}
        where = {"name": "gardening", "actor_id": "https://third.example/c/gardening"}
        return {"post": post, "creator": {**by, "banned": False, "deleted": False, **creator}, "community": where}

    def answer(self, question: Request) -> Any:
        if question.path in self.answers:
            return super().answer(question)
        params = dict(question.params)
        match question.path:
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
                site = {"name": "Made-up Lemmy", "description": "of nobody"}
                return {"site_view": {"site": site, "local_site": local, "counts": counts}, "version": "0.19.5"}
        return NotFound("no such page")


class PeerTube(Server):
    """Videos, 100 a page; who follows whom. Unknown paths are 400."""

    def __init__(self, host: str, posts: Sequence[Post] = (), *, follows: Sequence[str] = ()) -> None:
        super().__init__(answers=nodeinfo(host, "peertube", "/nodeinfo/2.0.json"))
        self.host = host
        self.follows = list(follows)
        self.videos = [self.video(*post) for post in sorted(posts, reverse=True)]

    def video(self, number: int, handle: str) -> dict[str, Any]:
        user, host = split(handle)
        account = {"name": user, "displayName": "", "host": host or self.host, "url": f"https://x.example/{user}"}
        language = {"id": "fr", "label": "French"} if number % 2 else {"id": None, "label": "Unknown"}
        local = host is None
        return {
            "uuid": uuid7(number),
            "publishedAt": at(number),
            "language": language,
            "isLocal": local,
            "account": account,
        }

    def answer(self, question: Request) -> Any:
        if question.path in self.answers:
            return super().answer(question)
        params = dict(question.params)
        start, count = int(params.get("start", "0")), int(params.get("count", "15"))
        if count > 100:
            return refused(self.host)
        match question.path:
            case "/api/v1/videos":
                videos = [v for v in self.videos if "isLocal" not in params or v["isLocal"]]
                return {"total": len(videos), "data": videos[start : start + count]}
            case "/api/v1/config":
                instance = {"name": "Made-up PeerTube", "shortDescription": "of nobody"}
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
                end = "following" if question.path.endswith("following") else "follower"
                rows = [{end: {"name": "peertube", "host": host}, "state": "accepted"} for host in self.follows]
                return {"total": len(rows), "data": rows[start : start + count]}
        return refused(self.host)
