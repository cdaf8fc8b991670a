"""Everything that the commands do, as Python functions: collect what is missing, then tell."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeVar

from fedistats.analysis import communities
from fedistats.client.fetcher import Fetcher, user_agent
from fedistats.client.slots import max_concurrent_hosts
from fedistats.crawl.crawler import Crawler, Progress, page_count
from fedistats.crawl.workers import DistributedCrawler, ExecutorPool, Options, ProcessPool, WorkerPool
from fedistats.errors import NotCollected
from fedistats.hosts import Host, Target, parse_target
from fedistats.results import queries
from fedistats.results.comparison import Comparison, hosts_to_compare
from fedistats.results.difference import Difference
from fedistats.results.map import Map
from fedistats.results.report import Report, report_command
from fedistats.results.results import History, Instance, Neighborhood, Posts, Profiles
from fedistats.settings import BY_POSTS, CrawlSettings, EdgeKind, Scope
from fedistats.store.database import Collection, Store
from fedistats.version import __version__

Part = Literal["instance", "profiles", "posts", "neighborhood", "report", "map"]
"""What can be collected about an instance; report: all of it, and of every neighbor the software that it runs; map: the neighborhood,
and of every instance round it what it says about itself."""
T = TypeVar("T")

STORE = Path("output/fedistats.db")
POSTS = 1000
"""How many of the newest posts of each timeline are read, unless told otherwise: what the method began with."""
MIN_POSTS = 5


@dataclass(frozen=True, slots=True)
class CollectResult:
    """What a run of `collect` came to."""

    host: Host
    """The instance's own name: the domain of its people's handles."""
    begun_at: int
    """Epoch seconds: when this collection was begun, perhaps by an earlier run."""
    earlier: bool
    """Was there something to go on with?"""
    requests: int
    """How many were made to servers in this run; 0 where everything was there."""


async def collect(
    part: Part,
    host: str,
    *,
    posts: int = POSTS,
    store: Path | str = STORE,
    fresh: bool = False,
    scope: Scope | None = None,
    max_requests: int | None = None,
    executor: Executor | None = None,
    workers: int = 1,
    settings: CrawlSettings = CrawlSettings(),
    watch: Callable[[Progress], None] = lambda _: None,
) -> CollectResult:
    """Collect what is missing about a part of `host` into the store.

    `host` is a host name, a URL or a handle. `scope` says how far a neighborhood reaches; None: as far as it was collected before,
    or else to the instances found on `host`. After `max_requests` the run ends with Spent, and can be gone on with.

    With `workers` (more than 1), so many processes share the neighborhood; with an `executor` (a process pool's, Dask's), so many of
    its workers do. Call it under `if __name__ == "__main__":` then, because new processes import your program.

    Raises InvalidHost; FetchError where the server itself cannot be read; LocalError;
    StoreError. Whatever fails at other servers is an outcome in the results, never an exception.
    """
    start = parse_target(host)
    with Store.open(Path(store)) as opened:
        agent = user_agent(__version__, settings.contact)
        async with Fetcher(
            agent=agent,
            starts=(start,),
            pace=settings.pace,
            patience=settings.patience,
            concurrency=_at_once(settings.concurrency, max_requests, posts),
            rate_limits=opened,
            tokens=settings.tokens,
            max_requests=max_requests,
        ) as web:
            known = {collection.id for collection in opened.collections(start.host)}

            def told(progress: Progress) -> None:
                progress.requests = web.requests + crawl.requests_of_others
                progress.resting = web.paused
                watch(progress)

            with _crew(executor, workers) as crew:
                more: dict[str, Any] = {"store": opened, "now": now, "exclude": settings.exclude, "watch": told}
                crawl: Crawler
                if crew is None:
                    crawl = Crawler(web.fetch, visiting=web.visiting, room=web.wait_for_slot, **more)
                else:
                    options = Options(
                        agent, settings.pace, settings.patience, settings.concurrency or max_concurrent_hosts()
                    )
                    crawl = DistributedCrawler(web=web, crew=crew, options=options, stay=settings.tokens, **more)
                collected = await _collected(crawl, part, start, posts, scope, fresh=fresh)
            requests = web.requests + crawl.requests_of_others
    return CollectResult(collected.start, collected.begun_at, collected.id in known, requests)


def _at_once(concurrency: int | None, max_requests: int | None, posts: int) -> int | None:
    """How many hosts are visited at the same time: no more than can be read to their end, or few requests would end nowhere."""
    if max_requests is None:
        return concurrency
    return max(1, min(concurrency or max_concurrent_hosts(), max_requests // (2 + page_count(posts))))


async def _collected(
    crawl: Crawler, part: Part, start: Target, posts: int, scope: Scope | None, *, fresh: bool
) -> Collection:
    if part == "instance":
        return await crawl.instance(start, fresh=fresh)
    if part == "profiles":
        return await crawl.profiles(start, fresh=fresh)
    if part == "posts":
        return await crawl.posts(start, posts, fresh=fresh)
    if part == "report":
        await crawl.neighborhood(start, posts, fresh=fresh, software=True, words_too=True)
        await crawl.instance(start)
        await crawl.profiles(start)
        return await crawl.posts(start, posts)
    collection = await crawl.neighborhood(start, posts, scope, fresh=fresh)
    if part == "map":
        await crawl.descriptions(collection)
    return collection


def _crew(executor: Executor | None, workers: int) -> AbstractContextManager[WorkerPool | None]:
    """Whoever shares the work; None where nobody does."""
    if executor is not None:
        return nullcontext(ExecutorPool(executor, workers))
    return ProcessPool(workers) if workers > 1 else nullcontext()


def instance(
    host: str,
    *,
    store: Path | str = STORE,
    offline: bool = False,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Instance:
    """What a server says about itself.

    Here as in the functions below: what is missing in the store is collected first, see `collect`; `offline` asks nobody and raises
    NotCollected instead; `fresh` collects anew.
    """
    name = _have("instance", host, store, offline=offline, fresh=fresh, settings=settings)
    with Store.read(Path(store)) as opened:
        return Instance.of(*queries.instance(opened, name))


def profiles(
    host: str,
    *,
    min_people: int = queries.MIN_PEOPLE,
    max_words: int = 200,
    stopwords: Iterable[str] = (),
    keep: Iterable[str] = (),
    store: Path | str = STORE,
    offline: bool = False,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Profiles:
    """Who is here: the words of the bios that at least `min_people` use, and how age, followers and posts are spread.

    Of the words the `max_words` commonest; without `stopwords`, and with those to `keep`, though they are stop words.
    """
    name = _have("profiles", host, store, offline=offline, fresh=fresh, settings=settings)
    with Store.read(Path(store)) as opened:
        return Profiles.of(
            queries.profiles(
                opened, name, min_people=min_people, most=max_words, stopwords=tuple(stopwords), keep=tuple(keep)
            )
        )


def posts(
    host: str,
    *,
    posts: int = POSTS,
    min_people: int = queries.MIN_PEOPLE,
    store: Path | str = STORE,
    offline: bool = False,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Posts:
    """What is talked about: languages, hashtags, hours and origins of the newest posts."""
    name = _have("posts", host, store, offline=offline, posts=posts, fresh=fresh, settings=settings)
    with Store.read(Path(store)) as opened:
        return Posts.of(queries.posts(opened, name, posts, min_people=min_people))


def neighborhood(
    host: str,
    *,
    posts: int = POSTS,
    min_posts: int | None = None,
    directed: bool = False,
    backbone: float | None = None,
    scope: Scope | None = None,
    edges: EdgeKind = BY_POSTS,
    max_requests: int | None = None,
    executor: Executor | None = None,
    workers: int = 1,
    store: Path | str = STORE,
    offline: bool = False,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Neighborhood:
    """With whom they talk: the graph of the instances that at least `min_posts` posts connect (5, unless told otherwise).

    With `backbone` (an alpha between 0 and 1) only the edges that chance does not explain, of any weight unless told otherwise.
    `edges`: "posts" (posts of the one on the timeline of the other) or "mentions" (posts of the one that mention people of the other).
    `scope`, `max_requests`, `executor` and `workers` are for `collect`.
    """
    if edges != BY_POSTS:
        scope = replace(scope or Scope(), edges=edges)
    more: dict[str, Any] = {
        "scope": scope,
        "max_requests": max_requests,
        "executor": executor,
        "workers": workers,
    }
    name = _have("neighborhood", host, store, offline=offline, posts=posts, fresh=fresh, settings=settings, **more)
    least = min_posts or (MIN_POSTS if backbone is None else 1)
    with Store.read(Path(store)) as opened:
        found = queries.neighborhood(
            opened, name, posts, min_posts=least, directed=directed, backbone=backbone, edges=edges
        )
    return Neighborhood.of(communities.communities(found))


def report(
    host: str,
    *,
    posts: int = POSTS,
    min_posts: int = MIN_POSTS,
    min_people: int = queries.MIN_PEOPLE,
    directed: bool = False,
    store: Path | str = STORE,
    offline: bool = False,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Report:
    """Everything on one page: who is here, what is talked about, with whom. Each part of it is a result of its own."""
    name = _have("report", host, store, offline=offline, posts=posts, fresh=fresh, settings=settings)
    command = report_command(host, posts, min_posts, min_people, directed=directed)
    least: dict[str, int] = {"min_posts": min_posts, "min_people": min_people}
    with Store.read(Path(store)) as opened:
        return Report.of(opened, name, posts, **least, directed=directed, command=command)


def map(  # noqa: A001 - `fedistats.map`, like the command
    host: str,
    *,
    posts: int = POSTS,
    min_posts: int = MIN_POSTS,
    store: Path | str = STORE,
    offline: bool = False,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Map:
    """The instances of a neighborhood by how they describe themselves. Raises NothingFound where nobody shares a word."""
    name = _have("map", host, store, offline=offline, posts=posts, fresh=fresh, settings=settings)
    with Store.read(Path(store)) as opened:
        found = Map.of(opened, name, posts, min_posts=min_posts)
    found.check()
    return found


def compare(
    hosts: Sequence[str],
    *,
    posts: int = POSTS,
    min_posts: int = MIN_POSTS,
    min_people: int = queries.MIN_PEOPLE,
    store: Path | str = STORE,
    offline: bool = False,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Comparison:
    """Two instances or more side by side: whose words, languages, hashtags and neighbors set them apart.

    Needs the parts "neighborhood", "instance", "profiles" and "posts" of each; where one of them cannot be read, the others are compared.
    Raises InvalidHost where they are not two different ones; NothingFound where nothing is known that could be compared.
    """

    def have(part: Part, host: str) -> Host:
        how: dict[str, Any] = {"posts": posts, "fresh": fresh and part == "neighborhood", "settings": settings}
        return _have(part, host, store, offline=offline, **how)

    names = hosts_to_compare(hosts, have, lambda _: None)
    with Store.read(Path(store)) as opened:
        found = Comparison.of(opened, names, posts, min_posts=min_posts, min_people=min_people)
    found.check()
    return found


def diff(
    host: str,
    *,
    since: str | None = None,
    until: str | None = None,
    posts: int = POSTS,
    min_posts: int = MIN_POSTS,
    store: Path | str = STORE,
    fresh: bool = False,
    settings: CrawlSettings = CrawlSettings(),
) -> Difference:
    """What has changed round an instance between two collections: who is new, who is gone, whose ties grew.

    `since` is a date like 2026-11-02 (the first collection of that day) or 2026-11-02T14:30; None: the nearest before `until` that was
    asked alike. `until` is one, too (of a day the last); None: the newest. Asks nobody, unless `fresh` collects the neighborhood once more.
    Raises NotCollected; NotComparable where one collection went further than the other.
    """
    name = _have("neighborhood", host, store, offline=not fresh, posts=posts, fresh=fresh, settings=settings)
    with Store.read(Path(store)) as opened:
        return Difference.of(opened, name, since, until, posts, min_posts=min_posts)


def history(host: str, *, posts: int = POSTS, min_posts: int = MIN_POSTS, store: Path | str = STORE) -> History:
    """How an instance changed from one collection to the next. Asks nobody; raises NotCollected."""
    name = _have("instance", host, store, offline=True)
    with Store.read(Path(store)) as opened:
        return History.of(queries.history(opened, name, posts, min_posts=min_posts))


def forget(host: str, *, store: Path | str = STORE) -> int:
    """Remove an instance for good from what was collected; returns how many rows are gone. Raises NotCollected where there is no store."""
    name = _have("instance", host, store, offline=True)
    with Store.open(Path(store)) as opened:
        return opened.forget(name)


def collect_demo(store: Path | str = Path("output/demo/fedistats.db")) -> Host:
    """Collect the made-up fediverse that ships with fedistats, and return the host to begin with: no server is asked.

    Its neighborhood is collected at four dates, all else at the last of them. Then, for instance,
    `neighborhood(host, store=store, posts=400, offline=True)`. What the store knew of that host is forgotten first.
    Raises StoreError.
    """
    from fedistats import demo

    async def collected() -> Host:
        with Store.open(Path(store)) as opened:
            opened.forget(demo.START)
            for moment in demo.MOMENTS:

                def now(moment: int = moment) -> float:
                    return moment

                crawl, newest = Crawler(demo.fetch_at(moment), opened, now=now), moment == demo.NOW
                found = await crawl.neighborhood(Target(demo.START), 400, fresh=True, software=newest, words_too=newest)
                await crawl.instance(Target(demo.START))
            await crawl.descriptions(found)
            await crawl.profiles(Target(demo.START))
            await crawl.posts(Target(demo.START), 400)
        return demo.START

    return run(collected())


def now() -> float:
    """The date that results bear, in epoch seconds: SOURCE_DATE_EPOCH where it is set, so that the same data gives the same bytes
    (https://reproducible-builds.org/specs/source-date-epoch/); else the clock's."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    return float(fixed) if fixed.isascii() and fixed.isdigit() and len(fixed) < 12 else time.time()


def _have(part: Part, host: str, store: Path | str, *, offline: bool, **how: Any) -> Host:
    if offline:
        if not Path(store).exists():
            raise NotCollected(f"there is no store at {store}: nothing was collected yet")
        return parse_target(host).host
    return run(collect(part, host, store=store, **how)).host


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to its end, also where a loop is running already (a notebook's): there, in a thread of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    results: list[T] = []
    errors: list[BaseException] = []

    def go() -> None:
        try:
            results.append(asyncio.run(work))
        except BaseException as error:  # noqa: BLE001 - handed on to the caller's thread, whatever it is
            errors.append(error)

    thread = threading.Thread(target=go)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
