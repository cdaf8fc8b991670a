"""Time, as the fetcher sees it."""

from __future__ import annotations

import asyncio
import time


class Clock:
    """The machine's own calendar time, monotonic time, and sleep. Tests pass their own."""

    def time(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
