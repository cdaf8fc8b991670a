"""A made-up fediverse on loopback addresses, and crawls of it in one process or with workers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.world import World, address, home, name
from fedistats.client.fetcher import Fetcher
from fedistats.crawl.crawler import Crawler
from fedistats.crawl.distributed import DistributedCrawler
from fedistats.crawl.progress import Progress
from fedistats.crawl.workers import WorkerPool, WorkerSettings
from fedistats.export.graphml import graphml
from fedistats.export.json_documents import neighborhood_json
from fedistats.hosts import Host, Target
from fedistats.model import RateLimitState
from fedistats.results.neighborhood import Neighborhood
from fedistats.settings import Scope
from fedistats.store.database import Database
from fedistats.store.rate_limits import RateLimitTable

WORLD = World(hosts=18, pages=2, latency=0.0, mixed=True)
"""A home and its neighbors, each at an address of its own; some are dead, some closed."""
Lookup = Callable[[str, int], Iterable[str]]


def starts(port: int) -> tuple[Target, ...]:
    """All hosts as a person would type them: only such hosts may be on loopback."""
    hosts = [home(port), *(name(number, port) for number in range(WORLD.hosts))]
    return tuple(Target(Host(host), "http", private=True) for host in hosts)


def lookup(host: str, _port: int) -> Iterable[str]:
    if not host.startswith("home") and WORLD.kind(int(host[1:].split(".")[0])) == "dead":
        raise socket.gaierror(socket.EAI_NONAME, "no such name")
    return [address(host)]


def crawl(
    port: int,
    path: Path,
    pool: WorkerPool | None = None,
    *,
    scope: Scope | None = None,
    max_requests: int | None = None,
    concurrency: int = 40,
    lookup: Lookup = lookup,
    rate_limits: dict[Host, RateLimitState] | None = None,
    exclude: Iterable[Host] = (),
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> int:
    """Crawl the neighborhood of the home. Returns the number of requests. `rate_limits` are known from an earlier run."""

    async def run() -> int:
        targets = starts(port)
        with Database.open(path) as database:
            table = RateLimitTable(database)
            for host, state in (rate_limits or {}).items():
                table.note(host, state)
            async with Fetcher(
                agent="test",
                starts=targets,
                pace=0,
                rate_limits=table,
                lookup=lookup,
                max_requests=max_requests,
                exclude=frozenset(exclude),
            ) as fetcher:
                options: dict[str, Any] = {"now": lambda: 1_793_534_400.0, "on_progress": on_progress}
                options |= {"database": database, "exclude": frozenset(exclude)}
                crawler: Crawler
                if pool is None:
                    crawler = Crawler(
                        fetcher.fetch, visiting=fetcher.visiting, wait_for_slot=fetcher.wait_for_slot, **options
                    )
                else:
                    settings = WorkerSettings("test", 0, 900, concurrency, targets)
                    crawler = DistributedCrawler(
                        fetcher=fetcher, pool=pool, settings=settings, rate_limits=table, **options
                    )
                await crawler.neighborhood(targets[0], WORLD.posts, scope)
                return fetcher.requests + crawler.requests_by_workers

    return asyncio.run(asyncio.wait_for(run(), 60))


def results(port: int, path: Path) -> bytes:
    """The graph of the neighborhood, in two formats."""
    with Database.open_read_only(path) as database:
        graph = Neighborhood.read(database, Host(home(port)), WORLD.posts, min_posts=2)
    return "".join(graphml(graph)).encode() + neighborhood_json(graph)
