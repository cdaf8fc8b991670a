"""The one place where an error becomes the outcome of a host.

Half of the fediverse does not answer, so failure is a normal result. `attempt` wraps everything that a visit does: an error inside it, also
one that we did not foresee, becomes the outcome of that host, and the crawl goes on. These errors pass through, since they concern the
whole run: RequestLimitReached, WrongWorker, StoreError, and cancellation.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable
from dataclasses import dataclass

from fedistats.errors import (
    AccessDenied,
    FetchError,
    Gone,
    HostExcluded,
    InvalidResponse,
    LocalError,
    Moved,
    NotFound,
    RateLimited,
    RequestLimitReached,
    RobotsDisallowed,
    StoreError,
    Unreachable,
    WrongWorker,
)
from fedistats.hosts import Host
from fedistats.model import Outcome
from fedistats.text.html import clean

_logger = logging.getLogger("fedistats")
_logger.addHandler(logging.NullHandler())  # a library is silent until the program that uses it configures logging

MISSING, HTML = "missing", "html"
SILENT_REASONS = frozenset({MISSING, HTML, "refused"})
"""How a server answers that does not speak Mastodon's API: 404, a web page for every path, or 400 (PeerTube)."""

_OUTCOMES: dict[type[FetchError], Outcome] = {
    Unreachable: Outcome.DEAD,
    RobotsDisallowed: Outcome.ROBOTS,
    AccessDenied: Outcome.CLOSED,
    Gone: Outcome.GONE,
}


@dataclass(frozen=True, slots=True)
class Failure:
    """What an error means for the host that it happened with."""

    outcome: Outcome
    reason: str = ""  # a short word for tables
    resumable: bool = False  # does the next run try again?
    retry_at: float | None = None  # of a rate limit: when the host may be asked again (epoch seconds)

    @property
    def is_silence(self) -> bool:
        """Does the server perhaps speak another API, or answer under another name?"""
        return self.reason in SILENT_REASONS

    def after(self, items: int) -> tuple[Outcome, str]:
        """Outcome and reason of a host that had shown this many posts or profiles before it failed."""
        if not items:
            return self.outcome, self.reason
        return Outcome.PARTIAL, f"{self.outcome}: {self.reason}" if self.reason else str(self.outcome)


async def attempt(work: Awaitable[object], host: Host) -> Failure | None:
    """Do this work for a host. Returns None, or what the error that ended it means for the host."""
    try:
        await work
    except (RequestLimitReached, WrongWorker, StoreError):
        raise
    except Exception as error:  # an error with one host, whatever it is, must not end the crawl of all others
        if not isinstance(error, FetchError | LocalError):
            _logger.warning("Internal error during the visit to %s", host, exc_info=True)
        return failure_for_error(error)
    return None


def failure_for_error(error: Exception) -> Failure:
    """What this error means for the host that it happened with."""
    if isinstance(error, LocalError):
        return Failure(Outcome.LOCAL_ERROR, resumable=True)
    if not isinstance(error, FetchError):
        return Failure(Outcome.INTERNAL_ERROR, type(error).__name__, resumable=True)
    if isinstance(error, RateLimited):
        return Failure(Outcome.RATE_LIMITED, resumable=True, retry_at=error.until)
    if isinstance(error, Moved):
        return Failure(Outcome.MOVED, clean(error.to, 80))
    if isinstance(error, HostExcluded):
        return Failure(Outcome.EXCLUDED, "excluded")
    if error.reason == "crowd":
        return Failure(Outcome.EXCLUDED, "too many names of one domain")
    if isinstance(error, InvalidResponse) and error.reason == "html":
        return Failure(Outcome.UNSUPPORTED, HTML)
    if isinstance(error, NotFound):
        return Failure(Outcome.CLOSED, MISSING)
    outcome = next((outcome for kind, outcome in _OUTCOMES.items() if isinstance(error, kind)), Outcome.INVALID)
    has_details = isinstance(error, Unreachable | InvalidResponse) or (
        isinstance(error, RobotsDisallowed) and error.reason != "robots"
    )
    return Failure(outcome, error.reason if has_details else "")
