"""Walk outward from one instance, many hosts at a time, into the store.

Every page is a whole: its digests, the place where the next one begins, and how the timeline ended are kept or not, and at once:
so a crawl may be killed at any moment; the same call goes on where it was, and asks for no page that it has.
"""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    aclosing,
    asynccontextmanager,
    nullcontext,
    suppress,
)
from dataclasses import dataclass, field, replace
from functools import partial

from fedistats import optout
from fedistats.crawl.frontier import Frontier
from fedistats.errors import (
    AccessDenied,
    FetchError,
    Gone,
    InvalidResponse,
    LocalError,
    Moved,
    NotFound,
    RateLimited,
    RobotsDisallowed,
    Unreachable,
)
from fedistats.fetch import Fetch
from fedistats.hosts import Host, Target
from fedistats.model import MASTODON, InstanceInfo, Outcome, Post
from fedistats.servers.api import LOCAL, MENTIONS, PUBLIC, Api, Server
from fedistats.servers.host_meta import find_api_host
from fedistats.servers.mastodon_instance import fetch_instance
from fedistats.servers.nodeinfo import NodeInfo, fetch_nodeinfo
from fedistats.servers.registry import APIS, api_for_software
from fedistats.settings import BY_MENTIONS, BY_POSTS, EdgeKind, Scope
from fedistats.store import collections, directories, instances, profile_counts, queries, timelines
from fedistats.store.database import Database
from fedistats.store.directories import DirectoryWriter
from fedistats.store.timelines import TimelineWriter
from fedistats.text.html import clean, html_to_text, without_hashtags
from fedistats.text.phrases import extract_terms
from fedistats.text.terms import Term


@dataclass(slots=True)
class Progress:
    """How far a collection is, for whoever watches it."""

    about: str = ""
    """What is being read: instance, profiles, posts, neighborhood."""
    found: int = 0
    """Instances found so far, the start among them."""
    done: int = 0
    """Of these: read to the end, or given up."""
    working: int = 0
    """Of these: being read."""
    pages: int = 0
    items: int = 0
    """Posts or profiles read in this run."""
    wanted: int = 0
    """Pages that would be read if every instance not done yet showed all that was asked for."""
    requests: int = 0
    """Everything that was asked in this run, robots.txt and second tries among it."""
    resting: Mapping[Host, float] = field(default_factory=dict)
    """Instances that are waited for, and the time (epoch seconds) from which they may be asked again."""
    put_off: dict[Host, float] = field(default_factory=dict)
    """Instances that asked for more quiet than our patience, and until when: they are for another run."""
    ended: tuple[Host, str] | None = None
    """The instance that was done last, and how it ended with it."""


_KEPT_WITHIN = 0.5
"""Seconds after which a page is on the disk."""


def _nobody(_: Progress) -> None:
    """Watches without a word."""


Found = Callable[[Collection[Host]], None]
"""Told of the instances that a page names, as soon as it is read."""


def _ignore(_: Collection[Host]) -> None:
    """Leads no further."""


def _anybody(_: Host) -> AbstractAsyncContextManager[None]:
    """Every host has a place at once."""
    return nullcontext()


async def _at_once() -> None:
    """There is always room for one more visit."""


@dataclass(frozen=True, slots=True)
class NeighborhoodCrawl:
    """One walk through a neighborhood."""

    collection: collections.Collection
    posts: int
    """To be read of each timeline."""
    software: bool
    """Is everybody asked at the end of a visit what it runs?"""
    frontier: Frontier
    feed: str = PUBLIC
    """What is read of each host."""


class Crawler:
    """Collects into `store` whatever is asked for and not there yet, by putting questions to `ask`.

    `visiting` gives a host its place among those that are asked at the same time, and `room` waits until there is one for somebody
    new; hosts of `exclude` are never asked.
    """

    def __init__(
        self,
        fetch: Fetch,
        store: Database,
        *,
        now: Callable[[], float],
        visiting: Callable[[Host], AbstractAsyncContextManager[None]] = _anybody,
        room: Callable[[], Awaitable[None]] = _at_once,
        exclude: Collection[Host] = (),
        watch: Callable[[Progress], None] = _nobody,
    ) -> None:
        self._fetch = fetch
        self._store = store
        self._now = now
        self._visiting = visiting
        self._room = room
        self._exclude = frozenset(exclude)
        self._watch = watch
        self._progress = Progress()
        self.requests_of_others = 0
        """Made by those who share the work."""
        self._named_elsewhere: dict[Host, Host] = {}
        self._wants_words = False

    # -- what commands collect --

    async def instance(self, start: Target, *, fresh: bool = False) -> collections.Collection:
        """Everything the server says about itself. Raises FetchError where it says nothing."""
        self._progress = Progress("instance", found=1)
        collection = self._newest(start, lambda _: True, fresh=fresh)
        if collection is None or instances.load(self._store, collection, collection.start, complete=True) is None:
            async with self._meeting(start, collection) as (collection, server):
                met = instances.load(self._store, collection, server.domain) or await self._about(server.api_host)
                told = await APIS[met.api].fetch_instance_details(self._fetch, met)
                instances.save(self._store, collection, told, complete=True)
        self._advance(done=1)
        return collection

    async def profiles(self, start: Target, *, fresh: bool = False) -> collections.Collection:
        """The whole directory, as counts of words and distributions. Raises FetchError where the start cannot be reached at all."""
        self._progress = Progress("profiles", found=1)
        collection = self._newest(start, lambda _: True, fresh=fresh)
        async with self._meeting(start, collection) as (collection, server):
            with self._gathering():
                await self._read_directory(collection, server)
        self._advance(done=1)
        return collection

    async def posts(self, start: Target, posts: int, *, fresh: bool = False) -> collections.Collection:
        """The newest posts of both feeds of one server. Raises FetchError where it cannot be reached at all."""
        self._progress = Progress("posts", found=1, wanted=2 * page_count(posts))
        self._wants_words = True
        collection = self._newest(start, lambda found: self._reaches(found, posts, (PUBLIC, LOCAL)), fresh=fresh)
        async with self._meeting(start, collection) as (collection, server):
            for feed in (PUBLIC, LOCAL):
                timeline = await self._read(collection, server, feed, posts)
                if timeline.reason in _SILENCES:
                    timelines.end(self._store, timeline, Outcome.CLOSED, _NO_TIMELINE)
        self._advance(done=1)
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
    ) -> collections.Collection:
        """The newest posts of one server, and of every instance found among them; each is asked as soon as it is seen.

        With a `scope`, further or less far than that; without, as far as the collection goes that is gone on with.
        With `software`, each that showed posts is asked at the end of its visit what it runs, and for how many people; with
        `words_too`, the words of the start's posts are counted.
        Raises FetchError where the start cannot be reached at all; whatever fails later is an outcome of its host.
        """
        self._progress = Progress("neighborhood", found=1, working=1, wanted=page_count(posts))
        self._wants_words = words_too
        edges = scope.edges if scope else BY_POSTS
        feed = _feed_of(scope)
        collection = self._newest(
            start,
            lambda found: (
                self._reaches(found, posts, (feed,))
                and (found.neighborhood_posts is None or found.neighborhood_posts >= posts)
                and (found.neighborhood_posts is None or scope is None or scope.covers(found.scope))
            ),
            fresh=fresh,
            edges=edges,
        )
        if scope is None:
            scope = collection.scope if collection else Scope()
        if (
            collection
            and collection.neighborhood_complete
            and collection.scope == scope
            and not collections.unfinished(self._store, collection)
            and not (software and self._strangers(collection))
        ):
            return collection
        try:
            with self._gathering():
                async with asyncio.TaskGroup() as group, self._meeting(start, collection) as (chosen, server):
                    collections.begin_neighborhood(self._store, chosen, posts, scope)
                    frontier = self._frontier(chosen, posts, scope)
                    group.create_task(self.visit_found(NeighborhoodCrawl(chosen, posts, software, frontier, feed)))
                    frontier.heard(chosen.start, self._named(chosen, chosen.start, posts, feed))
                    timeline = await self._read_open_feed(
                        chosen, server, posts, partial(frontier.heard, chosen.start), feed
                    )
                    frontier.start_done()
                    self._advance(done=1, working=-1, ended=(chosen.start, timeline))
        except ExceptionGroup as group_error:
            raise _first(group_error) from group_error
        collections.end_neighborhood(self._store, chosen, int(self._now()))
        return chosen

    def _frontier(self, collection: collections.Collection, posts: int, scope: Scope) -> Frontier:
        """What is to be visited, seen from the start."""

        def ranked(readers: Collection[Host]) -> list[Host]:
            return queries.most_named(self._store, collection, posts, readers)

        return Frontier(
            collection.start,
            scope,
            named=partial(self._named, collection, posts=posts, feed=_feed_of(scope)),
            ranked=ranked,
            begun=timelines.hosts(self._store, collection) - self._exclude,
            free=self._exclude,
            watch=lambda hosts: self._advance(found=hosts, wanted=hosts * page_count(posts)),
        )

    def _named(self, collection: collections.Collection, host: Host, posts: int, feed: str = PUBLIC) -> set[Host]:
        """The instances that the timelines of a host name, as far as they have been read."""
        feeds = (MENTIONS,) if feed == MENTIONS else (PUBLIC, LOCAL)
        known = [timelines.load(self._store, collection, host, feed) for feed in feeds]
        return set().union(*(timelines.origins(self._store, timeline, posts) for timeline in known if timeline))

    async def descriptions(self, collection: collections.Collection) -> None:
        """What every instance that showed posts says about itself: one question each, once, also where it does not tell."""
        answering = {
            r.host: r.api_host for r in queries.timeline_results(self._store, collection, 1) if r.outcome.answered
        }
        self._progress = Progress("descriptions", found=len(answering), wanted=len(answering))
        try:
            with self._gathering():
                async with asyncio.TaskGroup() as group:
                    for host, api_host in answering.items():
                        await self._room()
                        group.create_task(self._describe(collection, Server(host, api_host)))
                        await asyncio.sleep(0)  # it takes its place before the next one looks for room
        except ExceptionGroup as group_error:
            raise _first(group_error) from group_error

    def _gathering(self) -> AbstractContextManager[None]:
        """Hundreds of hosts send pages at the same time: they are kept together."""
        return self._store.batched(partial(asyncio.get_running_loop().call_later, _KEPT_WITHIN))

    # -- the start --

    def _newest(
        self,
        start: Target,
        fits: Callable[[collections.Collection], bool],
        *,
        fresh: bool,
        edges: EdgeKind | None = None,
    ) -> collections.Collection | None:
        """The newest collection about the start (of such ties), if it can be gone on with."""
        found = [] if fresh else collections.find(self._store, start.host)
        if edges is not None:
            found = [one for one in found if one.neighborhood_posts is None or one.scope.edges == edges]
        return found[0] if found and fits(found[0]) else None

    def _reaches(self, collection: collections.Collection, posts: int, feeds: tuple[str, ...]) -> bool:
        """Do these timelines hold that many posts, or can they still give them? One that was ended at fewer has lost its key."""
        known = [timelines.load(self._store, collection, collection.start, feed) for feed in feeds]
        return all(timeline is None or timeline.key or timeline.wanted >= posts for timeline in known)

    @asynccontextmanager
    async def _meeting(
        self, start: Target, collection: collections.Collection | None
    ) -> AsyncIterator[tuple[collections.Collection, Server]]:
        """A visit to the server behind the start, whichever of its names answers, and the collection to go on with."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._visiting(start.host))
            collection, server = await self._begin(start, collection)
            if server.api_host != start.host:
                await stack.aclose()
                await stack.enter_async_context(self._visiting(server.api_host))
            yield collection, server

    async def _begin(
        self, start: Target, collection: collections.Collection | None
    ) -> tuple[collections.Collection, Server]:
        """The collection to go on with, and the server behind the start."""
        if collection is not None:
            known = instances.load(self._store, collection, collection.start)
            if known is not None:
                return collection, Server(collection.start, known.api_host)
        met = await self._meet(start)
        if collection is None:
            collection = collections.begin(self._store, met.host, int(self._now()))
        instances.save(self._store, collection, met, complete=False)
        return collection, Server(met.host, met.api_host)

    async def _meet(self, start: Target) -> InstanceInfo:
        """The server behind a name that somebody typed, under the domain of its people's handles.

        What a server claims to be is believed only where that domain itself names it (or where it stands on the asker's desk).
        """
        try:
            told = await self._about(start.host)
        except (NotFound, InvalidResponse, Moved, Unreachable) as error:
            other = None if start.private else await self._named_by(start.host)
            if other is not None and (told_there := await self._answering(other, start.host)):
                return told_there
            if isinstance(error, NotFound | InvalidResponse):
                raise NotFound(
                    f"{start.host} does not answer as a fediverse server that fedistats knows ({error})"
                ) from error
            raise
        claims = told.host != start.host and not start.private
        if claims and await find_api_host(self._fetch, told.host) != start.host:
            told = replace(told, host=start.host)
        return told

    async def _about(self, host: Host) -> InstanceInfo:
        """What a server says about itself, through Mastodon's API, or else its software's own. Raises FetchError."""
        try:
            return await fetch_instance(self._fetch, host)
        except (NotFound, InvalidResponse):
            runs = await self._nodeinfo(host)
            api = api_for_software(runs.software) if runs else None
            if runs is None or api is None:
                raise
        told = await APIS[api].fetch_instance(self._fetch, host)
        return replace(told, software=clean(runs.software, 40), version=told.version or runs.version)

    async def _nodeinfo(self, host: Host) -> NodeInfo | None:
        """What a host says that it runs; if it names another one for that, this is remembered."""
        try:
            return await fetch_nodeinfo(self._fetch, host)
        except Moved as error:
            self._named_elsewhere[host] = Host(error.to)
        except FetchError:
            pass
        return None

    async def _named_by(self, domain: Host) -> Host | None:
        """The host that a domain names as the one that answers for its people: in its host-meta, or for its nodeinfo."""
        return await find_api_host(self._fetch, domain) or self._named_elsewhere.get(domain)

    def _api(self, collection: collections.Collection, host: Host) -> Api:
        """The API that an instance is read through."""
        met = instances.load(self._store, collection, host)
        return APIS[met.api if met else MASTODON]

    # -- one host --

    async def visit_found(self, walk: NeighborhoodCrawl) -> None:
        """Visit whoever the walk finds, ring by ring."""
        await self.visit_ring(walk)
        while walk.frontier.next_ring():
            await self.visit_ring(walk)

    async def visit_ring(self, walk: NeighborhoodCrawl) -> None:
        """Visit whoever waits, as many at a time as there is room for, and whoever these lead to."""
        async with asyncio.TaskGroup() as group:
            while (host := await walk.frontier.next()) is not None:
                await self._room()
                group.create_task(self.visit(walk, host))
                await asyncio.sleep(0)  # it takes its place before the next one looks for room

    async def visit(self, walk: NeighborhoodCrawl, host: Host) -> None:
        """One host of a walk: go on with it where an earlier run stopped."""
        self._advance(working=1)
        timeline = timelines.load(self._store, walk.collection, host, walk.feed)
        before = timeline.posts_read if timeline else 0
        if timeline is not None:
            walk.frontier.heard(host, self._named(walk.collection, host, walk.posts, walk.feed))
        if host in self._exclude:
            timeline = timeline or self._leave_out(walk, host)
        elif timeline is None or not self._settled(walk, timeline):
            timeline = await self._visit_in_turn(walk, host, Server(host, timeline.api_host if timeline else host))
        walk.frontier.done()
        unread = page_count(walk.posts) - page_count(max(0, timeline.posts_read - before))
        self._advance(done=1, working=-1, wanted=-unread, ended=(host, timeline))

    def _leave_out(self, walk: NeighborhoodCrawl, host: Host) -> timelines.Timeline:
        writer = TimelineWriter.begin(self._store, walk.collection, host, walk.feed, host, walk.posts)
        writer.end(Outcome.EXCLUDED, "excluded")
        return writer.timeline

    def _settled(self, walk: NeighborhoodCrawl, timeline: timelines.Timeline | None) -> bool:
        """Is there nothing left to be asked of the host of this public timeline?"""
        if timeline is None or timeline.key:
            return False
        if timeline.outcome in (Outcome.UNSUPPORTED, Outcome.MOVED) or timeline.reason.startswith(_NO_TIMELINE):
            return False  # another name may answer for it, and who knows whether that was asked
        if timeline.outcome is Outcome.CLOSED and walk.feed == PUBLIC:
            timeline = timelines.load(self._store, walk.collection, timeline.host, LOCAL)
            if timeline is None or timeline.key:
                return False
        answered = timeline.outcome is not None and timeline.outcome.answered
        return not (
            walk.software and answered and _stranger(instances.load(self._store, walk.collection, timeline.host))
        )

    async def _visit_in_turn(self, walk: NeighborhoodCrawl, host: Host, server: Server) -> timelines.Timeline:
        """Read what an instance shows, by whichever of its names it answers; where it shows nothing, learn why."""
        collection, posts, found = walk.collection, walk.posts, partial(walk.frontier.heard, host)
        async with self._visiting(server.api_host):
            timeline = await self._read_open_feed(collection, server, posts, found, walk.feed)
            other = await self._elsewhere(server, timeline)
            if other is None and walk.software:
                await self._learn_software(collection, server, timeline)
        if other is not None:
            server = Server(host, other)
            async with self._visiting(other):
                if told := await self._answering(other, host):
                    if told.api != MASTODON:
                        instances.save(self._store, collection, told, complete=False)
                    timeline = await self._read_open_feed(collection, server, posts, found, walk.feed)
                if walk.software:
                    await self._learn_software(collection, server, timeline)
        return timeline

    async def _elsewhere(self, server: Server, timeline: timelines.Timeline) -> Host | None:
        """The host that a silent domain names as the one that answers for its people."""
        silent = timeline.outcome in (Outcome.UNSUPPORTED, Outcome.MOVED) or timeline.reason.startswith(_NO_TIMELINE)
        if not silent or server.api_host != server.domain:
            return None
        other = await self._named_by(server.domain)
        return other if other != server.domain else None

    async def _answering(self, host: Host, domain: Host) -> InstanceInfo | None:
        """What the host says about itself, if it says that it answers for the people of `domain`: else anybody could take
        another's server for their own."""
        try:
            told = await self._about(host)
        except FetchError:
            return None
        return told if told.host == domain else None

    async def _learn_software(
        self, collection: collections.Collection, server: Server, timeline: timelines.Timeline
    ) -> None:
        """What a server that showed posts runs, and for how many people; once, also where it does not tell."""
        met = instances.load(self._store, collection, server.domain) or InstanceInfo(server.domain, server.api_host)
        if timeline.outcome is None or not timeline.outcome.answered or not _stranger(met):
            return
        try:
            told = await fetch_nodeinfo(self._fetch, server.api_host)
        except LocalError:
            return
        except FetchError as error:
            met = replace(met, gaps={**met.gaps, _SOFTWARE: outcome_for_error(error)[0].value})
        else:
            users = told.users if told.users is not None else met.users
            met = replace(met, software=clean(told.software, 40), version=told.version, users=users)
        instances.save(self._store, collection, met, complete=False)

    def _strangers(self, collection: collections.Collection) -> bool:
        """Is there a neighbor that showed posts, and was not asked what it runs?"""
        known = instances.load_all(self._store, collection)
        return any(
            reading.outcome.answered and reading.host != collection.start and _stranger(known.get(reading.host))
            for reading in queries.timeline_results(self._store, collection, 1)
        )

    async def _describe(self, collection: collections.Collection, server: Server) -> None:
        met = instances.load(self._store, collection, server.domain) or InstanceInfo(server.domain, server.api_host)
        known = met.title or met.description or _DESCRIPTION in met.gaps or server.domain in self._exclude
        if not known and instances.load(self._store, collection, server.domain, complete=True) is None:
            async with self._visiting(server.api_host):
                try:
                    told = await self._api(collection, server.domain).fetch_instance(self._fetch, server.api_host)
                except (RateLimited, LocalError):
                    pass  # asked again another time
                except FetchError as error:
                    why = outcome_for_error(error)[0].value
                    instances.save(
                        self._store, collection, replace(met, gaps={**met.gaps, _DESCRIPTION: why}), complete=False
                    )
                else:
                    gaps = met.gaps if told.title or told.description else {**met.gaps, _DESCRIPTION: "empty"}
                    told = replace(
                        told,
                        host=met.host,
                        software=met.software,
                        version=met.version or told.version,
                        users=met.users if met.users is not None else told.users,
                        gaps=gaps,
                    )
                    instances.save(self._store, collection, told, complete=False)
        self._advance(done=1, pages=1)

    async def _read_open_feed(
        self, collection: collections.Collection, server: Server, posts: int, found: Found = _ignore, feed: str = PUBLIC
    ) -> timelines.Timeline:
        """Everything that reached the server; where its owner keeps that closed, the posts of its own people.

        For mentions the posts of its own people are all that is read.
        """
        timeline = await self._read(collection, server, feed, posts, found)
        if timeline.reason in _SILENCES:
            timeline = await self._introduce(collection, server, timeline, found)
        if timeline.outcome is Outcome.CLOSED and feed == PUBLIC:
            why = timeline.reason
            timeline = await self._read(collection, server, LOCAL, posts, found)
            if timeline.reason in _SILENCES:
                timelines.end(self._store, timeline, Outcome.CLOSED, why)
        return timeline

    async def _introduce(
        self, collection: collections.Collection, server: Server, timeline: timelines.Timeline, found: Found
    ) -> timelines.Timeline:
        """A host that does not speak Mastodon's API is asked what it runs, and read through that software's own API where it has one.

        Where it has none, it is a server without a public timeline; where it does not say, it is none of the fediverse.
        """
        try:
            told = await self._nodeinfo(server.api_host)
        except LocalError:
            timelines.end(self._store, timeline, Outcome.LOCAL_ERROR, resumable=True)
            return timeline
        if told is None:
            why = _HTML if timeline.reason == _HTML else "no fediverse server"
            timelines.end(self._store, timeline, Outcome.UNSUPPORTED, why)
            return timeline
        met = instances.load(self._store, collection, server.domain) or InstanceInfo(server.domain, server.api_host)
        software, api = clean(told.software, 40), api_for_software(told.software)
        if timeline.feed == MENTIONS:  # other APIs name the people that a post mentions by numbers, or not at all
            timelines.end(self._store, timeline, Outcome.CLOSED, f"does not tell whom posts mention ({software})")
            return timeline
        if api is not None and api != met.api:
            users = told.users if told.users is not None else met.users
            met = replace(met, api=api, software=software, version=told.version, users=users)
            instances.save(self._store, collection, met, complete=False)
            timeline = await self._read(collection, server, PUBLIC, timeline.wanted, found)
        if timeline.reason in _SILENCES:
            timelines.end(self._store, timeline, Outcome.CLOSED, f"{_NO_TIMELINE} ({software})")
        return timeline

    async def _read(
        self,
        collection: collections.Collection,
        server: Server,
        feed: str,
        posts: int,
        found: Found = _ignore,
    ) -> timelines.Timeline:
        """Read one feed up to `posts` posts, or go on with it; how it ended stands in what is returned.

        One that was met with silence has not ended: perhaps there is another way to read it.
        """
        known = timelines.load(self._store, collection, server.domain, feed)
        if known and known.finished and known.api_host == server.api_host:
            return known
        read = self._api(collection, server.domain).timeline
        writer = TimelineWriter.begin(self._store, collection, server.domain, feed, server.api_host, posts)
        timeline = writer.timeline
        texts = server.domain == collection.start and self._counts_words(timeline)
        try:
            if timeline.posts_read < posts:
                async with aclosing(
                    read(self._fetch, server, feed, writer.is_new, timeline.cursor, with_text=texts)
                ) as pages:
                    async for page in pages:
                        marked: list[tuple[Post, bool]] = []
                        wishes: dict[str, bool] = {}
                        for post in page.posts[: posts - timeline.posts_read]:
                            if post.author.key not in wishes:
                                wishes[post.author.key] = optout.opted_out(post.author)
                            marked.append((post, wishes[post.author.key]))
                        writer.add(marked, page.cursor, _said(marked) if texts else None)
                        found(_leading_to(marked, feed))
                        self._advance(pages=1, items=len(marked))
                        if timeline.posts_read >= posts:
                            break
        except (FetchError, LocalError) as error:
            if isinstance(error, RateLimited):
                self._progress.put_off[server.domain] = error.until
            outcome, reason = ending(error, some=timeline.posts_read > 0)
            resumable = isinstance(error, RateLimited | LocalError) or reason in _SILENCES
            writer.end(outcome, reason, resumable=resumable)
        else:
            writer.end(Outcome.COMPLETE)
        return timeline

    def _counts_words(self, timeline: timelines.Timeline) -> bool:
        """Are the words of these posts counted? Of a timeline from its first page on, or not at all."""
        begun = timeline.word_authors is not None
        return begun or (self._wants_words and not timeline.posts_read)

    async def _read_directory(self, collection: collections.Collection, server: Server) -> None:
        known = directories.load(self._store, collection, server.domain)
        if known and known.finished:
            return
        read = self._api(collection, server.domain).directory
        if read is None:
            met = instances.load(self._store, collection, server.domain)
            writer = DirectoryWriter.begin(self._store, collection, server.domain)
            software = met and (met.software or met.api)
            writer.end(Outcome.CLOSED, f"its software, {software}, has none")
            return
        await self._learn_users(collection, server)
        writer = DirectoryWriter.begin(self._store, collection, server.domain)
        directory = writer.directory
        try:
            async with aclosing(read(self._fetch, server, writer.is_new, directory.next_offset)) as pages:
                async for page in pages:
                    counted = [person for person in page.accounts if optout.may_count(person)]
                    bios = [text for person in counted if (text := html_to_text(person.note)).strip()]
                    writer.add(
                        page.offset,
                        listed=len(page.accounts),
                        left_out=len(page.accounts) - len(counted),
                        bios=[extract_terms(text[:_MOST_LETTERS]) for text in bios],
                        fields=map(profile_counts.field_names, counted),
                        counts=Counter(step for person in counted for step in profile_counts.bins(person)),
                    )
                    self._advance(pages=1, items=len(page.accounts))
                    if page.offset >= _MOST_PROFILES:
                        raise InvalidResponse(f"the directory of {server.domain} has no end", "endless")
        except (FetchError, LocalError) as error:
            outcome, reason = ending(error, some=directory.listed > 0)
            writer.end(outcome, reason, resumable=isinstance(error, RateLimited | LocalError))
        else:
            writer.end(Outcome.COMPLETE)

    async def _learn_users(self, collection: collections.Collection, server: Server) -> None:
        """How many people a server has decides whether there is a picture of them; v2 of its API does not say."""
        met = instances.load(self._store, collection, server.domain)
        ask_totals = APIS[met.api].fetch_instance_counts if met is not None else None
        if met is not None and met.users is None and ask_totals is not None:
            with suppress(FetchError):
                totals = await ask_totals(self._fetch, server.api_host)
                told = replace(met, users=totals.users, posts=totals.posts, domains=totals.domains)
                instances.save(self._store, collection, told, complete=False)

    def _advance(
        self,
        *,
        found: int = 0,
        done: int = 0,
        working: int = 0,
        pages: int = 0,
        items: int = 0,
        wanted: int = 0,
        ended: tuple[Host, timelines.Timeline] | None = None,
    ) -> None:
        progress = self._progress
        progress.found += found
        progress.done += done
        progress.working += working
        progress.pages += pages
        progress.items += items
        progress.wanted += wanted
        if ended is not None:
            host, timeline = ended
            why = f" ({timeline.reason})" if timeline.reason else ""
            progress.ended = host, f"{timeline.outcome}{why}, {timeline.posts_read:,} posts"
        self._watch(progress)


def collect_garbage_seldom() -> None:
    """For a process that is there to crawl: look for cycles among what is made from now on, and seldom.

    A crawl makes many small values that live as long as their page, and no cycles of them; to look for these took 2 % of the CPU.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _feed_of(scope: Scope | None) -> str:
    """What is read of each host."""
    return MENTIONS if scope is not None and scope.edges == BY_MENTIONS else PUBLIC


def _leading_to(posts: Iterable[tuple[Post, bool]], feed: str) -> set[Host]:
    """The instances that posts lead to: those they were written on, or those they mention."""
    if feed == MENTIONS:
        return {host for post, left_out in posts if not left_out for host in post.mentions}
    return {post.origin for post, left_out in posts if post.origin and not left_out}


def _said(posts: Iterable[tuple[Post, bool]]) -> list[tuple[str, tuple[Term, ...]]]:
    """The words of each post whose author lets them be counted; hashtags are counted by themselves."""
    return [
        (
            post.author.key,
            _short(extract_terms(without_hashtags(html_to_text(post.text)[:_MOST_LETTERS]), post.language)),
        )
        for post, left_out in posts
        if post.text and not left_out and optout.may_search(post.author)
    ]


def _short(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Those of one or two words: posts are long, and hardly any three words of them stand in another's."""
    return tuple(term for term in terms if term.key.count(" ") < 2)


def _stranger(met: InstanceInfo | None) -> bool:
    """Was it not asked yet what it runs?"""
    return met is None or (met.software is None and _SOFTWARE not in met.gaps)


_MOST_LETTERS = 10_000
"""Of a bio or a post: the words beyond are not counted. Hardly any software lets people write more."""
_MOST_PROFILES = 1_000_000
"""Three and a half hours of asking; the longest directories have a few hundred thousand."""
_SOFTWARE = "software"
_MISSING, _HTML = "missing", "html"
_SILENCES = frozenset({_MISSING, _HTML, "refused"})
# What those answer whose software does not speak Mastodon's API: 404, a web page for whatever is asked, 400 (PeerTube).
_NO_TIMELINE = "no public timeline"
_DESCRIPTION = "description"

_OUTCOMES: dict[type[FetchError], Outcome] = {
    Unreachable: Outcome.DEAD,
    RateLimited: Outcome.RATE_LIMITED,
    RobotsDisallowed: Outcome.ROBOTS,
    AccessDenied: Outcome.CLOSED,
    NotFound: Outcome.CLOSED,
    Gone: Outcome.GONE,
    Moved: Outcome.MOVED,
    InvalidResponse: Outcome.INVALID,
}


def ending(error: FetchError | LocalError, *, some: bool) -> tuple[Outcome, str]:
    """How it ended with a host whose question ended in `error`, after it had shown us some of what was asked for, or nothing."""
    outcome, reason = outcome_for_error(error)
    return (Outcome.PARTIAL, f"{outcome}: {reason}" if reason else str(outcome)) if some else (outcome, reason)


def outcome_for_error(error: FetchError | LocalError) -> tuple[Outcome, str]:
    """How it ended with a host whose question ended in `error`, and a short reason for tables."""
    if isinstance(error, LocalError):
        return Outcome.LOCAL_ERROR, ""
    if isinstance(error, Moved):
        return Outcome.MOVED, clean(error.to, 80)
    if error.reason == "crowd":
        return Outcome.EXCLUDED, "too many names of one domain"
    if isinstance(error, InvalidResponse) and error.reason == "html":
        return Outcome.UNSUPPORTED, _HTML
    outcome = next(outcome for kind, outcome in _OUTCOMES.items() if isinstance(error, kind))
    if isinstance(error, NotFound):
        return outcome, _MISSING
    says_more = isinstance(error, Unreachable | InvalidResponse) or (
        isinstance(error, RobotsDisallowed) and error.reason != "robots"
    )
    return outcome, error.reason if says_more else ""


def page_count(posts: int) -> int:
    """How many pages so many posts are."""
    return -(-posts // 40)


def _first(group: ExceptionGroup[Exception]) -> Exception:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, ExceptionGroup) else error
