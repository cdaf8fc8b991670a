"""Reading a timeline: how many posts, and whose."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from fedistats.crawl.crawler import Crawler
from fedistats.errors import RateLimited
from fedistats.fetch import Request
from fedistats.hosts import Target
from fedistats.store import collections, timelines
from fedistats.store.database import Database
from tests.crawl.neighborhoods import (
    HOME,
    NOW,
    collect,
    edges_of,
    read_graph,
    timeline_by,
)
from tests.fediverse import FakeFediverse, FakeServer, account, post


def test_only_the_newest_posts_count(fediverse: FakeFediverse, path: Path) -> None:
    collect(fediverse, path)
    # far is further down on home's timeline: with two posts of each, it would not have been visited
    assert edges_of(read_graph(path, posts=2)) == {("home.example", "near.example"): 1}


def test_no_more_posts_are_read_than_wanted(path: Path) -> None:
    fediverse = FakeFediverse({HOME: FakeServer([post(n, "x@far.example") for n in range(200, 0, -1)])})
    collect(fediverse, path, posts=50)
    assert read_graph(path).coverage.posts_read == 50
    assert len(fediverse.page_counts()) == 2


@pytest.mark.parametrize("wish", [{"noindex": True}, {"note": '<a class="hashtag">#<span>NoBot</span></a>'}])
def test_posts_of_authors_who_opted_out_make_no_edge_and_lead_to_no_host(path: Path, wish: dict[str, Any]) -> None:
    posts = [
        post(3, "ann"),
        post(2, "x@far.example", account=account("x@far.example", **wish)),
        post(1, "y@near.example"),
    ]
    fediverse = FakeFediverse({HOME: FakeServer(posts)})
    collect(fediverse, path)
    graph = read_graph(path)
    assert fediverse.requested_hosts() == {"home.example", "near.example"}
    assert edges_of(graph) == {("home.example", "near.example"): 1}
    assert (graph.coverage.posts_read, graph.coverage.posts_left_out) == (3, 1)


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
    fediverse = FakeFediverse({HOME: FakeServer(timeline_by(*(f"x@{name}" for name in names)))})
    collect(fediverse, path)
    assert fediverse.requested_hosts() <= {"home.example", "a.example"}
    assert read_graph(path).coverage.posts_read == len(names)


@pytest.mark.parametrize(("begun_with_words", "counted"), [(True, 1), (False, None)])
def test_the_words_of_a_timeline_are_counted_from_its_first_page_on_or_not_at_all(
    path: Path, begun_with_words: bool, counted: int | None
) -> None:
    posts = [post(n, "ann", content="words", account=account("ann", indexable=True)) for n in range(60, 0, -1)]
    fediverse = FakeFediverse({HOME: FakeServer(posts)})

    def limit(request: Request) -> None:
        if "max_id" in dict(request.params):
            raise RateLimited("later", NOW)

    async def run(*, words_too: bool) -> None:
        with Database.open(path) as database:
            crawler = Crawler(fediverse.fetch, database, now=lambda: NOW)
            await crawler.neighborhood(Target(HOME), 60, words_too=words_too)

    fediverse.on_request = limit
    asyncio.run(run(words_too=begun_with_words))
    fediverse.on_request = lambda _: None
    asyncio.run(run(words_too=not begun_with_words))
    with Database.open_read_only(path) as database:
        (collection,) = collections.find(database, HOME)
        timeline = timelines.load_host(database, collection, HOME).timelines["public"]
    assert (timeline.posts_read, timeline.word_authors) == (60, counted)
