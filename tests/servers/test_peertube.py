"""PeerTube's API: what its pages mean, and what is made of pages that mean nothing."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from fedistats import optout
from fedistats.crawl.crawler import Crawler
from fedistats.errors import InvalidResponse, NothingFound
from fedistats.fetch import Request
from fedistats.hosts import Host, Target
from fedistats.model import InstanceInfo, Post
from fedistats.render import terminal
from fedistats.results import queries
from fedistats.servers import peertube
from fedistats.servers.api import LOCAL, PUBLIC, Server
from fedistats.store.database import Database
from tests.fediverse import Fediverse
from tests.softwares import PeerTube, heard

HOME = Host("home.example")
SERVER = Server(HOME, HOME)
VIDEOS = "/api/v1/videos"


async def read(made: PeerTube, feed: str = PUBLIC, cursor: str | None = None) -> list[Post]:
    seen: set[str] = set()
    fediverse = Fediverse({HOME: made})
    fresh = lambda id_: id_ not in seen and not seen.add(id_)  # type: ignore[func-returns-value]  # noqa: E731
    return [
        post async for page in peertube.timeline(fediverse.fetch, SERVER, feed, fresh, cursor) for post in page.posts
    ]


async def test_videos_are_read_page_by_page_to_their_end() -> None:
    posts = await read(PeerTube(HOME, heard(*["ann", "bob@far.example"] * 130)))
    assert [post.origin for post in posts] == ["far.example", HOME] * 130


async def test_reading_goes_on_where_it_was_left() -> None:
    assert len(await read(PeerTube(HOME, heard(*["ann"] * 130)), cursor="100")) == 30


async def test_local_videos_are_the_servers_own() -> None:
    posts = await read(PeerTube(HOME, heard("ann", "bob@far.example", "cat")), LOCAL)
    assert [post.author.key for post in posts] == ["cat@home.example", "ann@home.example"]


async def test_a_language_may_be_unknown() -> None:
    assert [post.language for post in await read(PeerTube(HOME, heard("ann", "bob")))] == [None, "fr"]


async def test_a_video_that_moves_down_while_we_read_is_read_once() -> None:
    made = PeerTube(HOME, heard(*["ann"] * 130))

    starts: list[int] = []

    def shifting(question: Any) -> dict[str, Any]:
        start = int(dict(question.params)["start"])
        starts.append(start)
        return {"data": made.videos[max(0, start - 5) : start + 95]}

    made.answers[VIDEOS] = shifting
    posts = await read(made)
    assert len(posts) == len({post.id for post in posts}) == 130
    assert starts == [0, 95, 135]  # advanced by what came, not by what was asked for


async def test_who_says_no_in_their_name_is_left_out() -> None:
    made = PeerTube(HOME, heard("ann"))
    assert not optout.opted_out((await read(made))[0].author)
    made.videos[0]["account"]["displayName"] = "Ann #nobot"
    assert optout.opted_out((await read(made))[0].author)


@pytest.mark.parametrize("body", [{"error": "x"}, [], None, {"data": 5}, {"data": {}}])
async def test_what_is_no_page_of_videos_is_garbled(body: Any) -> None:
    made = PeerTube(HOME)
    made.answers[VIDEOS] = lambda _: json.dumps(body).encode()
    with pytest.raises(InvalidResponse):
        await read(made)


async def test_one_odd_video_never_costs_the_rest_of_its_page() -> None:
    made = PeerTube(HOME, heard("ann", "bob"))
    odd: list[Any] = [
        made.videos[0],
        None,
        7,
        {"uuid": 5},
        {"uuid": "x"},
        {"uuid": "x", "account": None},
        made.videos[1],
    ]
    made.answers[VIDEOS] = {"data": odd}
    assert [post.author.key for post in await read(made)] == ["bob@home.example", "ann@home.example"]


async def test_what_it_says_about_itself_and_whom_it_follows() -> None:
    follows = [f"s{n:03}.example" for n in range(150)]
    fediverse = Fediverse({HOME: PeerTube(HOME, follows=[*follows, "home.example", "localhost"])})
    told = await peertube.fetch_instance_details(fediverse.fetch, await peertube.fetch_instance(fediverse.fetch, HOME))
    assert (told.title, told.description, told.version) == ("Made-up PeerTube", "Much longer, of nobody", "7.1.0")
    assert (told.users, told.posts, told.active_month, told.registrations) == (321, 7, 12, "by approval")
    assert told.following == told.followers == tuple(follows)
    assert set(told.gaps) == {"domains", "activity"}


async def test_a_server_that_follows_everybody_is_not_read_for_ever() -> None:
    made = PeerTube(HOME, follows=[f"s{n}.example" for n in range(5000)])
    fediverse = Fediverse({HOME: made})
    told = await peertube.fetch_instance_details(fediverse.fetch, await peertube.fetch_instance(fediverse.fetch, HOME))
    assert len(told.following) == 2000


def test_its_portrait_survives_the_store_and_it_has_no_directory(tmp_path: Path) -> None:
    import asyncio

    fediverse = Fediverse({HOME: PeerTube(HOME, follows=["far.example"])})
    with Database.open(tmp_path / "fedistats.db") as store:
        crawl = Crawler(fediverse.fetch, store, now=lambda: 1793534400)
        asyncio.run(crawl.instance(Target(HOME)))
        asyncio.run(crawl.profiles(Target(HOME)))
        told = queries.instance(store, HOME)[1]
        assert (told.software, told.api, told.following) == ("peertube", "peertube", ("far.example",))
        with pytest.raises(NothingFound, match="its software, peertube, has none"):
            queries.profiles(store, HOME)


async def test_a_server_that_names_one_follow_a_page_is_asked_for_few_pages() -> None:
    made = PeerTube(HOME)

    def one(question: Request) -> dict[str, Any]:
        end = "following" if question.path.endswith("following") else "follower"
        return {"data": [{end: {"host": f"s{dict(question.params)['start']}.example"}}]}

    made.answers |= {f"/api/v1/server/{page}": one for page in ("following", "followers")}
    fediverse = Fediverse({HOME: made})
    await peertube.fetch_instance_details(fediverse.fetch, await peertube.fetch_instance(fediverse.fetch, HOME))
    assert len(fediverse.asked) < 50


async def test_pages_count_among_the_300_in_15_minutes() -> None:
    fediverse, seen = Fediverse({HOME: PeerTube(HOME, heard(*["ann"] * 210))}), set[str]()
    fresh = lambda id_: id_ not in seen and not seen.add(id_)  # type: ignore[func-returns-value]  # noqa: E731
    _ = [page async for page in peertube.timeline(fediverse.fetch, SERVER, PUBLIC, fresh)]
    assert len(fediverse.asked) > 3
    assert all(question.paging for question in fediverse.asked[1:])


def test_the_terminal_says_how_many_servers_it_follows_and_is_followed_by() -> None:
    hosts = (Host("a.example"), Host("b.example"))
    out = io.StringIO()
    Console(width=100, file=out).print(
        terminal.instance(InstanceInfo(HOME, HOME, following=hosts, followers=hosts[:1]))
    )
    assert re.search(r"servers it follows +2\b", out.getvalue())
    assert re.search(r"servers that follow it +1\b", out.getvalue())
