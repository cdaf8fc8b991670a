"""The nouns of the fediverse as fedistats sees them: frozen values, known to every room."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from sys import intern
from typing import TYPE_CHECKING, NewType
from urllib.parse import urlsplit

import msgspec

from fedistats.errors import BadHost

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Host = NewType("Host", str)
"""The name of an instance: lower case, A-labels, no trailing dot, `:port` only where it is not 443. Made by `parse_host` alone."""

# Names that no public server has: RFC 6761, RFC 6762, RFC 7686, RFC 8375, RFC 9476, and what home routers use.
# `.example` is reserved too, but harmless, and made-up fediverses live there.
_SPECIAL = frozenset(
    "localhost local localdomain internal intranet private corp home lan arpa test invalid onion i2p alt exit bit".split()
)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_TOP = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")
_ASCII = re.compile(r"[a-z0-9_.-]+")


@lru_cache(maxsize=1 << 16)
def parse_host(name: str) -> Host:
    """The canonical name of a public host, as found in a handle, a post or a list.

    Upper case, a trailing dot, Unicode labels (UTS 46) and the port 443 are smoothed; ports from 1024 on are part of the name.

    Raises BadHost for whatever no public server can be called: IP addresses in any spelling, single labels, special-use
    names (RFC 6761), user-info, paths, control characters, labels over 63 or names over 253 characters.
    """
    if len(name) > 400:
        raise BadHost(f"{shown(name)} is too long for a host name")
    text, colon, port = name.strip(" \t").lower().partition(":")
    text = text.removesuffix(".")
    if colon and not (port.isascii() and port.isdigit() and (port == "443" or 1024 <= int(port[:6]) <= 65535)):
        raise BadHost(f"{shown(name)} is not a public host name")
    if not _ASCII.fullmatch(text):
        text = _a_labels(text, name)
    labels = text.split(".")
    if (
        len(text) > 253
        or len(labels) < 2
        or not all(_LABEL.fullmatch(label) for label in labels)
        or not _TOP.fullmatch(labels[-1])
        or labels[-1] in _SPECIAL
    ):
        raise BadHost(f"{shown(name)} is not a public host name")
    return Host(intern(text if not colon or port == "443" else f"{text}:{int(port)}"))


def _a_labels(text: str, name: str) -> str:
    import idna  # a third of a millisecond and rarely needed

    try:
        return idna.encode(text, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        pass
    # Emoji domains are no IDNA 2008 names but exist; only labels that Unicode would not rewrite are taken as they are.
    if unicodedata.normalize("NFKC", text) != text or any(unicodedata.category(c)[0] in "CZ" for c in text):
        raise BadHost(f"{shown(name)} is not a public host name")
    try:
        return ".".join(
            label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii") for label in text.split(".")
        )
    except UnicodeError as error:
        raise BadHost(f"{shown(name)} is not a public host name") from error


def display_name(host: str) -> str:
    """The name of an instance for people to read: 'xn--ltkolben-n4a.example' is lötkolben.example.

    It stays as it is where any of its labels is not valid by IDNA 2008 (RFC 5891), has an invisible character, mixes scripts more
    freely than "highly restrictive" of UTS 39 (5.2), is all letters that look like Latin ones, or runs the other way than the rest.
    """
    if "xn--" not in host:
        return host
    import idna

    name, colon, port = host.partition(":")
    try:
        labels = [idna.ulabel(label) for label in name.split(".")]
        if idna.encode(".".join(labels)).decode("ascii") != name:
            return host
    except UnicodeError:  # idna's own among them
        return host
    if not all(label.isascii() or _of_one_script(label) for label in labels):
        return host
    leftward = [any(unicodedata.bidirectional(c) in ("R", "AL") for c in label) for label in labels]
    if any(leftward) and not (all(leftward) and not colon):
        return host  # in a mixed name the reader cannot tell which label comes first
    return ".".join(labels) + colon + port


# The scripts of living languages (UAX 31, table 5), and which of them are written together (UTS 39, "highly restrictive").
_SCRIPTS = (
    "Arabic Armenian Bengali Bopomofo Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Hebrew Kannada Khmer Lao Latin"
    " Malayalam Myanmar Oriya Sinhala Tamil Telugu Thaana Thai Tibetan"
)
_TOGETHER = ("Latin Han Hiragana Katakana", "Latin Han Bopomofo", "Latin Han Hangul")
_LIKE_LATIN = frozenset("аеорсухіјѕһԁԛԝӏԍьгпαικνορτυχγωη")


def _of_one_script(label: str) -> bool:
    import regex  # only a name that is not ASCII needs it

    if any(unicodedata.category(c) in ("Cf", "Cc", "Co", "Cn", "Zs") for c in label):
        return False
    if all(c in _LIKE_LATIN or c.isascii() for c in label):
        return False
    together = (
        "".join(rf"\p{{scx={script}}}" for script in scripts.split()) for scripts in (*_SCRIPTS.split(), *_TOGETHER)
    )
    return any(regex.fullmatch(rf"[{letters}\p{{scx=Zyyy}}\p{{scx=Zinh}}]+", label) for letters in together)


def shown(text: str, most: int = 60) -> str:
    """A stranger's text inside a message of ours: quoted, printable, short."""
    clean = "".join(c if c.isprintable() else "�" for c in text[: most + 1])
    return f"'{clean[:most]}…'" if len(clean) > most else f"'{clean}'"


@dataclass(frozen=True, slots=True)
class Start:
    """Where a person asked us to begin."""

    host: Host
    scheme: str = "https"
    private: bool = False
    """True for a name that only the person who typed it may send us to (an address, localhost, plain http)."""


def parse_start(typed: str) -> Start:
    """A host name, a URL or a handle, as a person types it.

    `sigmoid.social`, `https://sigmoid.social/about`, `@someone@sigmoid.social`; also `http://127.0.0.1:3000`, for the server on the desk.
    Raises BadHost where it is none of these.
    """
    text = typed.strip()
    hint = (
        f"{shown(typed)} is no host: type a name like sigmoid.social, a URL, or a handle like @someone@sigmoid.social"
        " (for a server on your desk its URL, like http://127.0.0.1:3000)"
    )
    if "://" in text:
        try:
            parts = urlsplit(text)
            host, port = parts.hostname or "", parts.port
        except ValueError as error:
            raise BadHost(hint) from error
        if parts.scheme not in ("https", "http") or not host or parts.username is not None:
            raise BadHost(hint)
        bare = f"[{host}]" if ":" in host else host
        usual = 443 if parts.scheme == "https" else 80
        name = bare if port in (None, usual) else f"{bare}:{port}"
        try:
            public = parse_host(name)
        except BadHost:
            if not _on_the_desk(host):
                raise BadHost(hint) from None
            return Start(Host(intern(name.lower())), parts.scheme, private=True)
        return Start(public, parts.scheme, private=parts.scheme == "http")
    text = text.removeprefix("acct:").removesuffix("/")
    if "@" in text:
        user, _, text = text.removeprefix("@").rpartition("@")
        if "@" in user:
            raise BadHost(hint)
    try:
        return Start(parse_host(text))
    except BadHost:
        raise BadHost(hint) from None


def _on_the_desk(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(_LABEL.fullmatch(host.split(".")[-1])) and all(_LABEL.fullmatch(part) for part in host.split("."))
    return True


class Outcome(StrEnum):
    """How it ended with one instance: every instance of a collection ends in exactly one of these."""

    WHOLE = "whole"
    """Read as far as was asked, or to its end."""
    PART = "part"
    """Read in part; then something failed."""
    CLOSED = "closed"
    """Its timelines are closed by its owner."""
    ROBOTS = "robots"
    """Its robots.txt forbids it."""
    PUT_OFF = "put off"
    """It asked for more quiet than our patience."""
    GONE = "gone"
    """It says that it has closed for good."""
    MOVED = "moved"
    """It sends everybody to another host."""
    DEAD = "dead"
    """No answer: no such name, no connection, no TLS, or silence."""
    MISBEHAVING = "misbehaving"
    """Its answers are not what the API promises."""
    OTHER = "other"
    """It speaks, but no language of the fediverse that fedistats knows."""
    OURS = "our trouble"
    """The fault was on our side: no network, no file descriptors, no disk."""
    LEFT_OUT = "left out"
    """We were told to leave it out (--exclude), or too many names of one domain asked to be visited."""
    NOT_ASKED = "not asked"
    """Found, and not asked (yet)."""

    @property
    def answered(self) -> bool:
        """Did it show us posts?"""
        return self in (Outcome.WHOLE, Outcome.PART)


class Person(msgspec.Struct, frozen=True, gc=False):  # cheap to make, and there is one for every post
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
    author: Person
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
    """One row of /api/v1/instance/activity: six days, not seven, from `begins_at` on (see `mastodon.activity`)."""

    begins_at: int
    """Epoch seconds."""
    posts: int
    logins: int
    registrations: int


@dataclass(frozen=True, slots=True)
class Instance:
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
        return self.found - self.count(Outcome.NOT_ASKED, Outcome.LEFT_OUT)

    def count(self, *outcomes: Outcome) -> int:
        return sum(self.outcomes.get(outcome, 0) for outcome in outcomes)

    def sentence(self) -> str:
        """For a caption: '151 instances found, 77 asked: 70 answered whole, 2 in part; 3 closed by their owners, ...'"""
        words = {
            Outcome.WHOLE: "answered whole",
            Outcome.PART: "in part",
            Outcome.CLOSED: "closed by their owners",
            Outcome.ROBOTS: "forbade it by robots.txt",
            Outcome.PUT_OFF: "put off",
            Outcome.GONE: "gone for good",
            Outcome.MOVED: "moved",
            Outcome.DEAD: "dead",
            Outcome.MISBEHAVING: "misbehaving",
            Outcome.OTHER: "of software that we do not read",
            Outcome.OURS: "lost to trouble on our side",
            Outcome.LEFT_OUT: "left out on request",
            Outcome.NOT_ASKED: "not asked",
        }
        if self.outcomes.get(Outcome.CLOSED, 0) == 1:
            words[Outcome.CLOSED] = "closed by its owner"
        told = ", ".join(f"{n:,} {words[outcome]}" for outcome in Outcome if (n := self.outcomes.get(outcome, 0)))
        noun = "instance" if self.found == 1 else "instances"
        return f"{self.found:,} {noun} found, {self.asked:,} asked: {told}" if told else "no instance found"


@dataclass(frozen=True, slots=True)
class About:
    """What every output says about itself."""

    host: Host
    date: str
    """ISO 8601 UTC: when the collection began."""
    question: Mapping[str, str | int]
    """What was asked, in the words of the command line: posts, min-posts, rule..."""
    version: str
    """Of fedistats."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word and how many people use it."""

    text: str
    people: int


@dataclass(frozen=True, slots=True)
class Reading:
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
class Ending:
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
    """Index into Neighborhood.communities."""
    languages: tuple[tuple[str, int], ...] = ()
    """Code and posts, of the posts that were written on it and say their language; commonest first."""
    hashtags: tuple[Word, ...] = ()
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
class Neighborhood:
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
    heard: NDArray[np.int64]
    """Shape (m, 2): for each edge (a, b) the posts of b read on a, and the posts of a read on b (directed: 0)."""
    communities: tuple[Community, ...] = ()
    """Biggest strength first; the eight strongest at most."""
    communities_found: int = 0
    """How many of two instances or more there are, named above or not."""
    start_local_only: bool = False
    """Did the start show only its own people's posts?"""
    endings: tuple[Ending, ...] = ()
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
class Profiles:
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
    words: tuple[Word, ...]
    """Commonest first, ties by text; each used by at least min-people people."""
    distributions: tuple[Distribution, ...]
    outcome: Outcome
    reason: str = ""
    fields: tuple[Word, ...] = ()
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
    hashtags: tuple[Word, ...]
    """Counted by people, as bios' words are."""
    hours: tuple[int, ...]
    """24 counts of posts by the hour (UTC) they were written in."""
    origins: tuple[tuple[Host, int], ...]
    """Instance, posts; commonest first."""
    words: tuple[Word, ...] = ()
    """Words of the posts of those who allow that they are searched, counted by people; none where these are fewer than ten."""
    speakers: int | None = None
    """How many people these are; None where no words were counted: the timeline was not read for them, or is told in part."""


@dataclass(frozen=True, slots=True)
class Posts:
    """What an instance's newest public posts tell, as counts."""

    about: About
    host: Host
    feeds: tuple[Feed, ...]


@dataclass(frozen=True, slots=True)
class Moment:
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
    asked: int | None = None
    """The newest posts of each timeline that the neighborhood is told from, at most."""
    reach: str = ""
    """How far its neighborhood went, where that is not the usual: 'depth 2'."""


@dataclass(frozen=True, slots=True)
class History:
    """What changed on an instance from one collection to the next."""

    about: About
    host: Host
    moments: tuple[Moment, ...]
    """Oldest first."""

    @property
    def alike(self) -> tuple[Moment, ...]:
        """Those whose neighborhood went as far as the newest one: their graphs alone can be compared."""
        drawn = [moment for moment in self.moments if moment.asked is not None]
        return tuple(moment for moment in drawn if moment.reach == drawn[-1].reach)

    @property
    def dates(self) -> tuple[str, ...]:
        """The day of each moment; with its time where two are of one day: '2026-11-02', '2026-11-02 14:30:00'."""
        days = [moment.date[:10] for moment in self.moments]
        if len({*days}) == len(days):
            return tuple(days)
        return tuple(moment.date.replace("T", " ").removesuffix("Z") for moment in self.moments)
