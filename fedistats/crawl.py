"""Walk outward from one instance, many hosts at a time, into the store.

Every page is one transaction: its digests, the place where the next one begins, and how the timeline ended. So a crawl may be
killed at any moment; the same call goes on where it was, and asks for no page that it has.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    aclosing,
    asynccontextmanager,
    nullcontext,
    suppress,
)
from dataclasses import dataclass, replace

from fedistats import consent, counts, mastodon, store, words
from fedistats.ask import Ask
from fedistats.errors import (
    AskError,
    Busy,
    Declined,
    Forbidden,
    Garbled,
    Gone,
    Missing,
    Moved,
    OwnTrouble,
    Unreachable,
)
from fedistats.mastodon import LOCAL, PUBLIC, Server
from fedistats.model import Host, Instance, Outcome, Start
from fedistats.store import Store
from fedistats.text import clean, plain


@dataclass(slots=True)
class Progress:
    """How far a collection is, for whoever watches it."""

    about: str = ""
    """What is being read: instance, profiles, posts, neighborhood."""
    found: int = 0
    """Instances found so far, the start among them."""
    done: int = 0
    """Of these: read to the end, or given up."""
    pages: int = 0
    items: int = 0
    """Posts or profiles read in this run."""
    wanted: int = 0
    """Pages that would be read if every instance found showed all that was asked for."""


def _nobody(_: Progress) -> None:
    """Watches without a word."""


Found = Callable[[Collection[Host]], None]
"""Told of the instances that a page names, as soon as it is read."""


def _ignore(_: Collection[Host]) -> None:
    """Leads no further."""


def _anybody(_: Host) -> AbstractAsyncContextManager[None]:
    """Every host has a place at once."""
    return nullcontext()


class Crawl:
    """Collects into `store` whatever is asked for and not there yet, by putting questions to `ask`.

    `visiting` gives a host its place among those that are asked at the same time; hosts of `exclude` are never asked.
    """

    def __init__(
        self,
        ask: Ask,
        store: Store,
        *,
        now: Callable[[], float],
        visiting: Callable[[Host], AbstractAsyncContextManager[None]] = _anybody,
        exclude: Collection[Host] = (),
        watch: Callable[[Progress], None] = _nobody,
    ) -> None:
        self._ask = ask
        self._store = store
        self._now = now
        self._visiting = visiting
        self._exclude = frozenset(exclude)
        self._watch = watch
        self._progress = Progress()

    # -- what commands collect --

    async def instance(self, start: Start, *, fresh: bool = False) -> store.Collection:
        """Everything the server says about itself. Raises AskError where it says nothing."""
        self._progress = Progress("instance", found=1)
        collection = self._newest(start, lambda _: True, fresh=fresh)
        if collection is None or self._store.instance(collection, collection.start, portrait=True) is None:
            async with self._meeting(start, collection) as (collection, server):
                met = self._store.instance(collection, server.domain)
                told = await mastodon.portrait(self._ask, met or await mastodon.about(self._ask, server.api_host))
                self._store.save_instance(collection, told, portrait=True)
        self._advance(done=1)
        return collection

    async def profiles(self, start: Start, *, fresh: bool = False) -> store.Collection:
        """The whole directory, as counts of words and distributions. Raises AskError where the start cannot be reached at all."""
        self._progress = Progress("profiles", found=1)
        collection = self._newest(start, lambda _: True, fresh=fresh)
        async with self._meeting(start, collection) as (collection, server):
            await self._read_directory(collection, server)
        self._advance(done=1)
        return collection

    async def posts(self, start: Start, posts: int, *, fresh: bool = False) -> store.Collection:
        """The newest posts of both feeds of one server. Raises AskError where it cannot be reached at all."""
        self._progress = Progress("posts", found=1, wanted=2 * _pages(posts))
        collection = self._newest(start, lambda found: self._reaches(found, posts, (PUBLIC, LOCAL)), fresh=fresh)
        async with self._meeting(start, collection) as (collection, server):
            for feed in (PUBLIC, LOCAL):
                await self._read(collection, server, feed, posts)
        self._advance(done=1)
        return collection

    async def neighborhood(self, start: Start, posts: int, *, fresh: bool = False) -> store.Collection:
        """The newest posts of one server, and of every instance found among them; each is asked as soon as it is seen.

        Raises AskError where the start cannot be reached at all; whatever fails later is an outcome of its host.
        """
        self._progress = Progress("neighborhood", found=1, wanted=_pages(posts))
        collection = self._newest(
            start,
            lambda found: (
                self._reaches(found, posts, (PUBLIC,))
                and (found.neighborhood_posts is None or found.neighborhood_posts >= posts)
            ),
            fresh=fresh,
        )
        if collection and collection.neighborhood_whole and not self._store.unfinished(collection):
            return collection
        found: set[Host] = set()
        try:
            async with asyncio.TaskGroup() as group:

                def invite(hosts: Collection[Host]) -> None:
                    for host in sorted(set(hosts) - found):
                        found.add(host)
                        self._advance(found=1, wanted=_pages(posts))
                        group.create_task(self._visit_in_turn(chosen, host, posts))

                async with self._meeting(start, collection) as (chosen, server):
                    found.add(chosen.start)
                    self._store.begin_neighborhood(chosen, posts)
                    for feed in (PUBLIC, LOCAL):
                        known = self._store.timeline(chosen, chosen.start, feed)
                        invite(self._store.origins(known, posts) if known else ())
                    await self._explain(server, await self._read_open_feed(chosen, server, posts, invite))
                self._advance(done=1)
        except ExceptionGroup as group_error:
            raise _first(group_error) from group_error
        self._store.end_neighborhood(chosen, int(self._now()))
        return chosen

    # -- the start --

    def _newest(
        self, start: Start, fits: Callable[[store.Collection], bool], *, fresh: bool
    ) -> store.Collection | None:
        """The newest collection about the start, if it can be gone on with."""
        found = [] if fresh else self._store.collections(start.host)
        return found[0] if found and fits(found[0]) else None

    def _reaches(self, collection: store.Collection, posts: int, feeds: tuple[str, ...]) -> bool:
        """Do these timelines hold that many posts, or can they still give them? One that was ended at fewer has lost its key."""
        known = [self._store.timeline(collection, collection.start, feed) for feed in feeds]
        return all(timeline is None or timeline.key or timeline.wanted >= posts for timeline in known)

    @asynccontextmanager
    async def _meeting(
        self, start: Start, collection: store.Collection | None
    ) -> AsyncIterator[tuple[store.Collection, Server]]:
        """A visit to the server behind the start, whichever of its names answers, and the collection to go on with."""
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._visiting(start.host))
            collection, server = await self._begin(start, collection)
            if server.api_host != start.host:
                await stack.aclose()
                await stack.enter_async_context(self._visiting(server.api_host))
            yield collection, server

    async def _begin(self, start: Start, collection: store.Collection | None) -> tuple[store.Collection, Server]:
        """The collection to go on with, and the server behind the start."""
        if collection is not None:
            known = self._store.instance(collection, collection.start)
            if known is not None:
                return collection, Server(collection.start, known.api_host)
        met = await self._meet(start)
        if collection is None:
            collection = self._store.begin(met.host, int(self._now()))
        self._store.save_instance(collection, met, portrait=False)
        return collection, Server(met.host, met.api_host)

    async def _meet(self, start: Start) -> Instance:
        """The server behind a name that somebody typed, under the domain of its people's handles.

        What a server claims to be is believed only where that domain itself names it (or where it stands on the asker's desk).
        """
        try:
            told = await mastodon.about(self._ask, start.host)
        except (Missing, Garbled, Moved, Unreachable) as error:
            other = None if start.private else await mastodon.api_host(self._ask, start.host)
            if other is not None and (told_there := await self._answering(other, start.host)):
                return told_there
            if isinstance(error, Missing | Garbled):
                raise Missing(
                    f"{start.host} does not answer as a fediverse server that fedistats knows ({error})"
                ) from error
            raise
        claims = told.host != start.host and not start.private
        if claims and await mastodon.api_host(self._ask, told.host) != start.host:
            told = replace(told, host=start.host)
        return told

    # -- one host --

    async def _visit_in_turn(self, collection: store.Collection, host: Host, posts: int) -> None:
        """Read what an instance shows, by whichever of its names it answers; where it shows nothing, learn why."""
        if host in self._exclude:
            if self._store.timeline(collection, host, PUBLIC) is None:
                timeline = self._store.begin_timeline(collection, host, PUBLIC, host, posts)
                self._store.end_timeline(timeline, Outcome.LEFT_OUT, "excluded")
        else:
            known = self._store.timeline(collection, host, PUBLIC)
            server = Server(host, known.api_host if known else host)
            async with self._visiting(server.api_host):
                timeline = await self._read_open_feed(collection, server, posts)
                other = await self._elsewhere(server, timeline)
                if other is None:
                    await self._explain(server, timeline)
            if other is not None:
                server = Server(host, other)
                async with self._visiting(other):
                    if await self._answering(other, host):
                        timeline = await self._read_open_feed(collection, server, posts)
                    await self._explain(server, timeline)
        self._advance(done=1)

    async def _elsewhere(self, server: Server, timeline: store.Timeline) -> Host | None:
        """The host that a silent domain names as the one that answers for its people."""
        silent = timeline.outcome in (Outcome.OTHER, Outcome.MOVED) or timeline.reason == _MISSING
        if not silent or server.api_host != server.domain:
            return None
        other = await mastodon.api_host(self._ask, server.domain)
        return other if other != server.domain else None

    async def _answering(self, host: Host, domain: Host) -> Instance | None:
        """What the host says about itself, if it says that it answers for the people of `domain`: else anybody could take
        another's server for their own."""
        try:
            told = await mastodon.about(self._ask, host)
        except AskError:
            return None
        return told if told.host == domain else None

    async def _explain(self, server: Server, timeline: store.Timeline) -> None:
        """Tell a fediverse server without a public timeline from one that is none."""
        if timeline.reason != _MISSING:
            return
        try:
            told = await mastodon.nodeinfo(self._ask, server.api_host)
        except AskError:
            self._store.end_timeline(timeline, Outcome.OTHER, "no fediverse server")
        else:
            self._store.end_timeline(timeline, Outcome.CLOSED, f"no public timeline ({clean(told.software, 40)})")

    async def _read_open_feed(
        self, collection: store.Collection, server: Server, posts: int, found: Found = _ignore
    ) -> store.Timeline:
        """Everything that reached the server; where its owner keeps that closed, the posts of its own people."""
        timeline = await self._read(collection, server, PUBLIC, posts, found)
        if timeline.outcome is Outcome.CLOSED:
            timeline = await self._read(collection, server, LOCAL, posts, found)
        return timeline

    async def _read(
        self, collection: store.Collection, server: Server, feed: str, posts: int, found: Found = _ignore
    ) -> store.Timeline:
        """Read one feed up to `posts` posts, or go on with it; how it ended stands in what is returned."""
        known = self._store.timeline(collection, server.domain, feed)
        if known and not known.key and known.api_host == server.api_host:
            return known
        timeline = self._store.begin_timeline(collection, server.domain, feed, server.api_host, posts)
        wishes: dict[str, bool] = {}
        try:
            if timeline.posts_read < posts:
                async with aclosing(
                    mastodon.timeline(self._ask, server, feed, timeline.fresh, timeline.cursor)
                ) as pages:
                    async for page in pages:
                        marked = []
                        for post in page.posts[: posts - timeline.posts_read]:
                            if post.author.key not in wishes:
                                wishes[post.author.key] = consent.wants_out(post.author)
                            marked.append((post, wishes[post.author.key]))
                        self._store.add_posts(timeline, marked, page.cursor)
                        found({post.origin for post, left_out in marked if post.origin and not left_out})
                        self._advance(pages=1, items=len(marked))
                        if timeline.posts_read >= posts:
                            break
        except (AskError, OwnTrouble) as error:
            outcome, reason = ending(error, some=timeline.posts_read > 0)
            self._store.end_timeline(timeline, outcome, reason, resumable=isinstance(error, Busy | OwnTrouble))
        else:
            self._store.end_timeline(timeline, Outcome.WHOLE)
        return timeline

    async def _read_directory(self, collection: store.Collection, server: Server) -> None:
        known = self._store.directory(collection, server.domain)
        if known and not known.key:
            return
        await self._learn_users(collection, server)
        directory = self._store.begin_directory(collection, server.domain)

        def fresh(id_: str) -> bool:
            digest = directory.digest(id_)
            if digest in directory.seen:
                return False
            directory.seen.add(digest)
            came.append(digest)
            return True

        came: list[int] = []
        try:
            async with aclosing(mastodon.directory(self._ask, server, fresh, directory.next_offset)) as pages:
                async for page in pages:
                    counted = [person for person in page.people if consent.may_be_counted(person)]
                    bios = [text for person in counted if (text := plain(person.note)).strip()]
                    self._store.add_profiles(
                        directory,
                        came,
                        page.offset,
                        listed=len(page.people),
                        left_out=len(page.people) - len(counted),
                        bios=[words.terms(text) for text in bios],
                        counts=Counter(step for person in counted for step in counts.steps(person)),
                    )
                    came.clear()
                    self._advance(pages=1, items=len(page.people))
        except (AskError, OwnTrouble) as error:
            outcome, reason = ending(error, some=directory.listed > 0)
            self._store.end_directory(directory, outcome, reason, resumable=isinstance(error, Busy | OwnTrouble))
        else:
            self._store.end_directory(directory, Outcome.WHOLE)

    async def _learn_users(self, collection: store.Collection, server: Server) -> None:
        """How many people a server has decides whether there is a picture of them; v2 of its API does not say."""
        met = self._store.instance(collection, server.domain)
        if met is not None and met.users is None:
            with suppress(AskError):
                totals = await mastodon.totals(self._ask, server.api_host)
                told = replace(met, users=totals.users, posts=totals.posts, domains=totals.domains)
                self._store.save_instance(collection, told, portrait=False)

    def _advance(self, *, found: int = 0, done: int = 0, pages: int = 0, items: int = 0, wanted: int = 0) -> None:
        progress = self._progress
        progress.found += found
        progress.done += done
        progress.pages += pages
        progress.items += items
        progress.wanted += wanted
        self._watch(progress)


_MISSING = "missing"

_OUTCOMES: dict[type[AskError], Outcome] = {
    Unreachable: Outcome.DEAD,
    Busy: Outcome.PUT_OFF,
    Forbidden: Outcome.ROBOTS,
    Declined: Outcome.CLOSED,
    Missing: Outcome.CLOSED,
    Gone: Outcome.GONE,
    Moved: Outcome.MOVED,
    Garbled: Outcome.MISBEHAVING,
}


def ending(error: AskError | OwnTrouble, *, some: bool) -> tuple[Outcome, str]:
    """How it ended with a host whose question ended in `error`, after it had shown us some of what was asked for, or nothing."""
    outcome, reason = outcome_of(error)
    return (Outcome.PART, f"{outcome}: {reason}" if reason else str(outcome)) if some else (outcome, reason)


def outcome_of(error: AskError | OwnTrouble) -> tuple[Outcome, str]:
    """How it ended with a host whose question ended in `error`, and a short reason for tables."""
    if isinstance(error, OwnTrouble):
        return Outcome.OURS, ""
    if isinstance(error, Moved):
        return Outcome.MOVED, clean(error.to, 80)
    if error.reason == "crowd":
        return Outcome.LEFT_OUT, "too many names of one domain"
    if isinstance(error, Garbled) and error.reason == "html":
        return Outcome.OTHER, "html"
    outcome = next(outcome for kind, outcome in _OUTCOMES.items() if isinstance(error, kind))
    if isinstance(error, Missing):
        return outcome, _MISSING
    says_more = isinstance(error, Unreachable | Garbled) or (isinstance(error, Forbidden) and error.reason != "robots")
    return outcome, error.reason if says_more else ""


def _pages(posts: int) -> int:
    return -(-posts // 40)


def _first(group: ExceptionGroup[Exception]) -> Exception:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, ExceptionGroup) else error
