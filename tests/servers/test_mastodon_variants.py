"""Software that implements Mastodon's API with differences."""

from __future__ import annotations

from typing import Any

import pytest

from fedistats.model import Post
from fedistats.servers import mastodon, mastodon_instance
from fedistats.servers.api import LOCAL, PUBLIC
from tests.fake_servers import MASTODON_VARIANTS, MastodonVariant, MastodonVariantServer, posts_by
from tests.fediverse import TIMELINE, FakeServer, account, post
from tests.servers.reading import HOME, fetch_all_details, read_directory, read_timeline


async def read(fake_server: FakeServer, feed: str = PUBLIC) -> list[Post]:
    return await read_timeline(mastodon.timeline, fake_server, feed)


HANDLES = ["ann", "bob@far.example", "cat", "dan@near.example", "eve@far.example"]


def variants(*, feed: str) -> pytest.MarkDecorator:
    """One case for each software with this feed."""
    cases = [v for v in MASTODON_VARIANTS if feed not in v.closed | v.missing]
    return pytest.mark.parametrize("variant", cases, ids=[case.software for case in cases])


@variants(feed="public")
async def test_the_public_feed_is_read_to_its_end(variant: MastodonVariant) -> None:
    handles = HANDLES * 20
    posts = await read(MastodonVariantServer(HOME, variant, posts_by(*handles)))
    expected = [
        (number, handle) for number, handle in posts_by(*handles)[::-1] if not variant.local_only or "@" not in handle
    ]
    assert [p.id for p in posts] == [str(variant.ids(number)) for number, _ in expected]
    assert [p.origin for p in posts] == [handle.partition("@")[2] or HOME for _, handle in expected]
    assert [p.author.key for p in posts] == [
        handle if "@" in handle else f"{handle}@home.example" for _, handle in expected
    ]
    assert {p.language for p in posts} == ({"en"} if variant.language == "en" else {None})
    assert all(p.written_at and p.tags == ("gardening",) for p in posts)


@variants(feed="local")
async def test_the_local_feed_contains_posts_of_local_accounts(variant: MastodonVariant) -> None:
    posts = await read(MastodonVariantServer(HOME, variant, posts_by(*HANDLES * 20)), LOCAL)
    assert {p.origin for p in posts} == {HOME}
    assert len(posts) == 40
    assert {p.author.key for p in posts} == {"ann@home.example", "cat@home.example"}


@pytest.mark.parametrize("variant", MASTODON_VARIANTS, ids=[case.software for case in MASTODON_VARIANTS])
async def test_the_details_of_an_instance_are_parsed(variant: MastodonVariant) -> None:
    instance = await fetch_all_details(mastodon_instance, MastodonVariantServer(HOME, variant, []))
    assert (instance.host, instance.title, instance.software, instance.users) == (
        HOME,
        variant.software,
        variant.software,
        321,
    )


BOB = account("bob@far.example")


@pytest.mark.parametrize(
    ("fields", "origins"),
    [
        ({"account": {**BOB, "id": 17}, "id": 17}, ["far.example"]),
        ({"account": {"uri": "https://far.example/users/1"}}, ["far.example"]),
        ({"account": {"actor_id": "https://far.example/users/1"}}, ["far.example"]),
        ({"account": {"pleroma": {"ap_id": "https://far.example/users/1"}}}, ["far.example"]),
        ({"account": {"pleroma": [], "source": None, "url": "https://far.example/1"}}, ["far.example"]),
        ({"account": {}}, [None]),
        ({"account": None}, [None]),
        ({"account": BOB, "reblog": {}}, ["far.example"]),
        ({"account": account("ann"), "reblog": {"account": BOB}}, ["far.example"]),
        ({"account": BOB, "tags": {}, "emojis": {}, "mentions": {}}, ["far.example"]),
        ({"account": BOB, "tags": None, "content": None, "url": None}, ["far.example"]),
        ({"account": {**BOB, "fields": {}, "note": None, "display_name": None, "avatar": None}}, ["far.example"]),
        ({"account": {**BOB, "moved": [], "emojis": None, "bot": None, "group": 0}}, ["far.example"]),
        ({"account": BOB, "created_at": "0001-01-01T00:00:00.000Z"}, ["far.example"]),
        ({"account": BOB, "language": "unk"}, ["far.example"]),
        ({"account": []}, []),
        ({"account": BOB, "reblog": []}, []),
    ],
)
async def test_unusual_statuses_are_parsed(fields: dict[str, Any], origins: list[str | None]) -> None:
    last = post(0, "cat")
    posts = await read(FakeServer(responses={TIMELINE: [{**post(1, "x"), **fields}, last]}))
    assert [p.origin for p in posts] == [*origins, HOME]


@pytest.mark.parametrize(
    ("fields", "discoverable"),
    [
        ({"discoverable": True}, True),
        ({"discoverable": None}, None),
        ({"discoverable": None, "source": {"pleroma": {"discoverable": True}}}, True),
        ({"discoverable": None, "source": {"pleroma": {"discoverable": False}}}, False),
        ({"discoverable": False, "source": {"pleroma": {"discoverable": True}}}, False),
        ({"discoverable": None, "source": {"pleroma": "yes"}}, None),
    ],
)
async def test_the_discoverable_setting_of_pleroma_is_read(fields: dict[str, Any], discoverable: bool | None) -> None:
    accounts = await read_directory(mastodon.directory, FakeServer(profiles=[account("ann", **fields)]))
    assert [found.discoverable for found in accounts] == [discoverable]
