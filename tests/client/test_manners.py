"""How we behave: decisions alone, no waiting, no network."""

import math

import pytest

from fedistats.client.rate_limit import DAY, RateLimiter, requested_delay
from fedistats.client.retries import retry_delay as retry_in
from fedistats.client.robots import parse_robots as read_robots
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
from fedistats.model import RateLimitState

NOW = 1_794_995_200.0  # 2026-11-18T09:46:40Z
DATE = {"date": "Wed, 18 Nov 2026 09:46:40 GMT"}


def pace(
    gap: float = 1.0,
    standing: RateLimitState = RateLimitState(),
    epoch: float = NOW,
    now: float = 50.0,
) -> RateLimiter:
    return RateLimiter(gap, standing, epoch=epoch, now=now)


# -- pace --


def test_the_first_question_need_not_wait_and_the_second_keeps_its_distance() -> None:
    host = pace(1.5)
    assert host.delay(50.0, paging=False) == 0
    host.record_request(50.0, paging=False)
    assert host.delay(50.5, paging=False) == 1.0
    assert host.delay(52.0, paging=False) == 0


def test_no_more_than_300_paging_requests_start_in_any_15_minutes() -> None:
    host, now, starts = pace(0.0, now=0.0), 0.0, []
    for _ in range(1000):
        now += host.delay(now, paging=True) + 0.25
        host.record_request(now, paging=True)
        starts.append(now)
    assert all(later - earlier >= 900 for earlier, later in zip(starts, starts[300:], strict=False))


def test_other_questions_do_not_count_as_paging() -> None:
    host = pace(0.0)
    for _ in range(400):
        host.record_request(50.0, paging=False)
    assert host.delay(50.0, paging=True) == 0


def test_paging_requests_of_an_earlier_run_count() -> None:
    host = pace(0.0, RateLimitState(paging=tuple(NOW - 600 + i for i in range(300))))
    assert host.delay(50.0, paging=True) == 300
    assert host.delay(50.0, paging=False) == 0


def test_a_standing_survives_a_run() -> None:
    host = pace(0.0)
    host.record_request(60.0, paging=True)
    host.block(60.0, 120.0)
    kept = host.state(epoch=NOW + 10, now=60.0)
    assert kept == RateLimitState(NOW + 130, (NOW + 10,))
    assert pace(0.0, kept, epoch=NOW + 40, now=7.0).delay(7.0, paging=False) == pytest.approx(90)


@pytest.mark.parametrize("jump", [-10 * 365 * DAY, 10 * 365 * DAY])
def test_a_calendar_that_jumped_neither_locks_a_host_away_for_years_nor_counts_strange_pages(jump: float) -> None:
    host = pace(1.0, RateLimitState(NOW + 60, (NOW - 1,) * 300), epoch=NOW + jump)
    assert host.delay(50.0, paging=True) <= DAY


def test_a_hold_is_never_shortened_by_a_later_one() -> None:
    host = pace()
    host.block(50.0, 100.0)
    host.block(51.0, 1.0)
    assert host.delay(51.0, paging=False) == 99.0


# -- what an answer asks for --


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


def test_times_are_measured_against_the_servers_own_date() -> None:
    headers = {**DATE, "x-ratelimit-reset": "2026-11-18T09:47:40Z"}
    assert requested_delay(429, headers, NOW + 5000, paging=False) == 60


def test_a_server_without_a_date_is_measured_against_our_calendar() -> None:
    assert (
        requested_delay(429, {"retry-after": "Wed, 18 Nov 2026 09:47:40 GMT", "date": "today"}, NOW, paging=False) == 60
    )


def test_a_429_that_does_not_say_until_when_is_given_the_servers_usual_window() -> None:
    assert requested_delay(429, {}, NOW, paging=False) == 300
    assert requested_delay(429, {}, NOW, paging=True) == 900


def test_none_left_on_a_good_answer_means_wait_for_the_reset() -> None:
    headers = {**DATE, "x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-11-18T09:46:45Z"}
    assert requested_delay(200, headers, NOW, paging=False) == 5
    assert requested_delay(200, {**headers, "x-ratelimit-remaining": "1"}, NOW, paging=False) is None
    assert requested_delay(200, {**headers, "x-ratelimit-reset": "2026-01-01T00:00:00Z"}, NOW, paging=False) is None


@pytest.mark.parametrize("mark", [{"age": "40"}, {"age": "1"}, {"x-cache": "HIT"}, {"x-cache": "hit from cdn"}])
def test_rate_headers_that_a_cache_handed_on_are_somebody_elses(mark: dict[str, str]) -> None:
    headers = {**DATE, "x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-11-18T09:56:40Z"}
    assert requested_delay(200, headers, NOW, paging=False) == 600
    assert requested_delay(200, {**headers, **mark}, NOW, paging=False) is None


def test_a_fresh_cache_miss_is_ours() -> None:
    headers = {**DATE, "x-ratelimit-remaining": "0", "x-ratelimit-reset": "60", "age": "0", "x-cache": "MISS"}
    assert requested_delay(200, headers, NOW, paging=False) == 60


def test_a_503_may_say_when_to_come_back() -> None:
    assert requested_delay(503, {**DATE, "retry-after": "20"}, NOW, paging=False) == 20
    assert requested_delay(503, DATE, NOW, paging=False) is None


# -- retries --


def waits(error: FetchError) -> list[float]:
    out, attempt = list[float](), 1
    while (wait := retry_in(error, attempt)) is not None:
        out.append(wait)
        attempt += 1
        assert attempt < 20
    return out


@pytest.mark.parametrize(
    "error",
    [
        AccessDenied("no"), NotFound("no"), Gone("no"), RobotsDisallowed("no"), Moved("no", "b.example"), Unreachable("no",
        "dns"), Unreachable("no", "tls"),
        Unreachable("no", "address"), *(InvalidResponse("no", reason) for reason in ("html", "json", "shape", "encoding",
        "size", "protocol", "redirect", "slow")),
    ],
)  # fmt: skip
def test_what_another_try_would_not_mend_is_not_tried_again(error: FetchError) -> None:
    assert waits(error) == []


def test_a_silence_is_repeated_once_at_the_most() -> None:
    assert len(waits(Unreachable("hm", "timeout"))) == 1


@pytest.mark.parametrize(
    "error", [Unreachable("hm", "error"), Unreachable("hm", "connect"), InvalidResponse("hm", "cut")]
)
def test_what_may_pass_is_tried_a_few_times_with_growing_waits(error: FetchError) -> None:
    found = waits(error)
    assert 2 <= len(found) <= 4
    assert found == sorted(set(found))
    assert sum(found) < 60


def test_a_host_that_only_ever_answers_429_is_asked_four_times() -> None:
    assert len(waits(RateLimited("hm", NOW))) == 3


# -- robots.txt --

GOTOSOCIAL = b"""
# Well-known.dev endpoints. see https://www.iana.org/assignments/well-known-uris
User-agent: AI-scraper
Disallow: /

User-agent: *
Crawler-delay: 500

# API endpoints.
Disallow: /api/
"""


@pytest.mark.parametrize(
    ("text", "target", "forbidden"),
    [
        (b"", "/api", False),
        (b"User-agent: *\nDisallow:", "/api", False),
        (b"User-agent: *\nDisallow: /", "/api", True),
        (b"\xef\xbb\xbfUser-agent: *\nDisallow: /", "/api", True),
        (b"User-agent: *\r\nDisallow: /api\r\n", "/api/v1", True),
        (b"user-AGENT: FediStats\ndisallow: /", "/api", True),
        (b"User-agent: fedistats\nDisallow:\n\nUser-agent: *\nDisallow: /", "/api", False),
        (b"User-agent: *\nDisallow:\n\nUser-agent: fedistats\nDisallow: /", "/api", True),
        (b"User-agent: fedistatsbot\nDisallow: /", "/api", False),
        (b"User-agent: stats\nDisallow: /", "/api", False),
        (b"User-agent: GPTBot\nDisallow: /", "/api", False),
        (b"User-agent: a\nUser-agent: fedistats\nDisallow: /", "/api", True),
        (b"User-agent: *\n\nDisallow: /api/", "/api/v1", True),
        (b"User-agent: *\nDisallow: /api/\nAllow: /api/v1/instance", "/api/v1/instance/peers", False),
        (b"User-agent: *\nDisallow: /*?max_id=", "/api/v1/timelines/public?max_id=3", True),
        (b"User-agent: *\nDisallow: /*?max_id=", "/api/v1/timelines/public?limit=3", False),
        (b"User-agent: *\nDisallow: /api$", "/api/v1", False),
        (b"User-agent: *\nDisallow: /\xff\xfe\n\x00Disallow: /", "/api", False),
        (b"User-agent: *\nDisallow: /caf\xed\xa0\x80\nDisallow: /api", "/api", True),
        (GOTOSOCIAL, "/api/v1/timelines/public", True),
        (GOTOSOCIAL, "/nodeinfo/2.0", False),
        (b"<!doctype html><pre>\nUser-agent: *\nDisallow: /\n</pre>", "/api", False),
        (b"\n  <html>\nUser-agent: *\nDisallow: /", "/api", False),
        (b"User-agent: *\nDisallow: http://[/\nDisallow: /api", "/api", True),
    ],
)
def test_robots(text: bytes, target: str, forbidden: bool) -> None:
    assert read_robots(text).allows(target) is not forbidden


@pytest.mark.parametrize("rule", ["/api/v1/posts?local=true", "/*local=true", "/api/v1/posts%3Flocal=true"])
def test_a_rule_about_a_query_holds_for_that_query_alone_whatever_was_asked_before(rule: str) -> None:
    robots = read_robots(f"User-agent: *\nDisallow: {rule}".encode())
    queries = ("limit=40", "local=true", "limit=40", "local=true")
    assert [not robots.allows(f"/api/v1/posts?{query}") for query in queries] == [False, True, False, True]


def test_a_rule_about_a_path_holds_for_all_its_pages_and_for_no_other_path() -> None:
    robots = read_robots(b"User-agent: *\nDisallow: /api/v1/posts\nAllow: /api/v1/posts/public")
    for page in ("", "?limit=40", "?max_id=7"):
        assert not robots.allows("/api/v1/posts" + page)
        assert robots.allows("/api/v1/posts/public" + page)


@pytest.mark.parametrize(
    ("value", "delay"),
    [("10", 10), ("0.5", 0.5), ("500", 500), ("-3", 0), ("soon", 0), ("", 0), ("nan", 0), ("inf", 0), ("1e3", 1000)],
)
def test_crawl_delay(value: str, delay: float) -> None:
    assert read_robots(f"User-agent: *\nCrawl-delay: {value}".encode()).crawl_delay == delay
    assert math.isfinite(read_robots(f"User-agent: *\nCrawl-delay: {value}".encode()).crawl_delay)


def test_a_delay_for_us_counts_before_one_for_all() -> None:
    assert read_robots(b"User-agent: *\nCrawl-delay: 9\n\nUser-agent: fedistats\nCrawl-delay: 2").crawl_delay == 2


@pytest.mark.parametrize(
    "piece",
    [b"User-agent: *\n", b"Disallow: /*a*a*a*a$\n", b"Disallow: http://[\n", b"\x00", b"User-agent", b"%zz\n", b"\xff"],
)
def test_a_robots_txt_made_to_hurt_is_read_all_the_same(piece: bytes) -> None:
    head = b"User-agent: *\nDisallow: /api\n"
    assert read_robots(head + piece * (100_000 // len(piece))).allows("/api/v1/instance") in (True, False)
