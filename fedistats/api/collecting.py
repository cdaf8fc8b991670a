"""Collect data from servers, and estimate what that needs."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from fedistats.api.running import run
from fedistats.client.fetcher import Fetcher, Transport
from fedistats.client.slots import max_concurrent_hosts
from fedistats.client.user_agent import user_agent
from fedistats.crawl.crawler import Crawler
from fedistats.crawl.distributed import DistributedCrawler
from fedistats.crawl.dry_run import Estimate, collected_neighborhood, estimate_neighborhood, estimate_one_host
from fedistats.crawl.progress import Progress
from fedistats.crawl.timeline import page_count
from fedistats.crawl.workers import ExecutorPool, ProcessPool, WorkerPool, WorkerSettings
from fedistats.errors import InvalidSetting, NotCollected
from fedistats.hosts import Host, Target, parse_target
from fedistats.settings import DEFAULT_POSTS, CrawlSettings, Part, Scope, check
from fedistats.store import collections
from fedistats.store import forget as store_forget
from fedistats.store.collections import Collection
from fedistats.store.database import Database
from fedistats.store.rate_limits import RateLimitTable
from fedistats.version import __version__

DEFAULT_STORE = Path("output/fedistats.db")


@dataclass(frozen=True, slots=True)
class CollectResult:
    """What a run of `collect` did."""

    host: Host  # the instance's own name: the domain of its people's handles
    begun_at: int  # when the collection began, in epoch seconds; an earlier run may have begun it
    earlier: bool  # whether an earlier run began the collection
    requests: int  # requests sent in this run; 0 if everything was collected before


async def collect(
    part: Part,
    host: str,
    *,
    posts: int = DEFAULT_POSTS,
    store: Path | str = DEFAULT_STORE,
    fresh: bool = False,
    scope: Scope | None = None,
    max_requests: int | None = None,
    executor: Executor | None = None,
    workers: int = 1,
    settings: CrawlSettings = CrawlSettings(),
    on_progress: Callable[[Progress], None] = lambda _: None,
    transport: Transport | None = None,
) -> CollectResult:
    """Collect what is missing about one part of `host`: "instance", "profiles", "posts", "neighborhood", "report" or "map".

    `host` is a host name, a URL or a handle. `scope` says how far a neighborhood reaches; None: as far as it was collected before, or
    else to the instances found on `host`. `on_progress` is called after each page and each visit.

    With `workers` above 1, that many processes share a neighborhood; with an `executor` (a process pool or Dask's), that many of its
    workers do. New processes import your program, so call `collect` under `if __name__ == "__main__":` then.

    `transport`, an `httpx.AsyncBaseTransport`, replaces the network, for tests or to cache responses. robots.txt, the pace, rate limits
    and opt-outs stay in force. It is closed at the end, and cannot be shared with workers.

    Raises InvalidHost; InvalidSetting; FetchError if the server itself cannot be read; RequestLimitReached after `max_requests`, and the
    next run continues there; LocalError; StoreError. A failure of any other server is an outcome in the results, never an exception.
    """
    check(part=part, posts=posts, max_requests=max_requests, workers=workers)
    if transport is not None and (executor is not None or workers > 1):
        raise InvalidSetting("a transport cannot be shared with workers: leave out transport, or workers and executor")
    start = parse_target(host)
    with Database.open(Path(store)) as database:
        rate_limits = RateLimitTable(database)
        async with Fetcher(
            agent=user_agent(__version__, settings.contact),
            starts=(start,),
            pace=settings.pace,
            patience=settings.patience,
            concurrency=_concurrency(settings.concurrency, max_requests, posts),
            rate_limits=rate_limits,
            exclude=settings.exclude,
            tokens=settings.tokens,
            max_requests=max_requests,
            transport=transport,
        ) as fetcher:
            earlier_ids = {collection.id for collection in collections.find(database, start.host)}

            def add_requests(progress: Progress) -> None:
                progress.requests = fetcher.requests + crawler.requests_by_workers
                progress.paused = fetcher.paused
                on_progress(progress)

            with _worker_pool(executor, workers) as pool:
                options = {"database": database, "now": now, "exclude": settings.exclude, "on_progress": add_requests}
                crawler = _make_crawler(fetcher, pool, rate_limits, settings, **options)
                collection = await _collect_part(crawler, part, start, posts, scope, fresh=fresh)
            requests = fetcher.requests + crawler.requests_by_workers
    return CollectResult(collection.start, collection.begun_at, collection.id in earlier_ids, requests)


def _make_crawler(
    fetcher: Fetcher, pool: WorkerPool | None, rate_limits: RateLimitTable, settings: CrawlSettings, **options: Any
) -> Crawler:
    if pool is None:
        return Crawler(fetcher.fetch, visiting=fetcher.visiting, wait_for_slot=fetcher.wait_for_slot, **options)
    slots, agent = settings.concurrency or max_concurrent_hosts(), user_agent(__version__, settings.contact)
    return DistributedCrawler(
        fetcher=fetcher,
        pool=pool,
        settings=WorkerSettings(agent, settings.pace, settings.patience, slots),
        rate_limits=rate_limits,
        kept_hosts=settings.tokens,
        **options,
    )


def _concurrency(concurrency: int | None, max_requests: int | None, posts: int) -> int | None:
    """With few requests left, visit few hosts at a time: otherwise the limit is reached before any visit is complete."""
    if max_requests is None:
        return concurrency
    return max(1, min(concurrency or max_concurrent_hosts(), max_requests // (2 + page_count(posts))))


async def _collect_part(
    crawler: Crawler, part: Part, start: Target, posts: int, scope: Scope | None, *, fresh: bool
) -> Collection:
    if part == "instance":
        return await crawler.instance(start, fresh=fresh)
    if part == "profiles":
        return await crawler.profiles(start, fresh=fresh)
    if part == "posts":
        return await crawler.posts(start, posts, fresh=fresh)
    if part == "report":
        await crawler.neighborhood(start, posts, fresh=fresh, software=True, words_too=True)
        await crawler.instance(start)
        await crawler.profiles(start)
        return await crawler.posts(start, posts)
    collection = await crawler.neighborhood(start, posts, scope, fresh=fresh)
    if part == "map":
        await crawler.descriptions(collection)
    return collection


def _worker_pool(executor: Executor | None, workers: int) -> AbstractContextManager[WorkerPool | None]:
    if executor is not None:
        return nullcontext(ExecutorPool(executor, workers))
    return ProcessPool(workers) if workers > 1 else nullcontext()


async def estimate(
    part: Part,
    host: str,
    *,
    posts: int = DEFAULT_POSTS,
    scope: Scope | None = None,
    store: Path | str = DEFAULT_STORE,
    settings: CrawlSettings = CrawlSettings(),
    offline: bool = False,
) -> Estimate:
    """`dry_run` for your own event loop."""
    check(part=part, posts=posts)
    name = parse_target(host).host
    if part in ("instance", "profiles", "posts"):
        return estimate_one_host(part, name, posts, settings)
    wanted = scope or Scope()
    requests_made = 0
    if not offline and not _is_collected(store, name, wanted):
        start_alone = Scope(max_hosts=1, edges=wanted.edges)
        result = await collect("neighborhood", host, posts=posts, scope=start_alone, store=store, settings=settings)
        name, requests_made = result.host, result.requests
        with Database.open(Path(store)) as database:
            collection = collected_neighborhood(database, name, wanted)
            if collection is not None:  # the next run continues it, and has to reach as far as `scope` says
                collections.begin_neighborhood(database, collection, posts, wanted)
    with _open_existing(store) as database:
        return estimate_neighborhood(part, database, name, posts, wanted, settings, requests_made)


def _is_collected(store: Path | str, host: Host, scope: Scope) -> bool:
    with _open_existing(store) as database:
        return database is not None and collected_neighborhood(database, host, scope) is not None


def _open_existing(store: Path | str) -> AbstractContextManager[Database | None]:
    return Database.open_read_only(Path(store)) if Path(store).exists() else nullcontext()


def dry_run(
    part: Part,
    host: str,
    *,
    posts: int = DEFAULT_POSTS,
    scope: Scope | None = None,
    store: Path | str = DEFAULT_STORE,
    settings: CrawlSettings = CrawlSettings(),
    offline: bool = False,
) -> Estimate:
    """How many hosts, requests and seconds a run would still need, as `--dry-run` prints.

    The hosts of a neighborhood are found on its start, so the start is read first, unless `offline`; its data is kept.
    Raises what `collect` raises.
    """
    return run(estimate(part, host, posts=posts, scope=scope, store=store, settings=settings, offline=offline))


def forget(host: str, *, store: Path | str = DEFAULT_STORE) -> int:
    """Remove an instance from the database for good; returns the number of rows deleted. Raises NotCollected if there is no database."""
    name = parse_target(host).host
    with Database.open(existing_store(store)) as database:
        return store_forget.forget(database, name)


def existing_store(store: Path | str) -> Path:
    """The path of the database. Raises NotCollected if there is none."""
    if not Path(store).exists():
        raise NotCollected(f"there is no database at {store}: nothing was collected yet")
    return Path(store)


def collect_demo(store: Path | str = Path("output/demo/fedistats.db")) -> Host:
    """Collect the made-up fediverse that ships with fedistats and return the host to start from. Sends no requests.

    Its neighborhood is collected at four dates, everything else at the last of them. Read it for instance with
    `neighborhood(host, store=store, posts=400, offline=True)`. Earlier data about that host is deleted from the database first.
    Raises StoreError.
    """
    from fedistats import demo

    async def collect_all() -> Host:
        start = Target(demo.START)
        with Database.open(Path(store)) as database:
            store_forget.forget(database, demo.START)
            for moment in demo.COLLECTION_TIMES:
                crawler = Crawler(demo.fetch_at(moment), database, now=partial(float, moment))
                newest = moment == demo.NOW
                collection = await crawler.neighborhood(start, 400, fresh=True, software=newest, words_too=newest)
                await crawler.instance(start)
            await crawler.descriptions(collection)
            await crawler.profiles(start)
            await crawler.posts(start, 400)
        return demo.START

    return run(collect_all())


def now() -> float:
    """The date of results, in epoch seconds: SOURCE_DATE_EPOCH if it is set, so that the same data gives the same bytes, else the clock's
    (https://reproducible-builds.org/specs/source-date-epoch/)."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    return float(fixed) if fixed.isascii() and fixed.isdigit() and len(fixed) < 12 else time.time()
