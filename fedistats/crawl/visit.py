"""One visit to one host: identify its server, read its timeline page by page, and end with one outcome."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from typing import Protocol

from fedistats.crawl.descriptions import needs_software, with_nodeinfo, with_software
from fedistats.crawl.identify import Identifier
from fedistats.crawl.outcomes import HTML, SILENT_REASONS, Failure, attempt
from fedistats.crawl.timeline import OnPage, read_timeline
from fedistats.fetch import Fetch
from fedistats.hosts import Host
from fedistats.model import MASTODON, InstanceInfo, Outcome
from fedistats.servers.api import LOCAL, MENTIONS, PUBLIC, Server
from fedistats.servers.registry import APIS, api_for_software
from fedistats.store.timelines import KnownHost, Timeline, TimelineWriter

NO_TIMELINE = "no public timeline"


class Visiting(Protocol):
    """Gives a visit its slots and its connection (`Fetcher.visiting`). `domain` is the handle domain that the visit is for."""

    def __call__(self, host: Host, /, *, domain: Host | None = None) -> AbstractAsyncContextManager[None]: ...


@dataclass(slots=True)
class Visit:
    """One visit to one host. What is known of the host is loaded before; what is learned goes to the writers."""

    host: Host
    known: KnownHost
    fetch: Fetch
    identifier: Identifier
    visiting: Visiting
    begin_timeline: Callable[[str, Host], TimelineWriter]  # begins or continues a feed, read from an API host
    save_instance: Callable[[InstanceInfo], None]
    on_page: OnPage
    feed: str = PUBLIC  # what is read: PUBLIC, or MENTIONS
    wants_software: bool = False  # is a server that shows posts asked for its software?
    wants_words: bool = False  # are the words of the posts counted, unless an earlier run began without?
    retry_at: float | None = None  # when a host that limits our rate may be asked again (epoch seconds)
    instance: InstanceInfo | None = field(init=False)
    timelines: dict[str, Timeline] = field(init=False)  # the state of each feed
    timeline: Timeline | None = field(init=False)  # the feed that tells the outcome of the visit
    _writers: dict[str, TimelineWriter] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.instance = self.known.instance
        self.timelines = dict(self.known.timelines)
        self.timeline = self.timelines.get(self.feed)

    @property
    def is_resumable(self) -> bool:
        """Can a feed be continued by another run?"""
        return any(not timeline.finished for timeline in self.timelines.values())

    @property
    def is_needed(self) -> bool:
        """Is there anything left to request from the host?"""
        timeline = self.timelines.get(self.feed)
        if timeline is None or not timeline.finished or _may_be_elsewhere(timeline):
            return True
        if timeline.outcome is Outcome.CLOSED and self.feed == PUBLIC:
            local = self.timelines.get(LOCAL)
            if local is None or not local.finished:
                return True
            timeline = local
        return self.wants_software and _answered(timeline) and needs_software(self.instance)

    async def run(self) -> None:
        """Visit the host."""
        timeline = self.timelines.get(self.feed)
        await self.attempt(self._read_by_any_name(Server(self.host, timeline.api_host if timeline else self.host)))

    async def attempt(self, work: Awaitable[object]) -> None:
        """Do a part of the visit. An error that it does not handle becomes the outcome of the host."""
        failure = await attempt(work, self.host)
        if failure is not None:
            self._end_with(failure)

    async def read_open_feed(self, server: Server) -> None:
        """Read all posts that reached the server; if its public feed is closed, the posts of its own people.

        For mentions, the posts of its own people are all that is read.
        """
        timeline = await self.read_feed(server, self.feed)
        if timeline.reason in SILENT_REASONS:
            timeline = await self._read_by_other_api(server, timeline)
        if timeline.outcome is Outcome.CLOSED and self.feed == PUBLIC:
            reason = timeline.reason
            timeline = await self.read_feed(server, LOCAL)
            if timeline.reason in SILENT_REASONS:
                self._end(server, LOCAL, Outcome.CLOSED, reason)

    async def read_feed(self, server: Server, feed: str) -> Timeline:
        """Read one feed, or continue it. A feed that was read to its end is not requested again."""
        timeline = self.timelines.get(feed)
        if timeline and timeline.finished and timeline.api_host == server.api_host:
            self.timeline = timeline
            return timeline
        writer = self._begin(feed, server.api_host)
        timeline = writer.timeline
        count_words = timeline.word_authors is not None or (self.wants_words and not timeline.posts_read)
        api = APIS[self.instance.api if self.instance else MASTODON]
        failure = await read_timeline(self.fetch, api, server, writer, self.on_page, count_words=count_words)
        if failure is not None:
            self.retry_at = failure.retry_at
        return timeline

    def close_silent_feed(self, server: Server, feed: str) -> None:
        """A feed that does not exist on the server is closed."""
        if self.timelines[feed].reason in SILENT_REASONS:
            self._end(server, feed, Outcome.CLOSED, NO_TIMELINE)

    async def _read_by_any_name(self, server: Server) -> None:
        """Read the host by the first of its names that answers; if none does, learn why."""
        async with self.visiting(server.api_host, domain=self.host):
            await self.read_open_feed(server)
            api_host = await self._other_api_host(server)
            if api_host is None:
                await self._learn_software(server)
        if api_host is None:
            return
        server = Server(self.host, api_host)
        async with self.visiting(api_host, domain=self.host):
            if instance := await self.identifier.confirm(api_host, self.host):
                if instance.api != MASTODON:
                    self._save(instance)
                await self.read_open_feed(server)
            await self._learn_software(server)

    async def _other_api_host(self, server: Server) -> Host | None:
        """The other host that a silent domain names as the server of its people."""
        if self.timeline is None or not _may_be_elsewhere(self.timeline) or server.api_host != server.domain:
            return None
        api_host = await self.identifier.api_host(server.domain)
        return api_host if api_host != server.domain else None

    async def _read_by_other_api(self, server: Server, timeline: Timeline) -> Timeline:
        """Ask a host that does not speak Mastodon's API for its software, and read it through the API of that software."""
        feed = timeline.feed
        nodeinfo = await self.identifier.nodeinfo(server.api_host)
        if nodeinfo is None:
            reason = HTML if timeline.reason == HTML else "no fediverse server"
            return self._end(server, feed, Outcome.UNSUPPORTED, reason)
        instance = self.instance or InstanceInfo(server.domain, server.api_host)
        api = api_for_software(nodeinfo.software)
        software = with_nodeinfo(instance, nodeinfo).software
        if feed == MENTIONS:  # other APIs give the mentioned people as numbers, or not at all
            return self._end(server, feed, Outcome.CLOSED, f"does not publish which people posts mention ({software})")
        if api is not None and api != instance.api:
            self._save(replace(with_nodeinfo(instance, nodeinfo), api=api))
            timeline = await self.read_feed(server, PUBLIC)
        if timeline.reason in SILENT_REASONS:
            return self._end(server, feed, Outcome.CLOSED, f"{NO_TIMELINE} ({software})")
        return timeline

    async def _learn_software(self, server: Server) -> None:
        """Ask a server that showed posts once for its software and its number of users."""
        if not self.wants_software or not _answered(self.timeline) or not needs_software(self.instance):
            return
        instance = self.instance or InstanceInfo(server.domain, server.api_host)
        described = await with_software(self.fetch, instance, server.api_host)
        if described != instance:
            self._save(described)

    def _save(self, instance: InstanceInfo) -> None:
        self.save_instance(instance)
        self.instance = instance

    def _begin(self, feed: str, api_host: Host) -> TimelineWriter:
        writer = self._writers[feed] = self.begin_timeline(feed, api_host)
        self.timeline = self.timelines[feed] = writer.timeline
        return writer

    def _end(self, server: Server, feed: str, outcome: Outcome, reason: str) -> Timeline:
        writer = self._writers.get(feed) or self._begin(feed, server.api_host)
        writer.end(outcome, reason)
        return writer.timeline

    def _end_with(self, failure: Failure) -> None:
        """End the feed that was read last with a failure. A complete feed keeps its outcome, except after an internal error."""
        feed = self.timeline.feed if self.timeline else self.feed
        timeline = self.timelines.get(feed)
        if timeline and timeline.finished and timeline.posts_read and failure.outcome is not Outcome.INTERNAL_ERROR:
            return
        writer = self._writers.get(feed)
        if writer is None or (writer.timeline.finished and not writer.timeline.posts_read):
            writer = self._begin(feed, timeline.api_host if timeline else self.host)
        outcome, reason = failure.after(writer.timeline.posts_read)
        writer.end(outcome, reason, resumable=failure.resumable)


def _answered(timeline: Timeline | None) -> bool:
    return timeline is not None and timeline.outcome is not None and timeline.outcome.answered


def _may_be_elsewhere(timeline: Timeline) -> bool:
    """Did the host show so little that another name may answer for it?"""
    is_elsewhere = timeline.outcome in (Outcome.UNSUPPORTED, Outcome.MOVED)
    return is_elsewhere or timeline.reason.startswith(NO_TIMELINE)
