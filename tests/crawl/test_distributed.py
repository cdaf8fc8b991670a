"""A crawl with workers: the same bytes as without, one worker at a time at a domain or an address, and nothing lost with a worker."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.server import figures, serving
from benchmarks.world import name
from fedistats.crawl.distributed import BatchScheduler
from fedistats.crawl.frontier import Frontier
from fedistats.crawl.progress import Progress
from fedistats.crawl.workers import Batch, BatchResult, ExecutorPool, ProcessPool, dask_cluster, visit_batch
from fedistats.errors import RequestLimitReached
from fedistats.hosts import Host
from fedistats.model import Outcome, RateLimitState
from fedistats.settings import Scope
from fedistats.store import collections, timelines
from fedistats.store.database import Database
from fedistats.store.rate_limits import RateLimitTable
from fedistats.store.timelines import TimelineWriter
from tests.crawl.shared_world import WORLD, crawl, lookup, results

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt" or not hasattr(signal, "SIGKILL"), reason="needs all of 127.0.0.0/8"),
]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving(WORLD) as port:
        yield port


@pytest.fixture(scope="module")
def expected(port: int, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The results of one process."""
    path = tmp_path_factory.mktemp("one process") / "fedistats.db"
    crawl(port, path)
    return results(port, path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "fedistats.db"


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """An executor that starts at once."""
    with ThreadPoolExecutor(2) as executor:
        yield executor


class RecordingPool:
    """Passes batches to an executor, and records them and what was out at the same time."""

    size = 2

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self.batches: list[Batch] = []
        self._addresses: Counter[str] = Counter()
        self.most_per_address = 0

    def submit(self, batch: Batch) -> Future[BatchResult]:
        self.batches.append(batch)
        addresses = {address for found in batch.addresses.values() for address in found}
        self._addresses.update(addresses)
        self.most_per_address = max(self.most_per_address, *self._addresses.values())
        future = self._executor.submit(visit_batch, batch)
        future.add_done_callback(lambda _: self._addresses.subtract(addresses))
        return future


class FaultyPool(ProcessPool):
    """Processes that do something else with a batch. The function gets the batch and its number, from 1 on."""

    def __init__(self, work: Callable[[Batch, int], BatchResult], size: int = 2) -> None:
        super().__init__(size)
        self._work = work
        self.submitted = 0

    def submit(self, batch: Batch) -> Future[BatchResult]:
        super().submit(replace(batch, hosts=(), spool=""))  # restarts a broken pool
        self.submitted += 1
        return self._executor.submit(self._work, batch, self.submitted)


def _die_after_the_first_batch(batch: Batch, number: int) -> BatchResult:
    """The first worker dies when its work is done, before it returns."""
    result = visit_batch(batch)
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return result


def _die_within_the_first_batch(batch: Batch, number: int) -> BatchResult:
    """The first worker dies when its third timeline ends."""
    ended = 0
    end = TimelineWriter.end

    def count_and_end(writer: TimelineWriter, outcome: Outcome, reason: str = "", *, resumable: bool = False) -> None:
        nonlocal ended
        end(writer, outcome, reason, resumable=resumable)
        ended += 1
        if ended == 3:
            os.kill(os.getpid(), signal.SIGKILL)

    if number == 1:
        TimelineWriter.end = count_and_end  # type: ignore[method-assign, assignment]
    return visit_batch(batch)


def _die_always(batch: Batch, _: int) -> BatchResult:
    os.kill(os.getpid(), signal.SIGKILL)
    return visit_batch(batch)


def test_two_processes_give_the_same_bytes_as_one(port: int, path: Path, expected: bytes) -> None:
    with ProcessPool(2) as pool:
        crawl(port, path, pool)
    assert results(port, path) == expected


def test_small_batches_give_the_same_bytes(port: int, path: Path, expected: bytes, threads: ThreadPoolExecutor) -> None:
    pool = RecordingPool(threads)
    crawl(port, path, pool, concurrency=2)
    assert len(pool.batches) > 2
    assert results(port, path) == expected


@pytest.mark.parametrize("scope", [Scope(depth=2), Scope(depth=2, max_hosts=9)])
def test_every_scope_gives_the_same_bytes_with_workers(
    port: int, tmp_path: Path, threads: ThreadPoolExecutor, scope: Scope
) -> None:
    crawl(port, tmp_path / "one.db", scope=scope)
    crawl(port, tmp_path / "shared.db", ExecutorPool(threads, 2), scope=scope)
    assert results(port, tmp_path / "shared.db") == results(port, tmp_path / "one.db")


def test_workers_send_no_additional_requests(port: int, tmp_path: Path, threads: ThreadPoolExecutor) -> None:
    pool = RecordingPool(threads)
    assert crawl(port, tmp_path / "shared.db", pool) == crawl(port, tmp_path / "one.db")
    hosts = [host for batch in pool.batches for host in batch.hosts]
    assert len(hosts) == len(set(hosts)) >= 12
    assert crawl(port, tmp_path / "shared.db", pool) == 0, "a complete collection needs no requests"


def test_no_two_batches_have_the_same_address_at_the_same_time(
    port: int, path: Path, threads: ThreadPoolExecutor
) -> None:
    def one_address(host: str, port: int) -> Iterable[str]:
        (found,) = lookup(host, port)
        return [found] if host.startswith("home") or int(host[1:].split(".")[0]) in (0, 1) else ["127.2.0.2"]

    pool = RecordingPool(threads)
    crawl(port, path, pool, lookup=one_address)
    assert len(pool.batches) > 2
    assert pool.most_per_address == 1


def test_no_worker_visits_the_domain_or_the_address_of_the_start_while_the_start_is_read(
    port: int, path: Path, threads: ThreadPoolExecutor
) -> None:
    def shared_with_start(host: str, port: int) -> Iterable[str]:
        return lookup("home.example" if host == "h0.example" else host, port)

    pool = RecordingPool(threads)
    started: list[tuple[Batch, bool]] = []
    submit = pool.submit
    done = False

    def submit_and_record(batch: Batch) -> Future[BatchResult]:
        started.append((batch, done))
        return submit(batch)

    def on_progress(progress: Progress) -> None:
        nonlocal done
        done = done or progress.done > 0

    pool.submit = submit_and_record  # type: ignore[method-assign]
    crawl(port, path, pool, lookup=shared_with_start, concurrency=1, on_progress=on_progress)
    with_h0 = [done for batch, done in started if Host(name(0, port)) in batch.hosts]
    assert with_h0 == [True]


def test_a_worker_that_dies_loses_nothing_that_it_has_read(port: int, path: Path, expected: bytes) -> None:
    needed = crawl(port, path.with_name("one.db"))
    figures(port)
    with FaultyPool(_die_after_the_first_batch, 1) as pool:
        crawl(port, path, pool)
    assert results(port, path) == expected
    assert figures(port)["requests"] == needed
    assert [file.name for file in path.parent.iterdir() if "fedistats" in file.name] == ["fedistats.db"]


def test_the_hosts_of_a_worker_that_died_are_continued_where_it_stopped(port: int, path: Path, expected: bytes) -> None:
    needed = crawl(port, path.with_name("one.db"))
    figures(port)
    with FaultyPool(_die_within_the_first_batch) as pool:
        crawl(port, path, pool)
    assert results(port, path) == expected
    # Requests that were under way are sent again: robots.txt of each host, and one page.
    assert needed < figures(port)["requests"] <= needed + 2 * WORLD.hosts


def test_if_workers_always_die_the_main_process_visits_the_hosts(port: int, path: Path, expected: bytes) -> None:
    with FaultyPool(_die_always) as pool:
        crawl(port, path, pool)
    assert results(port, path) == expected


def test_without_any_worker_the_main_process_visits_the_hosts(port: int, path: Path, expected: bytes) -> None:
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    crawl(port, path, ExecutorPool(executor, 2))
    assert results(port, path) == expected


def test_a_run_that_is_stopped_ends_its_processes_and_the_next_one_continues(
    port: int, path: Path, expected: bytes
) -> None:
    class Stopped(BaseException):
        pass

    def stop(progress: Progress) -> None:
        if progress.done > 3:  # the first batch has returned
            raise Stopped

    with pytest.raises(BaseException) as caught, ProcessPool(2) as pool:  # noqa: PT011 - alone or in a group
        crawl(port, path, pool, on_progress=stop)
    assert caught.group_contains(Stopped) if isinstance(caught.value, BaseExceptionGroup) else caught.type is Stopped
    assert not pool._executor._processes, "all have ended"
    with ProcessPool(2) as pool:
        crawl(port, path, pool)
    assert results(port, path) == expected


def test_all_workers_together_send_no_more_requests_than_allowed(
    port: int, path: Path, expected: bytes, threads: ThreadPoolExecutor
) -> None:
    needed = made = crawl(port, path.with_name("one.db"))
    for _ in range(needed):
        pages = 0

        def on_progress(progress: Progress) -> None:
            nonlocal pages
            pages = progress.pages

        figures(port)
        try:
            made = crawl(port, path, ExecutorPool(threads, 2), max_requests=20, on_progress=on_progress)
            break
        except* RequestLimitReached:
            assert pages <= 20
        assert figures(port)["requests"] <= 20
    assert made <= 20
    assert results(port, path) == expected


def test_excluded_hosts_go_to_no_worker(port: int, path: Path, threads: ThreadPoolExecutor) -> None:
    pool = RecordingPool(threads)
    excluded = Host(name(0, port))
    crawl(port, path, pool, exclude=[excluded])
    assert all(excluded not in batch.hosts for batch in pool.batches)
    assert outcome(path, excluded) is Outcome.EXCLUDED


def test_a_worker_knows_the_excluded_hosts_of_its_domains(port: int, path: Path, threads: ThreadPoolExecutor) -> None:
    pool = RecordingPool(threads)
    api_host = Host(f"social.{name(0, port)}")
    crawl(port, path, pool, exclude=[api_host, Host("elsewhere.example")])
    (batch,) = (batch for batch in pool.batches if Host(name(0, port)) in batch.hosts)
    assert batch.exclude == {api_host}


# -- rate limits ------------------------------------------------------------------------------------------------------


def outcome(path: Path, host: Host) -> Outcome | None:
    with Database.open_read_only(path) as database:
        (collection,) = collections.find(database, collections.starts(database)[0])
        return timelines.load_host(database, collection, host).timelines["public"].outcome


def test_the_rate_limit_state_of_a_host_goes_with_it_to_a_worker(
    port: int, path: Path, threads: ThreadPoolExecutor
) -> None:
    pool = RecordingPool(threads)
    host, until = Host(name(0, port)), time.time() + 2.0
    crawl(port, path, pool, rate_limits={host: RateLimitState(not_before=until)})
    assert any(host in batch.hosts for batch in pool.batches)
    assert time.time() >= until
    assert outcome(path, host) is Outcome.COMPLETE


def test_no_worker_sends_a_request_to_a_host_whose_time_has_not_come(
    port: int, path: Path, threads: ThreadPoolExecutor
) -> None:
    pool = RecordingPool(threads)
    host = Host(name(0, port))
    without = crawl(port, path.with_name("without.db"), exclude=[host])
    requests = crawl(port, path, pool, rate_limits={host: RateLimitState(not_before=time.time() + 10_000)})
    assert any(host in batch.hosts for batch in pool.batches)
    assert requests == without
    assert outcome(path, host) is Outcome.RATE_LIMITED


def test_the_rate_limit_state_of_a_worker_is_merged(port: int, path: Path) -> None:
    with ProcessPool(1) as pool:
        crawl(port, path, pool)
    with Database.open_read_only(path) as database:
        assert len(RateLimitTable(database).recall(Host(name(0, port))).paging) == WORLD.pages - 1


# -- the scheduler ----------------------------------------------------------------------------------------------------


Addresses = Mapping[Host, tuple[str, ...]]


def batches(hosts: Addresses, workers: int, concurrency: int, *, start_finished: bool = True) -> list[list[str]]:
    """The batches made of these hosts, each before any has returned."""

    async def run() -> list[list[str]]:
        frontier = Frontier(Host("home.example"), Scope(), hosts_named_by=lambda _: (), rank=lambda _: ())
        if start_finished:
            frontier.finish_start()
        scheduler = BatchScheduler(frontier, workers, concurrency)
        waiting = [asyncio.create_task(scheduler.next_batch()) for _ in range(workers)]
        await asyncio.sleep(0)
        for host, addresses in hosts.items():
            scheduler.add(host, addresses)
        scheduler.changed.set()
        done, pending = await asyncio.wait(waiting, timeout=0.05)
        for task in pending:
            task.cancel()
        return [[str(host) for host in task.result()] for task in waiting if task in done]

    return asyncio.run(run())


def ready(count: int) -> Addresses:
    return {Host(f"h{n}.example"): (f"127.0.{n // 250}.{n % 250 + 1}",) for n in range(count)}


@pytest.mark.parametrize(
    ("hosts", "sizes"),
    [(30, [15, 15]), (80, [40, 40]), (150, [50, 50]), (300, [150, 50]), (5000, [200, 200])],
)
def test_a_batch_is_a_multiple_of_what_a_worker_visits_at_once_or_a_fair_share(hosts: int, sizes: list[int]) -> None:
    assert [len(batch) for batch in batches(ready(hosts), workers=2, concurrency=50)] == sizes


def test_while_the_start_is_read_only_full_batches_go_out() -> None:
    sizes = [len(batch) for batch in batches(ready(80), 2, 50, start_finished=False)]
    assert sizes == [50]


def test_all_hosts_of_a_domain_go_in_one_batch() -> None:
    hosts = {Host(f"s{n}.masto.example"): (f"127.0.0.{n + 1}",) for n in range(6)}
    assert batches(hosts, workers=2, concurrency=2) == [[f"s{n}.masto.example" for n in range(6)]]


def test_few_hosts_of_an_address_go_in_one_batch() -> None:
    hosts = {Host(f"h{n}.example"): ("127.0.0.1",) for n in range(12)}
    assert [len(batch) for batch in batches(hosts, workers=2, concurrency=50)] == [6]
    assert [len(batch) for batch in batches(hosts, workers=1, concurrency=50)] == [8]


# -- Dask -------------------------------------------------------------------------------------------------------------


def test_a_dask_cluster_gives_the_same_bytes_also_when_a_worker_is_killed(
    port: int, path: Path, expected: bytes, tmp_path: Path
) -> None:
    distributed: Any = pytest.importorskip("distributed", reason="the extra 'dask' is not installed")
    marker = tmp_path / "one has died"
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=50, local_directory=str(tmp_path)
        ) as local,
        dask_cluster(local.scheduler_address) as (executor, size),
    ):
        assert size == 2

        class KillingPool(ExecutorPool):
            def submit(self, batch: Batch) -> Future[BatchResult]:
                return executor.submit(_die_once, batch, str(marker))

        crawl(port, path, KillingPool(executor, size))
    assert marker.exists()
    assert results(port, path) == expected


def _die_once(batch: Batch, marker: str) -> BatchResult:
    result = visit_batch(batch)
    try:
        Path(marker).touch(exist_ok=False)
    except FileExistsError:
        return result
    os.kill(os.getpid(), signal.SIGKILL)
    return result
