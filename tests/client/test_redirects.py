"""Which redirects the fetcher follows."""

from __future__ import annotations

import httpx
import pytest
import respx

from fedistats.errors import InvalidResponse, Moved, RobotsDisallowed
from fedistats.fetch import Request, Response
from fedistats.hosts import Host, Target
from tests.client.helpers import HOST, fetch_from, fetch_mocked, make_fetcher, outcome_of, page_request, run
from tests.client.test_responses import LOCATIONS
from tests.scripted_server import Script, ScriptedServer, http_response


def test_three_redirects_on_the_same_host_are_followed() -> None:
    scripts: dict[str, Script] = {f"/{n}": http_response(b"", 302, Location=f"/{n + 1}?x={n}") for n in range(4)}
    scripts["/4"] = http_response()
    outcome, server = run(fetch_from(scripts, lambda host: Request(host, "/1")))
    assert outcome == "2 bytes"
    assert server.targets() == ["/robots.txt", "/1", "/2?x=1", "/3?x=2", "/4?x=3"]
    assert run(fetch_from(scripts, lambda host: Request(host, "/0")))[0] == "InvalidResponse redirect"


def test_no_redirect_makes_us_connect_to_another_host(dialed: list[str]) -> None:
    async def scenario() -> None:
        scripts: dict[str, Script] = {
            f"/{n}": http_response(b"", 301, Location=location)
            for n, location in enumerate(LOCATIONS)
            if location.isascii() and "\t" not in location
        }
        async with ScriptedServer(scripts) as server, make_fetcher(server.start) as fetcher:
            for path in scripts:
                assert "bytes" not in await outcome_of(fetcher, Request(server.host, path))
            assert set(dialed) == {"127.0.0.1"}
            assert {request.headers["host"] for request in server.requests} == {server.host}

    run(scenario())


def test_a_public_host_gets_the_request_over_https() -> None:
    routes = {"https://social.example/api?limit=40&q=a%26b": httpx.Response(200, content=b"[1]")}
    outcome, urls = fetch_mocked(routes, Request(HOST, "/api", (("limit", "40"), ("q", "a&b"))))
    assert outcome == Response(b"[1]", HOST)
    assert urls == ["https://social.example/robots.txt", "https://social.example/api?limit=40&q=a%26b"]


def test_a_redirect_to_another_host_raises_moved_and_is_not_followed() -> None:
    routes = {"https://social.example/page": httpx.Response(301, headers={"Location": "https://new.example/page"})}
    outcome, urls = fetch_mocked(routes, page_request(HOST))
    assert isinstance(outcome, Moved)
    assert outcome.to == "new.example"
    assert not [url for url in urls if "new.example" in url]


def test_host_meta_may_redirect_to_the_api_host_whose_robots_txt_is_requested_first() -> None:
    routes = {
        "https://social.example/.well-known/host-meta": httpx.Response(
            301, headers={"Location": "https://api.social.example/.well-known/hm"}
        ),
        "https://api.social.example/.well-known/hm": httpx.Response(200, content=b"<XRD/>"),
    }
    request = Request(HOST, "/.well-known/host-meta", allow_delegation=True)
    outcome, urls = fetch_mocked(routes, request)
    assert outcome == Response(b"<XRD/>", Host("api.social.example"))
    assert urls[2:] == ["https://api.social.example/robots.txt", "https://api.social.example/.well-known/hm"]
    routes["https://api.social.example/robots.txt"] = httpx.Response(200, text="User-agent: *\nDisallow: /")
    outcome, urls = fetch_mocked(routes, request)
    assert isinstance(outcome, RobotsDisallowed)
    assert "https://api.social.example/.well-known/hm" not in urls


def test_two_hosts_that_redirect_to_each_other_are_an_error() -> None:
    routes = {
        f"https://{host}.example/.well-known/hm": httpx.Response(
            302, headers={"Location": f"https://{other}.example/.well-known/hm"}
        )
        for host, other in ("ab", "ba")
    }
    outcome, urls = fetch_mocked(routes, Request(Host("a.example"), "/.well-known/hm", allow_delegation=True))
    assert isinstance(outcome, InvalidResponse)
    assert sum("/hm" in url for url in urls) == 4


def test_a_path_that_would_change_the_host_is_not_requested() -> None:
    outcome, urls = fetch_mocked({}, Request(HOST, ".evil.example/page"))
    assert isinstance(outcome, InvalidResponse)
    assert not [url for url in urls if "evil" in url]


@pytest.mark.parametrize("path", ["/a/../private", "/a/%2e%2E/private", "/./private"])
def test_a_path_with_dot_segments_is_not_requested(path: str) -> None:
    error, urls = fetch_mocked({}, Request(HOST, path))
    assert isinstance(error, InvalidResponse)
    assert not [url for url in urls if "private" in url]


@pytest.mark.parametrize("location", ["https://xn--go8h.example/", "https://xn--i-7iq.ws/page"])
def test_a_redirect_to_a_host_that_httpx_cannot_decode_is_understood(location: str) -> None:
    error, _ = fetch_mocked(
        {f"https://{HOST}/page": httpx.Response(301, headers={"Location": location})}, page_request(HOST)
    )
    assert isinstance(error, Moved)
    assert error.to == location.split("/")[2]


def test_a_start_without_tls_may_redirect_to_itself_with_tls() -> None:
    ports: list[int] = []

    def lookup(_name: str, port: int) -> list[str]:
        ports.append(port)
        return ["93.184.216.34"]

    async def scenario() -> tuple[str, list[str]]:
        with respx.mock(assert_all_called=False) as router:
            router.get("http://social.example/page").respond(301, headers={"Location": "https://social.example/page"})
            router.get("https://social.example/page").respond(200, text="[]")
            router.route().respond(404)
            start = Target(HOST, "http", private=True)
            async with make_fetcher(start, lookup=lookup) as fetcher, fetcher.visiting(HOST):
                return await outcome_of(fetcher, page_request(HOST)), [str(call.request.url) for call in router.calls]

    outcome, urls = run(scenario())
    assert outcome == "2 bytes"
    assert urls == [
        "http://social.example/robots.txt",
        "http://social.example/page",
        "https://social.example/page",
    ]
    assert ports == [80, 443]
