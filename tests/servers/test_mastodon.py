"""Mastodon's API: what its pages mean, and what is made of pages that mean nothing."""

from __future__ import annotations

from typing import Any

import pytest

from fedistats.errors import InvalidResponse, Moved, NotFound
from fedistats.fetch import Request, Response
from fedistats.hosts import Host
from fedistats.model import Post
from fedistats.servers import mastodon, mastodon_instance
from fedistats.servers.api import LOCAL, PUBLIC, Server
from fedistats.servers.host_meta import find_api_host
from fedistats.servers.nodeinfo import fetch_nodeinfo
from tests.fediverse import DIRECTORY, TIMELINE, FakeFediverse, FakeServer, account, post

HOME = Host("home.example")
SERVER = Server(HOME, HOME)


async def read(made: FakeServer, feed: str = PUBLIC, server: Server = SERVER) -> list[Post]:
    seen: set[str] = set()

    def fresh(id_: str) -> bool:
        new = id_ not in seen
        seen.add(id_)
        return new

    fediverse = FakeFediverse({server.api_host: made})
    return [post async for page in mastodon.timeline(fediverse.fetch, server, feed, fresh) for post in page.posts]


async def one(**more: Any) -> Post:
    return (await read(FakeServer([post(1, **{"acct": "ann", **more})])))[0]


async def test_a_timeline_is_read_page_by_page_to_its_end() -> None:
    posts = await read(FakeServer([post(n, "ann") for n in range(100, 0, -1)]))
    assert [p.id for p in posts] == [f"{n:06}" for n in range(100, 0, -1)]


async def test_a_server_that_gives_its_first_page_for_ever_is_read_once() -> None:
    first = [post(n, "ann") for n in range(40)]
    assert len(await read(FakeServer(responses={TIMELINE: first}))) == 40


async def test_a_short_page_is_not_the_last_page() -> None:
    def small(question: Request) -> list[dict[str, Any]]:
        below = int(dict(question.params).get("max_id", "8"))
        return [post(n, "ann") for n in range(below - 1, max(below - 3, 0), -1)]

    assert len(await read(FakeServer(responses={TIMELINE: small}))) == 7


async def test_one_odd_post_never_costs_the_rest_of_its_page() -> None:
    odd: list[Any] = [
        post(9, "ann"),
        None,
        {"no": "id"},
        7,
        {"id": ["list"], "account": {}},
        post(8, "bob"),
        {**post(7, "cat"), "account": 5},
    ]
    assert [p.id for p in await read(FakeServer(responses={TIMELINE: odd}))] == ["000009", "000008"]


@pytest.mark.parametrize("wrong", [7, "seven", ["x"], {"x": 1}, True, 10**40])
@pytest.mark.parametrize(
    "field",
    ["note", "fields", "display_name", "discoverable", "indexable", "created_at", "followers_count", "url", "id"],
)
async def test_of_an_account_whatever_is_of_another_kind_than_promised_is_not_said_and_the_rest_is(
    field: str, wrong: object
) -> None:
    well = {"note": "hello", "fields": [{"name": "Web", "value": "x"}], "display_name": "Ann", "noindex": True}
    author = (await one(account={**account("ann@far.example"), **well, field: wrong})).author
    assert author.key == "ann@far.example"
    assert author.noindex is True
    told = {"note": author.note, "display_name": author.name}
    spoiled = {field: wrong if isinstance(wrong, str) else ""} if field in told else {}
    assert told == {"note": "hello", "display_name": "Ann"} | spoiled


async def test_of_broken_tags_and_fields_the_others_are_read() -> None:
    told = {"tags": [7, {"name": "cats"}, {"name": 5}, {}, None], "language": ["en"], "created_at": 5}
    fields = [None, {"name": "Web", "value": 3}, "x", {"name": "Job", "value": "y"}]
    found = await one(account={**account("ann"), "fields": fields}, **told)
    assert (found.tags, found.language, found.written_at) == (("cats",), None, None)
    assert found.author.fields == (("Web", ""), ("Job", "y"))


async def test_one_wrong_byte_in_a_name_never_costs_the_page() -> None:
    body = b'[{"id": "1", "account": {"acct": "a\xff@b.example"}}, {"id": "2", "account": {"acct": "ann"}}]'
    assert [p.id for p in await read(FakeServer(responses={TIMELINE: body}))] == ["1", "2"]


@pytest.mark.parametrize("half", [rb"\ud800", rb"\uDFFF", rb"\ud83d \ude00", rb"\ude00\ud83d"])
async def test_half_a_surrogate_never_costs_the_page(half: bytes) -> None:
    body = (
        rb'[{"id": "1", "account": {"acct": "'
        + half
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
async def test_what_is_no_page_of_posts_is_garbled_and_says_how(body: bytes, reason: str) -> None:
    with pytest.raises(InvalidResponse) as caught:
        await read(FakeServer(responses={TIMELINE: body}))
    assert caught.value.reason == reason


@pytest.mark.parametrize("item", [b'{"id":[]}', b'"x"', b"[[],{}]"])
async def test_a_page_of_a_million_broken_items_is_refused_before_each_is_looked_at(item: bytes) -> None:
    body = b"[" + b",".join([item] * 800_000) + b"]"  # to look at each took four minutes
    with pytest.raises(InvalidResponse) as caught:
        await read(FakeServer(responses={TIMELINE: body}))
    assert caught.value.reason == "size"


async def test_of_a_thousand_posts_with_hundreds_of_broken_tags_the_others_are_read() -> None:
    tags = b",".join([b"7", *[b'{"name":"cats","url":[]}'] * 500])
    body = b"[" + b",".join(b'{"id":"%d","language":7,"tags":[%b]}' % (n, tags) for n in range(600)) + b"]"
    assert [p.tags for p in await read(FakeServer(responses={TIMELINE: body}))] == [("cats",)] * 600


@pytest.mark.parametrize(
    ("acct", "home"),
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
async def test_the_home_of_a_post_is_the_domain_of_its_authors_handle(acct: str, home: str | None) -> None:
    assert (await one(account=account(acct))).origin == home


async def test_without_a_handle_the_home_is_where_the_account_was_made() -> None:
    assert (
        await one(account={"uri": "https://far.example/users/ann", "url": "https://other.example/@ann"})
    ).origin == "far.example"


async def test_the_address_of_a_post_says_nothing_of_its_home() -> None:
    assert (
        await one(account=account("ann@far.example"), url="https://bridge.example/1", uri="https://bridge.example/1")
    ).origin == "far.example"


async def test_both_names_of_the_asked_server_are_home() -> None:
    server = Server(Host("home.example"), Host("social.home.example"))
    made = FakeServer([post(3, "ann"), post(2, "bob@home.example"), post(1, "cat@social.home.example")])
    assert {p.origin for p in await read(made, server=server)} == {"home.example"}
    assert {p.author.key for p in await read(made, server=server)} == {
        "ann@home.example",
        "bob@home.example",
        "cat@home.example",
    }


async def test_a_boost_counts_for_who_wrote_it() -> None:
    assert (await one(reblog={"account": account("ann@far.example")})).origin == "far.example"


@pytest.mark.parametrize(
    ("told", "seconds"),
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
async def test_times_come_in_many_spellings(told: object, seconds: int | None) -> None:
    assert (await one(created_at=told)).written_at == seconds


@pytest.mark.parametrize(
    ("told", "language"),
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
async def test_a_language_is_its_primary_code_or_not_said(told: object, language: str | None) -> None:
    assert (await one(language=told)).language == language


async def test_only_local_posts_are_asked_for_by_the_word_true() -> None:
    fediverse = FakeFediverse({HOME: FakeServer([post(1, "ann")])})
    async for _ in mastodon.timeline(fediverse.fetch, SERVER, LOCAL, lambda _: False):
        pass
    assert dict(fediverse.requests[0].params)["local"] == "true"


async def test_a_directory_that_shifts_while_it_is_read_gives_each_profile_once() -> None:
    people = [account(f"user{n}") for n in range(200)]

    def shifting(question: Request) -> list[dict[str, Any]]:
        offset = int(dict(question.params)["offset"])
        shift = 3 if offset else 0  # three people signed up after the first page
        return people[max(0, offset - shift) : offset - shift + 80]

    seen: set[str] = set()
    fediverse = FakeFediverse({HOME: FakeServer(responses={DIRECTORY: shifting})})
    found = [
        person.key
        async for page in mastodon.directory(fediverse.fetch, SERVER, lambda i: not (i in seen or seen.add(i)))  # type: ignore[func-returns-value]
        for person in page.accounts
    ]
    assert sorted(found) == sorted(f"user{n}@home.example" for n in range(200))


async def test_a_directory_that_lists_strangers_is_read_for_its_own_people() -> None:
    people = [account("ann"), account("bob@far.example"), account("cat@home.example")]
    fediverse = FakeFediverse({HOME: FakeServer(profiles=people)})
    seen: set[str] = set()
    found = [
        person.key
        async for page in mastodon.directory(fediverse.fetch, SERVER, lambda i: not (i in seen or seen.add(i)))  # type: ignore[func-returns-value]
        for person in page.accounts
    ]
    assert found == ["ann@home.example", "cat@home.example"]


def xrd(host: str) -> bytes:
    return f'<XRD><Link rel="lrdd" template="https://{host}/.well-known/webfinger?resource={{uri}}"/></XRD>'.encode()


async def test_host_meta_names_the_host_that_answers() -> None:
    fediverse = FakeFediverse({HOME: FakeServer(responses={"/.well-known/host-meta": xrd("social.home.example")})})
    assert await find_api_host(fediverse.fetch, HOME) == "social.home.example"


@pytest.mark.parametrize(
    "template", [xrd("127.0.0.1"), xrd("localhost"), b"<XRD/>", b"", b"\xff" * 100, NotFound("none")]
)
async def test_host_meta_that_names_no_public_host_names_none(template: object) -> None:
    fediverse = FakeFediverse({HOME: FakeServer(responses={"/.well-known/host-meta": template})})
    assert await find_api_host(fediverse.fetch, HOME) is None


def nodeinfo(href: str) -> dict[str, Any]:
    rel = "http://nodeinfo.diaspora.software/ns/schema/2.0"
    document = {
        "software": {"name": "Akkoma", "version": "3.16"},
        "usage": {"users": {"total": 12, "activeMonth": None}, "localPosts": -4},
    }
    return {"/.well-known/nodeinfo": {"links": [{"rel": rel, "href": href}]}, "/nodeinfo/2.0": document}


async def test_nodeinfo_tells_the_software_and_leaves_out_what_cannot_be_true() -> None:
    fediverse = FakeFediverse({HOME: FakeServer(responses=nodeinfo("https://home.example/nodeinfo/2.0"))})
    told = await fetch_nodeinfo(fediverse.fetch, HOME)
    assert (told.software, told.version, told.users, told.active_month, told.posts) == (
        "akkoma",
        "3.16",
        12,
        None,
        None,
    )


async def test_nodeinfo_on_another_host_is_not_asked_for() -> None:
    fediverse = FakeFediverse({HOME: FakeServer(responses=nodeinfo("https://victim.example/nodeinfo/2.0"))})
    with pytest.raises(Moved):
        await fetch_nodeinfo(fediverse.fetch, HOME)
    assert fediverse.requested_hosts() == {HOME}


async def test_activity_leaves_out_the_unfinished_row_of_today() -> None:
    rows = [
        {"week": str(1793534400 - 604800 * n), "statuses": str(100 + n), "logins": "5", "registrations": "1"}
        for n in range(12)
    ]
    fediverse = FakeFediverse({HOME: FakeServer(responses={"/api/v1/instance/activity": rows})})
    assert [week.posts for week in await mastodon_instance.fetch_activity(fediverse.fetch, HOME)] == [
        100 + n for n in range(1, 12)
    ]


async def test_what_a_server_does_not_tell_is_a_gap_and_never_a_zero() -> None:
    fediverse = FakeFediverse({HOME: FakeServer()})
    told = await mastodon_instance.fetch_instance_details(
        fediverse.fetch, await mastodon_instance.fetch_instance(fediverse.fetch, HOME)
    )
    assert told.title == "The home.example instance"
    assert told.users is None
    assert set(told.gaps) == {"users, posts, domains", "software", "activity"}


async def test_v1_speaks_where_there_is_no_v2() -> None:
    v1 = {
        "uri": "https://Home.example/",
        "title": "Old",
        "stats": {"user_count": 5},
        "registrations": True,
        "approval_required": True,
    }
    fediverse = FakeFediverse(
        {HOME: FakeServer(responses={"/api/v2/instance": NotFound("none"), "/api/v1/instance": v1})}
    )
    told = await mastodon_instance.fetch_instance(fediverse.fetch, HOME)
    assert (told.title, told.users, told.registrations, told.host) == ("Old", 5, "by approval", HOME)


async def test_an_answer_is_read_as_bytes_whatever_it_says_of_itself() -> None:
    async def fetch(question: Request) -> Response:
        return Response(b'\xef\xbb\xbf{"title": "with a byte order mark"}', question.host)

    assert (await mastodon_instance.fetch_instance(fetch, HOME)).title == "with a byte order mark"


async def test_of_endless_rules_only_so_many_are_read_as_anybody_reads() -> None:
    told = {"domain": "home.example", "rules": [{"text": "be kind"}] * 5000, "languages": ["en"] * 5000}
    fediverse = FakeFediverse({HOME: FakeServer(responses={"/api/v2/instance": told})})
    found = await mastodon_instance.fetch_instance(fediverse.fetch, HOME)
    assert (len(found.rules), len(found.languages)) == (200, 200)


async def test_of_endless_texts_only_so_much_is_kept_as_anybody_reads() -> None:
    long = "x" * 1_000_000
    told = {"title": long, "description": long, "rules": [{"text": long}], "languages": [long]}
    weeks = [{"week": str(n), "statuses": "1"} for n in range(1, 5000)]
    answers = {"/api/v2/instance": told, "/api/v1/instance/activity": weeks}
    fediverse = FakeFediverse({HOME: FakeServer(responses=answers)})
    found = await mastodon_instance.fetch_instance(fediverse.fetch, HOME)
    assert max(map(len, (found.title, found.description))) == 20_000
    assert [len(text) for text in (*found.rules, *found.languages)] == [1000, 1000]
    assert len(await mastodon_instance.fetch_activity(fediverse.fetch, HOME)) == 199


async def test_a_week_or_a_post_beyond_all_calendars_is_not_told() -> None:
    weeks = [{"week": str(at), "statuses": "1"} for at in (10**17 - 1, 1_793_534_400, 1_792_929_600, 0)]
    found = await mastodon_instance.fetch_activity(
        FakeFediverse({HOME: FakeServer(responses={"/api/v1/instance/activity": weeks})}).fetch, HOME
    )
    assert [week.begins_at for week in found] == [1_792_929_600]
    assert (await one(created_at="9999-12-31T23:59:59-12:00")).written_at is None


async def test_an_endless_id_is_none() -> None:
    assert [p.id for p in await read(FakeServer([post(2, "ann", id="9" * 501), post(1, "ann")]))] == ["000001"]
    assert await read(FakeServer([post(2, "ann", id=10**600)])) == []


async def test_of_a_post_with_endless_hashtags_a_hundred_are_read() -> None:
    assert len((await one(tags=[{"name": f"tag{n}"} for n in range(5000)])).tags) == 100
