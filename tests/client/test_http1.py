"""One connection, with a stream in memory: when it may be used again, and when it is made anew."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import httpcore
import pytest

from fedistats.client.http1 import Connection
from tests.hostile import answer

T = TypeVar("T")
LONG = 3600.0


class Stream(httpcore.AsyncNetworkStream):
    """Says what it was told to say, one piece at a time."""

    def __init__(self, *pieces: bytes, broken: bool = False) -> None:
        self.pieces = list(pieces)
        self.broken = broken
        self.hung_up = False
        self.closed = False
        self.asked = b""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self.pieces.pop(0) if self.pieces else b""

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self.asked += buffer
        if self.broken:
            raise httpcore.WriteError("the other end is closed")

    async def aclose(self) -> None:
        self.closed = True

    def get_extra_info(self, info: str) -> Any:
        return self.hung_up if info == "is_readable" else None


class Streams(httpcore.AsyncNetworkBackend):
    """One after the other."""

    def __init__(self, *streams: Stream) -> None:
        self.left = list(streams)

    async def connect_tcp(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        return self.left.pop(0)


def over(*streams: Stream, kept_open: float = LONG) -> Connection:
    origin = httpcore.Origin(b"http", b"social.example", 80)
    return Connection(origin, None, Streams(*streams), kept_open=kept_open)


def question(path: bytes = b"/page", method: str = "GET", **more: Any) -> httpcore.Request:
    url = httpcore.URL(scheme=b"http", host=b"social.example", port=80, target=path)
    headers = [(b"Host", b"social.example"), *more.pop("headers", [])]
    return httpcore.Request(method, url, headers=headers, extensions={"timeout": {"connect": 1.0}}, **more)


async def fetch(connection: Connection, path: bytes = b"/page", method: str = "GET", **more: Any) -> tuple[int, bytes]:
    """The status and the body."""
    head = await connection.handle_async_request(question(path, method, **more))
    try:
        return head.status, b"".join([piece async for piece in head.stream])
    finally:
        await head.stream.aclose()


def run(story: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(story)


def test_one_connection_carries_one_question_after_the_other() -> None:
    async def story() -> None:
        stream = Stream(answer(b"first"), answer(b"second"))
        connection = over(stream)
        assert await fetch(connection, b"/1") == (200, b"first")
        assert await fetch(connection, b"/2") == (200, b"second")
        assert stream.asked.startswith(b"GET /1 HTTP/1.1\r\nHost: social.example\r\n")
        assert b"GET /2 HTTP/1.1\r\n" in stream.asked

    run(story())


def test_a_question_may_bring_a_body() -> None:
    async def story() -> None:
        stream = Stream(answer())
        length = [(b"Content-Length", b"2")]
        await fetch(over(stream), method="POST", headers=length, content=b"{}")
        assert stream.asked == b"POST /page HTTP/1.1\r\nHost: social.example\r\nContent-Length: 2\r\n\r\n{}"

    run(story())


@pytest.mark.parametrize("more", [answer(b"not asked for"), b"nothing of HTTP"])
def test_bytes_that_nobody_asked_for_are_not_the_next_answer(more: bytes) -> None:
    async def story() -> None:
        first, second = Stream(answer(b"asked for") + more), Stream(answer(b"true"))
        connection = over(first, second)
        assert await fetch(connection) == (200, b"asked for")
        assert await fetch(connection) == (200, b"true")
        assert first.closed

    run(story())


def test_of_two_answers_to_one_question_the_first_is_read() -> None:
    async def story() -> None:
        both = Stream(answer(b"first", 404, X_Which="first") + answer(b"second", X_Which="second"))
        head = await over(both).handle_async_request(question())
        assert (head.status, dict(head.headers)[b"X-Which"]) == (404, b"first")
        assert [piece async for piece in head.stream] == [b"first"]

    run(story())


def test_what_follows_the_chunks_of_a_body_is_none_of_its_head() -> None:
    async def story() -> None:
        chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\nX-Trailer: 1\r\n\r\n"
        stream = Stream(chunks, answer(b"second"))
        connection = over(stream)
        head = await connection.handle_async_request(question())
        assert [piece async for piece in head.stream] == [b"[]"]
        assert [name for name, _ in head.headers] == [b"Transfer-Encoding"]
        await head.stream.aclose()
        assert await fetch(connection) == (200, b"second")

    run(story())


def test_a_connection_carries_any_number_of_answers_without_a_body() -> None:
    async def story() -> None:
        stream = Stream(*[answer(b"", 304, X_Long="x" * 50_000)] * 5)
        connection = over(stream)
        for _ in range(5):
            assert await fetch(connection) == (304, b"")

    run(story())


def test_a_body_of_no_told_length_ends_where_the_host_hangs_up() -> None:
    async def story() -> None:
        first, second = Stream(b"HTTP/1.1 200 OK\r\n\r\nwhat", b"ever"), Stream(answer(b"second"))
        connection = over(first, second)
        assert await fetch(connection) == (200, b"whatever")
        assert await fetch(connection) == (200, b"second")

    run(story())


def test_where_the_host_has_hung_up_meanwhile_the_next_question_goes_over_a_new_connection() -> None:
    async def story() -> None:
        first, second = Stream(answer(b"first")), Stream(answer(b"second"))
        connection = over(first, second)
        await fetch(connection)
        first.hung_up = True
        assert await fetch(connection) == (200, b"second")
        assert first.closed

    run(story())


def test_a_connection_that_lay_idle_too_long_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        loop, started = asyncio.get_running_loop(), asyncio.get_running_loop().time()
        first, second = Stream(answer(b"1"), answer(b"2"), answer(b"3")), Stream(answer(b"4"))
        connection = over(first, second, kept_open=10)
        for seconds, body in ((0, b"1"), (9, b"2"), (18, b"3"), (29, b"4")):
            monkeypatch.setattr(loop, "time", lambda seconds=seconds: started + seconds)
            assert await fetch(connection) == (200, body)
        assert first.closed

    run(story())


def test_where_the_host_says_close_the_connection_is_closed() -> None:
    async def story() -> None:
        first, second = Stream(answer(b"first", Connection="close")), Stream(answer(b"second"))
        connection = over(first, second)
        await fetch(connection)
        assert first.closed
        assert await fetch(connection) == (200, b"second")

    run(story())


def test_an_answer_that_nobody_reads_to_its_end_costs_its_connection() -> None:
    async def story() -> None:
        first, second = Stream(answer(b"x" * 1000)[:500]), Stream(answer(b"second"))
        connection = over(first, second)
        head = await connection.handle_async_request(question())
        await head.stream.aclose()
        assert first.closed
        assert await fetch(connection) == (200, b"second")

    run(story())


def test_who_answers_before_the_question_is_told_is_heard() -> None:
    async def story() -> None:
        assert await fetch(over(Stream(answer(b"too busy", 503), broken=True))) == (503, b"too busy")

    run(story())


def test_interim_answers_are_passed_over() -> None:
    async def story() -> None:
        hints = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n"
        head = await over(Stream(hints, hints + answer(b"here"))).handle_async_request(question())
        assert (head.status, [name for name, _ in head.headers]) == (200, [b"Content-Length"])
        assert [piece async for piece in head.stream] == [b"here"]

    run(story())


@pytest.mark.parametrize("pieces", [[], [b"HTTP/1.1 200 OK\r\nContent-Le"], [b"220 mail ready\r\n\r\n"]])
def test_no_answer_half_an_answer_and_what_is_no_http_are_errors_of_httpcore(pieces: list[bytes]) -> None:
    with pytest.raises(httpcore.RemoteProtocolError):
        run(fetch(over(Stream(*pieces))))


@pytest.mark.parametrize(
    "what",
    [
        {"headers": [(b"X-Two", b"lines\r\nX-Three: 3")]},
        {"headers": [(b"X-Null", b"\0")]},
        {"path": b"/page HTTP/1.1\r\nX-Two: 2"},
        {"path": b"/two words"},
        {"path": b""},
    ],
)
def test_a_question_that_http_does_not_know_is_not_sent(what: dict[str, Any]) -> None:
    stream = Stream(answer())
    with pytest.raises(httpcore.LocalProtocolError):
        run(fetch(over(stream), **what))
    assert stream.asked == b""
