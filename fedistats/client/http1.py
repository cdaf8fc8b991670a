"""HTTP/1.1 on one connection: httptools (llhttp) knows what the bytes mean, the dialler where they go. It is used as httpcore's own are.

Those are made for pools that many tasks share, and read the heads of answers in Python: five times the work of this file.
A host is asked one question at a time, so here is nothing to lock.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from contextlib import suppress
from typing import NamedTuple, cast

import httpcore
from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

_READ = 1 << 16
_MOST_WITHOUT_BODY = 100 << 10
"""Bytes in a row of which none is of a body: a head that is longer is none."""
_TARGET, _LINE = re.compile(rb"[!-~]+"), re.compile(rb"[\t -~\x80-\xff]*")
_ALLOWED = {
    "lenient_optional_cr_before_lf": True,  # 2.2: a line may end without a carriage return
    "lenient_chunked_length": True,  # 6.3: chunks go before a length
    "lenient_spaces_after_chunk_size": True,  # 7.1.1: before what it might be extended with
}
"""What RFC 9112 has clients put up with. It is dangerous to those who pass messages on."""


class Connection:
    """One connection to one origin: made at the first request, and again where the host has hung up meanwhile or it lay idle too long."""

    def __init__(
        self,
        origin: httpcore.Origin,
        tls: ssl.SSLContext | None,
        backend: httpcore.AsyncNetworkBackend,
        *,
        kept_open: float,
    ) -> None:
        """`tls` is None for plain HTTP; `kept_open` are the seconds that it may lie idle."""
        self._origin = origin
        self._tls = tls
        self._backend = backend
        self._kept_open = kept_open
        self._talk: _Talk | None = None

    async def handle_async_request(self, request: httpcore.Request) -> Head:
        """The head of an answer, whose stream has to be closed before the next request. Raises httpcore's errors, and the backend's."""
        question = await _written(request)
        if self._talk is not None and self._talk.is_over(self._kept_open):
            await self.aclose()
        if self._talk is None:
            self._talk = _Talk(await self._connect(request.extensions["timeout"]["connect"]))
        return await self._talk.fetch(question)

    async def aclose(self) -> None:
        """Hang up. A later request connects anew."""
        before, self._talk = self._talk, None
        if before is not None:
            await before.aclose()

    async def _connect(self, seconds: float) -> httpcore.AsyncNetworkStream:
        name = self._origin.host.decode()
        stream = await self._backend.connect_tcp(name, self._origin.port, seconds)
        return stream if self._tls is None else await stream.start_tls(self._tls, name, seconds)


async def _written(request: httpcore.Request) -> bytes:
    """A request as it goes over the wire. Raises LocalProtocolError where it is none of HTTP."""
    target = request.url.target
    lines = [b"%s %s HTTP/1.1" % (request.method, target), *[b"%s: %s" % header for header in request.headers]]
    if not (_TARGET.fullmatch(target) and all(map(_LINE.fullmatch, lines))):
        raise httpcore.LocalProtocolError("a target or a header is none of HTTP")
    content = [piece async for piece in cast("AsyncIterable[bytes]", request.stream)]
    return b"\r\n".join([*lines, b"", b"".join(content)])


class Head(NamedTuple):
    """What an answer begins with, and the way to its rest."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    stream: _Body


class _Talk:
    """The questions and answers of one connection, from its first byte to its last; httptools calls its `on_...`."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._reader: HttpResponseParser | None = HttpResponseParser(self)
        self._reader.set_dangerous_leniencies(**_ALLOWED)
        self._asking = False
        self._idle_since = asyncio.get_running_loop().time()
        self._status = 0
        """Of the answer that is being read, once its head is."""
        self._headers: list[tuple[bytes, bytes]] = []
        self._pieces: list[bytes] = []
        """Of its body, and not yet handed on."""
        self._whole = False
        self._last = False
        """Does the server not want to be asked again, or was there more than an answer?"""
        self._without_body = 0
        """Bytes that came since the last of a body."""

    def is_over(self, kept_open: float) -> bool:
        """Can nothing more be asked here? Bytes that nobody asked for are no answer to the next question (RFC 9112, 9.2)."""
        return (
            self._asking
            or bool(self._stream.get_extra_info("is_readable"))
            or asyncio.get_running_loop().time() > self._idle_since + kept_open
        )

    async def fetch(self, question: bytes) -> Head:
        self._asking = True
        self._status, self._headers, self._whole, self._without_body = 0, [], False, 0
        with suppress(httpcore.WriteError):  # it may have answered before it hung up
            await self._stream.write(question)
        while not self._status:
            if not await self._read():
                raise httpcore.RemoteProtocolError("Server disconnected without sending a response.")
        if self._told(b"transfer-encoding") not in (b"", b"chunked"):
            raise httpcore.RemoteProtocolError("unknown transfer coding")
        return Head(self._status, self._headers, _Body(self))

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        while True:
            pieces, self._pieces = self._pieces, []
            for piece in pieces:
                yield piece
            if self._whole:
                return
            if not await self._read():
                if self._told(b"transfer-encoding") or self._told(b"content-length"):
                    raise httpcore.RemoteProtocolError("peer closed connection in the middle of an answer")
                return  # it told no end, so this is one (RFC 9112, 6.3)

    async def end(self) -> None:
        """The answer was read, or nobody wants to read it."""
        if self._whole and not self._last:
            self._asking = False
            self._idle_since = asyncio.get_running_loop().time()
        else:
            await self.aclose()

    async def aclose(self) -> None:
        self._reader = None  # it holds on to us
        await self._stream.aclose()

    async def _read(self) -> bool:
        """What has come since; False where nothing more will. Raises RemoteProtocolError."""
        data = await self._stream.read(_READ)
        if not data or self._reader is None:
            return False
        try:
            self._reader.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            if not self._whole:
                raise httpcore.RemoteProtocolError(str(error)) from error
            self._last = True
        self._without_body = 0 if self._pieces else self._without_body + len(data)
        if self._without_body > _MOST_WITHOUT_BODY:
            raise httpcore.RemoteProtocolError("too many bytes that belong to no body")
        return True

    def _told(self, header: bytes) -> bytes:
        """What the head says there, in small letters."""
        return b", ".join([value.lower() for name, value in self._headers if name.lower() == header])

    # -- what httptools calls --

    def on_message_begin(self) -> None:
        if self._whole:
            self._last = True

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._status:  # what follows a body in chunks is none of the head
            self._headers.append((name, value.strip(b" \t")))

    def on_headers_complete(self) -> None:
        assert self._reader is not None
        if self._status:
            return
        status = self._reader.get_status_code()
        if status < 200:  # an answer is still to come
            self._headers.clear()
        else:
            self._status = status

    def on_body(self, piece: bytes) -> None:
        if not self._whole:
            self._pieces.append(piece)

    def on_message_complete(self) -> None:
        assert self._reader is not None
        if self._status and not self._whole:
            self._whole = True
            self._last = not self._reader.should_keep_alive()


class _Body:
    """A body, piece by piece as it comes."""

    def __init__(self, talk: _Talk) -> None:
        self._talk = talk

    def __aiter__(self) -> AsyncGenerator[bytes, None]:
        return self._talk.pieces()

    async def aclose(self) -> None:
        """The connection can be used again where all was read, else it is closed."""
        await self._talk.end()
