"""All hosts of a made-up fediverse in one process: plain HTTP on loopback addresses, gzip pages that were packed beforehand.

It must never be what a crawl waits for, so every body lies ready; what it costs itself is among its figures.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import urllib.request
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from benchmarks.measure import ROOT, Figures
from benchmarks.world import NEWEST, POSTS_A_PAGE, World, home, number_of, timelines

_ROBOTS = b"User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nDisallow: /media_proxy/\nDisallow: /interact/\n"
_HEADERS = (
    b"date: Wed, 02 Jan 2030 03:04:05 GMT\r\nserver: Mastodon\r\nx-frame-options: DENY\r\nx-content-type-options: nosniff\r\n"
    b"x-xss-protection: 0\r\nreferrer-policy: same-origin\r\nx-ratelimit-limit: 300\r\nx-ratelimit-remaining: 299\r\n"
    b"x-ratelimit-reset: 2030-01-02T03:05:00.000000Z\r\ncache-control: public, max-age=15, stale-while-revalidate=30\r\n"
    b"vary: Accept, Accept-Encoding, Authorization, Origin\r\nstrict-transport-security: max-age=63072000; includeSubDomains\r\n"
    b"content-security-policy: default-src 'none'; frame-ancestors 'none'; form-action 'none'\r\n"
    b"x-request-id: 0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f\r\nx-runtime: 0.087654\r\naccess-control-allow-origin: *\r\n"
    b"access-control-expose-headers: Link, X-RateLimit-Reset, X-RateLimit-Limit, X-RateLimit-Remaining, X-Request-Id\r\n"
)


class Figured:
    """What the whole server did since it was last asked."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.requests = self.connections = 0
        self.cpu = time.process_time()

    def told(self) -> Figures:
        return {
            "requests": self.requests,
            "connections": self.connections,
            "server us/request": 1e6 * (time.process_time() - self.cpu) / max(self.requests, 1),
        }


class Pages:
    """The answers of all hosts, whole: status line, headers, body."""

    def __init__(self, world: World, port: int) -> None:
        own, shared = timelines(world, port)
        self._home = [_page(body, number, world.home_page) for number, body in enumerate(own)]
        self._shared = [[_page(body, number, POSTS_A_PAGE) for number, body in enumerate(pages)] for pages in shared]
        self._world = world
        self._robots = _answer(_ROBOTS, b"text/plain")
        self._instance = _answer(json.dumps({"domain": home(port), "title": "Home", "version": "4.5.2"}).encode())
        self._missing = _answer(b'{"error":"Record not found"}', status=b"404 Not Found")
        self._closed = _answer(b'{"error":"This method requires an authenticated user"}', status=b"422 Unprocessable")
        self._end = _answer(b"[]")

    def latency(self, host: int) -> float:
        return self._world.latency if host < 0 else self._world.latency_of(host)

    def answer(self, host: int, request: bytes) -> bytes:
        target = request[4 : request.index(b" ", 4)]
        if target == b"/robots.txt":
            return self._robots
        if target == b"/api/v2/instance":
            return self._instance
        if not target.startswith(b"/api/v1/timelines/public"):
            return self._missing
        if host >= 0 and self._world.kind(host) == "closed":
            return self._closed
        pages = self._home if host < 0 else self._shared[host % len(self._shared)]
        size = self._world.home_page if host < 0 else POSTS_A_PAGE
        _, found, after = target.partition(b"max_id=")
        number = (NEWEST + 1 - int(after.partition(b"&")[0])) // size if found else 0
        return pages[number] if number < len(pages) else self._end


def _page(body: bytes, number: int, size: int) -> bytes:
    last = NEWEST + 1 - size * (number + 1)
    link = f'link: <http://here.example/api/v1/timelines/public?limit=40&max_id={last}>; rel="next"\r\n'
    return _answer(body, headers=link.encode())


def _answer(
    body: bytes, kind: bytes = b"application/json; charset=utf-8", *, status: bytes = b"200 OK", headers: bytes = b""
) -> bytes:
    packer = zlib.compressobj(6, wbits=31)
    packed = packer.compress(body) + packer.flush()
    return (
        b"HTTP/1.1 %b\r\ncontent-type: %b\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n%b%b\r\n%x\r\n%b\r\n0\r\n\r\n"
        % (status, kind, _HEADERS, headers, len(packed), packed)
    )


class _Connection(asyncio.Protocol):
    def __init__(self, pages: Pages, figured: Figured) -> None:
        self._pages = pages
        self._figured = figured
        self._loop = asyncio.get_running_loop()
        self._waiting = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        here, there = transport.get_extra_info("sockname")[0], transport.get_extra_info("peername")[0]
        if not (here.startswith("127.") and there.startswith("127.")):
            transport.abort()  # nobody but this machine is served
        self._host = number_of(here)
        self._figured.connections += 1

    def data_received(self, data: bytes) -> None:
        data = self._waiting + data
        if not data.endswith(b"\r\n\r\n"):
            self._waiting = data
            return
        self._waiting = b""
        if data.startswith(b"GET /figures "):
            self._figured.connections -= 1  # this one
            told = json.dumps(self._figured.told()).encode()
            self._figured.clear()
            self._transport.write(
                b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % len(told) + told
            )
            self._transport.close()
            return
        self._figured.requests += 1
        answer = self._pages.answer(self._host, data)
        if latency := self._pages.latency(self._host):
            self._loop.call_later(latency, self._transport.write, answer)
        else:
            self._transport.write(answer)


async def _serve(world: World) -> None:
    loop = asyncio.get_running_loop()
    figured = Figured()
    ready: list[Pages] = []
    server = await loop.create_server(lambda: _Connection(ready[0], figured), "0.0.0.0", 0, backlog=4096)
    port = server.sockets[0].getsockname()[1]
    ready.append(Pages(world, port))
    figured.clear()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)  # until whoever started us lets go
    server.close()


@contextmanager
def serving(world: World) -> Iterator[int]:
    """A process that serves this world until the block ends; gives its port."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.server", json.dumps(asdict(world))],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()


def figures(port: int) -> Figures:
    """What the server did since this was last asked."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/figures") as answer:
        told: Figures = json.load(answer)
    return told


if __name__ == "__main__":
    asyncio.run(_serve(World(**json.loads(sys.argv[1]))))
