"""Misskey's API: what its pages mean, and what is made of pages that mean nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fedistats import optout
from fedistats.crawl.crawler import Crawler
from fedistats.errors import AccessDenied, InvalidResponse, NothingFound
from fedistats.hosts import Host, Target
from fedistats.model import Post, ProfileCounts
from fedistats.results import queries
from fedistats.servers import misskey
from fedistats.servers.api import LOCAL, PUBLIC, Server
from fedistats.store.database import Database
from tests.fediverse import Fediverse
from tests.softwares import Misskey, heard

HOME = Host("home.example")
SERVER = Server(HOME, HOME)


async def read(made: Misskey, feed: str = PUBLIC) -> list[Post]:
    seen: set[str] = set()
    fediverse = Fediverse({HOME: made})
    fresh = lambda id_: id_ not in seen and not seen.add(id_)  # type: ignore[func-returns-value]  # noqa: E731
    return [post async for page in misskey.timeline(fediverse.fetch, SERVER, feed, fresh) for post in page.posts]


async def one(**more: Any) -> Post:
    made = Misskey(HOME)
    made.notes = [made.note(1, "ann", **more)]
    return (await read(made))[0]


async def test_a_timeline_is_read_page_by_page_to_its_end() -> None:
    posts = await read(Misskey(HOME, heard(*["ann", "bob@far.example"] * 130)))
    assert [post.origin for post in posts] == ["far.example", HOME] * 130
    assert [post.id for post in posts] == [f"9zzz{number:06}x" for number in range(260, 0, -1)]


async def test_the_local_timeline_has_the_servers_own_people() -> None:
    posts = await read(Misskey(HOME, heard("ann", "bob@far.example", "cat")), LOCAL)
    assert [post.author.key for post in posts] == ["cat@home.example", "ann@home.example"]


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        (None, "home.example"),
        ("home.example", "home.example"),
        ("Far.Example", "far.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("localhost", None),
        (7, None),
    ],
)
async def test_the_home_of_a_note_is_the_host_of_its_user_and_null_is_this_server(host: Any, origin: str) -> None:
    assert (await one(user={"username": "ann", "host": host})).origin == origin


async def test_a_note_without_a_user_has_no_home() -> None:
    assert (await one(user=None)).origin is None


RENOTED = {"id": "9", "text": "hi", "user": {"username": "bob", "host": "far.example"}, "tags": ["cats"]}


@pytest.mark.parametrize(
    ("more", "origin", "tags"),
    [
        ({"text": None, "renote": RENOTED}, "far.example", ("cats",)),
        ({"text": "look at this", "renote": RENOTED}, "home.example", ("dogs",)),
        ({"text": None, "fileIds": ["f"], "renote": RENOTED}, "home.example", ("dogs",)),
        ({"text": None, "poll": {"choices": []}, "renote": RENOTED}, "home.example", ("dogs",)),
        ({"text": None, "renoteId": "9", "renote": None}, "home.example", ("dogs",)),
    ],
)
async def test_a_renote_counts_for_who_wrote_it_and_a_quote_for_who_quotes(
    more: dict[str, Any], origin: str, tags: tuple[str, ...]
) -> None:
    found = await one(tags=["dogs"], **more)
    assert (found.origin, found.tags) == (origin, tags)


async def test_the_language_of_a_note_is_not_said() -> None:
    assert (await one()).language is None


@pytest.mark.parametrize(
    "no",
    [
        {"isHidden": True},
        {"user": {"username": "ann", "host": None, "requireSigninToViewContents": True}},
        {"user": {"username": "ann", "host": None, "noCrawle": True}},
        {"user": {"username": "ann", "host": None, "name": "Ann #nobot"}},
        {"text": None, "renote": {"user": {"username": "bob", "host": "far.example", "isSilenced": True}}},
    ],
)
async def test_who_does_not_want_to_be_read_by_everybody_is_left_out(no: dict[str, Any]) -> None:
    assert optout.opted_out((await one(**no)).author)
    assert not optout.opted_out((await one()).author)


async def test_a_feed_that_is_switched_off_is_closed_by_its_owner() -> None:
    with pytest.raises(AccessDenied):
        await read(Misskey(HOME, heard("ann"), closed=["public"]))


@pytest.mark.parametrize("body", [{"error": {"code": "NO"}}, None, "text", 5])
async def test_what_is_no_page_of_notes_is_garbled(body: Any) -> None:
    made = Misskey(HOME)
    made.answers["/api/notes/global-timeline"] = lambda _: json.dumps(body).encode()
    with pytest.raises(InvalidResponse):
        await read(made)


async def test_one_odd_note_never_costs_the_rest_of_its_page() -> None:
    made = Misskey(HOME)
    made.notes = []
    odd = [
        made.note(3, "ann"),
        None,
        7,
        {"no": "id"},
        {"id": 4},
        {**made.note(2, "bob"), "user": 5},
        made.note(1, "cat"),
    ]
    made.answers["/api/notes/global-timeline"] = odd
    assert [post.id for post in await read(made)] == ["9zzz000003x", "9zzz000001x"]


async def test_a_server_that_gives_its_first_page_for_ever_is_read_once() -> None:
    made = Misskey(HOME)
    made.answers["/api/notes/global-timeline"] = [made.note(n, "ann") for n in range(10, 0, -1)]
    assert len(await read(made)) == 10


async def test_what_it_says_about_itself() -> None:
    fediverse = Fediverse({HOME: Misskey(HOME, closed=["public"])})
    told = await misskey.fetch_instance_details(fediverse.fetch, await misskey.fetch_instance(fediverse.fetch, HOME))
    assert (told.title, told.description, told.version) == ("Made-up Misskey", "of nobody", "2026.1.0")
    assert (told.users, told.posts, told.domains) == (321, 7, 44)
    assert (told.registrations, told.rules, told.languages) == ("closed", ("be kind",), ("ja",))
    assert (told.local_timeline, told.remote_timeline) == ("public", "disabled")
    assert (told.active_month, told.activity, set(told.gaps)) == (None, (), {"activity"})


def profiles(path: Path, users: list[dict[str, Any]]) -> ProfileCounts:
    import asyncio

    fediverse = Fediverse({HOME: Misskey(HOME, users=users)})
    with Database.open(path) as store:
        asyncio.run(Crawler(fediverse.fetch, store, now=lambda: 1793534400).profiles(Target(HOME)))
        return queries.profiles(store, HOME)


def user(number: int, **more: Any) -> dict[str, Any]:
    known = {"id": f"u{number}", "username": f"u{number}", "host": None, "createdAt": "2022-11-05T00:00:00.000Z"}
    return {**known, "description": "gardener", "followersCount": 3 * number, "notesCount": 5, "fields": [], **more}


def test_its_people_are_counted_by_who_may_be_found(tmp_path: Path) -> None:
    no: list[dict[str, Any]] = [
        {"isExplorable": False},
        {"noCrawle": True},
        {"isSilenced": True},
        {"isSuspended": True},
        {"description": "#NoBot"},
        {"fields": [{"name": "x", "value": "#noindex"}]},
    ]
    users = [user(n) for n in range(120)] + [user(200 + n, **more) for n, more in enumerate(no)]
    found = profiles(tmp_path / "fedistats.db", [*users, user(300, host="far.example")])
    assert (found.listed, found.left_out, found.counted, found.with_bio) == (126, 6, 120, 120)
    assert [(word.text, word.people) for word in found.words] == [("gardener", 120)]
    assert {d.name for d in found.distributions} == {"account age", "followers", "posts"}


def test_an_empty_directory_is_no_portrait(tmp_path: Path) -> None:
    with pytest.raises(NothingFound):
        profiles(tmp_path / "fedistats.db", [])


async def test_of_endless_hashtags_a_hundred_are_read_and_an_endless_id_is_none() -> None:
    assert len((await one(tags=[f"tag{n}" for n in range(5000)])).tags) == 100
    made = Misskey(HOME, heard("ann", "bob"))
    made.notes[0]["id"] = "9" * 501
    assert len(await read(made)) == 1


async def test_pages_count_among_the_300_in_15_minutes() -> None:
    fediverse, seen = Fediverse({HOME: Misskey(HOME, heard(*["ann"] * 210))}), set[str]()
    fresh = lambda id_: id_ not in seen and not seen.add(id_)  # type: ignore[func-returns-value]  # noqa: E731
    _ = [page async for page in misskey.timeline(fediverse.fetch, SERVER, PUBLIC, fresh)]
    assert len(fediverse.asked) > 3
    assert all(question.paging for question in fediverse.asked[1:])
