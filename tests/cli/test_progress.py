"""What the command line prints about a running crawl."""

from __future__ import annotations

from itertools import pairwise

import pytest

from fedistats.cli.progress import ProgressMeter, progress_lines
from fedistats.crawl.progress import Progress
from fedistats.hosts import Host

NOW = 1_793_534_400


class FakeTime:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def clock(self) -> float:
        return self.seconds

    def calendar(self) -> float:
        return NOW + self.seconds


def crawl_for(seconds: int, meter: ProgressMeter, time: FakeTime, progress: Progress, pages: int = 10) -> None:
    """Each second, the crawl reads so many pages with two requests each."""
    for _ in range(seconds):
        time.seconds += 1
        progress.pages += pages
        progress.requests += 2 * pages
        meter.update(progress)


def test_the_request_rate_is_measured_over_the_last_minute() -> None:
    time = FakeTime()
    meter, progress = ProgressMeter(time.clock, time.calendar), Progress("neighborhood", found=9, wanted=100_000)
    crawl_for(600, meter, time, progress)
    crawl_for(120, meter, time, progress, pages=1)
    assert meter.request_rate() == pytest.approx(2, rel=0.05)


def test_the_time_left_does_not_jump() -> None:
    time = FakeTime()
    meter, progress = ProgressMeter(time.clock, time.calendar), Progress("neighborhood", found=9, wanted=36_000)
    crawl_for(600, meter, time, progress)
    assert meter.seconds_left() == pytest.approx(3000, rel=0.02)
    estimates = []
    for _ in range(60):  # a minute without pages would mean hours if it counted alone
        crawl_for(1, meter, time, progress, pages=0)
        estimates.append(meter.seconds_left() or 0)
    assert max(abs(b - a) for a, b in pairwise(estimates)) < 60
    assert max(estimates) < 6000


def test_the_time_left_is_at_least_the_longest_wait_that_a_server_asked_for() -> None:
    time = FakeTime()
    meter, progress = ProgressMeter(time.clock, time.calendar), Progress("neighborhood", found=9, wanted=700)
    crawl_for(60, meter, time, progress)
    progress.paused = {Host("slow.example"): NOW + 60 + 900.0}
    assert meter.seconds_left() == pytest.approx(900)
    assert "waiting for slow.example until " in meter.status()
    assert "about 15 min left" in meter.status()


def test_a_line_names_three_hosts_and_counts_the_others() -> None:
    meter, progress = ProgressMeter(lambda: 0.0, lambda: float(NOW)), Progress("neighborhood", found=9, requests=1)
    progress.postponed = {Host(f"h{n}.example"): NOW + 60.0 * n for n in range(5)}
    meter.update(progress)
    assert meter.summary().count(" until ") == 3
    assert meter.summary().endswith(" and 2 more")


def test_without_a_terminal_each_finished_instance_gets_a_line_and_the_status_one_every_ten_seconds() -> None:
    time, lines = FakeTime(), list[str]()
    meter, progress = ProgressMeter(time.clock, time.calendar), Progress("neighborhood", found=3, wanted=700)
    on_progress = progress_lines(meter, lines.append, time.clock)
    progress.ended = (Host("a.example"), "complete, 1,000 posts")
    progress.done = 1
    for _ in range(25):
        time.seconds += 1
        on_progress(progress)
    assert lines[0] == "a.example: complete, 1,000 posts; 1 of 3 instances done"
    assert len(lines) == 3
