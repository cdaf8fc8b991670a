"""A made-up fediverse, as an Ask: some sixty instances with their people and posts, none of them real, and no network."""

from __future__ import annotations

from functools import cache

from fedistats.demo.atlas import MOMENTS, NOW, START
from fedistats.demo.servers import Fediverse
from fedistats.fetch import Fetch, Request, Response

__all__ = ["MOMENTS", "NOW", "START", "ask", "asked_at"]


async def fetch(question: Request) -> Response:
    """Answer like the server of that name: Mastodon's API, nodeinfo and host-meta, in the shapes that real servers give them.

    Raises the AskErrors that the network would raise: some of these servers are closed, gone or dead, one forbids robots, and no other
    exists. The same question always has the same answer; the time is `NOW`.
    """
    return await fetch_at(NOW)(question)


@cache
def fetch_at(now: int) -> Fetch:
    """The same fediverse as it answers, or answered, at one of the `MOMENTS` (epoch seconds): instances came and went since, people
    and ties grew."""
    return Fediverse(now).fetch
