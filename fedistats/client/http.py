"""HTTP itself: one request, one bounded answer, every fault in our words. The only file that knows httpx.

A page is worth a millisecond, so it goes over one connection to one host, without httpx's client and pools; to a proxy over httpcore's.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from string import punctuation
from typing import Protocol, Self, cast
from urllib.parse import quote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from fedistats.client.decompress import read_body
from fedistats.client.dns import FailureTracker, PinnedBackend, ProxyBackend, chain
from fedistats.client.http1 import Connection
from fedistats.errors import FedistatsError, InvalidResponse, LocalError, Unreachable, quoted
from fedistats.hosts import Host

CONNECT_SECONDS = 10.0
KEPT_OPEN = 75.0
# Seconds: longer than the longest Crawler-delay, so that a host is greeted once and not at every question.
_LARGE_BODIES_AT_ONCE = 8
_DRAINED = 1 << 16
_DRAIN_SECONDS = 3.0
_EXTENSIONS = {"timeout": {"connect": CONNECT_SECONDS}}  # the deadline is on the whole answer

_PLAIN = re.compile(r"[!-~]*")
_PORTS = {"http": 80, "https": 443}

_STRANGERS = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    httpcore.ConnectionNotAvailable,
    OSError,
    ValueError,
)
# Whatever the libraries below may raise: none of it leaves this file.


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server sent; the body is empty unless the status is 200."""

    status: int
    headers: Mapping[str, str]
    """Looked up by lower-case names."""
    body: bytes


class _Nothing:
    """The content of a question that has none."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        raise StopAsyncIteration


class _Response(Protocol):
    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Sequence[tuple[bytes, bytes]]: ...

    @property
    def stream(self) -> object: ...


class _Connection(Protocol):
    """What our connections and httpcore's pools have in common."""

    async def handle_async_request(self, request: httpcore.Request) -> _Response: ...

    async def aclose(self) -> None: ...


class Line:
    """The one connection to one host. No cookie jar, no redirects, no decoding by others: nothing but requests and answers."""

    def __init__(
        self,
        origin: httpcore.Origin,
        host: Host,
        agent: str,
        connection: _Connection,
        deadline: float,
        large: asyncio.Semaphore,
    ) -> None:
        self._origin = origin
        self._host = host
        self._question: tuple[tuple[str, bytes, str], httpcore.Request] | None = None
        self._headers = [(b"Host", host.encode()), (b"User-Agent", agent.encode()), (b"Accept-Encoding", b"gzip")]
        self._connection = connection
        self._deadline = deadline
        self._large = large

    async def get(
        self, target: str, accept: str, most: int, *, head: bool = False, json: bytes = b"", token: str = ""
    ) -> Reply:
        """One request and its answer, within the deadline; a body of at most `most` bytes (with `head`: cut there).

        With `json` it is a POST of that; `token` is ours, for this host alone.

        Raises Unreachable (connect, tls, timeout), InvalidResponse (encoding, cut, size, protocol, slow), LocalError.
        """
        answered = well = False
        try:
            request = self._asking(target, accept, json, token)
            async with asyncio.timeout(self._deadline):
                response = await self._connection.handle_async_request(request)
                answered = True
                told = _mapping(response.headers)
                try:
                    if response.status == 200:
                        body, well = await self._body(response, told, most, head=head), True
                    else:
                        body, well = b"", await _drained(response)
                finally:
                    await _stream(response).aclose()
            return Reply(response.status, told, body)
        except InvalidResponse as error:
            raise InvalidResponse(f"{self._host}: {error}", error.reason) from error
        except (TimeoutError, httpcore.TimeoutException) as error:
            if answered:
                raise InvalidResponse(
                    f"{self._host} did not come to an end within {self._deadline:.0f} s", "slow"
                ) from error
            raise Unreachable(f"{self._host} did not answer in time", "timeout") from error
        except _STRANGERS as error:
            raise translate_error(self._host, error, answered=answered) from error
        finally:
            if not well:  # a connection in an unknown state is not used again
                await self.close()

    def _asking(self, target: str, accept: str, json: bytes, token: str) -> httpcore.Request:
        """What is the same from page to page is put together once."""
        path = target.encode() if _PLAIN.fullmatch(target) else quote(target, safe=punctuation).encode()
        what = accept, json, token
        if self._question is not None and self._question[0] == what:
            request = self._question[1]
            request.url.target = path
            return request
        headers = [*self._headers, (b"Accept", accept.encode())]
        if json:
            headers += (b"Content-Type", b"application/json"), (b"Content-Length", str(len(json)).encode())
        if token:
            headers.append((b"Authorization", b"Bearer " + token.encode()))
        at = self._origin
        url = httpcore.URL(scheme=at.scheme, host=at.host, port=at.port, target=path)
        content = json or _Nothing()
        request = httpcore.Request(
            "POST" if json else "GET", url, headers=headers, content=content, extensions=_EXTENSIONS
        )
        self._question = what, request
        return request

    async def _body(self, response: _Response, headers: Mapping[str, str], most: int, *, head: bool) -> bytes:
        async with aclosing(_pieces(response)) as pieces:
            return await read_body(pieces, headers.get("content-encoding", ""), most, self._large, head=head)

    async def close(self) -> None:
        """Hang up. A later `get` connects anew."""
        with suppress(*_STRANGERS):  # it was to be closed, and it is
            await self._connection.aclose()


class Exchange:
    """What all lines share: who we are, whom we trust, the proxy of the environment, and how long an answer may take."""

    def __init__(self, agent: str, deadline: float) -> None:
        self._agent = agent
        self._deadline = deadline
        self._proxies = getproxies()
        self._routes = FailureTracker()
        self._large = asyncio.Semaphore(_LARGE_BODIES_AT_ONCE)
        self._tls: ssl.SSLContext | None = None

    def proxy(self, scheme: str, host: Host) -> str | None:
        """The proxy that HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY want for this host."""
        url = self._proxies.get(scheme) or self._proxies.get("all")
        return None if url is None or proxy_bypass(host) else url

    def line(self, scheme: str, host: Host, addresses: Sequence[str]) -> Line:
        """A line to a host: by these addresses alone, or through the proxy. Connects at the first request. Raises LocalError."""
        tls = self._context() if scheme == "https" else None
        parts = urlsplit(f"//{host}")
        origin = httpcore.Origin(scheme.encode(), (parts.hostname or "").encode(), parts.port or _PORTS[scheme])
        url = self.proxy(scheme, host)
        if url is None:
            dialler = PinnedBackend(addresses, self._routes)
            connection: _Connection = Connection(origin, tls, dialler, kept_open=KEPT_OPEN)
        else:
            try:
                proxy = httpx.Proxy(url if "://" in url else f"http://{url}")
            except (httpx.InvalidURL, ValueError) as error:
                raise LocalError(f"the environment names no usable proxy: {error}") from error
            if proxy.url.scheme not in ("http", "https"):
                raise LocalError("the environment names a SOCKS proxy: only http and https ones are understood")
            connection = httpcore.AsyncHTTPProxy(
                httpcore.URL(scheme=proxy.url.raw_scheme, host=proxy.url.raw_host, port=proxy.url.port, target=b"/"),
                proxy_auth=proxy.raw_auth,
                ssl_context=tls,
                max_connections=1,
                keepalive_expiry=KEPT_OPEN,
                network_backend=ProxyBackend(),
            )
        return Line(origin, host, self._agent, connection, self._deadline, self._large)

    def _context(self) -> ssl.SSLContext:
        """One for all hosts: each would cost 15 ms and most of a megabyte. Honours SSL_CERT_FILE and SSL_CERT_DIR."""
        if self._tls is None:
            try:
                self._tls = httpx.create_ssl_context()
                self._tls.set_alpn_protocols(["http/1.1"])
            except OSError as error:
                raise LocalError(
                    f"the certificates named by SSL_CERT_FILE or SSL_CERT_DIR cannot be read: {error}"
                ) from error
        return self._tls


def translate_error(host: Host, error: Exception, *, answered: bool) -> FedistatsError:
    """What a library's error means in our words."""
    if isinstance(error, httpcore.ProxyError):
        if str(error).startswith("407"):
            return LocalError("the proxy of the environment wants a password")
        return Unreachable(f"{host} cannot be reached through the proxy ({error})", "connect")
    text = str(error)
    if isinstance(error, httpcore.RemoteProtocolError):
        if "without sending a response" in text:
            return Unreachable(f"{host} hangs up without an answer", "connect")
        if "peer closed connection" in text:
            return InvalidResponse(f"an answer of {host} breaks off", "cut")
        return InvalidResponse(f"{host} does not speak HTTP properly: {quoted(text)}", "protocol")
    if answered:
        return InvalidResponse(f"an answer of {host} breaks off", "cut")
    if any(isinstance(link, ssl.SSLError) for link in chain(error)):
        return Unreachable(f"no secure connection to {host}: {quoted(text, 200)}", "tls")
    if isinstance(error, (httpcore.NetworkError, OSError)):
        return Unreachable(f"no connection to {host}", "connect")
    return InvalidResponse(f"{host} cannot be asked this: {quoted(text)}", "protocol")


def _mapping(headers: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    """By lower-case names; of several with one name (RFC 9110, 5.3) the values, with commas between."""
    found: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


class _Stream(Protocol):
    """What a response brings, whoever made it."""

    def __aiter__(self) -> AsyncGenerator[bytes, None]: ...

    async def aclose(self) -> None: ...


def _stream(response: _Response) -> _Stream:
    return cast("_Stream", response.stream)


def _pieces(response: _Response) -> AsyncGenerator[bytes, None]:
    return aiter(_stream(response))


async def _drained(response: _Response) -> bool:
    """Read the rest of an answer that nobody wants, so that the connection can be used again; False where that takes too much."""
    left = _DRAINED
    try:
        async with asyncio.timeout(_DRAIN_SECONDS), aclosing(_pieces(response)) as pieces:
            async for piece in pieces:
                left -= len(piece)
                if left < 0:
                    return False
    except _STRANGERS:
        return False
    return True
