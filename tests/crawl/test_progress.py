"""The progress of a crawl."""

from __future__ import annotations

from pathlib import Path

from fedistats.cli.progress import ProgressMeter
from fedistats.crawl.progress import Progress
from fedistats.errors import (
    RateLimited,
    Unreachable,
)
from fedistats.settings import Scope
from tests.crawl.neighborhoods import (
    NOW,
    chain_of_servers,
    collect,
)
from tests.fediverse import FakeServer


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
