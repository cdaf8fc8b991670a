"""How far a neighborhood reaches: depth, lists of hosts, limits, a queue instead of a crowd, and what is told of it on the way."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from fedistats import api, cli
from fedistats.cli.progress import ProgressMeter
from fedistats.crawl.crawler import Crawler
from fedistats.crawl.frontier import Frontier
from fedistats.crawl.progress import Progress
from fedistats.errors import RequestLimitReached, Unreachable
from fedistats.hosts import Host, Target
from fedistats.model import NeighborhoodGraph, Outcome
from fedistats.results.neighborhood import Neighborhood
from fedistats.settings import Scope
from fedistats.store import collections
from fedistats.store.database import Database
from tests.fediverse import FakeFediverse, FakeServer, post
from tests.local_server import serve_locally

HOME = Host("home.example")
NOW = 1793534400


def heard(**posts: int) -> list[dict[str, Any]]:
    """A timeline with so many posts of each instance."""
    authors = [f"x@{name}.example" for name, n in posts.items() for _ in range(n)]
    return [post(n, author) for n, author in enumerate(authors, 1)][::-1]


def chain() -> FakeFediverse:
    """home hears a and b; a hears c, b hears d twice; c hears e."""
    return FakeFediverse(
        {
            "home.example": FakeServer(heard(a=2, b=3)),
            "a.example": FakeServer(heard(c=1)),
            "b.example": FakeServer(heard(d=2)),
            "c.example": FakeServer(heard(e=90)),
            "d.example": FakeServer(heard(home=1)),
            "e.example": FakeServer(heard(a=1)),
        }
    )


def collect(fediverse: FakeFediverse, path: Path, scope: Scope | None = None, **options: Any) -> None:
    with Database.open(path) as store:
        crawl = Crawler(fediverse.fetch, store, now=lambda: NOW, **options)
        asyncio.run(crawl.neighborhood(Target(HOME), 1000, scope))


def told(path: Path) -> NeighborhoodGraph:
    with Database.open_read_only(path) as store:
        return Neighborhood.read(store, HOME, 1000, min_posts=1)


def state(path: Path) -> tuple[Any, ...]:
    found = told(path)
    return found.nodes, found.edges.tolist(), found.coverage, found.host_outcomes, found.about


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "fedistats.db"


@pytest.mark.parametrize(("depth", "asked"), [(1, "home a b"), (2, "home a b c d"), (3, "home a b c d e")])
def test_each_step_asks_the_instances_that_the_one_before_has_found(path: Path, depth: int, asked: str) -> None:
    fediverse = chain()
    collect(fediverse, path, Scope(depth=depth))
    assert fediverse.requested_hosts() == {f"{name}.example" for name in asked.split()}
    assert told(path).coverage.asked == len(asked.split())


def test_who_turns_out_to_be_nearer_brings_all_that_it_names_nearer() -> None:
    names = {"far": ["beyond"], "near": ["far"]}

    async def story() -> list[str]:
        frontier = Frontier(
            HOME,
            Scope(depth=2),
            hosts_named_by=lambda host: [Host(n) for n in names.get(host, [])],
            rank=lambda _: (),
        )
        frontier.add(HOME, [Host("near")])
        came = [await frontier.get()]
        frontier.add(Host("near"), [Host("far")])
        came.append(await frontier.get())
        frontier.add(Host("far"), [Host("beyond")])  # three steps: too far
        frontier.add(HOME, [Host("far")])  # but the start names it, too
        came.append(await frontier.get())
        return [str(host) for host in came]

    assert asyncio.run(asyncio.wait_for(story(), 5)) == ["near", "far", "beyond"]


def test_listed_hosts_are_visited_as_if_they_had_been_found(path: Path) -> None:
    fediverse = chain()
    collect(fediverse, path, Scope(listed=frozenset({Host("d.example"), Host("nowhere.example")})))
    assert fediverse.requested_hosts() == {"home.example", "a.example", "b.example", "d.example", "nowhere.example"}
    ended = {ending.host: ending.outcome for ending in told(path).host_outcomes}
    assert (ended[Host("d.example")], ended[Host("nowhere.example")]) == (Outcome.COMPLETE, Outcome.DEAD)


@pytest.mark.parametrize(("most", "asked"), [(1, "home"), (2, "home b"), (3, "home b a"), (4, "home b a d")])
def test_of_too_many_those_are_visited_that_most_posts_name(path: Path, most: int, asked: str) -> None:
    fediverse = chain()
    collect(fediverse, path, Scope(depth=2, max_hosts=most))
    assert fediverse.requested_hosts() == {f"{name}.example" for name in asked.split()}
    found = told(path).coverage
    assert found.asked == most
    assert found.found == most + found.count(Outcome.NOT_ASKED)


def test_listed_hosts_come_first_and_those_beyond_the_limit_are_told_as_not_asked(path: Path) -> None:
    listed = frozenset(Host(f"{name}.example") for name in ("d", "e"))
    collect(chain(), path, Scope(listed=listed, max_hosts=2))
    ended = {ending.host: ending.outcome for ending in told(path).host_outcomes}
    assert ended[Host("d.example")] is Outcome.COMPLETE
    assert {str(host) for host, outcome in ended.items() if outcome is Outcome.NOT_ASKED} == {
        "a.example",
        "b.example",
        "e.example",
    }


def test_every_result_says_how_far_was_gone(path: Path) -> None:
    listed = frozenset({Host("d.example"), Host("e.example")})
    collect(chain(), path, Scope(depth=2, listed=listed, max_hosts=3))
    question = told(path).about.parameters
    # printf 'd.example\ne.example\n' | sha256sum
    assert {name: question[name] for name in ("depth", "list", "max_hosts")} == {
        "depth": 2,
        "list": "2 hosts (SHA-256 52db57a98090)",
        "max_hosts": 3,
    }


def test_going_further_goes_on_with_what_is_there_and_going_less_far_begins_anew(path: Path) -> None:
    fediverse = chain()
    collect(fediverse, path, Scope())
    collect(fediverse, path, Scope(depth=2))
    assert max(fediverse.page_counts().values()) == 1
    collect(fediverse, path, Scope())
    assert fediverse.page_counts()[HOME, (("limit", "40"),)] == 2
    assert told(path).coverage.asked == 3


def test_without_a_word_on_it_a_collection_is_gone_on_with_as_far_as_it_goes(path: Path) -> None:
    fediverse = chain()
    collect(fediverse, path, Scope(depth=2))
    before = len(fediverse.requests)
    collect(fediverse, path)
    assert len(fediverse.requests) == before
    assert told(path).about.parameters["depth"] == 2


class Killed(BaseException):
    """What a kill looks like from inside."""


def _after(requests: int, fediverse: FakeFediverse) -> Callable[[Any], None]:
    def kill(_: Any) -> None:
        if len(fediverse.requests) >= requests:
            raise Killed

    return kill


@pytest.mark.parametrize(
    "scope", [Scope(depth=2), Scope(depth=3, max_hosts=4), Scope(listed=frozenset({Host("c.example")}))]
)
def test_a_crawl_of_any_breadth_that_is_killed_goes_on_where_it_was(tmp_path: Path, scope: Scope) -> None:
    whole = chain()
    collect(whole, tmp_path / "whole.db", scope)
    for after in range(1, len(whole.requests)):
        fediverse, path = chain(), tmp_path / f"{after}.db"
        fediverse.on_request = _after(after, fediverse)
        with pytest.raises(BaseException):  # noqa: B017, PT011 - a kill, alone or in a group
            collect(fediverse, path, scope)
        fediverse.on_request = lambda _: None
        collect(fediverse, path, scope)
        assert state(path) == state(tmp_path / "whole.db"), f"killed after {after} requests"
        assert fediverse.page_counts() == whole.page_counts(), f"killed after {after} requests"


def test_hosts_wait_in_a_queue_and_not_each_in_a_task_of_its_own(path: Path) -> None:
    names = {f"s{n}": 1 for n in range(400)}
    fediverse = FakeFediverse(
        {"home.example": FakeServer(heard(**names)), **{f"{n}.example": FakeServer() for n in names}}
    )
    most = 0

    async def story() -> None:
        places = asyncio.Semaphore(5)

        @asynccontextmanager
        async def visiting(_: Host, **_options: object) -> Any:
            async with places:
                yield

        async def room() -> None:
            async with places:
                pass

        def count(_: Any) -> None:
            nonlocal most
            most = max(most, len(asyncio.all_tasks()))

        fediverse.on_request = count
        with Database.open(path) as store:
            crawl = Crawler(fediverse.fetch, store, now=lambda: NOW, visiting=visiting, wait_for_slot=room)
            await crawl.neighborhood(Target(HOME), 1000)

    asyncio.run(story())
    assert told(path).coverage.asked == 401
    assert most < 20


@pytest.mark.usefixtures("unpaced")
def test_no_more_requests_are_made_than_were_allowed_and_the_next_run_goes_on(tmp_path: Path) -> None:
    posts = [post(n, f"u{n}") for n in range(400, 0, -1)]
    with serve_locally(FakeServer(posts)) as url:

        async def run(store: str, most: int | None) -> int:
            found = await api.collect("neighborhood", url, posts=400, store=tmp_path / store, max_requests=most)
            return found.requests

        whole = asyncio.run(run("whole.db", None))
        for _ in range(5):
            try:
                last = asyncio.run(run("parts.db", 5))
                break
            except RequestLimitReached:
                continue
        assert whole > 10
        assert last <= 5
        host = Host(url.removeprefix("http://"))
        results = []
        for name in ("whole.db", "parts.db"):
            with Database.open_read_only(tmp_path / name) as store:
                found = Neighborhood.read(store, collections.starts(store)[0], 400, min_posts=1)
                results.append((found.coverage, found.host_outcomes))
        assert results[0] == results[1], host


def test_the_command_line_takes_a_list_beside_a_host_and_ends_in_part_when_its_requests_are_spent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = tmp_path / "hosts.txt"
    listed.write_text("# friends\n\nfar.example  # and a comment\nBeyond.example\n")
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["fedistats", "neighborhood", *words, "--pace", "0.2"])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0)

    with serve_locally(FakeServer([post(n, f"u{n}") for n in range(90, 0, -1)])) as url:
        words = (url, "-i", "hosts.txt", "--max-hosts", "1", "--depth", "2", "--json", "-q")
        assert run(*words, "--max-requests", "3") == cli.PARTIAL
        assert "stopped after 3 requests" in capsys.readouterr().err
        run(*words)
    found = json.loads(capsys.readouterr().out)
    assert found["coverage"]["outcomes"] == {"complete": 1, "not asked": 2}
    asked = found["about"]["parameters"]
    assert (asked["depth"], asked["max_hosts"], asked["list"][:7]) == (2, 1, "2 hosts")


def test_a_host_that_was_put_off_is_named_with_its_time_to_the_end(path: Path) -> None:
    from fedistats.errors import RateLimited

    fediverse, seen = chain(), list[Progress]()
    fediverse.servers["a.example"] = FakeServer(
        responses={"/api/v1/timelines/public": RateLimited("later", NOW + 7200.0)}
    )
    collect(fediverse, path, on_progress=seen.append)
    assert seen[-1].put_off == {"a.example": NOW + 7200.0}
    assert (seen[-1].done, seen[-1].found, seen[-1].working) == (3, 3, 0)
    meter = ProgressMeter(lambda: 0.0, lambda: float(NOW))
    seen[-1].requests = 1
    meter.update(seen[-1])
    assert "put off a.example until " in meter.summary()


def test_the_pages_that_are_wanted_are_those_that_were_read_when_all_is_done(path: Path) -> None:
    fediverse, seen = chain(), list[Progress]()
    fediverse.servers["b.example"] = FakeServer(responses={"/api/v1/timelines/public": Unreachable("no", "dns")})
    collect(fediverse, path, Scope(depth=2), on_progress=seen.append)
    assert seen[-1].wanted - seen[-1].pages == 24, "of the start, whose pages may still come"
