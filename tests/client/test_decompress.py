"""Bodies are decompressed within bounds of size, memory and time."""

from __future__ import annotations

import asyncio
import gzip
import time
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from fedistats.client.decompress import LARGE_BODY, read_body
from fedistats.errors import InvalidResponse
from fedistats.fetch import MIB, Request
from fedistats.hosts import Host, Target
from tests.client.helpers import fetch_from, loopback_lookup, make_fetcher, outcome_of, run
from tests.scripted_server import OK, Script, ScriptedServer, endless, gzip_bomb, http_response


@pytest.mark.usefixtures("decompressor")
def test_a_body_of_several_gzip_members_is_read_completely() -> None:
    body = gzip.compress(b"[1,") + gzip.compress(b"2]") + b"garbage"
    assert run(fetch_from({"/page": http_response(body, Content_Encoding="gzip")}))[0] == "5 bytes"


@pytest.mark.usefixtures("decompressor")
def test_a_body_of_max_bytes_is_read_and_a_longer_one_is_an_error() -> None:
    def make_request(host: Host) -> Request:
        return Request(host, "/page", max_bytes=100_000)

    for length, expected in ((100_000, "100000 bytes"), (100_001, "InvalidResponse size")):
        for script in (
            http_response(b"x" * length),
            http_response(gzip.compress(b"x" * length), Content_Encoding="gzip"),
        ):
            assert run(fetch_from({"/page": script}, make_request))[0] == expected


@pytest.mark.slow
@pytest.mark.usefixtures("decompressor")
def test_many_gzip_bombs_at_once_neither_fill_the_memory_nor_block_the_loop() -> None:
    scripts: dict[str, Script] = {
        "/0": http_response(gzip_bomb(256), Content_Encoding="gzip"),
        "/1": http_response(gzip_bomb(16), Content_Encoding="gzip, gzip"),
        "/2": http_response(gzip_bomb(16), Content_Encoding="br"),
        "/3": endless(OK + b"\r\n", b"[" * 65536),
        "/4": http_response(gzip.compress(b"[]"), Content_Encoding="gzip"),
    }

    async def scenario() -> tuple[list[str], float]:
        longest, last = 0.0, time.thread_time()

        async def measure_blocking() -> None:
            nonlocal longest, last
            while True:
                await asyncio.sleep(0.005)
                longest, last = (
                    max(longest, time.thread_time() - last),
                    time.thread_time(),
                )  # CPU time: other programs do not count

        async with ScriptedServer(scripts) as server:
            starts = [Target(Host(f"h{n}.desk:{server.port}"), "http", private=True) for n in range(60)]
            async with make_fetcher(*starts, lookup=loopback_lookup, deadline=40.0, pace=0.0) as fetcher:
                measuring = asyncio.create_task(measure_blocking())
                outcomes = await asyncio.gather(
                    *(outcome_of(fetcher, Request(start.host, f"/{k % 5}")) for k, start in enumerate(starts))
                )
                measuring.cancel()
        return outcomes, longest

    tracemalloc.start()
    try:
        outcomes, longest = run(scenario())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert outcomes[:5] == [
        "InvalidResponse size",
        "InvalidResponse encoding",
        "InvalidResponse encoding",
        "InvalidResponse size",
        "2 bytes",
    ]
    assert outcomes == outcomes[:5] * 12
    assert peak < 250 * MIB
    assert longest < 1.0


@pytest.mark.parametrize("max_bytes", [2 * MIB, MIB + 1])
def test_a_large_body_waits_until_another_is_read_or_rejected(max_bytes: int) -> None:
    async def scenario() -> list[str]:
        semaphore, finish = asyncio.Semaphore(1), asyncio.Event()
        progress: list[str] = []

        async def chunks(name: str) -> AsyncIterator[bytes]:
            yield b"x" * (LARGE_BODY + 1)
            progress.append(f"{name} goes on")
            await finish.wait()
            yield b"x"

        async def read(name: str) -> None:
            with suppress(InvalidResponse):
                await read_body(chunks(name), "", max_bytes, semaphore, truncate=False)
            progress.append(f"{name} ends")

        tasks = [asyncio.create_task(read(name)) for name in ("first", "second")]
        for _ in range(20):
            await asyncio.sleep(0)
        assert progress == ["first goes on"]
        finish.set()
        await asyncio.gather(*tasks)
        return progress

    assert run(scenario()) == ["first goes on", "first ends", "second goes on", "second ends"]
