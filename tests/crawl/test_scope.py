"""How far a neighborhood reaches: depth, lists of hosts, limits, a queue instead of a crowd, and what is told of it on the way."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from fedistats import api, cli
from fedistats.cli.progress import Figures, line_by_line
from fedistats.crawl.crawler import Crawler
from fedistats.crawl.frontier import Frontier
from fedistats.crawl.progress import Progress
from fedistats.errors import RequestLimitReached, Unreachable
from fedistats.hosts import Host, Target
from fedistats.model import NeighborhoodGraph, Outcome
from fedistats.results import queries
from fedistats.settings import Scope
from fedistats.store import collections
from fedistats.store.database import Database
from tests.fediverse import Fediverse, Server, post
from tests.local_server import on_the_desk

HOME = Host("home.example")
NOW = 1793534400


def heard(**posts: int) -> list[dict[str, Any]]:
    """A timeline with so many posts of each instance."""
    authors = [f"x@{name}.example" for name, n in posts.items() for _ in range(n)]
    return [post(n, author) for n, author in enumerate(authors, 1)][::-1]


def chain() -> Fediverse:
    """home hears a and b; a hears c, b hears d twice; c hears e."""
    return Fediverse(
        {
            "home.example": Server(heard(a=2, b=3)),
            "a.example": Server(heard(c=1)),
            "b.example": Server(heard(d=2)),
            "c.example": Server(heard(e=90)),
            "d.example": Server(heard(home=1)),
            "e.example": Server(heard(a=1)),
        }
    )


def collect(fediverse: Fediverse, path: Path, scope: Scope | None = None, **options: Any) -> None:
    with Database.open(path) as store:
        crawl = Crawler(fediverse.fetch, store, now=lambda: NOW, **options)
        asyncio.run(crawl.neighborhood(Target(HOME), 1000, scope))


def told(path: Path) -> NeighborhoodGraph:
    with Database.open_read_only(path) as store:
        return queries.neighborhood(store, HOME, 1000, min_posts=1)


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
    assert fediverse.hosts() == {f"{name}.example" for name in asked.split()}
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
    assert fediverse.hosts() == {"home.example", "a.example", "b.example", "d.example", "nowhere.example"}
    ended = {ending.host: ending.outcome for ending in told(path).host_outcomes}
    assert (ended[Host("d.example")], ended[Host("nowhere.example")]) == (Outcome.COMPLETE, Outcome.DEAD)


@pytest.mark.parametrize(("most", "asked"), [(1, "home"), (2, "home b"), (3, "home b a"), (4, "home b a d")])
def test_of_too_many_those_are_visited_that_most_posts_name(path: Path, most: int, asked: str) -> None:
    fediverse = chain()
    collect(fediverse, path, Scope(depth=2, max_hosts=most))
    assert fediverse.hosts() == {f"{name}.example" for name in asked.split()}
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
    assert max(fediverse.pages().values()) == 1
    collect(fediverse, path, Scope())
    assert fediverse.pages()[HOME, (("limit", "40"),)] == 2
    assert told(path).coverage.asked == 3


def test_without_a_word_on_it_a_collection_is_gone_on_with_as_far_as_it_goes(path: Path) -> None:
    fediverse = chain()
    collect(fediverse, path, Scope(depth=2))
    before = len(fediverse.asked)
    collect(fediverse, path)
    assert len(fediverse.asked) == before
    assert told(path).about.parameters["depth"] == 2


class Killed(BaseException):
    """What a kill looks like from inside."""


def _after(requests: int, fediverse: Fediverse) -> Callable[[Any], None]:
    def kill(_: Any) -> None:
        if len(fediverse.asked) >= requests:
            raise Killed

    return kill


@pytest.mark.parametrize(
    "scope", [Scope(depth=2), Scope(depth=3, max_hosts=4), Scope(listed=frozenset({Host("c.example")}))]
)
def test_a_crawl_of_any_breadth_that_is_killed_goes_on_where_it_was(tmp_path: Path, scope: Scope) -> None:
    whole = chain()
    collect(whole, tmp_path / "whole.db", scope)
    for after in range(1, len(whole.asked)):
        fediverse, path = chain(), tmp_path / f"{after}.db"
        fediverse.before = _after(after, fediverse)
        with pytest.raises(BaseException):  # noqa: B017, PT011 - a kill, alone or in a group
            collect(fediverse, path, scope)
        fediverse.before = lambda _: None
        collect(fediverse, path, scope)
        assert state(path) == state(tmp_path / "whole.db"), f"killed after {after} requests"
        assert fediverse.pages() == whole.pages(), f"killed after {after} requests"


def test_hosts_wait_in_a_queue_and_not_each_in_a_task_of_its_own(path: Path) -> None:
    names = {f"s{n}": 1 for n in range(400)}
    fediverse = Fediverse({"home.example": Server(heard(**names)), **{f"{n}.example": Server() for n in names}})
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

        fediverse.before = count
        with Database.open(path) as store:
            crawl = Crawler(fediverse.fetch, store, now=lambda: NOW, visiting=visiting, wait_for_slot=room)
            await crawl.neighborhood(Target(HOME), 1000)

    asyncio.run(story())
    assert told(path).coverage.asked == 401
    assert most < 20


@pytest.mark.usefixtures("unpaced")
def test_no_more_requests_are_made_than_were_allowed_and_the_next_run_goes_on(tmp_path: Path) -> None:
    posts = [post(n, f"u{n}") for n in range(400, 0, -1)]
    with on_the_desk(Server(posts)) as url:

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
                found = queries.neighborhood(store, collections.starts(store)[0], 400, min_posts=1)
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

    with on_the_desk(Server([post(n, f"u{n}") for n in range(90, 0, -1)])) as url:
        words = (url, "-i", "hosts.txt", "--max-hosts", "1", "--depth", "2", "--json", "-q")
        assert run(*words, "--max-requests", "3") == cli.PARTIAL
        assert "stopped after 3 requests" in capsys.readouterr().err
        run(*words)
    found = json.loads(capsys.readouterr().out)
    assert found["coverage"]["outcomes"] == {"complete": 1, "not asked": 2}
    asked = found["about"]["parameters"]
    assert (asked["depth"], asked["max_hosts"], asked["list"][:7]) == (2, 1, "2 hosts")


# -- what is told on the way -------------------------------------------------------------------------------------------


class Time:
    def __init__(self) -> None:
        self.at = 0.0

    def clock(self) -> float:
        return self.at

    def calendar(self) -> float:
        return NOW + self.at


def _run_of(seconds: int, figures: Figures, time: Time, progress: Progress, pages: int = 10) -> None:
    for _ in range(seconds):
        time.at += 1
        progress.pages += pages
        progress.requests += 2 * pages
        figures.saw(progress)


def test_the_rate_is_that_of_the_last_minute() -> None:
    time = Time()
    figures, progress = Figures(time.clock, time.calendar), Progress("neighborhood", found=9, wanted=100_000)
    _run_of(600, figures, time, progress)
    _run_of(120, figures, time, progress, pages=1)
    assert figures.rate() == pytest.approx(2, rel=0.05)


def test_what_is_left_is_told_without_jumps() -> None:
    time = Time()
    figures, progress = Figures(time.clock, time.calendar), Progress("neighborhood", found=9, wanted=36_000)
    _run_of(600, figures, time, progress)
    assert figures.left() == pytest.approx(3000, rel=0.02)
    seen = []
    for _ in range(60):  # a minute in which nearly nothing comes would, by itself, mean hours
        _run_of(1, figures, time, progress, pages=0)
        seen.append(figures.left() or 0)
    assert max(abs(b - a) for a, b in pairwise(seen)) < 60
    assert max(seen) < 6000


def test_it_takes_at_least_as_long_as_somebody_asked_us_to_wait() -> None:
    time = Time()
    figures, progress = Figures(time.clock, time.calendar), Progress("neighborhood", found=9, wanted=700)
    _run_of(60, figures, time, progress)
    progress.resting = {Host("slow.example"): NOW + 60 + 900.0}
    assert figures.left() == pytest.approx(900)
    assert "waiting for slow.example until " in figures.line()
    assert "about 15 min left" in figures.line()


def test_a_pipe_is_told_of_each_instance_by_name_and_of_the_figures_now_and_then() -> None:
    time, lines = Time(), list[str]()
    figures, progress = Figures(time.clock, time.calendar), Progress("neighborhood", found=3, wanted=700)
    watch = line_by_line(figures, lines.append, time.clock)
    progress.ended = (Host("a.example"), "whole, 1,000 posts")
    progress.done = 1
    for _ in range(25):
        time.at += 1
        watch(progress)
    assert lines[0] == "a.example: whole, 1,000 posts; 1 of 3 instances done"
    assert len(lines) == 3, "and the figures every ten seconds"


def test_a_host_that_was_put_off_is_named_with_its_time_to_the_end(path: Path) -> None:
    from fedistats.errors import RateLimited

    fediverse, seen = chain(), list[Progress]()
    fediverse.servers["a.example"] = Server(answers={"/api/v1/timelines/public": RateLimited("later", NOW + 7200.0)})
    collect(fediverse, path, on_progress=seen.append)
    assert seen[-1].put_off == {"a.example": NOW + 7200.0}
    assert (seen[-1].done, seen[-1].found, seen[-1].working) == (3, 3, 0)
    figures = Figures(lambda: 0.0, lambda: float(NOW))
    seen[-1].requests = 1
    figures.saw(seen[-1])
    assert "put off a.example until " in figures.sum()


def test_the_pages_that_are_wanted_are_those_that_were_read_when_all_is_done(path: Path) -> None:
    fediverse, seen = chain(), list[Progress]()
    fediverse.servers["b.example"] = Server(answers={"/api/v1/timelines/public": Unreachable("no", "dns")})
    collect(fediverse, path, Scope(depth=2), on_progress=seen.append)
    assert seen[-1].wanted - seen[-1].pages == 24, "of the start, whose pages may still come"
