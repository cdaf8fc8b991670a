"""The fediverse beyond Mastodon: every software is read right, through whichever API it speaks, in one run with all others."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from fedistats.crawl.crawler import Crawler
from fedistats.errors import AccessDenied, FetchError, InvalidResponse, LocalError, Moved, NotFound
from fedistats.hosts import Host, Target
from fedistats.model import Account, InstanceInfo, NeighborhoodGraph, Outcome, Post
from fedistats.results import queries
from fedistats.servers import api, mastodon, mastodon_instance
from fedistats.servers.api import LOCAL, PUBLIC
from fedistats.servers.bridges import bridge_kind
from fedistats.store import collections, instances
from fedistats.store.database import Database
from tests.fake_servers import (
    MASTODON_VARIANTS,
    FakeLemmy,
    FakeMisskey,
    FakePeerTube,
    MastodonVariant,
    MastodonVariantServer,
    nodeinfo,
    posts_by,
    refused,
)
from tests.fediverse import DIRECTORY, TIMELINE, FakeFediverse, FakeServer, account, post

HOME = Host("home.example")
NOW = 1793534400
ROBIN = ["ann", "bob@far.example", "cat", "dan@near.example", "eve@far.example"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "fedistats.db"


def collect(fediverse: FakeFediverse, path: Path, *, start: str = HOME, posts: int = 1000, **options: Any) -> None:
    with Database.open(path) as store:
        crawl = Crawler(fediverse.fetch, store, now=lambda: NOW)
        asyncio.run(crawl.neighborhood(Target(Host(start)), posts, **options))


def told(path: Path, host: str = HOME, *, posts: int = 1000) -> NeighborhoodGraph:
    with Database.open_read_only(path) as store:
        return queries.neighborhood(store, Host(host), posts, min_posts=1)


def edges(found: NeighborhoodGraph) -> dict[tuple[str, str], int]:
    hosts = [node.host for node in found.nodes]
    return {(hosts[a], hosts[b]): n for a, b, n in found.edges.tolist()}


def ended(found: NeighborhoodGraph) -> dict[str, tuple[Outcome, str]]:
    return {ending.host: (ending.outcome, ending.reason) for ending in found.host_outcomes}


async def read(made: FakeServer, feed: str = PUBLIC) -> list[Post]:
    seen: set[str] = set()
    fresh = lambda id_: id_ not in seen and not seen.add(id_)  # type: ignore[func-returns-value]  # noqa: E731
    fediverse = FakeFediverse({HOME: made})
    server = api.Server(HOME, HOME)
    return [post async for page in mastodon.timeline(fediverse.fetch, server, feed, fresh) for post in page.posts]


# -- Mastodon's API, with accents --------------------------------------------------------------------------------------


def accented(*, without: str) -> pytest.MarkDecorator:
    """One row for each software that shows this feed."""
    rows = [a for a in MASTODON_VARIANTS if without not in a.closed | a.missing]
    return pytest.mark.parametrize("variant", rows, ids=[row.software for row in rows])


@accented(without="public")
async def test_everything_that_reached_the_server_is_read_to_its_end(variant: MastodonVariant) -> None:
    handles = ROBIN * 20
    found = await read(MastodonVariantServer(HOME, variant, posts_by(*handles)))
    quoted = [(n, h) for n, h in posts_by(*handles)[::-1] if not variant.local_only or "@" not in h]
    assert [p.id for p in found] == [str(variant.ids(number)) for number, _ in quoted]
    assert [p.origin for p in found] == [handle.partition("@")[2] or HOME for _, handle in quoted]
    assert [p.author.key for p in found] == [h if "@" in h else f"{h}@home.example" for _, h in quoted]
    assert {p.language for p in found} == ({"en"} if variant.language == "en" else {None})
    assert all(p.written_at and p.tags == ("gardening",) for p in found)


@accented(without="local")
async def test_the_posts_of_its_own_people_are_known_as_such(variant: MastodonVariant) -> None:
    found = await read(MastodonVariantServer(HOME, variant, posts_by(*ROBIN * 20)), LOCAL)
    assert {p.origin for p in found} == {HOME}
    assert len(found) == 40
    assert {p.author.key for p in found} == {"ann@home.example", "cat@home.example"}


@pytest.mark.parametrize("variant", MASTODON_VARIANTS, ids=[row.software for row in MASTODON_VARIANTS])
async def test_what_it_says_about_itself_is_understood(variant: MastodonVariant) -> None:
    fediverse = FakeFediverse({HOME: MastodonVariantServer(HOME, variant, [])})
    found = await mastodon_instance.fetch_instance_details(
        fediverse.fetch, await mastodon_instance.fetch_instance(fediverse.fetch, HOME)
    )
    assert (found.host, found.title, found.software, found.users) == (HOME, variant.software, variant.software, 321)


@pytest.mark.parametrize("variant", MASTODON_VARIANTS, ids=[row.software for row in MASTODON_VARIANTS])
def test_a_neighbor_is_read_as_far_as_it_is_open(variant: MastodonVariant, path: Path) -> None:
    far = MastodonVariantServer("far.example", variant, posts_by("bob", "ann@home.example", "bob", "zoe@third.example"))
    fediverse = FakeFediverse({HOME: FakeServer([post(1, "bob@far.example")]), "far.example": far})
    collect(fediverse, path)
    found = told(path)
    shows_all = not {"public"} & (variant.closed | variant.missing) and not variant.local_only
    shows_own = "local" not in variant.closed | variant.missing
    assert ended(found)["far.example"] == ((Outcome.COMPLETE, "") if shows_own else (Outcome.CLOSED, ""))
    assert edges(found) == {
        ("far.example", "home.example"): 2 if shows_all else 1,
        **({("far.example", "third.example"): 1} if shows_all else {}),
    }


BOB = account("bob@far.example")


@pytest.mark.parametrize(
    ("quirk", "origins"),
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
async def test_one_quirk_more_or_less(quirk: dict[str, Any], origins: list[str | None]) -> None:
    last = post(0, "cat")
    found = await read(FakeServer(responses={TIMELINE: [{**post(1, "x"), **quirk}, last]}))
    assert [p.origin for p in found] == [*origins, HOME]


@pytest.mark.parametrize("body", [{"error": "no"}, {"data": []}, {}])
async def test_an_object_where_a_list_is_due_is_garbled(body: Any) -> None:
    with pytest.raises(InvalidResponse):
        await read(FakeServer(responses={TIMELINE: body}))


async def test_a_server_that_ignores_where_the_next_page_begins_is_left_after_the_second() -> None:
    page = [post(n, "ann") for n in range(40, 0, -1)]
    fediverse = FakeFediverse({HOME: FakeServer(responses={TIMELINE: page})})
    seen: set[str] = set()
    fresh = lambda id_: id_ not in seen and not seen.add(id_)  # type: ignore[func-returns-value]  # noqa: E731
    async for _ in mastodon.timeline(fediverse.fetch, api.Server(HOME, HOME), PUBLIC, fresh):
        pass
    assert len(fediverse.requests) == 2


@pytest.mark.parametrize(
    ("more", "discoverable"),
    [
        ({"discoverable": True}, True),
        ({"discoverable": None}, None),
        ({"discoverable": None, "source": {"pleroma": {"discoverable": True}}}, True),
        ({"discoverable": None, "source": {"pleroma": {"discoverable": False}}}, False),
        ({"discoverable": False, "source": {"pleroma": {"discoverable": True}}}, False),
        ({"discoverable": None, "source": {"pleroma": "yes"}}, None),
    ],
)
async def test_pleroma_keeps_elsewhere_who_wants_to_be_found(more: dict[str, Any], discoverable: bool | None) -> None:
    fediverse = FakeFediverse({HOME: FakeServer(profiles=[account("ann", **more)])})
    people: list[Account] = []
    seen: set[str] = set()
    fresh = lambda id_: id_ not in seen and not seen.add(id_)  # type: ignore[func-returns-value]  # noqa: E731
    async for page in mastodon.directory(fediverse.fetch, api.Server(HOME, HOME), fresh):
        people += page.accounts
    assert [person.discoverable for person in people] == [discoverable]


async def test_a_directory_that_gives_fewer_than_asked_for_is_read_to_its_end() -> None:
    people = [account(f"u{n}") for n in range(130)]

    def forty(question: Any) -> list[dict[str, Any]]:
        offset = int(dict(question.params)["offset"])
        return people[offset : offset + 40]

    fediverse = FakeFediverse({HOME: FakeServer(responses={DIRECTORY: forty})})
    seen: set[str] = set()
    fresh = lambda id_: id_ not in seen and not seen.add(id_)  # type: ignore[func-returns-value]  # noqa: E731
    pages = mastodon.directory(fediverse.fetch, api.Server(HOME, HOME), fresh)
    assert sum([len(page.accounts) async for page in pages]) == 130


# -- which API ---------------------------------------------------------------------------------------------------------


def everybody() -> FakeFediverse:
    """home (Mastodon) hears all; each of the others hears home and its right neighbour, and its own people."""
    mixed = ["x@home.example", "y@akkoma.example", "y@akkoma.example", "own"]
    akkoma = next(a for a in MASTODON_VARIANTS if a.software == "pleroma")
    gotosocial = next(a for a in MASTODON_VARIANTS if a.software == "gotosocial-open")
    others = ["akkoma.example", "gts.example", "misskey.example", "lemmy.example", "tube.example", "write.example"]
    writing = {**nodeinfo("write.example", "writefreely"), TIMELINE: NotFound("no such page")}
    return FakeFediverse(
        {
            HOME: FakeServer([post(n, f"p@{host}") for n, host in enumerate(others * 3, 1)][::-1]),
            "akkoma.example": MastodonVariantServer(
                "akkoma.example", akkoma, posts_by("x@home.example", "z@gts.example", "own")
            ),
            "gts.example": MastodonVariantServer("gts.example", gotosocial, posts_by(*mixed, "z@misskey.example")),
            "misskey.example": FakeMisskey("misskey.example", posts_by(*mixed, "z@lemmy.example")),
            "lemmy.example": FakeLemmy("lemmy.example", posts_by(*mixed, "z@tube.example")),
            "tube.example": FakePeerTube("tube.example", posts_by(*mixed, "z@unseen.example")),
            "write.example": FakeServer(responses=writing),
        }
    )


EVERYBODY = {
    ("akkoma.example", "home.example"): 4,
    ("gts.example", "home.example"): 4,
    ("home.example", "misskey.example"): 4,
    ("home.example", "lemmy.example"): 4,
    ("home.example", "tube.example"): 4,
    ("home.example", "write.example"): 3,
    ("akkoma.example", "gts.example"): 3,
    ("akkoma.example", "misskey.example"): 2,
    ("akkoma.example", "lemmy.example"): 2,
    ("akkoma.example", "tube.example"): 2,
    ("gts.example", "misskey.example"): 1,
    ("lemmy.example", "misskey.example"): 1,
    ("lemmy.example", "tube.example"): 1,
    ("tube.example", "unseen.example"): 1,
}


def test_a_neighborhood_of_every_software_has_exactly_the_edges_that_it_should(path: Path) -> None:
    collect(everybody(), path)
    found = told(path)
    assert edges(found) == {tuple(sorted(pair)): posts for pair, posts in EVERYBODY.items()}
    assert ended(found)["write.example"] == (Outcome.CLOSED, "no public timeline (writefreely)")
    assert {host for host, (outcome, _) in ended(found).items() if outcome is Outcome.COMPLETE} == {
        *("home.example", "akkoma.example", "gts.example", "misskey.example", "lemmy.example", "tube.example")
    }


@pytest.mark.parametrize("start", ["misskey.example", "lemmy.example", "tube.example"])
def test_whoever_has_an_api_of_its_own_may_be_the_start(path: Path, start: str) -> None:
    collect(everybody(), path, start=start)
    found = told(path, start)
    assert found.start == start
    assert ("akkoma.example", start) in edges(found)
    assert ended(found)[start] == (Outcome.COMPLETE, "")


def test_a_second_run_asks_nobody(path: Path) -> None:
    fediverse = everybody()
    collect(fediverse, path)
    before = len(fediverse.requests)
    collect(fediverse, path)
    assert len(fediverse.requests) == before


class Killed(BaseException):
    """What a kill looks like from inside."""


def test_a_run_that_is_killed_goes_on_through_the_api_that_it_was_using(tmp_path: Path) -> None:
    def big() -> FakeFediverse:
        far = ["x@third.example", "own"] * 130
        return FakeFediverse(
            {
                HOME: FakeServer(
                    [post(n, f"p@{host}") for n, host in enumerate(["m.example", "l.example", "t.example"])]
                ),
                "m.example": FakeMisskey("m.example", posts_by(*far)),
                "l.example": FakeLemmy("l.example", posts_by(*far)),
                "t.example": FakePeerTube("t.example", posts_by(*far)),
            }
        )

    whole = big()
    collect(whole, tmp_path / "whole.db")
    expected = told(tmp_path / "whole.db")
    assert edges(expected)["m.example", "third.example"] == 130
    for after in range(1, len(whole.requests), 2):
        fediverse, path = big(), tmp_path / f"{after}.db"

        def kill(_: Any, fediverse: FakeFediverse = fediverse, after: int = after) -> None:
            if len(fediverse.requests) >= after:
                raise Killed

        fediverse.on_request = kill
        with pytest.raises(BaseException):  # noqa: B017, PT011 - a kill, alone or in a group
            collect(fediverse, path)
        fediverse.on_request = lambda _: None
        collect(fediverse, path)
        found = told(path)
        assert (edges(found), ended(found)) == (edges(expected), ended(expected)), f"killed after {after} requests"


PAGES = ("/api/notes/", "/api/v3/post", "/api/v1/videos")


@pytest.mark.parametrize(
    ("silence", "expected"),
    [
        (NotFound("no such page"), Outcome.COMPLETE),
        (refused("far.example"), Outcome.COMPLETE),
        (InvalidResponse("a web page", "html"), Outcome.COMPLETE),
        (AccessDenied("closed"), Outcome.CLOSED),
        (InvalidResponse("a bomb", "size"), Outcome.INVALID),
    ],
)
def test_a_way_of_its_own_is_tried_only_where_mastodons_does_not_exist(
    path: Path, silence: FetchError, expected: Outcome
) -> None:
    far = FakeMisskey("far.example", posts_by("own", "ann@home.example"), software="sharkey")
    far.responses[TIMELINE] = silence
    fediverse = FakeFediverse({HOME: FakeServer([post(1, "p@far.example")]), "far.example": far})
    collect(fediverse, path)
    assert ended(told(path))["far.example"][0] is expected
    own_way = any(question.path.startswith(PAGES) for question in fediverse.requests)
    assert own_way == (expected is Outcome.COMPLETE)


def test_a_closed_feed_of_an_own_api_leaves_the_posts_of_its_own_people(path: Path) -> None:
    far = FakeMisskey("far.example", posts_by("own", "ann@home.example"), closed=["public"])
    fediverse = FakeFediverse({HOME: FakeServer([post(1, "p@far.example")]), "far.example": far})
    collect(fediverse, path)
    found = told(path)
    assert ended(found)["far.example"] == (Outcome.COMPLETE, "")
    assert (found.coverage.local_only, edges(found)) == (1, {("far.example", "home.example"): 1})


@pytest.mark.parametrize(
    "closed", [FakeMisskey("far.example", closed=["public", "local"]), FakeLemmy("far.example", private=True)]
)
def test_where_all_is_closed_that_is_its_owners_word(path: Path, closed: FakeServer) -> None:
    collect(FakeFediverse({HOME: FakeServer([post(1, "p@far.example")]), "far.example": closed}), path)
    assert ended(told(path))["far.example"] == (Outcome.CLOSED, "")


def test_a_software_of_that_name_that_lost_its_api_has_no_public_timeline(path: Path) -> None:
    far = FakeServer(responses=nodeinfo("far.example", "lemmy"))
    far.responses |= {TIMELINE: NotFound("no such page"), "/api/v3/post/list": NotFound("no such page")}
    fediverse = FakeFediverse({HOME: FakeServer([post(1, "p@far.example")]), "far.example": far})
    collect(fediverse, path)
    assert ended(told(path))["far.example"] == (Outcome.CLOSED, "no public timeline (lemmy)")
    assert sum(question.host == "far.example" for question in fediverse.requests) < 10


def test_trouble_of_ours_while_a_host_introduces_itself_blames_nobody_and_is_mended_by_the_next_run(path: Path) -> None:
    far = FakeMisskey("far.example", posts_by("own", "ann@home.example"))
    fediverse = FakeFediverse({HOME: FakeServer([post(1, "p@far.example")]), "far.example": far})

    def cut(question: Any) -> None:
        if "nodeinfo" in question.path:
            raise LocalError("no network")

    fediverse.on_request = cut
    collect(fediverse, path)
    assert ended(told(path))["far.example"] == (Outcome.LOCAL_ERROR, "")
    fediverse.on_request = lambda _: None
    collect(fediverse, path)
    assert ended(told(path))["far.example"] == (Outcome.COMPLETE, "")


def test_a_neighbor_with_an_api_of_its_own_is_asked_what_it_runs_once(path: Path) -> None:
    fediverse = everybody()
    collect(fediverse, path, software=True)
    asked = [(q.host, q.path) for q in fediverse.requests if "nodeinfo" in q.path and "well-known" in q.path]
    assert len(asked) == len(set(asked))
    nodes = {str(node.host): node.software for node in told(path).nodes}
    assert (nodes["misskey.example"], nodes["lemmy.example"]) == ("misskey", "lemmy")


def test_everybody_is_described_through_the_api_that_it_speaks(path: Path) -> None:
    fediverse = everybody()
    collect(fediverse, path)
    with Database.open(path) as store:
        collection = collections.find(store, HOME)[0]
        asyncio.run(Crawler(fediverse.fetch, store, now=lambda: NOW).descriptions(collection))
        titles = {str(host): met.title for host, met in instances.load_all(store, collection).items()}
    assert titles["misskey.example"] == "Fake Misskey"
    assert titles["lemmy.example"] == "Fake Lemmy"
    assert titles["tube.example"] == "Fake PeerTube"


# -- one server, several names -----------------------------------------------------------------------------------------


def by_nodeinfo(names: str, claims: str) -> FakeFediverse:
    """far.example is a website whose nodeinfo lies on `names`; that host says that it answers for the people of `claims`."""
    rel = "http://nodeinfo.diaspora.software/ns/schema/2.0"
    links = {"links": [{"rel": rel, "href": f"https://{names}/nodeinfo/2.0"}]}
    website: dict[str, Any] = {"/.well-known/nodeinfo": links, TIMELINE: NotFound(""), "/api/v2/instance": NotFound("")}
    posts = [post(n, handle) for n, handle in posts_by("ann@home.example", "x")]
    return FakeFediverse(
        {
            HOME: FakeServer([post(1, "x@far.example"), post(2, "y@social.far.example")]),
            "far.example": FakeServer(responses=website),
            "social.far.example": FakeServer(posts, domain=claims),
        }
    )


def test_two_names_that_name_each_other_by_nodeinfo_are_one_server(path: Path) -> None:
    collect(by_nodeinfo("social.far.example", "far.example"), path)
    assert edges(told(path)) == {("far.example", "home.example"): 3}


def test_a_redirect_of_the_nodeinfo_names_the_other_host_too(path: Path) -> None:
    fediverse = by_nodeinfo("social.far.example", "far.example")
    fediverse.servers["far.example"].responses["/.well-known/nodeinfo"] = Moved("there", "social.far.example")
    collect(fediverse, path)
    assert edges(told(path)) == {("far.example", "home.example"): 3}


def test_a_name_that_only_one_side_knows_joins_nothing(path: Path) -> None:
    collect(by_nodeinfo("social.far.example", "social.far.example"), path)
    assert edges(told(path)) == {("far.example", "home.example"): 1, ("home.example", "social.far.example"): 2}


WEBFINGER = "/.well-known/webfinger"


@pytest.mark.parametrize("start", [HOME, "far.example", "social.far.example"])
def test_a_domain_that_only_sends_those_who_look_for_its_people_elsewhere_has_named_its_server(
    path: Path, start: str
) -> None:
    fediverse = by_nodeinfo("social.far.example", "far.example")
    del fediverse.servers["far.example"].responses["/.well-known/nodeinfo"]
    fediverse.servers["far.example"].responses[WEBFINGER] = Moved("there", "social.far.example")
    collect(fediverse, path, start=start)
    found = told(path, start)
    assert found.start == ("far.example" if start != HOME else HOME)
    assert edges(found) == {("far.example", "home.example"): 3}
    assert [dict(q.params) for q in fediverse.requests if q.path == WEBFINGER] == [
        {"resource": "acct:far.example@far.example"}
    ]


def test_a_domain_that_sends_everybody_to_anothers_server_does_not_become_it(path: Path) -> None:
    fediverse = by_nodeinfo("social.far.example", "third.example")
    del fediverse.servers["far.example"].responses["/.well-known/nodeinfo"]
    fediverse.servers["far.example"].responses[WEBFINGER] = Moved("there", "social.far.example")
    collect(fediverse, path)
    found = told(path)
    assert edges(found) == {("far.example", "home.example"): 1, ("home.example", "social.far.example"): 2}
    assert ended(found)["far.example"] == (Outcome.UNSUPPORTED, "no fediverse server")


def test_the_start_may_be_typed_by_the_name_whose_nodeinfo_lies_elsewhere(path: Path) -> None:
    collect(by_nodeinfo("social.far.example", "far.example"), path, start="far.example")
    assert told(path, "far.example").start == "far.example"


def test_a_misskey_behind_a_domain_is_read_under_the_domain_of_its_people(path: Path) -> None:
    fediverse = by_nodeinfo("social.far.example", "far.example")
    social = FakeMisskey("social.far.example", posts_by("ann@home.example", "x"))
    social.responses["/api/meta"] = {"uri": "https://far.example", "name": "Far"}
    fediverse.servers["social.far.example"] = social
    collect(fediverse, path)
    assert edges(told(path)) == {("far.example", "home.example"): 3}


# -- bridges and mirrors -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("bsky.brid.gy", "bridge"),
        ("ap.brid.gy", "bridge"),
        ("web.brid.gy", "bridge"),
        ("mostr.pub", "bridge"),
        ("bird.makeup", "mirror"),
        ("notbrid.gy", ""),
        ("brid.gy.example", ""),
        ("home.example", ""),
    ],
)
def test_behind_some_names_there_is_another_network(host: str, expected: str) -> None:
    assert bridge_kind(Host(host)) == expected


def test_a_bridge_is_one_node_and_marked_as_such(path: Path) -> None:
    handles: Sequence[str] = ["one.blog@bsky.brid.gy", "two.blog@bsky.brid.gy", "npub1@mostr.pub", "x@far.example"]
    collect(FakeFediverse({HOME: FakeServer([post(n, handle) for n, handle in posts_by(*handles)])}), path)
    found = told(path)
    assert edges(found)["bsky.brid.gy", "home.example"] == 2
    assert {node.host: node.kind for node in found.nodes} == {
        "bsky.brid.gy": "bridge",
        "mostr.pub": "bridge",
        "far.example": "",
        "home.example": "",
    }


def test_what_was_known_before_there_were_other_apis_is_still_understood(path: Path) -> None:
    with Database.open(path) as store:
        collection = collections.begin(store, HOME, NOW)
        instances.save(store, collection, InstanceInfo(HOME, HOME, title="old"), complete=False)
        store.connection.execute(
            "UPDATE instance SET facts = json_remove(facts, '$.api', '$.following', '$.followers')"
        )
        found = instances.load(store, collection, HOME)
    assert found is not None
    assert (found.title, found.api, found.followers) == ("old", "mastodon", ())
