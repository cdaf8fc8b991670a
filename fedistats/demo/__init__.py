"""A fictional fediverse as a `Fetch`: some sixty instances with accounts and posts. Nothing in it is real, and it needs no network."""

from __future__ import annotations

from functools import cache

from fedistats.demo.instances import COLLECTION_TIMES, NOW, START
from fedistats.demo.servers import DemoFediverse
from fedistats.fetch import Fetch, Request, Response

__all__ = ["COLLECTION_TIMES", "NOW", "START", "fetch", "fetch_at"]


async def fetch(request: Request) -> Response:
    """Respond like the server of that name would at `NOW`: Mastodon's API, NodeInfo and host-meta, in the form of real servers.

    Raises the FetchErrors that the network would raise: some servers are closed, shut down or unreachable, one blocks robots, and any
    other host does not exist. Equal requests have equal responses.
    """
    return await fetch_at(NOW)(request)


@cache
def fetch_at(now: int) -> Fetch:
    """The fediverse at one of the `COLLECTION_TIMES` (epoch seconds). Between them instances appear and disappear, and follows change."""
    return DemoFediverse(now).fetch
