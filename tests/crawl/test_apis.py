"""Crawling servers of every software, each through its own API."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from fedistats.crawl.crawler import Crawler
from fedistats.errors import AccessDenied, FetchError, InvalidResponse, LocalError, NotFound
from fedistats.model import InstanceInfo, Outcome
from fedistats.store import collections, instances
from fedistats.store.database import Database
from tests.crawl.collecting import HOME, NOW, collect, edges, neighborhood, outcomes
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
from tests.fediverse import TIMELINE, FakeFediverse, FakeServer, post


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "fedistats.db"


@pytest.mark.parametrize("variant", MASTODON_VARIANTS, ids=[case.software for case in MASTODON_VARIANTS])
def test_a_neighbor_is_read_through_its_open_feeds(variant: MastodonVariant, path: Path) -> None:
    far = MastodonVariantServer("far.example", variant, posts_by("bob", "ann@home.example", "bob", "zoe@third.example"))
    fediverse = FakeFediverse({HOME: FakeServer([post(1, "bob@far.example")]), "far.example": far})
    collect(fediverse, path)
    graph = neighborhood(path)
    public_is_open = not {"public"} & (variant.closed | variant.missing) and not variant.local_only
    local_is_open = "local" not in variant.closed | variant.missing
    assert outcomes(graph)["far.example"] == ((Outcome.COMPLETE, "") if local_is_open else (Outcome.CLOSED, ""))
    assert edges(graph) == {
        ("far.example", "home.example"): 2 if public_is_open else 1,
        **({("far.example", "third.example"): 1} if public_is_open else {}),
    }


def every_software() -> FakeFediverse:
    """home (Mastodon) has posts of all hosts. Each other server has posts of home, of its right neighbor, and of its own accounts."""
    mixed = ["x@home.example", "y@akkoma.example", "y@akkoma.example", "own"]
    akkoma = next(variant for variant in MASTODON_VARIANTS if variant.software == "pleroma")
    gotosocial = next(variant for variant in MASTODON_VARIANTS if variant.software == "gotosocial-open")
    hosts = ["akkoma.example", "gts.example", "misskey.example", "lemmy.example", "tube.example", "write.example"]
    writefreely = {**nodeinfo("write.example", "writefreely"), TIMELINE: NotFound("no such page")}
    return FakeFediverse(
        {
            HOME: FakeServer([post(n, f"p@{host}") for n, host in enumerate(hosts * 3, 1)][::-1]),
            "akkoma.example": MastodonVariantServer(
                "akkoma.example", akkoma, posts_by("x@home.example", "z@gts.example", "own")
            ),
            "gts.example": MastodonVariantServer("gts.example", gotosocial, posts_by(*mixed, "z@misskey.example")),
            "misskey.example": FakeMisskey("misskey.example", posts_by(*mixed, "z@lemmy.example")),
            "lemmy.example": FakeLemmy("lemmy.example", posts_by(*mixed, "z@tube.example")),
            "tube.example": FakePeerTube("tube.example", posts_by(*mixed, "z@unseen.example")),
            "write.example": FakeServer(responses=writefreely),
        }
    )


EXPECTED_EDGES = {
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


def test_a_neighborhood_of_every_software_has_the_expected_edges(path: Path) -> None:
    collect(every_software(), path)
    graph = neighborhood(path)
    assert edges(graph) == {tuple(sorted(pair)): posts for pair, posts in EXPECTED_EDGES.items()}
    assert outcomes(graph)["write.example"] == (Outcome.CLOSED, "no public timeline (writefreely)")
    assert {host for host, (outcome, _) in outcomes(graph).items() if outcome is Outcome.COMPLETE} == {
        *("home.example", "akkoma.example", "gts.example", "misskey.example", "lemmy.example", "tube.example")
    }


@pytest.mark.parametrize("start", ["misskey.example", "lemmy.example", "tube.example"])
def test_a_server_with_another_api_can_be_the_start(path: Path, start: str) -> None:
    collect(every_software(), path, start=start)
    graph = neighborhood(path, start)
    assert graph.start == start
    assert ("akkoma.example", start) in edges(graph)
    assert outcomes(graph)[start] == (Outcome.COMPLETE, "")


def test_a_second_run_sends_no_request(path: Path) -> None:
    fediverse = every_software()
    collect(fediverse, path)
    before = len(fediverse.requests)
    collect(fediverse, path)
    assert len(fediverse.requests) == before


class Killed(BaseException):
    """Simulates a killed process."""


def test_a_killed_run_continues_through_the_same_api(tmp_path: Path) -> None:
    def fediverse_of_three() -> FakeFediverse:
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

    complete = fediverse_of_three()
    collect(complete, tmp_path / "complete.db")
    expected = neighborhood(tmp_path / "complete.db")
    assert edges(expected)["m.example", "third.example"] == 130
    for after in range(1, len(complete.requests), 2):
        fediverse, path = fediverse_of_three(), tmp_path / f"{after}.db"

        def kill(_: Any, fediverse: FakeFediverse = fediverse, after: int = after) -> None:
            if len(fediverse.requests) >= after:
                raise Killed

        fediverse.on_request = kill
        with pytest.raises(BaseException):  # noqa: B017, PT011 - Killed, alone or in a group
            collect(fediverse, path)
        fediverse.on_request = lambda _: None
        collect(fediverse, path)
        graph = neighborhood(path)
        assert (edges(graph), outcomes(graph)) == (edges(expected), outcomes(expected)), (
            f"killed after {after} requests"
        )


PAGES = ("/api/notes/", "/api/v3/post", "/api/v1/videos")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (NotFound("no such page"), Outcome.COMPLETE),
        (refused("far.example"), Outcome.COMPLETE),
        (InvalidResponse("a web page", "html"), Outcome.COMPLETE),
        (AccessDenied("closed"), Outcome.CLOSED),
        (InvalidResponse("a bomb", "size"), Outcome.INVALID),
    ],
)
def test_another_api_is_tried_only_if_mastodons_does_not_exist(
    path: Path, error: FetchError, expected: Outcome
) -> None:
    far = FakeMisskey("far.example", posts_by("own", "ann@home.example"), software="sharkey")
    far.responses[TIMELINE] = error
    fediverse = FakeFediverse({HOME: FakeServer([post(1, "p@far.example")]), "far.example": far})
    collect(fediverse, path)
    assert outcomes(neighborhood(path))["far.example"][0] is expected
    used_own_api = any(request.path.startswith(PAGES) for request in fediverse.requests)
    assert used_own_api == (expected is Outcome.COMPLETE)


def test_the_local_feed_is_read_if_the_public_one_is_closed(path: Path) -> None:
    far = FakeMisskey("far.example", posts_by("own", "ann@home.example"), closed=["public"])
    fediverse = FakeFediverse({HOME: FakeServer([post(1, "p@far.example")]), "far.example": far})
    collect(fediverse, path)
    graph = neighborhood(path)
    assert outcomes(graph)["far.example"] == (Outcome.COMPLETE, "")
    assert (graph.coverage.local_only, edges(graph)) == (1, {("far.example", "home.example"): 1})


@pytest.mark.parametrize(
    "closed", [FakeMisskey("far.example", closed=["public", "local"]), FakeLemmy("far.example", private=True)]
)
def test_a_server_whose_feeds_are_all_closed_has_the_outcome_closed(path: Path, closed: FakeServer) -> None:
    collect(FakeFediverse({HOME: FakeServer([post(1, "p@far.example")]), "far.example": closed}), path)
    assert outcomes(neighborhood(path))["far.example"] == (Outcome.CLOSED, "")


def test_a_server_without_the_api_of_its_software_has_no_public_timeline(path: Path) -> None:
    far = FakeServer(responses=nodeinfo("far.example", "lemmy"))
    far.responses |= {TIMELINE: NotFound("no such page"), "/api/v3/post/list": NotFound("no such page")}
    fediverse = FakeFediverse({HOME: FakeServer([post(1, "p@far.example")]), "far.example": far})
    collect(fediverse, path)
    assert outcomes(neighborhood(path))["far.example"] == (Outcome.CLOSED, "no public timeline (lemmy)")
    assert sum(request.host == "far.example" for request in fediverse.requests) < 10


def test_after_a_local_error_while_a_server_is_identified_the_next_run_visits_it_again(path: Path) -> None:
    far = FakeMisskey("far.example", posts_by("own", "ann@home.example"))
    fediverse = FakeFediverse({HOME: FakeServer([post(1, "p@far.example")]), "far.example": far})

    def disconnect(request: Any) -> None:
        if "nodeinfo" in request.path:
            raise LocalError("no network")

    fediverse.on_request = disconnect
    collect(fediverse, path)
    assert outcomes(neighborhood(path))["far.example"] == (Outcome.LOCAL_ERROR, "")
    fediverse.on_request = lambda _: None
    collect(fediverse, path)
    assert outcomes(neighborhood(path))["far.example"] == (Outcome.COMPLETE, "")


def test_the_software_of_a_neighbor_with_another_api_is_requested_once(path: Path) -> None:
    fediverse = every_software()
    collect(fediverse, path, software=True)
    requests = [(q.host, q.path) for q in fediverse.requests if "nodeinfo" in q.path and "well-known" in q.path]
    assert len(requests) == len(set(requests))
    nodes = {str(node.host): node.software for node in neighborhood(path).nodes}
    assert (nodes["misskey.example"], nodes["lemmy.example"]) == ("misskey", "lemmy")


def test_every_instance_is_described_through_its_own_api(path: Path) -> None:
    fediverse = every_software()
    collect(fediverse, path)
    with Database.open(path) as store:
        collection = collections.find(store, HOME)[0]
        asyncio.run(Crawler(fediverse.fetch, store, now=lambda: NOW).descriptions(collection))
        titles = {str(host): instance.title for host, instance in instances.load_all(store, collection).items()}
    assert titles["misskey.example"] == "Fake Misskey"
    assert titles["lemmy.example"] == "Fake Lemmy"
    assert titles["tube.example"] == "Fake PeerTube"


def test_a_bridge_is_one_node_with_its_kind(path: Path) -> None:
    handles: Sequence[str] = ["one.blog@bsky.brid.gy", "two.blog@bsky.brid.gy", "npub1@mostr.pub", "x@far.example"]
    collect(FakeFediverse({HOME: FakeServer([post(n, handle) for n, handle in posts_by(*handles)])}), path)
    graph = neighborhood(path)
    assert edges(graph)["bsky.brid.gy", "home.example"] == 2
    assert {node.host: node.kind for node in graph.nodes} == {
        "bsky.brid.gy": "bridge",
        "mostr.pub": "bridge",
        "far.example": "",
        "home.example": "",
    }


def test_stored_instances_without_newer_fields_are_loaded(path: Path) -> None:
    with Database.open(path) as store:
        collection = collections.begin(store, HOME, NOW)
        instances.save(store, collection, InstanceInfo(HOME, HOME, title="old"), complete=False)
        store.connection.execute(
            "UPDATE instance SET facts = json_remove(facts, '$.api', '$.following', '$.followers')"
        )
        found = instances.load(store, collection, HOME)
    assert found is not None
    assert (found.title, found.api, found.followers) == ("old", "mastodon", ())
