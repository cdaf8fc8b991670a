"""Show the progress of a crawl, and let signals stop it."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Coroutine, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from fedistats.cli.app import Interrupted
from fedistats.cli.console import print_message
from fedistats.format import duration, first_names
from fedistats.hosts import Host

if TYPE_CHECKING:
    from fedistats.crawl.progress import Progress

T = TypeVar("T")

_STATUS_SECONDS = 10.0
"""Seconds between two status lines if there is no terminal."""
_RATE_WINDOW = 60.0
"""Seconds over which the request rate is measured."""
_HALF_LIFE = 120.0
"""Seconds after which a page has half its weight in the estimate, so that a slow moment does not turn an hour into a day."""
_MAX_NAMES = 3
"""How many hosts a line names."""


def run_interruptible(work: Coroutine[Any, Any, T]) -> T:
    """Run a crawl to its end. Ctrl-C, SIGTERM and SIGHUP stop it after the current page; raises Interrupted then."""
    import asyncio
    import signal

    async def cancel_at_signals() -> T:
        task = asyncio.current_task()
        assert task is not None
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                with contextlib.suppress(NotImplementedError):  # Windows has no such handlers
                    loop.add_signal_handler(getattr(signal, name), task.cancel)
        return await work

    try:
        return asyncio.run(cancel_at_signals())
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise Interrupted("stopped; collected data is kept. Run the same command again to continue.") from None


class ProgressMeter:
    """The speed of a crawl, the time that is left, and the hosts that it waits for.

    `clock` is monotonic; `calendar` is the time of day in epoch seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, calendar: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._calendar = calendar
        self._started_at = clock()
        self._samples: deque[tuple[float, int, int]] = deque([(self._started_at, 0, 0)])
        """(time, requests, pages), at most one per second."""
        self._weighted_pages = self._weighted_seconds = 0.0
        self.progress: Progress | None = None

    def update(self, progress: Progress) -> None:
        """Take note of the progress; called after each event of the crawl."""
        self.progress = progress
        now = self._clock()
        before, _, pages_before = self._samples[-1]
        if now - before < 1.0:
            return
        decay = 0.5 ** ((now - before) / _HALF_LIFE)
        self._weighted_pages = self._weighted_pages * decay + progress.pages - pages_before
        self._weighted_seconds = self._weighted_seconds * decay + now - before
        self._samples.append((now, progress.requests, progress.pages))
        while now - self._samples[1][0] >= _RATE_WINDOW:
            self._samples.popleft()

    def request_rate(self) -> float:
        """Requests per second, over the last minute."""
        now, requests = self._clock(), self.progress.requests if self.progress else 0
        in_window = (sample for sample in self._samples if now - sample[0] <= _RATE_WINDOW)
        before, requests_before, _ = next(in_window, self._samples[-1])
        return (requests - requests_before) / max(now - before, 1.0)

    def seconds_left(self) -> float | None:
        """An estimate of the seconds that are left, at least the longest wait that a server asked for; None if nothing is known."""
        if self.progress is None:
            return None
        estimates = [until - self._calendar() for until in self.progress.paused.values()]
        if self._weighted_pages:
            pages_left = max(0, self.progress.wanted - self.progress.pages)
            estimates.append(pages_left * self._weighted_seconds / self._weighted_pages)
        return max(estimates, default=None)

    def status(self) -> str:
        """The progress in one line; empty before the first update."""
        progress = self.progress
        if progress is None:
            return ""
        parts = [f"{progress.items:,} {'profiles' if progress.part == 'profiles' else 'posts'}"]
        if progress.found > 1:
            parts.insert(0, f"{progress.done:,} of {progress.found:,} instances done, {progress.working:,} in progress")
        parts.append(f"{self.request_rate():.1f} requests per second")
        seconds_left = self.seconds_left()
        if seconds_left is not None and progress.done < progress.found:
            parts.append(f"about {duration(seconds_left)} left")
        parts += self._name_hosts("waiting for", progress.paused) + self._name_hosts("postponed", progress.postponed)
        return f"{progress.part}: {', '.join(parts)}"

    def summary(self) -> str:
        """The run in one line, at its end; empty if no request was sent."""
        progress, seconds = self.progress, self._clock() - self._started_at
        if progress is None or not progress.requests:
            return ""
        text = f"{progress.part}: {progress.requests:,} requests in {duration(seconds)}, {progress.pages:,} pages"
        if progress.found > 1:
            text += f"; {progress.done:,} of {progress.found:,} instances done"
        return ", ".join([text, *self._name_hosts("postponed", progress.postponed)])

    def _name_hosts(self, label: str, until_by_host: Mapping[Host, float]) -> list[str]:
        earliest_first = sorted(until_by_host.items(), key=lambda item: item[::-1])
        names = [f"{host} until {self._clock_time(until)}" for host, until in earliest_first]
        return [f"{label} {first_names(names, _MAX_NAMES)}"] if names else []

    def _clock_time(self, epoch: float) -> str:
        now = datetime.fromtimestamp(self._calendar()).astimezone()
        then = datetime.fromtimestamp(epoch).astimezone()
        return then.strftime("%H:%M" if then.date() == now.date() else "%Y-%m-%d %H:%M")


@contextlib.contextmanager
def progress_display(*, quiet: bool, verbose: bool) -> Iterator[Callable[[Progress], None]]:
    """A callback for progress: it updates a display on a terminal's stderr, prints lines with --verbose, or else does nothing."""
    from rich.console import Console

    console = Console(stderr=True)
    if quiet or not (console.is_terminal or verbose):
        yield lambda _: None
        return
    meter = ProgressMeter()
    try:
        if console.is_terminal:
            from rich.live import Live

            with Live(console=console, get_renderable=lambda: _renderable(meter), refresh_per_second=4, transient=True):
                yield meter.update
        else:
            yield progress_lines(meter, print_message)
    finally:
        if summary := meter.summary():
            print_message(summary)


def _renderable(meter: ProgressMeter) -> Any:
    from rich.console import Group
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    progress = meter.progress
    if progress is None:
        return Text("starting")
    return Group(Text(meter.status()), ProgressBar(total=progress.wanted or None, completed=progress.pages, width=40))


def progress_lines(
    meter: ProgressMeter, print_line: Callable[[str], None], clock: Callable[[], float] = time.monotonic
) -> Callable[[Progress], None]:
    """A callback that prints a line for each instance that is done, and a status line every ten seconds."""
    last_status = clock()
    last_ended: object = None

    def on_progress(progress: Progress) -> None:
        nonlocal last_status, last_ended
        meter.update(progress)
        if progress.ended is not None and progress.ended is not last_ended:
            last_ended = progress.ended
            host, outcome = progress.ended
            print_line(f"{host}: {outcome}; {progress.done:,} of {progress.found:,} instances done")
        if clock() - last_status >= _STATUS_SECONDS:
            last_status = clock()
            print_line(meter.status())

    return on_progress
