"""robots.txt: how rules are read, and that they are requested first and obeyed."""

from __future__ import annotations

import gzip
import math

import pytest

from fedistats.client.robots import parse_robots
from fedistats.fetch import Request
from tests.client.helpers import FakeClock, fetch_from, make_fetcher, outcome_of, page_request, run
from tests.scripted_server import OK, Script, ScriptedServer, endless, gzip_bomb, http_response, raw_bytes

GOTOSOCIAL = b"""
# Well-known.dev endpoints. see https://www.iana.org/assignments/well-known-uris
User-agent: AI-scraper
Disallow: /

User-agent: *
Crawl-delay: 500

# API endpoints.
Disallow: /api/
"""


@pytest.mark.parametrize(
    ("text", "target", "disallowed"),
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
def test_robots_rules(text: bytes, target: str, disallowed: bool) -> None:
    assert parse_robots(text).allows(target) is not disallowed


@pytest.mark.parametrize("rule", ["/api/v1/posts?local=true", "/*local=true", "/api/v1/posts%3Flocal=true"])
def test_a_rule_about_a_query_applies_to_that_query_alone(rule: str) -> None:
    robots = parse_robots(f"User-agent: *\nDisallow: {rule}".encode())
    queries = ("limit=40", "local=true", "limit=40", "local=true")
    assert [robots.allows(f"/api/v1/posts?{query}") for query in queries] == [True, False, True, False]


def test_a_rule_about_a_path_applies_to_all_its_pages_and_no_other_path() -> None:
    robots = parse_robots(b"User-agent: *\nDisallow: /api/v1/posts\nAllow: /api/v1/posts/public")
    for page in ("", "?limit=40", "?max_id=7"):
        assert not robots.allows("/api/v1/posts" + page)
        assert robots.allows("/api/v1/posts/public" + page)


@pytest.mark.parametrize(
    ("value", "delay"),
    [("10", 10), ("0.5", 0.5), ("500", 500), ("-3", 0), ("soon", 0), ("", 0), ("nan", 0), ("inf", 0), ("1e3", 1000)],
)
def test_crawl_delay(value: str, delay: float) -> None:
    assert parse_robots(f"User-agent: *\nCrawl-delay: {value}".encode()).crawl_delay == delay
    assert math.isfinite(parse_robots(f"User-agent: *\nCrawl-delay: {value}".encode()).crawl_delay)


def test_a_crawl_delay_for_us_has_precedence() -> None:
    assert parse_robots(b"User-agent: *\nCrawl-delay: 9\n\nUser-agent: fedistats\nCrawl-delay: 2").crawl_delay == 2


@pytest.mark.parametrize(
    "line",
    [b"User-agent: *\n", b"Disallow: /*a*a*a*a$\n", b"Disallow: http://[\n", b"\x00", b"User-agent", b"%zz\n", b"\xff"],
)
def test_a_malicious_robots_txt_is_parsed(line: bytes) -> None:
    rules = b"User-agent: *\nDisallow: /api\n"
    assert parse_robots(rules + line * (100_000 // len(line))).allows("/api/v1/instance") in (True, False)


def test_a_crawl_delay_is_kept() -> None:
    clock = FakeClock()
    robots = http_response(b"User-agent: *\nCrawl-delay: 4")
    run(fetch_from({"/robots.txt": robots, "/page": http_response()}, clock=clock))
    assert clock.slept == pytest.approx([4.0])


def test_a_crawl_delay_of_minutes_disallows_everything() -> None:
    outcome, server = run(
        fetch_from({"/robots.txt": http_response(b"User-agent: *\nCrawl-delay: 500"), "/page": http_response()})
    )
    assert outcome == "RobotsDisallowed crawl-delay"
    assert server.targets() == ["/robots.txt"]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (http_response(b"", 404), "2 bytes"),
        (http_response(b"", 410), "2 bytes"),
        (http_response(b"", 400), "2 bytes"),
        (http_response(b"", 451), "2 bytes"),
        (http_response(b"", 401), "RobotsDisallowed robots"),
        (http_response(b"", 403), "RobotsDisallowed robots"),
        (http_response(b"", 429), "RateLimited busy"),
        (http_response(b"", 500), "Unreachable error"),
        (http_response(b"", 501), "Unreachable error"),
        (raw_bytes(b"", then="hang"), "Unreachable timeout"),
        (raw_bytes(b""), "Unreachable connect"),
        (http_response(b"<!doctype html>\nUser-agent: *\nDisallow: /"), "2 bytes"),
        (http_response(b"\xef\xbb\xbfUser-agent: *\nDisallow: /"), "RobotsDisallowed robots"),
        (
            http_response(gzip.compress(b"User-agent: *\nDisallow: /"), Content_Encoding="gzip"),
            "RobotsDisallowed robots",
        ),
        (http_response(b"User-agent: *\nDisallow: /*?limit="), "RobotsDisallowed robots"),
        (http_response(b"User-agent: *\nDisallow: /*?max_id="), "2 bytes"),
        (http_response(b"User-agent: *\nDisallow: /\n" + b"#" * 600_000), "RobotsDisallowed robots"),
        (http_response(b"#" * 600_000 + b"\nUser-agent: *\nDisallow: /\n"), "2 bytes"),
        (endless(OK + b"\r\n", b"Disallow: /\n" * 5000), "2 bytes"),
        (http_response(gzip_bomb(), Content_Encoding="gzip"), "2 bytes"),
        (http_response(b"", 301, Location="/other.txt"), "RobotsDisallowed robots"),
        (http_response(b"", 301, Location="https://www.other.example/robots.txt"), "2 bytes"),
        (http_response(b"", 301, Location="/robots.txt"), "2 bytes"),
        (http_response(b"", 302, Location="http://169.254.169.254/robots.txt"), "2 bytes"),
    ],
)
def test_robots_txt_is_requested_first_and_obeyed(script: Script, expected: str) -> None:
    scripts = {
        "/robots.txt": script,
        "/page": http_response(),
        "/other.txt": http_response(b"User-agent: fedistats\nDisallow: /page"),
    }
    hangs = expected == "Unreachable timeout"
    outcome, server = run(
        fetch_from(scripts, lambda host: Request(host, "/page", (("limit", "40"),)), deadline=0.3 if hangs else 20.0)
    )
    assert outcome == expected
    assert server.targets()[0] == "/robots.txt"
    assert ("/page?limit=40" in server.targets()) == (expected == "2 bytes")


def test_robots_txt_is_requested_once_in_a_run_also_if_that_fails() -> None:
    async def scenario(script: Script) -> list[str]:
        async with (
            ScriptedServer({"/robots.txt": script, "/page": http_response()}) as server,
            make_fetcher(server.start) as fetcher,
        ):
            for _ in range(3):
                await outcome_of(fetcher, page_request(server.host))
            return server.targets()

    assert run(scenario(http_response(b"", 404))).count("/robots.txt") == 1
    assert run(scenario(http_response(b"", 403))).count("/robots.txt") == 1
    assert run(scenario(http_response(b"", 500))).count("/robots.txt") == 4


def test_a_redirect_to_a_disallowed_path_is_not_followed() -> None:
    scripts: dict[str, Script] = {
        "/robots.txt": http_response(b"User-agent: *\nDisallow: /private"),
        "/page": http_response(b"", 302, Location="/private"),
        "/private": http_response(),
    }
    outcome, server = run(fetch_from(scripts))
    assert outcome == "RobotsDisallowed robots"
    assert "/private" not in server.targets()
