"""What a worker does with a batch, and what it returns."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fedistats.crawl.workers import Batch, BatchResult, WorkerSettings, visit_batch
from fedistats.hosts import Host
from fedistats.model import RateLimitState
from fedistats.store import collections, merge, timelines
from fedistats.store.database import Database
from tests.scripted_server import Script, ScriptedServer, http_response

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs all of 127.0.0.0/8")


def visit(scripts: dict[str, Script], **options: object) -> tuple[BatchResult, list[str], float]:
    """A worker's result of one scripted host, the paths that it requested, and the seconds until its first request."""

    async def run() -> tuple[BatchResult, list[str], float]:
        async with ScriptedServer(scripts) as server:
            settings = WorkerSettings("test", 0, 900, 4, (server.start,))
            rate_limits = {server.host: state} if isinstance(state := options.get("state"), RateLimitState) else {}
            exclude = frozenset({server.host} if options.get("excluded") else ())
            batch = Batch(settings, (server.host,), {}, rate_limits, Host("home.example"), 40, exclude=exclude)
            begun = time.monotonic()
            result = await asyncio.to_thread(visit_batch, batch)
            first = min((request.time for request in server.requests), default=begun)
            return result, server.targets(), first - begun

    return asyncio.run(run())


def test_a_host_that_demands_a_long_wait_is_returned_at_once() -> None:
    limited = http_response(status=429, Retry_After="300")
    begun = time.monotonic()
    result, requests, _ = visit({"/robots.txt": http_response(b""), "/api/v1/timelines/public?limit=40": limited})
    assert result.finished == frozenset()
    assert result.requests == len(requests) == 2
    assert time.monotonic() - begun < 10


def test_a_worker_does_not_follow_a_host_to_a_domain_outside_its_batch() -> None:
    meta = b'<Link rel="lrdd" template="https://elsewhere.example/.well-known/webfinger?resource={uri}"/>'
    result, requests, _ = visit({"/robots.txt": http_response(b""), "/.well-known/host-meta": http_response(meta)})
    assert "/.well-known/host-meta" in requests
    assert result.finished == frozenset(), "the main process visits it"


def test_a_worker_sends_no_request_to_an_excluded_host() -> None:
    result, requests, _ = visit({"/robots.txt": http_response(b"")}, excluded=True)
    assert requests == []
    assert len(result.finished) == 1, "its outcome is excluded"


def test_a_worker_waits_as_long_as_the_rate_limit_state_of_its_batch_says() -> None:
    scripts: dict[str, Script] = {
        "/robots.txt": http_response(b""),
        "/api/v1/timelines/public?limit=40": http_response(b"[]"),
    }
    result, _, waited = visit(scripts, state=RateLimitState(not_before=time.time() + 1.5))
    assert 1.3 < waited < 10
    assert len(result.finished) == 1


def test_a_worker_sends_no_request_to_a_host_that_may_not_be_contacted_for_long() -> None:
    scripts: dict[str, Script] = {
        "/robots.txt": http_response(b""),
        "/api/v1/timelines/public?limit=40": http_response(b"[]"),
    }
    result, requests, _ = visit(scripts, state=RateLimitState(not_before=time.time() + 600))
    assert (requests, result.finished) == ([], frozenset())


def test_the_result_of_a_worker_can_be_sent_between_processes() -> None:
    import pickle

    result = BatchResult(b"store", frozenset({Host("a.example")}), 1, 2, 3)
    assert pickle.loads(pickle.dumps(result)) == result


def test_a_worker_without_the_folder_of_the_main_process_writes_to_memory(tmp_path: Path) -> None:
    settings = WorkerSettings("test", 0, 900, 4)
    batch = Batch(settings, (), {}, {}, Host("home.example"), 40, spool=str(tmp_path / "missing" / "1.db"))
    assert visit_batch(batch).packed.startswith(b"SQLite format 3")


def test_a_batch_that_is_visited_once_more_continues_the_store_of_the_lost_worker(tmp_path: Path) -> None:
    async def run() -> tuple[BatchResult, BatchResult, list[str]]:
        empty = http_response(b"[]")
        async with ScriptedServer(
            {"/robots.txt": http_response(b""), "/api/v1/timelines/public?limit=40": empty}
        ) as server:
            settings = WorkerSettings("test", 0, 900, 4, (server.start,))
            batch = Batch(settings, (server.host,), {}, {}, Host("home.example"), 40, spool=str(tmp_path / "1.db"))
            return (
                await asyncio.to_thread(visit_batch, batch),
                await asyncio.to_thread(visit_batch, batch),
                server.targets(),
            )

    lost, result, requests = asyncio.run(run())
    assert requests == ["/robots.txt", "/api/v1/timelines/public?limit=40"]
    assert result.finished == lost.finished != frozenset()
    with Database.open(tmp_path / "main.db") as database:
        collection = collections.begin(database, Host("home.example"), 0)
        merge.merge(database, collection, result.packed)
        assert timelines.hosts(database, collection) == result.finished


def test_the_workers_end_if_the_main_process_is_killed() -> None:
    code = (
        "import os, time; from fedistats.crawl.workers import ProcessPool\n"
        "with ProcessPool(1) as pool: print(pool._executor.submit(os.getpid).result(), flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as main:
        assert main.stdout is not None
        worker = int(main.stdout.readline())
        main.kill()
        try:
            main.communicate(timeout=10)  # returns when the worker, which has the same output, has ended
        except subprocess.TimeoutExpired:
            os.kill(worker, signal.SIGKILL)
            raise
