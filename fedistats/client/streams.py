"""One connection on asyncio's own transports, as httpcore wants it: every layer in between would be paid for at each page."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any, cast

import httpcore

_MOST_UNREAD = 1 << 18
"""Bytes that a server may send ahead of us; further ones wait in its own buffers."""


async def connect(address: str, port: int, seconds: float | None) -> httpcore.AsyncNetworkStream:
    """A connection to one address (or, of a proxy, name). Raises httpcore's ConnectError and ConnectTimeout."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(seconds):
            _, stream = await loop.create_connection(_Stream, address, port)
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(f"no connection to {address} in time") from error
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error
    return stream


class _Stream(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """What came and was not read yet. One reader at a time; requests are short, so writing never waits."""

    def __init__(self) -> None:
        self._unread = b""
        self._ended = False
        self._error: Exception | None = None
        self._reader: asyncio.Future[None] | None = None

    # -- what asyncio tells --

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._unread = self._unread + data if self._unread else data
        if len(self._unread) > _MOST_UNREAD:
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self._ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended, self._error = True, exc
        self._wake()

    def _wake(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    # -- what httpcore asks for --

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """What came, as soon as anything has; empty at the end. Raises ReadError. How long an answer may take, the caller decides."""
        if not (self._unread or self._ended):
            self._reader = asyncio.get_running_loop().create_future()
            try:
                await self._reader
            finally:
                self._reader = None
        if not self._unread and self._error is not None:
            raise httpcore.ReadError(str(self._error)) from self._error
        data, self._unread = self._unread[:max_bytes], self._unread[max_bytes:]
        if not self._unread and not self._ended:
            self._transport.resume_reading()
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Raises WriteError."""
        if self._ended:
            raise httpcore.WriteError("the connection is closed")
        self._transport.write(buffer)

    async def aclose(self) -> None:
        """At once: nobody waits for anything more on this connection."""
        self._transport.abort()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """The same stream, secured. Raises ConnectError, ConnectTimeout."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                secured = await loop.start_tls(
                    self._transport, self, ssl_context, server_hostname=server_hostname or ""
                )
        except BaseException as error:
            self._transport.abort()
            if isinstance(error, TimeoutError):
                raise httpcore.ConnectTimeout("no secure connection in time") from error
            if isinstance(error, OSError):  # an SSLError is one
                raise httpcore.ConnectError(str(error)) from error
            raise
        assert secured is not None
        self._transport = secured
        return self

    def get_extra_info(self, info: str) -> Any:
        """Of all that httpcore may ask for, what it does ask for."""
        if info == "is_readable":  # when nothing is asked: that the server has hung up, or talks out of turn
            return self._ended or bool(self._unread)
        return self._transport.get_extra_info(info)
