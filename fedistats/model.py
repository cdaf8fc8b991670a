"""Plain, frozen data: instances, accounts and posts as they are read, and the results that are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from fedistats.format import counted, number, outcome
from fedistats.hosts import Host

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Outcome(StrEnum):
    """How the visit to an instance ended. Every instance of a collection has exactly one outcome."""

    COMPLETE = "complete"  # read as far as requested, or to the end
    PARTIAL = "partial"  # read in part, then something failed
    CLOSED = "closed"  # its owner closed its timelines
    ROBOTS = "robots"  # blocked by its robots.txt
    RATE_LIMITED = "rate limited"  # it requested a longer pause than fedistats waits
    GONE = "gone"  # it reports that it has shut down permanently (410)
    MOVED = "moved"  # it redirects to another host
    DEAD = "dead"  # unreachable: an unknown name, no connection, no TLS, or a timeout
    INVALID = "invalid"  # its responses do not follow the API
    UNSUPPORTED = "unsupported"  # it responds, but fedistats does not support its software
    LOCAL_ERROR = "local error"  # the fault is on this machine: no network, no file descriptors, no disk space
    INTERNAL_ERROR = "internal error"
    """A bug: an error that fedistats does not handle ended the visit. `-v` shows its traceback."""
    EXCLUDED = "excluded"  # excluded by the user (--exclude), or one of too many names of one domain
    NOT_ASKED = "not asked"  # found, but not visited (yet)

    @property
    def answered(self) -> bool:
        """True if it returned posts."""
        return self in (Outcome.COMPLETE, Outcome.PARTIAL)


class Account(msgspec.Struct, frozen=True, gc=False):  # msgspec: there is one for every post
    """An account, with the fields that are used. It is never stored or shown, and kept no longer than its page."""

    key: str  # The handle, as an identifier. Only its keyed hash is stored.
    note: str = ""  # the bio, as HTML
    fields: tuple[tuple[str, str], ...] = ()  # names and values (HTML) of the profile fields
    name: str = ""
    discoverable: bool | None = None
    indexable: bool | None = None
    noindex: bool | None = None
    limited: bool = False
    suspended: bool = False
    bot: bool = False
    created_on: str | None = None  # ISO date
    followers: int | None = None
    posts: int | None = None


class Post(msgspec.Struct, frozen=True, gc=False):
    """A public post, with the fields that are used. It is never stored; only counts and keyed hashes are."""

    id: str  # opaque: ids cannot be compared or sorted
    author: Account
    origin: Host | None  # the instance it was written on; None if its name is invalid
    written_at: int | None = None  # epoch seconds
    language: str | None = None
    tags: tuple[str, ...] = ()  # hashtags, without #, as written
    text: str = ""  # HTML; empty unless words are counted. It is kept no longer than its page.
    mentions: tuple[Host, ...] = ()
    """The other instances whose accounts it mentions, without duplicates; empty unless they are requested."""


MASTODON = "mastodon"  # the API that most servers support


@dataclass(frozen=True, slots=True)
class Activity:
    """One row of /api/v1/instance/activity: six days from `begins_at` on, not a week (see `mastodon_instance.fetch_activity`)."""

    begins_at: int  # epoch seconds
    posts: int
    logins: int
    registrations: int


@dataclass(frozen=True, slots=True)
class InstanceInfo:
    """What a server says about itself. None means that it does not say, never zero."""

    host: Host  # the domain of its accounts' handles
    api_host: Host  # the host of its API
    title: str = ""
    description: str = ""
    software: str | None = None
    version: str | None = None
    users: int | None = None
    active_month: int | None = None
    posts: int | None = None
    domains: int | None = None  # number of other instances that it knows
    registrations: str | None = None  # open, by approval, closed
    languages: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    local_timeline: str | None = None  # who can read it: public, authenticated, disabled
    remote_timeline: str | None = None
    activity: tuple[Activity, ...] = ()  # newest first, without today's incomplete row
    following: tuple[Host, ...] = ()  # servers that this server follows (PeerTube only), sorted
    followers: tuple[Host, ...] = ()
    api: str = MASTODON  # the API that it is read through: mastodon, misskey, lemmy, peertube
    gaps: Mapping[str, str] = field(default_factory=dict)  # missing data and the reasons


@dataclass(frozen=True, slots=True)
class Coverage:
    """How complete a collection is: one outcome for each instance that was found."""

    outcomes: Mapping[Outcome, int]
    posts_read: int = 0
    posts_left_out: int = 0  # posts that were skipped because their authors opted out
    local_only: int = 0  # number of instances that returned only posts of their own accounts

    @property
    def found(self) -> int:
        return sum(self.outcomes.values())

    @property
    def asked(self) -> int:
        return self.found - self.count(Outcome.NOT_ASKED, Outcome.EXCLUDED)

    def count(self, *outcomes: Outcome) -> int:
        return sum(self.outcomes.get(outcome, 0) for outcome in outcomes)

    def sentence(self) -> str:
        """For a caption: '151 instances found, 77 visited: 70 complete, 2 partial, 3 closed by their owners, ...'"""
        numbers = ((kind, self.outcomes.get(kind, 0)) for kind in Outcome)
        outcomes = ", ".join(f"{number(n)} {outcome(kind, n=n)}" for kind, n in numbers if n)
        if not outcomes:
            return "no instance found"
        return f"{counted(self.found, 'instance')} found, {number(self.asked)} visited: {outcomes}"


@dataclass(frozen=True, slots=True)
class About:
    """Provenance of a result; part of every output."""

    host: Host
    date: str  # ISO 8601 UTC: when the collection began
    parameters: Mapping[str, str | int]
    """The options of the command line that determine the result: posts, min-posts, rule..."""
    version: str  # the version of fedistats


@dataclass(frozen=True, slots=True)
class WordCount:
    """A word and the number of people who use it."""

    text: str
    people: int


@dataclass(frozen=True, slots=True)
class TimelineResult:
    """The result of reading one timeline."""

    id: int  # primary key in the store
    host: Host
    feed: str
    outcome: Outcome
    reason: str
    posts_read: int
    left_out: int  # number of these that were skipped because their authors opted out
    api_host: Host


@dataclass(frozen=True, slots=True)
class HostOutcome:
    """The outcome of one instance that was found, even if it is not in the graph."""

    host: Host
    outcome: Outcome
    reason: str = ""
    posts_read: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """An instance in a neighborhood."""

    host: Host
    outcome: Outcome
    reason: str = ""
    strength: int = 0  # sum of the weights of its edges in this graph
    posts_read: int = 0  # posts read on its timeline
    community: int | None = None  # index into NeighborhoodGraph.communities
    languages: tuple[tuple[str, int], ...] = ()
    """Language codes and posts, most common first, of the posts written on it that have a language."""
    hashtags: tuple[WordCount, ...] = ()  # hashtags that at least three of its people use, most common first
    software: str | None = None
    version: str | None = None
    users: int | None = None  # as the server says; None if it does not say or was not asked
    kind: str = ""  # bridge or mirror, if the name leads to another network (see `servers.bridges`); '' for an instance


@dataclass(frozen=True, slots=True)
class Community:
    """A group of instances that more posts connect with each other than with the rest."""

    name: str  # its two instances of greatest strength
    members: int
    common: str = ""  # what distinguishes it, if known: its language, and hashtags of its people


@dataclass(frozen=True, slots=True, eq=False)
class NeighborhoodGraph:
    """A graph of instances. Two instances are linked if at least min-posts distinct posts connect them."""

    about: About
    coverage: Coverage
    start: Host
    directed: bool
    nodes: tuple[Node, ...]  # instances with at least one edge, and the start; sorted by host
    edges: NDArray[np.int64]
    """Shape (m, 3): indices of both nodes, and the weight (posts), sorted by the indices. Undirected: the first index is smaller.
    Directed A -> B: posts of B read on A."""
    incoming: NDArray[np.int64]
    """Shape (m, 2): for each edge (a, b) the posts of b read on a, and the posts of a read on b (0 if directed)."""
    communities: tuple[Community, ...] = ()  # the eight communities of greatest strength at most, strongest first
    communities_found: int = 0  # number of all communities with at least two instances
    start_local_only: bool = False  # True if the start returned only posts of its own accounts
    host_outcomes: tuple[HostOutcome, ...] = ()  # one for each instance in `coverage`; sorted by host


@dataclass(frozen=True, slots=True)
class Distribution:
    """A histogram of a number over people."""

    name: str  # account age, followers, posts
    unit: str
    bins: tuple[tuple[float, float, int], ...]
    """Lower bound (inclusive), upper bound (exclusive), people; contiguous and ascending, without empty bins at the ends."""
    logarithmic: bool


@dataclass(frozen=True, slots=True)
class ProfileCounts:
    """Counts over an instance's directory of discoverable profiles."""

    about: About
    host: Host
    title: str
    listed: int  # profiles in the directory
    left_out: int  # number of these whose owners opted out
    with_bio: int  # number of the others that have a bio
    words: tuple[WordCount, ...]  # most common first, ties by text; each used by at least min-people people
    distributions: tuple[Distribution, ...]
    outcome: Outcome
    reason: str = ""
    fields: tuple[WordCount, ...] = ()  # names of profile fields (Website, Pronouns...), counted like words

    @property
    def counted(self) -> int:
        return self.listed - self.left_out


@dataclass(frozen=True, slots=True)
class Feed:
    """Counts over one timeline."""

    feed: str  # public (all posts that reached the server) or local (posts of its own accounts)
    outcome: Outcome
    reason: str
    posts_read: int
    posts_left_out: int
    first_at: int | None  # hour (epoch seconds) of the oldest counted post
    last_at: int | None  # hour of the newest
    languages: tuple[tuple[str, int], ...]  # code and posts, most common first; '' for posts without a language
    hashtags: tuple[WordCount, ...]  # counted by people, like words
    hours: tuple[int, ...]  # posts by the hour of the day (UTC), 24 numbers
    origins: tuple[tuple[Host, int], ...]  # instances and posts, most common first
    words: tuple[WordCount, ...] = ()
    """Words in posts of people who allow searching, counted by people; empty if there are fewer than ten such people."""
    speakers: int | None = None
    """Number of these people; None if no words were counted, or if only part of the timeline is used."""


@dataclass(frozen=True, slots=True)
class PostCounts:
    """Counts over an instance's newest public posts."""

    about: About
    host: Host
    feeds: tuple[Feed, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An instance at one date. None means not collected or not provided by the server, never zero."""

    date: str  # ISO 8601 UTC: when the collection began
    users: int | None
    posts: int | None  # total posts of its accounts, as the server says
    posts_read: int | None  # posts that fedistats read on all timelines of the neighborhood
    found: int | None  # instances found in its neighborhood
    neighbors: int | None  # instances that it is linked with
    edges: int | None
    communities: int | None
    max_posts: int | None = None  # the neighborhood uses at most this many of the newest posts of each timeline
    scope: str = ""  # the scope of its neighborhood, if it is not the default: 'depth 2'


@dataclass(frozen=True, slots=True)
class InstanceHistory:
    """The snapshots of an instance."""

    about: About
    host: Host
    snapshots: tuple[Snapshot, ...]  # oldest first

    @property
    def comparable(self) -> tuple[Snapshot, ...]:
        """Snapshots whose neighborhood has the same scope as the newest one. Only their graphs can be compared."""
        with_neighborhood = [snapshot for snapshot in self.snapshots if snapshot.max_posts is not None]
        return tuple(snapshot for snapshot in with_neighborhood if snapshot.scope == with_neighborhood[-1].scope)

    @property
    def dates(self) -> tuple[str, ...]:
        """The day of each snapshot, with the time if two are of the same day: '2026-11-02', '2026-11-02 14:30:00'."""
        days = [snapshot.date[:10] for snapshot in self.snapshots]
        if len({*days}) == len(days):
            return tuple(days)
        return tuple(snapshot.date.replace("T", " ").removesuffix("Z") for snapshot in self.snapshots)


@dataclass(frozen=True, slots=True)
class RateLimitState:
    """The rate limit of one host; stored between runs."""

    not_before: float = 0.0  # Epoch seconds. The host requested no requests before this time.
    paging: tuple[float, ...] = ()  # epoch seconds of the paging requests in the last 15 minutes, oldest first
