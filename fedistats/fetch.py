"""One question to one server, and its answer. Whoever can answer is an `Ask`: the network, the demo, a test's dictionary."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fedistats.hosts import Host

MIB = 1 << 20
_PAGES = frozenset({"page", "max_id", "min_id", "since_id", "page_cursor", "start"})
# Mastodon's, Lemmy's, PeerTube's; Misskey's stands in the body.


@dataclass(frozen=True, slots=True)
class Request:
    """A GET of `path` with `params` on `host`, a POST where there is a body; robots.txt and pace are the business of whoever answers."""

    host: Host
    path: str
    params: tuple[tuple[str, str], ...] = ()
    json: bytes = b""
    """The body: Misskey's API takes its parameters so, also where nothing is changed by asking."""
    max_bytes: int = 8 * MIB
    """A decoded body longer than this is no answer."""
    allow_delegation: bool = False
    """True where the answer may come from another host that this one redirects to (host-meta alone)."""

    @property
    def paging(self) -> bool:
        """Is it one of the pages of a timeline of which we ask for 300 in 15 minutes at most? (Mastodon's own limit, rack_attack.rb)"""
        return b'"untilId"' in self.json or any(name in _PAGES for name, _ in self.params)


@dataclass(frozen=True, slots=True)
class Response:
    """A body with status 200, decoded but not read, and the host that sent it."""

    body: bytes
    host: Host
    sent_at: float | None = None
    """When it was sent, by the sender's own clock (epoch seconds); None where it does not say."""


Fetch = Callable[[Request], Awaitable[Response]]
"""Puts one question and returns the answer; raises an FetchError where none came, LocalError where the fault is ours."""
