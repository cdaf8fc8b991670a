"""Which errors are retried, how often, and after how long."""

from __future__ import annotations

import pytest

from fedistats.client.retries import retry_delay
from fedistats.errors import (
    AccessDenied,
    FetchError,
    Gone,
    InvalidResponse,
    Moved,
    NotFound,
    RateLimited,
    RobotsDisallowed,
    Unreachable,
)
from fedistats.fetch import Response
from tests.client.faults import FAULTS
from tests.client.helpers import FakeClock, fetch_from, make_fetcher, page_request, run
from tests.scripted_server import ScriptedServer, http_response


def all_delays(error: FetchError) -> list[float]:
    delays, attempt = list[float](), 1
    while (delay := retry_delay(error, attempt)) is not None:
        delays.append(delay)
        attempt += 1
        assert attempt < 20
    return delays


@pytest.mark.parametrize(
    "error",
    [
        AccessDenied("no"), NotFound("no"), Gone("no"), RobotsDisallowed("no"), Moved("no", "b.example"), Unreachable("no",
        "dns"), Unreachable("no", "tls"),
        Unreachable("no", "address"), *(InvalidResponse("no", reason) for reason in ("html", "json", "shape", "encoding",
        "size", "protocol", "redirect", "slow")),
    ],
)  # fmt: skip
def test_a_permanent_error_is_not_retried(error: FetchError) -> None:
    assert all_delays(error) == []


def test_a_timeout_is_retried_once() -> None:
    assert len(all_delays(Unreachable("perhaps", "timeout"))) == 1


@pytest.mark.parametrize(
    "error", [Unreachable("perhaps", "error"), Unreachable("perhaps", "connect"), InvalidResponse("perhaps", "cut")]
)
def test_a_temporary_error_is_retried_with_growing_delays(error: FetchError) -> None:
    delays = all_delays(error)
    assert 2 <= len(delays) <= 4
    assert delays == sorted(set(delays))
    assert sum(delays) < 60


def test_a_host_that_always_responds_429_is_tried_four_times() -> None:
    assert len(all_delays(RateLimited("perhaps", 1_800_000_000.0))) == 3


@pytest.mark.parametrize(
    ("fault", "attempts"),
    [
        ("503", 4),
        ("short body", 4),
        ("closed without a response", 3),
        ("no response", 2),
        ("slow endless body", 1),
        ("br", 1),
        ("400", 1),
    ],
)
def test_each_fault_is_retried_as_often_as_its_kind_demands(fault: str, attempts: int) -> None:
    deadline = 3.0 if fault in ("no response", "slow endless body") else 20.0
    _, server = run(fetch_from({"/page": FAULTS[fault][0]}, deadline=deadline))
    assert server.targets().count("/page") == attempts


def test_a_fault_that_passes_does_not_matter() -> None:
    async def scenario() -> Response:
        async with ScriptedServer({"/page": http_response(status=503)}) as server:

            def repair(_seconds: float) -> None:
                if len(server.requests) >= 3:
                    server.scripts["/page"] = http_response(b"[1]")

            async with make_fetcher(server.start, clock=FakeClock(on_sleep=repair)) as fetcher:
                return await fetcher.fetch(page_request(server.host))

    assert run(scenario()).body == b"[1]"
