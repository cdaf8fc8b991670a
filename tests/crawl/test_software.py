"""Requesting the software of the instances of a neighborhood."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from fedistats.crawl.crawler import Crawler
from fedistats.errors import InvalidResponse, LocalError, RateLimited
from fedistats.hosts import Host, Target
from fedistats.model import Node, Outcome
from fedistats.results.map import read_descriptions
from fedistats.results.neighborhood import Neighborhood
from fedistats.store.database import Database
from tests.fediverse import FakeFediverse, FakeServer, post

HOME, FAR = Host("home.example"), Host("far.example")
NOW = 1793534400
NODEINFO = "/.well-known/nodeinfo"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "fedistats.db"


def nodeinfo(software: str, version: str, users: int | None) -> dict[str, Any]:
    """A NodeInfo document; some servers send it in place of its address."""
    return {"software": {"name": software, "version": version}, "usage": {"users": {"total": users}}}


def fediverse_with(answer: Any) -> FakeFediverse:
    home = FakeServer([post(n, "x@far.example") for n in range(9, 0, -1)])
    return FakeFediverse({HOME: home, FAR: FakeServer([post(1, "ann@home.example")], responses={NODEINFO: answer})})


def collect_far_node(fediverse: FakeFediverse, path: Path, *, software: bool = True, **options: Any) -> Node:
    with Database.open(path) as db:
        crawler = Crawler(fediverse.fetch, db, now=lambda: NOW, **options)
        asyncio.run(crawler.neighborhood(Target(HOME), 100, software=software))
        counts = Neighborhood.read(db, HOME, 100)
    return next(node for node in counts.nodes if node.host == FAR)


def nodeinfo_requests(fediverse: FakeFediverse) -> int:
    return sum(request.path == NODEINFO for request in fediverse.requests)


def test_the_software_of_an_instance_is_requested_after_its_timeline(path: Path) -> None:
    fediverse = fediverse_with(nodeinfo("Akkoma", "3.16.0", 41))
    node = collect_far_node(fediverse, path)
    assert (node.software, node.version, node.users) == ("akkoma", "3.16.0", 41)
    assert [request.path for request in fediverse.requests if request.host == FAR][-1] == NODEINFO
    assert nodeinfo_requests(fediverse) == 1


def test_software_is_requested_only_if_wanted(path: Path) -> None:
    fediverse = fediverse_with(nodeinfo("Akkoma", "3.16.0", 41))
    assert collect_far_node(fediverse, path, software=False).software is None
    assert nodeinfo_requests(fediverse) == 0


def test_software_is_requested_later_without_reading_the_timelines_again(path: Path) -> None:
    fediverse = fediverse_with(nodeinfo("Akkoma", "3.16.0", 41))
    collect_far_node(fediverse, path, software=False)
    pages = sum(fediverse.page_counts().values())
    assert collect_far_node(fediverse, path).software == "akkoma"
    assert sum(fediverse.page_counts().values()) == pages
    assert collect_far_node(fediverse, path).software == "akkoma"
    assert nodeinfo_requests(fediverse) == 1


def test_no_host_is_visited_if_the_software_of_all_is_known(path: Path) -> None:
    fediverse, visited = fediverse_with(nodeinfo("Akkoma", "3.16.0", 41)), list[Host]()

    @asynccontextmanager
    async def visiting(host: Host, /, *, domain: Host | None = None) -> AsyncIterator[None]:
        visited.append(domain or host)
        yield

    collect_far_node(fediverse, path, software=False)
    for expected in ({HOME, FAR}, set()):
        visited.clear()
        assert collect_far_node(fediverse, path, visiting=visiting).software == "akkoma"
        assert set(visited) == expected


def test_the_name_of_a_software_is_cut_to_forty_characters(path: Path) -> None:
    assert collect_far_node(fediverse_with(nodeinfo("x" * 41, "1", 1)), path).software == "x" * 39 + "…"


def test_a_missing_version_or_user_count_is_none(path: Path) -> None:
    node = collect_far_node(fediverse_with(nodeinfo("Akkoma", "", None)), path)
    assert (node.software, node.version, node.users) == ("akkoma", None, None)


@pytest.mark.parametrize("error", [InvalidResponse("a web page", "html"), RateLimited("later", 1e10)])
def test_an_instance_that_fails_to_name_its_software_is_not_asked_again(path: Path, error: Exception) -> None:
    fediverse = fediverse_with(error)
    node = collect_far_node(fediverse, path)
    assert (node.outcome, node.software, node.users) == (Outcome.COMPLETE, None, None)
    collect_far_node(fediverse, path)
    assert nodeinfo_requests(fediverse) == 1


def test_after_a_local_error_the_software_is_requested_again(path: Path) -> None:
    def no_network(_: Any) -> Any:
        raise LocalError("no network")

    fediverse = fediverse_with(no_network)
    assert collect_far_node(fediverse, path).software is None
    fediverse.servers[FAR].responses[NODEINFO] = nodeinfo("Akkoma", "3.16.0", 41)
    assert collect_far_node(fediverse, path).software == "akkoma"


def test_the_software_of_an_instance_without_posts_is_not_requested(path: Path) -> None:
    fediverse = fediverse_with(nodeinfo("Akkoma", "3.16.0", 41))
    fediverse.servers[FAR].closed = {"public", "local"}
    collect_far_node(fediverse, path)
    assert nodeinfo_requests(fediverse) == 0


def test_descriptions_do_not_replace_the_request_for_software(path: Path) -> None:
    fediverse = fediverse_with(nodeinfo("Akkoma", "3.16.0", 41))
    with Database.open(path) as db:
        crawler = Crawler(fediverse.fetch, db, now=lambda: NOW)
        collected = asyncio.run(crawler.neighborhood(Target(HOME), 100))
        asyncio.run(crawler.descriptions(collected))
    assert collect_far_node(fediverse, path).software == "akkoma"
    with Database.open_read_only(path) as db:
        assert read_descriptions(db, HOME)[FAR].strip() == "The far.example instance"


def test_a_description_is_cut_to_five_thousand_characters(path: Path) -> None:
    fediverse = fediverse_with(nodeinfo("Akkoma", "3.16.0", 41))
    fediverse.servers[FAR].responses["/api/v2/instance"] = {"domain": FAR, "title": "Far", "description": "far " * 9000}
    with Database.open(path) as db:
        crawler = Crawler(fediverse.fetch, db, now=lambda: NOW)
        asyncio.run(crawler.descriptions(asyncio.run(crawler.neighborhood(Target(HOME), 100))))
        assert len(read_descriptions(db, HOME)[FAR]) == 5_000
