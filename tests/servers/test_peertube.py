"""Reading PeerTube's API, also with invalid responses."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from fedistats import optout
from fedistats.crawl.crawler import Crawler
from fedistats.errors import InvalidResponse, NothingFound
from fedistats.fetch import Request
from fedistats.hosts import Target
from fedistats.model import Post
from fedistats.results.instance import Instance
from fedistats.results.profiles import Profiles
from fedistats.servers import peertube
from fedistats.servers.api import LOCAL, PUBLIC
from fedistats.store.database import Database
from tests.fake_servers import FakePeerTube, posts_by
from tests.fediverse import FakeFediverse
from tests.servers.reading import HOME, fetch_all_details, read_timeline, timeline_requests

VIDEOS = "/api/v1/videos"


async def read(fake_server: FakePeerTube, feed: str = PUBLIC, cursor: str | None = None) -> list[Post]:
    return await read_timeline(peertube.timeline, fake_server, feed, cursor)


async def test_all_pages_are_read() -> None:
    posts = await read(FakePeerTube(HOME, posts_by(*["ann", "bob@far.example"] * 130)))
    assert [post.origin for post in posts] == ["far.example", HOME] * 130


async def test_reading_continues_at_the_cursor() -> None:
    assert len(await read(FakePeerTube(HOME, posts_by(*["ann"] * 130)), cursor="100")) == 30


async def test_the_local_feed_contains_videos_of_local_accounts() -> None:
    posts = await read(FakePeerTube(HOME, posts_by("ann", "bob@far.example", "cat")), LOCAL)
    assert [post.author.key for post in posts] == ["cat@home.example", "ann@home.example"]


async def test_an_unknown_language_is_none() -> None:
    assert [post.language for post in await read(FakePeerTube(HOME, posts_by("ann", "bob")))] == [None, "fr"]


async def test_a_video_that_moves_to_the_next_page_is_read_once() -> None:
    fake_server = FakePeerTube(HOME, posts_by(*["ann"] * 130))

    starts: list[int] = []

    def shifting(request: Any) -> dict[str, Any]:
        start = int(dict(request.params)["start"])
        starts.append(start)
        return {"data": fake_server.videos[max(0, start - 5) : start + 95]}

    fake_server.responses[VIDEOS] = shifting
    posts = await read(fake_server)
    assert len(posts) == len({post.id for post in posts}) == 130
    assert starts == [0, 95, 135]  # advances by the number of videos received, not requested


async def test_an_opt_out_hashtag_in_the_name_is_respected() -> None:
    fake_server = FakePeerTube(HOME, posts_by("ann"))
    assert not optout.opted_out((await read(fake_server))[0].author)
    fake_server.videos[0]["account"]["displayName"] = "Ann #nobot"
    assert optout.opted_out((await read(fake_server))[0].author)


@pytest.mark.parametrize("body", [{"error": "x"}, [], None, {"data": 5}, {"data": {}}])
async def test_a_response_that_is_not_a_page_is_invalid(body: Any) -> None:
    fake_server = FakePeerTube(HOME)
    fake_server.responses[VIDEOS] = lambda _: json.dumps(body).encode()
    with pytest.raises(InvalidResponse):
        await read(fake_server)


async def test_invalid_videos_are_dropped_and_the_rest_of_the_page_is_kept() -> None:
    fake_server = FakePeerTube(HOME, posts_by("ann", "bob"))
    items: list[Any] = [
        fake_server.videos[0],
        None,
        7,
        {"uuid": 5},
        {"uuid": "x"},
        {"uuid": "x", "account": None},
        fake_server.videos[1],
    ]
    fake_server.responses[VIDEOS] = {"data": items}
    assert [post.author.key for post in await read(fake_server)] == ["bob@home.example", "ann@home.example"]


async def test_the_details_of_an_instance_include_its_follows() -> None:
    follows = [f"s{n:03}.example" for n in range(150)]
    instance = await fetch_all_details(peertube, FakePeerTube(HOME, follows=[*follows, "home.example", "localhost"]))
    assert (instance.title, instance.description, instance.version) == (
        "Fake PeerTube",
        "Much longer, of nobody",
        "7.1.0",
    )
    assert (instance.users, instance.posts, instance.active_month, instance.registrations) == (
        321,
        7,
        12,
        "by approval",
    )
    assert instance.following == instance.followers == tuple(follows)
    assert set(instance.gaps) == {"domains", "activity"}


async def test_the_number_of_follows_is_limited() -> None:
    fake_server = FakePeerTube(HOME, follows=[f"s{n}.example" for n in range(5000)])
    instance = await fetch_all_details(peertube, fake_server)
    assert len(instance.following) == 2000


def test_its_details_are_stored_and_there_is_no_directory(tmp_path: Path) -> None:
    fediverse = FakeFediverse({HOME: FakePeerTube(HOME, follows=["far.example"])})
    with Database.open(tmp_path / "fedistats.db") as store:
        crawl = Crawler(fediverse.fetch, store, now=lambda: 1793534400)
        asyncio.run(crawl.instance(Target(HOME)))
        asyncio.run(crawl.profiles(Target(HOME)))
        instance = Instance.read(store, HOME)
        assert (instance.software, instance.api, instance.following) == ("peertube", "peertube", ("far.example",))
        with pytest.raises(NothingFound, match="its software, peertube, has none"):
            Profiles.read(store, HOME)


async def test_the_number_of_pages_of_follows_is_limited() -> None:
    fake_server = FakePeerTube(HOME)

    def one_follow(request: Request) -> dict[str, Any]:
        key = "following" if request.path.endswith("following") else "follower"
        return {"data": [{key: {"host": f"s{dict(request.params)['start']}.example"}}]}

    fake_server.responses |= {f"/api/v1/server/{page}": one_follow for page in ("following", "followers")}
    fediverse = FakeFediverse({HOME: fake_server})
    await peertube.fetch_instance_details(fediverse.fetch, await peertube.fetch_instance(fediverse.fetch, HOME))
    assert len(fediverse.requests) < 50


async def test_requests_after_the_first_page_are_paging_requests() -> None:
    requests = await timeline_requests(peertube.timeline, FakePeerTube(HOME, posts_by(*["ann"] * 210)))
    assert len(requests) > 3
    assert all(request.paging for request in requests[1:])
