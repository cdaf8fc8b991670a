"""The progress of a crawl."""

from __future__ import annotations

import asyncio
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from fedistats.cli.progress import ProgressMeter
from fedistats.crawl.crawler import Crawler
from fedistats.crawl.progress import Progress
from fedistats.errors import (
    RateLimited,
    Unreachable,
)
from fedistats.hosts import Target
from fedistats.settings import Scope
from fedistats.store.database import Database
from tests.crawl.neighborhoods import (
    HOME,
    NOW,
    chain_of_servers,
    collect,
)
from tests.fediverse import FakeFediverse, FakeServer


def test_a_rate_limited_host_is_named_with_its_time_until_the_end(path: Path) -> None:

    fediverse, reports = chain_of_servers(), list[Progress]()
    fediverse.servers["a.example"] = FakeServer(
        responses={"/api/v1/timelines/public": RateLimited("later", NOW + 7200.0)}
    )
    collect(fediverse, path, on_progress=reports.append)
    assert reports[-1].postponed == {"a.example": NOW + 7200.0}
    assert (reports[-1].done, reports[-1].found, reports[-1].working) == (3, 3, 0)
    meter = ProgressMeter(lambda: 0.0, lambda: float(NOW))
    reports[-1].requests = 1
    meter.update(reports[-1])
    assert "postponed a.example until " in meter.summary()


def test_at_the_end_the_wanted_pages_are_those_that_were_read(path: Path) -> None:
    fediverse, reports = chain_of_servers(), list[Progress]()
    fediverse.servers["b.example"] = FakeServer(responses={"/api/v1/timelines/public": Unreachable("no", "dns")})
    collect(fediverse, path, scope=Scope(depth=2), on_progress=reports.append)
    assert reports[-1].wanted - reports[-1].pages == 24, "of the start, whose pages may still come"


def test_progress_names_what_is_collected_and_counts_the_pages_to_read(fediverse: FakeFediverse, path: Path) -> None:
    reports: list[tuple[str, int]] = []

    async def scenario(crawler: Crawler) -> None:
        await crawler.instance(Target(HOME))
        await crawler.profiles(Target(HOME))
        await crawler.posts(Target(HOME), 80)
        await crawler.descriptions(await crawler.neighborhood(Target(HOME), 80))

    with Database.open(path) as database:
        crawler = Crawler(
            fediverse.fetch,
            database,
            now=lambda: NOW,
            on_progress=lambda progress: reports.append((progress.part, progress.wanted)),
        )
        asyncio.run(scenario(crawler))
    first_of_each_part = [next(group) for _, group in groupby(reports, key=itemgetter(0))]
    assert first_of_each_part == [
        ("instance", 0),
        ("profiles", 0),
        ("posts", 2 * 2),
        ("neighborhood", 2 + 2),  # the start, and the first host that it names
        ("descriptions", 3),
    ]
