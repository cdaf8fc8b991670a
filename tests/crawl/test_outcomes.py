"""Any error of a visit becomes the outcome of its host, also one that nobody foresaw; errors that concern the whole run end it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from fedistats import optout
from fedistats.crawl.crawler import Crawler
from fedistats.crawl.outcomes import Failure, attempt, failure_for_error
from fedistats.errors import (
    FetchError,
    HostExcluded,
    InvalidResponse,
    LocalError,
    Moved,
    NotFound,
    RateLimited,
    RequestLimitReached,
    RobotsDisallowed,
    StoreUnwritable,
    Unreachable,
    WrongWorker,
)
from fedistats.fetch import Request
from fedistats.hosts import Host, Target
from fedistats.model import Account, HostOutcome, Outcome
from fedistats.results.neighborhood import Neighborhood
from fedistats.store import collections, directories, instances
from fedistats.store.database import Database
from tests.fediverse import DIRECTORY, TIMELINE, FakeFediverse, FakeServer, account, post

HOME, FAR, NEAR = Host("home.example"), Host("far.example"), Host("near.example")
NOW = 1793534400
HOST_META, NODEINFO = "/.well-known/host-meta", "/.well-known/nodeinfo"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "fedistats.db"


@pytest.fixture
def fediverse() -> FakeFediverse:
    """Home's timeline has posts of far and near; both show theirs."""
    return FakeFediverse(
        {
            HOME: FakeServer([post(3, "x@far.example"), post(2, "y@near.example"), post(1, "ann")]),
            FAR: FakeServer([post(1, "x")]),
            NEAR: FakeServer([post(1, "y")]),
        }
    )


def collect(fediverse: FakeFediverse, path: Path, **options: Any) -> dict[Host, HostOutcome]:
    """Collect the neighborhood. Returns the outcome of each host."""
    software = options.pop("software", False)
    with Database.open(path) as database:
        crawler = Crawler(fediverse.fetch, database, now=lambda: NOW, **options)
        asyncio.run(crawler.neighborhood(Target(HOME), 100, software=software))
    with Database.open_read_only(path) as database:
        graph = Neighborhood.read(database, HOME, 100, min_posts=1)
    return {outcome.host: outcome for outcome in graph.host_outcomes}


def fail(host: Host, path: str, error: Exception) -> Callable[[Request], None]:
    """Raises this error for each request of a path of a host."""

    def on_request(request: Request) -> None:
        if (request.host, request.path) == (host, path):
            raise error

    return on_request


def silence(fediverse: FakeFediverse) -> None:
    """Far shows no timeline under its own name, so others are tried."""
    fediverse.servers[FAR] = FakeServer(responses={TIMELINE: NotFound("no such page")})


ERRORS = [
    (LocalError("no network"), Outcome.LOCAL_ERROR, ""),
    (KeyError("unforeseen"), Outcome.INTERNAL_ERROR, "KeyError"),
]


@pytest.mark.parametrize(("error", "outcome", "reason"), ERRORS)
@pytest.mark.parametrize("request_path", [TIMELINE, NODEINFO, HOST_META])
def test_an_error_of_any_request_of_a_visit_is_the_outcome_of_that_host_alone(
    fediverse: FakeFediverse, path: Path, request_path: str, error: Exception, outcome: Outcome, reason: str
) -> None:
    if request_path != TIMELINE:
        silence(fediverse)
    fediverse.on_request = fail(FAR, request_path, error)
    outcomes = collect(fediverse, path)
    assert (outcomes[FAR].outcome, outcomes[FAR].reason) == (outcome, reason)
    assert outcomes[NEAR].outcome is outcomes[HOME].outcome is Outcome.COMPLETE


@pytest.mark.parametrize(("error", "outcome", "reason"), ERRORS)
def test_an_error_at_the_other_name_of_a_host_is_the_outcome_of_that_host_alone(
    fediverse: FakeFediverse, path: Path, error: Exception, outcome: Outcome, reason: str
) -> None:
    silence(fediverse)
    link = b'<Link rel="lrdd" template="https://social.far.example/.well-known/webfinger?resource={uri}"/>'
    fediverse.servers[FAR].responses[HOST_META] = link
    fediverse.on_request = fail(Host("social.far.example"), "/api/v2/instance", error)
    outcomes = collect(fediverse, path)
    assert (outcomes[FAR].outcome, outcomes[FAR].reason) == (outcome, reason)
    assert outcomes[NEAR].outcome is Outcome.COMPLETE


@pytest.mark.parametrize(("error", "outcome", "reason"), ERRORS)
def test_an_error_while_a_visit_waits_for_its_slots_is_the_outcome_of_that_host_alone(
    fediverse: FakeFediverse, path: Path, error: Exception, outcome: Outcome, reason: str
) -> None:
    @asynccontextmanager
    async def visiting(host: Host, **_: object) -> AsyncIterator[None]:
        if host == FAR:
            raise error
        yield

    outcomes = collect(fediverse, path, visiting=visiting)
    assert (outcomes[FAR].outcome, outcomes[FAR].reason) == (outcome, reason)
    assert outcomes[NEAR].outcome is Outcome.COMPLETE


def test_an_unforeseen_error_in_a_page_is_the_outcome_of_that_host_alone(
    fediverse: FakeFediverse, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opted_out = optout.opted_out

    def fail_for_x(author: Account) -> bool:
        if author.key == "odd@far.example":
            raise RecursionError
        return opted_out(author)

    fediverse.servers[FAR].posts = [post(n, "x" if n > 20 else "odd") for n in range(60, 0, -1)]
    monkeypatch.setattr(optout, "opted_out", fail_for_x)
    outcomes = collect(fediverse, path)
    assert (outcomes[FAR].outcome, outcomes[FAR].reason) == (Outcome.PARTIAL, "internal error: RecursionError")
    assert outcomes[FAR].posts_read == 40
    assert outcomes[NEAR].outcome is Outcome.COMPLETE


def test_an_unforeseen_error_after_the_last_page_keeps_the_posts(fediverse: FakeFediverse, path: Path) -> None:
    fediverse.on_request = fail(FAR, NODEINFO, KeyError("unforeseen"))
    outcomes = collect(fediverse, path, software=True)
    assert (outcomes[FAR].outcome, outcomes[FAR].reason) == (Outcome.PARTIAL, "internal error: KeyError")
    assert outcomes[FAR].posts_read == 1
    assert outcomes[NEAR].outcome is Outcome.COMPLETE
    fediverse.on_request = lambda _: None
    before = len(fediverse.requests)
    collect(fediverse, path, software=True)
    assert [request.path for request in fediverse.requests[before:] if request.host == FAR] == [NODEINFO]


def test_a_local_error_after_the_last_page_leaves_the_outcome_and_the_next_run_asks_again(
    fediverse: FakeFediverse, path: Path
) -> None:
    fediverse.on_request = fail(FAR, NODEINFO, LocalError("no network"))
    assert collect(fediverse, path, software=True)[FAR].outcome is Outcome.COMPLETE
    fediverse.servers[FAR].responses[NODEINFO] = {"software": {"name": "mastodon"}}
    fediverse.on_request = lambda _: None
    collect(fediverse, path, software=True)
    with Database.open_read_only(path) as database:
        (collection,) = collections.find(database, HOME)
        instance = instances.load(database, collection, FAR)
    assert instance is not None
    assert instance.software == "mastodon"


@pytest.mark.parametrize("error", [LocalError("no network"), KeyError("unforeseen")])
@pytest.mark.parametrize("request_path", [TIMELINE, NODEINFO, HOST_META])
def test_a_host_that_an_error_of_ours_kept_from_is_visited_by_the_next_run(
    fediverse: FakeFediverse, path: Path, request_path: str, error: Exception
) -> None:
    posts = fediverse.servers[FAR]
    if request_path != TIMELINE:
        silence(fediverse)
    fediverse.on_request = fail(FAR, request_path, error)
    collect(fediverse, path)
    fediverse.servers[FAR] = posts
    fediverse.on_request = lambda _: None
    assert collect(fediverse, path)[FAR].outcome is Outcome.COMPLETE


def test_an_error_of_the_start_after_it_was_identified_is_its_outcome(fediverse: FakeFediverse, path: Path) -> None:
    fediverse.on_request = fail(HOME, TIMELINE, KeyError("unforeseen"))
    assert collect(fediverse, path)[HOME].outcome is Outcome.INTERNAL_ERROR


@pytest.mark.parametrize(("error", "outcome", "reason"), ERRORS)
def test_an_error_while_the_software_of_the_start_is_identified_is_its_outcome(
    fediverse: FakeFediverse, path: Path, error: Exception, outcome: Outcome, reason: str
) -> None:
    fediverse.servers[HOME].responses[TIMELINE] = NotFound("no such page")
    fediverse.on_request = fail(HOME, NODEINFO, error)
    assert (found := collect(fediverse, path)[HOME]).outcome is outcome
    assert found.reason == reason


def test_an_error_during_a_second_visit_keeps_the_posts_of_the_first(fediverse: FakeFediverse, path: Path) -> None:
    @asynccontextmanager
    async def visiting(host: Host, **_: object) -> AsyncIterator[None]:
        if host == FAR:
            raise LocalError("no network")
        yield

    collect(fediverse, path)
    assert collect(fediverse, path, software=True, visiting=visiting)[FAR].outcome is Outcome.COMPLETE
    fediverse.on_request = fail(FAR, NODEINFO, KeyError("unforeseen"))
    assert collect(fediverse, path, software=True)[FAR].outcome is Outcome.PARTIAL
    fediverse.on_request = lambda _: None
    assert collect(fediverse, path, software=True)[FAR].posts_read == 1
    assert max(fediverse.page_counts().values()) == 1, "no page is requested again"


def test_an_error_with_one_description_leaves_all_others(fediverse: FakeFediverse, path: Path) -> None:
    fediverse.on_request = fail(FAR, "/api/v2/instance", KeyError("unforeseen"))

    async def run() -> None:
        with Database.open(path) as database:
            crawler = Crawler(fediverse.fetch, database, now=lambda: NOW)
            collection = await crawler.neighborhood(Target(HOME), 100)
            await crawler.descriptions(collection)
            known = instances.load_all(database, collection)
            assert known[NEAR].title == "The near.example instance"
            assert FAR not in known, "the next run asks again"

    asyncio.run(run())


@pytest.mark.parametrize(("error", "outcome", "reason"), ERRORS)
@pytest.mark.parametrize("request_path", ["/api/v1/instance", DIRECTORY])
def test_an_error_with_a_directory_is_its_outcome(
    path: Path, request_path: str, error: Exception, outcome: Outcome, reason: str
) -> None:
    fediverse = FakeFediverse({HOME: FakeServer(profiles=[account("ann")])})
    fediverse.on_request = fail(HOME, request_path, error)

    async def run() -> None:
        with Database.open(path) as database:
            collection = await Crawler(fediverse.fetch, database, now=lambda: NOW).profiles(Target(HOME))
            directory = directories.load(database, collection, HOME)
            assert directory is not None
            assert (directory.outcome, directory.reason) == (outcome, reason)
            assert not directory.finished, "the next run continues"

    asyncio.run(run())


def test_the_traceback_of_an_unforeseen_error_is_logged(
    fediverse: FakeFediverse, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fediverse.on_request = fail(FAR, TIMELINE, KeyError("unforeseen"))
    with caplog.at_level(logging.WARNING, "fedistats"):
        collect(fediverse, path)
    (record,) = caplog.records
    assert (record.name, record.levelno, record.exc_info is not None) == ("fedistats", logging.WARNING, True)
    assert "far.example" in record.getMessage()


@pytest.mark.parametrize("error", [Unreachable("silence", "timeout"), LocalError("no network")])
def test_an_error_that_was_foreseen_is_not_logged(
    fediverse: FakeFediverse, path: Path, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    fediverse.on_request = fail(FAR, TIMELINE, error)
    with caplog.at_level(logging.DEBUG, "fedistats"):
        collect(fediverse, path)
    assert not caplog.records


# -- what ends the run ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error", [RequestLimitReached("enough"), WrongWorker("not ours"), StoreUnwritable("the disk is full")]
)
@pytest.mark.parametrize("request_path", [TIMELINE, HOST_META])
def test_an_error_that_concerns_the_whole_run_ends_it(
    fediverse: FakeFediverse, path: Path, request_path: str, error: Exception
) -> None:
    if request_path != TIMELINE:
        silence(fediverse)
    fediverse.on_request = fail(FAR, request_path, error)
    with pytest.raises(type(error)):
        collect(fediverse, path)


def test_a_disk_that_is_full_ends_the_run(fediverse: FakeFediverse, path: Path) -> None:
    fediverse.servers[FAR].posts = [post(n, f"{'x' * 90}{n}@h{n}.example") for n in range(400, 0, -1)]
    with Database.open(path) as database:
        pages = database.rows("PRAGMA page_count")[0][0]
        database.connection.execute(f"PRAGMA max_page_count = {pages + 3}")
        crawler = Crawler(fediverse.fetch, database, now=lambda: NOW)
        with pytest.raises(StoreUnwritable, match="full"):
            asyncio.run(crawler.neighborhood(Target(HOME), 400))


def test_a_crawl_that_is_canceled_ends(fediverse: FakeFediverse, path: Path) -> None:
    async def run() -> None:
        with Database.open(path) as database:
            crawler = Crawler(fediverse.fetch, database, now=lambda: NOW)
            task = asyncio.create_task(crawler.neighborhood(Target(HOME), 100))

            def cancel(request: Request) -> None:
                if request.host == FAR:
                    task.cancel()

            fediverse.on_request = cancel
            await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(run())


# -- errors and outcomes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "outcome", "reason", "resumable"),
    [
        (RateLimited("later", 7.0), Outcome.RATE_LIMITED, "", True),
        (RobotsDisallowed("no", "robots"), Outcome.ROBOTS, "", False),
        (RobotsDisallowed("no", "crawl-delay"), Outcome.ROBOTS, "crawl-delay", False),
        (Moved("there", "there.example"), Outcome.MOVED, "there.example", False),
        (InvalidResponse("a web page", "html"), Outcome.UNSUPPORTED, "html", False),
        (InvalidResponse("too long", "size"), Outcome.INVALID, "size", False),
        (Unreachable("too many names", "crowd"), Outcome.EXCLUDED, "too many names of one domain", False),
        (HostExcluded(FAR), Outcome.EXCLUDED, "excluded", False),
        (FetchError("of a kind that is not in the table"), Outcome.INVALID, "", False),
        (LocalError("no network"), Outcome.LOCAL_ERROR, "", True),
        (ZeroDivisionError(), Outcome.INTERNAL_ERROR, "ZeroDivisionError", True),
    ],
)
def test_each_error_has_an_outcome(error: Exception, outcome: Outcome, reason: str, resumable: bool) -> None:
    failure = failure_for_error(error)
    assert (failure.outcome, failure.reason, failure.resumable) == (outcome, reason, resumable)


def test_a_failure_after_some_posts_makes_the_outcome_partial() -> None:
    failure = Failure(Outcome.DEAD, "timeout")
    assert failure.after(0) == (Outcome.DEAD, "timeout")
    assert failure.after(1) == (Outcome.PARTIAL, "dead: timeout")
    assert Failure(Outcome.CLOSED).after(1) == (Outcome.PARTIAL, "closed")


def test_a_rate_limit_says_when_the_host_may_be_contacted() -> None:
    async def work() -> None:
        raise RateLimited("later", 7.0)

    failure = asyncio.run(attempt(work(), FAR))
    assert failure is not None
    assert failure.retry_at == 7.0


def test_work_that_succeeds_is_no_failure() -> None:
    async def work() -> int:
        return 1

    assert asyncio.run(attempt(work(), FAR)) is None
