"""How a run is watched, and how it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import math
import signal
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from fedistats.cli.app import Interrupted
from fedistats.cli.console import say

if TYPE_CHECKING:
    from fedistats.crawl.progress import Progress
    from fedistats.hosts import Host

T = TypeVar("T")

_EVERY = 10.0
"""Seconds between two lines of figures, where there is no terminal."""
_MINUTE = 60.0
_HALF = 120.0
"""Seconds after which a page counts half for the estimate: one slow moment does not turn an hour into a day."""
_NAMED = 3
"""So many hosts are called by name."""


def interruptible(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end. Ctrl-C, a closed terminal and `kill` stop it at the next page: what was read is kept."""

    async def stopping_at_signals() -> T:
        task = asyncio.current_task()
        assert task is not None
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                with contextlib.suppress(NotImplementedError):  # Windows has no such handlers
                    loop.add_signal_handler(getattr(signal, name), task.cancel)
        return await work

    try:
        return asyncio.run(stopping_at_signals())
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise Interrupted(
            "stopped; what was read is kept. Run the same command again, and it goes on from here."
        ) from None


class Figures:
    """What can be told of a run that lasts: how fast it goes, what is left, and until when others make it wait.

    `clock` never jumps, `calendar` is the time of day (epoch seconds).
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, calendar: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._calendar = calendar
        self._began = clock()
        self._seen: deque[tuple[float, int, int]] = deque([(self._began, 0, 0)])
        self._pages = self._seconds = 0.0
        self.now: Progress | None = None

    def saw(self, now: Progress) -> None:
        """Called as often as something happens."""
        self.now = now
        at = self._clock()
        if at - self._seen[-1][0] < 1.0:
            return
        since, _, pages = self._seen[-1]
        fading = 0.5 ** ((at - since) / _HALF)
        self._pages = self._pages * fading + now.pages - pages
        self._seconds = self._seconds * fading + at - since
        self._seen.append((at, now.requests, now.pages))
        while at - self._seen[1][0] >= _MINUTE:
            self._seen.popleft()

    def rate(self) -> float:
        """Requests a second, over the last minute."""
        at, requests = self._clock(), self.now.requests if self.now else 0
        since, before, _ = next((s for s in self._seen if at - s[0] <= _MINUTE), self._seen[-1])
        return (requests - before) / max(at - since, 1.0)

    def left(self) -> float | None:
        """Seconds that it will take as far as can be told, and never less than somebody asked us to wait; None where nothing is known."""
        if self.now is None:
            return None
        known = [until - self._calendar() for until in self.now.resting.values()]
        if self._pages:
            known.append(max(0, self.now.wanted - self.now.pages) * self._seconds / self._pages)
        return max(known, default=None)

    def line(self) -> str:
        """All of it in a line."""
        now = self.now
        if now is None:
            return ""
        told = [f"{now.items:,} {'profiles' if now.about == 'profiles' else 'posts'}"]
        if now.found > 1:
            told.insert(0, f"{now.done:,} of {now.found:,} instances done, {now.working:,} in work")
        told.append(f"{self.rate():.1f} requests a second")
        if (left := self.left()) is not None and now.done < now.found:
            told.append(f"about {_lasting(left)} left")
        told += self._waiting("waiting for", now.resting) + self._waiting("put off", now.put_off)
        return f"{now.about}: {', '.join(told)}"

    def sum(self) -> str:
        """What it came to."""
        now, lasted = self.now, self._clock() - self._began
        if now is None or not now.requests:
            return ""
        told = f"{now.about}: {now.requests:,} requests in {_lasting(lasted)}, {now.pages:,} pages"
        if now.found > 1:
            told += f"; {now.done:,} of {now.found:,} instances done"
        return ", ".join([told, *self._waiting("put off", now.put_off)])

    def _waiting(self, what: str, hosts: Mapping[Host, float]) -> list[str]:
        if not hosts:
            return []
        first = sorted(hosts, key=lambda host: (hosts[host], host))
        names = ", ".join(f"{host} until {self._hour(hosts[host])}" for host in first[:_NAMED])
        more = f" and {len(hosts) - _NAMED:,} more" if len(hosts) > _NAMED else ""
        return [f"{what} {names}{more}"]

    def _hour(self, epoch: float) -> str:
        today = datetime.fromtimestamp(self._calendar()).astimezone()
        at = datetime.fromtimestamp(epoch).astimezone()
        return at.strftime("%H:%M" if at.date() == today.date() else "%Y-%m-%d %H:%M")


def _lasting(seconds: float) -> str:
    """Roughly: '40 s', '12 min', '3.5 h'. Whoever tells seconds of an hour claims to know them."""
    if seconds < 60:
        return f"{math.ceil(seconds / 5) * 5} s"
    if seconds < 5400:
        return f"{math.ceil(seconds / 60)} min"
    return f"{math.ceil(seconds / 1800) / 2:g} h"


@contextlib.contextmanager
def watching(*, quiet: bool, verbose: bool) -> Iterator[Callable[[Progress], None]]:
    """A progress display on a terminal's stderr; lines with --verbose; else silence."""
    from rich.console import Console

    console = Console(stderr=True)
    if quiet or not (console.is_terminal or verbose):
        yield lambda _: None
        return
    figures = Figures()
    try:
        if console.is_terminal:
            from rich.live import Live

            with Live(console=console, get_renderable=lambda: _shown(figures), refresh_per_second=4, transient=True):
                yield figures.saw
        else:
            yield line_by_line(figures, say)
    finally:
        if told := figures.sum():
            say(told)


def _shown(figures: Figures) -> Any:
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    now = figures.now
    if now is None:
        return Text("asking")
    return Group(Text(figures.line()), ProgressBar(total=now.wanted or None, completed=now.pages, width=40))


def line_by_line(
    figures: Figures, tell: Callable[[str], None], clock: Callable[[], float] = time.monotonic
) -> Callable[[Progress], None]:
    """A line for each instance that is done, and the figures now and then."""
    told = clock()
    last: object = None

    def watch(now: Progress) -> None:
        nonlocal told, last
        figures.saw(now)
        if now.ended is not None and now.ended is not last:
            last = now.ended
            tell(f"{now.ended[0]}: {now.ended[1]}; {now.done:,} of {now.found:,} instances done")
        if clock() - told >= _EVERY:
            told = clock()
            tell(figures.line())

    return watch
