"""The same crawl with more hands: the same result, at nobody's door twice, and nothing lost with a worker."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchmarks.server import figures, serving
from benchmarks.world import World, address, home, name
from fedistats.client.fetcher import Fetcher
from fedistats.crawl.crawler import Crawler, Progress
from fedistats.crawl.workers import (
    Batch,
    BatchResult,
    DistributedCrawler,
    ExecutorPool,
    Options,
    ProcessPool,
    WorkerPool,
    cluster,
    visit,
)
from fedistats.errors import RequestLimitReached
from fedistats.export.graphml import graphml
from fedistats.export.json_documents import neighborhood_json
from fedistats.hosts import Host, Target
from fedistats.results import queries
from fedistats.settings import Scope
from fedistats.store.database import Database
from fedistats.store.rate_limits import RateLimitTable
from fedistats.store.timelines import TimelineWriter
from tests.hostile import Hostile, Script, answer

WORLD = World(hosts=18, pages=2, latency=0.0, mixed=True)
"""A home and its neighbours, each at an address of its own; some are dead, some closed."""
pytestmark = pytest.mark.skipif(os.name == "nt" or not hasattr(signal, "SIGKILL"), reason="needs all of 127.0.0.0/8")


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving(WORLD) as port:
        yield port


def starts(port: int) -> tuple[Target, ...]:
    hosts = [home(port), *(name(number, port) for number in range(WORLD.hosts))]
    return tuple(Target(Host(host), "http", private=True) for host in hosts)


def lookup(host: str, _port: int) -> Iterable[str]:
    if not host.startswith("home") and WORLD.kind(int(host[1:].split(".")[0])) == "dead":
        raise socket.gaierror(socket.EAI_NONAME, "no such name")
    return [address(host)]


def crawl(
    port: int,
    path: Path,
    crew: WorkerPool | None = None,
    *,
    scope: Scope | None = None,
    max_requests: int | None = None,
    find: Callable[[str, int], Iterable[str]] = lookup,
    watch: Callable[[Progress], None] = lambda _: None,
) -> int:
    """Returns how many requests were made."""

    async def run() -> int:
        known = starts(port)
        with Database.open(path) as store:
            rate_limits = RateLimitTable(store)
            async with Fetcher(
                agent="test", starts=known, pace=0, rate_limits=rate_limits, lookup=find, max_requests=max_requests
            ) as web:
                more: dict[str, Any] = {"store": store, "now": lambda: 1_793_534_400.0, "watch": watch}
                walk: Crawler
                if crew is None:
                    walk = Crawler(web.fetch, visiting=web.visiting, room=web.wait_for_slot, **more)
                else:
                    options = Options("test", 0, 900, 40, known)
                    walk = DistributedCrawler(web=web, crew=crew, options=options, rate_limits=rate_limits, **more)
                await walk.neighborhood(known[0], WORLD.posts, scope)
                return web.requests + walk.requests_of_others

    return asyncio.run(asyncio.wait_for(run(), 60))


def told(port: int, path: Path) -> bytes:
    """Everything that is told of it."""
    with Database.open_read_only(path) as store:
        found = queries.neighborhood(store, Host(home(port)), WORLD.posts, min_posts=2)
    return "".join(graphml(found)).encode() + neighborhood_json(found)


@pytest.fixture(scope="module")
def alone(port: int, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What one process comes to."""
    path = tmp_path_factory.mktemp("alone") / "fedistats.db"
    crawl(port, path)
    return told(port, path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "fedistats.db"


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """An executor that begins at once; what goes through it is no less real."""
    with ThreadPoolExecutor(2) as executor:
        yield executor


class Watched:
    """Hands on to an executor, and remembers what went out, and what was out at the same time."""

    size = 2

    def __init__(self, executor: Executor, work: Callable[[Batch, int], bytes]) -> None:
        self._executor = executor
        self._work = work
        self.errands: list[Batch] = []
        self.doors: Counter[str] = Counter()
        self.most_at_a_door = 0

    def send(self, errand: Batch) -> Future[bytes]:
        self.errands.append(errand)
        doors = {where for found in errand.addresses.values() for where in found}
        self.doors.update(doors)
        self.most_at_a_door = max(self.most_at_a_door, *self.doors.values())
        done = self._executor.submit(self._work, errand, len(self.errands))
        done.add_done_callback(lambda _: self.doors.subtract(doors))
        return done


def _well(errand: Batch, _: int) -> bytes:
    return visit(errand)


def _dies_first(errand: Batch, number: int) -> bytes:
    """The first worker dies when it has done its work, and before it could hand it in."""
    result = visit(errand)
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return result


def _dies_half_way(errand: Batch, number: int) -> bytes:
    """The first worker dies in the moment in which it is done with its third host."""
    ended = 0

    def end_timeline(writer: TimelineWriter, *how: Any, **more: Any) -> None:
        nonlocal ended
        end(writer, *how, **more)
        ended += 1
        if ended == 3:
            os.kill(os.getpid(), signal.SIGKILL)

    end = TimelineWriter.end
    if number == 1:
        TimelineWriter.end = end_timeline  # type: ignore[method-assign, assignment]
    return visit(errand)


def _always_dies(errand: Batch, _: int) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return visit(errand)


class Mortal(ProcessPool):
    """Processes whose work is another."""

    def __init__(self, work: Callable[[Batch, int], bytes], size: int = 2) -> None:
        super().__init__(size)
        self._work = work
        self.sent = 0

    def send(self, errand: Batch) -> Future[bytes]:
        super().send(replace(errand, hosts=()))  # so that a broken pool is made anew
        self.sent += 1
        return self._pool.submit(self._work, errand, self.sent)


def test_two_processes_tell_the_same_bytes_as_one(port: int, path: Path, alone: bytes) -> None:
    with ProcessPool(2) as crew:
        crawl(port, path, crew)
    assert told(port, path) == alone


@pytest.mark.parametrize("scope", [Scope(depth=2), Scope(depth=2, max_hosts=9)])
def test_any_breadth_tells_the_same_with_workers(
    port: int, tmp_path: Path, threads: ThreadPoolExecutor, scope: Scope
) -> None:
    crawl(port, tmp_path / "alone.db", scope=scope)
    crawl(port, tmp_path / "shared.db", ExecutorPool(threads, 2), scope=scope)
    assert told(port, tmp_path / "shared.db") == told(port, tmp_path / "alone.db")


def test_nobody_is_asked_more_often_because_there_are_workers(
    port: int, tmp_path: Path, threads: ThreadPoolExecutor
) -> None:
    crew = Watched(threads, _well)
    assert crawl(port, tmp_path / "shared.db", crew) == crawl(port, tmp_path / "alone.db")
    out = [host for errand in crew.errands for host in errand.hosts]
    assert len(out) == len(set(out)) >= 12
    assert crawl(port, tmp_path / "shared.db", crew) == 0, "and who has all, asks nobody"


def test_no_two_batches_are_at_one_address_at_the_same_time(port: int, path: Path, threads: ThreadPoolExecutor) -> None:
    def few(host: str, port: int) -> Iterable[str]:
        (found,) = lookup(host, port)
        return [found] if host.startswith("home") or int(host[1:].split(".")[0]) in (0, 1) else ["127.2.0.2"]

    crew = Watched(threads, _well)
    crawl(port, path, crew, find=few)
    assert len(crew.errands) > 2
    assert crew.most_at_a_door == 1


def test_a_worker_that_dies_loses_nothing_that_it_has_read(port: int, path: Path, alone: bytes) -> None:
    needed = crawl(port, path.with_name("alone.db"))
    figures(port)
    with Mortal(_dies_first, 1) as crew:
        crawl(port, path, crew)
    assert told(port, path) == alone
    assert crew.sent > 1
    assert figures(port)["requests"] == needed
    assert [file.name for file in path.parent.iterdir() if "fedistats" in file.name] == ["fedistats.db"]


def test_who_follows_a_worker_that_died_half_way_goes_on_where_it_was(port: int, path: Path, alone: bytes) -> None:
    needed = crawl(port, path.with_name("alone.db"))
    figures(port)
    with Mortal(_dies_half_way) as crew:
        crawl(port, path, crew)
    assert told(port, path) == alone
    # What was under way is asked for once more: robots.txt of each host, and a page of it.
    assert needed < figures(port)["requests"] <= needed + 2 * WORLD.hosts


def test_where_workers_always_die_the_main_process_goes_itself(port: int, path: Path, alone: bytes) -> None:
    with Mortal(_always_dies) as crew:
        crawl(port, path, crew)
    assert told(port, path) == alone


def test_a_run_that_is_stopped_ends_its_processes_and_the_next_one_goes_on(port: int, path: Path, alone: bytes) -> None:
    class Stopped(BaseException):
        pass

    def stop(now: Progress) -> None:
        if now.done > 3:  # the first batch has come back
            raise Stopped

    with pytest.raises(BaseException) as caught, ProcessPool(2) as crew:  # noqa: PT011 - alone or in a group
        crawl(port, path, crew, watch=stop)
    assert caught.group_contains(Stopped) if isinstance(caught.value, BaseExceptionGroup) else caught.type is Stopped
    pool = crew._pool
    assert not pool._processes, "all have ended"
    with ProcessPool(2) as crew:
        crawl(port, path, crew)
    assert told(port, path) == alone


def test_no_more_requests_than_allowed_are_made_by_all_together(
    port: int, path: Path, alone: bytes, threads: ThreadPoolExecutor
) -> None:
    whole = made = crawl(port, path.with_name("whole.db"))
    for _ in range(whole):
        used = 0

        def watch(now: Progress) -> None:
            nonlocal used
            used = now.pages

        try:
            made = crawl(port, path, ExecutorPool(threads, 2), max_requests=20, watch=watch)
            break
        except* RequestLimitReached:
            assert used <= 20
    assert made <= 20
    assert told(port, path) == alone


def test_a_host_that_wants_quiet_is_handed_back_at_once() -> None:
    async def story() -> tuple[BatchResult, float]:
        scripts: dict[str, Script] = {
            "/robots.txt": answer(b""),
            "/api/v1/timelines/public?limit=40": answer(status=429, Retry_After="300"),
        }
        async with Hostile(scripts) as server:
            errand = Batch(
                Options("test", 0, 900, 4, (server.start,)), (server.host,), {}, {}, Host("home.example"), 40
            )
            began = asyncio.get_running_loop().time()
            packed = await asyncio.to_thread(visit, errand)
            return msgspec.msgpack.decode(packed, type=BatchResult), asyncio.get_running_loop().time() - began

    found, lasted = asyncio.run(story())
    assert found.finished == []
    assert found.requests == 2
    assert lasted < 10


def test_a_worker_follows_nobody_to_a_host_that_is_not_its_own() -> None:
    meta = b'<Link rel="lrdd" template="https://elsewhere.example/.well-known/webfinger?resource={uri}"/>'

    async def story() -> tuple[BatchResult, list[str]]:
        async with Hostile({"/robots.txt": answer(b""), "/.well-known/host-meta": answer(meta)}) as server:
            errand = Batch(
                Options("test", 0, 900, 4, (server.start,)), (server.host,), {}, {}, Host("home.example"), 40
            )
            told = msgspec.msgpack.decode(await asyncio.to_thread(visit, errand), type=BatchResult)
            return told, [asked.target for asked in server.asked]

    found, asked = asyncio.run(story())
    assert "/.well-known/host-meta" in asked
    assert found.finished == [], "the main process goes there"


def test_what_another_has_read_is_taken_in_with_our_standing(port: int, path: Path) -> None:
    with ProcessPool(1) as crew:
        crawl(port, path, crew)
    with Database.open_read_only(path) as store:
        assert len(RateLimitTable(store).recall(Host(name(0, port))).paging) == WORLD.pages - 1


def test_a_dask_cluster_tells_the_same_bytes_also_when_a_worker_is_killed(
    port: int, path: Path, alone: bytes, tmp_path: Path
) -> None:
    distributed: Any = pytest.importorskip("distributed", reason="the extra 'dask' is not installed")
    marker = tmp_path / "one has died"
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50, local_directory=str(tmp_path)
        ) as local,
        cluster(local.scheduler_address) as (executor, size),
    ):
        assert size == 2

        class WorkerPool(ExecutorPool):
            def send(self, errand: Batch) -> Future[bytes]:
                return executor.submit(_dies_once, errand, str(marker))

        crawl(port, path, WorkerPool(executor, size))
    assert marker.exists()
    assert told(port, path) == alone


def _dies_once(errand: Batch, marker: str) -> bytes:
    result = visit(errand)
    try:
        Path(marker).touch(exist_ok=False)
    except FileExistsError:
        return result
    os.kill(os.getpid(), signal.SIGKILL)
    return result
