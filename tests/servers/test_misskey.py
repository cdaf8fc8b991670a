"""Reading Misskey's API, also with invalid responses."""

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
from fedistats.model import Post, ProfileCounts
from fedistats.results.profiles import Profiles
from fedistats.servers import misskey
from fedistats.servers.api import LOCAL, PUBLIC
from fedistats.store.database import Database
from tests.fake_servers import FakeMisskey, posts_by
from tests.fediverse import FakeFediverse
from tests.servers.reading import HOME, fetch_all_details, read_timeline, timeline_requests


async def read(fake_server: FakeMisskey, feed: str = PUBLIC) -> list[Post]:
    return await read_timeline(misskey.timeline, fake_server, feed)


async def read_note(**fields: Any) -> Post:
    fake_server = FakeMisskey(HOME)
    fake_server.notes = [fake_server.note(1, "ann", **fields)]
    return (await read(fake_server))[0]


async def test_all_pages_are_read() -> None:
    posts = await read(FakeMisskey(HOME, posts_by(*["ann", "bob@far.example"] * 130)))
    assert [post.origin for post in posts] == ["far.example", HOME] * 130
    assert [post.id for post in posts] == [f"9zzz{number:06}x" for number in range(260, 0, -1)]


async def test_the_local_feed_contains_posts_of_local_accounts() -> None:
    posts = await read(FakeMisskey(HOME, posts_by("ann", "bob@far.example", "cat")), LOCAL)
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
async def test_the_origin_of_a_note_is_the_host_of_its_user_and_null_is_this_server(host: Any, origin: str) -> None:
    assert (await read_note(user={"username": "ann", "host": host})).origin == origin


async def test_a_note_without_a_user_has_no_origin() -> None:
    assert (await read_note(user=None)).origin is None


RENOTED = {"id": "9", "text": "hi", "user": {"username": "bob", "host": "far.example"}, "tags": ["cats"]}


@pytest.mark.parametrize(
    ("fields", "origin", "tags"),
    [
        ({"text": None, "renote": RENOTED}, "far.example", ("cats",)),
        ({"text": "look at this", "renote": RENOTED}, "home.example", ("dogs",)),
        ({"text": None, "fileIds": ["f"], "renote": RENOTED}, "home.example", ("dogs",)),
        ({"text": None, "poll": {"choices": []}, "renote": RENOTED}, "home.example", ("dogs",)),
        ({"text": None, "renoteId": "9", "renote": None}, "home.example", ("dogs",)),
    ],
)
async def test_a_renote_counts_as_the_original_note_and_a_quote_as_a_note_of_its_own(
    fields: dict[str, Any], origin: str, tags: tuple[str, ...]
) -> None:
    found = await read_note(tags=["dogs"], **fields)
    assert (found.origin, found.tags) == (origin, tags)


async def test_a_note_has_no_language() -> None:
    assert (await read_note()).language is None


@pytest.mark.parametrize(
    "note",
    [
        {"isHidden": True},
        {"user": {"username": "ann", "host": None, "requireSigninToViewContents": True}},
        {"user": {"username": "ann", "host": None, "noCrawle": True}},
        {"user": {"username": "ann", "host": None, "name": "Ann #nobot"}},
        {"text": None, "renote": {"user": {"username": "bob", "host": "far.example", "isSilenced": True}}},
    ],
)
async def test_authors_who_opted_out_are_skipped(note: dict[str, Any]) -> None:
    assert optout.opted_out((await read_note(**note)).author)
    assert not optout.opted_out((await read_note()).author)


async def test_a_disabled_feed_denies_access() -> None:
    with pytest.raises(AccessDenied):
        await read(FakeMisskey(HOME, posts_by("ann"), closed=["public"]))


@pytest.mark.parametrize("body", [{"error": {"code": "NO"}}, None, "text", 5])
async def test_a_response_that_is_not_a_page_is_invalid(body: Any) -> None:
    fake_server = FakeMisskey(HOME)
    fake_server.responses["/api/notes/global-timeline"] = lambda _: json.dumps(body).encode()
    with pytest.raises(InvalidResponse):
        await read(fake_server)


async def test_invalid_notes_are_dropped_and_the_rest_of_the_page_is_kept() -> None:
    fake_server = FakeMisskey(HOME)
    fake_server.notes = []
    invalid = [
        fake_server.note(3, "ann"),
        None,
        7,
        {"no": "id"},
        {"id": 4},
        {**fake_server.note(2, "bob"), "user": 5},
        fake_server.note(1, "cat"),
    ]
    fake_server.responses["/api/notes/global-timeline"] = invalid
    assert [post.id for post in await read(fake_server)] == ["9zzz000003x", "9zzz000001x"]


async def test_reading_ends_at_a_repeated_page() -> None:
    fake_server = FakeMisskey(HOME)
    fake_server.responses["/api/notes/global-timeline"] = [fake_server.note(n, "ann") for n in range(10, 0, -1)]
    assert len(await read(fake_server)) == 10


async def test_the_details_of_an_instance() -> None:
    instance = await fetch_all_details(misskey, FakeMisskey(HOME, closed=["public"]))
    assert (instance.title, instance.description, instance.version) == ("Fake Misskey", "of nobody", "2026.1.0")
    assert (instance.users, instance.posts, instance.domains) == (321, 7, 44)
    assert (instance.registrations, instance.rules, instance.languages) == ("closed", ("be kind",), ("ja",))
    assert (instance.local_timeline, instance.remote_timeline) == ("public", "disabled")
    assert (instance.active_month, instance.activity, set(instance.gaps)) == (None, (), {"activity"})


def profiles(path: Path, users: list[dict[str, Any]]) -> ProfileCounts:
    fediverse = FakeFediverse({HOME: FakeMisskey(HOME, users=users)})
    with Database.open(path) as store:
        asyncio.run(Crawler(fediverse.fetch, store, now=lambda: 1793534400).profiles(Target(HOME)))
        return Profiles.read(store, HOME)


def user(number: int, **fields: Any) -> dict[str, Any]:
    defaults = {"id": f"u{number}", "username": f"u{number}", "host": None, "createdAt": "2022-11-05T00:00:00.000Z"}
    return {
        **defaults,
        "description": "gardener",
        "followersCount": 3 * number,
        "notesCount": 5,
        "fields": [],
        **fields,
    }


def test_only_accounts_that_did_not_opt_out_are_counted(tmp_path: Path) -> None:
    opted_out: list[dict[str, Any]] = [
        {"isExplorable": False},
        {"noCrawle": True},
        {"isSilenced": True},
        {"isSuspended": True},
        {"description": "#NoBot"},
        {"fields": [{"name": "x", "value": "#noindex"}]},
    ]
    users = [user(n) for n in range(120)] + [user(200 + n, **fields) for n, fields in enumerate(opted_out)]
    found = profiles(tmp_path / "fedistats.db", [*users, user(300, host="far.example")])
    assert (found.listed, found.left_out, found.counted, found.with_bio) == (126, 6, 120, 120)
    assert [(word.text, word.people) for word in found.words] == [("gardener", 120)]
    assert {d.name for d in found.distributions} == {"account age", "followers", "posts"}


def test_an_empty_directory_has_no_result(tmp_path: Path) -> None:
    with pytest.raises(NothingFound):
        profiles(tmp_path / "fedistats.db", [])


async def test_hashtags_are_limited_to_100_and_notes_with_long_ids_are_dropped() -> None:
    assert len((await read_note(tags=[f"tag{n}" for n in range(5000)])).tags) == 100
    fake_server = FakeMisskey(HOME, posts_by("ann", "bob"))
    fake_server.notes[0]["id"] = "9" * 501
    assert len(await read(fake_server)) == 1


async def test_requests_after_the_first_page_are_paging_requests() -> None:
    requests = await timeline_requests(misskey.timeline, FakeMisskey(HOME, posts_by(*["ann"] * 210)))
    assert len(requests) > 3
    assert all(request.paging for request in requests[1:])
