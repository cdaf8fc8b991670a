"""Reading Mastodon's public timeline and directory."""

from __future__ import annotations

from typing import Any

import pytest

from fedistats.fetch import Request
from fedistats.hosts import Host
from fedistats.model import Post
from fedistats.servers import mastodon
from fedistats.servers.api import LOCAL, PUBLIC, Server
from tests.fediverse import DIRECTORY, TIMELINE, FakeFediverse, FakeServer, account, post
from tests.servers.reading import HOME, SERVER, read_directory, read_timeline, timeline_requests


async def read(fake_server: FakeServer, feed: str = PUBLIC, server: Server = SERVER) -> list[Post]:
    return await read_timeline(mastodon.timeline, fake_server, feed, server=server)


async def read_post(**fields: Any) -> Post:
    return (await read(FakeServer([post(1, **{"acct": "ann", **fields})])))[0]


async def test_all_pages_are_read() -> None:
    posts = await read(FakeServer([post(n, "ann") for n in range(100, 0, -1)]))
    assert [p.id for p in posts] == [f"{n:06}" for n in range(100, 0, -1)]


async def test_reading_ends_at_a_repeated_page() -> None:
    first = [post(n, "ann") for n in range(40)]
    assert len(await read(FakeServer(responses={TIMELINE: first}))) == 40


async def test_a_server_that_ignores_the_cursor_gets_two_requests() -> None:
    page = [post(n, "ann") for n in range(40, 0, -1)]
    fake_server = FakeServer(responses={TIMELINE: page})
    assert len(await timeline_requests(mastodon.timeline, fake_server)) == 2


async def test_a_short_page_is_not_the_last_page() -> None:
    def short_page(request: Request) -> list[dict[str, Any]]:
        max_id = int(dict(request.params).get("max_id", "8"))
        return [post(n, "ann") for n in range(max_id - 1, max(max_id - 3, 0), -1)]

    assert len(await read(FakeServer(responses={TIMELINE: short_page}))) == 7


async def test_the_local_feed_is_requested_with_local_true() -> None:
    fediverse = FakeFediverse({HOME: FakeServer([post(1, "ann")])})
    async for _ in mastodon.timeline(fediverse.fetch, SERVER, LOCAL, lambda _: False):
        pass
    assert dict(fediverse.requests[0].params)["local"] == "true"


@pytest.mark.parametrize(
    ("acct", "origin"),
    [
        ("ann", "home.example"),
        ("ann@home.example", "home.example"),
        ("ann@HOME.example.", "home.example"),
        ("ann@far.example", "far.example"),
        ("ann@Far.Example:443", "far.example"),
        ("ann@bücher.example", "xn--bcher-kva.example"),
        ("ann@far.example:4443", "far.example:4443"),
        ("ann@localhost", None),
        ("ann@127.0.0.1", None),
        ("ann@printer.local", None),
    ],
)
async def test_the_origin_of_a_post_is_the_domain_of_its_authors_handle(acct: str, origin: str | None) -> None:
    assert (await read_post(account=account(acct))).origin == origin


async def test_without_a_handle_the_origin_is_the_host_of_the_accounts_id() -> None:
    assert (
        await read_post(account={"uri": "https://far.example/users/ann", "url": "https://other.example/@ann"})
    ).origin == "far.example"


async def test_the_url_of_a_post_does_not_determine_its_origin() -> None:
    assert (
        await read_post(
            account=account("ann@far.example"), url="https://bridge.example/1", uri="https://bridge.example/1"
        )
    ).origin == "far.example"


async def test_both_names_of_a_server_are_its_domain() -> None:
    server = Server(Host("home.example"), Host("social.home.example"))
    fake_server = FakeServer([post(3, "ann"), post(2, "bob@home.example"), post(1, "cat@social.home.example")])
    assert {p.origin for p in await read(fake_server, server=server)} == {"home.example"}
    assert {p.author.key for p in await read(fake_server, server=server)} == {
        "ann@home.example",
        "bob@home.example",
        "cat@home.example",
    }


async def test_a_boost_counts_as_a_post_of_the_original_author() -> None:
    assert (await read_post(reblog={"account": account("ann@far.example")})).origin == "far.example"


@pytest.mark.parametrize(
    ("created_at", "seconds"),
    [
        ("2026-11-01T12:00:00.000Z", 1793534400),
        ("2026-11-01T12:00:00+00:00", 1793534400),
        ("2026-11-01T12:00:00.123456Z", 1793534400),
        ("2026-11-01T12:00:00", 1793534400),
        ("2026-11-01", 1793491200),
        ("0001-01-01T00:00:00Z", None),
        ("1970-01-01T00:00:00Z", None),
        ("yesterday", None),
        (5, None),
        (None, None),
    ],
)
async def test_times_are_parsed_in_many_formats(created_at: object, seconds: int | None) -> None:
    assert (await read_post(created_at=created_at)).written_at == seconds


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", "en"),
        ("pt-BR", "pt"),
        ("zh_Hant", "zh"),
        ("unk", None),
        ("", None),
        (None, None),
        (7, None),
        ("\x1b]0;x", None),
    ],
)
async def test_a_language_is_reduced_to_its_primary_code(tag: object, language: str | None) -> None:
    assert (await read_post(language=tag)).language == language


async def test_a_post_with_a_long_id_is_dropped() -> None:
    assert [p.id for p in await read(FakeServer([post(2, "ann", id="9" * 501), post(1, "ann")]))] == ["000001"]
    assert await read(FakeServer([post(2, "ann", id=10**600)])) == []


async def test_hashtags_are_limited_to_100() -> None:
    assert len((await read_post(tags=[{"name": f"tag{n}"} for n in range(5000)])).tags) == 100


async def test_a_directory_that_shifts_while_it_is_read_returns_each_account_once() -> None:
    accounts = [account(f"user{n}") for n in range(200)]

    def shifting(request: Request) -> list[dict[str, Any]]:
        offset = int(dict(request.params)["offset"])
        shift = 3 if offset else 0  # three accounts were added after the first page
        return accounts[max(0, offset - shift) : offset - shift + 80]

    found = await read_directory(mastodon.directory, FakeServer(responses={DIRECTORY: shifting}))
    assert sorted(account.key for account in found) == sorted(f"user{n}@home.example" for n in range(200))


async def test_remote_accounts_in_a_directory_are_ignored() -> None:
    profiles = [account("ann"), account("bob@far.example"), account("cat@home.example")]
    found = await read_directory(mastodon.directory, FakeServer(profiles=profiles))
    assert [account.key for account in found] == ["ann@home.example", "cat@home.example"]


async def test_a_directory_with_short_pages_is_read_to_its_end() -> None:
    accounts = [account(f"u{n}") for n in range(130)]

    def page_of_40(request: Any) -> list[dict[str, Any]]:
        offset = int(dict(request.params)["offset"])
        return accounts[offset : offset + 40]

    assert len(await read_directory(mastodon.directory, FakeServer(responses={DIRECTORY: page_of_40}))) == 130
