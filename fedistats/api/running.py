"""Run a coroutine from code that is not async."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end; in a thread of its own if an event loop is running here, as in a notebook.

    Ctrl-C cancels it. The database is closed before KeyboardInterrupt is raised.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    return _run_in_thread(work, asyncio.current_task())


def _run_in_thread(work: Coroutine[Any, Any, T], caller: asyncio.Task[Any] | None) -> T:
    result: Future[T] = Future()
    started = threading.Event()
    cancel: list[Callable[[], object]] = []

    async def main() -> T:
        task = asyncio.current_task()
        assert task is not None
        cancel.append(partial(asyncio.get_running_loop().call_soon_threadsafe, task.cancel))
        started.set()
        return await work

    def target() -> None:
        try:
            result.set_result(asyncio.run(main()))
        except BaseException as error:  # noqa: BLE001 - handed over to the caller's thread
            result.set_exception(error)
        finally:
            started.set()

    cancellations = caller.cancelling() if caller else 0
    threading.Thread(target=target, name="fedistats").start()
    try:
        # Not Thread.join: an interrupted join forgets that the thread runs. A timeout, because Windows interrupts no wait without one.
        while not wait([result], timeout=0.1).done:
            if caller and caller.cancelling() > cancellations:  # asyncio.run turns Ctrl-C into a cancellation
                raise asyncio.CancelledError
    except (KeyboardInterrupt, asyncio.CancelledError):
        started.wait()
        for cancel_work in cancel:
            with suppress(RuntimeError):  # the loop is closed: the work is done
                cancel_work()
        wait([result])
        raise
    return result.result()
