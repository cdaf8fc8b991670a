"""A crawl shared among workers: batches of hosts go to them, and everything that they read comes together in one store.

A batch has all ready hosts of a registrable domain, and while it is out, no other batch has a host of that domain or at that address. So
the limits for one domain and one address (pace, slots) hold as in one process, since a single process deals with each. Names are resolved
in the main process: a host without an address never goes out.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fedistats.client.fetcher import Fetcher
from fedistats.client.slots import network_of, registered_domain
from fedistats.crawl.crawler import Crawler, NeighborhoodCrawl, task_group
from fedistats.crawl.outcomes import attempt
from fedistats.crawl.timeline import page_count
from fedistats.crawl.workers import Batch, BatchResult, WorkerPool, WorkerSettings
from fedistats.hosts import Host
from fedistats.model import RateLimitState
from fedistats.servers.api import PUBLIC
from fedistats.store import merge
from fedistats.store.database import Database
from fedistats.store.rate_limits import RateLimitTable

MAX_BATCH_ROUNDS = 4
"""A batch has at most so many times the hosts that a worker visits at the same time."""
MAX_HOSTS_PER_ADDRESS = 8
"""In one batch. Four are visited at the same time; with many more, one worker would be busy long after all others."""


@dataclass(slots=True)
class ReadyHost:
    """A host that can go to a worker."""

    host: Host
    addresses: tuple[str, ...]
    was_lost: bool = False
    """Did it go to a worker that was lost?"""

    @property
    def keys(self) -> set[str]:
        """Its domain and its address, which no other batch may have at the same time."""
        return host_keys(self.host, self.addresses)


class DistributedCrawler(Crawler):
    """Sends found hosts to the workers of a pool. It reads the start itself, and at the end the hosts that workers returned.

    Each worker visits `settings.concurrency` hosts at the same time. No worker visits the domains of `kept_hosts`.
    """

    def __init__(
        self,
        *,
        fetcher: Fetcher,
        pool: WorkerPool,
        settings: WorkerSettings,
        rate_limits: RateLimitTable,
        kept_hosts: Iterable[Host] = (),
        **options: Any,
    ) -> None:
        super().__init__(fetcher.fetch, visiting=fetcher.visiting, wait_for_slot=fetcher.wait_for_slot, **options)
        self._fetcher = fetcher
        self._pool = pool
        self._settings = settings
        self._rate_limits = rate_limits
        self._kept_domains = frozenset(map(registered_domain, kept_hosts))
        self._batches = 0

    async def visit_level(self, crawl: NeighborhoodCrawl) -> None:
        """Visit the queued hosts and those that they lead to. Workers read public timelines only."""
        if crawl.feed != PUBLIC:
            await super().visit_level(crawl)
            return
        while hosts := await self._distribute(crawl):
            await asyncio.sleep(self._settings.pace)  # a worker may have sent a request to them a moment ago
            crawl.frontier.requeue(hosts)
            async with task_group() as group:
                for _ in hosts:
                    host = await crawl.frontier.get()
                    assert host is not None
                    await self._start_task(group, self.visit(crawl, host))

    async def _distribute(self, crawl: NeighborhoodCrawl) -> list[Host]:
        """Send the queued hosts to the workers, and the hosts that these lead to. Returns those that the main process has to visit."""
        scheduler = BatchScheduler(self._pool.size, self._settings.concurrency)
        async with task_group() as group:
            if not crawl.frontier.start_finished.is_set():
                addresses = await self._fetcher.resolve(crawl.server.api_host)
                keys = host_keys(crawl.server.api_host, addresses) | host_keys(crawl.server.domain, ())
                scheduler.reserve(keys)
                group.create_task(self._release_start(crawl, scheduler, keys))
            for _ in range(self._pool.size):
                group.create_task(self._send_batches(crawl, scheduler))
            while (host := await crawl.frontier.get()) is not None:
                scheduler.preparing += 1
                await self._start_task(group, self._prepare(crawl, scheduler, host))
            scheduler.close()
        return scheduler.returned

    async def _release_start(self, crawl: NeighborhoodCrawl, scheduler: BatchScheduler, keys: set[str]) -> None:
        await crawl.frontier.start_finished.wait()
        scheduler.release(keys)

    async def _prepare(self, crawl: NeighborhoodCrawl, scheduler: BatchScheduler, host: Host) -> None:
        """Resolve a host for the workers. A host that needs no request is done here."""
        visit = self._new_visit(crawl.collection, host, crawl.posts, crawl.feed, wants_software=crawl.software)
        if not self._fetcher.allows(host) or not visit.is_needed:
            await self.visit(crawl, host)
        elif visit.timeline or registered_domain(host) in self._kept_domains:  # its key, or its token, is here
            self._return(crawl, scheduler, host)
        else:
            failure = await attempt(self._resolve(scheduler, host), host)
            if failure is not None and failure.resumable:
                self._return(crawl, scheduler, host)
            elif failure is not None:
                await self.visit(crawl, host)  # fails in the same way, without a request
        scheduler.preparing -= 1
        scheduler.notify()

    async def _resolve(self, scheduler: BatchScheduler, host: Host) -> None:
        scheduler.add(ReadyHost(host, await self._fetcher.resolve(host)))

    async def _send_batches(self, crawl: NeighborhoodCrawl, scheduler: BatchScheduler) -> None:
        """Keep one worker busy."""
        while hosts := await scheduler.next_batch(crawl):
            self._reporter.advance(working=len(hosts))
            result = await self._visit_batch(crawl, hosts)
            self._reporter.advance(working=-len(hosts))
            self._take_in(crawl, scheduler, hosts, result)
            for ready in hosts:
                scheduler.release(ready.keys)

    async def _visit_batch(self, crawl: NeighborhoodCrawl, hosts: Sequence[ReadyHost]) -> BatchResult:
        """What a worker read of these hosts; of a worker that is lost, what it wrote until then."""
        fetcher, limit = self._fetcher, None
        if fetcher.max_requests is not None:
            limit = (fetcher.max_requests - fetcher.requests) // self._pool.size
            fetcher.max_requests -= limit
        batch = self._new_batch(crawl, hosts, limit)
        for host in batch.hosts:
            fetcher.forget(host)
        try:
            future = asyncio.wrap_future(self._pool.submit(batch))
        except RuntimeError:  # no worker is left
            return BatchResult(lost=True)
        await asyncio.wait([future])
        spool = Path(batch.spool)
        if future.cancelled() or future.exception() is not None:
            await asyncio.sleep(self._settings.pace)  # it may have sent a request a moment ago
            result = BatchResult(_pack_file(spool), lost=True)
        else:
            result = future.result()
            if fetcher.max_requests is not None and limit is not None:
                fetcher.max_requests += limit - result.requests
        spool.unlink(missing_ok=True)
        return result

    def _new_batch(self, crawl: NeighborhoodCrawl, ready: Sequence[ReadyHost], limit: int | None) -> Batch:
        self._batches += 1
        hosts = tuple(one.host for one in ready)
        rate_limits = {host: self._rate_limits.recall(host) for host in hosts}
        return Batch(
            replace(self._settings, starts=tuple(start for start in self._settings.starts if start.host in set(hosts))),
            hosts,
            addresses={one.host.partition(":")[0]: one.addresses for one in ready},
            rate_limits={host: state for host, state in rate_limits.items() if state != RateLimitState()},
            start=crawl.collection.start,
            posts=crawl.posts,
            software=crawl.software,
            max_requests=limit,
            spool=str(merge.folder(self._database) / f"{self._batches}.db"),
        )

    def _take_in(
        self, crawl: NeighborhoodCrawl, scheduler: BatchScheduler, hosts: Sequence[ReadyHost], result: BatchResult
    ) -> None:
        """Take in what a worker read, and decide for each host whether it is done."""
        if result.packed:
            merge.merge(self._database, crawl.collection, result.packed)
        self.requests_by_workers += result.requests
        self._reporter.advance(pages=result.pages, items=result.items)
        for ready in hosts:
            host = ready.host
            visit = self._new_visit(crawl.collection, host, crawl.posts, crawl.feed, wants_software=crawl.software)
            pages = page_count(visit.timeline.posts_read) if visit.timeline else 0
            if visit.timeline and (host in result.finished or (result.lost and not visit.is_needed)):
                crawl.frontier.add(host, self._hosts_named_by(crawl.collection, crawl.posts, crawl.feed, host))
                crawl.frontier.task_done()
                self._reporter.advance(done=1, wanted=pages - page_count(crawl.posts), ended=visit.timeline)
            elif result.lost and not visit.timeline and not ready.was_lost:
                scheduler.add(replace(ready, was_lost=True))
            else:
                self._reporter.advance(wanted=pages)
                self._return(crawl, scheduler, host)

    def _return(self, crawl: NeighborhoodCrawl, scheduler: BatchScheduler, host: Host) -> None:
        """Leave a host to the main process."""
        scheduler.returned.append(host)
        crawl.frontier.add(host, self._hosts_named_by(crawl.collection, crawl.posts, crawl.feed, host))
        crawl.frontier.task_done()


class BatchScheduler:
    """Makes batches of the hosts that are ready."""

    def __init__(self, workers: int, concurrency: int) -> None:
        self._workers = workers
        self._concurrency = concurrency
        self._ready: dict[str, list[ReadyHost]] = {}  # by domain
        self._reserved: set[str] = set()
        self._idle = 0
        self._closed = False
        self._changed = asyncio.Event()
        self.preparing = 0
        """Hosts that are being resolved."""
        self.returned: list[Host] = []
        """Hosts that the main process has to visit."""

    def add(self, ready: ReadyHost) -> None:
        """This host may go to a worker."""
        self._ready.setdefault(registered_domain(ready.host), []).append(ready)

    def reserve(self, keys: set[str]) -> None:
        """No batch may have hosts of these domains and addresses now."""
        self._reserved |= keys

    def release(self, keys: set[str]) -> None:
        """Batches may have them again."""
        self._reserved -= keys
        self.notify()

    def notify(self) -> None:
        """Look again whether a batch can be made."""
        self._changed.set()

    def close(self) -> None:
        """No more hosts will come."""
        self._closed = True
        self.notify()

    async def next_batch(self, crawl: NeighborhoodCrawl) -> list[ReadyHost]:
        """The next batch, as soon as there is one; empty if there will be none."""
        self._idle += 1
        while not (batch := self._make_batch(crawl)) and not self._closed:
            self._changed.clear()
            await self._changed.wait()
        self._idle -= 1
        return batch

    def _make_batch(self, crawl: NeighborhoodCrawl) -> list[ReadyHost]:
        """A batch that keeps a worker busy; a smaller one only if no more hosts are expected soon."""
        groups = [group for group in self._ready.values() if self._reserved.isdisjoint(_count_keys(group))]
        available = sum(map(len, groups))
        more_expected = self.preparing or len(crawl.frontier) or not crawl.frontier.start_finished.is_set()
        if available < self._concurrency and more_expected:
            return []
        rounds = min(MAX_BATCH_ROUNDS, available // (self._concurrency * self._workers))
        size = rounds * self._concurrency or min(self._concurrency, math.ceil(available / self._idle))
        batch: list[ReadyHost] = []
        counts: Counter[str] = Counter()
        for group in groups:
            if len(batch) >= size:
                break
            keys = _count_keys(group)
            if any(counts[key] and counts[key] + n > MAX_HOSTS_PER_ADDRESS for key, n in keys.items()):
                continue
            batch += self._ready.pop(registered_domain(group[0].host))
            counts += keys
        self._reserved |= counts.keys()
        return batch


def host_keys(host: Host, addresses: Sequence[str]) -> set[str]:
    """The domain and the address of a host."""
    return {registered_domain(host), *map(network_of, addresses[:1])}


def _count_keys(group: Iterable[ReadyHost]) -> Counter[str]:
    return Counter(key for ready in group for key in ready.keys)


def _pack_file(path: Path) -> bytes:
    """The store that a lost worker left at `path`; empty if there is none."""
    if not path.exists():
        return b""
    with Database.temporary(path) as database:
        return merge.pack(database)
