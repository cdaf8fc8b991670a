"""Retries: which errors may pass, and how long to wait before the next attempt."""

from __future__ import annotations

from collections.abc import Mapping

from fedistats.errors import FetchError, InvalidResponse, RateLimited, Unreachable

MAX_RATE_LIMITED_ATTEMPTS = 4
RETRY_DELAYS: Mapping[tuple[type[FetchError], str], tuple[float, ...]] = {
    (Unreachable, "error"): (2.0, 6.0, 18.0),
    (Unreachable, "connect"): (2.0, 8.0),
    (Unreachable, "timeout"): (4.0,),  # each timeout takes half a minute
    (InvalidResponse, "cut"): (1.0, 4.0, 16.0),
}
"""Seconds before each further attempt, by class and reason of the error. Other errors are final."""


def retry_delay(error: FetchError, attempt: int) -> float | None:
    """Seconds to wait before the same request may be sent again, after `attempt` attempts. None: do not try again.

    It is 0 for RateLimited, because the RateLimiter keeps the delay that the server asked for.
    """
    if isinstance(error, RateLimited):
        return 0.0 if attempt < MAX_RATE_LIMITED_ATTEMPTS else None
    delays = RETRY_DELAYS.get((type(error), error.reason), ())
    return delays[attempt - 1] if attempt <= len(delays) else None
