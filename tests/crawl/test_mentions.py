"""Edges of mentions: read from the posts of a server's own people."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from fedistats.crawl.crawler import Crawler
from fedistats.errors import NotCollected, RateLimited
from fedistats.hosts import Host, Target
from fedistats.model import NeighborhoodGraph, Outcome
from fedistats.results.neighborhood import Neighborhood
from fedistats.settings import BY_MENTIONS, BY_POSTS, EdgeKind, Scope
from fedistats.store.database import Database
from fedistats.store.forget import forget
from tests.crawl.neighborhoods import edges_of
from tests.fediverse import TIMELINE, FakeFediverse, FakeServer, account, post

HOME, FAR, NEAR = Host("home.example"), Host("far.example"), Host("near.example")
NOW = 1793534400
MENTIONS = Scope(edges=BY_MENTIONS)


def to(*accts: str) -> list[dict[str, Any]]:
    return [{"id": "1", "username": acct.split("@")[0], "acct": acct, "url": "https://x.example"} for acct in accts]


@pytest.fixture
def servers() -> FakeFediverse:
    """Home's ann writes to people of far and near; far's bob writes back once; of near nobody writes to anybody."""
    return FakeFediverse(
        {
            HOME: FakeServer(
                [
                    post(9, "ann", mentions=to("bob@far.example", "eve@far.example")),
                    post(8, "ann", mentions=to("bob@far.example", "dan")),
                    post(7, "ann", mentions=to("cat@near.example")),
                    post(6, "loud@relay.example"),
                ]
            ),
            FAR: FakeServer([post(5, "bob", mentions=to("ann@home.example"))]),
            NEAR: FakeServer([post(4, "cat")]),
        }
    )


def collect(fediverse: FakeFediverse, path: Path, scope: Scope = MENTIONS, posts: int = 1000) -> None:
    with Database.open(path) as database:
        asyncio.run(Crawler(fediverse.fetch, database, now=lambda: NOW).neighborhood(Target(HOME), posts, scope))


def read_graph(
    path: Path, *, edges: EdgeKind = BY_MENTIONS, directed: bool = False, posts: int = 1000
) -> NeighborhoodGraph:
    with Database.open_read_only(path) as database:
        return Neighborhood.read(database, HOME, posts, min_posts=1, directed=directed, edges=edges)


def test_a_post_connects_its_instance_once_with_each_that_it_mentions(servers: FakeFediverse, tmp_path: Path) -> None:
    collect(servers, tmp_path / "db")
    assert edges_of(read_graph(tmp_path / "db")) == {(FAR, HOME): 3, (HOME, NEAR): 1}


def test_a_directed_edge_leads_from_the_author_to_the_mentioned(servers: FakeFediverse, tmp_path: Path) -> None:
    collect(servers, tmp_path / "db")
    assert edges_of(read_graph(tmp_path / "db", directed=True)) == {(HOME, FAR): 2, (FAR, HOME): 1, (HOME, NEAR): 1}


def test_only_posts_of_a_servers_own_people_are_requested(servers: FakeFediverse, tmp_path: Path) -> None:
    collect(servers, tmp_path / "db")
    timelines = [request for request in servers.requests if request.path == TIMELINE]
    assert timelines
    assert all(("local", "true") in request.params for request in timelines)
    assert all(node.host != "relay.example" for node in read_graph(tmp_path / "db").nodes)


def test_the_parameters_name_the_rule(servers: FakeFediverse, tmp_path: Path) -> None:
    collect(servers, tmp_path / "db")
    parameters = read_graph(tmp_path / "db").about.parameters
    assert parameters["edges"] == "mentions"
    assert "mentions people of the other" in str(parameters["rule"])


def test_posts_of_authors_who_opted_out_mention_no_instance(servers: FakeFediverse, tmp_path: Path) -> None:
    quiet = account("ann", note="please #nobots")
    servers.servers[HOME].posts[0] = {**post(9, "ann"), "account": quiet, "mentions": to("x@elsewhere.example")}
    collect(servers, tmp_path / "db")
    assert "elsewhere.example" not in {node.host for node in read_graph(tmp_path / "db").nodes}
    assert all(request.host != "elsewhere.example" for request in servers.requests)


def test_both_kinds_of_edges_are_kept_side_by_side(servers: FakeFediverse, tmp_path: Path) -> None:
    path = tmp_path / "db"
    collect(servers, path, Scope())
    with pytest.raises(NotCollected):
        read_graph(path)
    collect(servers, path)
    before = len(servers.requests)
    collect(servers, path, Scope())
    collect(servers, path)
    assert len(servers.requests) == before
    assert ("home.example", "relay.example") in edges_of(read_graph(path, edges=BY_POSTS))
    assert ("home.example", "relay.example") not in edges_of(read_graph(path))


def test_an_incomplete_crawl_is_continued_to_the_same_edges(servers: FakeFediverse, tmp_path: Path) -> None:
    complete, broken = tmp_path / "complete", tmp_path / "broken"
    collect(servers, complete)
    server = servers.servers[FAR]
    answering = dict(server.responses)
    server.responses[TIMELINE] = RateLimited("", NOW + 60)
    collect(servers, broken)
    assert edges_of(read_graph(broken)) != edges_of(read_graph(complete))
    server.responses.clear()
    server.responses.update(answering)
    collect(servers, broken)
    assert edges_of(read_graph(broken)) == edges_of(read_graph(complete))


def test_fewer_posts_may_be_used_than_were_collected(servers: FakeFediverse, tmp_path: Path) -> None:
    collect(servers, tmp_path / "db")
    assert edges_of(read_graph(tmp_path / "db", posts=1)) == {(FAR, HOME): 2}


@pytest.mark.parametrize("mentions", [None, {}, "x", [None], [{"acct": 7}], [{}], to("@"), to("x@localhost")])
def test_an_invalid_mention_is_ignored(servers: FakeFediverse, tmp_path: Path, mentions: object) -> None:
    servers.servers[HOME].posts[:] = [post(9, "ann", mentions=mentions), post(8, "ann", mentions=to("bob@far.example"))]
    collect(servers, tmp_path / "db")
    assert edges_of(read_graph(tmp_path / "db")) == {(FAR, HOME): 2}
    assert read_graph(tmp_path / "db").coverage.outcomes == {Outcome.COMPLETE: 2}


def test_a_forgotten_instance_is_mentioned_by_none(servers: FakeFediverse, tmp_path: Path) -> None:
    path = tmp_path / "db"
    collect(servers, path)
    with Database.open(path) as database:
        forget(database, FAR)
    assert edges_of(read_graph(path)) == {(HOME, NEAR): 1}
    assert b"far.example" not in path.read_bytes()
