"""Reading Lemmy's API, also with invalid responses."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from fedistats import optout
from fedistats.crawl.crawler import Crawler
from fedistats.errors import AccessDenied, InvalidResponse, NothingFound
from fedistats.hosts import Target
from fedistats.model import Post
from fedistats.results.profiles import Profiles
from fedistats.servers import lemmy
from fedistats.servers.api import LOCAL, PUBLIC
from fedistats.store.database import Database
from tests.fake_servers import FakeLemmy, posts_by
from tests.fediverse import FakeFediverse
from tests.servers.reading import HOME, fetch_all_details, read_timeline, timeline_requests

LIST = "/api/v3/post/list"


async def read(fake_server: FakeLemmy, feed: str = PUBLIC, cursor: str | None = None) -> list[Post]:
    return await read_timeline(lemmy.timeline, fake_server, feed, cursor)


@pytest.mark.parametrize("cursors", [True, False])
async def test_all_pages_are_read_with_a_cursor_or_by_number(cursors: bool) -> None:
    posts = await read(FakeLemmy(HOME, posts_by(*["ann", "bob@far.example"] * 70), cursors=cursors))
    assert [post.origin for post in posts] == ["far.example", HOME] * 70
    assert [post.id for post in posts] == [str(number) for number in range(140, 0, -1)]


async def test_a_cursor_of_non_ascii_digits_is_not_a_page_number() -> None:
    fake_server = FakeLemmy(HOME, posts_by("ann", "bob"))
    first = {"posts": fake_server.views[:1], "next_page": "\N{SUPERSCRIPT TWO}"}
    fake_server.responses[LIST] = lambda request: (
        first if ("page", "1") in request.params else {"posts": fake_server.views[1:]}
    )
    assert len(await read(fake_server)) == 2


@pytest.mark.parametrize(("cursors", "cursor"), [(True, "P32"), (False, "2")])
async def test_reading_continues_at_the_cursor(cursors: bool, cursor: str) -> None:
    posts = await read(FakeLemmy(HOME, posts_by(*["ann"] * 60), cursors=cursors), cursor=cursor)
    assert [post.id for post in posts] == [str(number) for number in range(10, 0, -1)]


async def test_the_local_feed_contains_posts_of_local_accounts() -> None:
    posts = await read(FakeLemmy(HOME, posts_by("ann", "bob@far.example", "cat")), LOCAL)
    assert [post.author.key for post in posts] == ["cat@home.example", "ann@home.example"]


async def test_the_origin_of_a_post_is_the_instance_of_its_author_not_of_its_community() -> None:
    post = (await read(FakeLemmy(HOME, posts_by("bob@far.example"))))[0]
    assert (post.origin, post.language, post.tags, post.text) == ("far.example", "en", (), "")


async def test_the_id_of_an_author_is_ap_id_in_later_versions() -> None:
    fake_server = FakeLemmy(HOME, posts_by("bob"), actor_id=None, ap_id="https://far.example/u/bob")
    assert (await read(fake_server))[0].origin == "far.example"


@pytest.mark.parametrize(
    ("language_id", "language"), [(0, None), (1, "aa"), (32, "de"), (47, "fr"), (183, "zu"), (184, None), ("37", None)]
)
async def test_a_language_id_is_converted_to_its_code(language_id: Any, language: str | None) -> None:
    fake_server = FakeLemmy(HOME, posts_by("ann"))
    fake_server.views[0]["post"]["language_id"] = language_id
    assert (await read(fake_server))[0].language == language


@pytest.mark.parametrize(
    "creator", [{"banned": True}, {"deleted": True}, {"bio": "I *garden*. #nobot"}, {"display_name": "Ann #noindex"}]
)
async def test_authors_who_opted_out_or_are_banned_are_skipped(creator: dict[str, Any]) -> None:
    assert optout.opted_out((await read(FakeLemmy(HOME, posts_by("ann"), **creator)))[0].author)
    assert not optout.opted_out((await read(FakeLemmy(HOME, posts_by("ann"))))[0].author)


async def test_a_private_server_denies_access() -> None:
    with pytest.raises(AccessDenied):
        await read(FakeLemmy(HOME, posts_by("ann"), private=True))


@pytest.mark.parametrize("body", [{"error": "x"}, [], None, {"posts": 5}, {"posts": {}}])
async def test_a_response_that_is_not_a_page_is_invalid(body: Any) -> None:
    fake_server = FakeLemmy(HOME)
    fake_server.responses[LIST] = lambda _: json.dumps(body).encode()
    with pytest.raises(InvalidResponse):
        await read(fake_server)


async def test_invalid_posts_are_dropped_and_the_rest_of_the_page_is_kept() -> None:
    fake_server = FakeLemmy(HOME, posts_by("ann", "bob"))
    invalid: list[Any] = [
        None,
        7,
        {"post": {}},
        {"post": {"id": "x"}, "creator": {}},
        {"post": {"id": 9}, "creator": None},
    ]
    fake_server.responses[LIST] = {"posts": [fake_server.views[0], *invalid, fake_server.views[1]], "next_page": "P2"}
    assert [post.id for post in await read(fake_server)] == ["2", "1"]


async def test_the_details_of_an_instance() -> None:
    instance = await fetch_all_details(lemmy, FakeLemmy(HOME))
    assert (instance.title, instance.description, instance.version) == ("Fake Lemmy", "of nobody", "0.19.5")
    assert (instance.users, instance.posts, instance.active_month, instance.domains) == (321, 7, 12, None)
    assert (instance.registrations, instance.local_timeline) == ("by approval", "public")
    assert set(instance.gaps) == {"domains", "activity"}


def test_there_is_no_directory_and_it_is_not_requested(tmp_path: Path) -> None:
    fediverse = FakeFediverse({HOME: FakeLemmy(HOME)})
    with Database.open(tmp_path / "fedistats.db") as store:
        asyncio.run(Crawler(fediverse.fetch, store, now=lambda: 1793534400).profiles(Target(HOME)))
        with pytest.raises(NothingFound, match="its software, lemmy, has none"):
            Profiles.read(store, HOME)
    assert not [request for request in fediverse.requests if "directory" in request.path]


async def test_requests_after_the_first_page_are_paging_requests() -> None:
    requests = await timeline_requests(lemmy.timeline, FakeLemmy(HOME, posts_by(*["ann"] * 210)))
    assert len(requests) > 3
    assert all(request.paging for request in requests[1:])
