"""The network: the only tests that know HTTP. Real sockets go to 127.0.0.1 alone, and an audit hook watches that."""

from __future__ import annotations

import asyncio
import gzip
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpcore
import httpx
import pytest
import respx

from fedistats.client import decompress
from fedistats.client.fetcher import Fetcher
from fedistats.client.responses import redirect_target as redirected
from fedistats.client.responses import sent_at
from fedistats.client.slots import KeyedSemaphore, network_of, registered_domain
from fedistats.client.user_agent import user_agent
from fedistats.errors import (
    AccessDenied,
    FedistatsError,
    FetchError,
    Gone,
    InvalidResponse,
    LocalError,
    Moved,
    NotFound,
    RateLimited,
    RequestLimitReached,
    RobotsDisallowed,
    Unreachable,
)
from fedistats.fetch import MIB, Request, Response
from fedistats.hosts import Host, Target
from fedistats.model import RateLimitState
from tests.hostile import FAULTS, OK, Hostile, Script, answer, bomb, drip, raw

T = TypeVar("T")
AGENT = user_agent("0.1.0", "me@example.org")
HOST = Host("social.example")
DIALLED: list[str] = []


def _watch(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(args[1], tuple):
        DIALLED.append(str(args[1][0]))


sys.addaudithook(_watch)


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    DIALLED.clear()
    yield
    assert all(address.startswith("127.") for address in DIALLED), f"dialled {set(DIALLED)}"


def run(story: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(story, 50))


@dataclass
class FakeClock:
    """Time passes only while somebody sleeps."""

    now: float = 1_795_000_000.0
    slept: list[float] = field(default_factory=list)
    meanwhile: Callable[[float], None] = lambda _seconds: None
    """What happens while somebody sleeps."""

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now - 1_794_000_000.0

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.meanwhile(seconds)
        wake = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, wake)


@dataclass
class Notebook:
    """A ledger in memory."""

    standings: dict[Host, RateLimitState] = field(default_factory=dict)

    def recall(self, host: Host) -> RateLimitState:
        return self.standings.get(host, RateLimitState())

    def note(self, host: Host, standing: RateLimitState) -> None:
        self.standings[host] = standing


def at_a_public_address(name: str, _port: int) -> list[str]:
    return ["127.0.0.1" if name == "127.0.0.1" else "93.184.216.34"]


def at_loopback(_name: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


def web(*starts: Target, **options: Any) -> Fetcher:
    return Fetcher(
        **{
            "agent": AGENT,
            "starts": starts,
            "clock": FakeClock(),
            "deadline": 0.5,
            "lookup": at_a_public_address,
            **options,
        }
    )


async def outcome(net: Fetcher, question: Request) -> str:
    try:
        return f"{len((await net.fetch(question)).body)} bytes"
    except FetchError as error:
        return f"{type(error).__name__} {error.reason}" if str(error).isprintable() else "an unprintable message"


async def asked(scripts: dict[str, Script], question: Callable[[Host], Request], **options: Any) -> tuple[str, Hostile]:
    async with Hostile(scripts) as server, web(server.start, **options) as net:
        return await outcome(net, question(server.host)), server


def page(host: Host) -> Request:
    return Request(host, "/page")


# -- faults of servers --


def test_enough_faults_are_tried() -> None:
    assert len(FAULTS) >= 30


@pytest.fixture(params=["zlib", "isal.isal_zlib"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both of what may unpack a body."""
    monkeypatch.setattr(decompress, "ENGINE", pytest.importorskip(request.param))


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_ends_in_one_of_our_errors(fault: str) -> None:
    script, expected = FAULTS[fault]
    found, _ = run(asked({"/page": script}, page))
    assert found in expected.split("|")


@pytest.mark.parametrize(
    "fault", ["not http at all", "silence", "dripping body", "gzip bomb", "br", "reset in the body", "no answer", "503"]
)
def test_after_a_fault_the_host_can_be_asked_again(fault: str) -> None:
    async def story() -> str:
        scripts = {"/page": FAULTS[fault][0], "/well": answer()}
        async with Hostile(scripts) as server, web(server.start) as net, net.visiting(server.host):
            await outcome(net, page(server.host))
            return await outcome(net, Request(server.host, "/well"))

    assert run(story()) == "2 bytes"


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\nContent-Length: 2\n\n[]",
        OK + b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked \r\n\r\n2 \r\n[]\r\n0\r\n\r\n",
        OK + b"Content-Encoding: identity \t\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.0 200 OK\r\n\r\n[]",
        OK + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n[]",
        OK + b"X-Odd: \xff\xfe\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 103 Early Hints\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\n[]",
        OK + b"Content-Type: text/html; charset=rot13\r\nContent-Length: 2\r\n\r\n[]",
    ],
)
def test_what_is_merely_odd_is_read(head: bytes) -> None:
    assert run(asked({"/page": raw(head)}, page))[0] == "2 bytes"


@pytest.mark.usefixtures("engine")
def test_a_body_of_several_gzip_members_is_read_whole() -> None:
    body = gzip.compress(b"[1,") + gzip.compress(b"2]") + b"rubbish"
    assert run(asked({"/page": answer(body, Content_Encoding="gzip")}, page))[0] == "5 bytes"


@pytest.mark.usefixtures("engine")
def test_a_body_of_just_the_most_bytes_is_read_and_one_more_is_not() -> None:
    def question(host: Host) -> Request:
        return Request(host, "/page", max_bytes=100_000)

    for length, expected in ((100_000, "100000 bytes"), (100_001, "InvalidResponse size")):
        for script in (answer(b"x" * length), answer(gzip.compress(b"x" * length), Content_Encoding="gzip")):
            assert run(asked({"/page": script}, question))[0] == expected


@pytest.mark.parametrize(
    ("fault", "tries"),
    [("503", 4), ("short body", 4), ("no answer", 3), ("silence", 2), ("dripping body", 1), ("br", 1), ("400", 1)],
)
def test_a_fault_is_tried_again_as_often_as_it_may_pass(fault: str, tries: int) -> None:
    _, server = run(asked({"/page": FAULTS[fault][0]}, page))
    assert server.targets().count("/page") == tries


def test_a_fault_that_passes_is_forgiven() -> None:
    async def story() -> Response:
        async with Hostile({"/page": answer(status=503)}) as server:

            def mend(_seconds: float) -> None:
                if len(server.asked) >= 3:
                    server.scripts["/page"] = answer(b"[1]")

            async with web(server.start, clock=FakeClock(meanwhile=mend)) as net:
                return await net.fetch(page(server.host))

    assert run(story()).body == b"[1]"


def test_a_port_where_nobody_listens_is_unreachable() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        host = Host(f"127.0.0.1:{unused.getsockname()[1]}")

        async def story() -> str:
            async with web(Target(host, "http", private=True)) as net:
                return await outcome(net, page(host))

        assert run(story()) == "Unreachable connect"


@pytest.mark.usefixtures("engine")
def test_hundreds_of_bombs_neither_fill_the_memory_nor_stop_the_loop() -> None:
    scripts: dict[str, Script] = {
        "/0": answer(bomb(256), Content_Encoding="gzip"),
        "/1": answer(bomb(16), Content_Encoding="gzip, gzip"),
        "/2": answer(bomb(16), Content_Encoding="br"),
        "/3": drip(OK + b"\r\n", b"[" * 65536),
        "/4": answer(gzip.compress(b"[]"), Content_Encoding="gzip"),
    }

    async def story() -> tuple[list[str], float]:
        worst, last = 0.0, time.thread_time()

        async def tick() -> None:
            nonlocal worst, last
            while True:
                await asyncio.sleep(0.005)
                worst, last = max(worst, time.thread_time() - last), time.thread_time()  # a busy machine does not count

        async with Hostile(scripts) as server:
            starts = [Target(Host(f"h{n}.desk:{server.port}"), "http", private=True) for n in range(60)]
            async with web(*starts, lookup=at_loopback, deadline=40.0, pace=0.0) as net:
                ticking = asyncio.create_task(tick())
                found = await asyncio.gather(
                    *(outcome(net, Request(start.host, f"/{k % 5}")) for k, start in enumerate(starts))
                )
                ticking.cancel()
        return found, worst

    tracemalloc.start()
    try:
        found, worst = run(story())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found[:5] == [
        "InvalidResponse size",
        "InvalidResponse encoding",
        "InvalidResponse encoding",
        "InvalidResponse size",
        "2 bytes",
    ]
    assert found == found[:5] * 12
    assert peak < 250 * MIB
    assert worst < 1.0


# -- what every request says --


def test_every_request_says_who_we_are_and_what_we_can_read_and_keeps_no_cookie() -> None:
    cookie = answer(Set_Cookie="id=1; Path=/", ETag='"1"')
    _, server = run(asked({"/robots.txt": answer(b"", Set_Cookie="a=b"), "/page": cookie}, page))
    run_twice = [asked.headers for asked in server.asked]
    assert server.targets() == ["/robots.txt", "/page"]
    for headers in run_twice:
        assert headers["user-agent"] == "fedistats/0.1.0 (+https://fedistats.example/about; me@example.org)"
        assert headers["accept-encoding"] == "gzip"
        assert not {"cookie", "authorization", "referer"} & headers.keys()
    assert run_twice[1]["accept"] == "application/json"


def test_no_cookie_comes_back_in_a_later_request() -> None:
    async def story() -> list[bool]:
        async with Hostile({"/page": answer(Set_Cookie="id=1; Path=/")}) as server, web(server.start) as net:
            async with net.visiting(server.host):
                await net.fetch(page(server.host))
                await net.fetch(page(server.host))
            return ["cookie" in asked.headers for asked in server.asked]

    assert run(story()) == [False, False, False]


@pytest.mark.parametrize("contact", [None, "", "me@example.org", "a\r\nX-Evil: 1", "(nested) \\ ü\x00", "x" * 500])
def test_a_user_agent_is_safe_in_a_header(contact: str | None) -> None:
    agent = user_agent("1.0", contact)
    assert agent.startswith("fedistats/1.0 (+https://")
    assert agent.isascii()
    assert agent.isprintable()
    assert agent.count("(") == agent.count(")") == 1
    assert len(agent) < 200
    assert not {"crawl", "bot"} & {word for word in ("crawl", "bot") if word in user_agent("1.0", None)}


def test_the_visit_of_a_host_keeps_one_connection_and_closes_it() -> None:
    async def story() -> tuple[int, int]:
        async with Hostile({"/page": answer(), "/gone": answer(status=404)}) as server, web(server.start) as net:
            async with net.visiting(server.host):
                for path in ("/page", "/gone", "/page"):
                    await outcome(net, Request(server.host, path))
            await asyncio.sleep(0.05)
            return server.connections, server.still_open()

    assert run(story()) == (1, 0)


# -- pace and patience --


def test_one_question_at_a_time_and_a_second_between_them() -> None:
    async def story() -> tuple[int, list[float]]:
        clock = FakeClock()
        async with Hostile({"/page": answer()}, slow=0.01) as server, web(server.start, clock=clock) as net:
            await asyncio.gather(*(net.fetch(page(server.host)) for _ in range(5)))
            return server.most, clock.slept

    most, slept = run(story())
    assert most == 1
    assert slept == pytest.approx([1.0] * 5)


def test_a_crawl_delay_slows_us_down() -> None:
    clock = FakeClock()
    robots = answer(b"User-agent: *\nCrawl-delay: 4")
    run(asked({"/robots.txt": robots, "/page": answer()}, page, clock=clock))
    assert clock.slept == pytest.approx([4.0])


def test_a_crawl_delay_of_minutes_is_a_no() -> None:
    found, server = run(asked({"/robots.txt": answer(b"User-agent: *\nCrawl-delay: 500"), "/page": answer()}, page))
    assert found == "RobotsDisallowed crawl-delay"
    assert server.targets() == ["/robots.txt"]


def test_a_429_is_waited_for_as_long_as_it_asks() -> None:
    async def story() -> tuple[str, list[float]]:
        async with Hostile({"/page": answer(status=429, Retry_After="42")}) as server:

            def mend(seconds: float) -> None:
                if seconds > 40:
                    server.scripts["/page"] = answer()

            clock = FakeClock(meanwhile=mend)
            async with web(server.start, clock=clock) as net:
                return await outcome(net, page(server.host)), clock.slept

    found, slept = run(story())
    assert found == "2 bytes"
    assert slept == pytest.approx([1.0, 42.0])


def test_a_host_that_only_answers_429_is_asked_four_times_and_put_off_and_remembered() -> None:
    async def story() -> tuple[list[str], Hostile, FakeClock, Notebook]:
        clock, rate_limits = FakeClock(), Notebook()
        async with Hostile({"/page": answer(status=429, Retry_After="60")}) as server:
            async with web(server.start, clock=clock, rate_limits=rate_limits) as net:
                found = [await outcome(net, page(server.host)) for _ in range(3)]
            return found, server, clock, rate_limits

    found, server, clock, rate_limits = run(story())
    assert found == ["RateLimited busy"] * 3
    assert server.targets() == ["/robots.txt", *["/page"] * 4]
    assert clock.slept == pytest.approx([1.0, 60.0, 60.0, 60.0])
    assert rate_limits.standings[server.host].not_before == pytest.approx(clock.now + 60)


def test_more_quiet_than_our_patience_is_not_waited_for() -> None:
    clock, rate_limits = FakeClock(), Notebook()
    found, server = run(
        asked({"/page": answer(status=429, Retry_After="901")}, page, clock=clock, rate_limits=rate_limits)
    )
    assert found == "RateLimited busy"
    assert clock.slept == pytest.approx([1.0])
    assert rate_limits.standings[server.host].not_before == pytest.approx(clock.now + 901)


def test_a_host_that_was_put_off_in_an_earlier_run_is_not_even_greeted() -> None:
    async def story() -> tuple[str, list[str]]:
        clock = FakeClock()
        async with Hostile({"/page": answer()}) as server:
            rate_limits = Notebook({server.host: RateLimitState(clock.now + 2000)})
            async with web(server.start, clock=clock, rate_limits=rate_limits) as net:
                return await outcome(net, page(server.host)), server.targets()

    assert run(story()) == ("RateLimited busy", [])


def test_none_left_makes_the_next_question_wait_for_the_reset() -> None:
    async def story() -> list[float]:
        clock = FakeClock()
        limits = answer(X_RateLimit_Remaining="0", X_RateLimit_Reset="7")
        async with Hostile({"/page": limits}) as server, web(server.start, clock=clock) as net:
            await net.fetch(page(server.host))
            await net.fetch(page(server.host))
        return clock.slept

    assert run(story()) == pytest.approx([1.0, 7.0])


def test_paging_is_counted_across_runs() -> None:
    async def story() -> tuple[list[float], int]:
        clock, rate_limits = FakeClock(), Notebook()
        question = (("max_id", "9"),)
        async with Hostile({"/page": answer()}) as server:
            for _ in range(2):
                async with (
                    web(server.start, clock=clock, rate_limits=rate_limits, pace=0.0) as net,
                    net.visiting(server.host),
                ):
                    for _ in range(151):
                        await net.fetch(Request(server.host, "/page", question))
            return clock.slept, len(rate_limits.standings[server.host].paging)

    slept, kept = run(story())
    assert sum(slept) == pytest.approx(900)
    assert kept <= 300


# -- robots.txt --


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (answer(b"", 404), "2 bytes"),
        (answer(b"", 410), "2 bytes"),
        (answer(b"", 400), "2 bytes"),
        (answer(b"", 451), "2 bytes"),
        (answer(b"", 401), "RobotsDisallowed robots"),
        (answer(b"", 403), "RobotsDisallowed robots"),
        (answer(b"", 429), "RateLimited busy"),
        (answer(b"", 500), "Unreachable error"),
        (answer(b"", 501), "Unreachable error"),
        (raw(b"", then="hang"), "Unreachable timeout"),
        (raw(b""), "Unreachable connect"),
        (answer(b"<!doctype html>\nUser-agent: *\nDisallow: /"), "2 bytes"),
        (answer(b"\xef\xbb\xbfUser-agent: *\nDisallow: /"), "RobotsDisallowed robots"),
        (answer(gzip.compress(b"User-agent: *\nDisallow: /"), Content_Encoding="gzip"), "RobotsDisallowed robots"),
        (answer(b"User-agent: *\nDisallow: /*?limit="), "RobotsDisallowed robots"),
        (answer(b"User-agent: *\nDisallow: /*?max_id="), "2 bytes"),
        (answer(b"User-agent: *\nDisallow: /\n" + b"#" * 600_000), "RobotsDisallowed robots"),
        (answer(b"#" * 600_000 + b"\nUser-agent: *\nDisallow: /\n"), "2 bytes"),
        (drip(OK + b"\r\n", b"Disallow: /\n" * 5000), "2 bytes"),
        (answer(bomb(), Content_Encoding="gzip"), "2 bytes"),
        (answer(b"", 301, Location="/other.txt"), "RobotsDisallowed robots"),
        (answer(b"", 301, Location="https://www.other.example/robots.txt"), "2 bytes"),
        (answer(b"", 301, Location="/robots.txt"), "2 bytes"),
        (answer(b"", 302, Location="http://169.254.169.254/robots.txt"), "2 bytes"),
    ],
)
def test_robots_txt_is_asked_first_and_heeded(script: Script, expected: str) -> None:
    scripts = {
        "/robots.txt": script,
        "/page": answer(),
        "/other.txt": answer(b"User-agent: fedistats\nDisallow: /page"),
    }
    found, server = run(asked(scripts, lambda host: Request(host, "/page", (("limit", "40"),))))
    assert found == expected
    assert server.targets()[0] == "/robots.txt"
    assert ("/page?limit=40" in server.targets()) == (expected == "2 bytes")


def test_robots_txt_is_asked_once_in_a_run_even_where_it_could_not_be_read() -> None:
    async def story(script: Script) -> list[str]:
        async with Hostile({"/robots.txt": script, "/page": answer()}) as server, web(server.start) as net:
            for _ in range(3):
                await outcome(net, page(server.host))
            return server.targets()

    assert run(story(answer(b"", 404))).count("/robots.txt") == 1
    assert run(story(answer(b"", 403))).count("/robots.txt") == 1
    assert run(story(answer(b"", 500))).count("/robots.txt") == 4


def test_a_redirect_leads_nowhere_that_robots_txt_forbids() -> None:
    scripts: dict[str, Script] = {
        "/robots.txt": answer(b"User-agent: *\nDisallow: /private"),
        "/page": answer(b"", 302, Location="/private"),
        "/private": answer(),
    }
    found, server = run(asked(scripts, page))
    assert found == "RobotsDisallowed robots"
    assert "/private" not in server.targets()


# -- redirects --

LOCATIONS = {
    "/b": "same /b",
    "b": "same /a/b",
    "?x=1": "same /a/page?x=1",
    "/b?x=1#y": "same /b?x=1",
    "https://social.example/b": "same /b",
    "HTTPS://Social.Example/b": "same /b",
    "https://social.example:443/b": "same /b",
    "https://social.example./b": "same /b",
    "//social.example/b": "same /b",
    "https://social.example": "same /",
    "../../b": "same /b",
    "https://www.social.example/b": "other www.social.example",
    "https://OTHER.example": "other other.example",
    "//other.example/b": "other other.example",
    "https://bücher.example/": "refused",
    "https://xn--bcher-kva.example/": "other xn--bcher-kva.example",
    "http://social.example/b": "refused",
    "http://other.example/": "refused",
    "https://social.example:8443/b": "refused",
    "https://other.example:8443/b": "refused",
    "https://other.example:80/b": "refused",
    "https://user@social.example/b": "refused",
    "https://user:pw@other.example/b": "refused",
    "https://social.example@127.0.0.1/": "refused",
    "https://127.0.0.1/": "refused",
    "https://127.1/": "refused",
    "https://0x7f000001/": "refused",
    "https://2130706433/": "refused",
    "https://[::1]/": "refused",
    "https://[::1": "refused",
    "https://169.254.169.254/latest/meta-data/": "refused",
    "https://localhost/": "refused",
    "https://printer.local/": "refused",
    "//127.0.0.1/": "refused",
    "https://other.example:99999/": "refused",
    "https://other.example\\@127.0.0.1/": "refused",
    "https://other.example\t/": "refused",
    "https://other.example%2f127.0.0.1/": "refused",
    "javascript:alert(1)": "refused",
    "file:///etc/passwd": "refused",
    "ftp://other.example/": "refused",
    "data:,x": "refused",
    "gopher://social.example/": "refused",
    "": "refused",
    " ": "refused",
    "https://": "same /a/page",
    "https:///b": "same /b",
}


def test_enough_redirects_are_tried() -> None:
    assert len(LOCATIONS) >= 38


@pytest.mark.parametrize("location", LOCATIONS)
def test_where_a_redirect_leads(location: str) -> None:
    try:
        scheme, host, target = redirected("https", HOST, "/a/page", location)
    except InvalidResponse as error:
        found = "refused" if error.reason == "redirect" else error.reason
    else:
        assert scheme == "https"
        found = f"same {target}" if host == HOST else f"other {host}"
    assert found == LOCATIONS[location]


def test_only_a_plain_http_start_may_go_on_without_tls() -> None:
    desk = Host("127.0.0.1:3000")
    assert redirected("http", desk, "/", "/b") == ("http", desk, "/b")
    assert redirected("http", desk, "/", "https://127.0.0.1:3000/b") == ("https", desk, "/b")
    assert redirected("http", HOST, "/", "https://social.example/b") == ("https", HOST, "/b")
    with pytest.raises(InvalidResponse):
        redirected("http", desk, "/", "http://127.0.0.1:22/")


def test_redirects_on_the_same_host_are_followed_three_times() -> None:
    scripts: dict[str, Script] = {f"/{n}": answer(b"", 302, Location=f"/{n + 1}?x={n}") for n in range(4)}
    scripts["/4"] = answer()
    found, server = run(asked(scripts, lambda host: Request(host, "/1")))
    assert found == "2 bytes"
    assert server.targets() == ["/robots.txt", "/1", "/2?x=1", "/3?x=2", "/4?x=3"]
    assert run(asked(scripts, lambda host: Request(host, "/0")))[0] == "InvalidResponse redirect"


def test_every_location_of_a_stranger_leads_to_no_dial_but_its_own() -> None:
    async def story() -> None:
        scripts: dict[str, Script] = {
            f"/{n}": answer(b"", 301, Location=where)
            for n, where in enumerate(LOCATIONS)
            if where.isascii() and "\t" not in where
        }
        async with Hostile(scripts) as server, web(server.start) as net:
            for path in scripts:
                assert "bytes" not in await outcome(net, Request(server.host, path))
            assert set(DIALLED) == {"127.0.0.1"}
            assert {asked.headers["host"] for asked in server.asked} == {server.host}

    run(story())


# -- public hosts, behind a mocked HTTP --


def mocked(
    routes: dict[str, httpx.Response], question: Request, **options: Any
) -> tuple[Response | FedistatsError, list[str]]:
    """The answer or error; and the URLs asked for. Whatever has no route answers 404."""

    async def story() -> tuple[Response | FedistatsError, list[str]]:
        with respx.mock(assert_all_called=False) as router:
            for url, response in routes.items():
                router.get(url).mock(return_value=response)
            rest = router.route().respond(404)
            assert rest is not None
            async with web(**options) as net:
                try:
                    return await net.fetch(question), [str(call.request.url) for call in router.calls]
                except FedistatsError as error:
                    return error, [str(call.request.url) for call in router.calls]

    return run(story())


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, AccessDenied), (403, AccessDenied), (418, AccessDenied), (422, AccessDenied), (451, AccessDenied), (404, NotFound),
        (405, NotFound), (501, NotFound),
        (410, Gone), (400, InvalidResponse), (406, InvalidResponse), (409, InvalidResponse), (201, InvalidResponse), (500, Unreachable),
        (502, Unreachable), (520, Unreachable),
    ],
)  # fmt: skip
def test_a_status_is_the_error_that_its_caller_reacts_to(status: int, expected: type[FetchError]) -> None:
    found, _ = mocked({"https://social.example/page": httpx.Response(status, html="<p>no")}, page(HOST))
    assert type(found) is expected


def test_a_public_host_is_asked_over_https_with_the_question_as_it_stands() -> None:
    routes = {"https://social.example/api?limit=40&q=a%26b": httpx.Response(200, content=b"[1]")}
    found, urls = mocked(routes, Request(HOST, "/api", (("limit", "40"), ("q", "a&b"))))
    assert found == Response(b"[1]", HOST)
    assert urls == ["https://social.example/robots.txt", "https://social.example/api?limit=40&q=a%26b"]


@pytest.mark.parametrize("host", ["xn--go8h.example", "xn--i-7iq.ws", "a_b.example", "social.example:4443"])
def test_names_that_a_strict_library_would_refuse_can_be_asked(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    async def story() -> list[str]:
        async with Hostile() as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
            async with web() as net:
                await outcome(net, page(Host(host)))
            return proxy.targets()

    assert run(story())[0] == (host if ":" in host else f"{host}:443")


def test_a_host_that_moved_is_a_finding_and_nothing_is_asked_there() -> None:
    routes = {"https://social.example/page": httpx.Response(301, headers={"Location": "https://new.example/page"})}
    found, urls = mocked(routes, page(HOST))
    assert isinstance(found, Moved)
    assert found.to == "new.example"
    assert not [url for url in urls if "new.example" in url]


def test_host_meta_may_lead_to_the_host_of_the_api_whose_robots_txt_is_asked_first() -> None:
    routes = {
        "https://social.example/.well-known/host-meta": httpx.Response(
            301, headers={"Location": "https://api.social.example/.well-known/hm"}
        ),
        "https://api.social.example/.well-known/hm": httpx.Response(200, content=b"<XRD/>"),
    }
    question = Request(HOST, "/.well-known/host-meta", allow_delegation=True)
    found, urls = mocked(routes, question)
    assert found == Response(b"<XRD/>", Host("api.social.example"))
    assert urls[2:] == ["https://api.social.example/robots.txt", "https://api.social.example/.well-known/hm"]
    routes["https://api.social.example/robots.txt"] = httpx.Response(200, text="User-agent: *\nDisallow: /")
    found, urls = mocked(routes, question)
    assert isinstance(found, RobotsDisallowed)
    assert "https://api.social.example/.well-known/hm" not in urls


def test_two_hosts_that_delegate_to_each_other_end() -> None:
    routes = {
        f"https://{here}.example/.well-known/hm": httpx.Response(
            302, headers={"Location": f"https://{there}.example/.well-known/hm"}
        )
        for here, there in ("ab", "ba")
    }
    found, urls = mocked(routes, Request(Host("a.example"), "/.well-known/hm", allow_delegation=True))
    assert isinstance(found, InvalidResponse)
    assert sum("/hm" in url for url in urls) == 4


def test_a_path_that_would_change_the_host_is_not_asked() -> None:
    found, urls = mocked({}, Request(HOST, ".evil.example/page"))
    assert isinstance(found, InvalidResponse)
    assert not [url for url in urls if "evil" in url]


@pytest.mark.parametrize(
    "error",
    [
        httpcore.ConnectError("x"), httpcore.ConnectTimeout("x"), httpcore.ReadError("x"), httpcore.ReadTimeout("x"),
        httpcore.WriteError("x"), httpcore.WriteTimeout("x"), httpcore.PoolTimeout("x"), httpcore.RemoteProtocolError("x"),
        httpcore.LocalProtocolError("x"), httpcore.UnsupportedProtocol("x"), httpcore.ProxyError("x"),
        httpcore.ConnectionNotAvailable("x"), OSError(5, "x"), ValueError("x"), UnicodeError("x"),
    ],
)  # fmt: skip
def test_no_error_of_a_library_gets_out(error: Exception) -> None:
    async def story() -> str:
        with respx.mock() as router:
            router.route().mock(side_effect=error)
            async with web() as net:
                return await outcome(net, page(HOST))

    assert run(story()).split()[0] in ("Unreachable", "InvalidResponse")


# -- names and addresses --


class Resolver:
    """A nameserver that answers a name differently each time."""

    def __init__(self, *answers: list[str] | OSError) -> None:
        self.answers = list(answers)
        self.times = 0

    def __call__(self, _name: str, _port: int) -> list[str]:
        found = self.answers[min(self.times, len(self.answers) - 1)]
        self.times += 1
        if isinstance(found, OSError):
            raise found
        return found


def dials(monkeypatch: pytest.MonkeyPatch, fate: Exception | None = None) -> list[str]:
    """The addresses that would be dialled; each dial fails."""
    seen: list[str] = []

    async def connect(_self: object, address: str, *_rest: Any) -> httpcore.AsyncNetworkStream:
        seen.append(address)
        raise httpcore.ConnectError("refused") from (fate or ConnectionRefusedError(111, "refused"))

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect)
    return seen


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["::1"], ["93.184.216.34", "127.0.0.1"],
    ["127.0.0.1", "93.184.216.34"], ["::ffff:10.0.0.1"],
     ["64:ff9b::7f00:1"], ["fe80::1%eth0"], ["93.184.216.34", "fd00::1"]],
)  # fmt: skip
def test_a_name_with_any_address_that_is_not_public_is_not_dialled(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    seen = dials(monkeypatch)

    async def story() -> str:
        async with web(lookup=Resolver(addresses)) as net:
            return await outcome(net, page(HOST))

    assert run(story()) == "Unreachable address"
    assert seen == []


def test_a_name_that_changes_its_address_is_dialled_where_it_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = dials(monkeypatch)
    resolver = Resolver(["93.184.216.34"], ["127.0.0.1"])

    async def story() -> None:
        async with web(lookup=resolver, pace=0.0) as net:
            for k in range(100):
                async with net.visiting(Host(f"h{k}.example")):
                    resolver.times = 0
                    assert (await outcome(net, page(Host(f"h{k}.example")))).startswith("Unreachable")

    run(story())
    assert seen
    assert "127.0.0.1" not in seen


def test_a_public_name_is_not_private_because_another_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = dials(monkeypatch)

    async def story() -> str:
        async with web(Target(Host("127.0.0.1:3000"), "http", private=True), lookup=at_loopback) as net:
            return await outcome(net, page(HOST))

    assert run(story()) == "Unreachable address"
    assert seen == []


def test_all_addresses_of_a_host_are_tried_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = dials(monkeypatch)

    async def story() -> str:
        async with web(lookup=Resolver(["93.184.216.34", "1.1.1.1", "2606:4700::1111"])) as net:
            return await outcome(net, page(HOST))

    assert run(story()) == "Unreachable connect"
    assert seen[:3] == ["93.184.216.34", "1.1.1.1", "2606:4700::1111"]


# -- theirs or ours --


@pytest.mark.parametrize("number", [24, 23, 12, 105, 99, 100])  # EMFILE ENFILE ENOMEM ENOBUFS EADDRNOTAVAIL ENETDOWN
def test_what_is_wrong_with_us_is_blamed_on_no_host(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    dials(monkeypatch, OSError(number, "ours"))

    async def story() -> None:
        async with web() as net:
            with pytest.raises(LocalError):
                await net.fetch(page(HOST))

    run(story())


def test_no_route_to_anybody_is_our_trouble_and_no_route_to_one_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(*before: str) -> str:
        async with web(pace=0.0) as net:
            for host in before:
                await outcome(net, page(Host(host)))
            dials(monkeypatch, OSError(101, "Network is unreachable"))
            return await outcome(net, page(HOST))

    with pytest.raises(LocalError):
        run(story())
    dials(monkeypatch)
    assert run(story("well.example")) == "Unreachable connect"


def test_no_ipv6_here_says_nothing_about_the_rest_of_our_network(monkeypatch: pytest.MonkeyPatch) -> None:
    dials(monkeypatch, OSError(101, "Network is unreachable"))

    async def story() -> str:
        async with web(lookup=Resolver(["2606:4700::1111"])) as net:
            return await outcome(net, page(HOST))

    assert run(story()) == "Unreachable connect"


NO_NAME = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
AGAIN = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


def test_a_name_that_does_not_exist_is_its_own_fault() -> None:
    async def story() -> str:
        async with web(lookup=Resolver(NO_NAME)) as net:
            return await outcome(net, page(HOST))

    assert run(story()) == "Unreachable dns"


def test_no_nameserver_at_all_is_our_trouble() -> None:
    async def story() -> None:
        async with web(lookup=Resolver(AGAIN)) as net:
            with pytest.raises(LocalError):
                await net.fetch(page(HOST))

    run(story())


def test_when_nearly_all_look_ups_fail_it_is_us_and_when_few_do_it_is_them() -> None:
    async def story(share: int) -> list[str]:
        def lookup(name: str, _port: int) -> list[str]:
            if int(name[1:].partition(".")[0]) % 10 < share:
                raise AGAIN
            raise NO_NAME

        found = []
        async with web(lookup=lookup) as net:
            for k in range(99, -1, -1):
                try:
                    found.append(await outcome(net, page(Host(f"h{k}.example"))))
                except LocalError:
                    found.append("ours")
        return found

    assert set(run(story(5))) == {"Unreachable dns"}
    assert run(story(9))[55:].count("ours") >= 30


def test_in_doubt_a_name_that_was_found_before_decides() -> None:
    def lookup(name: str, _port: int) -> list[str]:
        if name == "known.example" and not broken:
            return ["127.0.0.1"]
        raise AGAIN

    async def story() -> list[str]:
        found = []
        async with web(Target(Host("known.example:9"), "http", private=True), lookup=lookup) as net:
            await outcome(net, page(Host("known.example:9")))
            for k in range(200):
                if k == 100:
                    broken.append(True)
                try:
                    found.append(await outcome(net, page(Host(f"h{k}.example"))))
                except LocalError:
                    found.append("ours")
        return found

    broken: list[bool] = []
    found = run(story())
    assert set(found[:100]) == {"Unreachable dns"}
    assert found[-1] == "ours"


def test_without_descriptors_no_name_is_called_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        async with web(lookup=Resolver(NO_NAME)) as net:

            def full(*_args: Any, **_options: Any) -> socket.socket:
                raise OSError(24, "Too many open files")

            monkeypatch.setattr("fedistats.client.dns.socket.socket", full)
            with pytest.raises(LocalError):
                await net.fetch(page(HOST))
            monkeypatch.undo()

    run(story())


def test_dead_names_lose_no_healthy_host_and_hold_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fedistats.client.slots.MAX_VISITS_PER_ADDRESS", 1000)
    hung = threading.Event()

    def lookup(name: str, _port: int) -> list[str]:
        kind = int(name[1:].partition(".")[0]) % 4
        if kind == 0:
            raise NO_NAME
        if kind == 2:
            hung.wait(10)
        return ["127.0.0.1"]

    async def story(names: list[int]) -> tuple[list[str], float]:
        async with Hostile({"/page": answer()}, slow=0.02) as server:
            starts = [Target(Host(f"h{n}.example:{server.port}"), "http", private=True) for n in names]

            async def visit(net: Fetcher, host: Host) -> str:
                async with net.visiting(host):
                    return await outcome(net, page(host))

            began = time.perf_counter()
            async with web(*starts, lookup=lookup, pace=0.0, concurrency=100, deadline=3.0) as net:
                return await asyncio.gather(*(visit(net, start.host) for start in starts)), time.perf_counter() - began

    try:
        alone, base = run(story([n for n in range(1000) if n % 2]))
        found, took = run(story(list(range(1000))))
    finally:
        hung.set()
    assert set(alone) == {"2 bytes"}
    assert {found[n] for n in range(1000) if n % 2} == {"2 bytes"}
    assert {found[n] for n in range(0, 1000, 2)} == {"Unreachable dns"}
    assert (
        took < 3 * base + 8
    )  # a hanging name takes 3 s here; if 250 of them held up one another, it would be 12 s and more


# -- places --


def test_a_flood_of_subdomains_ends_after_twenty_names() -> None:
    net = web()
    admitted = [net.allows(Host(f"x{n}.flood.example")) for n in range(1000)]
    assert sum(admitted) == 20
    assert net.allows(Host("x0.flood.example"))
    assert not net.allows(Host("flood.example"))
    assert net.allows(Host("other.example"))


def test_a_visit_beyond_the_twenty_asks_nothing() -> None:
    async def story() -> tuple[int, str]:
        async with web() as net:
            with respx.mock(assert_all_called=False) as router:
                router.route().respond(404)
                for n in range(30):
                    async with net.visiting(Host(f"x{n}.flood.example")):
                        found = await outcome(net, page(Host(f"x{n}.flood.example")))
                return len({call.request.url.host for call in router.calls}), found

    assert run(story()) == (20, "Unreachable crowd")


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("social.example", "social.example"), ("a.b.social.example", "social.example"), ("a.co.uk", "a.co.uk"), ("x.a.co.uk", "a.co.uk"),
        ("one.masto.host", "one.masto.host"), ("one.github.io", "one.github.io"), ("a.social.example:4443", "social.example"),
    ],
)  # fmt: skip
def test_who_owns_a_name(host: str, domain: str) -> None:
    assert registered_domain(Host(host)) == domain


def test_one_machine_has_many_ipv6_addresses() -> None:
    assert network_of("2606:4700::1") == network_of("2606:4700:0:0:ffff::2")
    assert network_of("2606:4700::1") != network_of("2606:4700:0:1::1")
    assert network_of("1.1.1.1") != network_of("1.1.1.2")


@dataclass
class Crowd:
    """How many are inside at once."""

    inside: int = 0
    most: int = 0

    async def stay(self, net: Fetcher, host: Host) -> None:
        async with net.visiting(host):
            self.inside += 1
            self.most = max(self.most, self.inside)
            await asyncio.sleep(0.002)
            self.inside -= 1


@pytest.mark.parametrize(
    ("names", "lookup", "most"),
    [
        ("h{}.example", lambda name, _port: [f"93.184.{int(name[1:].partition('.')[0])}.1"], 7),
        ("h{}.farm.example", lambda name, _port: [f"93.184.{int(name[1:].partition('.')[0])}.1"], 2),
        ("h{}.example", at_a_public_address, 4),
    ],
)
def test_few_at_once_in_all_of_one_domain_and_at_one_address(
    names: str, lookup: Callable[[str, int], list[str]], most: int
) -> None:
    async def story() -> int:
        crowd = Crowd()
        async with web(lookup=lookup, concurrency=7) as net:
            await asyncio.gather(*(crowd.stay(net, Host(names.format(n))) for n in range(40)))
        return crowd.most

    assert run(story()) == most


def test_whoever_waits_long_for_one_host_leaves_its_place_to_others() -> None:
    async def story() -> list[str]:
        order: list[str] = []
        wake = asyncio.Event()

        class Slow(FakeClock):
            async def sleep(self, seconds: float) -> None:
                if seconds > 100:
                    order.append("waits")
                    await wake.wait()
                await super().sleep(seconds)

        async with (
            Hostile({"/page": answer(status=429, Retry_After="200")}) as busy,
            Hostile({"/page": answer()}) as well,
            web(busy.start, well.start, concurrency=1, clock=Slow()) as net,
        ):

            async def visit(server: Hostile, name: str) -> None:
                async with net.visiting(server.host):
                    order.append(f"{name} {await outcome(net, page(server.host))}")

            first = asyncio.create_task(visit(busy, "busy"))
            while "waits" not in order:
                await asyncio.sleep(0.001)
            await visit(well, "well")
            busy.scripts["/page"] = answer()
            wake.set()
            await first
        return order

    assert run(story()) == ["waits", "well 2 bytes", "busy 2 bytes"]


def test_cancelled_visits_leave_no_place_taken_and_no_connection_open() -> None:
    async def visit(net: Fetcher, host: Host) -> None:
        async with net.visiting(host):
            await net.fetch(page(host))

    async def story() -> int:
        scripts = {"/page": raw(b"", then="hang"), "/well": answer()}
        async with Hostile(scripts) as server, web(server.start, concurrency=2, deadline=30.0, pace=0.0) as net:
            for k in range(200):
                tasks = [asyncio.create_task(visit(net, server.host)) for _ in range(5)]
                await asyncio.sleep(0.001 * (k % 4))
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            async with net.visiting(server.host):
                assert await outcome(net, Request(server.host, "/well")) == "2 bytes"
            assert not any(
                turns._queues
                for turns in (net._slots._visits, net._slots._domains, net._slots._lookups, net._slots._addresses)
            )
            await asyncio.sleep(0.1)
            return server.still_open()

    assert run(story()) == 0


def test_a_turn_that_came_in_the_moment_of_cancelling_is_passed_on() -> None:
    async def story() -> None:
        turns = KeyedSemaphore(1)
        await turns.acquire()
        first, second = asyncio.create_task(turns.acquire()), asyncio.create_task(turns.acquire())
        await asyncio.sleep(0)
        turns.release()
        first.cancel()
        await asyncio.wait_for(second, 1)

    run(story())


def test_who_comes_back_goes_before_who_comes_new() -> None:
    async def story() -> list[str]:
        turns, order = KeyedSemaphore(1), list[str]()
        await turns.acquire()

        async def come(name: str, *, back: bool) -> None:
            await turns.acquire(returning=back)
            order.append(name)
            turns.release()

        tasks = [asyncio.create_task(come("new", back=False)), asyncio.create_task(come("back", back=True))]
        await asyncio.sleep(0)
        turns.release()
        await asyncio.gather(*tasks)
        return order

    assert run(story()) == ["back", "new"]


# -- proxies and certificates --


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_the_proxy_of_the_environment_is_used_and_does_the_looking_up(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    async def story() -> tuple[str, list[str]]:
        async with Hostile({"social.example:443": answer(b"", 502)}) as proxy:
            monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
            async with web(lookup=Resolver(NO_NAME)) as net:
                return await outcome(net, page(HOST)), proxy.targets()

    assert run(story()) == ("Unreachable connect", ["social.example:443"] * 3)


def test_no_proxy_is_heeded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "social.example")

    async def story() -> str:
        async with web(lookup=Resolver(NO_NAME)) as net:
            return await outcome(net, page(HOST))

    assert run(story()) == "Unreachable dns"


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "socks5://127.0.0.1:9", "http://[::1", "nonsense://x"])
def test_a_proxy_that_cannot_be_used_is_our_trouble(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)

    async def story() -> None:
        async with web() as net:
            with pytest.raises(LocalError):
                await net.fetch(page(HOST))

    run(story())


def test_a_proxy_that_wants_a_password_is_our_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        async with Hostile({"social.example:443": answer(b"", 407)}) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
            async with web() as net:
                with pytest.raises(LocalError):
                    await net.fetch(page(HOST))

    run(story())


def test_certificates_that_cannot_be_read_are_our_trouble(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))

    async def story() -> None:
        async with web() as net:
            with pytest.raises(LocalError, match="SSL_CERT_FILE"):
                await net.fetch(page(HOST))

    run(story())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, pem = folder / "key.pem", folder / "cert.pem"
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=x",
    ]
    names = ["-addext", "subjectAltName=DNS:good.example"]
    try:
        subprocess.run([*made, *names, "-keyout", key, "-out", pem], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no openssl command here")
    return key, pem


@pytest.mark.parametrize(
    ("name", "trusted", "expected"),
    [
        ("good.example", True, "2 bytes"),
        ("bad.example", True, "Unreachable tls"),
        ("good.example", False, "Unreachable tls"),
    ],
)
def test_a_certificate_is_that_of_the_name_though_the_address_is_dialled(
    monkeypatch: pytest.MonkeyPatch, certificate: tuple[Path, Path], name: str, trusted: bool, expected: str
) -> None:
    import ssl

    key, pem = certificate
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    context.set_alpn_protocols(["h2", "http/1.1"])
    hosts: list[str] = []
    agreed: set[str | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        agreed.add(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        with suppress(asyncio.IncompleteReadError, OSError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                hosts.append(head.decode().partition("Host: ")[2].partition("\r\n")[0])
                writer.write(answer(b"", 404) if b"/robots.txt" in head else answer())
        writer.transport.abort()

    async def story() -> str:
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        host = Host(f"{name}:{port}")
        async with server, web(Target(host, "https", private=True), lookup=at_loopback, deadline=5.0) as net:
            found = await outcome(net, page(host))
        await asyncio.sleep(0.02)  # for connections to be gone before the loop is
        assert set(hosts) <= {host}
        assert agreed <= {"http/1.1"}
        return found

    assert run(story()) == expected


def test_plain_http_where_tls_is_due_is_no_secure_connection() -> None:
    async def story() -> str:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1)
            writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        host = Host(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
        async with server, web(Target(host, "https", private=True), deadline=3.0) as net:
            return await outcome(net, page(host))

    assert run(story()) == "Unreachable tls"


def test_busy_says_from_when_on_the_host_may_be_asked() -> None:
    async def story() -> float:
        clock = FakeClock()
        async with (
            Hostile({"/page": answer(status=429, Retry_After="5000")}) as server,
            web(server.start, clock=clock) as net,
        ):
            with pytest.raises(RateLimited) as caught:
                await net.fetch(page(server.host))
        return caught.value.until - clock.now

    assert run(story()) == pytest.approx(5000)


# -- questions with a body ---------------------------------------------------------------------------------------------


def test_a_question_with_a_body_is_a_post_of_it() -> None:
    async def story() -> None:
        scripts: dict[str, Script] = {"/api/notes": answer(b"[1]"), "/page": answer()}
        async with Hostile(scripts) as server, web(server.start) as net, net.visiting(server.host):
            found = await net.fetch(Request(server.host, "/api/notes", json=b'{"limit": 5}'))
            assert found.body == b"[1]"
            await net.fetch(page(server.host))
            assert [(asked.method, asked.target, asked.body) for asked in server.asked] == [
                ("GET", "/robots.txt", b""),
                ("POST", "/api/notes", b'{"limit": 5}'),
                ("GET", "/page", b""),
            ]
            assert server.asked[1].headers["content-type"] == "application/json"
            assert server.connections == 1

    run(story())


def test_a_post_is_forbidden_by_robots_as_all_else_is() -> None:
    async def story() -> None:
        scripts: dict[str, Script] = {"/robots.txt": answer(b"User-agent: *\nDisallow: /api/"), "/api/notes": answer()}
        async with Hostile(scripts) as server, web(server.start) as net:
            assert await outcome(net, Request(server.host, "/api/notes", json=b"{}")) == "RobotsDisallowed robots"
            assert server.targets() == ["/robots.txt"]

    run(story())


def test_a_post_that_failed_is_put_again_as_it_was() -> None:
    async def story() -> None:
        async with Hostile({"/api/notes": answer(status=503)}) as server, web(server.start) as net:
            assert await outcome(net, Request(server.host, "/api/notes", json=b"{}")) == "Unreachable error"
            assert {(asked.method, asked.body) for asked in server.asked[1:]} == {("POST", b"{}")}
            assert len(server.asked) == 5

    run(story())


def gate(asked: Callable[[], str]) -> Script:
    """A server that looks at the User-Agent: 418 for none, 400 for one that crawls, or that names no page about itself."""

    async def play(writer: asyncio.StreamWriter) -> None:
        agent = asked()
        status = 418 if not agent else 400 if "crawl" in agent.lower() or "https://" not in agent else 200
        writer.write(answer(b"[]", status))
        await writer.drain()

    return play


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        (user_agent("0.1.0", None), "2 bytes"),
        (user_agent("0.1.0", "me@example.org"), "2 bytes"),
        ("", "AccessDenied closed"),
        ("python-httpx/0.28", "InvalidResponse refused"),
        ("my-crawler (+https://example.org)", "InvalidResponse refused"),
    ],
)
def test_our_name_is_one_that_picky_servers_let_in(agent: str, expected: str) -> None:
    async def story() -> str:
        server = Hostile()
        server.scripts["/page"] = gate(lambda: server.asked[-1].headers.get("user-agent", ""))
        async with server, web(server.start, agent=agent) as net:
            return await outcome(net, page(server.host))

    assert run(story()) == expected


@pytest.mark.parametrize(
    "link",
    [
        '<http://127.0.0.1:1/api/v1/timelines/public?max_id=>; rel="next"',
        '<https://evil.example/next>; rel="next"',
        '</page?max_id=1>; rel="next", </page?max_id=1>; rel="next"',
        "<javascript:alert(1)>; REL=next",
    ],
)
def test_a_link_to_the_next_page_is_never_followed(link: str) -> None:
    async def story() -> None:
        async with Hostile({"/page": answer(Link=link)}) as server, web(server.start) as net:
            assert await outcome(net, page(server.host)) == "2 bytes"
            assert server.targets() == ["/robots.txt", "/page"]

    run(story())


# -- our own tokens ----------------------------------------------------------------------------------------------------

SECRET = "s3cret-Of-Mine"


def sent(routes: dict[str, httpx.Response], questions: list[Request], **options: Any) -> list[tuple[str, str]]:
    """(URL, Authorization) of every request."""

    async def story() -> list[tuple[str, str]]:
        with respx.mock(assert_all_called=False) as router:
            for url, response in routes.items():
                router.route(url=url).mock(return_value=response)
            router.route().respond(404)
            async with web(**options) as net:
                for question in questions:
                    with suppress(FedistatsError):
                        await net.fetch(question)
            return [(str(call.request.url), call.request.headers.get("authorization", "")) for call in router.calls]

    return run(story())


def test_a_token_reaches_its_own_host_alone_and_only_its_api() -> None:
    others = [Host("other.example"), Host("x.social.example"), Host("social.example:4443"), Host("example")]
    questions = [Request(host, "/api/v1/x") for host in [HOST, *others]]
    questions += [
        Request(HOST, "/.well-known/host-meta", allow_delegation=True),
        Request(HOST, "/.well-known/nodeinfo"),
    ]
    found = sent({}, questions, tokens={HOST: SECRET})
    assert [url for url, token in found if token] == ["https://social.example/api/v1/x"]
    assert {token for _, token in found} == {"", f"Bearer {SECRET}"}


@pytest.mark.parametrize("where", ["https://evil.example/.well-known/x", "//evil.example/.well-known/x"])
@pytest.mark.parametrize("allow_delegation", [True, False])
def test_a_token_follows_no_redirect_to_another_host(where: str, allow_delegation: bool) -> None:
    routes = {"https://social.example/api/v1/x": httpx.Response(302, headers={"Location": where})}
    found = sent(routes, [Request(HOST, "/api/v1/x", allow_delegation=allow_delegation)], tokens={HOST: SECRET})
    assert [url for url, token in found if token] == ["https://social.example/api/v1/x"]
    assert allow_delegation == any("evil" in url for url, _ in found)


@pytest.mark.parametrize(
    "where",
    ["/api/v1/streaming", "/x?y=z", "/.well-known/../api/v1/x", "/.well-known/%2e%2E/api/v1/x", "//.well-known/x"],
)
def test_no_stranger_has_us_ask_another_host_for_more_than_what_is_well_known(where: str) -> None:
    here, there = Host("evil.example"), f"https://social.example{where}"
    routes = {"https://evil.example/.well-known/host-meta": httpx.Response(302, headers={"Location": there})}
    found = sent(routes, [Request(here, "/.well-known/host-meta", allow_delegation=True)], tokens={HOST: SECRET})
    assert {url.split("/")[2] for url, _ in found} == {here}


def test_a_token_goes_with_a_post_too() -> None:
    found = sent({}, [Request(HOST, "/api/notes", json=b"{}")], tokens={HOST: SECRET})
    assert found[-1] == ("https://social.example/api/notes", f"Bearer {SECRET}")


def test_a_token_is_never_sent_where_it_could_be_read_on_the_way() -> None:
    start = Target(HOST, "http", private=True)
    found = sent({}, [Request(HOST, "/api/v1/x")], tokens={HOST: SECRET}, starts=(start,))
    assert found[-1] == ("http://social.example/api/v1/x", "")


def test_on_the_desk_a_token_is_sent_without_tls() -> None:
    async def story() -> None:
        async with Hostile({"/api/v1/x": answer()}) as server, web(server.start, tokens={server.host: SECRET}) as net:
            await net.fetch(Request(server.host, "/api/v1/x"))
            assert [asked.headers.get("authorization") for asked in server.asked] == [None, f"Bearer {SECRET}"]

    run(story())


def test_robots_comes_first_whoever_we_are() -> None:
    routes = {"https://social.example/robots.txt": httpx.Response(200, text="User-agent: *\nDisallow: /api/")}
    found = sent(routes, [Request(HOST, "/api/v1/x")], tokens={HOST: SECRET})
    assert found == [("https://social.example/robots.txt", "")]


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 422, 429, 500])
def test_no_error_shows_a_token(status: int) -> None:
    found, _ = mocked(
        {"https://social.example/api/v1/x": httpx.Response(status)},
        Request(HOST, "/api/v1/x"),
        tokens={HOST: SECRET},
    )
    assert isinstance(found, FedistatsError)
    assert SECRET not in f"{found!r} {found} {found.__cause__!r} {found.__context__!r}"


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "caf\xe9", "x" * 5000])
def test_a_token_that_no_header_can_hold_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(LocalError) as caught:
        web(tokens={HOST: token})
    assert not token or token not in str(caught.value)


def test_when_the_requests_are_spent_what_is_under_way_is_still_read() -> None:
    async def together(visits: Iterable[Coroutine[object, object, None]]) -> None:
        async with asyncio.TaskGroup() as group:
            for one in visits:
                group.create_task(one)

    async def story() -> list[str]:
        read: list[str] = []

        async def visit(net: Fetcher, host: Host) -> None:
            async with net.visiting(host):
                read.append(str(len((await net.fetch(page(host))).body)))

        async with Hostile({"/page": answer()}, slow=0.1) as server:
            starts = [Target(Host(f"h{n}.example:{server.port}"), "http", private=True) for n in range(2)]
            # a robots.txt each, and one page: the other one's page is one request too many
            async with web(*starts, lookup=lambda *_: ["127.0.0.1"], pace=0.0, max_requests=3) as net:
                with pytest.raises(ExceptionGroup) as ended:
                    await together(visit(net, start.host) for start in starts)
                assert ended.group_contains(RequestLimitReached)
                assert net.requests == 3
        return read

    assert run(story()) == ["2"]


@pytest.mark.parametrize(
    ("headers", "at"),
    [
        ({"date": "Sun, 06 Nov 1994 08:49:37 GMT"}, 784111777.0),
        ({"date": "Sun, 06 Nov 1994 08:49:37 GMT", "age": "1800"}, 784113577.0),
        ({}, None),
        ({"date": "yesterday"}, None),
        ({"date": "Sun, 06 Nov 1994 08:49:37 GMT", "age": "old"}, None),
    ],
)
def test_when_an_answer_was_sent_is_its_date_and_the_time_it_lay_in_a_cache(
    headers: dict[str, str], at: float | None
) -> None:
    assert sent_at(headers) == at
