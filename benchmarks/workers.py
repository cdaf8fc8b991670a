"""Workers: how much faster two processes crawl at a polite pace, where servers set the speed."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from benchmarks import crawlers
from benchmarks.measure import Claim, Figures, Result, Size, fresh
from benchmarks.server import serving
from benchmarks.world import World

_CONCURRENCY = 50
"""Hosts that each process visits at the same time."""


def run(size: Size) -> Result:
    """One process, and two workers of the same size, crawl hosts that answer after 100 ms, with 1 s between two requests to a host."""
    world, concurrency, pace = World(hosts=400, pages=6), _CONCURRENCY, 1.0
    if size == "toy":
        world, concurrency, pace = World(hosts=4, pages=2, latency=0.0), 1, 0.1
    result = Result()
    walls = {}
    for workers in (1, 2):
        with serving(world) as port:
            found = fresh(
                "workers:crawl",
                world=asdict(world),
                port=port,
                workers=workers,
                concurrency=concurrency,
                pace=pace,
            )
        walls[workers] = found["wall s"]
        result.rows.append(
            {"workers": workers, "hosts": world.hosts + 1, "hosts at once": workers * concurrency}
            | {name: found[name] for name in ("wall s", "cpu s", "posts", "lost", "same")}
        )
    result.claims.append(
        Claim(
            f"{world.hosts + 1} hosts, {concurrency} at once in each process: wall of one process / of two workers",
            walls[1] / walls[2],
            1.8,
            at_most=False,
        )
    )
    return result


def crawl(world: dict[str, Any], port: int, workers: int, concurrency: int, pace: float) -> Figures:
    """One crawl, in this process and its workers."""
    return crawlers.fedistats(World(**world), port, workers=workers, concurrency=concurrency, pace=pace)
