"""Rate limits: the decisions alone, and how the fetcher keeps them."""

from __future__ import annotations

import asyncio

import pytest

from fedistats.client.rate_limit import DAY, RateLimiter, requested_delay
from fedistats.errors import RateLimited
from fedistats.fetch import Request
from fedistats.model import RateLimitState
from tests.client.helpers import FakeClock, MemoryRateLimits, fetch_from, make_fetcher, outcome_of, page_request, run
from tests.scripted_server import ScriptedServer, http_response

NOW = 1_794_995_200.0  # 2026-11-18T09:46:40Z
DATE = {"date": "Wed, 18 Nov 2026 09:46:40 GMT"}


def make_limiter(
    min_interval: float = 1.0,
    state: RateLimitState = RateLimitState(),
    epoch: float = NOW,
    now: float = 50.0,
) -> RateLimiter:
    return RateLimiter(min_interval, state, epoch=epoch, now=now)


def test_the_first_request_does_not_wait_and_the_second_keeps_the_interval() -> None:
    limiter = make_limiter(1.5)
    assert limiter.delay(50.0, paging=False) == 0
    limiter.record_request(50.0, paging=False)
    assert limiter.delay(50.5, paging=False) == 1.0
    assert limiter.delay(52.0, paging=False) == 0


def test_at_most_300_paging_requests_start_in_any_15_minutes() -> None:
    limiter, now, starts = make_limiter(0.0, now=0.0), 0.0, []
    for _ in range(1000):
        now += limiter.delay(now, paging=True) + 0.25
        limiter.record_request(now, paging=True)
        starts.append(now)
    assert all(later - earlier >= 900 for earlier, later in zip(starts, starts[300:], strict=False))


def test_other_requests_do_not_count_as_paging() -> None:
    limiter = make_limiter(0.0)
    for _ in range(400):
        limiter.record_request(50.0, paging=False)
    assert limiter.delay(50.0, paging=True) == 0


def test_paging_requests_of_an_earlier_run_count() -> None:
    limiter = make_limiter(0.0, RateLimitState(paging=tuple(NOW - 600 + i for i in range(300))))
    assert limiter.delay(50.0, paging=True) == 300
    assert limiter.delay(50.0, paging=False) == 0


def test_a_state_is_restored_in_a_later_run() -> None:
    limiter = make_limiter(0.0)
    limiter.record_request(60.0, paging=True)
    limiter.block(60.0, 120.0)
    state = limiter.state(epoch=NOW + 10, now=60.0)
    assert state == RateLimitState(NOW + 130, (NOW + 10,))
    assert make_limiter(0.0, state, epoch=NOW + 40, now=7.0).delay(7.0, paging=False) == pytest.approx(90)


@pytest.mark.parametrize("jump", [-10 * 365 * DAY, 10 * 365 * DAY])
def test_a_clock_that_jumped_blocks_a_host_for_a_day_at_most(jump: float) -> None:
    limiter = make_limiter(1.0, RateLimitState(NOW + 60, (NOW - 1,) * 300), epoch=NOW + jump)
    assert limiter.delay(50.0, paging=True) <= DAY


def test_a_later_shorter_block_does_not_shorten_an_earlier_one() -> None:
    limiter = make_limiter()
    limiter.block(50.0, 100.0)
    limiter.block(51.0, 1.0)
    assert limiter.delay(51.0, paging=False) == 99.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("1", 1), ("30", 30), (" 30 ", 30), ("0", 1), ("900", 900), ("901", 901), ("86400", DAY), ("1000000000",
        DAY), ("9" * 20, DAY),
        ("9" * 400, DAY), ("Wed, 18 Nov 2026 09:47:40 GMT", 60), ("Wednesday, 18-Nov-26 09:47:40 GMT", 60),
        ("Wed Nov 18 09:47:40 2026", 60),
        ("Wed, 18 Nov 2026 09:00:00 GMT", 1), ("Thu, 18 Nov 2027 09:46:40 GMT", DAY),
        ("", 300), ("-5", 300), ("+5", 300), ("1_000", 300), ("٣", 300), ("³", 300), ("1e9", 300), ("inf", 300),
        ("nan", 300), ("0x10", 300),
        ("soon", 300), ("Wed, 18 Nov 99999 09:46:40 GMT", 300), ("Wed, 99 Nov 2026 09:46:40 GMT", 300), ("\x00",
        300), ("30, 30", 300), ("30;", 300),
    ],
)  # fmt: skip
def test_retry_after(value: str, seconds: float) -> None:
    assert requested_delay(429, {**DATE, "retry-after": value}, NOW, paging=False) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2026-11-18T09:51:40.923550Z", 300.92355), ("2026-11-18T09:51:40+00:00", 300),
        ("2026-11-18T10:51:40+01:00", 300),
        ("2026-11-18T09:51:40", 300), ("1794995290", 90), ("60", 60), ("2026-11-19T12:00:00Z", DAY),
        ("2026-01-01T00:00:00.000000Z", 300), ("1794995199", 300), ("0", 300), ("-60", 300), ("1794995290000",
        300), ("", 300),
        ("tomorrow", 300), ("٦٠", 300), ("2026-13-45T99:99:99Z", 300), ("9" * 30, 300), ("nan", 300),
        ("0001-01-01T00:00:00+23:59", 300),
    ],
)  # fmt: skip
def test_rate_limit_reset(value: str, seconds: float) -> None:
    assert requested_delay(429, {**DATE, "x-ratelimit-reset": value}, NOW, paging=False) == pytest.approx(seconds)


def test_times_are_relative_to_the_date_of_the_server() -> None:
    headers = {**DATE, "x-ratelimit-reset": "2026-11-18T09:47:40Z"}
    assert requested_delay(429, headers, NOW + 5000, paging=False) == 60


def test_times_are_relative_to_our_clock_if_the_server_has_no_date() -> None:
    assert (
        requested_delay(429, {"retry-after": "Wed, 18 Nov 2026 09:47:40 GMT", "date": "today"}, NOW, paging=False) == 60
    )


def test_a_429_without_a_time_asks_for_the_usual_window_of_mastodon() -> None:
    assert requested_delay(429, {}, NOW, paging=False) == 300
    assert requested_delay(429, {}, NOW, paging=True) == 900


def test_a_successful_response_with_no_requests_left_asks_to_wait_for_the_reset() -> None:
    headers = {**DATE, "x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-11-18T09:46:45Z"}
    assert requested_delay(200, headers, NOW, paging=False) == 5
    assert requested_delay(200, {**headers, "x-ratelimit-remaining": "1"}, NOW, paging=False) is None
    assert requested_delay(200, {**headers, "x-ratelimit-reset": "2026-01-01T00:00:00Z"}, NOW, paging=False) is None


@pytest.mark.parametrize("cache_header", [{"age": "40"}, {"age": "1"}, {"x-cache": "HIT"}, {"x-cache": "hit from cdn"}])
def test_rate_limit_headers_from_a_shared_cache_are_ignored(cache_header: dict[str, str]) -> None:
    headers = {**DATE, "x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-11-18T09:56:40Z"}
    assert requested_delay(200, headers, NOW, paging=False) == 600
    assert requested_delay(200, {**headers, **cache_header}, NOW, paging=False) is None


def test_rate_limit_headers_of_a_cache_miss_count() -> None:
    headers = {**DATE, "x-ratelimit-remaining": "0", "x-ratelimit-reset": "60", "age": "0", "x-cache": "MISS"}
    assert requested_delay(200, headers, NOW, paging=False) == 60


def test_a_503_may_have_a_retry_after() -> None:
    assert requested_delay(503, {**DATE, "retry-after": "20"}, NOW, paging=False) == 20
    assert requested_delay(503, DATE, NOW, paging=False) is None


def test_a_host_gets_one_request_at_a_time_and_one_per_second() -> None:
    async def scenario() -> tuple[int, list[float]]:
        clock = FakeClock()
        async with (
            ScriptedServer({"/page": http_response()}, delay=0.01) as server,
            make_fetcher(server.start, clock=clock) as fetcher,
        ):
            await asyncio.gather(*(fetcher.fetch(page_request(server.host)) for _ in range(5)))
            return server.max_running, clock.slept

    max_running, slept = run(scenario())
    assert max_running == 1
    assert slept == pytest.approx([1.0] * 5)


def test_after_a_429_the_fetcher_waits_as_long_as_it_asks() -> None:
    async def scenario() -> tuple[str, list[float]]:
        async with ScriptedServer({"/page": http_response(status=429, Retry_After="42")}) as server:

            def stop_limiting(seconds: float) -> None:
                if seconds > 40:
                    server.scripts["/page"] = http_response()

            clock = FakeClock(on_sleep=stop_limiting)
            async with make_fetcher(server.start, clock=clock) as fetcher:
                return await outcome_of(fetcher, page_request(server.host)), clock.slept

    outcome, slept = run(scenario())
    assert outcome == "2 bytes"
    assert slept == pytest.approx([1.0, 42.0])


def test_a_host_that_always_responds_429_gets_four_requests_and_is_remembered() -> None:
    async def scenario() -> tuple[list[str], ScriptedServer, FakeClock, MemoryRateLimits]:
        clock, rate_limits = FakeClock(), MemoryRateLimits()
        async with ScriptedServer({"/page": http_response(status=429, Retry_After="60")}) as server:
            async with make_fetcher(server.start, clock=clock, rate_limits=rate_limits) as fetcher:
                outcomes = [await outcome_of(fetcher, page_request(server.host)) for _ in range(3)]
            return outcomes, server, clock, rate_limits

    outcomes, server, clock, rate_limits = run(scenario())
    assert outcomes == ["RateLimited busy"] * 3
    assert server.targets() == ["/robots.txt", *["/page"] * 4]
    assert clock.slept == pytest.approx([1.0, 60.0, 60.0, 60.0])
    assert rate_limits.states[server.host].not_before == pytest.approx(clock.now + 60)


def test_a_delay_beyond_the_patience_is_not_waited_for() -> None:
    clock, rate_limits = FakeClock(), MemoryRateLimits()
    outcome, server = run(
        fetch_from({"/page": http_response(status=429, Retry_After="901")}, clock=clock, rate_limits=rate_limits)
    )
    assert outcome == "RateLimited busy"
    assert clock.slept == pytest.approx([1.0])
    assert rate_limits.states[server.host].not_before == pytest.approx(clock.now + 901)


def test_a_host_that_is_blocked_since_an_earlier_run_gets_no_request() -> None:
    async def scenario() -> tuple[str, list[str]]:
        clock = FakeClock()
        async with ScriptedServer({"/page": http_response()}) as server:
            rate_limits = MemoryRateLimits({server.host: RateLimitState(clock.now + 2000)})
            async with make_fetcher(server.start, clock=clock, rate_limits=rate_limits) as fetcher:
                return await outcome_of(fetcher, page_request(server.host)), server.targets()

    assert run(scenario()) == ("RateLimited busy", [])


def test_with_no_requests_left_the_next_one_waits_for_the_reset() -> None:
    async def scenario() -> list[float]:
        clock = FakeClock()
        limits = http_response(X_RateLimit_Remaining="0", X_RateLimit_Reset="7")
        async with ScriptedServer({"/page": limits}) as server, make_fetcher(server.start, clock=clock) as fetcher:
            await fetcher.fetch(page_request(server.host))
            await fetcher.fetch(page_request(server.host))
        return clock.slept

    assert run(scenario()) == pytest.approx([1.0, 7.0])


def test_paging_requests_are_counted_across_runs() -> None:
    async def scenario() -> tuple[list[float], int]:
        clock, rate_limits = FakeClock(), MemoryRateLimits()
        params = (("max_id", "9"),)
        async with ScriptedServer({"/page": http_response()}) as server:
            for _ in range(2):
                async with (
                    make_fetcher(server.start, clock=clock, rate_limits=rate_limits, pace=0.0) as fetcher,
                    fetcher.visiting(server.host),
                ):
                    for _ in range(151):
                        await fetcher.fetch(Request(server.host, "/page", params))
            return clock.slept, len(rate_limits.states[server.host].paging)

    slept, remembered = run(scenario())
    assert sum(slept) == pytest.approx(900)
    assert remembered <= 300


def test_rate_limited_names_the_end_of_the_delay() -> None:
    async def scenario() -> float:
        clock = FakeClock()
        async with (
            ScriptedServer({"/page": http_response(status=429, Retry_After="5000")}) as server,
            make_fetcher(server.start, clock=clock) as fetcher,
        ):
            with pytest.raises(RateLimited) as caught:
                await fetcher.fetch(page_request(server.host))
        return caught.value.until - clock.now

    assert run(scenario()) == pytest.approx(5000)


def test_a_rate_limited_host_gets_requests_again_after_the_delay() -> None:
    async def scenario() -> list[str]:
        clock = FakeClock()
        async with (
            ScriptedServer({"/page": http_response(status=429, Retry_After="5000")}) as server,
            make_fetcher(server.start, clock=clock) as fetcher,
        ):
            outcomes = [await outcome_of(fetcher, page_request(server.host))]
            server.scripts["/page"] = http_response()
            for seconds in (4998, 2):
                clock.now += seconds
                outcomes.append(await outcome_of(fetcher, page_request(server.host)))
        return outcomes

    assert run(scenario()) == ["RateLimited busy", "RateLimited busy", "2 bytes"]


def test_the_patience_is_for_all_attempts_together() -> None:
    clock = FakeClock()
    limited = http_response(status=429, Retry_After="400")
    outcome, server = run(fetch_from({"/page": limited}, clock=clock, patience=900.0))
    assert outcome == "RateLimited busy"
    assert clock.slept == pytest.approx([1.0, 400.0, 400.0])
    assert server.targets().count("/page") == 3
