"""Functions in a running event loop, as in a notebook: an error is raised in the caller, and Ctrl-C stops the requests."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from fedistats.api.running import run
from fedistats.fetch import Request
from fedistats.store.database import Database
from tests.fediverse import FakeServer, post
from tests.local_server import serve_locally

NOTEBOOK = """
import asyncio, sys, time
from pathlib import Path
import fedistats
from fedistats.store.database import Database

async def cell():
    store = Path("x.db")
    try:
        fedistats.neighborhood(sys.argv[1], posts=4000, store=store, settings=fedistats.CrawlSettings(pace=0.2))
    except (KeyboardInterrupt, asyncio.CancelledError) as error:
        with Database.open(store):
            print(type(error).__name__, flush=True)
        time.sleep(2)

if sys.argv[2] == "notebook":  # as ipykernel does: the signal raises KeyboardInterrupt
    asyncio.new_event_loop().run_until_complete(cell())
else:  # as asyncio.run does: the signal cancels the task
    asyncio.run(cell())
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(("runner", "error"), [("notebook", "KeyboardInterrupt"), ("asyncio.run", "CancelledError")])
def test_ctrl_c_in_a_running_loop_stops_the_requests_and_frees_the_database(
    tmp_path: Path, runner: str, error: str
) -> None:
    times: list[float] = []

    class RecordingServer(FakeServer):
        def respond(self, request: Request) -> Any:
            times.append(time.monotonic())
            time.sleep(0.1)
            return super().respond(request)

    server = RecordingServer([post(n, f"u@h{n % 7}.invalid") for n in range(4000, 0, -1)])
    with serve_locally(server) as url:
        process = subprocess.Popen(
            [sys.executable, "-c", NOTEBOOK, url, runner], cwd=tmp_path, stdout=subprocess.PIPE, text=True
        )
        deadline = time.monotonic() + 30
        while len(times) < 4 and time.monotonic() < deadline:
            time.sleep(0.02)
        assert len(times) >= 4
        process.send_signal(signal.SIGINT)
        interrupted = time.monotonic()
        assert process.stdout is not None
        line = process.stdout.readline()
        opened = time.monotonic()
        process.communicate(timeout=20)
    assert line == f"{error}\n"
    assert opened - interrupted < 10
    assert max(times) < opened
    with Database.open_read_only(tmp_path / "x.db"):
        pass


def test_an_error_in_the_thread_is_raised_in_the_caller() -> None:
    async def fail() -> None:
        raise ValueError("first")

    async def cell() -> None:
        run(fail())

    with pytest.raises(ValueError, match="first"):
        asyncio.run(cell())
