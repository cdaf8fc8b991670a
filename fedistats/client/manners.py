"""How we behave on other people's servers: pace, patience, retries, robots. Decides, never waits: the time is passed in."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Protocol

from protego import Protego

from fedistats.errors import FetchError, InvalidResponse, RateLimited, Unreachable
from fedistats.hosts import Host
from fedistats.model import RateLimitState

TOKEN = "fedistats"
"""The name by which a robots.txt speaks to us."""

DAY = 86_400.0
MOST_PAGING = 300
PAGING_WINDOW = 900.0
# Mastodon counts every request with a cursor, 300 in 15 minutes for one address (config/initializers/rack_attack.rb).
MOST_DELAY = 30.0
# A host with a longer Crawler-delay would take hours: it is left alone. (GoToSocial's default is 500, and means the same.)
MOST_TRIES_WHEN_BUSY = 4
UNSAID, UNSAID_PAGING = 300.0, 900.0
# After a 429 that does not say until when: the two windows of Mastodon's throttles.

_RETRIES: Mapping[tuple[type[FetchError], str], tuple[float, ...]] = {
    (Unreachable, "error"): (2.0, 6.0, 18.0),
    (Unreachable, "connect"): (2.0, 8.0),
    (Unreachable, "timeout"): (4.0,),  # a silence costs half a minute each time
    (InvalidResponse, "cut"): (1.0, 4.0, 16.0),
}


def retry_in(error: FetchError, attempt: int) -> float | None:
    """Seconds to wait before the same question may be put again after `attempt` attempts; None for never.

    For Busy it is 0: what the server asked for is kept by `Pace`.
    """
    if isinstance(error, RateLimited):
        return 0.0 if attempt < MOST_TRIES_WHEN_BUSY else None
    waits = _RETRIES.get((type(error), error.reason), ())
    return waits[attempt - 1] if attempt <= len(waits) else None


# -- pace ---------------------------------------------------------------------------------------------------------------


class RateLimitStore(Protocol):
    """Where standings are remembered."""

    def recall(self, host: Host) -> RateLimitState: ...

    def note(self, host: Host, standing: RateLimitState) -> None: ...


class RateLimiter:
    """When one host may be asked again. Its times are seconds of a clock that never jumps."""

    __slots__ = ("_held", "_last", "_paging", "gap")

    def __init__(self, gap: float, standing: RateLimitState, *, epoch: float, now: float) -> None:
        """`epoch` and `now` are the same moment, by the calendar and by the steady clock."""
        self.gap = gap
        self._last = float("-inf")
        self._held = now + min(standing.not_before - epoch, DAY)
        self._paging = tuple(now - age for at in standing.paging if 0 <= (age := epoch - at) < PAGING_WINDOW)

    def wait(self, now: float, *, paging: bool) -> float:
        """Seconds until the next question may be put."""
        at = max(self._held, self._last + self.gap)
        if paging and len(self._paging) >= MOST_PAGING:
            at = max(at, self._paging[-MOST_PAGING] + PAGING_WINDOW)
        return max(0.0, at - now)

    def asked(self, now: float, *, paging: bool) -> None:
        """A question is being put now."""
        self._last = now
        if paging:
            recent = now - PAGING_WINDOW
            self._paging = (*(at for at in self._paging if at > recent), now)

    def hold(self, now: float, seconds: float) -> None:
        """The host wants no question for so long."""
        self._held = max(self._held, now + seconds)

    def standing(self, *, epoch: float, now: float) -> RateLimitState:
        held = epoch + self._held - now if self._held > now else 0.0
        since = now - PAGING_WINDOW
        return RateLimitState(held, tuple([epoch + at - now for at in self._paging if at > since]))


def requested_delay(status: int, headers: Mapping[str, str], epoch: float, *, paging: bool) -> float | None:
    """Seconds of quiet that an answer asks for, from 1 to a day; None where it asks for none.

    `headers` has lower-case names; `epoch` is our calendar's time, used where the answer bears no date of its own. Headers that
    a shared cache handed on (Age, X-Cache: HIT) are about somebody else's requests, and not looked at.
    """
    if _handed_on(headers):
        return _unsaid(paging) if status == 429 else None
    used_up = status == 429 or headers.get("x-ratelimit-remaining", "").strip() == "0"
    if not used_up and status < 500:
        return None
    date = _http_date(headers.get("date", "")) or epoch
    seconds = None
    if status == 429 or status >= 500:
        seconds = _retry_after(headers.get("retry-after", ""), date)
    if seconds is None and used_up:
        seconds = _reset(headers.get("x-ratelimit-reset", ""), date)
    if seconds is None:
        return _unsaid(paging) if status == 429 else None
    return min(max(seconds, 1.0), DAY)


def _unsaid(paging: bool) -> float:
    return UNSAID_PAGING if paging else UNSAID


def _handed_on(headers: Mapping[str, str]) -> bool:
    age = headers.get("age", "").strip()
    return (age.isascii() and age.isdigit() and age.strip("0") != "") or "hit" in headers.get("x-cache", "").lower()


def _retry_after(text: str, date: float) -> float | None:
    text = text.strip()
    if _digits(text):
        return _number(text)
    at = _http_date(text)
    return None if at is None else at - date


def _reset(text: str, date: float) -> float | None:
    """Seconds until an X-RateLimit-Reset: ISO 8601 (Mastodon), epoch seconds (older GoToSocial), seconds from now (others)."""
    text = text.strip()
    if _digits(text):
        number = _number(text)
        seconds = number if number < 1e8 else number - date
        seconds = seconds if seconds < 1e8 else -1.0  # milliseconds, or nonsense
    else:
        try:
            at = datetime.fromisoformat(text) if text.isascii() else None
            seconds = -1.0 if at is None else at.replace(tzinfo=at.tzinfo or UTC).timestamp() - date
        except (ValueError, OverflowError):
            return None
    return seconds if seconds > 0 else None


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()  # int() takes '٣', '1_000' and '+5' as well


def _number(digits: str) -> float:
    return float(digits[:20]) if len(digits) <= 20 else 1e20


def _http_date(text: str) -> float | None:
    """Epoch seconds of an HTTP date; None where it is none."""
    try:
        at = parsedate_to_datetime(text[:60])
        return at.replace(tzinfo=at.tzinfo or UTC).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


# -- robots.txt ---------------------------------------------------------------------------------------------------------


class Robots:
    """What a host's robots.txt says to us."""

    __slots__ = ("_known", "_rules", "_whole", "delay")

    def __init__(self, rules: Protego | None = None, *, whole: bool = True) -> None:
        """`whole`: may the rules look at more of a target than its path?"""
        self._rules = rules
        self._whole = whole
        self._known: dict[str, bool] = {}
        self.delay = (rules.crawl_delay(TOKEN) or 0.0) if rules else 0.0
        """Seconds between two requests that it asks for."""

    def forbids(self, target: str) -> bool:
        """May `target` (path and query) not be asked?"""
        if self._rules is None:
            return False
        seen = target if self._whole else target.partition("?")[0]
        known = self._known.get(seen)
        if known is None:
            known = not self._rules.can_fetch(seen, TOKEN)
            if not self._whole and len(self._known) < _MOST_PATHS:
                self._known[seen] = known
        return known


_MOST_PATHS = 64  # an API that we read has a dozen


@lru_cache(maxsize=512)  # nearly every server has its software's own file: one reading serves them all
def read_robots(body: bytes) -> Robots:
    """Read as RFC 9309 wants, however it is spelt. An HTML page that came in its place holds no rules."""
    text = body.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
    if text.lstrip().startswith("<"):
        return Robots()
    return Robots(Protego.parse(text), whole=any(map(_beyond_a_path, text.splitlines())))


def _beyond_a_path(line: str) -> bool:
    """May it be a rule that looks at a query? One without these signs is the beginning of a path, or does not fit at all (2.2.2)."""
    return not line.lstrip().lower().startswith("user-agent") and not _SIGNS.isdisjoint(line)


_SIGNS = frozenset("*$?%")
