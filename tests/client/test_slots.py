"""Slots: how many visits run at once, and in which order they start."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from fedistats.client.fetcher import Fetcher
from fedistats.client.slots import KeyedSemaphore, network_of, registered_domain
from fedistats.errors import LocalError
from fedistats.fetch import Request
from fedistats.hosts import Host
from tests.client.helpers import FakeClock, FakeNameserver, make_fetcher, outcome_of, page_request, public_lookup, run
from tests.scripted_server import ScriptedServer, http_response, raw_bytes


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("social.example", "social.example"), ("a.b.social.example", "social.example"), ("a.co.uk", "a.co.uk"), ("x.a.co.uk", "a.co.uk"),
        ("one.masto.host", "one.masto.host"), ("one.github.io", "one.github.io"), ("a.social.example:4443", "social.example"),
    ],
)  # fmt: skip
def test_registered_domain(host: str, domain: str) -> None:
    assert registered_domain(Host(host)) == domain


def test_ipv6_addresses_of_one_network_are_one_machine() -> None:
    assert network_of("2606:4700::1") == network_of("2606:4700:0:0:ffff::2")
    assert network_of("2606:4700::1") != network_of("2606:4700:0:1::1")
    assert network_of("1.1.1.1") != network_of("1.1.1.2")


def test_a_slot_that_comes_during_cancellation_is_passed_on() -> None:
    async def scenario() -> None:
        semaphore = KeyedSemaphore(1)
        await semaphore.acquire()
        first, second = asyncio.create_task(semaphore.acquire()), asyncio.create_task(semaphore.acquire())
        await asyncio.sleep(0)
        semaphore.release()
        first.cancel()
        await asyncio.wait_for(second, 10)

    run(scenario())


def test_a_returning_visit_goes_before_new_ones() -> None:
    async def scenario() -> list[str]:
        semaphore, order = KeyedSemaphore(1), list[str]()
        await semaphore.acquire()

        async def take_turn(name: str, *, returning: bool) -> None:
            await semaphore.acquire(returning=returning)
            order.append(name)
            semaphore.release()

        tasks = [
            asyncio.create_task(take_turn("new", returning=False)),
            asyncio.create_task(take_turn("returning", returning=True)),
        ]
        await asyncio.sleep(0)
        semaphore.release()
        await asyncio.gather(*tasks)
        return order

    assert run(scenario()) == ["returning", "new"]


@dataclass
class VisitCounter:
    """Counts visits that are open at once, and keeps them open until `finish` is set."""

    finish: asyncio.Event
    running: int = 0
    max_running: int = 0

    async def visit(self, fetcher: Fetcher, host: Host) -> None:
        async with fetcher.visiting(host):
            self.running += 1
            self.max_running = max(self.max_running, self.running)
            await self.finish.wait()
            await asyncio.sleep(0)
            self.running -= 1


@pytest.mark.parametrize(
    ("names", "lookup", "limit"),
    [
        ("h{}.example", lambda name, _port: [f"93.184.{int(name[1:].partition('.')[0])}.1"], 7),
        ("h{}.farm.example", lambda name, _port: [f"93.184.{int(name[1:].partition('.')[0])}.1"], 2),
        ("h{}.example", public_lookup, 4),
    ],
)
def test_visits_are_limited_in_all_per_domain_and_per_address(
    names: str, lookup: Callable[[str, int], list[str]], limit: int
) -> None:
    async def scenario() -> int:
        counter = VisitCounter(asyncio.Event())
        async with make_fetcher(lookup=lookup, concurrency=7) as fetcher:
            visits = [asyncio.create_task(counter.visit(fetcher, Host(names.format(number)))) for number in range(40)]
            while counter.running < limit:
                await asyncio.sleep(0.001)
            await asyncio.sleep(0.1)  # further visits would start now
            counter.finish.set()
            await asyncio.gather(*visits)
        return counter.max_running

    assert run(scenario()) == limit


def test_a_visit_that_waits_long_releases_its_slots() -> None:
    async def scenario() -> list[str]:
        order: list[str] = []
        end_of_wait = asyncio.Event()

        class WaitingClock(FakeClock):
            async def sleep(self, seconds: float) -> None:
                if seconds > 100:
                    order.append("waits")
                    assert fetcher.paused == {busy.host: self.now + seconds}
                    await end_of_wait.wait()
                await super().sleep(seconds)

        async with (
            ScriptedServer({"/page": http_response(status=429, Retry_After="200")}) as busy,
            ScriptedServer({"/page": http_response()}) as healthy,
            make_fetcher(busy.start, healthy.start, concurrency=1, clock=WaitingClock()) as fetcher,
        ):

            async def visit(server: ScriptedServer, name: str) -> None:
                async with fetcher.visiting(server.host):
                    order.append(f"{name} {await outcome_of(fetcher, page_request(server.host))}")

            assert fetcher.paused == {}
            waiting_visit = asyncio.create_task(visit(busy, "busy"))
            while "waits" not in order:
                await asyncio.sleep(0.001)
            await visit(healthy, "healthy")
            busy.scripts["/page"] = http_response()
            end_of_wait.set()
            await waiting_visit
        return order

    assert run(scenario()) == ["waits", "healthy 2 bytes", "busy 2 bytes"]


def test_canceled_visits_release_all_slots_and_close_all_connections() -> None:
    async def visit(fetcher: Fetcher, host: Host) -> None:
        async with fetcher.visiting(host):
            await fetcher.fetch(page_request(host))

    async def scenario() -> bool:
        scripts = {"/page": raw_bytes(b"", then="hang"), "/healthy": http_response()}
        async with (
            ScriptedServer(scripts) as server,
            make_fetcher(server.start, concurrency=2, deadline=30.0, pace=0.0) as fetcher,
        ):
            for k in range(200):
                tasks = [asyncio.create_task(visit(fetcher, server.host)) for _ in range(5)]
                await asyncio.sleep(0.001 * (k % 4))
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            async with fetcher.visiting(server.host):
                assert await outcome_of(fetcher, Request(server.host, "/healthy")) == "2 bytes"
            assert not any(
                semaphore._queues
                for semaphore in (
                    fetcher._slots._visits,
                    fetcher._slots._domains,
                    fetcher._slots._lookups,
                    fetcher._slots._addresses,
                )
            )
            return await server.wait_until_closed()

    assert run(scenario())


def test_a_visit_that_waits_for_an_address_does_not_delay_lookups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fedistats.client.slots.max_concurrent_hosts", lambda: 1)  # lookups at once
    monkeypatch.setattr("fedistats.client.slots.MAX_VISITS_PER_ADDRESS", 1)

    def lookup(name: str, _port: int) -> list[str]:
        return ["93.184.216.35" if name == "elsewhere.example" else "93.184.216.34"]

    async def visit(fetcher: Fetcher, host: Host) -> None:
        async with fetcher.visiting(host):
            pass

    async def scenario() -> None:
        async with make_fetcher(lookup=lookup, concurrency=10) as fetcher:
            async with fetcher.visiting(Host("first.example")):
                waiting = asyncio.create_task(visit(fetcher, Host("second.example")))
                await asyncio.sleep(0)
                await asyncio.wait_for(visit(fetcher, Host("elsewhere.example")), 20)
                assert not waiting.done()
            await waiting

    run(scenario())


def test_a_local_error_during_the_lookup_is_raised_by_the_first_request() -> None:
    async def scenario() -> None:
        async with (
            make_fetcher(lookup=FakeNameserver(socket.gaierror(socket.EAI_AGAIN, "try again"))) as fetcher,
            fetcher.visiting(Host("social.example")),
        ):
            with pytest.raises(LocalError):
                await fetcher.fetch(page_request(Host("social.example")))

    run(scenario())
