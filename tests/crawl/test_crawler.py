"""The walk from one instance to its neighbours: what is found, what is left alone, and what a broken-off run still knows."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fedistats.crawl.crawler import Crawler
from fedistats.errors import (
    AccessDenied,
    FetchError,
    Gone,
    HostExcluded,
    InvalidResponse,
    LocalError,
    Moved,
    NotFound,
    RateLimited,
    RobotsDisallowed,
    Unreachable,
)
from fedistats.fetch import Request, Response
from fedistats.hosts import Host, Target
from fedistats.model import NeighborhoodGraph, Outcome
from fedistats.results.neighborhood import Neighborhood
from fedistats.results.profiles import Profiles
from fedistats.store import collections
from fedistats.store import queries as store_queries
from fedistats.store.database import Database
from tests.fediverse import DIRECTORY, TIMELINE, FakeFediverse, FakeServer, account, canary_server, post

HOME = Host("home.example")
NOW = 1793534400


def heard(*authors: str, first: int = 1) -> list[dict[str, Any]]:
    """A timeline of one post by each author, the last one newest."""
    return [post(first + n, author) for n, author in enumerate(authors)][::-1]


def collect(
    fediverse: FakeFediverse,
    path: Path,
    *,
    posts: int = 1000,
    start: Target = Target(HOME),
    **options: Any,
) -> None:
    with Database.open(path) as store:
        asyncio.run(Crawler(fediverse.fetch, store, now=lambda: NOW, **options).neighborhood(start, posts))


def told(
    path: Path, host: Host = HOME, *, posts: int = 1000, min_posts: int = 1, directed: bool = False
) -> NeighborhoodGraph:
    with Database.open_read_only(path) as store:
        return Neighborhood.read(store, host, posts, min_posts=min_posts, directed=directed)


def edges(found: NeighborhoodGraph) -> dict[tuple[str, str], int]:
    hosts = [node.host for node in found.nodes]
    return {(hosts[a], hosts[b]): n for a, b, n in found.edges.tolist()}


def outcome(found: NeighborhoodGraph, host: str) -> tuple[Outcome, str]:
    return next((node.outcome, node.reason) for node in found.nodes if node.host == host)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "fedistats.db"


@pytest.fixture
def three() -> FakeFediverse:
    """home hears far three times and near twice; far hears home once and other once; near hears nobody."""
    return FakeFediverse(
        {
            "home.example": FakeServer(heard(*["x@far.example"] * 3, *["y@near.example"] * 2, "ann")),
            "far.example": FakeServer(heard("ann@home.example", "o@other.example", "x")),
            "near.example": FakeServer(heard("y", "z")),
            "other.example": FakeServer(heard(*["x@far.example"] * 9)),
        }
    )


def test_the_weight_of_an_edge_is_the_posts_in_both_directions(three: FakeFediverse, path: Path) -> None:
    collect(three, path)
    assert edges(told(path)) == {
        ("far.example", "home.example"): 4,
        ("home.example", "near.example"): 2,
        ("far.example", "other.example"): 1,
    }


def test_directed_edges_keep_the_directions_apart(three: FakeFediverse, path: Path) -> None:
    collect(three, path)
    assert edges(told(path, directed=True)) == {
        ("home.example", "far.example"): 3,
        ("home.example", "near.example"): 2,
        ("far.example", "home.example"): 1,
        ("far.example", "other.example"): 1,
    }


def test_an_edge_stands_from_min_posts_on(three: FakeFediverse, path: Path) -> None:
    collect(three, path)
    assert edges(told(path, min_posts=4)) == {("far.example", "home.example"): 4}
    assert edges(told(path, min_posts=5)) == {}


def test_only_instances_found_on_the_start_are_asked(three: FakeFediverse, path: Path) -> None:
    collect(three, path)
    assert three.requested_hosts() == {"home.example", "far.example", "near.example"}
    assert outcome(told(path), "other.example")[0] is Outcome.NOT_ASKED


def test_only_the_newest_posts_count(three: FakeFediverse, path: Path) -> None:
    collect(three, path)
    # far stands further down on home's timeline: with two posts of each, nobody would have asked it
    assert edges(told(path, posts=2)) == {("home.example", "near.example"): 1}


def test_no_more_posts_are_read_than_were_asked_for(path: Path) -> None:
    fediverse = FakeFediverse({HOME: FakeServer([post(n, "x@far.example") for n in range(200, 0, -1)])})
    collect(fediverse, path, posts=50)
    assert told(path).coverage.posts_read == 50
    assert len(fediverse.page_counts()) == 2


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (Unreachable("silence", "timeout"), (Outcome.DEAD, "timeout")),
        (Unreachable("no name", "dns"), (Outcome.DEAD, "dns")),
        (RateLimited("later", 1e10), (Outcome.RATE_LIMITED, "")),
        (RobotsDisallowed("robots.txt"), (Outcome.ROBOTS, "")),
        (AccessDenied("closed"), (Outcome.CLOSED, "")),
        (NotFound("none"), (Outcome.UNSUPPORTED, "no fediverse server")),
        (Gone("for good"), (Outcome.GONE, "")),
        (Moved("to there", "there.example"), (Outcome.MOVED, "there.example")),
        (InvalidResponse("a web page", "html"), (Outcome.UNSUPPORTED, "html")),
        (InvalidResponse("a bomb", "size"), (Outcome.INVALID, "size")),
        (LocalError("no network"), (Outcome.LOCAL_ERROR, "")),
    ],
)
def test_a_host_that_fails_leaves_a_gap_that_says_why(
    three: FakeFediverse, path: Path, trouble: Exception, expected: tuple[Outcome, str]
) -> None:
    three.servers["far.example"] = FakeServer(responses={TIMELINE: lambda _: _raise(trouble)})
    collect(three, path)
    found = told(path)
    assert outcome(found, "far.example") == expected
    assert edges(found) == {("far.example", "home.example"): 3, ("home.example", "near.example"): 2}
    assert found.coverage.found == sum(found.coverage.outcomes.values()) == 3


def _raise(error: Exception) -> Any:
    raise error


def test_a_host_that_fails_half_way_counts_for_what_it_showed(three: FakeFediverse, path: Path) -> None:
    first = [post(n, "o@other.example") for n in range(80, 40, -1)]
    three.servers["far.example"] = FakeServer(
        responses={TIMELINE: lambda q: _raise(Unreachable("cut", "timeout")) if "max_id" in dict(q.params) else first}
    )
    collect(three, path)
    found = told(path)
    assert outcome(found, "far.example") == (Outcome.PARTIAL, "dead: timeout")
    assert edges(found)["far.example", "other.example"] == 40


def test_where_the_plain_timeline_is_closed_the_local_posts_are_read(three: FakeFediverse, path: Path) -> None:
    three.servers["far.example"].closed = {"public"}
    collect(three, path)
    found = told(path)
    assert outcome(found, "far.example") == (Outcome.COMPLETE, "")
    assert found.coverage.local_only == 1
    assert ("far.example", "other.example") not in edges(found)


def test_where_both_are_closed_that_is_an_outcome_and_no_way_round_is_tried(three: FakeFediverse, path: Path) -> None:
    three.servers["far.example"].closed = {"public", "local"}
    collect(three, path)
    assert outcome(told(path), "far.example") == (Outcome.CLOSED, "")
    assert [q.path for q in three.requests if q.host == "far.example"] == [TIMELINE, TIMELINE]


def test_a_timeline_that_is_missing_on_a_fediverse_server_is_closed(three: FakeFediverse, path: Path) -> None:
    nodeinfo = {"software": {"name": "gotosocial"}}
    three.servers["far.example"] = FakeServer(responses={TIMELINE: NotFound("none"), "/.well-known/nodeinfo": nodeinfo})
    collect(three, path)
    assert outcome(told(path), "far.example") == (Outcome.CLOSED, "no public timeline (gotosocial)")


# -- one server, two names ---------------------------------------------------------------------------------------------


def xrd(host: str) -> bytes:
    return f'<Link rel="lrdd" template="https://{host}/.well-known/webfinger?resource={{uri}}"/>'.encode()


def two_names() -> FakeFediverse:
    """far.example's people are at home on social.far.example; the domain itself is a website."""
    return FakeFediverse(
        {
            "home.example": FakeServer(heard(*["x@far.example"] * 3, *["y@social.far.example"] * 2, "ann")),
            "far.example": FakeServer(
                responses={
                    "/.well-known/host-meta": xrd("social.far.example"),
                    TIMELINE: NotFound("website"),
                    "/api/v2/instance": NotFound(""),
                }
            ),
            "social.far.example": FakeServer(heard("ann@home.example", "x", "y@far.example"), domain="far.example"),
        }
    )


def test_a_server_with_two_names_is_one_node_under_its_peoples_domain(path: Path) -> None:
    collect(two_names(), path)
    assert edges(told(path)) == {("far.example", "home.example"): 6}


@pytest.mark.parametrize("typed", ["far.example", "social.far.example"])
def test_the_start_may_be_typed_by_either_of_its_names(path: Path, typed: str) -> None:
    collect(two_names(), path, start=Target(Host(typed)))
    for name in ("far.example", "social.far.example"):
        assert told(path, Host(name)).start == "far.example"
    assert edges(told(path, Host(typed))) == {("far.example", "home.example"): 6}


def test_a_domain_that_does_not_know_the_server_is_not_believed(three: FakeFediverse, path: Path) -> None:
    three.servers["home.example"].domain = "far.example"  # which never named home.example
    collect(three, path)
    assert told(path).start == "home.example"


def test_a_domain_that_names_anothers_server_as_its_own_does_not_become_it(three: FakeFediverse, path: Path) -> None:
    thief = FakeServer(
        responses={
            "/.well-known/host-meta": xrd("far.example"),
            TIMELINE: NotFound("website"),
            "/api/v2/instance": NotFound(""),
        }
    )
    three.servers["near.example"] = thief
    collect(three, path)
    found = told(path)
    assert edges(found)["far.example", "home.example"] == 4
    assert outcome(found, "near.example") == (Outcome.UNSUPPORTED, "no fediverse server")
    with pytest.raises(NotFound):
        collect(three, path, start=Target(Host("near.example")))


def test_on_the_asker_s_desk_a_server_is_believed(path: Path) -> None:
    desk = Host("127.0.0.1:3000")
    fediverse = FakeFediverse(
        {desk: FakeServer(heard("x@far.example", "ann", "bob@home.example"), domain="home.example")}
    )
    collect(fediverse, path, start=Target(desk, "http", private=True))
    assert edges(told(path, HOME)) == {("far.example", "home.example"): 1}
    assert told(path, desk).start == HOME


# -- who wants out -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("no", [{"noindex": True}, {"note": '<a class="hashtag">#<span>NoBot</span></a>'}])
def test_posts_of_who_wants_out_make_no_edge_and_lead_nowhere(path: Path, no: dict[str, Any]) -> None:
    posts = [
        post(3, "ann"),
        post(2, "x@far.example", account=account("x@far.example", **no)),
        post(1, "y@near.example"),
    ]
    fediverse = FakeFediverse({HOME: FakeServer(posts)})
    collect(fediverse, path)
    found = told(path)
    assert fediverse.requested_hosts() == {"home.example", "near.example"}
    assert edges(found) == {("home.example", "near.example"): 1}
    assert (found.coverage.posts_read, found.coverage.posts_left_out) == (3, 1)


def test_a_host_that_the_fetcher_refuses_as_excluded_has_that_outcome(three: FakeFediverse, path: Path) -> None:
    def refuse(request: Request) -> None:
        if request.host == "far.example":
            raise HostExcluded(request.host)

    three.on_request = refuse
    collect(three, path)
    assert three.requested_hosts() == {"home.example", "near.example"}
    assert outcome(told(path), "far.example") == (Outcome.EXCLUDED, "excluded")


def test_names_that_no_public_server_has_are_no_instances(path: Path) -> None:
    names = [
        "localhost",
        "127.0.0.1",
        "169.254.169.254",
        "10.0.0.8",
        "printer.local",
        "[::1]",
        "0x7f.1",
        "user:pw@a.example",
    ]
    fediverse = FakeFediverse({HOME: FakeServer(heard(*(f"x@{name}" for name in names)))})
    collect(fediverse, path)
    assert fediverse.requested_hosts() <= {"home.example", "a.example"}
    assert told(path).coverage.posts_read == len(names)


def test_nothing_personal_stands_in_the_store_at_any_moment(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "fedistats.crawl.crawler.COMMIT_DELAY", 0.0
    )  # so that each page is there before the next is asked for
    server, canaries = canary_server()
    fediverse = FakeFediverse({HOME: server})
    seen: list[bytes] = []
    fediverse.on_request = lambda _: seen.extend(file.read_bytes() for file in path.parent.iterdir())

    async def everything() -> None:
        with Database.open(path) as store:
            crawl = Crawler(fediverse.fetch, store, now=lambda: NOW)
            await crawl.neighborhood(Target(HOME), 100)
            await crawl.posts(Target(HOME), 100)
            await crawl.profiles(Target(HOME))
            await crawl.instance(Target(HOME))
            seen.extend(file.read_bytes() for file in path.parent.iterdir())

    asyncio.run(everything())
    seen.append(path.read_bytes())
    assert any(b"gardener" in data for data in seen), "what many write does stand there"
    for word in [*canaries, "987654321"]:
        assert not any(word.encode() in data for data in seen), word


# -- nothing lost ------------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """What a kill looks like from inside."""


def big() -> FakeFediverse:
    """Nine servers that hear each other, several pages each, and some that fail."""
    names = [f"s{n}.example" for n in range(9)]
    dice = random.Random(7)
    servers = {}
    for name in ["home.example", *names]:
        servers[name] = FakeServer([post(n, f"u{n % 5}@{dice.choice(names)}") for n in range(130, 0, -1)])
    servers["s1.example"] = FakeServer(closed=["public", "local"])
    del servers["s2.example"]
    servers["s3.example"].closed = {"public"}
    return FakeFediverse(servers)


def state(path: Path) -> tuple[Any, ...]:
    found = told(path)
    return found.nodes, found.edges.tolist(), found.coverage, found.about


def test_a_run_that_is_killed_goes_on_where_it_was_and_asks_no_page_twice(tmp_path: Path) -> None:
    whole = big()
    collect(whole, tmp_path / "whole.db")
    for after in range(1, len(whole.requests), 3):
        fediverse, path = big(), tmp_path / f"{after}.db"
        fediverse.on_request = _after(after, fediverse)
        with pytest.raises(BaseException):  # noqa: B017, PT011 - a kill, alone or in a group
            collect(fediverse, path)
        fediverse.on_request = lambda _: None
        collect(fediverse, path)
        assert state(path) == state(tmp_path / "whole.db"), f"killed after {after} requests"
        assert fediverse.page_counts() == whole.page_counts(), f"killed after {after} requests"


def _after(requests: int, fediverse: FakeFediverse) -> Callable[[Any], None]:
    def kill(_: Any) -> None:
        if len(fediverse.requests) >= requests:
            raise Killed

    return kill


def test_a_second_run_asks_nobody(three: FakeFediverse, path: Path) -> None:
    collect(three, path)
    before = len(three.requests)
    collect(three, path)
    assert len(three.requests) == before


def test_a_host_that_was_put_off_is_asked_again_by_the_next_run(three: FakeFediverse, path: Path) -> None:
    far = three.servers["far.example"]
    three.servers["far.example"] = FakeServer(responses={TIMELINE: RateLimited("later", 0)})
    collect(three, path)
    assert outcome(told(path), "far.example")[0] is Outcome.RATE_LIMITED
    three.servers["far.example"] = far
    collect(three, path)
    assert outcome(told(path), "far.example") == (Outcome.COMPLETE, "")


def test_fresh_collects_anew_and_keeps_what_was(three: FakeFediverse, path: Path) -> None:
    collect(three, path)
    with Database.open(path) as store:
        asyncio.run(Crawler(three.fetch, store, now=lambda: NOW + 86400).neighborhood(Target(HOME), 1000, fresh=True))
        assert [found.begun_at for found in collections.find(store, HOME)] == [NOW + 86400, NOW]
    assert three.page_counts()[HOME, (("limit", "40"),)] == 2


def test_more_posts_than_were_collected_begin_a_new_collection(three: FakeFediverse, path: Path) -> None:
    collect(three, path, posts=2)
    collect(three, path, posts=1000)
    assert edges(told(path))["far.example", "home.example"] == 4


def test_neighbours_are_asked_before_the_start_has_been_read_to_its_end(path: Path) -> None:
    fediverse = FakeFediverse(
        {HOME: FakeServer([post(n, "x@far.example") for n in range(400, 0, -1)]), "far.example": FakeServer(heard("x"))}
    )
    collect(fediverse, path)
    order = [question.host for question in fediverse.requests]
    assert order.index(Host("far.example")) < len(order) - 1 - order[::-1].index(HOME)


def test_half_a_second_after_a_page_was_read_it_is_on_the_disk(three: FakeFediverse, path: Path) -> None:
    on_disk: list[int] = []

    async def fetch(question: Request) -> Response:
        if question.host == "far.example":
            await asyncio.sleep(0.8)
            with Database.open_read_only(path) as reader:
                readings = store_queries.timeline_results(reader, collections.find(reader, HOME)[0], 1000)
            on_disk.extend(reading.posts_read for reading in readings if reading.host == HOME)
        return await three.fetch(question)

    with Database.open(path) as store:
        asyncio.run(Crawler(fetch, store, now=lambda: NOW).neighborhood(Target(HOME), 1000))
    assert on_disk[0] == 6


@pytest.mark.parametrize("error", [Unreachable("dead", "dns"), NotFound("none"), RobotsDisallowed("robots")])
def test_a_start_that_cannot_be_met_is_an_error(path: Path, error: FetchError) -> None:
    everything = {"/api/v2/instance": error, "/api/v1/instance": error}
    with pytest.raises(type(error)):
        collect(FakeFediverse({HOME: FakeServer(responses=everything)}), path)


# -- profiles ----------------------------------------------------------------------------------------------------------


def directory(path: Path, profiles: list[dict[str, Any]], **answers: Any) -> Any:
    fediverse = FakeFediverse({HOME: FakeServer(profiles=profiles, responses=answers)})
    with Database.open(path) as store:
        asyncio.run(Crawler(fediverse.fetch, store, now=lambda: NOW).profiles(Target(HOME)))
    with Database.open_read_only(path) as store:
        return Profiles.read(store, HOME)


def test_profiles_are_counted_by_who_agreed(path: Path) -> None:
    people = [account(f"u{n}", note="gardener" if n % 2 else "") for n in range(100)]
    people += [account("a", noindex=True), account("b", note="#nobot"), account("c", discoverable=None)]
    found = directory(path, people)
    assert (found.listed, found.left_out, found.counted, found.with_bio) == (103, 3, 100, 50)


def test_a_word_is_counted_by_people_and_shown_from_min_people_on(path: Path) -> None:
    bios = ["Cats cats cats", "cats and sailing", "my cats", "sailing far", "lonelyword"] + ["" for _ in range(10)]
    found = directory(path, [account(f"u{n}", note=bio) for n, bio in enumerate(bios)])
    assert [(word.text, word.people) for word in found.words] == [("cats", 3)]


def test_followers_and_ages_are_told_as_distributions(path: Path) -> None:
    people = [account(f"u{n}", followers_count=3 * n, created_at="2022-11-05T00:00:00.000Z") for n in range(50)]
    found = {d.name: d for d in directory(path, people).distributions}
    assert sum(n for *_, n in found["followers"].bins) == 50
    assert found["account age"].bins == ((48.0, 49.0, 50),)


def test_a_server_of_very_few_people_gets_no_picture_of_them(path: Path) -> None:
    from fedistats.errors import NothingFound

    with pytest.raises(NothingFound, match="fewer than 10"):
        directory(path, [account(f"u{n}", note="gardener") for n in range(9)])


def test_a_directory_without_end_ends_and_its_words_too(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fedistats.crawl.directory.MAX_PROFILES", 400)
    note = "ends " * 1999 + "here afterwards"

    def endless(question: Request) -> list[dict[str, Any]]:
        offset = int(dict(question.params)["offset"])
        return [account(f"u{n}", note=note) for n in range(offset, offset + 80)]

    found = directory(path, [], **{DIRECTORY: endless})
    assert (found.listed, found.outcome, found.reason) == (400, Outcome.PARTIAL, "invalid: endless")
    assert "afterwards" not in {word.text for word in found.words}
    assert "ends" in {word.text for word in found.words}


def test_a_closed_directory_is_its_owners_word(path: Path) -> None:
    from fedistats.errors import NothingFound

    with pytest.raises(NothingFound, match="closed by its owner"):
        directory(path, [], **{DIRECTORY: NotFound("none")})
