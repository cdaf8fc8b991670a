"""A crawl shared among workers: batches of hosts go to them, and everything that they read comes together in one store.

A batch has all ready hosts of a registrable domain, and while it is out, no other batch has a host of that domain or at that address. So
the limits for one domain and one address (pace, slots) hold as in one process, since a single process deals with each. Names are resolved
in the main process: a host without an address never goes out.
"""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from fedistats.client.fetcher import Fetcher
from fedistats.client.slots import network_of, registered_domain
from fedistats.crawl.crawler import Crawler, NeighborhoodCrawl, task_group
from fedistats.crawl.frontier import Frontier
from fedistats.crawl.outcomes import attempt
from fedistats.crawl.timeline import page_count
from fedistats.crawl.workers import Batch, BatchResult, WorkerPool, WorkerSettings
from fedistats.hosts import Host
from fedistats.model import RateLimitState
from fedistats.servers.api import PUBLIC, Server
from fedistats.store import merge
from fedistats.store.database import Database
from fedistats.store.rate_limits import RateLimitTable

MAX_BATCH_ROUNDS = 4  # a batch has at most so many times the hosts that a worker visits at the same time
MAX_HOSTS_PER_ADDRESS = 8
"""In one batch. Four are visited at the same time; with many more, one worker would be busy long after all others."""


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
            async with task_group() as group:
                for host in hosts:
                    crawl.frontier.reopen()
                    await self._start_task(group, self.visit(crawl, host))

    async def _distribute(self, crawl: NeighborhoodCrawl) -> list[Host]:
        """Send the queued hosts to the workers, and the hosts that these lead to. Returns those that the main process has to visit."""
        scheduler = BatchScheduler(crawl.frontier, self._pool.size, self._settings.concurrency)
        async with task_group() as group:
            if not crawl.frontier.start_finished.is_set():
                await self._reserve_start(crawl.server, scheduler)
                group.create_task(scheduler.release_start())
            senders = [group.create_task(self._send_batches(crawl, scheduler)) for _ in range(self._pool.size)]
            while (host := await crawl.frontier.get()) is not None:
                scheduler.preparing += 1
                await self._start_task(group, self._prepare(crawl, scheduler, host))
            for sender in senders:  # no host is left, so each of them waits in vain for a batch
                sender.cancel()
        return scheduler.returned

    async def _reserve_start(self, start: Server, scheduler: BatchScheduler) -> None:
        async def reserve_address() -> None:
            scheduler.start_keys |= host_keys(start.api_host, await self._fetcher.resolve(start.api_host))

        scheduler.start_keys = host_keys(start.api_host) | host_keys(start.domain)
        await attempt(reserve_address(), start.api_host)
        scheduler.reserved |= scheduler.start_keys

    async def _prepare(self, crawl: NeighborhoodCrawl, scheduler: BatchScheduler, host: Host) -> None:
        """Resolve a host for the workers. A host that was begun, has a token, gets no request or is dead is not for them."""

        async def resolve() -> None:
            scheduler.add(host, await self._fetcher.resolve(host))

        visit = self._new_visit(crawl.collection, host, crawl.posts, crawl.feed)
        is_kept = visit.timeline or registered_domain(host) in self._kept_domains or not self._fetcher.allows(host)
        if is_kept or await attempt(resolve(), host):
            self._return(crawl, scheduler, host)
        scheduler.preparing -= 1
        scheduler.changed.set()

    async def _send_batches(self, crawl: NeighborhoodCrawl, scheduler: BatchScheduler) -> None:
        """Keep one worker busy, until this is canceled."""
        while True:
            addresses = await scheduler.next_batch()
            self._reporter.advance(working=len(addresses))
            result = await self._visit_batch(crawl, addresses)
            self._reporter.advance(working=-len(addresses))
            self._merge(crawl, scheduler, addresses, result)
            scheduler.release(addresses)

    async def _visit_batch(self, crawl: NeighborhoodCrawl, addresses: Mapping[Host, Sequence[str]]) -> BatchResult:
        """What a worker read of these hosts; of a worker that is lost, what it wrote until then."""
        fetcher, limit = self._fetcher, None
        if fetcher.max_requests is not None:
            limit = (fetcher.max_requests - fetcher.requests) // self._pool.size
            fetcher.max_requests -= limit
        batch = self._new_batch(crawl, addresses, limit)
        spool = Path(batch.spool)
        for host in batch.hosts:
            fetcher.forget(host)
        try:
            future = asyncio.wrap_future(self._pool.submit(batch))
        except RuntimeError:  # no worker is left
            return BatchResult()
        await asyncio.wait([future])
        if future.cancelled() or future.exception() is not None:
            await asyncio.sleep(self._settings.pace)  # it may have sent a request a moment ago
            result = BatchResult(_pack_file(spool))
        else:
            result = future.result()
            if fetcher.max_requests is not None and limit is not None:
                fetcher.max_requests += limit - result.requests
        spool.unlink(missing_ok=True)
        return result

    def _new_batch(self, crawl: NeighborhoodCrawl, addresses: Mapping[Host, Sequence[str]], limit: int | None) -> Batch:
        self._batches += 1
        domains = set(map(registered_domain, addresses))
        starts = tuple(start for start in self._settings.starts if start.host in addresses)
        rate_limits = {host: self._rate_limits.recall(host) for host in addresses}
        return Batch(
            replace(self._settings, starts=starts),
            tuple(addresses),
            {host.partition(":")[0]: tuple(found) for host, found in addresses.items()},
            {host: state for host, state in rate_limits.items() if state != RateLimitState()},
            start=crawl.collection.start,
            posts=crawl.posts,
            software=crawl.software,
            max_requests=limit,
            exclude=frozenset(host for host in self._exclude if registered_domain(host) in domains),
            spool=str(merge.folder(self._database) / f"{self._batches}.db"),
        )

    def _merge(
        self, crawl: NeighborhoodCrawl, scheduler: BatchScheduler, hosts: Iterable[Host], result: BatchResult
    ) -> None:
        """Merge what a worker read, and decide for each host whether it is done."""
        if result.packed:
            merge.merge(self._database, crawl.collection, result.packed)
        self.requests_by_workers += result.requests
        self._reporter.advance(pages=result.pages, items=result.items)
        for host in hosts:
            visit = self._new_visit(crawl.collection, host, crawl.posts, crawl.feed, wants_software=crawl.software)
            pages = page_count(visit.timeline.posts_read) if visit.timeline else 0
            if visit.timeline and (host in result.finished or not visit.is_needed):
                crawl.frontier.add(host, self._hosts_named_by(crawl.collection, crawl.posts, crawl.feed, host))
                crawl.frontier.task_done()
                self._reporter.advance(done=1, wanted=pages - page_count(crawl.posts), ended=visit.timeline)
            else:
                self._reporter.advance(wanted=pages)
                self._return(crawl, scheduler, host)

    def _return(self, crawl: NeighborhoodCrawl, scheduler: BatchScheduler, host: Host) -> None:
        """Leave a host to the main process."""
        scheduler.returned.append(host)
        crawl.frontier.add(host, self._hosts_named_by(crawl.collection, crawl.posts, crawl.feed, host))
        crawl.frontier.task_done()


class BatchScheduler:
    """Makes batches of the hosts that are ready. A batch is a mapping of hosts to their addresses."""

    def __init__(self, frontier: Frontier, workers: int, concurrency: int) -> None:
        self._frontier = frontier
        self._workers = workers
        self._concurrency = concurrency
        self._ready: dict[str, dict[Host, Sequence[str]]] = {}  # by domain
        self._idle = 0
        self.changed = asyncio.Event()  # set when it may have become possible to make a batch
        self.start_keys: set[str] = set()  # the domains and the address of the start
        self.reserved: set[str] = set()  # domains and addresses that no further batch may have now
        self.preparing = 0  # hosts that are being resolved
        self.returned: list[Host] = []  # hosts that the main process has to visit

    def add(self, host: Host, addresses: Sequence[str]) -> None:
        """This host may go to a worker."""
        self._ready.setdefault(registered_domain(host), {})[host] = addresses

    def release(self, batch: Mapping[Host, Sequence[str]]) -> None:
        """A batch has returned."""
        self.reserved -= _count_keys(batch).keys()
        self.changed.set()

    async def release_start(self) -> None:
        """No batch may have the domain and the address of the start before it is finished."""
        await self._frontier.start_finished.wait()
        self.reserved -= self.start_keys
        self.changed.set()

    async def next_batch(self) -> dict[Host, Sequence[str]]:
        """The next batch, as soon as there is one."""
        self._idle += 1
        while not (batch := self._make_batch()):
            self.changed.clear()
            await self.changed.wait()
        self._idle -= 1
        return batch

    def _make_batch(self) -> dict[Host, Sequence[str]]:
        """A batch that keeps a worker busy; a smaller one only if no more hosts are expected soon."""
        groups = {
            domain: hosts for domain, hosts in self._ready.items() if self.reserved.isdisjoint(_count_keys(hosts))
        }
        available = sum(map(len, groups.values()))
        more_expected = self.preparing or len(self._frontier) or not self._frontier.start_finished.is_set()
        if available < self._concurrency and more_expected:
            return {}
        rounds = min(MAX_BATCH_ROUNDS, available // (self._concurrency * self._workers))
        fair_share = available if more_expected else math.ceil(available / self._idle)
        size = rounds * self._concurrency or min(self._concurrency, fair_share)
        batch: dict[Host, Sequence[str]] = {}
        counts: Counter[str] = Counter()
        for domain, hosts in groups.items():
            if len(batch) >= size:
                break
            keys = _count_keys(hosts)
            if any(counts[key] and counts[key] + n > MAX_HOSTS_PER_ADDRESS for key, n in keys.items()):
                continue
            batch |= self._ready.pop(domain)
            counts += keys
        self.reserved |= counts.keys()
        return batch


def host_keys(host: Host, addresses: Sequence[str] = ()) -> set[str]:
    """The domain of a host, and its address if there is one: what no two batches may have at the same time."""
    return {registered_domain(host), *map(network_of, addresses[:1])}


def _count_keys(hosts: Mapping[Host, Sequence[str]]) -> Counter[str]:
    return Counter(key for host, addresses in hosts.items() for key in host_keys(host, addresses))


def _pack_file(path: Path) -> bytes:
    """The store that a lost worker left at `path`; empty if there is none."""
    if not path.exists():
        return b""
    with Database.temporary(path) as database:
        return merge.pack(database)
