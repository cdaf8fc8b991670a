"""Lemmy's API: what its pages mean, and what is made of pages that mean nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fedistats import optout
from fedistats.crawl.crawler import Crawler
from fedistats.errors import AccessDenied, InvalidResponse, NothingFound
from fedistats.hosts import Host, Target
from fedistats.model import Post
from fedistats.results import queries
from fedistats.servers import lemmy
from fedistats.servers.api import LOCAL, PUBLIC, Server
from fedistats.store.database import Database
from tests.fediverse import Fediverse
from tests.softwares import Lemmy, heard

HOME = Host("home.example")
SERVER = Server(HOME, HOME)
LIST = "/api/v3/post/list"


async def read(made: Lemmy, feed: str = PUBLIC, cursor: str | None = None) -> list[Post]:
    seen: set[str] = set()
    fediverse = Fediverse({HOME: made})
    fresh = lambda id_: id_ not in seen and not seen.add(id_)  # type: ignore[func-returns-value]  # noqa: E731
    return [post async for page in lemmy.timeline(fediverse.fetch, SERVER, feed, fresh, cursor) for post in page.posts]


@pytest.mark.parametrize("cursors", [True, False])
async def test_posts_are_read_page_by_page_to_their_end_with_a_cursor_or_by_number(cursors: bool) -> None:
    posts = await read(Lemmy(HOME, heard(*["ann", "bob@far.example"] * 70), cursors=cursors))
    assert [post.origin for post in posts] == ["far.example", HOME] * 70
    assert [post.id for post in posts] == [str(number) for number in range(140, 0, -1)]


async def test_a_next_page_that_only_looks_like_a_number_ends_no_run() -> None:
    made = Lemmy(HOME, heard("ann", "bob"))
    first = {"posts": made.views[:1], "next_page": "\N{SUPERSCRIPT TWO}"}
    made.answers[LIST] = lambda question: first if ("page", "1") in question.params else {"posts": made.views[1:]}
    assert len(await read(made)) == 2


@pytest.mark.parametrize(("cursors", "cursor"), [(True, "P32"), (False, "2")])
async def test_reading_goes_on_where_it_was_left(cursors: bool, cursor: str) -> None:
    posts = await read(Lemmy(HOME, heard(*["ann"] * 60), cursors=cursors), cursor=cursor)
    assert [post.id for post in posts] == [str(number) for number in range(10, 0, -1)]


async def test_local_posts_are_those_of_the_servers_own_people() -> None:
    posts = await read(Lemmy(HOME, heard("ann", "bob@far.example", "cat")), LOCAL)
    assert [post.author.key for post in posts] == ["cat@home.example", "ann@home.example"]


async def test_where_a_post_was_written_is_where_its_author_lives_not_where_the_community_is() -> None:
    post = (await read(Lemmy(HOME, heard("bob@far.example"))))[0]
    assert (post.origin, post.language, post.tags, post.text) == ("far.example", "en", (), "")


async def test_later_versions_call_the_address_of_an_author_otherwise() -> None:
    made = Lemmy(HOME, heard("bob"), actor_id=None, ap_id="https://far.example/u/bob")
    assert (await read(made))[0].origin == "far.example"


@pytest.mark.parametrize(
    ("number", "language"), [(0, None), (1, "aa"), (32, "de"), (47, "fr"), (183, "zu"), (184, None), ("37", None)]
)
async def test_a_language_is_a_number_that_is_the_same_everywhere(number: Any, language: str | None) -> None:
    made = Lemmy(HOME, heard("ann"))
    made.views[0]["post"]["language_id"] = number
    assert (await read(made))[0].language == language


@pytest.mark.parametrize(
    "no", [{"banned": True}, {"deleted": True}, {"bio": "I *garden*. #nobot"}, {"display_name": "Ann #noindex"}]
)
async def test_who_wants_out_or_was_banned_is_left_out(no: dict[str, Any]) -> None:
    assert optout.opted_out((await read(Lemmy(HOME, heard("ann"), **no)))[0].author)
    assert not optout.opted_out((await read(Lemmy(HOME, heard("ann"))))[0].author)


async def test_a_private_server_is_closed_by_its_owner() -> None:
    with pytest.raises(AccessDenied):
        await read(Lemmy(HOME, heard("ann"), private=True))


@pytest.mark.parametrize("body", [{"error": "x"}, [], None, {"posts": 5}, {"posts": {}}])
async def test_what_is_no_page_of_posts_is_garbled(body: Any) -> None:
    made = Lemmy(HOME)
    made.answers[LIST] = lambda _: json.dumps(body).encode()
    with pytest.raises(InvalidResponse):
        await read(made)


async def test_one_odd_post_never_costs_the_rest_of_its_page() -> None:
    made = Lemmy(HOME, heard("ann", "bob"))
    odd: list[Any] = [None, 7, {"post": {}}, {"post": {"id": "x"}, "creator": {}}, {"post": {"id": 9}, "creator": None}]
    made.answers[LIST] = {"posts": [made.views[0], *odd, made.views[1]], "next_page": "P2"}
    assert [post.id for post in await read(made)] == ["2", "1"]


async def test_what_it_says_about_itself() -> None:
    fediverse = Fediverse({HOME: Lemmy(HOME)})
    told = await lemmy.fetch_instance_details(fediverse.fetch, await lemmy.fetch_instance(fediverse.fetch, HOME))
    assert (told.title, told.description, told.version) == ("Made-up Lemmy", "of nobody", "0.19.5")
    assert (told.users, told.posts, told.active_month, told.domains) == (321, 7, 12, None)
    assert (told.registrations, told.local_timeline) == ("by approval", "public")
    assert set(told.gaps) == {"domains", "activity"}


def test_it_has_no_directory_and_that_is_said_without_asking(tmp_path: Path) -> None:
    import asyncio

    fediverse = Fediverse({HOME: Lemmy(HOME)})
    with Database.open(tmp_path / "fedistats.db") as store:
        asyncio.run(Crawler(fediverse.fetch, store, now=lambda: 1793534400).profiles(Target(HOME)))
        with pytest.raises(NothingFound, match="its software, lemmy, has none"):
            queries.profiles(store, HOME)
    assert not [question for question in fediverse.asked if "directory" in question.path]


async def test_pages_count_among_the_300_in_15_minutes() -> None:
    fediverse, seen = Fediverse({HOME: Lemmy(HOME, heard(*["ann"] * 210))}), set[str]()
    fresh = lambda id_: id_ not in seen and not seen.add(id_)  # type: ignore[func-returns-value]  # noqa: E731
    _ = [page async for page in lemmy.timeline(fediverse.fetch, SERVER, PUBLIC, fresh)]
    assert len(fediverse.asked) > 3
    assert all(question.paging for question in fediverse.asked[1:])
