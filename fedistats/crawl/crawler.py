"""The crawler: chooses the collection, visits the start and the hosts found from it, and writes everything to the store.

A page, the position of the next page and the end of a timeline are each one transaction. So a crawl may be killed at any moment: the same
call continues it, and requests no page that is stored.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
)
from dataclasses import dataclass
from functools import partial
from typing import Any

from fedistats.crawl.descriptions import needs_description, needs_software, with_description, without_description
from fedistats.crawl.directory import read_directory
from fedistats.crawl.frontier import Frontier
from fedistats.crawl.identify import Identifier
from fedistats.crawl.outcomes import attempt
from fedistats.crawl.progress import Progress, ProgressReporter
from fedistats.crawl.timeline import page_count
from fedistats.crawl.visit import Visit, Visiting
from fedistats.fetch import Fetch
from fedistats.hosts import Host, Target
from fedistats.model import InstanceInfo
from fedistats.servers.api import LOCAL, MENTIONS, PUBLIC, Server
from fedistats.servers.registry import APIS
from fedistats.settings import BY_MENTIONS, BY_POSTS, EdgeKind, Scope
from fedistats.store import collections, directories, instances, queries, timelines
from fedistats.store.collections import Collection as StoredCollection
from fedistats.store.database import Database
from fedistats.store.directories import DirectoryWriter
from fedistats.store.timelines import TimelineWriter

COMMIT_DELAY = 0.5
"""Seconds until a page is on the disk. Pages of all hosts that arrive meanwhile are written in one transaction."""


def _visit_at_once(_: Host, *, domain: Host | None = None) -> AbstractAsyncContextManager[None]:  # noqa: ARG001
    """No limit on the number of visits."""
    return nullcontext()


async def _no_wait() -> None:
    """There is always a free slot."""


@dataclass(frozen=True, slots=True)
class NeighborhoodCrawl:
    """The crawl of one neighborhood."""

    collection: StoredCollection
    server: Server  # the start
    posts: int  # to read of each timeline
    software: bool  # is each server that shows posts asked for its software at the end of its visit?
    frontier: Frontier
    feed: str = PUBLIC  # what is read of each host


class Crawler:
    """Collects what is missing into a database.

    `fetch` sends requests. `visiting` gives a visit its slots, and `wait_for_slot` returns when a new visit would not have to wait; without
    them there is no limit. `now` gives the time (epoch seconds) for collections that begin. The hosts of `exclude`, which `fetch` refuses,
    do not count towards the limit of a scope. `on_progress` is called after each page and each visit.
    """

    def __init__(
        self,
        fetch: Fetch,
        database: Database,
        *,
        now: Callable[[], float],
        visiting: Visiting = _visit_at_once,
        wait_for_slot: Callable[[], Awaitable[None]] = _no_wait,
        exclude: Collection[Host] = (),
        on_progress: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self._fetch = fetch
        self._database = database
        self._now = now
        self._visiting = visiting
        self._wait_for_slot = wait_for_slot
        self._exclude = frozenset(exclude)
        self._on_progress = on_progress
        self._reporter = ProgressReporter(Progress(), on_progress)
        self._identifier = Identifier(fetch)
        self.requests_by_workers = 0  # requests made by other processes that share the work

    @property
    def progress(self) -> Progress:
        return self._reporter.progress

    async def instance(self, start: Target, *, fresh: bool = False) -> StoredCollection:
        """Collect everything that a server says about itself. Raises FetchError if it cannot be read."""
        self._start_progress(Progress("instance", found=1))
        collection = self._latest(start, fresh=fresh)
        if collection is None or instances.load(self._database, collection, collection.start, complete=True) is None:
            async with self._visiting_start(start, collection) as (collection, server):
                instance = instances.load(self._database, collection, server.domain)
                instance = instance or await self._identifier.describe(server.api_host)
                instance = await APIS[instance.api].fetch_instance_details(self._fetch, instance)
                instances.save(self._database, collection, instance, complete=True)
        self._reporter.advance(done=1)
        return collection

    async def profiles(self, start: Target, *, fresh: bool = False) -> StoredCollection:
        """Collect the directory of profiles, as counts. Raises FetchError if the server cannot be reached at all."""
        self._start_progress(Progress("profiles", found=1))
        collection = self._latest(start, fresh=fresh)
        async with self._visiting_start(start, collection) as (collection, server):
            with self._batched():
                await self._read_directory(collection, server)
        self._reporter.advance(done=1)
        return collection

    async def posts(self, start: Target, posts: int, *, fresh: bool = False) -> StoredCollection:
        """Collect the newest posts of both feeds of a server. Raises FetchError if it cannot be reached at all."""
        self._start_progress(Progress("posts", found=1, wanted=2 * page_count(posts)))
        collection = self._latest(start, fresh=fresh)
        if collection is not None and not self._has_room(collection, posts, (PUBLIC, LOCAL)):
            collection = None
        async with self._visiting_start(start, collection) as (collection, server):
            with self._batched():
                visit = self._new_visit(collection, server.domain, posts, wants_words=True)
                for feed in (PUBLIC, LOCAL):
                    await visit.read_feed(server, feed)
                    visit.close_silent_feed(server, feed)
                self._note_rate_limit(visit)
        self._reporter.advance(done=1)
        return collection

    async def neighborhood(
        self,
        start: Target,
        posts: int,
        scope: Scope | None = None,
        *,
        fresh: bool = False,
        software: bool = False,
        words_too: bool = False,
    ) -> StoredCollection:
        """Collect the newest posts of a server, and of the instances that they name; each is visited as soon as a page names it.

        `scope` sets how far the crawl goes; None: as far as the collection that is continued, or else one step. With `software`, each
        server that shows posts is asked for its software and its number of users. With `words_too`, the words of the start's posts are
        counted. Raises FetchError if the start cannot be reached at all; later failures are outcomes of their hosts.
        """
        self._start_progress(Progress("neighborhood", found=1, working=1, wanted=page_count(posts)))
        feed = _feed_of(scope)
        collection = self._latest(start, fresh=fresh, edges=scope.edges if scope else BY_POSTS)
        if collection is not None and not self._can_continue(collection, posts, scope, feed):
            collection = None
        if scope is None:
            scope = collection.scope if collection else Scope()
        if collection is not None and self._is_complete(collection, scope, software=software):
            return collection
        with self._batched():
            async with task_group() as group, self._visiting_start(start, collection) as (collection, server):
                collections.begin_neighborhood(self._database, collection, posts, scope)
                frontier = self._new_frontier(collection, posts, scope, feed)
                crawl = NeighborhoodCrawl(collection, server, posts, software, frontier, feed)
                group.create_task(self.visit_found(crawl))
                await self._read_start(crawl, wants_words=words_too)
        collections.end_neighborhood(self._database, collection, int(self._now()))
        return collection

    async def descriptions(self, collection: StoredCollection) -> None:
        """Ask every instance that showed posts once for its description."""
        results = queries.timeline_results(self._database, collection, 1)
        api_hosts = {result.host: result.api_host for result in results if result.outcome.answered}
        self._start_progress(Progress("descriptions", found=len(api_hosts), wanted=len(api_hosts)))
        with self._batched():
            async with task_group() as group:
                for host, api_host in api_hosts.items():
                    await self._start_task(group, self._describe(collection, Server(host, api_host)))

    def _latest(self, start: Target, *, fresh: bool, edges: EdgeKind | None = None) -> StoredCollection | None:
        """The newest collection of the start; with `edges`, of those whose neighborhood has (or may get) such edges."""
        if fresh:
            return None
        for collection in collections.find(self._database, start.host):
            if edges is None or collection.neighborhood_posts is None or collection.scope.edges == edges:
                return collection
        return None

    def _has_room(self, collection: StoredCollection, posts: int, feeds: tuple[str, ...]) -> bool:
        """Do the feeds of the start have this many posts, or can they be continued? One that ended with fewer cannot."""
        known = timelines.load_host(self._database, collection, collection.start).timelines
        return all(
            timeline is None or not timeline.finished or timeline.wanted >= posts for timeline in map(known.get, feeds)
        )

    def _can_continue(self, collection: StoredCollection, posts: int, scope: Scope | None, feed: str) -> bool:
        if not self._has_room(collection, posts, (feed,)):
            return False
        if collection.neighborhood_posts is None:
            return True
        return collection.neighborhood_posts >= posts and (scope is None or scope.covers(collection.scope))

    def _is_complete(self, collection: StoredCollection, scope: Scope, *, software: bool) -> bool:
        """Is there nothing left to collect of this neighborhood?"""
        if not collection.neighborhood_complete or collection.scope != scope:
            return False
        if collections.unfinished(self._database, collection):
            return False
        return not (software and self._lacks_software(collection))

    def _lacks_software(self, collection: StoredCollection) -> bool:
        """Is there a neighbor that showed posts, and was not asked for its software?"""
        known = instances.load_all(self._database, collection)
        return any(
            result.outcome.answered and result.host != collection.start and needs_software(known.get(result.host))
            for result in queries.timeline_results(self._database, collection, 1)
        )

    def _batched(self) -> AbstractContextManager[None]:
        """Hundreds of hosts send pages at the same time: write them in common transactions."""
        return self._database.batched(partial(asyncio.get_running_loop().call_later, COMMIT_DELAY))

    @asynccontextmanager
    async def _visiting_start(
        self, start: Target, collection: StoredCollection | None
    ) -> AsyncIterator[tuple[StoredCollection, Server]]:
        """A visit to the server behind the start, and the collection: the given one, or a new one. Raises FetchError."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._visiting(start.host))
            collection, server = await self._identify_start(start, collection)
            if server.api_host != start.host:
                await stack.aclose()
                await stack.enter_async_context(self._visiting(server.api_host, domain=server.domain))
            yield collection, server

    async def _identify_start(
        self, start: Target, collection: StoredCollection | None
    ) -> tuple[StoredCollection, Server]:
        if collection is not None:
            known = instances.load(self._database, collection, collection.start)
            if known is not None:
                return collection, Server(collection.start, known.api_host)
        instance = await self._identifier.identify_start(start)
        if collection is None:
            collection = collections.begin(self._database, instance.host, int(self._now()))
        instances.save(self._database, collection, instance, complete=False)
        return collection, Server(instance.host, instance.api_host)

    async def _read_start(self, crawl: NeighborhoodCrawl, *, wants_words: bool) -> None:
        collection, frontier = crawl.collection, crawl.frontier
        start, on_hosts = collection.start, partial(frontier.add, collection.start)
        frontier.add(start, self._hosts_named_by(collection, crawl.posts, crawl.feed, start))
        visit = self._new_visit(collection, start, crawl.posts, crawl.feed, wants_words=wants_words, on_hosts=on_hosts)
        await visit.attempt(visit.read_open_feed(crawl.server))
        self._note_rate_limit(visit)
        frontier.finish_start()
        self._reporter.advance(done=1, working=-1, ended=visit.timeline)

    async def _read_directory(self, collection: StoredCollection, server: Server) -> None:
        directory = directories.load(self._database, collection, server.domain)
        if directory and directory.finished:
            return
        instance = instances.load(self._database, collection, server.domain) or InstanceInfo(
            server.domain, server.api_host
        )
        await read_directory(
            self._fetch,
            server,
            instance,
            DirectoryWriter.begin(self._database, collection, server.domain),
            partial(instances.save, self._database, collection, complete=False),
            lambda profiles: self._reporter.advance(pages=1, items=profiles),
        )

    async def visit_found(self, crawl: NeighborhoodCrawl) -> None:
        """Visit the hosts of the frontier, level by level."""
        await self.visit_level(crawl)
        while crawl.frontier.next_level():
            await self.visit_level(crawl)

    async def visit_level(self, crawl: NeighborhoodCrawl) -> None:
        """Visit the queued hosts and those that they lead to, as many at the same time as there are slots."""
        async with task_group() as group:
            while (host := await crawl.frontier.get()) is not None:
                await self._start_task(group, self.visit(crawl, host))

    async def visit(self, crawl: NeighborhoodCrawl, host: Host) -> Visit | None:
        """Visit a host, or continue where an earlier run stopped. Returns the visit; None if another worker has to visit the host."""
        self._reporter.advance(working=1)
        on_hosts = partial(crawl.frontier.add, host)
        visit = self._new_visit(
            crawl.collection, host, crawl.posts, crawl.feed, wants_software=crawl.software, on_hosts=on_hosts
        )
        posts_before = visit.timeline.posts_read if visit.timeline else 0
        if visit.timeline is not None:
            crawl.frontier.add(host, self._hosts_named_by(crawl.collection, crawl.posts, crawl.feed, host))
        if visit.is_needed:
            await visit.run()
        self._note_rate_limit(visit)
        crawl.frontier.task_done()
        assert visit.timeline is not None
        pages_read = page_count(max(0, visit.timeline.posts_read - posts_before))
        self._reporter.advance(done=1, working=-1, wanted=pages_read - page_count(crawl.posts), ended=visit.timeline)
        return visit

    async def _describe(self, collection: StoredCollection, server: Server) -> None:
        instance = instances.load(self._database, collection, server.domain) or InstanceInfo(
            server.domain, server.api_host
        )
        is_complete = instances.load(self._database, collection, server.domain, complete=True) is not None

        async def describe() -> None:
            async with self._visiting(server.api_host, domain=server.domain):
                described = await with_description(self._fetch, instance, server.api_host)
            instances.save(self._database, collection, described, complete=False)

        if needs_description(instance) and not is_complete:
            failure = await attempt(describe(), server.domain)
            if failure is not None and not failure.resumable:
                instances.save(self._database, collection, without_description(instance, failure), complete=False)
        self._reporter.advance(done=1, pages=1)

    def _new_visit(
        self,
        collection: StoredCollection,
        host: Host,
        posts: int,
        feed: str = PUBLIC,
        *,
        wants_software: bool = False,
        wants_words: bool = False,
        on_hosts: Callable[[set[Host]], None] = lambda _: None,
    ) -> Visit:
        """A visit to a host, with what the collection knows of it."""

        def begin_timeline(feed: str, api_host: Host) -> TimelineWriter:
            return TimelineWriter.begin(self._database, collection, host, feed, api_host, posts)

        def on_page(hosts: set[Host], posts: int) -> None:
            on_hosts(hosts)
            self._reporter.advance(pages=1, items=posts)

        return Visit(
            host,
            timelines.load_host(self._database, collection, host),
            self._fetch,
            self._identifier,
            self._visiting,
            begin_timeline,
            partial(instances.save, self._database, collection, complete=False),
            on_page,
            feed,
            wants_software=wants_software,
            wants_words=wants_words,
        )

    def _new_frontier(self, collection: StoredCollection, posts: int, scope: Scope, feed: str) -> Frontier:
        return Frontier(
            collection.start,
            scope,
            hosts_named_by=partial(self._hosts_named_by, collection, posts, feed),
            rank=partial(queries.most_named, self._database, collection, posts),
            begun=timelines.hosts(self._database, collection) - self._exclude,
            uncounted=self._exclude,
            on_found=lambda hosts: self._reporter.advance(found=hosts, wanted=hosts * page_count(posts)),
        )

    def _hosts_named_by(self, collection: StoredCollection, posts: int, feed: str, host: Host) -> set[Host]:
        """The hosts that the stored timelines of a host name."""
        known = timelines.load_host(self._database, collection, host).timelines
        feeds = (MENTIONS,) if feed == MENTIONS else (PUBLIC, LOCAL)
        return set().union(*(timelines.origins(self._database, known[feed], posts) for feed in feeds if feed in known))

    async def _start_task(self, group: asyncio.TaskGroup, work: Coroutine[Any, Any, object]) -> None:
        """Wait for a slot, then start the task: so hosts queue here, and not each in a task of its own."""
        await self._wait_for_slot()
        group.create_task(work)
        await asyncio.sleep(0)  # lets it take its slot before the next one looks for one

    def _start_progress(self, progress: Progress) -> None:
        self._reporter = ProgressReporter(progress, self._on_progress)

    def _note_rate_limit(self, visit: Visit) -> None:
        if visit.retry_at is not None:
            self.progress.postponed[visit.host] = visit.retry_at


@asynccontextmanager
async def task_group() -> AsyncIterator[asyncio.TaskGroup]:
    """A task group that raises the first error itself, and not in a group."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except ExceptionGroup as errors:
        raise _first(errors) from errors


def _first(group: ExceptionGroup[Exception]) -> Exception:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, ExceptionGroup) else error


def collect_garbage_seldom() -> None:
    """Make the garbage collector of a process that crawls run seldom, over new objects only.

    A crawl makes many small values that live as long as their page, and no reference cycles. Looking for cycles took 2 % of the CPU.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _feed_of(scope: Scope | None) -> str:
    return MENTIONS if scope is not None and scope.edges == BY_MENTIONS else PUBLIC
