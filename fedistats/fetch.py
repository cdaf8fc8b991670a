"""A request to one server and its response, and `Fetch`: any function that turns one into the other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fedistats.errors import AccessDenied, InvalidResponse
from fedistats.hosts import Host

MIB = 1 << 20
# The parameters that Mastodon, Lemmy and PeerTube use for pages. Misskey has its own in the body.
_PAGE_PARAMETERS = frozenset({"page", "max_id", "min_id", "since_id", "page_cursor", "start"})


@dataclass(frozen=True, slots=True)
class Request:
    """A GET request for `path` with `params` on `host`, or a POST request if there is a body (`json`).

    The `Fetch` that gets it is responsible for robots.txt and for the rate.
    """

    host: Host
    path: str
    params: tuple[tuple[str, str], ...] = ()
    json: bytes = b""
    """The request body. Misskey's API takes its parameters in it, also where it only reads."""
    max_bytes: int = 8 * MIB
    """A longer response body (after decompression) raises InvalidResponse."""
    allow_delegation: bool = False
    """True if another host may answer, after a redirect. Only host-meta needs it."""

    @property
    def paging(self) -> bool:
        """True if this is a page of a timeline. Mastodon allows 300 of these in 15 minutes (config/initializers/rack_attack.rb)."""
        return b'"untilId"' in self.json or any(name in _PAGE_PARAMETERS for name, _ in self.params)


@dataclass(frozen=True, slots=True)
class Response:
    """The body of a response with status 200 (decompressed, not parsed), and the host that sent it."""

    body: bytes
    host: Host
    sent_at: float | None = None
    """When the server sent it, by the server's own clock (epoch seconds). None if it has no valid Date."""


Fetch = Callable[[Request], Awaitable[Response]]
"""Sends one request and returns its response. Raises FetchError if there is none, LocalError if the fault is on our side."""


async def fetch_public(fetch: Fetch, request: Request) -> Response:
    """The response of an API that denies public access by status 400: raises AccessDenied then, and FetchError."""
    try:
        return await fetch(request)
    except InvalidResponse as error:
        if error.reason == "refused":
            raise AccessDenied(f"{request.host} does not allow public access to this (400)", "closed") from error
        raise
