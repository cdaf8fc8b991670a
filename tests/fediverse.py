"""A fediverse in a dictionary: what its servers answer is written down in each test."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from fedistats.errors import FetchError, NotFound, Unreachable
from fedistats.fetch import Request, Response
from fedistats.hosts import Host

TIMELINE = "/api/v1/timelines/public"
DIRECTORY = "/api/v1/directory"


def account(acct: str, **more: Any) -> dict[str, Any]:
    """An account as Mastodon tells it to `acct`'s readers."""
    return {"id": acct, "acct": acct, "note": "", "fields": [], "display_name": "", "discoverable": True, **more}


def post(number: int, acct: str, **more: Any) -> dict[str, Any]:
    """A post; higher numbers are newer."""
    at = f"2026-11-01T{number // 60 % 24:02}:{number % 60:02}:00.000Z"
    return {"id": f"{number:06}", "created_at": at, "language": "en", "tags": [], "account": account(acct), **more}


class Server:
    """One server: its timeline (newest first), its directory, and whatever else it answers, by path."""

    def __init__(
        self,
        posts: Iterable[dict[str, Any] | None] = (),
        *,
        profiles: Iterable[dict[str, Any]] = (),
        domain: str | None = None,
        closed: Iterable[str] = (),
        answers: dict[str, Any] | None = None,
    ) -> None:
        self.posts = list(posts)
        self.profiles = list(profiles)
        self.domain = domain
        self.closed = set(closed)
        """Feeds, public or local, that answer with a 422."""
        self.answers = answers or {}
        """Path -> bytes, JSON, an FetchError to raise, or a function of the question that gives one of these."""

    def answer(self, question: Request) -> Any:
        params = dict(question.params)
        if question.path in self.answers:
            found = self.answers[question.path]
            return found(question) if callable(found) else found
        if question.path == TIMELINE:
            from fedistats.errors import AccessDenied

            feed = "local" if params.get("local") == "true" else "public"
            if feed in self.closed:
                return AccessDenied("closed")
            posts = [p for p in self.posts if p is None or feed == "public" or "@" not in p["account"]["acct"]]
            if "max_id" in params:
                posts = [p for p in posts if p is None or p["id"] < params["max_id"]]
            return posts[: int(params.get("limit", "20"))]
        if question.path == DIRECTORY:
            offset = int(params.get("offset", "0"))
            return self.profiles[offset : offset + int(params.get("limit", "40"))]
        if question.path == "/api/v2/instance":
            return {"domain": self.domain or question.host, "title": f"The {question.host} instance"}
        return NotFound("no such page")


class Fediverse:
    """Servers by host; `ask` is an Ask. What was asked is counted."""

    def __init__(self, servers: dict[str, Server]) -> None:
        self.servers = servers
        self.asked: list[Request] = []
        self.answered: list[Request] = []
        self.before: Callable[[Request], None] = lambda _: None
        """Called before each answer: raise here to stop a run."""

    async def fetch(self, question: Request) -> Response:
        self.before(question)
        self.asked.append(question)
        await asyncio.sleep(0)
        server = self.servers.get(question.host)
        found = server.answer(question) if server else Unreachable("no such host", "dns")
        if isinstance(found, FetchError):
            raise found
        self.answered.append(question)
        return Response(found if isinstance(found, bytes) else json.dumps(found).encode(), question.host)

    def pages(self, path: str = TIMELINE) -> Counter[tuple[Host, tuple[tuple[str, str], ...]]]:
        """How often each page was given."""
        return Counter((q.host, q.params) for q in self.answered if q.path == path)

    def hosts(self) -> set[str]:
        return {question.host for question in self.asked}


def canary_server() -> tuple[Server, list[str]]:
    """A server with a unique word in every field that is about a person."""
    canaries: list[str] = []

    def canary(where: str) -> str:
        word = f"canary{where}{random.Random(where).randrange(10**9)}"
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
        "id": "1",  # the last id of a page is the place where the next begins, so it stands there for a while
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
    return Server([status], profiles=[person, *others]), canaries
