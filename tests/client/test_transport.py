"""The transport: proxies, certificates, and transports of the user."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import subprocess
from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from fedistats.client.transport import HostTransport
from fedistats.errors import LocalError
from fedistats.fetch import Request
from fedistats.hosts import Host, Target
from tests.client.helpers import (
    HOST,
    FakeClock,
    FakeNameserver,
    loopback_lookup,
    make_fetcher,
    outcome_of,
    page_request,
    run,
)
from tests.client.test_dns import NO_SUCH_NAME
from tests.scripted_server import ScriptedServer, http_response


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_the_proxy_of_the_environment_is_used_and_resolves_names(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    async def scenario() -> tuple[str, list[str]]:
        async with ScriptedServer({"social.example:443": http_response(b"", 502)}) as proxy:
            monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
            async with make_fetcher(lookup=FakeNameserver(NO_SUCH_NAME)) as fetcher:
                return await outcome_of(fetcher, page_request(HOST)), proxy.targets()

    assert run(scenario()) == ("Unreachable connect", ["social.example:443"] * 3)


def test_no_proxy_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "social.example")

    async def scenario() -> str:
        async with make_fetcher(lookup=FakeNameserver(NO_SUCH_NAME)) as fetcher:
            return await outcome_of(fetcher, page_request(HOST))

    assert run(scenario()) == "Unreachable dns"


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "socks5://127.0.0.1:9", "http://[::1", "nonsense://x"])
def test_an_unusable_proxy_is_a_local_error(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)

    async def scenario() -> None:
        async with make_fetcher() as fetcher:
            with pytest.raises(LocalError):
                await fetcher.fetch(page_request(HOST))

    run(scenario())


def test_a_proxy_that_requires_a_password_is_a_local_error(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with ScriptedServer({"social.example:443": http_response(b"", 407)}) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
            async with make_fetcher() as fetcher:
                with pytest.raises(LocalError):
                    await fetcher.fetch(page_request(HOST))

    run(scenario())


def test_unreadable_certificates_are_a_local_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))

    async def scenario() -> None:
        async with make_fetcher() as fetcher:
            with pytest.raises(LocalError, match="SSL_CERT_FILE"):
                await fetcher.fetch(page_request(HOST))

    run(scenario())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, pem = folder / "key.pem", folder / "cert.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=x".split()
    names = ["-addext", "subjectAltName=DNS:good.example"]
    try:
        subprocess.run([*command, *names, "-keyout", key, "-out", pem], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("there is no openssl command")
    return key, pem


@pytest.mark.parametrize(
    ("name", "trusted", "expected"),
    [
        ("good.example", True, "2 bytes"),
        ("bad.example", True, "Unreachable tls"),
        ("good.example", False, "Unreachable tls"),
    ],
)
def test_a_certificate_is_checked_for_the_name_not_the_address(
    monkeypatch: pytest.MonkeyPatch, certificate: tuple[Path, Path], name: str, trusted: bool, expected: str
) -> None:
    key, pem = certificate
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    context.set_alpn_protocols(["h2", "http/1.1"])
    hosts: list[str] = []
    connections: list[asyncio.StreamWriter] = []
    protocols: set[str | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        protocols.add(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        with suppress(asyncio.IncompleteReadError, OSError):
            connections.append(writer)
            while head := await reader.readuntil(b"\r\n\r\n"):
                hosts.append(head.decode().partition("Host: ")[2].partition("\r\n")[0])
                writer.write(http_response(b"", 404) if b"/robots.txt" in head else http_response())
        writer.transport.abort()
        connections.remove(writer)

    async def scenario() -> str:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        host = Host(f"{name}:{port}")
        async with (
            server,
            make_fetcher(Target(host, "https", private=True), lookup=loopback_lookup, deadline=20.0) as fetcher,
        ):
            outcome = await outcome_of(fetcher, page_request(host))
        while connections:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.02)  # until the sockets are closed
        assert set(hosts) <= {host}
        assert protocols <= {"http/1.1"}
        return outcome

    assert run(scenario()) == expected


def test_plain_http_on_a_tls_port_is_a_tls_error() -> None:
    async def scenario() -> str:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1)
            writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        host = Host(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
        async with server, make_fetcher(Target(host, "https", private=True)) as fetcher:
            return await outcome_of(fetcher, page_request(host))

    assert run(scenario()) == "Unreachable tls"


def test_plain_http_requests_go_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> tuple[str, list[str]]:
        async with ScriptedServer({"http://social.example/page": http_response()}) as proxy:
            monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
            start = Target(HOST, "http", private=True)
            async with make_fetcher(start, lookup=FakeNameserver(NO_SUCH_NAME)) as fetcher:
                return await outcome_of(fetcher, page_request(HOST)), proxy.targets()

    assert run(scenario()) == ("2 bytes", ["http://social.example/robots.txt", "http://social.example/page"])


@pytest.mark.parametrize("name", ["xn--go8h.example", "xn--i-7iq.ws", "a_b.example"])
def test_a_host_name_that_httpx_cannot_decode_is_dialed_by_its_address(name: str) -> None:
    async def scenario() -> tuple[str, set[str]]:
        async with ScriptedServer({"/page": http_response()}) as server:
            host = Host(f"{name}:{server.port}")
            async with make_fetcher(Target(host, "http", private=True), lookup=loopback_lookup) as fetcher:
                outcome = await outcome_of(fetcher, page_request(host))
            return outcome, {request.headers["host"].partition(":")[0] for request in server.requests}

    assert run(scenario()) == ("2 bytes", {name})


def no_lookup(name: str, _port: int) -> list[str]:
    raise AssertionError(f"{name} was looked up")


class RecordingTransport(httpx.AsyncBaseTransport):
    """Responds by path, with 404 for others, and records the URLs."""

    def __init__(self, responses: dict[str, httpx.Response | Exception]) -> None:
        self.responses = responses
        self.urls: list[str] = []
        self.is_closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.urls.append(str(request.url))
        response = self.responses.get(request.url.path, httpx.Response(404))
        if isinstance(response, Exception):
            raise response
        return response

    async def aclose(self) -> None:
        self.is_closed = True


def fetch_with(transport: httpx.AsyncBaseTransport, request: Request, **options: Any) -> str:
    async def scenario() -> str:
        async with (
            make_fetcher(lookup=no_lookup, transport=transport, **options) as fetcher,
            fetcher.visiting(request.host),
        ):
            return await outcome_of(fetcher, request)

    return run(scenario())


def test_a_transport_of_the_user_replaces_the_network_and_is_closed() -> None:
    transport = RecordingTransport({"/page": httpx.Response(200, content=b"[1]")})
    assert fetch_with(transport, page_request(HOST)) == "3 bytes"
    assert transport.urls == ["https://social.example/robots.txt", "https://social.example/page"]
    assert transport.is_closed


def test_robots_txt_pace_and_limits_apply_to_a_transport_of_the_user() -> None:
    disallow = RecordingTransport({"/robots.txt": httpx.Response(200, text="User-agent: *\nDisallow: /page")})
    assert fetch_with(disallow, page_request(HOST)) == "RobotsDisallowed robots"
    large = RecordingTransport({"/page": httpx.Response(200, content=b"x" * 2000)})
    assert fetch_with(large, Request(HOST, "/page", max_bytes=1000)) == "InvalidResponse size"
    clock = FakeClock()
    assert fetch_with(RecordingTransport({}), page_request(HOST), clock=clock) == "NotFound missing"
    assert clock.slept == [1.0]


def test_a_transport_of_the_user_may_be_a_mock_transport() -> None:
    body = gzip.compress(b"[1]")

    def handle(request: httpx.Request) -> httpx.Response:
        if request.url.path != "/page":
            return httpx.Response(404)
        return httpx.Response(200, content=body, headers={"Content-Encoding": "gzip"})

    assert fetch_with(httpx.MockTransport(handle), page_request(HOST)) == "3 bytes"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (httpx.ConnectError("x"), "Unreachable connect"),
        (httpx.ReadTimeout("x"), "Unreachable timeout"),
        (httpx.RemoteProtocolError("x"), "InvalidResponse protocol"),
        (httpx.InvalidURL("x"), "InvalidResponse protocol"),
        (httpx.StreamConsumed(), "InvalidResponse protocol"),
    ],
)
def test_errors_of_a_transport_of_the_user_become_ours(error: Exception, expected: str) -> None:
    assert fetch_with(RecordingTransport({"/page": error}), page_request(HOST)) == expected


@pytest.mark.parametrize("mocker", ["httpcore", "httpx"])
def test_respx_mocks_the_network_and_the_transport_of_httpx(mocker: str) -> None:
    async def scenario(transport: httpx.AsyncBaseTransport | None) -> str:
        with respx.mock(using=mocker, assert_all_called=False) as router:
            router.get("https://social.example/page").respond(200, text="[1]")
            router.route().respond(404)
            async with make_fetcher(transport=transport) as fetcher:
                return await outcome_of(fetcher, page_request(HOST))

    assert run(scenario(httpx.AsyncHTTPTransport())) == "3 bytes"
    if mocker == "httpcore":  # the default of respx
        assert run(scenario(None)) == "3 bytes"


def test_the_transport_refuses_a_host_that_was_not_opened() -> None:
    async def scenario() -> None:
        with pytest.raises(httpx.ConnectError):
            await HostTransport().handle_async_request(httpx.Request("GET", "https://social.example/"))

    run(scenario())


def test_the_proxy_gets_the_user_name_and_password_of_its_url(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> str:
        async with ScriptedServer() as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"http://user:secret@127.0.0.1:{proxy.port}")
            async with make_fetcher() as fetcher:
                await outcome_of(fetcher, page_request(HOST))
            return proxy.requests[0].headers.get("proxy-authorization", "")

    assert run(scenario()) == "Basic " + b64encode(b"user:secret").decode()
