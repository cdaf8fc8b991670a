"""A made-up fediverse, as an Ask: some sixty instances with their people and posts, none of them real, and no network."""

from __future__ import annotations

from functools import cache

from fedistats.ask import Answer, Question
from fedistats.demo.atlas import NOW, START
from fedistats.demo.servers import Fediverse

__all__ = ["NOW", "START", "ask"]


async def ask(question: Question) -> Answer:
    """Answer like the server of that name: Mastodon's API, nodeinfo and host-meta, in the shapes that real servers give them.

    Raises the AskErrors that the network would raise: some of these servers are closed, gone or dead, one forbids robots, and no other
    exists. The same question always has the same answer; the time is `NOW`.
    """
    return await _fediverse().ask(question)


@cache
def _fediverse() -> Fediverse:
    return Fediverse()
