"""The crawler: the edges that it finds, continuing a collection, and beginning a new one."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from fedistats import api, cli
from fedistats.crawl.crawler import Crawler
from fedistats.errors import (
    FetchError,
    NotFound,
    RateLimited,
    RequestLimitReached,
    RobotsDisallowed,
    Unreachable,
)
from fedistats.fetch import Request, Response
from fedistats.hosts import Host, Target
from fedistats.model import Outcome
from fedistats.results.neighborhood import Neighborhood
from fedistats.settings import Scope
from fedistats.store import collections, timelines
from fedistats.store import queries as store_queries
from fedistats.store.database import Database
from tests.crawl.neighborhoods import (
    HOME,
    NOW,
    chain_of_servers,
    collect,
    edges_of,
    kill_after,
    outcome_of,
    read_graph,
    snapshot,
    timeline_by,
)
from tests.fediverse import TIMELINE, FakeFediverse, FakeServer, canary_server, post
from tests.local_server import serve_locally


def test_the_weight_of_an_edge_counts_posts_in_both_directions(fediverse: FakeFediverse, path: Path) -> None:
    collect(fediverse, path)
    assert edges_of(read_graph(path)) == {
        ("far.example", "home.example"): 4,
        ("home.example", "near.example"): 2,
        ("far.example", "other.example"): 1,
    }


def test_directed_edges_count_each_direction_alone(fediverse: FakeFediverse, path: Path) -> None:
    collect(fediverse, path)
    assert edges_of(read_graph(path, directed=True)) == {
        ("home.example", "far.example"): 3,
        ("home.example", "near.example"): 2,
        ("far.example", "home.example"): 1,
        ("far.example", "other.example"): 1,
    }


def test_two_instances_are_linked_if_at_least_min_posts_connect_them(fediverse: FakeFediverse, path: Path) -> None:
    collect(fediverse, path)
    assert edges_of(read_graph(path, min_posts=4)) == {("far.example", "home.example"): 4}
    assert edges_of(read_graph(path, min_posts=5)) == {}


def test_only_instances_found_on_the_start_are_visited(fediverse: FakeFediverse, path: Path) -> None:
    collect(fediverse, path)
    assert fediverse.requested_hosts() == {"home.example", "far.example", "near.example"}
    assert outcome_of(read_graph(path), "other.example")[0] is Outcome.NOT_ASKED


def test_neighbors_are_visited_while_the_start_is_read(path: Path) -> None:
    fediverse = FakeFediverse(
        {
            HOME: FakeServer([post(n, "x@far.example") for n in range(400, 0, -1)]),
            "far.example": FakeServer(timeline_by("x")),
        }
    )
    collect(fediverse, path)
    order = [request.host for request in fediverse.requests]
    assert order.index(Host("far.example")) < len(order) - 1 - order[::-1].index(HOME)


@pytest.mark.parametrize("error", [Unreachable("dead", "dns"), NotFound("none"), RobotsDisallowed("robots")])
def test_a_start_that_cannot_be_read_is_an_error(path: Path, error: FetchError) -> None:
    responses = {"/api/v2/instance": error, "/api/v1/instance": error}
    with pytest.raises(type(error)):
        collect(FakeFediverse({HOME: FakeServer(responses=responses)}), path)


def test_a_second_run_sends_no_request(fediverse: FakeFediverse, path: Path) -> None:
    collect(fediverse, path)
    before = len(fediverse.requests)
    collect(fediverse, path)
    assert len(fediverse.requests) == before


def test_a_rate_limited_host_is_visited_by_the_next_run(fediverse: FakeFediverse, path: Path) -> None:
    far = fediverse.servers["far.example"]
    fediverse.servers["far.example"] = FakeServer(responses={TIMELINE: RateLimited("later", 0)})
    collect(fediverse, path)
    assert outcome_of(read_graph(path), "far.example")[0] is Outcome.RATE_LIMITED
    fediverse.servers["far.example"] = far
    collect(fediverse, path)
    assert outcome_of(read_graph(path), "far.example") == (Outcome.COMPLETE, "")


def test_fresh_begins_a_new_collection_and_keeps_the_old_one(fediverse: FakeFediverse, path: Path) -> None:
    collect(fediverse, path)
    with Database.open(path) as database:
        asyncio.run(
            Crawler(fediverse.fetch, database, now=lambda: NOW + 86400).neighborhood(Target(HOME), 1000, fresh=True)
        )
        assert [collection.begun_at for collection in collections.find(database, HOME)] == [NOW + 86400, NOW]
    assert fediverse.page_counts()[HOME, (("limit", "40"),)] == 2


def test_more_posts_than_were_collected_begin_a_new_collection(fediverse: FakeFediverse, path: Path) -> None:
    collect(fediverse, path, posts=2)
    collect(fediverse, path, posts=1000)
    assert edges_of(read_graph(path))["far.example", "home.example"] == 4


def test_more_posts_begin_a_new_collection_also_if_the_start_is_unfinished(
    fediverse: FakeFediverse, path: Path
) -> None:
    posts = fediverse.servers[HOME]
    fediverse.servers[HOME] = FakeServer(responses={TIMELINE: RateLimited("later", NOW)})
    collect(fediverse, path, posts=40)
    fediverse.servers[HOME] = posts
    collect(fediverse, path, posts=80)
    with Database.open_read_only(path) as database:
        assert [collection.neighborhood_posts for collection in collections.find(database, HOME)] == [80, 40]


def ten_servers() -> FakeFediverse:
    """Servers with several pages that name each other; some fail."""
    names = [f"s{n}.example" for n in range(9)]
    random_source = random.Random(7)
    servers = {}
    for name in ["home.example", *names]:
        servers[name] = FakeServer([post(n, f"u{n % 5}@{random_source.choice(names)}") for n in range(130, 0, -1)])
    servers["s1.example"] = FakeServer(closed=["public", "local"])
    del servers["s2.example"]
    servers["s3.example"].closed = {"public"}
    return FakeFediverse(servers)


def test_a_killed_run_is_continued_and_no_page_is_requested_twice(tmp_path: Path) -> None:
    complete = ten_servers()
    collect(complete, tmp_path / "complete.db")
    for after in range(1, len(complete.requests), 3):
        fediverse, path = ten_servers(), tmp_path / f"{after}.db"
        fediverse.on_request = kill_after(after, fediverse)
        with pytest.raises(BaseException):  # noqa: B017, PT011 - a kill, alone or in a group
            collect(fediverse, path)
        fediverse.on_request = lambda _: None
        collect(fediverse, path)
        assert snapshot(path) == snapshot(tmp_path / "complete.db"), f"killed after {after} requests"
        assert fediverse.page_counts() == complete.page_counts(), f"killed after {after} requests"


@pytest.mark.parametrize(
    "scope", [Scope(depth=2), Scope(depth=3, max_hosts=4), Scope(listed=frozenset({Host("c.example")}))]
)
def test_a_killed_crawl_of_any_scope_is_continued(tmp_path: Path, scope: Scope) -> None:
    complete = chain_of_servers()
    collect(complete, tmp_path / "complete.db", scope=scope)
    for after in range(1, len(complete.requests)):
        fediverse, path = chain_of_servers(), tmp_path / f"{after}.db"
        fediverse.on_request = kill_after(after, fediverse)
        with pytest.raises(BaseException):  # noqa: B017, PT011 - a kill, alone or in a group
            collect(fediverse, path, scope=scope)
        fediverse.on_request = lambda _: None
        collect(fediverse, path, scope=scope)
        assert snapshot(path) == snapshot(tmp_path / "complete.db"), f"killed after {after} requests"
        assert fediverse.page_counts() == complete.page_counts(), f"killed after {after} requests"


def test_a_page_is_on_the_disk_half_a_second_after_it_was_read(fediverse: FakeFediverse, path: Path) -> None:
    on_disk: list[int] = []

    async def fetch(request: Request) -> Response:
        if request.host == "far.example":
            await asyncio.sleep(0.8)
            with Database.open_read_only(path) as reader:
                results = store_queries.timeline_results(reader, collections.find(reader, HOME)[0], 1000)
            on_disk.extend(result.posts_read for result in results if result.host == HOME)
        return await fediverse.fetch(request)

    with Database.open(path) as database:
        asyncio.run(Crawler(fetch, database, now=lambda: NOW).neighborhood(Target(HOME), 1000))
    assert on_disk[0] == 6


def test_nothing_personal_is_in_the_store_at_any_moment(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fedistats.crawl.crawler.COMMIT_DELAY", 0.0)  # each page is written before the next request
    server, canaries = canary_server()
    fediverse = FakeFediverse({HOME: server})
    files: list[bytes] = []
    fediverse.on_request = lambda _: files.extend(file.read_bytes() for file in path.parent.iterdir())

    async def collect_everything() -> None:
        with Database.open(path) as database:
            crawler = Crawler(fediverse.fetch, database, now=lambda: NOW)
            await crawler.neighborhood(Target(HOME), 100)
            await crawler.posts(Target(HOME), 100)
            await crawler.profiles(Target(HOME))
            await crawler.instance(Target(HOME))
            files.extend(file.read_bytes() for file in path.parent.iterdir())

    asyncio.run(collect_everything())
    files.append(path.read_bytes())
    assert any(b"gardener" in data for data in files), "a word that many people use is there"
    for word in [*canaries, "987654321"]:
        assert not any(word.encode() in data for data in files), word


def test_hosts_wait_in_the_queue_and_not_each_in_a_task(path: Path) -> None:
    names = [f"s{n}.example" for n in range(400)]
    neighbors = {name: FakeServer() for name in names}
    fediverse = FakeFediverse({HOME: FakeServer(timeline_by(*(f"x@{name}" for name in names)))} | neighbors)
    most_tasks = 0

    async def run() -> None:
        slots = asyncio.Semaphore(5)

        @asynccontextmanager
        async def visiting(_: Host, **_options: object) -> Any:
            async with slots:
                yield

        async def wait_for_slot() -> None:
            async with slots:
                pass

        def count(_: Any) -> None:
            nonlocal most_tasks
            most_tasks = max(most_tasks, len(asyncio.all_tasks()))

        fediverse.on_request = count
        with Database.open(path) as database:
            crawler = Crawler(
                fediverse.fetch, database, now=lambda: NOW, visiting=visiting, wait_for_slot=wait_for_slot
            )
            await crawler.neighborhood(Target(HOME), 1000)

    asyncio.run(run())
    assert read_graph(path).coverage.asked == 401
    assert most_tasks < 20


@pytest.mark.usefixtures("unpaced")
def test_no_more_requests_are_sent_than_allowed_and_the_next_run_continues(tmp_path: Path) -> None:
    posts = [post(n, f"u{n}") for n in range(400, 0, -1)]
    with serve_locally(FakeServer(posts)) as url:

        async def run(name: str, max_requests: int | None) -> int:
            path = tmp_path / name
            result = await api.collect("neighborhood", url, posts=400, store=path, max_requests=max_requests)
            return result.requests

        needed = asyncio.run(run("complete.db", None))
        for _ in range(5):
            try:
                last = asyncio.run(run("parts.db", 5))
                break
            except RequestLimitReached:
                continue
        assert needed > 10
        assert last <= 5
        results = []
        for name in ("complete.db", "parts.db"):
            with Database.open_read_only(tmp_path / name) as database:
                graph = Neighborhood.read(database, collections.starts(database)[0], 400, min_posts=1)
                results.append((graph.coverage, graph.host_outcomes))
        assert results[0] == results[1]


def test_the_command_line_takes_a_list_and_exits_as_partial_at_the_request_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = tmp_path / "hosts.txt"
    listed.write_text("# friends\n\nfar.example  # and a comment\nBeyond.example\n")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["fedistats", "neighborhood", *arguments, "--pace", "0.2"])
        with pytest.raises(SystemExit) as exit_:
            cli.main()
        return int(exit_.value.code or 0)

    with serve_locally(FakeServer([post(n, f"u{n}") for n in range(90, 0, -1)])) as url:
        arguments = (url, "-i", "hosts.txt", "--max-hosts", "1", "--depth", "2", "--json", "-q")
        assert run(*arguments, "--max-requests", "3") == cli.PARTIAL
        assert "stopped after 3 requests" in capsys.readouterr().err
        run(*arguments)
    document = json.loads(capsys.readouterr().out)
    assert document["coverage"]["outcomes"] == {"complete": 1, "not asked": 2}
    parameters = document["about"]["parameters"]
    assert (parameters["depth"], parameters["max_hosts"], parameters["list"][:7]) == (2, 1, "2 hosts")


# -- the posts of one server ------------------------------------------------------------------------------------------


def collect_posts(fediverse: FakeFediverse, path: Path, posts: int) -> int:
    """Collect the posts of the start. Returns the number of its collections."""
    with Database.open(path) as database:
        asyncio.run(Crawler(fediverse.fetch, database, now=lambda: NOW).posts(Target(HOME), posts))
        return len(collections.find(database, HOME))


def test_unfinished_feeds_are_continued_also_with_more_posts(path: Path) -> None:
    fediverse = FakeFediverse({HOME: FakeServer([post(n, "ann") for n in range(200, 0, -1)])})

    def limit(request: Request) -> None:
        if "max_id" in dict(request.params):
            raise RateLimited("later", NOW)

    fediverse.on_request = limit
    assert collect_posts(fediverse, path, 80) == 1
    fediverse.on_request = lambda _: None
    assert collect_posts(fediverse, path, 120) == 1
    assert max(fediverse.page_counts().values()) == 1


def test_finished_feeds_with_fewer_posts_begin_a_new_collection(path: Path) -> None:
    fediverse = FakeFediverse({HOME: FakeServer([post(n, "ann") for n in range(200, 0, -1)])})
    assert collect_posts(fediverse, path, 80) == 1
    assert collect_posts(fediverse, path, 40) == 1
    assert collect_posts(fediverse, path, 120) == 2


def test_a_feed_that_does_not_exist_is_closed(path: Path) -> None:
    fediverse = FakeFediverse({HOME: FakeServer(responses={TIMELINE: NotFound("no such page")})})
    collect_posts(fediverse, path, 40)
    with Database.open_read_only(path) as database:
        (collection,) = collections.find(database, HOME)
        feeds = timelines.load_host(database, collection, HOME).timelines
    assert {feed: (timeline.outcome, timeline.reason) for feed, timeline in feeds.items()} == {
        "public": (Outcome.CLOSED, "no public timeline"),
        "local": (Outcome.CLOSED, "no public timeline"),
    }
