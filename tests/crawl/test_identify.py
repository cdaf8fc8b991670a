"""One server with two names, and which claims of servers are believed."""

from __future__ import annotations

from pathlib import Path

import pytest

from fedistats.errors import (
    NotFound,
)
from fedistats.fetch import Request
from fedistats.hosts import Host, Target
from fedistats.model import Outcome
from fedistats.settings import Scope
from fedistats.store import collections, instances
from fedistats.store.database import Database
from tests.crawl.neighborhoods import (
    HOME,
    Killed,
    collect,
    edges_of,
    outcome_of,
    read_graph,
    timeline_by,
)
from tests.fediverse import TIMELINE, FakeFediverse, FakeServer


def host_meta(host: str) -> bytes:
    return f'<Link rel="lrdd" template="https://{host}/.well-known/webfinger?resource={{uri}}"/>'.encode()


def two_names() -> FakeFediverse:
    """The handles of social.far.example end in far.example, which is a website itself."""
    return FakeFediverse(
        {
            "home.example": FakeServer(timeline_by(*["x@far.example"] * 3, *["y@social.far.example"] * 2, "ann")),
            "far.example": FakeServer(
                responses={
                    "/.well-known/host-meta": host_meta("social.far.example"),
                    TIMELINE: NotFound("website"),
                    "/api/v2/instance": NotFound(""),
                }
            ),
            "social.far.example": FakeServer(
                timeline_by("ann@home.example", "x", "y@far.example"), domain="far.example"
            ),
        }
    )


def test_a_server_with_two_names_is_one_node_under_the_domain_of_its_handles(path: Path) -> None:
    collect(two_names(), path)
    assert edges_of(read_graph(path)) == {("far.example", "home.example"): 6}


@pytest.mark.parametrize("name", ["far.example", "social.far.example"])
def test_the_start_may_be_given_by_either_of_its_names(path: Path, name: str) -> None:
    collect(two_names(), path, start=Target(Host(name)))
    for either in ("far.example", "social.far.example"):
        assert read_graph(path, Host(either)).start == "far.example"
    assert edges_of(read_graph(path, Host(name))) == {("far.example", "home.example"): 6}


def test_a_server_that_claims_a_domain_which_does_not_name_it_is_not_believed(
    fediverse: FakeFediverse, path: Path
) -> None:
    fediverse.servers["home.example"].domain = "far.example"  # which never named home.example
    collect(fediverse, path)
    assert read_graph(path).start == "home.example"


def test_a_domain_that_names_the_server_of_another_domain_does_not_become_it(
    fediverse: FakeFediverse, path: Path
) -> None:
    impostor = FakeServer(
        responses={
            "/.well-known/host-meta": host_meta("far.example"),
            TIMELINE: NotFound("website"),
            "/api/v2/instance": NotFound(""),
        }
    )
    fediverse.servers["near.example"] = impostor
    collect(fediverse, path)
    graph = read_graph(path)
    assert edges_of(graph)["far.example", "home.example"] == 4
    assert outcome_of(graph, "near.example") == (Outcome.UNSUPPORTED, "no fediverse server")
    with pytest.raises(NotFound):
        collect(fediverse, path, start=Target(Host("near.example")))


def test_a_private_start_is_believed(path: Path) -> None:
    private = Host("127.0.0.1:3000")
    fediverse = FakeFediverse(
        {private: FakeServer(timeline_by("x@far.example", "ann", "bob@home.example"), domain="home.example")}
    )
    collect(fediverse, path, start=Target(private, "http", private=True))
    assert edges_of(read_graph(path, HOME)) == {("far.example", "home.example"): 1}
    assert read_graph(path, private).start == HOME


def test_the_other_name_of_a_silent_host_is_looked_up_once(path: Path) -> None:
    fediverse = two_names()
    fediverse.servers["social.far.example"].responses[TIMELINE] = NotFound("no timeline")
    collect(fediverse, path)
    assert outcome_of(read_graph(path), "far.example") == (Outcome.UNSUPPORTED, "no fediverse server")
    before = len(fediverse.requests)
    collect(fediverse, path, scope=Scope(depth=2))
    assert [request for request in fediverse.requests[before:] if request.host == "far.example"] == []


def test_the_description_of_a_neighbor_is_not_kept_only_because_it_has_two_names(path: Path) -> None:
    collect(two_names(), path)
    with Database.open_read_only(path) as database:
        (collection,) = collections.find(database, HOME)
        assert instances.load(database, collection, Host("far.example")) is None


def test_a_run_that_was_killed_before_the_other_name_was_looked_up_is_continued(path: Path) -> None:
    fediverse = two_names()

    def kill(request: Request) -> None:
        if (request.host, request.path) == ("far.example", "/.well-known/host-meta"):
            raise Killed

    fediverse.on_request = kill
    with pytest.raises(BaseException):  # noqa: B017, PT011 - a kill, alone or in a group
        collect(fediverse, path)
    fediverse.on_request = lambda _: None
    collect(fediverse, path)
    assert edges_of(read_graph(path)) == {("far.example", "home.example"): 6}
