"""The commands as Python functions: each collects what is missing in the database, then returns a result.

All of them understand these parameters: `store` is the SQLite file; `offline=True` sends no request and raises NotCollected if the data
is not there; `fresh=True` collects again and keeps the earlier collections under their dates; `settings` say how requests are sent.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import Executor, Future, wait
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from fedistats.client.fetcher import Fetcher, Transport
from fedistats.client.slots import max_concurrent_hosts
from fedistats.client.user_agent import user_agent
from fedistats.crawl.crawler import Crawler
from fedistats.crawl.distributed import DistributedCrawler
from fedistats.crawl.dry_run import Estimate, collected_neighborhood, estimate_neighborhood, estimate_one_host
from fedistats.crawl.progress import Progress
from fedistats.crawl.timeline import page_count
from fedistats.crawl.workers import ExecutorPool, ProcessPool, WorkerPool, WorkerSettings
from fedistats.errors import FetchError, InvalidHost, InvalidSetting, NotCollected
from fedistats.hosts import Host, Target, parse_target
from fedistats.results.comparison import Comparison
from fedistats.results.difference import Difference
from fedistats.results.history import History
from fedistats.results.instance import Instance
from fedistats.results.map import Map
from fedistats.results.neighborhood import Neighborhood
from fedistats.results.posts import Posts
from fedistats.results.profiles import Profiles
from fedistats.results.report import Report, report_command
from fedistats.settings import (
    BY_POSTS,
    DEFAULT_MIN_PEOPLE,
    DEFAULT_MIN_POSTS,
    DEFAULT_POSTS,
    CrawlSettings,
    EdgeKind,
    Part,
    Scope,
    check,
    check_backbone,
    edge_threshold,
)
from fedistats.store import collections
from fedistats.store import forget as store_forget
from fedistats.store.collections import Collection
from fedistats.store.database import Database
from fedistats.store.rate_limits import RateLimitTable
from fedistats.version import __version__

T = TypeVar("T")

DEFAULT_STORE = Path("output/fedistats.db")


@dataclass(frozen=True, slots=True)
class CollectResult:
    """What a run of `collect` did."""

    host: Host
    """The instance's own name: the domain of its people's handles."""
    begun_at: int
    """When the collection began, in epoch seconds; an earlier run may have begun it."""
    earlier: bool
    """Whether an earlier run began the collection."""
    requests: int
    """Requests sent in this run; 0 if everything was collected before."""


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
        agent = user_agent(__version__, settings.contact)
        rate_limits = RateLimitTable(database)
        async with Fetcher(
            agent=agent,
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
                progress.resting = fetcher.paused
                on_progress(progress)

            with _worker_pool(executor, workers) as pool:
                common: dict[str, Any] = {
                    "database": database,
                    "now": now,
                    "exclude": settings.exclude,
                    "on_progress": add_requests,
                }
                crawler: Crawler
                if pool is None:
                    crawler = Crawler(
                        fetcher.fetch, visiting=fetcher.visiting, wait_for_slot=fetcher.wait_for_slot, **common
                    )
                else:
                    worker_settings = WorkerSettings(
                        agent, settings.pace, settings.patience, settings.concurrency or max_concurrent_hosts()
                    )
                    crawler = DistributedCrawler(
                        fetcher=fetcher,
                        pool=pool,
                        settings=worker_settings,
                        rate_limits=rate_limits,
                        kept_hosts=settings.tokens,
                        **common,
                    )
                collection = await _collect_part(crawler, part, start, posts, scope, fresh=fresh)
            requests = fetcher.requests + crawler.requests_by_workers
    return CollectResult(collection.start, collection.begun_at, collection.id in earlier_ids, requests)


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
    """How many hosts, requests and seconds `collect` would still need. This is `dry_run` for your own event loop.

    A neighborhood's hosts are found on its start, so that is read first, unless `offline`; what was read is kept.
    Raises what `collect` raises.
    """
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
    if not Path(store).exists():
        return estimate_neighborhood(part, None, name, posts, wanted, settings, requests_made)
    with Database.open_read_only(Path(store)) as database:
        return estimate_neighborhood(part, database, name, posts, wanted, settings, requests_made)


def _is_collected(store: Path | str, host: Host, scope: Scope) -> bool:
    if not Path(store).exists():
        return False
    with Database.open_read_only(Path(store)) as database:
        return collected_neighborhood(database, host, scope) is not None


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
    """How many hosts, requests and seconds a run would still need, as `--dry-run` says.

    A neighborhood's hosts are found on its start, so that is read first, unless `offline`; what was read is kept.
    Raises what `collect` raises.
    """
    return run(estimate(part, host, posts=posts, scope=scope, store=store, settings=settings, offline=offline))


def instance(
    host: str,
    *,
    store: Path | str = DEFAULT_STORE,
    offline: bool = False,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Instance:
    """What a server says about itself: software, users, rules, activity. Raises what `collect` raises, and NotCollected."""
    name = _collect("instance", host, store, offline=offline, fresh=fresh, settings=settings)
    with Database.open_read_only(Path(store)) as database:
        return Instance.read(database, name)


def profiles(
    host: str,
    *,
    min_people: int = DEFAULT_MIN_PEOPLE,
    max_words: int = 200,
    stopwords: Iterable[str] = (),
    keep: Iterable[str] = (),
    store: Path | str = DEFAULT_STORE,
    offline: bool = False,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Profiles:
    """The discoverable profiles: the words of their bios, and the distributions of account age, followers and posts.

    A word is counted once per person. The result has the `max_words` most common words that at least `min_people` use, without the
    `stopwords`; a word in `keep` is counted even if it is a stop word. Raises what `collect` raises, and NotCollected.
    """
    check(min_people=min_people, max_words=max_words)
    name = _collect("profiles", host, store, offline=offline, fresh=fresh, settings=settings)
    with Database.open_read_only(Path(store)) as database:
        return Profiles.read(
            database, name, min_people=min_people, max_words=max_words, stopwords=tuple(stopwords), keep=tuple(keep)
        )


def posts(
    host: str,
    *,
    posts: int = DEFAULT_POSTS,
    min_people: int = DEFAULT_MIN_PEOPLE,
    store: Path | str = DEFAULT_STORE,
    offline: bool = False,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Posts:
    """The languages, hashtags, hours and origins of the newest posts. Raises what `collect` raises, and NotCollected."""
    check(min_people=min_people)
    name = _collect("posts", host, store, offline=offline, posts=posts, fresh=fresh, settings=settings)
    with Database.open_read_only(Path(store)) as database:
        return Posts.read(database, name, posts, min_people=min_people)


def neighborhood(
    host: str,
    *,
    posts: int = DEFAULT_POSTS,
    min_posts: int | None = None,
    directed: bool = False,
    backbone: float | None = None,
    scope: Scope | None = None,
    edges: EdgeKind = BY_POSTS,
    max_requests: int | None = None,
    executor: Executor | None = None,
    workers: int = 1,
    store: Path | str = DEFAULT_STORE,
    offline: bool = False,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Neighborhood:
    """The graph of instances around `host`. Two instances are linked if at least `min_posts` distinct posts connect them (default 5).

    With `directed`, A -> B counts posts of B read on A. With `backbone` (a significance level between 0 and 1), only edges that chance
    does not explain are kept, and `min_posts` is 1 by default. `edges` is "posts" (posts of one instance on the timeline of the other)
    or "mentions" (posts of one instance that mention people of the other).

    `scope`, `max_requests`, `executor` and `workers` are those of `collect`. Raises what `collect` raises, and NotCollected.
    """
    least = edge_threshold(min_posts, backbone)
    check(min_posts=least)
    check_backbone(backbone)
    if edges != BY_POSTS:
        scope = replace(scope or Scope(), edges=edges)
    name = _collect(
        "neighborhood",
        host,
        store,
        offline=offline,
        posts=posts,
        fresh=fresh,
        settings=settings,
        scope=scope,
        max_requests=max_requests,
        executor=executor,
        workers=workers,
    )
    with Database.open_read_only(Path(store)) as database:
        return Neighborhood.read(
            database, name, posts, min_posts=least, directed=directed, backbone=backbone, edges=edges
        )


def report(
    host: str,
    *,
    posts: int = DEFAULT_POSTS,
    min_posts: int = DEFAULT_MIN_POSTS,
    min_people: int = DEFAULT_MIN_PEOPLE,
    directed: bool = False,
    store: Path | str = DEFAULT_STORE,
    offline: bool = False,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Report:
    """Instance, profiles, posts and neighborhood in one result, which is also an HTML page.

    Raises what `collect` raises, and NotCollected.
    """
    check(min_posts=min_posts, min_people=min_people)
    name = _collect("report", host, store, offline=offline, posts=posts, fresh=fresh, settings=settings)
    command = report_command(host, posts, min_posts, min_people, directed=directed)
    with Database.open_read_only(Path(store)) as database:
        return Report.read(
            database,
            name,
            posts,
            min_posts=min_posts,
            min_people=min_people,
            directed=directed,
            command=command,
        )


def map(  # noqa: A001 - `fedistats.map`, like the command
    host: str,
    *,
    posts: int = DEFAULT_POSTS,
    min_posts: int = DEFAULT_MIN_POSTS,
    store: Path | str = DEFAULT_STORE,
    offline: bool = False,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Map:
    """The instances of a neighborhood, placed by how they describe themselves: similar descriptions lie close together.

    Raises what `collect` raises; NotCollected; NothingFound if no two descriptions share a word.
    """
    check(min_posts=min_posts)
    name = _collect("map", host, store, offline=offline, posts=posts, fresh=fresh, settings=settings)
    with Database.open_read_only(Path(store)) as database:
        result = Map.read(database, name, posts, min_posts=min_posts)
    result.check()
    return result


def compare(
    hosts: Sequence[str],
    *,
    posts: int = DEFAULT_POSTS,
    min_posts: int = DEFAULT_MIN_POSTS,
    min_people: int = DEFAULT_MIN_PEOPLE,
    store: Path | str = DEFAULT_STORE,
    offline: bool = False,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Comparison:
    """Two or more instances side by side: the words, languages, hashtags and neighbors that distinguish them.

    Collects the parts "neighborhood", "instance", "profiles" and "posts" of each; a part that cannot be read is left out.
    Raises what `collect` raises; InvalidHost unless there are two different instances; NothingFound if nothing can be compared.
    """
    check(min_posts=min_posts, min_people=min_people)

    def collect_part(part: Part, host: str) -> Host:
        fresh_part = fresh and part == "neighborhood"  # the parts that follow belong to the same collection
        return _collect(part, host, store, offline=offline, posts=posts, fresh=fresh_part, settings=settings)

    names = hosts_to_compare(hosts, collect_part, lambda _: None)
    with Database.open_read_only(Path(store)) as database:
        result = Comparison.read(database, names, posts, min_posts=min_posts, min_people=min_people)
    result.check()
    return result


def hosts_to_compare(
    hosts: Sequence[str], collect_part: Callable[[Part, str], Host], on_error: Callable[[str], None]
) -> list[Host]:
    """Collect every part that a comparison needs, with `collect_part`; returns the instances' own names without duplicates.

    `on_error` gets a message for each part that cannot be read, except the neighborhood. Raises InvalidHost unless there are two
    different instances; whatever `collect_part` raises for a neighborhood.
    """
    message = "name two or more different instances to compare"
    if len({parse_target(host).host for host in hosts}) < 2:
        raise InvalidHost(message)
    parts: tuple[Part, ...] = ("instance", "profiles", "posts")
    names: list[Host] = []
    for host in hosts:
        name = collect_part("neighborhood", host)
        for part in parts:
            try:
                collect_part(part, host)
            except FetchError as error:
                on_error(f"{part} of {name}: {error}")
        if name not in names:
            names.append(name)
    if len(names) < 2:
        raise InvalidHost(message)
    return names


def diff(
    host: str,
    *,
    since: str | None = None,
    until: str | None = None,
    posts: int = DEFAULT_POSTS,
    min_posts: int = DEFAULT_MIN_POSTS,
    store: Path | str = DEFAULT_STORE,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Difference:
    """What changed in a neighborhood between two collections: instances that appeared or disappeared, and edges that grew or shrank.

    `since` is a date like 2026-11-02 (the first collection of that day) or 2026-11-02T14:30; None: the nearest collection before `until`
    with the same settings. `until` is a date, too (the last collection of that day); None: the newest. No request is sent, unless
    `fresh` collects the neighborhood again. Raises NotCollected; NotComparable if one collection reached further than the other.
    """
    check(min_posts=min_posts)
    name = _collect("neighborhood", host, store, offline=not fresh, posts=posts, fresh=fresh, settings=settings)
    with Database.open_read_only(Path(store)) as database:
        return Difference.read(database, name, since, until, posts, min_posts=min_posts)


def history(
    host: str,
    *,
    posts: int = DEFAULT_POSTS,
    min_posts: int = DEFAULT_MIN_POSTS,
    store: Path | str = DEFAULT_STORE,
) -> History:
    """How an instance changed from one collection to the next. No request is sent. Raises NotCollected."""
    check(posts=posts, min_posts=min_posts)
    name = _collect("instance", host, store, offline=True)
    with Database.open_read_only(Path(store)) as database:
        return History.read(database, name, posts, min_posts=min_posts)


def forget(host: str, *, store: Path | str = DEFAULT_STORE) -> int:
    """Remove an instance from the database for good; returns the number of rows deleted. Raises NotCollected if there is no database."""
    name = _collect("instance", host, store, offline=True)
    with Database.open(Path(store)) as database:
        return store_forget.forget(database, name)


def collect_demo(store: Path | str = Path("output/demo/fedistats.db")) -> Host:
    """Collect the made-up fediverse that ships with fedistats and return the host to start from. No server gets a request.

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


def _collect(part: Part, host: str, store: Path | str, *, offline: bool, **options: Any) -> Host:
    """Collect what is missing, unless `offline`; the instance's own name. `options` are those of `collect`."""
    if offline:
        check(posts=options.get("posts", DEFAULT_POSTS))
        if not Path(store).exists():
            raise NotCollected(f"there is no database at {store}: nothing was collected yet")
        return parse_target(host).host
    return run(collect(part, host, store=store, **options)).host


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end; in a thread of its own if an event loop is running here, as in a notebook.

    Ctrl-C cancels it. The database is closed before KeyboardInterrupt is raised.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    return _run_in_thread(work, asyncio.current_task())


def _run_in_thread(work: Coroutine[Any, Any, T], caller: asyncio.Task[Any] | None) -> T:
    result: Future[T] = Future()
    started = threading.Event()
    cancel: list[Callable[[], object]] = []

    async def main() -> T:
        task = asyncio.current_task()
        assert task is not None
        cancel.append(partial(asyncio.get_running_loop().call_soon_threadsafe, task.cancel))
        started.set()
        return await work

    def target() -> None:
        try:
            result.set_result(asyncio.run(main()))
        except BaseException as error:  # noqa: BLE001 - handed over to the caller's thread
            result.set_exception(error)
        finally:
            started.set()

    cancellations = caller.cancelling() if caller else 0
    threading.Thread(target=target, name="fedistats").start()
    try:
        # Not Thread.join: an interrupted join forgets that the thread runs. A timeout, because Windows interrupts no wait without one.
        while not wait([result], timeout=0.1).done:
            if caller and caller.cancelling() > cancellations:  # asyncio.run turns Ctrl-C into a cancellation
                raise asyncio.CancelledError
    except (KeyboardInterrupt, asyncio.CancelledError):
        started.wait()
        for cancel_work in cancel:
            with suppress(RuntimeError):  # the loop is closed: the work is done
                cancel_work()
        wait([result])
        raise
    return result.result()
