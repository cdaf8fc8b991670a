"""Rate limits: when a host may get its next request. It decides and never waits; the time is passed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

from fedistats.hosts import Host
from fedistats.model import RateLimitState

DAY = 86_400.0
MAX_PAGING_REQUESTS = 300
PAGING_WINDOW = 900.0
# Mastodon counts every request with a cursor: 300 in 15 minutes for one address (config/initializers/rack_attack.rb).
DEFAULT_DELAY, DEFAULT_PAGING_DELAY = 300.0, 900.0  # after a 429 without a time: the windows of Mastodon's limits


class RateLimitStore(Protocol):
    """Keeps the rate limit state of each host from run to run."""

    def recall(self, host: Host) -> RateLimitState: ...

    def note(self, host: Host, state: RateLimitState, /) -> None: ...


class RateLimiter:
    """When one host may get its next request. Its times are seconds of a monotonic clock."""

    __slots__ = ("_blocked_until", "_last_request", "_paging_requests", "min_interval")

    def __init__(self, min_interval: float, state: RateLimitState, *, epoch: float, now: float) -> None:
        """`epoch` and `now` are the same moment, by the calendar and by the monotonic clock."""
        self.min_interval = min_interval  # seconds between the starts of two requests
        self._last_request = float("-inf")
        self._blocked_until = now + min(state.not_before - epoch, DAY)
        self._paging_requests = tuple(now - age for time in state.paging if 0 <= (age := epoch - time) < PAGING_WINDOW)

    def delay(self, now: float, *, paging: bool) -> float:
        """Seconds until the next request may be sent."""
        earliest = max(self._blocked_until, self._last_request + self.min_interval)
        if paging and len(self._paging_requests) >= MAX_PAGING_REQUESTS:
            earliest = max(earliest, self._paging_requests[-MAX_PAGING_REQUESTS] + PAGING_WINDOW)
        return max(0.0, earliest - now)

    def record_request(self, now: float, *, paging: bool) -> None:
        """A request is sent now."""
        self._last_request = now
        if paging:
            window_start = now - PAGING_WINDOW
            self._paging_requests = (*(time for time in self._paging_requests if time > window_start), now)

    def block(self, now: float, seconds: float) -> None:
        """The host wants no request for so many seconds."""
        self._blocked_until = max(self._blocked_until, now + seconds)

    def state(self, *, epoch: float, now: float) -> RateLimitState:
        """What a later run needs to know, in calendar time."""
        not_before = epoch + self._blocked_until - now if self._blocked_until > now else 0.0
        window_start = now - PAGING_WINDOW
        return RateLimitState(
            not_before, tuple([epoch + time - now for time in self._paging_requests if time > window_start])
        )


def requested_delay(status: int, headers: Mapping[str, str], epoch: float, *, paging: bool) -> float | None:
    """Seconds without requests that a response asks for, from 1 to a day; None if it asks for nothing.

    `headers` has lower-case names. `epoch` is our own time, used if the response has no date. Headers of a response from a shared
    cache (Age, X-Cache: HIT) are about the requests of others, and are ignored.
    """
    if _from_shared_cache(headers):
        return _default_delay(paging) if status == 429 else None
    limit_reached = status == 429 or headers.get("x-ratelimit-remaining", "").strip() == "0"
    if not limit_reached and status < 500:
        return None
    date = _parse_http_date(headers.get("date", "")) or epoch
    seconds = None
    if status == 429 or status >= 500:
        seconds = _parse_retry_after(headers.get("retry-after", ""), date)
    if seconds is None and limit_reached:
        seconds = _parse_reset(headers.get("x-ratelimit-reset", ""), date)
    if seconds is None:
        return _default_delay(paging) if status == 429 else None
    return min(max(seconds, 1.0), DAY)


def _default_delay(paging: bool) -> float:
    return DEFAULT_PAGING_DELAY if paging else DEFAULT_DELAY


def _from_shared_cache(headers: Mapping[str, str]) -> bool:
    age = headers.get("age", "").strip()
    return (age.isascii() and age.isdigit() and age.strip("0") != "") or "hit" in headers.get("x-cache", "").lower()


def _parse_retry_after(text: str, date: float) -> float | None:
    text = text.strip()
    if _is_number(text):
        return _parse_number(text)
    time = _parse_http_date(text)
    return None if time is None else time - date


def _parse_reset(text: str, date: float) -> float | None:
    """Seconds until an X-RateLimit-Reset: ISO 8601 (Mastodon), epoch seconds (older GoToSocial), seconds from now (others)."""
    text = text.strip()
    if _is_number(text):
        number = _parse_number(text)
        seconds = number if number < 1e8 else number - date
        seconds = seconds if seconds < 1e8 else -1.0  # milliseconds, or nonsense
    else:
        try:
            time = datetime.fromisoformat(text) if text.isascii() else None
            seconds = -1.0 if time is None else time.replace(tzinfo=time.tzinfo or UTC).timestamp() - date
        except (ValueError, OverflowError):
            return None
    return seconds if seconds > 0 else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()  # int() also accepts '٣', '1_000' and '+5'


def _parse_number(digits: str) -> float:
    return float(digits[:20]) if len(digits) <= 20 else 1e20


def _parse_http_date(text: str) -> float | None:
    """Epoch seconds of an HTTP date; None if it is not one."""
    try:
        time = parsedate_to_datetime(text[:60])
        return time.replace(tzinfo=time.tzinfo or UTC).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
