"""A fake fediverse in memory. Each test defines what its servers respond."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from fedistats.errors import AccessDenied, FetchError, NotFound, Unreachable
from fedistats.fetch import Request, Response
from fedistats.hosts import Host

TIMELINE = "/api/v1/timelines/public"
DIRECTORY = "/api/v1/directory"


def account(acct: str, **fields: Any) -> dict[str, Any]:
    """An account as Mastodon returns it."""
    return {"id": acct, "acct": acct, "note": "", "fields": [], "display_name": "", "discoverable": True, **fields}


def post(number: int, acct: str, **fields: Any) -> dict[str, Any]:
    """A status by `acct`. Higher numbers are newer."""
    created_at = f"2026-11-01T{number // 60 % 24:02}:{number % 60:02}:00.000Z"
    status = {"id": f"{number:06}", "created_at": created_at, "language": "en", "tags": [], "account": account(acct)}
    return {**status, **fields}


class FakeServer:
    """One server: its timeline (newest first), its directory, and other responses by path."""

    def __init__(
        self,
        posts: Iterable[dict[str, Any] | None] = (),
        *,
        profiles: Iterable[dict[str, Any]] = (),
        domain: str | None = None,
        closed: Iterable[str] = (),
        responses: dict[str, Any] | None = None,
    ) -> None:
        self.posts = list(posts)
        self.profiles = list(profiles)
        self.domain = domain
        self.closed = set(closed)
        """Feeds, public or local, whose status is 422."""
        self.responses = responses or {}
        """By path: bytes, JSON, a FetchError to raise, or a function of the request that returns one of these."""

    def respond(self, request: Request) -> Any:
        params = dict(request.params)
        if request.path in self.responses:
            response = self.responses[request.path]
            return response(request) if callable(response) else response
        if request.path == TIMELINE:
            feed = "local" if params.get("local") == "true" else "public"
            if feed in self.closed:
                return AccessDenied("closed")
            posts = [p for p in self.posts if p is None or feed == "public" or "@" not in p["account"]["acct"]]
            if "max_id" in params:
                posts = [p for p in posts if p is None or p["id"] < params["max_id"]]
            return posts[: int(params.get("limit", "20"))]
        if request.path == DIRECTORY:
            offset = int(params.get("offset", "0"))
            return self.profiles[offset : offset + int(params.get("limit", "40"))]
        if request.path == "/api/v2/instance":
            return {"domain": self.domain or request.host, "title": f"The {request.host} instance"}
        return NotFound("no such page")


class FakeFediverse:
    """Servers by host. `fetch` is a Fetch that records its requests."""

    def __init__(self, servers: dict[str, FakeServer]) -> None:
        self.servers = servers
        self.requests: list[Request] = []
        self.answered: list[Request] = []
        """The requests that did not raise an error."""
        self.on_request: Callable[[Request], None] = lambda _: None
        """Called before each response. It can raise to stop a run."""

    async def fetch(self, request: Request) -> Response:
        self.on_request(request)
        self.requests.append(request)
        await asyncio.sleep(0)
        server = self.servers.get(request.host)
        response = server.respond(request) if server else Unreachable("no such host", "dns")
        if isinstance(response, FetchError):
            raise response
        self.answered.append(request)
        return Response(response if isinstance(response, bytes) else json.dumps(response).encode(), request.host)

    def page_counts(self, path: str = TIMELINE) -> Counter[tuple[Host, tuple[tuple[str, str], ...]]]:
        """The number of times that each page was returned."""
        return Counter((request.host, request.params) for request in self.answered if request.path == path)

    def requested_hosts(self) -> set[str]:
        return {request.host for request in self.requests}


def canary_server() -> tuple[FakeServer, list[str]]:
    """A server with a unique word in every field that is about a person, and these words."""
    canaries: list[str] = []

    def canary(field: str) -> str:
        word = f"canary{field}{random.Random(field).randrange(10**9)}"
        canaries.append(word)
        return word

    person = {
        "id": canary("id"),
        "acct": canary("acct"),
        "username": canary("username"),
        "display_name": canary("name"),
        "note": f"<p>gardener {canary('note')} <a class='hashtag'>#<span>{canary('tag')}</span></a></p>",
        "url": f"https://home.example/@{canary('url')}",
        "uri": f"https://home.example/users/{canary('uri')}",
        "avatar": f"https://home.example/{canary('avatar')}.png",
        "fields": [{"name": canary("field"), "value": canary("value")}],
        "created_at": "2022-11-05T00:00:00.000Z",
        "followers_count": 987_654_321,
        "statuses_count": 5,
        "discoverable": True,
    }
    status = {
        "id": "1",  # no canary: the last id of a page is stored as the cursor for a while
        "uri": f"https://home.example/{canary('statusuri')}",
        "url": f"https://home.example/{canary('statusurl')}",
        "content": canary("content"),
        "spoiler_text": canary("spoiler"),
        "tags": [{"name": canary("hashtag")}],
        "mentions": [{"acct": canary("mention")}],
        "language": canary("language"),
        "account": person,
    }
    others = [account(f"user{n}", note="gardener") for n in range(12)]
    return FakeServer([status], profiles=[person, *others]), canaries
