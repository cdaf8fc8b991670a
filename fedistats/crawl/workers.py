"""The same walk with more hands: batches of hosts go out to other processes, here or on a cluster, and all that these read comes
together in one store.

Who goes where: a batch takes all hosts of a registrable domain, and all at one machine's address, that wait at the time; while it is
out, no other batch may have hosts of that domain or address. So whatever holds for these in one process (pace, turns, limits) holds
here, because one process alone is concerned with it. Names are looked up before anybody goes out: dead ones never do.
"""

from __future__ import annotations

import asyncio
import math
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import msgspec

from fedistats.client.dns import system_lookup
from fedistats.client.fetcher import Fetcher
from fedistats.client.slots import network_of, registered_domain
from fedistats.crawl.crawler import Crawler, NeighborhoodCrawl, collect_garbage_seldom, page_count
from fedistats.errors import FetchError, LocalError, MissingExtra, RequestLimitReached, WrongWorker
from fedistats.hosts import Host, Target
from fedistats.model import RateLimitState
from fedistats.servers.api import LOCAL, PUBLIC
from fedistats.settings import Scope
from fedistats.store import collections, merge, timelines
from fedistats.store.collections import Collection
from fedistats.store.database import Database
from fedistats.store.rate_limits import RateLimitTable

_WORKERS_PATIENCE = 30.0
# Seconds: whoever wants more quiet is handed back, and waited for by the main process, so that no worker waits for one host alone.
_MOST_OF_AN_ADDRESS = 8
# In one batch: each is asked four at a time, and many more would keep a worker from all others.
_BATCHES_OF_PLACES = 2
# A batch holds so many times the hosts that can be visited at once: some to follow on.
_TRIES = 2
# A batch whose worker was lost is given out once more; after that the main process goes there.


# -- in a worker ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Options:
    """How workers ask, all of them."""

    agent: str
    """What they call themselves."""
    pace: float
    patience: float
    places: int
    """Hosts that one worker may visit at once."""
    starts: tuple[Target, ...] = ()
    """Hosts that a person typed: only these may be private, or without TLS."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What a worker is sent out for: everything that it must know."""

    options: Options
    hosts: tuple[Host, ...]
    """To be visited."""
    addresses: Mapping[str, tuple[str, ...]]
    """Where they live: looked up already, by name without the port."""
    standings: Mapping[Host, RateLimitState]
    start: Host
    """Of the collection that this is a part of."""
    posts: int
    """To be read of each timeline."""
    software: bool = False
    max_requests: int | None = None
    spool: str = ""
    """Where what is read is put down, page by page, so that whoever is sent anew goes on from there. A worker that does not see that
    folder keeps it in memory."""


class BatchResult(msgspec.Struct):
    """What a worker comes back with."""

    packed: bytes
    """A store, for `merge.merge`."""
    finished: list[Host]
    """Hosts of which nothing more is to be asked; all others of the batch are for somebody else to go on with."""
    pages: int
    items: int
    requests: int


def visit(errand: Batch) -> bytes:
    """Visit the hosts of an errand; a `Told` as MessagePack. Fails only where the worker does, or nobody wants it any more."""
    return msgspec.msgpack.encode(asyncio.run(_visit_while_wanted(errand)))


async def _visit_while_wanted(errand: Batch) -> BatchResult:
    visiting = asyncio.create_task(_visit(errand))
    while not visiting.done():
        await asyncio.wait([visiting], timeout=1.0)
        if not _wanted():
            visiting.cancel()
    return visiting.result()


def _wanted() -> bool:
    """Dask cannot stop a task that runs; so one that was taken back has to look for itself. (Processes of our own are ended.)"""
    distributed = sys.modules.get("distributed")
    if distributed is None:
        return True
    try:
        worker = distributed.get_worker()
        task = worker.state.tasks.get(worker.get_current_task())
    except (ValueError, AttributeError):  # no worker of Dask
        return True
    return task is not None and task.state != "cancelled"


async def _visit(errand: Batch) -> BatchResult:
    def lookup(name: str, port: int) -> Iterable[str]:
        return errand.addresses.get(name) or system_lookup(name, port)

    spool = Path(errand.spool)
    with Database.temporary(spool if errand.spool and spool.parent.is_dir() else None) as store:
        rate_limits = RateLimitTable(store)
        rate_limits = RateLimitTable(store)
        begun = collections.find(store, errand.start)  # by a worker that was lost
        if not begun:
            for host, standing in errand.standings.items():
                rate_limits.note(host, standing)
        collection = begun[0] if begun else collections.begin(store, errand.start, 0)
        async with Fetcher(
            agent=errand.options.agent,
            starts=errand.options.starts,
            pace=errand.options.pace,
            patience=min(errand.options.patience, _WORKERS_PATIENCE),
            concurrency=errand.options.places,
            rate_limits=rate_limits,
            lookup=lookup,
            max_requests=errand.max_requests,
            domains=frozenset(map(registered_domain, errand.hosts)),
        ) as web:
            crawl = BatchCrawler(web.fetch, store, now=lambda: 0, visiting=web.visiting, room=web.wait_for_slot)
            try:
                await crawl.visit_all(collection, errand)
            except* RequestLimitReached:
                pass  # what was read until then is handed in
        return crawl.told(web.requests)


class BatchCrawler(Crawler):
    """Visits the hosts that it is told to, and leads no further."""

    async def visit_all(self, collection: Collection, errand: Batch) -> None:
        self.finished: list[Host] = []
        frontier = self._frontier(collection, errand.posts, Scope(depth=1, listed=frozenset(errand.hosts)))
        frontier.start_done()
        with self._gathering():
            await self.visit_found(NeighborhoodCrawl(collection, errand.posts, errand.software, frontier))

    async def visit(self, walk: NeighborhoodCrawl, host: Host) -> None:
        try:
            await super().visit(walk, host)
        except WrongWorker:
            walk.frontier.done()
            return
        known = (timelines.load(self._store, walk.collection, host, feed) for feed in (PUBLIC, LOCAL))
        if not any(timeline and not timeline.finished for timeline in known):
            self.finished.append(host)

    def told(self, requests: int) -> BatchResult:
        return BatchResult(merge.pack(self._store), self.finished, self._progress.pages, self._progress.items, requests)


# -- who the workers are -------------------------------------------------------------------------------------------------


class WorkerPool(Protocol):
    """Those who can be sent out."""

    size: int
    """How many at a time."""

    def send(self, errand: Batch) -> Future[bytes]:
        """Raises RuntimeError (BrokenExecutor among them) where nobody can be sent any more."""
        ...


class ExecutorPool:
    """Whoever works for an executor that somebody else has made, and will end."""

    def __init__(self, executor: Executor, size: int) -> None:
        self._executor = executor
        self.size = size

    def send(self, errand: Batch) -> Future[bytes]:
        return self._executor.submit(visit, errand)


class ProcessPool:
    """So many processes on this machine. They end with the block, whatever they are doing, and also when we are killed."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __enter__(self) -> Self:
        # Fresh interpreters: what we hold (sockets, locks, threads) is no business of theirs, and it is the same on every system.
        self._context = get_context("spawn")
        self._lifeline, self._ours = self._context.Pipe(duplex=False)
        self._pool = self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if kind is not None:
            self._ours.close()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._ours.close()
        self._lifeline.close()

    def send(self, errand: Batch) -> Future[bytes]:
        try:
            return self._pool.submit(visit, errand)
        except BrokenExecutor:
            self._pool = self._begin()
            return self._pool.submit(visit, errand)

    def _begin(self) -> ProcessPoolExecutor:
        pool = ProcessPoolExecutor(self.size, self._context, _live_on, (self._lifeline,))
        for _ in range(self.size):
            pool.submit(os.getpid)  # they start now, while the first pages are read
        return pool


def _live_on(lifeline: Connection) -> None:
    """In a worker: live as long as the process that holds the other end. Ctrl-C is for that one alone to react to."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    collect_garbage_seldom()

    def wait() -> None:
        with suppress(EOFError, OSError):
            lifeline.recv()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


@contextmanager
def cluster(address: str) -> Iterator[tuple[Executor, int]]:
    """The workers of a Dask cluster whose scheduler is at `address` (tcp://...:8786): an executor, and how many tasks it runs at once.

    Raises MissingExtra, LocalError where there is no scheduler, or no worker.
    """
    try:
        import distributed
    except ImportError as error:
        raise MissingExtra("a Dask cluster needs the extra 'dask': pip install 'fedistats[dask]'") from error
    dask: Any = distributed  # bears few types
    try:
        client = dask.Client(address)
    except (OSError, ValueError) as error:
        raise LocalError(f"there is no Dask scheduler at {address} ({error})") from error
    with client:
        size = sum(client.nthreads().values())  # one batch for each thread
        if not size:
            raise LocalError(f"the Dask cluster at {address} has no worker")
        yield client.get_executor(pure=False), size


# -- in the main process -------------------------------------------------------------------------------------------------


class DistributedCrawler(Crawler):
    """A crawl that sends others out. It reads the start itself, and in the end goes to whoever was handed back.

    `options.places` are the hosts that may be visited at once by all workers together; nobody else is sent to the domains of `stay`.
    """

    def __init__(
        self,
        *,
        web: Fetcher,
        crew: WorkerPool,
        options: Options,
        rate_limits: RateLimitTable,
        stay: Iterable[Host] = (),
        **more: Any,
    ) -> None:
        super().__init__(web.fetch, visiting=web.visiting, room=web.wait_for_slot, **more)
        self._web = web
        self._crew = crew
        self._rate_limits = rate_limits
        self._rate_limits = rate_limits
        self._options = replace(options, places=max(1, options.places // crew.size))
        self._stay = frozenset(map(registered_domain, stay))
        self._errands = 0

    async def visit_ring(self, walk: NeighborhoodCrawl) -> None:
        if walk.feed != PUBLIC:  # timelines of another kind: those are read here
            await super().visit_ring(walk)
            return
        while left := await self._share(walk):
            await asyncio.sleep(self._options.pace)  # a worker may have been there a moment ago
            walk.frontier.again(left)
            async with asyncio.TaskGroup() as group:
                for _ in left:
                    host = await walk.frontier.next()
                    assert host is not None
                    await self._room()
                    group.create_task(self.visit(walk, host))
                    await asyncio.sleep(0)

    async def _share(self, walk: NeighborhoodCrawl) -> list[Host]:
        """Send out whoever waits, and whoever these lead to; returns those that were handed back."""
        desk = BatchScheduler(_BATCHES_OF_PLACES * self._options.places)
        async with asyncio.TaskGroup() as group:
            for _ in range(self._crew.size):
                group.create_task(self._send_out(walk, desk))
            while (host := await walk.frontier.next()) is not None:
                desk.coming += 1
                await self._room()
                group.create_task(self._prepare(walk, desk, host))
                await asyncio.sleep(0)
            desk.close()
        return desk.left

    async def _prepare(self, walk: NeighborhoodCrawl, desk: BatchScheduler, host: Host) -> None:
        """Who is it, and where does it live? Who needs not be asked anything does not go out."""
        timeline = timelines.load(self._store, walk.collection, host, PUBLIC)
        if host in self._exclude or not self._web.allows(host) or (timeline and self._settled(walk, timeline)):
            await self.visit(walk, host)
        elif (
            timeline or registered_domain(host) in self._stay
        ):  # an earlier run began it here, where its key is; or another key is
            self._hand_back(walk, desk, host)
        else:
            try:
                desk.add(_Ready(host, await self._web.resolve(host)))
            except (FetchError, LocalError):  # its visit will say so, too
                await self.visit(walk, host)
        desk.coming -= 1
        desk.changed()

    def _hand_back(self, walk: NeighborhoodCrawl, desk: BatchScheduler, host: Host) -> None:
        desk.left.append(host)
        walk.frontier.heard(host, self._named(walk.collection, host, walk.posts))
        walk.frontier.done()

    async def _send_out(self, walk: NeighborhoodCrawl, desk: BatchScheduler) -> None:
        """One batch after the other, as long as there are any."""
        await walk.frontier.start_read.wait()
        while batch := await desk.batch(walk):
            self._advance(working=len(batch))
            told = await self._told(walk, batch)
            self._advance(working=-len(batch))
            if told is not None:
                self._take_in(walk, desk, batch, told)
            else:
                for ready in batch:
                    self._hand_back(walk, desk, ready.host)
            desk.free(batch)

    async def _told(self, walk: NeighborhoodCrawl, batch: Sequence[_Ready]) -> BatchResult | None:
        """What a worker comes back with. One that is lost is followed by another, who goes on where it was; None where that is lost,
        too, for whatever reason: who goes there last, here, will see it."""
        self._errands += 1
        spool = merge.folder(self._store) / f"{self._errands}.db"
        for _ in range(_TRIES):
            try:
                told = await self._sent(walk, batch, spool)
            except RuntimeError:  # there is nobody to be sent
                break
            if told is not None:
                spool.unlink(missing_ok=True)
                return told
            await asyncio.sleep(self._options.pace)  # whoever was lost may have been there a moment ago
        return None

    async def _sent(self, walk: NeighborhoodCrawl, batch: Sequence[_Ready], spool: Path) -> BatchResult | None:
        """What one worker comes back with; None where it was lost. Raises RuntimeError where there is none."""
        web, most = self._web, None
        if web.max_requests is not None:
            most = (web.max_requests - web.requests) // self._crew.size
            web.max_requests -= most
        hosts = tuple(ready.host for ready in batch)
        errand = Batch(
            options=replace(self._options, starts=tuple(s for s in self._options.starts if s.host in set(hosts))),
            hosts=hosts,
            addresses={ready.host.partition(":")[0]: ready.addresses for ready in batch},
            standings={
                host: standing for host in hosts if (standing := self._rate_limits.recall(host)) != RateLimitState()
            },
            start=walk.collection.start,
            posts=walk.posts,
            software=walk.software,
            max_requests=most,
            spool=str(spool),
        )
        for host in hosts:
            web.forget(host)
        done = asyncio.wrap_future(self._crew.send(errand))
        await asyncio.wait([done])
        if done.cancelled() or done.exception() is not None:
            return None
        told = msgspec.msgpack.decode(done.result(), type=BatchResult)
        if web.max_requests is not None and most is not None:
            web.max_requests += most - told.requests
        self.requests_of_others += told.requests
        return told

    def _take_in(
        self, walk: NeighborhoodCrawl, desk: BatchScheduler, batch: Sequence[_Ready], told: BatchResult
    ) -> None:
        merge.merge(self._store, walk.collection, told.packed)
        self._advance(pages=told.pages, items=told.items)
        finished = set(told.finished)
        for ready in batch:
            timeline = timelines.load(self._store, walk.collection, ready.host, PUBLIC)
            read = timeline.posts_read if timeline else 0
            if timeline is None or ready.host not in finished:
                self._advance(wanted=page_count(read))
                self._hand_back(walk, desk, ready.host)
            else:
                walk.frontier.heard(ready.host, self._named(walk.collection, ready.host, walk.posts))
                walk.frontier.done()
                self._advance(done=1, wanted=page_count(read) - page_count(walk.posts), ended=(ready.host, timeline))


@dataclass(slots=True)
class _Ready:
    """A host that may go out."""

    host: Host
    addresses: tuple[str, ...]

    @property
    def domain(self) -> str:
        return registered_domain(self.host)

    @property
    def doors(self) -> set[str]:
        """What no other batch may come to at the same time."""
        return {self.domain, network_of(self.addresses[0])} if self.addresses else {self.domain}


class BatchScheduler:
    """Where batches are made up: of those that are ready, whoever is at nobody else's door."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._ready: dict[str, list[_Ready]] = {}
        self._taken: set[str] = set()
        self._idle = 0
        self._closed = False
        self._news = asyncio.Event()
        self.coming = 0
        """Hosts that will soon be ready, or not."""
        self.left: list[Host] = []
        """Hosts that are for the main process."""

    def add(self, ready: _Ready) -> None:
        self._ready.setdefault(ready.domain, []).append(ready)

    def free(self, batch: Iterable[_Ready]) -> None:
        """The doors of this batch are free again."""
        for ready in batch:
            self._taken -= ready.doors
        self.changed()

    def changed(self) -> None:
        self._news.set()

    def close(self) -> None:
        """Nobody comes any more."""
        self._closed = True
        self.changed()

    async def batch(self, walk: NeighborhoodCrawl) -> list[_Ready]:
        """The next batch, when there is one; empty when there will be none."""
        self._idle += 1
        while not (made := self._make_up(walk)) and not self._closed:
            self._news.clear()
            await self._news.wait()
        self._idle -= 1
        return made

    def _make_up(self, walk: NeighborhoodCrawl) -> list[_Ready]:
        """A fair share of those that are ready, as soon as all are that could be."""
        ready = sum(map(len, self._ready.values()))
        if ready < self._most * self._idle and (self.coming or len(walk.frontier)):
            return []
        size = min(self._most, math.ceil(ready / self._idle))
        made: list[_Ready] = []
        doors: Counter[str] = Counter()
        for domain, group in list(self._ready.items()):
            if len(made) >= size:
                break
            new = Counter(door for one in group for door in one.doors)
            if self._taken & new.keys() or any(doors[d] and doors[d] + n > _MOST_OF_AN_ADDRESS for d, n in new.items()):
                continue
            made += self._ready.pop(domain)
            doors += new
        self._taken |= doors.keys()
        return made
