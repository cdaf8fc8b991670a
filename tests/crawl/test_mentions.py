"""Ties of mentions: who talks with whom, read from what a server's own people write."""

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
from tests.fediverse import TIMELINE, FakeFediverse, FakeServer, account, post

HOME, FAR, NEAR = Host("home.example"), Host("far.example"), Host("near.example")
NOW = 1793534400
MENTIONS = Scope(edges=BY_MENTIONS)


def to(*accts: str) -> list[dict[str, Any]]:
    return [{"id": "1", "username": acct.split("@")[0], "acct": acct, "url": "https://x.example"} for acct in accts]


@pytest.fixture
def three() -> FakeFediverse:
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
    with Database.open(path) as store:
        asyncio.run(Crawler(fediverse.fetch, store, now=lambda: NOW).neighborhood(Target(HOME), posts, scope))


def told(path: Path, *, edges: EdgeKind = BY_MENTIONS, directed: bool = False, posts: int = 1000) -> NeighborhoodGraph:
    with Database.open_read_only(path) as store:
        return Neighborhood.read(store, HOME, posts, min_posts=1, directed=directed, edges=edges)


def edges(found: NeighborhoodGraph) -> dict[tuple[str, str], int]:
    hosts = [node.host for node in found.nodes]
    return {(hosts[a], hosts[b]): n for a, b, n in found.edges.tolist()}


def test_a_post_connects_its_instance_with_each_that_it_mentions_once(three: FakeFediverse, tmp_path: Path) -> None:
    collect(three, tmp_path / "db")
    assert edges(told(tmp_path / "db")) == {(FAR, HOME): 3, (HOME, NEAR): 1}


def test_directed_a_tie_leads_from_who_writes_to_who_is_mentioned(three: FakeFediverse, tmp_path: Path) -> None:
    collect(three, tmp_path / "db")
    assert edges(told(tmp_path / "db", directed=True)) == {(HOME, FAR): 2, (FAR, HOME): 1, (HOME, NEAR): 1}


def test_only_posts_of_a_servers_own_people_are_asked_for(three: FakeFediverse, tmp_path: Path) -> None:
    collect(three, tmp_path / "db")
    asked = [question for question in three.requests if question.path == TIMELINE]
    assert asked
    assert all(("local", "true") in question.params for question in asked)
    assert all(node.host != "relay.example" for node in told(tmp_path / "db").nodes)


def test_the_rule_and_the_question_say_so(three: FakeFediverse, tmp_path: Path) -> None:
    collect(three, tmp_path / "db")
    question = told(tmp_path / "db").about.parameters
    assert question["edges"] == "mentions"
    assert "mentions people of the other" in str(question["rule"])


def test_posts_of_who_wants_out_mention_nobody(three: FakeFediverse, tmp_path: Path) -> None:
    quiet = account("ann", note="please #nobots")
    three.servers[HOME].posts[0] = {**post(9, "ann"), "account": quiet, "mentions": to("x@elsewhere.example")}
    collect(three, tmp_path / "db")
    assert "elsewhere.example" not in {node.host for node in told(tmp_path / "db").nodes}
    assert all(question.host != "elsewhere.example" for question in three.requests)


def test_both_kinds_of_ties_are_kept_side_by_side(three: FakeFediverse, tmp_path: Path) -> None:
    path = tmp_path / "db"
    collect(three, path, Scope())
    with pytest.raises(NotCollected):
        told(path)
    collect(three, path)
    before = len(three.requests)
    collect(three, path, Scope())
    collect(three, path)
    assert len(three.requests) == before
    assert ("home.example", "relay.example") in edges(told(path, edges=BY_POSTS))
    assert ("home.example", "relay.example") not in edges(told(path))


def test_a_walk_that_was_stopped_goes_on_to_the_same_ties(three: FakeFediverse, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    collect(three, whole)
    server = three.servers[FAR]
    answering = dict(server.responses)
    server.responses[TIMELINE] = RateLimited("", NOW + 60)
    collect(three, broken)
    assert edges(told(broken)) != edges(told(whole))
    server.responses.clear()
    server.responses.update(answering)
    collect(three, broken)
    assert edges(told(broken)) == edges(told(whole))


def test_fewer_posts_may_be_told_than_were_collected(three: FakeFediverse, tmp_path: Path) -> None:
    collect(three, tmp_path / "db")
    assert edges(told(tmp_path / "db", posts=1)) == {(FAR, HOME): 2}


@pytest.mark.parametrize("mentions", [None, {}, "x", [None], [{"acct": 7}], [{}], to("@"), to("x@localhost")])
def test_what_is_no_mention_is_none(three: FakeFediverse, tmp_path: Path, mentions: object) -> None:
    three.servers[HOME].posts[:] = [post(9, "ann", mentions=mentions), post(8, "ann", mentions=to("bob@far.example"))]
    collect(three, tmp_path / "db")
    assert edges(told(tmp_path / "db")) == {(FAR, HOME): 2}
    assert told(tmp_path / "db").coverage.outcomes == {Outcome.COMPLETE: 2}


def test_once_forgotten_nobody_mentions_it(three: FakeFediverse, tmp_path: Path) -> None:
    path = tmp_path / "db"
    collect(three, path)
    with Database.open(path) as store:
        forget(store, FAR)
    assert edges(told(path)) == {(HOME, NEAR): 1}
    assert b"far.example" not in path.read_bytes()
