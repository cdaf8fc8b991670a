"""One request over HTTP: faults of servers, connections, headers and bodies. Real sockets connect to 127.0.0.1 only."""

from __future__ import annotations

import socket

import httpcore
import pytest
import respx

from fedistats.fetch import Request
from fedistats.hosts import Host, Target
from tests.client.faults import FAULTS
from tests.client.helpers import HOST, fetch_from, make_fetcher, outcome_of, page_request, run, set_deadline
from tests.scripted_server import OK, Script, ScriptedServer, endless, http_response, raw_bytes


def test_at_least_30_faults_are_tested() -> None:
    assert len(FAULTS) >= 30


def deadline_for(fault: str) -> float:
    """Seconds that a response may take. Short only for faults that end with it, or a busy machine would change the outcome."""
    expected = FAULTS[fault][1]
    return 0.3 if "timeout" in expected else 3.0 if "slow" in expected else 20.0


@pytest.mark.usefixtures("decompressor")
@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_of_a_server_becomes_its_error(fault: str) -> None:
    script, expected = FAULTS[fault]

    async def scenario() -> str:
        async with (
            ScriptedServer({"/page": script}) as server,
            make_fetcher(server.start) as fetcher,
            fetcher.visiting(server.host),
        ):
            await outcome_of(fetcher, Request(server.host, "/missing"))  # and robots.txt
            set_deadline(fetcher, deadline_for(fault))
            return await outcome_of(fetcher, page_request(server.host))

    assert run(scenario()) in expected.split("|")


@pytest.mark.parametrize(
    "fault",
    [
        "not http at all",
        "no response",
        "slow endless body",
        "gzip bomb",
        "br",
        "reset in the body",
        "closed without a response",
        "503",
    ],
)
def test_after_a_fault_the_same_visit_can_send_another_request(fault: str) -> None:
    async def scenario() -> str:
        scripts = {"/page": FAULTS[fault][0], "/healthy": http_response()}
        async with (
            ScriptedServer(scripts) as server,
            make_fetcher(server.start) as fetcher,
            fetcher.visiting(server.host),
        ):
            await outcome_of(fetcher, Request(server.host, "/missing"))
            set_deadline(fetcher, min(deadline_for(fault), 1.0))
            await outcome_of(fetcher, page_request(server.host))
            set_deadline(fetcher, 20.0)
            return await outcome_of(fetcher, Request(server.host, "/healthy"))

    assert run(scenario()) == "2 bytes"


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\nContent-Length: 2\n\n[]",
        OK + b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked \r\n\r\n2 \r\n[]\r\n0\r\n\r\n",
        OK + b"Content-Encoding: identity \t\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.0 200 OK\r\n\r\n[]",
        OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n[]",
        OK + b"X-Odd: \xff\xfe\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\n[]",
        OK + b"Content-Type: text/html; charset=rot13\r\nContent-Length: 2\r\n\r\n[]",
    ],
)
def test_an_unusual_but_valid_response_is_read(head: bytes) -> None:
    assert run(fetch_from({"/page": raw_bytes(head)}))[0] == "2 bytes"


def test_a_closed_port_is_unreachable() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        host = Host(f"127.0.0.1:{unused.getsockname()[1]}")

        async def scenario() -> str:
            async with make_fetcher(Target(host, "http", private=True)) as fetcher:
                return await outcome_of(fetcher, page_request(host))

        assert run(scenario()) == "Unreachable connect"


def test_every_request_has_the_user_agent_and_the_accepted_encoding() -> None:
    cookie = http_response(Set_Cookie="id=1; Path=/", ETag='"1"')
    _, server = run(fetch_from({"/robots.txt": http_response(b"", Set_Cookie="a=b"), "/page": cookie}))
    all_headers = [request.headers for request in server.requests]
    assert server.targets() == ["/robots.txt", "/page"]
    for headers in all_headers:
        assert headers["user-agent"] == "fedistats/0.1.0 (+https://fedistats.example/about; me@example.org)"
        assert headers["accept-encoding"] == "gzip"
        assert not {"cookie", "authorization", "referer"} & headers.keys()
    assert all_headers[1]["accept"] == "application/json"


def test_no_cookie_is_kept_or_sent_back() -> None:
    async def scenario() -> list[bool]:
        async with (
            ScriptedServer({"/page": http_response(Set_Cookie="id=1; Path=/")}) as server,
            make_fetcher(server.start) as fetcher,
        ):
            async with fetcher.visiting(server.host):
                await fetcher.fetch(page_request(server.host))
                await fetcher.fetch(page_request(server.host))
            assert not list(fetcher._client._client.cookies.jar)
            return ["cookie" in request.headers for request in server.requests]

    assert run(scenario()) == [False, False, False]


def test_a_visit_uses_one_connection_and_closes_it() -> None:
    async def scenario() -> tuple[int, bool]:
        async with (
            ScriptedServer({"/page": http_response(), "/gone": http_response(status=404)}) as server,
            make_fetcher(server.start) as fetcher,
        ):
            async with fetcher.visiting(server.host):
                for path in ("/page", "/gone", "/page"):
                    await outcome_of(fetcher, Request(server.host, path))
            return server.connections, await server.wait_until_closed()

    assert run(scenario()) == (1, True)


@pytest.mark.parametrize(("interval", "drain_seconds"), [(0.0, 60.0), (0.05, 0.2)])
def test_the_endless_body_of_an_error_is_not_read(
    monkeypatch: pytest.MonkeyPatch, interval: float, drain_seconds: float
) -> None:
    monkeypatch.setattr("fedistats.client.http.DRAIN_SECONDS", drain_seconds)
    script = endless(b"HTTP/1.1 404 Not Found\r\n\r\n", b"x" * 1000, interval)
    assert run(fetch_from({"/page": script}))[0] == "NotFound missing"


def test_a_request_with_a_body_is_a_post() -> None:
    async def scenario() -> None:
        scripts: dict[str, Script] = {"/api/notes": http_response(b"[1]"), "/page": http_response()}
        async with (
            ScriptedServer(scripts) as server,
            make_fetcher(server.start) as fetcher,
            fetcher.visiting(server.host),
        ):
            response = await fetcher.fetch(Request(server.host, "/api/notes", json=b'{"limit": 5}'))
            assert response.body == b"[1]"
            await fetcher.fetch(page_request(server.host))
            assert [(request.method, request.target, request.body) for request in server.requests] == [
                ("GET", "/robots.txt", b""),
                ("POST", "/api/notes", b'{"limit": 5}'),
                ("GET", "/page", b""),
            ]
            assert server.requests[1].headers["content-type"] == "application/json"
            assert server.connections == 1

    run(scenario())


def test_robots_txt_applies_to_a_post() -> None:
    async def scenario() -> None:
        scripts: dict[str, Script] = {
            "/robots.txt": http_response(b"User-agent: *\nDisallow: /api/"),
            "/api/notes": http_response(),
        }
        async with ScriptedServer(scripts) as server, make_fetcher(server.start) as fetcher:
            assert (
                await outcome_of(fetcher, Request(server.host, "/api/notes", json=b"{}")) == "RobotsDisallowed robots"
            )
            assert server.targets() == ["/robots.txt"]

    run(scenario())


def test_a_failed_post_is_sent_again_unchanged() -> None:
    async def scenario() -> None:
        async with (
            ScriptedServer({"/api/notes": http_response(status=503)}) as server,
            make_fetcher(server.start) as fetcher,
        ):
            assert await outcome_of(fetcher, Request(server.host, "/api/notes", json=b"{}")) == "Unreachable error"
            assert {(request.method, request.body) for request in server.requests[1:]} == {("POST", b"{}")}
            assert len(server.requests) == 5

    run(scenario())


@pytest.mark.parametrize("host", ["xn--go8h.example", "xn--i-7iq.ws", "a_b.example", "social.example:4443"])
def test_a_host_name_that_strict_idna_rejects_gets_requests(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    async def scenario() -> list[str]:
        async with ScriptedServer() as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
            async with make_fetcher() as fetcher:
                await outcome_of(fetcher, page_request(Host(host)))
            return proxy.targets()

    assert run(scenario())[0] == (host if ":" in host else f"{host}:443")


@pytest.mark.parametrize(
    "error",
    [
        httpcore.ConnectError("x"), httpcore.ConnectTimeout("x"), httpcore.ReadError("x"), httpcore.ReadTimeout("x"),
        httpcore.WriteError("x"), httpcore.WriteTimeout("x"), httpcore.PoolTimeout("x"), httpcore.RemoteProtocolError("x"),
        httpcore.LocalProtocolError("x"), httpcore.UnsupportedProtocol("x"), httpcore.ProxyError("x"),
        httpcore.ConnectionNotAvailable("x"), OSError(5, "x"), ValueError("x"), UnicodeError("x"),
    ],
)  # fmt: skip
def test_no_error_of_httpcore_leaves_the_client(error: Exception) -> None:
    async def scenario() -> str:
        with respx.mock() as router:
            router.route().mock(side_effect=error)
            async with make_fetcher() as fetcher:
                return await outcome_of(fetcher, page_request(HOST))

    assert run(scenario()).split()[0] in ("Unreachable", "InvalidResponse")


@pytest.mark.parametrize(
    "link",
    [
        '<http://127.0.0.1:1/api/v1/timelines/public?max_id=>; rel="next"',
        '<https://evil.example/next>; rel="next"',
        '</page?max_id=1>; rel="next", </page?max_id=1>; rel="next"',
        "<javascript:alert(1)>; REL=next",
    ],
)
def test_a_link_header_is_not_followed(link: str) -> None:
    async def scenario() -> None:
        async with ScriptedServer({"/page": http_response(Link=link)}) as server, make_fetcher(server.start) as fetcher:
            assert await outcome_of(fetcher, page_request(server.host)) == "2 bytes"
            assert server.targets() == ["/robots.txt", "/page"]

    run(scenario())
