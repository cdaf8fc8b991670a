"""What the tests of the client share: a fake clock, a store in memory, and ways to fetch from a scripted server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpcore
import httpx
import pytest
import respx

from fedistats.client.clock import Clock
from fedistats.client.fetcher import Fetcher
from fedistats.client.user_agent import user_agent
from fedistats.errors import FedistatsError, FetchError
from fedistats.fetch import Request, Response
from fedistats.hosts import Host, Target
from fedistats.model import RateLimitState
from tests.scripted_server import Script, ScriptedServer

T = TypeVar("T")
AGENT = user_agent("0.1.0", "me@example.org")
HOST = Host("social.example")


def run(scenario: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(scenario, 50))


@dataclass
class FakeClock(Clock):
    """Time passes only during sleep."""

    now: float = 1_795_000_000.0
    slept: list[float] = field(default_factory=list)
    on_sleep: Callable[[float], None] = lambda _seconds: None
    """Called during each sleep."""

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now - 1_794_000_000.0

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.on_sleep(seconds)
        end = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, end)


@dataclass
class MemoryRateLimits:
    """A RateLimitStore in memory."""

    states: dict[Host, RateLimitState] = field(default_factory=dict)

    def recall(self, host: Host) -> RateLimitState:
        return self.states.get(host, RateLimitState())

    def note(self, host: Host, state: RateLimitState) -> None:
        self.states[host] = state


class FakeNameserver:
    """A lookup that gives each of `answers` in turn, and then the last one again."""

    def __init__(self, *answers: list[str] | OSError) -> None:
        self.answers = list(answers)
        self.lookups = 0

    def __call__(self, _name: str, _port: int) -> list[str]:
        answer = self.answers[min(self.lookups, len(self.answers) - 1)]
        self.lookups += 1
        if isinstance(answer, OSError):
            raise answer
        return answer


def public_lookup(name: str, _port: int) -> list[str]:
    return ["127.0.0.1" if name == "127.0.0.1" else "93.184.216.34"]


def loopback_lookup(_name: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


def make_fetcher(*starts: Target, **options: Any) -> Fetcher:
    defaults: dict[str, Any] = {
        "agent": AGENT,
        "starts": starts,
        "clock": FakeClock(),
        "deadline": 20.0,
        "lookup": public_lookup,
    }
    return Fetcher(**defaults | options)


def page_request(host: Host) -> Request:
    return Request(host, "/page")


def set_deadline(fetcher: Fetcher, seconds: float) -> None:
    """Change how long a response may take, after the first requests of a test."""
    fetcher._client.deadline = seconds


async def outcome_of(fetcher: Fetcher, request: Request) -> str:
    """The size of the body, or the class and reason of the error."""
    try:
        return f"{len((await fetcher.fetch(request)).body)} bytes"
    except FetchError as error:
        return f"{type(error).__name__} {error.reason}" if str(error).isprintable() else "an unprintable message"


async def fetch_from(
    scripts: dict[str, Script], make_request: Callable[[Host], Request] = page_request, **options: Any
) -> tuple[str, ScriptedServer]:
    """Send one request to a scripted server. Returns its outcome, and the server with what it recorded."""
    async with ScriptedServer(scripts) as server, make_fetcher(server.start, **options) as fetcher:
        return await outcome_of(fetcher, make_request(server.host)), server


def fetch_mocked(
    routes: dict[str, httpx.Response], request: Request, **options: Any
) -> tuple[Response | FedistatsError, list[str]]:
    """The response or error of one request to a mocked network, and the URLs of all requests. URLs without a route get a 404."""

    async def scenario() -> tuple[Response | FedistatsError, list[str]]:
        with respx.mock(assert_all_called=False) as router:
            for url, response in routes.items():
                router.get(url).mock(return_value=response)
            router.route().respond(404)
            async with make_fetcher(**options) as fetcher:
                try:
                    return await fetcher.fetch(request), [str(call.request.url) for call in router.calls]
                except FedistatsError as error:
                    return error, [str(call.request.url) for call in router.calls]

    return run(scenario())


def record_dials(monkeypatch: pytest.MonkeyPatch, cause: Exception | None = None) -> list[str]:
    """Makes every dial fail, and records the addresses."""
    dialed: list[str] = []

    async def connect_tcp(_self: object, address: str, *_rest: Any) -> httpcore.AsyncNetworkStream:
        dialed.append(address)
        raise httpcore.ConnectError("refused") from (cause or ConnectionRefusedError(111, "refused"))

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect_tcp)
    return dialed
