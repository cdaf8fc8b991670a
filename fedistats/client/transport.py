"""The transport under httpx: for each host one httpcore pool with one connection, to checked addresses or through a proxy.

One pool for all hosts would take quadratic time: httpcore 1.x walks all connections, twice per request.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from contextlib import suppress
from typing import cast
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from fedistats.client.backend import PinnedBackend, ProxyBackend
from fedistats.client.dns import FailureTracker
from fedistats.errors import LocalError
from fedistats.hosts import Host

KEEPALIVE_SECONDS = 75.0  # longer than the longest Crawl-delay, so that a visit needs one connection

_HTTPCORE_ERRORS = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    httpcore.ConnectionNotAvailable,
)


class HostTransport(httpx.AsyncBaseTransport):
    """One connection to each host that was opened. Requests to other hosts raise httpx.ConnectError."""

    def __init__(self) -> None:
        self._pools: dict[bytes, httpcore.AsyncConnectionPool] = {}
        self._proxies = getproxies()
        self._tracker = FailureTracker()
        self._ssl_context: ssl.SSLContext | None = None

    def proxy_url(self, scheme: str, host: Host) -> str | None:
        """The proxy for this host, by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY."""
        url = self._proxies.get(scheme) or self._proxies.get("all")
        return None if url is None or proxy_bypass(host) else url

    def open(self, scheme: str, host: Host, addresses: Sequence[str]) -> None:
        """Prepare a connection to a host: to one of these addresses, or through the proxy. The first request connects.

        Raises LocalError.
        """
        ssl_context = self._shared_ssl_context() if scheme == "https" else None
        proxy_url = self.proxy_url(scheme, host)
        if proxy_url is None:
            pool = httpcore.AsyncConnectionPool(
                ssl_context=ssl_context,
                max_connections=1,
                keepalive_expiry=KEEPALIVE_SECONDS,
                network_backend=PinnedBackend(addresses, self._tracker),
            )
        else:
            pool = self._proxy_pool(proxy_url, ssl_context)
        self._pools[host.encode()] = pool

    async def close(self, host: Host) -> None:
        pool = self._pools.pop(host.encode(), None)
        if pool is not None:
            with suppress(*_HTTPCORE_ERRORS, OSError):
                await pool.aclose()

    async def aclose(self) -> None:
        for netloc in list(self._pools):
            await self.close(Host(netloc.decode()))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request over the connection of its host. Raises httpx's errors, and those of the network backend."""
        pool = self._pools.get(request.url.netloc)
        if pool is None:
            raise httpx.ConnectError(f"no connection to {request.url} was opened")
        url = httpcore.URL(
            scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
        )
        httpcore_request = httpcore.Request(
            request.method, url, headers=request.headers.raw, content=request.stream, extensions=request.extensions
        )
        try:
            response = await pool.handle_async_request(httpcore_request)
        except _HTTPCORE_ERRORS as error:
            raise _httpx_error(error) from error
        return httpx.Response(
            response.status, headers=response.headers, stream=_ResponseStream(response), extensions=response.extensions
        )

    def _proxy_pool(self, url: str, ssl_context: ssl.SSLContext | None) -> httpcore.AsyncHTTPProxy:
        try:
            proxy = httpx.Proxy(url if "://" in url else f"http://{url}")
        except (httpx.InvalidURL, ValueError) as error:
            raise LocalError(f"the proxy set in the environment is not usable: {error}") from error
        if proxy.url.scheme not in ("http", "https"):
            raise LocalError("the proxy of the environment is a SOCKS proxy: only http and https proxies are supported")
        return httpcore.AsyncHTTPProxy(
            httpcore.URL(scheme=proxy.url.raw_scheme, host=proxy.url.raw_host, port=proxy.url.port, target=b"/"),
            proxy_auth=proxy.raw_auth,
            proxy_ssl_context=self._shared_ssl_context() if proxy.url.scheme == "https" else None,
            ssl_context=ssl_context,
            max_connections=1,
            keepalive_expiry=KEEPALIVE_SECONDS,
            network_backend=ProxyBackend(),
        )

    def _shared_ssl_context(self) -> ssl.SSLContext:
        """One for all hosts, because each takes 15 ms and almost a megabyte. It uses SSL_CERT_FILE and SSL_CERT_DIR."""
        if self._ssl_context is None:
            try:
                self._ssl_context = httpx.create_ssl_context()
            except OSError as error:
                raise LocalError(
                    f"the certificates named by SSL_CERT_FILE or SSL_CERT_DIR cannot be read: {error}"
                ) from error
        return self._ssl_context


class _ResponseStream(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        try:
            async for chunk in cast("AsyncIterable[bytes]", self._response.stream):
                yield chunk
        except _HTTPCORE_ERRORS as error:
            raise _httpx_error(error) from error

    async def aclose(self) -> None:
        await self._response.aclose()


def _httpx_error(error: Exception) -> httpx.TransportError:
    """An error of httpcore as one of httpx, as the contract of a transport demands. httpx has each under the same name."""
    error_class: type[httpx.TransportError] = getattr(httpx, type(error).__name__, httpx.NetworkError)
    return error_class(str(error))
