"""HTTP/1.1 on one connection: h11 knows what the bytes mean, the dialler where they go. It is used as httpcore's own connections are.

Those are made for pools that many tasks share: their locks, three a request and each a turn of the event loop, cost as much as h11 does.
A host is asked one question at a time, so here is nothing to lock.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterable, Sequence
from contextlib import suppress
from typing import NamedTuple, cast

import h11
import httpcore

_READ = 1 << 16
_LONGEST_HEAD = 100 << 10
"""Bytes of a status line and its headers."""
_END = h11.EndOfMessage()


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
        if self._talk is not None and self._talk.is_over(self._kept_open):
            await self.aclose()
        if self._talk is None:
            self._talk = _Talk(await self._connect(request.extensions["timeout"]["connect"]))
        await self._talk.ask(request)
        return await self._talk.head()

    async def aclose(self) -> None:
        """Hang up. A later request connects anew."""
        before, self._talk = self._talk, None
        if before is not None:
            await before.aclose()

    async def _connect(self, seconds: float) -> httpcore.AsyncNetworkStream:
        name = self._origin.host.decode()
        stream = await self._backend.connect_tcp(name, self._origin.port, seconds)
        return stream if self._tls is None else await stream.start_tls(self._tls, name, seconds)


class Head(NamedTuple):
    """What an answer begins with, and the way to its rest."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    stream: _Body


class _Talk:
    """The questions and answers of one connection, from its first byte to its last."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._grammar = h11.Connection(h11.CLIENT, _LONGEST_HEAD)
        self._idle_since = asyncio.get_running_loop().time()

    def is_over(self, kept_open: float) -> bool:
        """Can nothing more be asked here? Bytes that nobody asked for are no answer to the next question (RFC 9112, 9.2)."""
        return (
            self._grammar.our_state is not h11.IDLE
            or bool(self._grammar.trailing_data[0])
            or bool(self._stream.get_extra_info("is_readable"))
            or asyncio.get_running_loop().time() > self._idle_since + kept_open
        )

    async def ask(self, request: httpcore.Request) -> None:
        said: list[bytes | None] = []
        try:
            question = h11.Request(method=request.method, target=request.url.target, headers=request.headers)
            said.append(self._grammar.send(question))
            content = cast("AsyncIterable[bytes]", request.stream)
            said += [self._grammar.send(h11.Data(data=piece)) async for piece in content]
            said.append(self._grammar.send(_END))
        except h11.LocalProtocolError as error:
            raise httpcore.LocalProtocolError(str(error)) from error
        with suppress(httpcore.WriteError):  # it may have answered before it hung up
            await self._stream.write(b"".join(filter(None, said)))

    async def head(self) -> Head:
        while not isinstance(event := await self._event(), h11.Response):
            pass  # 1xx: an answer is still to come
        return Head(event.status_code, event.headers, _Body(self))

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        while isinstance(event := await self._event(), h11.Data):
            yield bytes(event.data)

    async def end(self) -> None:
        """The answer was read, or nobody wants to read it."""
        if self._grammar.our_state is h11.DONE and self._grammar.their_state is h11.DONE:
            self._grammar.start_next_cycle()
            self._idle_since = asyncio.get_running_loop().time()
        else:
            await self.aclose()

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def _event(self) -> h11.Event:
        while True:
            try:
                event = self._grammar.next_event()
            except h11.RemoteProtocolError as error:
                raise httpcore.RemoteProtocolError(str(error)) from error
            if event is not h11.NEED_DATA:
                assert isinstance(event, h11.Event)  # it pauses only where an answer was read
                return event
            data = await self._stream.read(_READ)
            if not data and self._grammar.their_state is h11.SEND_RESPONSE:
                raise httpcore.RemoteProtocolError("Server disconnected without sending a response.")
            self._grammar.receive_data(data)


class _Body:
    """A body, piece by piece as it comes."""

    def __init__(self, talk: _Talk) -> None:
        self._talk = talk

    def __aiter__(self) -> AsyncGenerator[bytes, None]:
        return self._talk.pieces()

    async def aclose(self) -> None:
        """The connection can be used again where all was read, else it is closed."""
        await self._talk.end()
