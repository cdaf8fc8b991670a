"""A scripted server on loopback that does to a client whatever servers on the internet do."""

from __future__ import annotations

import asyncio
import gzip
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

Script = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


def answer(body: bytes = b"[]", status: int = 200, **headers: str) -> bytes:
    """A well-formed answer; `_` in header names stands for `-`."""
    lines = [
        f"HTTP/1.1 {status} X",
        f"Content-Length: {len(body)}",
        *(f"{k.replace('_', '-')}: {v}" for k, v in headers.items()),
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def raw(data: bytes, *, then: str = "close") -> Script:
    """Bytes as they are; then `close`, `reset` or `hang`."""

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


def drip(head: bytes, piece: bytes, every: float = 0.0) -> Script:
    """`head`, and then `piece` without end."""

    async def play(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(every)

    return play


def bomb(mebibytes: int = 64) -> bytes:
    """A gzip of zeros."""
    packer = zlib.compressobj(9, wbits=31)
    block = bytes(1 << 20)
    return b"".join(packer.compress(block) for _ in range(mebibytes)) + packer.flush()


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as the server saw it."""

    target: str
    headers: Mapping[str, str]
    at: float
    method: str = "GET"
    body: bytes = b""


@dataclass
class Hostile:
    """Plays a script for each path; 404 for all others. Scripts that are bytes keep the connection open."""

    scripts: dict[str, Script] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    now: int = 0
    most: int = 0
    slow: float = 0.0
    """Seconds before each answer."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=2048)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._tasks: set[asyncio.Task[None]] = set()
        self._readers: list[asyncio.StreamReader] = []
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for _ in range(3):
            await asyncio.sleep(0)  # for connections to be gone before the loop is

    @property
    def start(self) -> Target:
        return Target(Host(f"127.0.0.1:{self.port}"), "http", private=True)

    @property
    def host(self) -> Host:
        return self.start.host

    def still_open(self) -> int:
        """Connections that the client has not closed."""
        return sum(not reader.at_eof() and reader.exception() is None for reader in self._readers)

    def targets(self) -> list[str]:
        return [asked.target for asked in self.asked]

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
                    self.asked.append(Asked(target, headers, time.monotonic(), head[0].split(" ")[0], body))
                    self.now += 1
                    self.most = max(self.most, self.now)
                    try:
                        await asyncio.sleep(self.slow)
                        script = self.scripts.get(
                            target, self.scripts.get(target.partition("?")[0], answer(b"no", 404))
                        )
                        if isinstance(script, bytes):
                            writer.write(script)
                            await writer.drain()
                        else:
                            await script(writer)
                    finally:
                        self.now -= 1
        finally:
            self._tasks.discard(task)
            writer.transport.abort()


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
_PAGE = gzip.compress(b"[" + b'{"id":"1"},' * 5000 + b"{}]", mtime=0)
_BAD_SUM = _PAGE[:-8] + b"\x00" * 8
_GZIP_HEAD = _PAGE[:10]
_EMPTY_BLOCKS = b"\x00\x00\x00\xff\xff" * 13_000
_RAW_DEFLATE = zlib.compress(b"[]")

FAULTS: dict[str, tuple[Script, str]] = {
    # what it does: the script, and the error and reason that it must be
    "not http at all": (raw(b"HELLO THERE\r\n\r\n"), "InvalidResponse protocol"),
    "ssh": (raw(b"SSH-2.0-OpenSSH_9.6\r\n"), "Unreachable connect|InvalidResponse protocol"),
    "http 0.9": (raw(b"<html>hi</html>\r\n\r\n"), "InvalidResponse protocol"),
    "binary": (raw(bytes(range(256)) * 8 + b"\r\n\r\n"), "InvalidResponse protocol"),
    "status of two digits": (raw(b"HTTP/1.1 99 X\r\n\r\n"), "InvalidResponse protocol"),
    "status of four digits": (raw(b"HTTP/1.1 2000 X\r\n\r\n"), "InvalidResponse protocol"),
    "status in words": (raw(b"HTTP/1.1 OK fine\r\n\r\n"), "InvalidResponse protocol"),
    "status 999": (answer(status=999), "Unreachable error"),
    "status 101": (
        raw(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        "InvalidResponse protocol",
    ),
    "no answer": (raw(b""), "Unreachable connect"),
    "half a status line": (raw(b"HTTP/1.1 20"), "Unreachable connect"),
    "half a head": (raw(OK + b"Content-Le"), "Unreachable connect"),
    "reset before the answer": (raw(b"", then="reset"), "Unreachable connect"),
    "reset in the head": (raw(OK + b"A: b\r\n", then="reset"), "Unreachable connect"),
    "reset in the body": (raw(OK + b"Content-Length: 9\r\n\r\n[", then="reset"), "InvalidResponse cut"),
    "short body": (raw(OK + b"Content-Length: 9\r\n\r\n["), "InvalidResponse cut"),
    "chunks without an end": (raw(CHUNKED + b"1\r\n[\r\n"), "InvalidResponse cut"),
    "half a chunk": (raw(CHUNKED + b"ff\r\n["), "InvalidResponse cut"),
    "bad chunk size": (raw(CHUNKED + b"zz\r\n[\r\n"), "InvalidResponse protocol"),
    "negative chunk size": (raw(CHUNKED + b"-1\r\n[\r\n"), "InvalidResponse protocol"),
    "huge chunk size": (raw(CHUNKED + b"f" * 40 + b"\r\n[\r\n"), "InvalidResponse protocol"),
    "chunk longer than said": (raw(CHUNKED + b"1\r\n[[[[[[\r\n"), "InvalidResponse protocol"),
    "two lengths": (raw(OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n[]]"), "InvalidResponse protocol"),
    "negative length": (raw(OK + b"Content-Length: -2\r\n\r\n[]"), "InvalidResponse protocol"),
    "length in words": (raw(OK + b"Content-Length: two\r\n\r\n[]"), "InvalidResponse protocol"),
    "unknown transfer coding": (raw(OK + b"Transfer-Encoding: gzip\r\n\r\n[]"), "InvalidResponse protocol"),
    "head of 200 KB": (raw(OK + b"X: " + b"a" * 200_000 + b"\r\n\r\n"), "InvalidResponse protocol"),
    "status line of 200 KB": (raw(b"HTTP/1.1 200 " + b"a" * 200_000 + b"\r\n\r\n"), "InvalidResponse protocol"),
    "100,000 headers": (raw(OK + b"A: b\r\n" * 100_000 + b"\r\n"), "InvalidResponse protocol"),
    "NUL in a header": (raw(OK + b"A: b\x00c\r\n\r\n"), "InvalidResponse protocol"),
    "header without colon": (raw(OK + b"nonsense\r\n\r\n"), "InvalidResponse protocol"),
    "header name with a space": (raw(OK + b"A b: c\r\n\r\n"), "InvalidResponse protocol"),
    "endless head": (drip(OK, b"A: b\r\n" * 500), "InvalidResponse protocol"),
    "endless trailer": (drip(CHUNKED + b"1\r\n[\r\n0\r\n", b"A: b\r\n" * 500), "InvalidResponse protocol"),
    "endless chunk extension": (drip(CHUNKED + b"1;", b"a" * 5000), "InvalidResponse protocol"),
    "silence": (raw(b"", then="hang"), "Unreachable timeout"),
    "silence in the head": (raw(OK, then="hang"), "Unreachable timeout"),
    "dripping head": (drip(OK, b"A: b\r\n", 0.05), "Unreachable timeout"),
    "endless 1xx": (drip(b"", b"HTTP/1.1 103 Early\r\n\r\n" * 100), "Unreachable timeout"),
    "silence in the body": (raw(OK + b"Content-Length: 9\r\n\r\n[", then="hang"), "InvalidResponse slow"),
    "dripping body": (drip(CHUNKED, b"1\r\n[\r\n", 0.05), "InvalidResponse slow"),
    "endless body": (drip(OK + b"\r\n", b"[" * 65536), "InvalidResponse size"),
    "endless chunks": (drip(CHUNKED, b"10000\r\n" + b"[" * 65536 + b"\r\n"), "InvalidResponse size"),
    "gzip bomb": (answer(bomb(), Content_Encoding="gzip"), "InvalidResponse size"),
    "gzip of nothing without end": (
        drip(OK + b"Content-Encoding: gzip\r\n\r\n" + _GZIP_HEAD, _EMPTY_BLOCKS),
        "InvalidResponse size",
    ),
    "gzip cut": (answer(_PAGE[:-40], Content_Encoding="gzip"), "InvalidResponse cut"),
    "gzip without its end": (answer(_PAGE[:-4], Content_Encoding="gzip"), "InvalidResponse cut"),
    "gzip with a wrong sum": (answer(_BAD_SUM, Content_Encoding="gzip"), "InvalidResponse encoding"),
    "no gzip": (answer(b"[]", Content_Encoding="gzip"), "InvalidResponse encoding"),
    "deflate": (answer(_RAW_DEFLATE, Content_Encoding="deflate"), "InvalidResponse encoding"),
    "br": (answer(b"\x0b\x00\x80[]\x03", Content_Encoding="br"), "InvalidResponse encoding"),
    "zstd": (answer(b"\x28\xb5\x2f\xfd", Content_Encoding="zstd"), "InvalidResponse encoding"),
    "gzip in gzip": (answer(gzip.compress(_PAGE), Content_Encoding="gzip, gzip"), "InvalidResponse encoding"),
    "many codings": (answer(_PAGE, Content_Encoding=", ".join(["gzip"] * 50)), "InvalidResponse encoding"),
    "a coding nobody knows": (answer(_PAGE, Content_Encoding="rot13"), "InvalidResponse encoding"),
    "204": (raw(b"HTTP/1.1 204 No Content\r\n\r\n"), "InvalidResponse protocol"),
    "206": (answer(status=206), "InvalidResponse protocol"),
    "304": (raw(b"HTTP/1.1 304 Not Modified\r\n\r\n"), "InvalidResponse protocol"),
    "400": (answer(status=400), "InvalidResponse refused"),
    "500": (answer(status=500), "Unreachable error"),
    "503": (answer(status=503), "Unreachable error"),
    "530": (answer(status=530), "Unreachable error"),
    "a redirect to nowhere": (answer(status=302), "InvalidResponse redirect"),
}
