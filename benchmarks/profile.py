"""Where the crawl's CPU goes: by stage, by stopwatch; and by function, by profiler."""

from __future__ import annotations

import asyncio
import cProfile
import io
import pstats
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import crawlers
from benchmarks.crawlers import TIMELINE, fedistats, hosts
from benchmarks.measure import Figures, Result, Size, fresh, in_turn, measured
from benchmarks.server import figures, serving
from benchmarks.world import NEWEST, POSTS_A_PAGE, World, address

_WORLDS = {"toy": World(2, 2, 0.0), "usual": World(30, 10, 0.0), "full": World(100, 25, 0.0)}
_ROUNDS = {"toy": 1, "usual": 3, "full": 5}
_LINES = 25
_IDLE = 10_000


def run(size: Size) -> Result:
    world = _WORLDS[size]
    arguments: dict[str, Any] = {"world": asdict(world)}
    with serving(world) as port:
        arguments["port"] = port
        found = in_turn(
            _ROUNDS[size],
            {
                "whole": lambda: fresh("profile:whole", **arguments),
                "stages": lambda: fresh("profile:stages", **arguments),
                "json.loads": lambda: fresh("profile:json_loads"),
                "web alone": lambda: fresh("profile:web_alone", **arguments),
            },
        )
        figures(port)
        functions = fresh("profile:hottest", **arguments)
    whole, web = found["whole"]["us/post"], found["web alone"]["us/post"]
    stages: Figures = {
        stage: cost for stage, cost in found["stages"].items() if stage not in ("posts", "cpu s", "wall s", "peak MB")
    }
    told = sum(cost for stage, cost in stages.items() if "in client alone" not in stage)
    rows: list[Figures] = [
        {"stage": "whole crawl", "us/post": whole},
        {"stage": "beside it: json.loads of the same posts", "us/post": found["json.loads"]["us/post"]},
        {"stage": "of it: " + "web alone (one visit to each host, every page asked for, none read)", "us/post": web},
        *({"stage": "of it: " + stage, "us/post": cost} for stage, cost in stages.items()),
        {"stage": "of it: the rest (crawl, progress, and what disturbs)", "us/post": whole - web - told},
    ]
    shares = ", ".join(f"{owner} {share:.1f}" for owner, share in functions["owners"].items())
    notes = [
        f"{world.hosts + 1} hosts x {world.pages} pages x {POSTS_A_PAGE} posts, no latency",
        f"by whose code runs, in percent (profiled): {shares}",
        functions["table"],
    ]
    return Result(rows, notes=notes)


def whole(world: dict[str, Any], port: int) -> Figures:
    """CPU of the whole crawl."""
    told = fedistats(World(**world), port)
    return {name: told[name] for name in ("us/post", "posts")}


def json_loads() -> Figures:
    return {"us/post": crawlers.json_loads()}


def stages(world: dict[str, Any], port: int) -> Figures:
    """us/post of each stage that waits for nobody, by a stopwatch round its functions; without what another stage takes inside it."""
    from fedistats import optout
    from fedistats.client import decompress, slots
    from fedistats.servers import mastodon
    from fedistats.store import rate_limits, timelines

    spent: Counter[str] = Counter()
    calls: Counter[str] = Counter()
    inside = [0]

    def timed(stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **named: Any) -> Any:
            inside.append(0)
            began = time.thread_time_ns()
            try:
                return function(*arguments, **named)
            finally:
                took = time.thread_time_ns() - began
                spent[stage] += took - inside.pop()
                calls[stage] += 1
                inside[-1] += took

        return run

    watched: list[tuple[str, object, str]] = [
        ("decode (JSON to structs)", mastodon, "decode_items"),
        ("posts and accounts (structs to model)", mastodon, "_post"),
        ("optout", optout, "opted_out"),
        ("store: digests of post ids", timelines.TimelineWriter, "is_new"),
        ("store: pages", timelines.TimelineWriter, "add"),
        ("store: timelines begun, ended, looked up", timelines.TimelineWriter, "begin"),
        ("store: timelines begun, ended, looked up", timelines.TimelineWriter, "end"),
        ("store: timelines begun, ended, looked up", timelines, "load"),
        ("store: rate limits remembered", rate_limits.RateLimitTable, "_write"),
        ("decompress (also in client alone)", decompress.Decompressor, "feed"),
        ("once: the list of public suffixes (also in client alone)", slots, "_public_suffixes"),
    ]
    with _replaced(watched, timed):
        told = fedistats(World(**world), port)
    nothing = timed("nothing", lambda: None)
    for _ in range(_IDLE):
        nothing()
    own = spent.pop("nothing") / _IDLE  # what the stopwatch itself takes
    return {stage: (cost - own * calls[stage]) / 1e3 / told["posts"] for stage, cost in spent.items()}


@contextmanager
def _replaced(watched: list[tuple[str, object, str]], timed: Callable[..., Any]) -> Iterator[None]:
    kept = [(owner, name, getattr(owner, name)) for _, owner, name in watched]
    for stage, owner, name in watched:
        setattr(owner, name, timed(stage, getattr(owner, name)))
    try:
        yield
    finally:
        for owner, name, function in kept:
            setattr(owner, name, function)


def web_alone(world: dict[str, Any], port: int) -> Figures:
    """us/post of nothing but asking: as many questions as the crawl puts, and nobody who reads the answers."""
    from fedistats.client.fetcher import Fetcher
    from fedistats.fetch import Request
    from fedistats.hosts import Host, Target

    here = World(**world)
    starts = [Target(Host(host), "http", private=True) for host in hosts(here, port)]

    async def read(web: Fetcher, host: Host) -> None:
        async with web.visiting(host):
            for page in range(here.pages):
                last = NEWEST + 1 - POSTS_A_PAGE * page
                cursor = (("max_id", str(last)),) if page else ()
                await web.fetch(Request(host, TIMELINE, (("limit", "40"), *cursor)))

    async def crawl() -> None:
        async with Fetcher(agent="benchmarks", pace=0, starts=starts, lookup=lambda name, _: [address(name)]) as web:
            await asyncio.gather(*(read(web, start.host) for start in starts))

    with measured() as found:
        asyncio.run(crawl())
    posts = len(starts) * here.pages * POSTS_A_PAGE
    return {"us/post": 1e6 * found["cpu s"] / posts, "posts": posts}


def hottest(world: dict[str, Any], port: int) -> Figures:
    """The functions that take most of the crawl's CPU by themselves."""
    profiler = cProfile.Profile(time.process_time)
    fedistats(World(**world), port, lambda crawl: lambda: profiler.runcall(crawl))
    text = io.StringIO()
    statistics = pstats.Stats(profiler, stream=text)
    owners = _by_owner(statistics.stats)  # type: ignore[attr-defined]
    statistics.strip_dirs().sort_stats("tottime").print_stats(_LINES)
    return {"owners": owners, "table": "\n".join(line[:130] for line in text.getvalue().splitlines() if line.strip())}


def _by_owner(statistics: Mapping[Any, Any]) -> dict[str, float]:
    """Percent of the profiled CPU by whose file the code stands in; what is built in is charged to whoever calls it."""
    spent: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, callers) in statistics.items():
        if file == "~" and callers:
            for (caller, _, _), (_, _, part, _) in callers.items():
                spent[_owner(caller)] += part
        else:
            spent[_owner(file)] += own
    return {owner: 100 * part / sum(spent.values()) for owner, part in spent.most_common(20)}


def _owner(file: str) -> str:
    parts = Path(file).with_suffix("").parts
    if "site-packages" in parts:
        return parts[parts.index("site-packages") + 1]
    for package in ("benchmarks", "fedistats"):
        if package in parts:
            return ".".join(parts[len(parts) - 1 - parts[::-1].index(package) :])
    return "asyncio" if "asyncio" in parts else "Python"
