"""One HTTP request and its bounded response. All errors of httpx become errors of fedistats here."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from string import punctuation
from typing import cast
from urllib.parse import quote

import httpx

from fedistats.client.decompress import read_body
from fedistats.client.dns import error_chain
from fedistats.client.transport import HostTransport
from fedistats.errors import FedistatsError, InvalidResponse, LocalError, Unreachable, quoted
from fedistats.hosts import Host

CONNECT_SECONDS = 10.0
MAX_LARGE_BODIES = 8
MAX_DRAINED_BYTES = 1 << 16
DRAIN_SECONDS = 3.0

_EXTENSIONS = {"timeout": {"connect": CONNECT_SECONDS}}  # the deadline limits everything else
_NO_AUTH = httpx.Auth()
_NO_CONTENT = httpx.ByteStream(b"")
_PRINTABLE = re.compile(r"[!-~]*")

# What httpx, a transport of the user, or the libraries below them may raise.
_HTTP_ERRORS = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class RawRequest:
    """What is sent to a host: a GET, or a POST of `json`."""

    target: str  # path and query
    accept: str
    max_bytes: int  # a longer body raises InvalidResponse, or is cut there (`truncate`)
    paging: bool = False
    truncate: bool = False
    json: bytes = b""


@dataclass(frozen=True, slots=True)
class RawResponse:
    """What a server sent. The body is empty unless the status is 200."""

    status: int
    headers: Mapping[str, str]  # by lower-case name
    body: bytes


class _NoCookies(httpx.Cookies):
    """Ignores all cookies. (A CookieJar with a policy does so too, but takes 0.04 ms for each response.)"""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Keep nothing."""


class _CookielessClient(httpx.AsyncClient):
    @property  # type: ignore[misc]  # without a setter
    def cookies(self) -> httpx.Cookies:
        return _NO_COOKIES


_NO_COOKIES = _NoCookies()


class HttpClient:
    """One httpx client for all hosts: no cookies, no redirects, nothing from the environment but the proxy.

    Every response has to be complete within `deadline` seconds. A `transport` of the user replaces the network: then no name is
    looked up. It is closed with the client.
    """

    def __init__(self, user_agent: str, deadline: float, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.deadline = deadline
        self.user_agent = user_agent
        self.large_bodies = asyncio.Semaphore(MAX_LARGE_BODIES)
        self._network = HostTransport() if transport is None else None
        self._client = _CookielessClient(
            transport=transport or self._network,
            trust_env=False,
            follow_redirects=False,
            event_hooks={"response": [_hide_location]},
        )

    def needs_addresses(self, scheme: str, host: Host) -> bool:
        """False if a proxy or a transport of the user looks the name up."""
        return self._network is not None and self._network.proxy_url(scheme, host) is None

    def open(self, scheme: str, host: Host, addresses: Sequence[str]) -> HostConnection:
        """A connection to a host, at these addresses alone. The first request connects. Raises LocalError."""
        if self._network is not None:
            self._network.open(scheme, host, addresses)
        return HostConnection(self, scheme, host)

    async def send(self, request: httpx.Request) -> httpx.Response:
        """Send a request as it is. Raises the errors of httpx and of the transport."""
        return await self._client.send(request, stream=True, auth=_NO_AUTH)

    async def close(self, host: Host) -> None:
        if self._network is not None:
            await self._network.close(host)

    async def aclose(self) -> None:
        await self._client.aclose()


class HostConnection:
    """Sends requests to one host, one at a time, over one connection."""

    def __init__(self, client: HttpClient, scheme: str, host: Host) -> None:
        self._client = client
        self._host = host
        self._origin = f"{scheme}://{host}"
        # With a Host header, httpx does not need to decode the host name, which fails for some that exist (emoji domains).
        self._headers = (
            (b"Host", host.encode()),
            (b"User-Agent", client.user_agent.encode()),
            (b"Accept-Encoding", b"gzip"),
        )

    async def send(self, raw: RawRequest, token: str) -> RawResponse:
        """Send one request and read its response. `token` authorizes us at this host.

        Raises Unreachable (connect, tls, timeout), InvalidResponse (encoding, cut, size, protocol, slow), LocalError.
        """
        responded = False
        try:
            request = self._build_request(raw, token)
            async with asyncio.timeout(self._client.deadline):
                response = await self._client.send(request)
                responded = True
                try:
                    headers = _headers_by_name(response)
                    if response.status_code == 200:
                        body = await self._read_body(response, headers, raw)
                    else:
                        body = b""
                        await _drain(response)
                finally:
                    await response.aclose()
                    del response.stream  # it refers to the response: without this cycle, memory is freed at once
            return RawResponse(response.status_code, headers, body)
        except InvalidResponse as error:
            raise InvalidResponse(f"{self._host}: {error}", error.reason) from error
        except (TimeoutError, httpx.TimeoutException) as error:
            if responded:
                raise InvalidResponse(
                    f"the response of {self._host} took more than {self._client.deadline:.0f} s", "slow"
                ) from error
            raise Unreachable(f"{self._host} did not answer in time", "timeout") from error
        except _HTTP_ERRORS as error:
            raise translate_error(self._host, error, responded=responded) from error

    async def close(self) -> None:
        await self._client.close(self._host)

    def _build_request(self, raw: RawRequest, token: str) -> httpx.Request:
        target, json = raw.target, raw.json
        if not _PRINTABLE.fullmatch(target):
            target = quote(target, safe=punctuation)
        headers = [*self._headers, (b"Accept", raw.accept.encode())]
        if json:
            headers += (b"Content-Type", b"application/json"), (b"Content-Length", b"%d" % len(json))
        if token:
            headers.append((b"Authorization", b"Bearer " + token.encode()))
        return httpx.Request(
            "POST" if json else "GET",
            self._origin + target,
            headers=headers,
            stream=httpx.ByteStream(json) if json else _NO_CONTENT,
            extensions=_EXTENSIONS,
        )

    async def _read_body(self, response: httpx.Response, headers: Mapping[str, str], raw: RawRequest) -> bytes:
        encoding, large_bodies = headers.get("content-encoding", ""), self._client.large_bodies
        async with aclosing(_raw_chunks(response)) as chunks:
            return await read_body(chunks, encoding, raw.max_bytes, large_bodies, truncate=raw.truncate)


async def _hide_location(response: httpx.Response) -> None:
    """Move the Location header away: httpx would parse it, also if it does not follow it, and fail for some host names."""
    if response.has_redirect_location:
        response.extensions["location"] = response.headers.pop("location")


def _headers_by_name(response: httpx.Response) -> dict[str, str]:
    """Headers by lower-case name. Several values of one name are joined with commas (RFC 9110, 5.3)."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    if "location" in response.extensions:
        headers["location"] = response.extensions["location"]
    return headers


def _raw_chunks(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    """The body as it was sent. (`aiter_raw` refuses responses that were made in memory, as by httpx.MockTransport.)"""
    return cast("AsyncGenerator[bytes, None]", aiter(cast("httpx.AsyncByteStream", response.stream)))


async def _drain(response: httpx.Response) -> None:
    """Read and drop a short rest of a body, so that the connection can be used again."""
    unread = MAX_DRAINED_BYTES
    try:
        async with asyncio.timeout(DRAIN_SECONDS), aclosing(_raw_chunks(response)) as chunks:
            async for chunk in chunks:
                unread -= len(chunk)
                if unread < 0:
                    return
    except _HTTP_ERRORS:  # a TimeoutError is an OSError
        return


def translate_error(host: Host, error: Exception, *, responded: bool) -> FedistatsError:
    """The error of fedistats for one of httpx. `responded`: the head of the response had arrived."""
    text = str(error)
    if isinstance(error, httpx.ProxyError):
        if text.startswith("407"):
            return LocalError("the proxy of the environment requires a password")
        return Unreachable(f"{host} cannot be reached through the proxy ({text})", "connect")
    if isinstance(error, httpx.RemoteProtocolError):
        if "without sending a response" in text:
            return Unreachable(f"{host} closes the connection without a response", "connect")
        if "peer closed connection" in text:
            return InvalidResponse(f"a response of {host} is incomplete", "cut")
        return InvalidResponse(f"a response of {host} is not valid HTTP: {quoted(text)}", "protocol")
    if responded:
        return InvalidResponse(f"a response of {host} is incomplete", "cut")
    if any(isinstance(cause, ssl.SSLError) for cause in error_chain(error)):
        return Unreachable(f"no secure connection to {host}: {quoted(text, 200)}", "tls")
    if isinstance(error, (httpx.NetworkError, OSError)):
        return Unreachable(f"no connection to {host}", "connect")
    return InvalidResponse(f"cannot send this request to {host}: {quoted(text)}", "protocol")
