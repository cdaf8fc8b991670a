"""One visit to one host: what is read of it, and how it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fedistats.errors import (
    AccessDenied,
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
from fedistats.fetch import Request
from fedistats.model import Outcome
from tests.crawl.neighborhoods import (
    collect,
    edges_of,
    outcome_of,
    read_graph,
)
from tests.fediverse import TIMELINE, FakeFediverse, FakeServer, post


def fail(error: Exception) -> Any:
    raise error


@pytest.mark.parametrize(
    ("error", "expected"),
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
def test_a_host_that_fails_has_an_outcome_and_a_reason(
    fediverse: FakeFediverse, path: Path, error: Exception, expected: tuple[Outcome, str]
) -> None:
    fediverse.servers["far.example"] = FakeServer(responses={TIMELINE: lambda _: fail(error)})
    collect(fediverse, path)
    graph = read_graph(path)
    assert outcome_of(graph, "far.example") == expected
    assert edges_of(graph) == {("far.example", "home.example"): 3, ("home.example", "near.example"): 2}
    assert graph.coverage.found == sum(graph.coverage.outcomes.values()) == 3


def test_the_posts_of_a_host_that_fails_half_way_count(fediverse: FakeFediverse, path: Path) -> None:
    first = [post(n, "o@other.example") for n in range(80, 40, -1)]
    fediverse.servers["far.example"] = FakeServer(
        responses={
            TIMELINE: lambda request: fail(Unreachable("cut", "timeout")) if "max_id" in dict(request.params) else first
        }
    )
    collect(fediverse, path)
    graph = read_graph(path)
    assert outcome_of(graph, "far.example") == (Outcome.PARTIAL, "dead: timeout")
    assert edges_of(graph)["far.example", "other.example"] == 40


def test_if_the_public_feed_is_closed_the_local_feed_is_read(fediverse: FakeFediverse, path: Path) -> None:
    fediverse.servers["far.example"].closed = {"public"}
    collect(fediverse, path)
    graph = read_graph(path)
    assert outcome_of(graph, "far.example") == (Outcome.COMPLETE, "")
    assert graph.coverage.local_only == 1
    assert ("far.example", "other.example") not in edges_of(graph)


def test_if_both_feeds_are_closed_nothing_else_is_requested(fediverse: FakeFediverse, path: Path) -> None:
    fediverse.servers["far.example"].closed = {"public", "local"}
    collect(fediverse, path)
    assert outcome_of(read_graph(path), "far.example") == (Outcome.CLOSED, "")
    assert [request.path for request in fediverse.requests if request.host == "far.example"] == [TIMELINE, TIMELINE]


def test_a_fediverse_server_without_a_timeline_is_closed(fediverse: FakeFediverse, path: Path) -> None:
    nodeinfo = {"software": {"name": "gotosocial"}}
    fediverse.servers["far.example"] = FakeServer(
        responses={TIMELINE: NotFound("none"), "/.well-known/nodeinfo": nodeinfo}
    )
    collect(fediverse, path)
    assert outcome_of(read_graph(path), "far.example") == (Outcome.CLOSED, "no public timeline (gotosocial)")


def test_a_host_that_shows_web_pages_in_two_runs_keeps_its_outcome(fediverse: FakeFediverse, path: Path) -> None:
    fediverse.servers["far.example"] = FakeServer(responses={TIMELINE: InvalidResponse("a web page", "html")})
    fediverse.servers["near.example"] = FakeServer(responses={TIMELINE: RateLimited("later", 1e10)})
    for _ in range(2):  # the second run continues, because a host was rate limited
        fediverse.requests.clear()
        collect(fediverse, path)
        assert outcome_of(read_graph(path), "far.example") == (Outcome.UNSUPPORTED, "html")
        assert "far.example" in fediverse.requested_hosts()


def test_a_host_that_the_fetcher_refuses_is_excluded(fediverse: FakeFediverse, path: Path) -> None:
    def refuse(request: Request) -> None:
        if request.host == "far.example":
            raise HostExcluded(request.host)

    fediverse.on_request = refuse
    collect(fediverse, path)
    assert fediverse.requested_hosts() == {"home.example", "near.example"}
    assert outcome_of(read_graph(path), "far.example") == (Outcome.EXCLUDED, "excluded")
