"""Lookups: which addresses are accepted, and whose fault a failure is."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from typing import Any

import pytest

from fedistats.client.fetcher import Fetcher
from fedistats.errors import LocalError
from fedistats.hosts import Host, Target
from tests.client.helpers import (
    HOST,
    FakeNameserver,
    loopback_lookup,
    make_fetcher,
    outcome_of,
    page_request,
    record_dials,
    run,
)
from tests.scripted_server import ScriptedServer, http_response


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["::1"], ["93.184.216.34", "127.0.0.1"],
    ["127.0.0.1", "93.184.216.34"], ["::ffff:10.0.0.1"],
     ["64:ff9b::7f00:1"], ["fe80::1%eth0"], ["93.184.216.34", "fd00::1"]],
)  # fmt: skip
def test_a_name_with_any_address_that_is_not_public_is_not_dialed(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    dialed = record_dials(monkeypatch)

    async def scenario() -> str:
        async with make_fetcher(lookup=FakeNameserver(addresses)) as fetcher:
            return await outcome_of(fetcher, page_request(HOST))

    assert run(scenario()) == "Unreachable address"
    assert dialed == []


def test_a_private_start_does_not_make_other_hosts_private(monkeypatch: pytest.MonkeyPatch) -> None:
    dialed = record_dials(monkeypatch)

    async def scenario() -> str:
        async with make_fetcher(
            Target(Host("127.0.0.1:3000"), "http", private=True), lookup=loopback_lookup
        ) as fetcher:
            return await outcome_of(fetcher, page_request(HOST))

    assert run(scenario()) == "Unreachable address"
    assert dialed == []


NO_SUCH_NAME = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
TEMPORARY_FAILURE = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


def test_a_name_that_does_not_exist_is_unreachable() -> None:
    async def scenario() -> str:
        async with make_fetcher(lookup=FakeNameserver(NO_SUCH_NAME)) as fetcher:
            return await outcome_of(fetcher, page_request(HOST))

    assert run(scenario()) == "Unreachable dns"


def test_without_a_nameserver_it_is_a_local_error() -> None:
    async def scenario() -> None:
        async with make_fetcher(lookup=FakeNameserver(TEMPORARY_FAILURE)) as fetcher:
            with pytest.raises(LocalError):
                await fetcher.fetch(page_request(HOST))

    run(scenario())


def test_if_almost_all_lookups_fail_it_is_a_local_error() -> None:
    async def scenario(share: int) -> list[str]:
        def lookup(name: str, _port: int) -> list[str]:
            if int(name[1:].partition(".")[0]) % 10 < share:
                raise TEMPORARY_FAILURE
            raise NO_SUCH_NAME

        outcomes = []
        async with make_fetcher(lookup=lookup) as fetcher:
            for k in range(99, -1, -1):
                try:
                    outcomes.append(await outcome_of(fetcher, page_request(Host(f"h{k}.example"))))
                except LocalError:
                    outcomes.append("LocalError")
        return outcomes

    assert set(run(scenario(5))) == {"Unreachable dns"}
    assert run(scenario(9))[55:].count("LocalError") >= 30


def test_a_name_that_resolved_before_decides_if_a_failure_is_local() -> None:
    def lookup(name: str, _port: int) -> list[str]:
        if name == "known.example" and not network_down:
            checks.append(name)
            return ["127.0.0.1"]
        raise TEMPORARY_FAILURE

    async def scenario() -> list[str]:
        outcomes = []
        async with make_fetcher(Target(Host("known.example:9"), "http", private=True), lookup=lookup) as fetcher:
            await outcome_of(fetcher, page_request(Host("known.example:9")))
            for k in range(200):
                if k == 100:
                    network_down.append(True)
                try:
                    outcomes.append(await outcome_of(fetcher, page_request(Host(f"h{k}.example"))))
                except LocalError:
                    outcomes.append("LocalError")
        return outcomes

    network_down: list[bool] = []
    checks: list[str] = []
    outcomes = run(scenario())
    assert set(outcomes[:100]) == {"Unreachable dns"}
    assert len(checks) <= 5  # of the name that resolved, not one for each failure
    assert outcomes[-1] == "LocalError"


def test_without_file_descriptors_a_failed_lookup_is_a_local_error(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with make_fetcher(lookup=FakeNameserver(NO_SUCH_NAME)) as fetcher:

            def no_socket(*_args: Any, **_options: Any) -> socket.socket:
                raise OSError(24, "Too many open files")

            monkeypatch.setattr("fedistats.client.dns.socket.socket", no_socket)
            with pytest.raises(LocalError):
                await fetcher.fetch(page_request(HOST))
            monkeypatch.undo()

    run(scenario())


@pytest.mark.slow
def test_names_that_fail_do_not_delay_other_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fedistats.client.slots.MAX_VISITS_PER_ADDRESS", 1000)
    monkeypatch.setattr("fedistats.client.fetcher.LOOKUP_SECONDS", 3.0)
    finished = threading.Event()

    def lookup(name: str, _port: int) -> list[str]:
        kind = int(name[1:].partition(".")[0]) % 4
        if kind == 0:
            raise NO_SUCH_NAME
        if kind == 2:
            finished.wait(10)
        return ["127.0.0.1"]

    async def scenario(names: list[int]) -> tuple[list[str], float]:
        async with ScriptedServer({"/page": http_response()}, delay=0.02) as server:
            starts = [Target(Host(f"h{n}.example:{server.port}"), "http", private=True) for n in names]

            async def visit(fetcher: Fetcher, host: Host) -> str:
                async with fetcher.visiting(host):
                    return await outcome_of(fetcher, page_request(host))

            start_time = time.perf_counter()
            async with make_fetcher(*starts, lookup=lookup, pace=0.0, concurrency=25) as fetcher:
                return await asyncio.gather(
                    *(visit(fetcher, start.host) for start in starts)
                ), time.perf_counter() - start_time

    try:
        healthy_outcomes, base_duration = run(scenario([n for n in range(400) if n % 2]))
        outcomes, duration = run(scenario(list(range(400))))
    finally:
        finished.set()
    assert set(healthy_outcomes) == {"2 bytes"}
    assert {outcomes[n] for n in range(400) if n % 2} == {"2 bytes"}
    assert {outcomes[n] for n in range(0, 400, 2)} == {"Unreachable dns"}
    # a lookup that hangs takes 3 s here: if they took the slots of visits, 100 of them would take 12 s
    assert duration < 3 * base_duration + 8
