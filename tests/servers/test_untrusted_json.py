"""Lenient parsing of responses, through the functions that use it."""

from __future__ import annotations

from typing import Any

import pytest

from fedistats.errors import InvalidResponse
from fedistats.fetch import Request, Response
from fedistats.model import Post
from fedistats.servers import mastodon
from fedistats.servers.mastodon_instance import fetch_activity, fetch_instance
from tests.fediverse import TIMELINE, FakeFediverse, FakeServer, account, post
from tests.servers.reading import HOME, read_timeline


async def read(fake_server: FakeServer) -> list[Post]:
    return await read_timeline(mastodon.timeline, fake_server)


async def read_post(**fields: Any) -> Post:
    return (await read(FakeServer([post(1, **{"acct": "ann", **fields})])))[0]


async def test_invalid_posts_are_dropped_and_the_rest_of_the_page_is_kept() -> None:
    page: list[Any] = [
        post(9, "ann"),
        None,
        {"no": "id"},
        7,
        {"id": ["list"], "account": {}},
        post(8, "bob"),
        {**post(7, "cat"), "account": 5},
    ]
    assert [p.id for p in await read(FakeServer(responses={TIMELINE: page}))] == ["000009", "000008"]


@pytest.mark.parametrize("wrong", [7, "seven", ["x"], {"x": 1}, True, 10**40])
@pytest.mark.parametrize(
    "field",
    ["note", "fields", "display_name", "discoverable", "indexable", "created_at", "followers_count", "url", "id"],
)
async def test_a_field_of_the_wrong_type_is_missing_and_the_others_are_kept(field: str, wrong: object) -> None:
    valid = {"note": "hello", "fields": [{"name": "Web", "value": "x"}], "display_name": "Ann", "noindex": True}
    author = (await read_post(account={**account("ann@far.example"), **valid, field: wrong})).author
    assert author.key == "ann@far.example"
    assert author.noindex is True
    texts = {"note": author.note, "display_name": author.name}
    changed = {field: wrong if isinstance(wrong, str) else ""} if field in texts else {}
    assert texts == {"note": "hello", "display_name": "Ann"} | changed


async def test_valid_tags_and_fields_are_kept_among_invalid_ones() -> None:
    invalid = {"tags": [7, {"name": "cats"}, {"name": 5}, {}, None], "language": ["en"], "created_at": 5}
    fields = [None, {"name": "Web", "value": 3}, "x", {"name": "Job", "value": "y"}]
    status = await read_post(account={**account("ann"), "fields": fields}, **invalid)
    assert (status.tags, status.language, status.written_at) == (("cats",), None, None)
    assert status.author.fields == (("Web", ""), ("Job", "y"))


async def test_an_invalid_byte_is_replaced() -> None:
    body = b'[{"id": "1", "account": {"acct": "a\xff@b.example"}}, {"id": "2", "account": {"acct": "ann"}}]'
    assert [p.id for p in await read(FakeServer(responses={TIMELINE: body}))] == ["1", "2"]


@pytest.mark.parametrize("surrogate", [rb"\ud800", rb"\uDFFF", rb"\ud83d \ude00", rb"\ude00\ud83d"])
async def test_a_lone_surrogate_is_replaced(surrogate: bytes) -> None:
    body = (
        rb'[{"id": "1", "account": {"acct": "'
        + surrogate
        + rb'"}}, {"id": "2", "account": {"acct": "ann", "note": "\ud83d\ude00"}}]'
    )
    posts = await read(FakeServer(responses={TIMELINE: body}))
    assert [p.id for p in posts] == ["1", "2"]
    assert posts[1].author.note == "\N{GRINNING FACE}"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<!doctype html><title>hi</title>", "html"),
        (b"  <html>", "html"),
        (b"", "json"),
        (b"\xff\xfe{", "json"),
        (b"NaN", "json"),
        (b"[" * 100_000, "json"),
        (b'{"error": "nothing here"}', "shape"),
        (b"null", "shape"),
        (b'"text"', "shape"),
        (b"[" + b'{"id":"1"},' * 1500 + b'{"id":"2"}]', "size"),
    ],
)
async def test_a_response_that_is_not_a_page_is_invalid_with_a_reason(body: bytes, reason: str) -> None:
    with pytest.raises(InvalidResponse) as caught:
        await read(FakeServer(responses={TIMELINE: body}))
    assert caught.value.reason == reason


@pytest.mark.parametrize("body", [{"error": "no"}, {"data": []}, {}])
async def test_an_object_instead_of_a_list_is_invalid(body: Any) -> None:
    with pytest.raises(InvalidResponse):
        await read(FakeServer(responses={TIMELINE: body}))


@pytest.mark.parametrize("item", [b'{"id":[]}', b'"x"', b"[[],{}]"])
async def test_a_page_of_many_invalid_items_is_refused_before_they_are_parsed(item: bytes) -> None:
    body = b"[" + b",".join([item] * 800_000) + b"]"  # parsing each would take minutes
    with pytest.raises(InvalidResponse) as caught:
        await read(FakeServer(responses={TIMELINE: body}))
    assert caught.value.reason == "size"


async def test_valid_tags_are_kept_among_hundreds_of_invalid_ones() -> None:
    tags = b",".join([b"7", *[b'{"name":"cats","url":[]}'] * 500])
    body = b"[" + b",".join(b'{"id":"%d","language":7,"tags":[%b]}' % (n, tags) for n in range(600)) + b"]"
    assert [p.tags for p in await read(FakeServer(responses={TIMELINE: body}))] == [("cats",)] * 600


async def test_a_byte_order_mark_is_ignored() -> None:
    async def fetch(request: Request) -> Response:
        return Response(b'\xef\xbb\xbf{"title": "with a byte order mark"}', request.host)

    assert (await fetch_instance(fetch, HOME)).title == "with a byte order mark"


async def test_the_length_of_lists_is_limited() -> None:
    document = {"domain": "home.example", "rules": [{"text": "be kind"}] * 5000, "languages": ["en"] * 5000}
    fetch = FakeFediverse({HOME: FakeServer(responses={"/api/v2/instance": document})}).fetch
    instance = await fetch_instance(fetch, HOME)
    assert (len(instance.rules), len(instance.languages)) == (200, 200)


async def test_the_length_of_texts_is_limited() -> None:
    long = "x" * 1_000_000
    document = {"title": long, "description": long, "rules": [{"text": long}], "languages": [long]}
    weeks = [{"week": str(n), "statuses": "1"} for n in range(1, 5000)]
    responses = {"/api/v2/instance": document, "/api/v1/instance/activity": weeks}
    fetch = FakeFediverse({HOME: FakeServer(responses=responses)}).fetch
    instance = await fetch_instance(fetch, HOME)
    assert max(map(len, (instance.title, instance.description))) == 20_000
    assert [len(text) for text in (*instance.rules, *instance.languages)] == [1000, 1000]
    assert len(await fetch_activity(fetch, HOME)) == 199


async def test_a_time_out_of_range_is_missing() -> None:
    weeks = [{"week": str(seconds), "statuses": "1"} for seconds in (10**17 - 1, 1_793_534_400, 1_792_929_600, 0)]
    activity = await fetch_activity(
        FakeFediverse({HOME: FakeServer(responses={"/api/v1/instance/activity": weeks})}).fetch, HOME
    )
    assert [week.begins_at for week in activity] == [1_792_929_600]
    assert (await read_post(created_at="9999-12-31T23:59:59-12:00")).written_at is None
