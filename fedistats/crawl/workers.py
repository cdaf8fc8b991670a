"""Workers: other processes, here or on a cluster, that visit batches of hosts for a crawl, each into a store of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from fedistats.client.dns import system_lookup
from fedistats.client.fetcher import Fetcher
from fedistats.client.slots import registered_domain
from fedistats.crawl.crawler import Crawler, NeighborhoodCrawl, collect_garbage_seldom
from fedistats.crawl.visit import Visit
from fedistats.errors import LocalError, MissingExtra, RequestLimitReached, WrongWorker
from fedistats.hosts import Host, Target
from fedistats.model import RateLimitState
from fedistats.servers.api import PUBLIC, Server
from fedistats.settings import Scope
from fedistats.store import collections, merge
from fedistats.store.collections import Collection
from fedistats.store.database import Database
from fedistats.store.rate_limits import RateLimitTable

MAX_PATIENCE = 30.0
"""Seconds. A host that demands a longer wait is returned to the main process, so that no worker waits for one host alone."""


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How each worker sends requests."""

    agent: str  # the User-Agent
    pace: float
    patience: float
    concurrency: int  # hosts that each worker visits at the same time
    starts: tuple[Target, ...] = ()  # hosts that a person typed: only these may be private, or without TLS


@dataclass(frozen=True, slots=True)
class Batch:
    """Hosts for one worker to visit, and everything that it must know."""

    settings: WorkerSettings
    hosts: tuple[Host, ...]
    addresses: Mapping[str, tuple[str, ...]]  # resolved already, by name without the port
    rate_limits: Mapping[Host, RateLimitState]
    start: Host  # the start of the collection
    posts: int  # to read of each timeline
    software: bool = False
    max_requests: int | None = None
    exclude: frozenset[Host] = frozenset()
    """Excluded hosts of the same domains: a host may name one of them as its API host."""
    spool: str = ""
    """The file that the worker writes to, so that nothing is lost with it. A worker that does not see its folder writes to memory."""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What a worker returns; the default is that of a lost worker."""

    packed: bytes = b""  # its store, for `merge`; empty if there is none
    finished: frozenset[Host] = frozenset()  # hosts that need no more requests; the main process visits the others
    pages: int = 0
    items: int = 0
    requests: int = 0


def visit_batch(batch: Batch) -> BatchResult:
    """Visit the hosts of a batch. Raises only if the worker itself fails, or if its task is canceled."""
    return asyncio.run(_visit_until_canceled(batch))


async def _visit_until_canceled(batch: Batch) -> BatchResult:
    """Dask cannot stop a running task, so the task has to look whether it was canceled. (Processes of a ProcessPool are killed.)"""
    visiting = asyncio.create_task(_visit(batch))
    while not visiting.done():
        await asyncio.wait([visiting], timeout=1.0)
        if _dask_canceled():
            visiting.cancel()
    return visiting.result()


def _dask_canceled() -> bool:
    try:
        worker = sys.modules["distributed"].get_worker()
        task = worker.state.tasks.get(worker.get_current_task())
    except (KeyError, ValueError, AttributeError):  # not in a Dask worker
        return False
    return task is None or task.state == "cancelled"


async def _visit(batch: Batch) -> BatchResult:
    def lookup(name: str, port: int) -> Iterable[str]:
        return batch.addresses.get(name) or system_lookup(name, port)

    settings, spool = batch.settings, Path(batch.spool)
    with Database.temporary(spool if batch.spool and spool.parent.is_dir() else None) as database:
        rate_limits = RateLimitTable(database)
        begun = collections.find(database, batch.start)  # Dask gives the batch of a lost worker to another one
        if not begun:
            for host, state in batch.rate_limits.items():
                rate_limits.note(host, state)
        collection = begun[0] if begun else collections.begin(database, batch.start, 0)
        async with Fetcher(
            agent=settings.agent,
            starts=settings.starts,
            pace=settings.pace,
            patience=min(settings.patience, MAX_PATIENCE),
            concurrency=settings.concurrency,
            rate_limits=rate_limits,
            lookup=lookup,
            max_requests=batch.max_requests,
            domains=frozenset(map(registered_domain, batch.hosts)),
            exclude=batch.exclude,
        ) as fetcher:
            slots: dict[str, Any] = {"visiting": fetcher.visiting, "wait_for_slot": fetcher.wait_for_slot}
            crawler = BatchCrawler(fetcher.fetch, database, now=lambda: 0, **slots)
            with suppress(RequestLimitReached):  # return what was read until then
                await crawler.visit_hosts(collection, batch)
        pages, items = crawler.progress.pages, crawler.progress.items
        return BatchResult(merge.pack(database), frozenset(crawler.finished), pages, items, fetcher.requests)


class BatchCrawler(Crawler):
    """Visits the hosts of a batch, and none that these lead to."""

    finished: list[Host]  # hosts that need no more requests

    async def visit_hosts(self, collection: Collection, batch: Batch) -> None:
        self.finished = []
        frontier = self._new_frontier(collection, batch.posts, Scope(), PUBLIC)
        frontier.add(batch.start, batch.hosts)
        frontier.finish_start()
        server = Server(batch.start, batch.start)
        with self._batched():
            await self.visit_found(NeighborhoodCrawl(collection, server, batch.posts, batch.software, frontier))

    async def visit(self, crawl: NeighborhoodCrawl, host: Host) -> Visit | None:
        try:
            visit = await super().visit(crawl, host)
        except WrongWorker:
            crawl.frontier.task_done()
            return None
        if visit is not None and not visit.is_resumable:
            self.finished.append(host)
        return visit


class WorkerPool(Protocol):
    """Workers that visit batches."""

    size: int  # how many batches are visited at the same time

    def submit(self, batch: Batch) -> Future[BatchResult]:
        """Start to visit a batch. Raises RuntimeError (as BrokenExecutor) if there is no worker any more."""
        ...


class ExecutorPool:
    """The workers of an executor that belongs to the caller."""

    def __init__(self, executor: Executor, size: int) -> None:
        self._executor = executor
        self.size = size

    def submit(self, batch: Batch) -> Future[BatchResult]:
        return self._executor.submit(visit_batch, batch)


class ProcessPool:
    """Processes on this machine. They end with the block, whatever they do, and also when the main process is killed."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __enter__(self) -> Self:
        # Fresh interpreters: they inherit no sockets, locks and threads, and it is the same on every system.
        self._context = get_context("spawn")
        self._lifeline, self._lifeline_end = self._context.Pipe(duplex=False)
        self._executor = self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if kind is not None:
            self._lifeline_end.close()
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._lifeline_end.close()
        self._lifeline.close()

    def submit(self, batch: Batch) -> Future[BatchResult]:
        try:
            return self._executor.submit(visit_batch, batch)
        except BrokenExecutor:
            self._executor = self._start()
            return self._executor.submit(visit_batch, batch)

    def _start(self) -> ProcessPoolExecutor:
        executor = ProcessPoolExecutor(self.size, self._context, _start_worker, (self._lifeline,))
        for _ in range(self.size):
            executor.submit(os.getpid)  # they start now, while the first pages are read
        return executor


def _start_worker(lifeline: Connection) -> None:
    """In a new process: end with the process that holds the other end of `lifeline`. That one alone reacts to Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    collect_garbage_seldom()

    def wait() -> None:
        try:
            lifeline.recv()
        finally:  # whatever error a closed pipe raises here
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


@contextmanager
def dask_cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """An executor of the Dask cluster whose scheduler is at `address` (tcp://...:8786), and how many tasks it runs at the same time.

    Raises MissingExtra; LocalError if there is no scheduler, or no worker.
    """
    try:
        import distributed
    except ImportError as error:
        raise MissingExtra("a Dask cluster needs the extra 'dask': pip install 'fedistats[dask]'") from error
    dask: Any = distributed  # has few types
    try:
        client = dask.Client(address)
    except (OSError, ValueError) as error:
        raise LocalError(f"there is no Dask scheduler at {address} ({error})") from error
    with client:
        size = sum(client.nthreads().values())  # one batch for each thread
        if not size:
            raise LocalError(f"the Dask cluster at {address} has no worker")
        yield client.get_executor(pure=False), size
