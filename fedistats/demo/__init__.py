"""The demo: a made-up fediverse of some sixty instances with people and posts, all invented. It is a `Fetch` without a network."""

from __future__ import annotations

from functools import cache

from fedistats.demo.instances import COLLECTION_TIMES, NOW, START
from fedistats.demo.servers import DemoFediverse
from fedistats.fetch import Fetch, Request, Response

__all__ = ["COLLECTION_TIMES", "NOW", "START", "fetch", "fetch_at"]


async def fetch(request: Request) -> Response:
    """The response of a made-up server at the time `NOW`: Mastodon's API, NodeInfo and host-meta, in the shapes of real servers.

    The same request always has the same response. Raises the FetchErrors that the network would raise: some servers are closed,
    gone, moved or unreachable, one disallows robots, and no other hosts exist.
    """
    return await fetch_at(NOW)(request)


@cache
def fetch_at(now: int) -> Fetch:
    """The same fediverse at one of the `COLLECTION_TIMES` (epoch seconds): instances appear and disappear, and counts grow."""
    return DemoFediverse(now).fetch
