"""The crawl beside its peers: CPU per post, wall beside the critical path, memory, connections, growth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from importlib.util import find_spec
from itertools import pairwise

from benchmarks.measure import Claim, Figures, Result, Size, fresh, in_turn
from benchmarks.server import figures, serving
from benchmarks.world import POSTS_A_PAGE, World

US, TWO, KILLED, PLAIN, BARE, BLOG, MASTODON_PY = (
    "fedistats",
    "fedistats, 2 workers",
    "fedistats, killed and continued",
    "plain asyncio + httpx",
    "httpx at its barest",
    "the blog's way",
    "Mastodon.py",
)
_BLOGS_SLEEP = 0.5
"""Seconds after each request of the blog's scripts; it is added up, not waited for."""
_JSON_LOADS, _BARE = 12.6, 24
"""us that json.loads, and that httpx at its barest at 301 hosts, took for a post on the machine that the figures were asked for on: a
slower one is asked for as much of its own."""
_WALLS = {30: (1.38, 1.12), 100: (6.0, 5.46), 300: (9.5, 8.05)}
"""Neighbours -> the seconds that were asked for, and those that httpx at its barest took, on that machine."""
_SHOWN = (
    "us/post,x json.loads,wall s,x critical path,peak MB,connections,lost,ms/request,server us/request,cpu s".split(",")
)


def run(size: Size) -> Result:
    result = Result()
    if size == "toy":
        _beside(result, World(2, 2), (US, KILLED, PLAIN, BARE), 1)
        _directory(result, 100)
        return result
    _slow_peers(result, size)
    _directory(result, 10_000)
    small = _beside(result, World(30, 25), (US,), 3)[US]
    world = World(100, 25)
    found = _beside(result, world, (US, BARE, PLAIN), 3)
    hundred = found[US]
    mixed = _beside(result, World(100, 25, spread=0.36), (US,), 1)[US]
    result.claims += [
        Claim("CPU per post, 101 hosts x 25 pages (us)", hundred["us/post"], 32),
        Claim("the same, in json.loads of a post", hundred["x json.loads"], 32 / _JSON_LOADS),
        Claim("wall / critical path, 101 hosts", hundred["x critical path"], 1.2),
        *_beside_barest(world, found),
        Claim("wall / critical path, 101 hosts of 100 to 460 ms", mixed["x critical path"], 1.25),
        Claim("connections for each host", hundred["connections"] / 101, 1),
    ]
    if size == "full":
        _big(result, small)
        _growth(result)
    return result


def _slow_peers(result: Result, size: Size) -> None:
    if not (find_spec("requests") and find_spec("mastodon")):
        result.notes.append("two peers are not installed, and so not measured: pip install 'fedistats[bench]'")
        return
    world = World(30 if size == "full" else 10, 5)
    found = _beside(result, world, (US, BARE, PLAIN, BLOG, MASTODON_PY), 1)
    us, blog, typed = (found[crawler] for crawler in (US, BLOG, MASTODON_PY))
    slept = blog["wall s"] + _BLOGS_SLEEP * blog["requests"]
    result.rows.append({"crawler": f"{BLOG}, with its sleep (added up)", "world": _named(world), "wall s": slept})
    if size != "full":
        return  # what is claimed is claimed of 31 hosts
    result.claims += [
        Claim(
            f"{world.hosts + 1} hosts x 5 pages: wall of Mastodon.py / ours",
            typed["wall s"] / us["wall s"],
            20,
            at_most=False,
        ),
        Claim("CPU of Mastodon.py / ours", typed["cpu s"] / us["cpu s"], 35, at_most=False),
        Claim("wall of the blog's way without its sleep / ours", blog["wall s"] / us["wall s"], 12, at_most=False),
        Claim("wall of the blog's way with its sleep / ours", slept / us["wall s"], 80, at_most=False),
        *_beside_barest(world, found),
    ]


def _big(result: Result, small: Figures) -> None:
    neighborhood = World(300, 25)
    found = _beside(result, neighborhood, (US, TWO, BARE, PLAIN), 3)
    us, bare, plain = found[US], found[BARE], found[PLAIN]
    thousand = _beside(result, World(1000, 5), (US,), 1)[US]
    shared = _beside(result, World(3000, 25), (US, TWO), 1)
    many, two = shared[US], shared[TWO]
    most = _beside(result, World(30_000, 5, mixed=True, home_page=400), (US, KILLED), 1)
    if not most[KILLED]["in time"]:
        result.notes.append("the run that was to be killed had come to its end before")
    result.claims += [
        Claim("301 hosts x 25 pages: CPU per post (us)", us["us/post"], 32),
        Claim("the same, in json.loads of a post", us["x json.loads"], 32 / _JSON_LOADS),
        Claim("the same / CPU of httpx at its barest", us["us/post"] / bare["us/post"], 32 / _BARE),
        Claim("wall / critical path", us["x critical path"], 1.9),
        *_beside_barest(neighborhood, found),
        Claim("wall / critical path, two workers", found[TWO]["x critical path"], 1.5),
        Claim("peak (MB)", us["peak MB"], 180),
        Claim("CPU of plain asyncio + httpx / ours", plain["cpu s"] / us["cpu s"], 6, at_most=False),
        Claim("peak of plain asyncio + httpx / ours", plain["peak MB"] / us["peak MB"], 12, at_most=False),
        Claim("CPU per request, 1,001 hosts / 31 hosts", thousand["ms/request"] / small["ms/request"], 1.3),
        Claim("3,001 hosts x 25 pages: peak (MB)", many["peak MB"], 300),
        Claim("CPU per post, 3,001 hosts / 31 hosts", many["us/post"] / small["us/post"], 1.2),
        Claim("wall of one process / of two workers", many["wall s"] / two["wall s"], 1.5, at_most=False),
        Claim("30,001 hosts x 5 pages, a third dead, closed or slow: peak (MB)", most[US]["peak MB"], 600),
        Claim("hosts whose end is told", most[US]["ended"], 30_001, at_most=False),
        Claim("the same where it was killed in the middle and continued", most[KILLED]["ended"], 30_001, at_most=False),
        Claim("its posts are the same (1)", float(most[US]["same"] == most[KILLED]["same"]), 1, at_most=False),
        Claim("its requests / those without", most[KILLED]["requests"] / most[US]["requests"], 1.01),
    ]


def _beside_barest(world: World, found: dict[str, Figures]) -> list[Claim]:
    """The wall that was asked for on that machine, asked of this one."""
    if world.hosts not in _WALLS:
        return []
    asked, barest = _WALLS[world.hosts]
    return [Claim("wall / wall of httpx at its barest", found[US]["wall s"] / found[BARE]["wall s"], asked / barest)]


def _directory(result: Result, profiles: int) -> None:
    told = fresh("crawlers:directory", profiles=profiles)
    result.rows.append({"crawler": US, "world": f"a directory of {profiles:,} profiles"} | told)
    if profiles >= 10_000:
        result.claims += [
            Claim("CPU per profile, cloud included (ms)", told["ms/profile"], 0.3),
            Claim("the same, in json.loads of a post", told["x json.loads"], 300 / _JSON_LOADS),
        ]


def _growth(result: Result) -> None:
    for what, worlds in {
        "hosts": [World(hosts, 10, 0.0) for hosts in (40, 80, 160, 320)],
        "posts": [World(40, pages, 0.0) for pages in (5, 10, 20, 40)],
    }.items():
        costs = [_beside(result, world, (US,), 3)[US]["cpu s"] for world in worlds]
        steps = [more / less for less, more in pairwise(costs)]
        result.claims.append(Claim(f"CPU for twice the {what}, at worst", max(steps), 2 * 1.15))


def _beside(result: Result, world: World, crawlers: Sequence[str], rounds: int) -> dict[str, Figures]:
    """Each crawler in turn on the same world; what they did must be the same, or something was lost."""
    with serving(world) as port:

        def crawl(crawler: str) -> Figures:
            told = fresh("crawlers:crawl", crawler=crawler, world=asdict(world), port=port)
            told |= figures(port)
            told["ms/request"] = 1e3 * told["cpu s"] / told["requests"]
            told["x critical path"] = told["wall s"] / world.critical_path() if world.latency else 0.0
            return told

        found = in_turn(rounds, {crawler: partial(crawl, crawler) for crawler in crawlers})
    for crawler, told in found.items():
        result.rows.append({"crawler": crawler, "world": _named(world)} | {name: told[name] for name in _SHOWN})
    if not world.mixed and len({told["same"] for told in found.values()}) > 1:
        result.notes.append(f"{_named(world)}: the crawlers did not see the same posts; look at 'lost'")
    return found


def _named(world: World) -> str:
    plain = replace(world, hosts=1, pages=1, home_page=POSTS_A_PAGE)
    speed = {World(1, 1): "", World(1, 1, 0.0): ", no latency"}.get(
        plain, ", a third unwell" if world.mixed else ", 100-460 ms"
    )
    return f"{world.hosts + 1:,} x {world.pages}{speed}"
