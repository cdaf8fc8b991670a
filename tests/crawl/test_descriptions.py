"""Which instances are asked how they describe themselves."""

from __future__ import annotations

import asyncio

import pytest

from fedistats.crawl.crawler import Crawler
from fedistats.crawl.descriptions import with_user_count
from fedistats.errors import NotFound, RateLimited
from fedistats.hosts import Host
from fedistats.model import InstanceInfo
from fedistats.store import collections, instances
from fedistats.store.database import Database
from tests.commands import STORE, collect
from tests.descriptions import SAYS, servers
from tests.fediverse import FakeFediverse, FakeServer


@pytest.mark.usefixtures("run")
def test_each_instance_with_posts_is_asked_once() -> None:
    first = collect(servers(), "a1.example", map_=True)
    asked_hosts = [request.host for request in first.requests if request.path == "/api/v2/instance"]
    assert sorted(asked_hosts) == sorted(SAYS)
    with Database.open(STORE) as store:
        again = FakeFediverse(servers())
        asyncio.run(
            Crawler(again.fetch, store, now=lambda: 0).descriptions(collections.find(store, Host("a1.example"))[0])
        )
        assert again.requests == []


@pytest.mark.usefixtures("run")
def test_only_rate_limited_instances_are_asked_again() -> None:
    fediverse_servers = servers()
    fediverse_servers["g1.example"].responses["/api/v2/instance"] = NotFound("no such page")
    fediverse_servers["g2.example"].responses["/api/v2/instance"] = RateLimited("too many requests", until=9e9)
    collect(fediverse_servers, "a1.example", map_=True)
    again = FakeFediverse(servers())
    with Database.open(STORE) as store:
        asyncio.run(
            Crawler(again.fetch, store, now=lambda: 0).descriptions(collections.find(store, Host("a1.example"))[0])
        )
    assert again.requested_hosts() == {"g2.example"}


@pytest.mark.usefixtures("run")
def test_known_software_is_kept() -> None:
    collect(servers(), "a1.example")
    with Database.open(STORE) as store:
        collection = collections.find(store, Host("a1.example"))[0]
        known = InstanceInfo(
            Host("g1.example"), Host("g1.example"), software="mastodon", users=7, gaps={"rules": "empty"}
        )
        instances.save(store, collection, known, complete=False)
        asyncio.run(Crawler(FakeFediverse(servers()).fetch, store, now=lambda: 0).descriptions(collection))
        info = instances.load(store, collection, Host("g1.example"))
    assert info is not None
    assert (info.software, info.users, dict(info.gaps)) == ("mastodon", 7, {"rules": "empty"})
    assert "compost" in info.description


def test_the_number_of_users_is_requested_if_it_is_unknown() -> None:
    instance = InstanceInfo(Host("home.example"), Host("home.example"))
    stats = {"stats": {"user_count": 30, "status_count": 200, "domain_count": 9}}
    fediverse = FakeFediverse({"home.example": FakeServer(responses={"/api/v1/instance": stats})})
    described = asyncio.run(with_user_count(fediverse.fetch, instance))
    assert (described.users, described.posts, described.domains) == (30, 200, 9)
    assert asyncio.run(with_user_count(fediverse.fetch, described)) == described
    assert len(fediverse.requests) == 1
