"""The nouns of the fediverse as fedistats sees them: frozen values, known to every room."""

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
    """How it ended with one instance: every instance of a collection ends in exactly one of these."""

    COMPLETE = "complete"
    """Read as far as was asked, or to its end."""
    PARTIAL = "partial"
    """Read in part; then something failed."""
    CLOSED = "closed"
    """Its timelines are closed by its owner."""
    ROBOTS = "robots"
    """Its robots.txt forbids it."""
    RATE_LIMITED = "rate limited"
    """It asked for more quiet than our patience."""
    GONE = "gone"
    """It says that it has closed for good."""
    MOVED = "moved"
    """It sends everybody to another host."""
    DEAD = "dead"
    """No answer: no such name, no connection, no TLS, or silence."""
    INVALID = "invalid"
    """Its answers are not what the API promises."""
    UNSUPPORTED = "unsupported"
    """It speaks, but no language of the fediverse that fedistats knows."""
    LOCAL_ERROR = "local error"
    """The fault was on our side: no network, no file descriptors, no disk."""
    EXCLUDED = "excluded"
    """We were told to leave it out (--exclude), or too many names of one domain asked to be visited."""
    NOT_ASKED = "not asked"
    """Found, and not asked (yet)."""

    @property
    def answered(self) -> bool:
        """Did it show us posts?"""
        return self in (Outcome.COMPLETE, Outcome.PARTIAL)


class Account(msgspec.Struct, frozen=True, gc=False):  # cheap to make, and there is one for every post
    """An account as far as we look at it. Never stored, never shown: it lives as long as the page it came with."""

    key: str
    """Something that is the same for the same person: the handle. Only its keyed hash leaves memory."""
    note: str = ""
    """The bio, as HTML."""
    fields: tuple[tuple[str, str], ...] = ()
    """Name and value (HTML) of the profile fields."""
    name: str = ""
    discoverable: bool | None = None
    indexable: bool | None = None
    noindex: bool | None = None
    limited: bool = False
    suspended: bool = False
    bot: bool = False
    created_on: str | None = None
    """ISO date."""
    followers: int | None = None
    posts: int | None = None


class Post(msgspec.Struct, frozen=True, gc=False):
    """A public post as far as we look at it. Never stored: what is kept of it are counts and keyed hashes."""

    id: str
    """Opaque; only the server that gave it knows its order."""
    author: Account
    origin: Host | None
    """The instance it was written on; None where its name is none of a public host."""
    written_at: int | None = None
    """Epoch seconds."""
    language: str | None = None
    tags: tuple[str, ...] = ()
    """Hashtags, without #, as written."""
    text: str = ""
    """HTML, only where its words are to be counted; it lives as long as the page it came with."""
    mentions: tuple[Host, ...] = ()
    """The other instances whose people it mentions, each once; only where these are asked for."""


MASTODON = "mastodon"
"""The API that nearly all speak."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One row of /api/v1/instance/activity: six days, not seven, from `begins_at` on (see `mastodon_instance.fetch_activity`)."""

    begins_at: int
    """Epoch seconds."""
    posts: int
    logins: int
    registrations: int


@dataclass(frozen=True, slots=True)
class InstanceInfo:
    """What a server says about itself. None is 'it did not say', never zero."""

    host: Host
    """The domain of its people's handles."""
    api_host: Host
    """The host that answers for it."""
    title: str = ""
    description: str = ""
    software: str | None = None
    version: str | None = None
    users: int | None = None
    active_month: int | None = None
    posts: int | None = None
    domains: int | None = None
    """How many other instances it knows."""
    registrations: str | None = None
    """open, by approval, closed."""
    languages: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    local_timeline: str | None = None
    """Who may read it: public, authenticated, disabled."""
    remote_timeline: str | None = None
    activity: tuple[Activity, ...] = ()
    """Newest first; today's unfinished row is left out."""
    following: tuple[Host, ...] = ()
    """Servers that this server follows, as a server (PeerTube alone tells), sorted."""
    followers: tuple[Host, ...] = ()
    api: str = MASTODON
    """Through which API it is read: mastodon, misskey, lemmy, peertube."""
    gaps: Mapping[str, str] = field(default_factory=dict)
    """What could not be learned, and why."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much was seen, and how much was not: one outcome for each instance that was found."""

    outcomes: Mapping[Outcome, int]
    posts_read: int = 0
    posts_left_out: int = 0
    """Posts of people who asked to be left out: counted, and not looked at."""
    local_only: int = 0
    """Of the instances that answered: how many show their local posts only."""

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
        outcomes = ", ".join(
            f"{number(n)} {outcome(kind, n=n)}" for kind in Outcome if (n := self.outcomes.get(kind, 0))
        )
        if not outcomes:
            return "no instance found"
        return f"{counted(self.found, 'instance')} found, {number(self.asked)} visited: {outcomes}"


@dataclass(frozen=True, slots=True)
class About:
    """What every output says about itself."""

    host: Host
    date: str
    """ISO 8601 UTC: when the collection began."""
    parameters: Mapping[str, str | int]
    """What was asked, in the words of the command line: posts, min-posts, rule..."""
    version: str
    """Of fedistats."""


@dataclass(frozen=True, slots=True)
class WordCount:
    """A word and how many people use it."""

    text: str
    people: int


@dataclass(frozen=True, slots=True)
class TimelineResult:
    """One timeline as it was read."""

    id: int
    """Its number in the store."""
    host: Host
    feed: str
    outcome: Outcome
    reason: str
    posts_read: int
    left_out: int
    """Of these: how many because their authors asked for it."""
    api_host: Host


@dataclass(frozen=True, slots=True)
class HostOutcome:
    """How it ended with one instance that was found, whether or not it is in the graph."""

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
    strength: int = 0
    """Posts that connect it with others in this graph: the sum of its edges' weights."""
    posts_read: int = 0
    """Posts read on its own timeline."""
    community: int | None = None
    """Index into NeighborhoodGraph.communities."""
    languages: tuple[tuple[str, int], ...] = ()
    """Code and posts, of the posts that were written on it and say their language; commonest first."""
    hashtags: tuple[WordCount, ...] = ()
    """The hashtags that at least three of its people use, commonest first."""
    software: str | None = None
    version: str | None = None
    users: int | None = None
    """What it says about itself, where it was asked; None is 'it did not say', never zero."""
    kind: str = ""
    """bridge or mirror where there is another network behind the name (see `kinds`); '' for an instance like others."""


@dataclass(frozen=True, slots=True)
class Community:
    """Instances that hear more of each other than of the rest."""

    name: str
    """Its two busiest instances."""
    members: int
    common: str = ""
    """What sets it apart, where the posts say so: its language, the hashtags of its people."""


@dataclass(frozen=True, slots=True, eq=False)
class NeighborhoodGraph:
    """A graph of instances: an edge stands where at least min-posts distinct posts connect two."""

    about: About
    coverage: Coverage
    start: Host
    directed: bool
    nodes: tuple[Node, ...]
    """Those with at least one edge, and the start; sorted by host."""
    edges: NDArray[np.int64]
    """Shape (m, 3): index of one node, of the other, weight (posts). Undirected: the first index is the smaller one.
    Directed A -> B: posts of B read on A. Sorted by the two indices."""
    incoming: NDArray[np.int64]
    """Shape (m, 2): for each edge (a, b) the posts of b read on a, and the posts of a read on b (directed: 0)."""
    communities: tuple[Community, ...] = ()
    """Biggest strength first; the eight strongest at most."""
    communities_found: int = 0
    """How many of two instances or more there are, named above or not."""
    start_local_only: bool = False
    """Did the start show only its own people's posts?"""
    host_outcomes: tuple[HostOutcome, ...] = ()
    """One for each instance that `coverage` counts; sorted by host."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """How a figure is spread over people, in bins: never a list of people."""

    name: str
    """account age, followers, posts."""
    unit: str
    bins: tuple[tuple[float, float, int], ...]
    """Lower bound (inside), upper bound (outside), people; contiguous, ascending, trimmed of empty ends."""
    logarithmic: bool


@dataclass(frozen=True, slots=True)
class ProfileCounts:
    """What an instance's directory of discoverable profiles tells, as counts."""

    about: About
    host: Host
    title: str
    listed: int
    """Profiles in the directory."""
    left_out: int
    """Of these: how many asked, in one way or another, to be left out."""
    with_bio: int
    """Of the rest: how many have a bio."""
    words: tuple[WordCount, ...]
    """Commonest first, ties by text; each used by at least min-people people."""
    distributions: tuple[Distribution, ...]
    outcome: Outcome
    reason: str = ""
    fields: tuple[WordCount, ...] = ()
    """The names of profile fields that people fill in (Website, Pronouns...), counted and shown as words are."""

    @property
    def counted(self) -> int:
        return self.listed - self.left_out


@dataclass(frozen=True, slots=True)
class Feed:
    """What was counted of one timeline."""

    feed: str
    """public (everything that reached the server) or local (its own people's posts)."""
    outcome: Outcome
    reason: str
    posts_read: int
    posts_left_out: int
    first_at: int | None
    last_at: int | None
    """The hours (epoch seconds) of the oldest and newest post counted."""
    languages: tuple[tuple[str, int], ...]
    """Code, posts; commonest first; '' is 'not said'."""
    hashtags: tuple[WordCount, ...]
    """Counted by people, as bios' words are."""
    hours: tuple[int, ...]
    """24 counts of posts by the hour (UTC) they were written in."""
    origins: tuple[tuple[Host, int], ...]
    """Instance, posts; commonest first."""
    words: tuple[WordCount, ...] = ()
    """Words of the posts of those who allow that they are searched, counted by people; none where these are fewer than ten."""
    speakers: int | None = None
    """How many people these are; None where no words were counted: the timeline was not read for them, or is told in part."""


@dataclass(frozen=True, slots=True)
class PostCounts:
    """What an instance's newest public posts tell, as counts."""

    about: About
    host: Host
    feeds: tuple[Feed, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An instance at one date. None is 'not collected then', or 'it did not say', never zero."""

    date: str
    """ISO 8601 UTC: when the collection began."""
    users: int | None
    posts: int | None
    """That its people have written since it began, as the server says."""
    posts_read: int | None
    """By us, on all timelines of the neighborhood."""
    found: int | None
    """Instances found in its neighborhood."""
    neighbors: int | None
    """Instances that an edge connects it with."""
    edges: int | None
    communities: int | None
    max_posts: int | None = None
    """The newest posts of each timeline that the neighborhood is told from, at most."""
    scope: str = ""
    """How far its neighborhood went, where that is not the usual: 'depth 2'."""


@dataclass(frozen=True, slots=True)
class InstanceHistory:
    """What changed on an instance from one collection to the next."""

    about: About
    host: Host
    snapshots: tuple[Snapshot, ...]
    """Oldest first."""

    @property
    def comparable(self) -> tuple[Snapshot, ...]:
        """Those whose neighborhood went as far as the newest one: their graphs alone can be compared."""
        drawn = [moment for moment in self.snapshots if moment.max_posts is not None]
        return tuple(moment for moment in drawn if moment.scope == drawn[-1].scope)

    @property
    def dates(self) -> tuple[str, ...]:
        """The day of each moment; with its time where two are of one day: '2026-11-02', '2026-11-02 14:30:00'."""
        days = [moment.date[:10] for moment in self.snapshots]
        if len({*days}) == len(days):
            return tuple(days)
        return tuple(moment.date.replace("T", " ").removesuffix("Z") for moment in self.snapshots)


@dataclass(frozen=True, slots=True)
class RateLimitState:
    """How we stand with one host, as remembered across runs."""

    not_before: float = 0.0
    """Epoch seconds: it asked to be left in peace until then."""
    paging: tuple[float, ...] = ()
    """Epoch seconds of the paging requests of the last 15 minutes, oldest first."""
