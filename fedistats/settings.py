"""What may be chosen about a crawl: how servers are asked, and how far it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

from fedistats.hosts import Host

EdgeKind = Literal["posts", "mentions"]
BY_POSTS: EdgeKind = "posts"
"""Posts of the one stand on the public timeline of the other."""
BY_MENTIONS: EdgeKind = "mentions"
"""Posts of people of the one mention people of the other."""


@dataclass(frozen=True, slots=True)
class Scope:
    """How far a neighborhood reaches."""

    depth: int = 1
    """Steps from the start: 1 for the instances found on it, 2 also for those found on these, and so on."""
    listed: frozenset[Host] = frozenset()
    """Hosts that are visited as if they had been found on the start."""
    max_hosts: int | None = None
    """At most so many hosts are visited, the start among them: those that most posts name."""
    edges: EdgeKind = BY_POSTS
    """What connects two instances."""

    def covers(self, other: Scope) -> bool:
        """Does it ask for everything that the other asks for, of the same ties?"""
        most, others = (float("inf") if one.max_hosts is None else one.max_hosts for one in (self, other))
        return (
            self.edges == other.edges and self.depth >= other.depth and self.listed >= other.listed and most >= others
        )

    @property
    def digest(self) -> str:
        """Tells one list from another: the first 12 digits of the SHA-256 of its names, sorted, one a line."""
        return sha256("".join(f"{host}\n" for host in sorted(self.listed)).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class CrawlSettings:
    """What may be chosen about how servers are asked; everything else is not up for choice."""

    pace: float = 1.0
    """Seconds between the starts of two requests to one host."""
    patience: float = 900.0
    """Seconds that a server may make us wait."""
    concurrency: int | None = None
    """Hosts asked at the same time; None: as many as the machine's file descriptors bear."""
    contact: str | None = None
    """How an admin reaches whoever runs this: an address or a page, told to every server."""
    exclude: frozenset[Host] = frozenset()
    """Hosts that are never asked."""
    tokens: Mapping[Host, str] = field(default_factory=dict, repr=False)
    """Your own tokens for servers that show nothing without a login: each is sent to its host alone, over TLS, and kept nowhere."""
