"""How a run is watched, and how it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from fedistats.cli.app import Interrupted
from fedistats.cli.say import say

if TYPE_CHECKING:
    from fedistats.crawl import Progress

T = TypeVar("T")


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


@contextlib.contextmanager
def watching(*, quiet: bool, verbose: bool) -> Iterator[Callable[[Progress], None]]:
    """A progress display on a terminal's stderr; lines with --verbose; else silence."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    if quiet or not (console.is_terminal or verbose):
        yield lambda _: None
        return
    if not console.is_terminal:
        yield _line_by_line()
        return
    columns = (
        TextColumn("{task.description}: {task.fields[note]}"),
        BarColumn(bar_width=16),
        MofNCompleteColumn(),
        TextColumn("pages"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task("asking", total=None, note="")

        def watch(now: Progress) -> None:
            note = f"{now.items:,} {'profiles' if now.about == 'profiles' else 'posts'}"
            if now.about == "neighborhood":
                note += f", {now.done:,} of {now.found:,} instances done"
            bar.update(task, description=now.about, completed=now.pages, total=now.wanted or None, note=note)

        yield watch


def _line_by_line() -> Callable[[Progress], None]:
    told = 0

    def watch(now: Progress) -> None:
        nonlocal told
        if now.done > told:
            told = now.done
            say(f"{now.about}: {now.done:,} of {now.found:,} instances done, {now.pages:,} pages, {now.items:,} read")

    return watch
