"""Reads the timelines and directories of fake servers."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from fedistats.fetch import Request
from fedistats.hosts import Host
from fedistats.model import Account, InstanceInfo, Post
from fedistats.servers.api import PUBLIC, DirectoryFunction, Server, TimelineFunction
from tests.fediverse import FakeFediverse, FakeServer

HOME = Host("home.example")
SERVER = Server(HOME, HOME)


def new_ids() -> Callable[[str], bool]:
    """A function that returns True for each id once."""
    seen: set[str] = set()

    def is_new(id_: str) -> bool:
        new = id_ not in seen
        seen.add(id_)
        return new

    return is_new


async def read_timeline(
    timeline: TimelineFunction,
    fake_server: FakeServer,
    feed: str = PUBLIC,
    cursor: str | None = None,
    server: Server = SERVER,
) -> list[Post]:
    fediverse = FakeFediverse({server.api_host: fake_server})
    pages = timeline(fediverse.fetch, server, feed, new_ids(), cursor)
    return [post async for page in pages for post in page.posts]


async def timeline_requests(timeline: TimelineFunction, fake_server: FakeServer) -> list[Request]:
    """All requests that reading the public timeline sends."""
    fediverse = FakeFediverse({HOME: fake_server})
    async for _ in timeline(fediverse.fetch, SERVER, PUBLIC, new_ids()):
        pass
    return fediverse.requests


async def read_directory(directory: DirectoryFunction, fake_server: FakeServer) -> list[Account]:
    pages = directory(FakeFediverse({HOME: fake_server}).fetch, SERVER, new_ids())
    return [account async for page in pages for account in page.accounts]


async def fetch_all_details(api: ModuleType, fake_server: FakeServer) -> InstanceInfo:
    """The instance with its details, through the functions of one API."""
    fetch = FakeFediverse({HOME: fake_server}).fetch
    instance: InstanceInfo = await api.fetch_instance_details(fetch, await api.fetch_instance(fetch, HOME))
    return instance
