"""A server on 127.0.0.1 that plays a script for each path: whatever servers on the internet do to a client."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
import zlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from fedistats.hosts import Host, Target

OK = b"HTTP/1.1 200 OK\r\n"
Script = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


def http_response(body: bytes = b"[]", status: int = 200, **headers: str) -> bytes:
    """A well-formed response. `_` in a header name becomes `-`."""
    lines = [
        f"HTTP/1.1 {status} X",
        f"Content-Length: {len(body)}",
        *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items()),
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def raw_bytes(data: bytes, *, then: str = "close") -> Script:
    """Sends bytes as they are; then `close`, `reset` or `hang`."""

    async def play(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        if then == "hang":
            await asyncio.sleep(60)
        if then == "reset":
            await asyncio.sleep(0.02)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.close()

    return play


def endless(head: bytes, chunk: bytes, interval: float = 0.0) -> Script:
    """Sends `head`, and then `chunk` again and again, every `interval` seconds."""

    async def play(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while not writer.is_closing():
            writer.write(chunk)
            await writer.drain()
            await asyncio.sleep(interval)

    return play


def gzip_bomb(mebibytes: int = 64) -> bytes:
    """Zeros, compressed with gzip."""
    compressor = zlib.compressobj(9, wbits=31)
    block = bytes(1 << 20)
    return b"".join(compressor.compress(block) for _ in range(mebibytes)) + compressor.flush()


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One request, as the server received it."""

    target: str
    headers: Mapping[str, str]
    time: float
    method: str = "GET"
    body: bytes = b""


@dataclass
class ScriptedServer:
    """Plays the script of each path, and 404 for all others. Scripts that are bytes keep the connection open."""

    scripts: dict[str, Script] = field(default_factory=dict)
    requests: list[RecordedRequest] = field(default_factory=list)
    connections: int = 0
    running: int = 0
    max_running: int = 0
    """The most requests at one time."""
    delay: float = 0.0
    """Seconds before each response."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=2048)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._tasks: set[asyncio.Task[None]] = set()
        self._readers: list[asyncio.StreamReader] = []
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for _ in range(3):
            await asyncio.sleep(0)  # until all connections are closed

    @property
    def start(self) -> Target:
        return Target(Host(f"127.0.0.1:{self.port}"), "http", private=True)

    @property
    def host(self) -> Host:
        return self.start.host

    def open_connections(self) -> int:
        """Connections that the client has not closed."""
        return sum(not reader.at_eof() and reader.exception() is None for reader in self._readers)

    async def wait_until_closed(self) -> bool:
        """False if the client has not closed all connections within 10 s."""
        for _ in range(1000):
            if not self.open_connections():
                return True
            await asyncio.sleep(0.01)
        return False

    def targets(self) -> list[str]:
        return [request.target for request in self.requests]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        self._readers.append(reader)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                while not writer.is_closing():
                    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                    target = head[0].split(" ")[1]
                    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
                    body = await reader.readexactly(int(headers.get("content-length", "0")))
                    self.requests.append(
                        RecordedRequest(target, headers, time.monotonic(), head[0].split(" ")[0], body)
                    )
                    self.running += 1
                    self.max_running = max(self.max_running, self.running)
                    try:
                        await asyncio.sleep(self.delay)
                        script = self.scripts.get(
                            target, self.scripts.get(target.partition("?")[0], http_response(b"no", 404))
                        )
                        if isinstance(script, bytes):
                            writer.write(script)
                            await writer.drain()
                        else:
                            await script(writer)
                    finally:
                        self.running -= 1
        finally:
            self._tasks.discard(task)
            writer.transport.abort()
