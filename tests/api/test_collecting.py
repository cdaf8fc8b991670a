"""`collect` from Python: bounds of its settings, excluded hosts, a transport instead of the network."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

import fedistats
from fedistats.client.fetcher import Transport
from fedistats.errors import HostExcluded, InvalidSetting, NotCollected, RobotsDisallowed
from fedistats.fetch import Request
from fedistats.hosts import Host
from tests.fediverse import FakeServer, post

FAST = fedistats.CrawlSettings(pace=0.2, patience=0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: fedistats.neighborhood("a.example", posts=-3),
            "posts must be a whole number from 1 to 100,000, not -3",
        ),
        (lambda: fedistats.neighborhood("a.example", posts=-3, offline=True), "posts must be"),
        (lambda: fedistats.neighborhood("a.example", min_posts=0, offline=True), "min_posts must be"),
        (lambda: fedistats.neighborhood("a.example", backbone=1.5), "backbone must be a probability"),
        (
            lambda: fedistats.neighborhood("a.example", edges="foo"),  # type: ignore[arg-type]
            "edges must be 'posts' or 'mentions', not 'foo'",
        ),
        (lambda: fedistats.neighborhood("a.example", max_requests=0), "max_requests must be"),
        (lambda: fedistats.neighborhood("a.example", workers=0), "workers must be a whole number from 1 to 61"),
        (lambda: fedistats.profiles("a.example", min_people=1), "min_people must be a whole number of at least 2"),
        (lambda: fedistats.profiles("a.example", max_words=0), "max_words must be"),
        (lambda: fedistats.posts("a.example", min_people=1), "min_people must be"),
        (lambda: fedistats.report("a.example", min_posts=0), "min_posts must be"),
        (lambda: fedistats.map("a.example", min_posts=0), "min_posts must be"),
        (lambda: fedistats.compare(["a.example", "b.example"], min_people=0), "min_people must be"),
        (lambda: fedistats.diff("a.example", posts=0), "posts must be"),
        (lambda: fedistats.history("a.example", min_posts=0), "min_posts must be"),
        (lambda: fedistats.dry_run("posts", "a.example", posts=0), "posts must be"),
        (lambda: fedistats.dry_run("post", "a.example"), "part must be"),  # type: ignore[arg-type]
    ],
)
def test_a_setting_out_of_bounds_is_refused_before_any_request(
    call: Callable[[], object], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidSetting) as error:
        call()
    assert message in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_keyword_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        fedistats.neighborhood("a.example", min_post=3)  # type: ignore[call-arg]


def test_an_excluded_start_gets_no_request(tmp_path: Path) -> None:
    exclude: Any = {"Near.Example"}
    with pytest.raises(HostExcluded):
        fedistats.instance("near.example", store=tmp_path / "x.db", settings=fedistats.CrawlSettings(exclude=exclude))


def test_without_a_database_nothing_is_collected(tmp_path: Path) -> None:
    with pytest.raises(NotCollected, match="no database"):
        fedistats.instance("a.example", store=tmp_path / "x.db", offline=True)


class FakeTransport(httpx.AsyncBaseTransport):
    """The servers of a test, for httpx; records the URLs."""

    def __init__(self, server: FakeServer, robots: str = "") -> None:
        self.server, self.robots = server, robots
        self.urls: list[str] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.urls.append(str(request.url))
        if request.url.path == "/robots.txt":
            return httpx.Response(200, text=self.robots)
        params = tuple(request.url.params.multi_items())
        response = self.server.respond(Request(Host(request.url.host), request.url.path, params))
        if isinstance(response, Exception):
            return httpx.Response(404)
        return httpx.Response(200, content=response if isinstance(response, bytes) else json.dumps(response).encode())


def collect_through(transport: Transport, tmp_path: Path, **options: Any) -> Any:
    store = tmp_path / "x.db"
    return asyncio.run(
        fedistats.collect("posts", "home.example", posts=40, store=store, transport=transport, **options)
    )


def test_a_transport_replaces_the_network(tmp_path: Path) -> None:
    transport = FakeTransport(FakeServer([post(n, "ann") for n in range(60, 0, -1)]))
    started = time.monotonic()
    result = collect_through(transport, tmp_path, settings=FAST)
    assert result.host == "home.example"
    assert result.requests == len(transport.urls) > 3
    assert transport.urls[0] == "https://home.example/robots.txt"
    assert time.monotonic() - started > 0.2 * (len(transport.urls) - 2), "the pace stays in force"


def test_robots_txt_stays_in_force_with_a_transport(tmp_path: Path) -> None:
    transport = FakeTransport(FakeServer(), robots="User-agent: fedistats\nDisallow: /\n")
    with pytest.raises(RobotsDisallowed):
        collect_through(transport, tmp_path, settings=FAST)
    assert transport.urls == ["https://home.example/robots.txt"]


def test_a_transport_cannot_be_shared_with_workers(tmp_path: Path) -> None:
    transport = FakeTransport(FakeServer())
    with pytest.raises(InvalidSetting, match="transport"):
        collect_through(transport, tmp_path, workers=2)
    assert transport.urls == []
