"""Dialing: only checked addresses, and whose fault a failure is."""

from __future__ import annotations

import pytest

from fedistats.errors import LocalError
from fedistats.hosts import Host
from tests.client.helpers import HOST, FakeNameserver, make_fetcher, outcome_of, page_request, record_dials, run


def test_a_name_whose_address_changes_is_dialed_at_the_checked_address(monkeypatch: pytest.MonkeyPatch) -> None:
    dialed = record_dials(monkeypatch)
    nameserver = FakeNameserver(["93.184.216.34"], ["127.0.0.1"])

    async def scenario() -> None:
        async with make_fetcher(lookup=nameserver, pace=0.0) as fetcher:
            for k in range(100):
                nameserver.lookups = 0
                async with fetcher.visiting(Host(f"h{k}.example")):
                    assert (await outcome_of(fetcher, page_request(Host(f"h{k}.example")))).startswith("Unreachable")

    run(scenario())
    assert dialed
    assert "127.0.0.1" not in dialed


def test_all_addresses_of_a_host_are_tried_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    dialed = record_dials(monkeypatch)

    async def scenario() -> str:
        async with make_fetcher(lookup=FakeNameserver(["93.184.216.34", "1.1.1.1", "2606:4700::1111"])) as fetcher:
            return await outcome_of(fetcher, page_request(HOST))

    assert run(scenario()) == "Unreachable connect"
    assert dialed[:3] == ["93.184.216.34", "1.1.1.1", "2606:4700::1111"]


def test_at_most_four_addresses_of_a_host_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    dialed = record_dials(monkeypatch)
    addresses = [f"93.184.216.{number}" for number in range(1, 7)]

    async def scenario() -> None:
        async with make_fetcher(lookup=FakeNameserver(addresses)) as fetcher:
            await outcome_of(fetcher, page_request(HOST))

    run(scenario())
    assert dialed == addresses[:4] * 3  # three attempts


@pytest.mark.parametrize("errno", [24, 23, 12, 105, 99, 100])  # EMFILE ENFILE ENOMEM ENOBUFS EADDRNOTAVAIL ENETDOWN
def test_a_fault_of_this_machine_is_a_local_error(monkeypatch: pytest.MonkeyPatch, errno: int) -> None:
    record_dials(monkeypatch, OSError(errno, "local"))

    async def scenario() -> None:
        async with make_fetcher() as fetcher:
            with pytest.raises(LocalError):
                await fetcher.fetch(page_request(HOST))

    run(scenario())


def test_no_route_is_a_local_error_unless_other_hosts_can_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario(*earlier: str) -> str:
        async with make_fetcher(pace=0.0) as fetcher:
            for host in earlier:
                await outcome_of(fetcher, page_request(Host(host)))
            record_dials(monkeypatch, OSError(101, "Network is unreachable"))
            return await outcome_of(fetcher, page_request(HOST))

    with pytest.raises(LocalError):
        run(scenario())
    record_dials(monkeypatch)
    assert run(scenario("healthy.example")) == "Unreachable connect"


def test_no_route_for_ipv6_is_not_a_local_error(monkeypatch: pytest.MonkeyPatch) -> None:
    record_dials(monkeypatch, OSError(101, "Network is unreachable"))

    async def scenario() -> str:
        async with make_fetcher(lookup=FakeNameserver(["2606:4700::1111"])) as fetcher:
            return await outcome_of(fetcher, page_request(HOST))

    assert run(scenario()) == "Unreachable connect"
