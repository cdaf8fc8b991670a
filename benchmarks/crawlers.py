"""fedistats and its peers, crawling the same neighborhood; each is run in a fresh process and says what it cost.

All return the sightings as well: posts by (read on, written on), so that it can be seen that they did the same work.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.measure import ROOT, Figures, measured
from benchmarks.world import POSTS_A_PAGE, World, account, address, home, name, timelines

TIMELINE = "/api/v1/timelines/public"
STORE = "store.db"
Sightings = Counter[tuple[str, str]]


def fedistats(
    world: World,
    port: int,
    wrap: Callable[[Any], Any] = lambda run: run,
    workers: int = 1,
    folder: str | None = None,
    concurrency: int | None = None,
    pace: float = 0.0,
) -> Figures:
    """The product, through its Python API: `Web` at no pace, `Crawler`, `Database` in a file. CPU and memory are the main process's.

    With the garbage collector set as the command line sets it.
    In a `folder` of somebody else's the store stays, and what an earlier run left in it is gone on with.
    """
    from fedistats.client.fetcher import Fetcher
    from fedistats.client.slots import max_concurrent_hosts
    from fedistats.client.user_agent import user_agent
    from fedistats.crawl.crawler import Crawler, collect_garbage_seldom
    from fedistats.crawl.distributed import DistributedCrawler
    from fedistats.crawl.workers import ProcessPool, WorkerSettings
    from fedistats.hosts import Host, Target
    from fedistats.model import Outcome
    from fedistats.results.neighborhood import Neighborhood
    from fedistats.store import queries as store_queries
    from fedistats.store.database import Database
    from fedistats.store.rate_limits import RateLimitTable

    # A found host is asked over TLS and at public addresses alone; that these are not is told as a person would tell it.
    starts = [Target(Host(host), "http", private=True) for host in hosts(world, port)]

    def lookup(host: str, _port: int) -> Iterable[str]:
        if not host.startswith("home") and world.kind(int(host[1:].split(".")[0])) == "dead":
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [address(host)]

    async def crawl(store: Database) -> Any:
        agent = user_agent("0", "benchmarks")
        places, rate_limits = concurrency or max_concurrent_hosts(), RateLimitTable(store)
        async with Fetcher(
            agent=agent, pace=pace, concurrency=places, starts=starts, rate_limits=rate_limits, lookup=lookup
        ) as web:
            more: dict[str, Any] = {"database": store, "now": lambda: 1_900_000_000.0}
            if workers == 1:
                crawler = Crawler(web.fetch, visiting=web.visiting, wait_for_slot=web.wait_for_slot, **more)
                return await crawler.neighborhood(starts[0], world.posts)
            options = WorkerSettings(agent, pace, 900.0, places, tuple(starts))
            with ProcessPool(workers) as crew:
                return await DistributedCrawler(
                    fetcher=web, pool=crew, settings=options, rate_limits=rate_limits, **more
                ).neighborhood(starts[0], world.posts)

    with tempfile.TemporaryDirectory() as own, Database.open(Path(folder or own) / STORE) as store:
        collect_garbage_seldom()
        with measured() as figures:
            collection = wrap(lambda: asyncio.run(crawl(store)))()
        coverage = Neighborhood.read(store, collection.start, world.posts).coverage
        found: Sightings = Counter()
        readers = {
            reading.id: reading.host for reading in store_queries.timeline_results(store, collection, world.posts)
        }
        known = store_queries.host_names(store)
        for timeline, origin, posts in store_queries.sightings(store, collection, world.posts).tolist():
            found[readers[timeline], known[origin]] += posts
    told = _told(figures, found)
    told["lost"] = coverage.count(Outcome.INVALID, Outcome.PARTIAL, Outcome.LOCAL_ERROR)
    told["ended"] = coverage.asked
    return told


def two_workers(world: World, port: int) -> Figures:
    """The same, shared among two processes."""
    return fedistats(world, port, workers=2)


def killed(world: World, port: int) -> Figures:
    """The same, killed (SIGKILL) when half of the hosts have ended, and gone on with: the figures are the second run's."""
    with tempfile.TemporaryDirectory() as folder:
        run = json.dumps({"world": asdict(world), "port": port, "folder": folder})
        first = subprocess.Popen([sys.executable, "-m", "benchmarks.measure", "crawlers:crawl_into", run], cwd=ROOT)
        while _ended(Path(folder) / STORE) < (world.hosts + 1) / 2 and first.poll() is None:
            time.sleep(0.05)
        first.kill()
        return {"in time": first.wait() != 0} | fedistats(world, port, folder=folder)


def crawl_into(world: dict[str, Any], port: int, folder: str) -> Figures:
    """A run that may leave something behind."""
    return fedistats(World(**world), port, folder=folder)


def _ended(store: Path) -> int:
    """Timelines that have ended, as far as a store that is being written tells."""
    try:
        with contextlib.closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as database:
            found: int = database.execute("SELECT count(*) FROM timeline WHERE outcome IS NOT NULL").fetchone()[0]
    except sqlite3.Error:  # there is none yet
        return 0
    return found


def plain_httpx(world: World, port: int) -> Figures:
    """What one writes first: one AsyncClient as it comes, gather, `r.json()`, all posts kept."""
    import httpx

    kept: dict[str, list[dict[str, Any]]] = {}
    lost = 0

    async def read(client: httpx.AsyncClient, host: str) -> None:
        nonlocal lost
        posts: list[dict[str, Any]] = kept.setdefault(host, [])
        try:
            while len(posts) < world.posts:
                params = {"limit": "40"} | ({"max_id": posts[-1]["id"]} if posts else {})
                page = (await client.get(url(host) + TIMELINE, params=params)).json()
                if not page:
                    break
                posts += page
        except httpx.HTTPError:
            lost += 1

    async def crawl() -> None:
        async with httpx.AsyncClient() as client:
            start = home(port)
            await read(client, start)
            found = {host for post in kept[start] if (host := home_of(post["account"]["acct"], start)) != start}
            await asyncio.gather(*(read(client, host) for host in sorted(found)))

    with measured() as figures:
        asyncio.run(crawl())
        found = _seen({host: [post["account"]["acct"] for post in posts] for host, posts in kept.items()})
    return _told(figures, found) | {"lost": lost}


class _Author(msgspec.Struct, gc=False):
    acct: str


class _Status(msgspec.Struct, gc=False):
    id: str
    account: _Author


def bare_httpx(world: World, port: int) -> Figures:
    """The least that httpx can do: a client for each host, started when it is first seen, bodies unpacked in one step, two fields read.

    It asks no robots.txt, heeds no wish, survives no fault and writes nothing down: what it costs is what a crawl costs at least.
    """
    import httpx

    from fedistats.crawl.crawler import collect_garbage_seldom

    try:
        from isal.isal_zlib import decompress
    except ImportError:
        from zlib import decompress
    statuses = msgspec.json.Decoder(list[_Status])
    found: Sightings = Counter()

    async def crawl() -> None:
        tls, places, begun = ssl.create_default_context(), asyncio.Semaphore(300), set[str]()

        async def read(host: str) -> None:
            params, left = {"limit": "40"}, world.posts
            async with places, httpx.AsyncClient(verify=tls, trust_env=False, timeout=60) as client:
                while left > 0:
                    async with client.stream("GET", url(host) + TIMELINE, params=params) as response:
                        body = b"".join([piece async for piece in response.aiter_raw()])
                    response.stream = None  # type: ignore[assignment]  # it would keep the body alive
                    page = statuses.decode(decompress(body, 31))
                    if not page:
                        break
                    homes = [sys.intern(home_of(post.account.acct, host)) for post in page]
                    found.update([(host, home) for home in homes])
                    left -= len(page)
                    params["max_id"] = page[-1].id
                    if host == start:
                        for new in sorted(set(homes) - begun):
                            begun.add(new)
                            tasks.create_task(read(new))

        start = home(port)
        begun.add(start)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(read(start))

    collect_garbage_seldom()
    with measured() as figures:
        asyncio.run(crawl())
    return _told(figures, found) | {"lost": 0}


def blog(world: World, port: int) -> Figures:
    """Like the blog's scripts: one request after the other, each on a connection of its own. Their sleep of half a second is not slept."""
    import requests

    def read(host: str) -> list[str]:
        handles: list[str] = []
        params = {"limit": "40"}
        while len(handles) < world.posts:
            page = requests.get(url(host) + TIMELINE, params=params, timeout=30).json()
            if not page:
                break
            handles += [post["account"]["acct"] for post in page]
            params["max_id"] = page[-1]["id"]
        return handles

    return _sequential(port, read)


def mastodon_py(world: World, port: int) -> Figures:
    """Mastodon.py: `timeline_public`, then `fetch_next` as long as there is a next page."""
    from mastodon import Mastodon

    def read(host: str) -> list[str]:
        api = Mastodon(api_base_url=url(host), version_check_mode="none")
        page = api.timeline_public(limit=40)
        handles: list[str] = []
        while page:
            handles += [post.account.acct for post in page]
            page = api.fetch_next(page) if len(handles) < world.posts else None
        return handles

    return _sequential(port, read)


def _sequential(port: int, read: Callable[[str], list[str]]) -> Figures:
    with measured() as figures:
        start = home(port)
        handles = {start: read(start)}
        for host in sorted({home_of(handle, start) for handle in handles[start]} - {start}):
            handles[host] = read(host)
        found = _seen(handles)
    return _told(figures, found) | {"lost": 0}


def hosts(world: World, port: int) -> list[str]:
    return [home(port), *(name(host, port) for host in range(world.hosts))]


def url(host: str) -> str:
    """A peer looks no names up: it is sent to the address."""
    return f"http://{address(host)}:{host.partition(':')[2]}"


def home_of(handle: str, reader: str) -> str:
    return handle.rpartition("@")[2] if "@" in handle else reader


def _seen(handles: dict[str, list[str]]) -> Sightings:
    return Counter((reader, home_of(handle, reader)) for reader, found in handles.items() for handle in found)


def _told(figures: Figures, found: Sightings) -> Figures:
    posts = found.total()
    # the port is another one in each run
    lines = sorted(f"{one.partition(':')[0]} {other.partition(':')[0]} {n}" for (one, other), n in found.items())
    return figures | {
        "posts": posts,
        "us/post": 1e6 * figures["cpu s"] / max(posts, 1),
        "same": sha256("\n".join(lines).encode()).hexdigest()[:8],
    }


CRAWLERS: dict[str, Callable[[World, int], Figures]] = {
    "fedistats": fedistats,
    "fedistats, 2 workers": two_workers,
    "fedistats, killed and continued": killed,
    "plain asyncio + httpx": plain_httpx,
    "httpx at its barest": bare_httpx,
    "the blog's way": blog,
    "Mastodon.py": mastodon_py,
}


def crawl(crawler: str, world: dict[str, Any], port: int) -> Figures:
    """One crawl, in this process."""
    asked = World(**world)
    told, json_us = _beside_json(lambda: CRAWLERS[crawler](asked, port), min(asked.hosts, 60))
    told["x json.loads"] = told["us/post"] / json_us
    return told


def directory(profiles: int) -> Figures:
    """CPU from the pages of a directory, asked of nobody but a list, to the PNG of its cloud.

    With the garbage collector set as the command line sets it.
    """
    from fedistats.crawl.crawler import Crawler, collect_garbage_seldom
    from fedistats.errors import NotFound
    from fedistats.fetch import Request, Response
    from fedistats.hosts import Host, Target
    from fedistats.render.cloud.cloud import compose_cloud
    from fedistats.render.cloud.png import cloud_png
    from fedistats.render.style import LIGHT
    from fedistats.results.profiles import Profiles
    from fedistats.store.database import Database

    host = Host("home.example")
    people = [account("", number) for number in range(profiles)]
    pages = {offset: json.dumps(people[offset : offset + 80]).encode() for offset in range(0, profiles, 80)}

    async def fetch(question: Request) -> Response:
        if question.path == "/api/v2/instance":
            return Response(json.dumps({"domain": host, "title": "Home"}).encode(), host)
        if question.path != "/api/v1/directory":
            raise NotFound(f"no {question.path}")
        return Response(pages.get(int(dict(question.params)["offset"]), b"[]"), host)

    def read() -> Figures:
        collect_garbage_seldom()
        with (
            tempfile.TemporaryDirectory() as folder,
            Database.open(Path(folder) / "store.db") as store,
            measured() as figures,
        ):
            asyncio.run(Crawler(fetch, store, now=lambda: 1_900_000_000.0).profiles(Target(host)))
            found = Profiles.read(store, host)
            cloud_png(compose_cloud(found.words, title=host, caption="made up", theme=LIGHT))
        return figures | {"profiles": found.listed, "ms/profile": 1e3 * figures["cpu s"] / profiles}

    told, json_us = _beside_json(read, min(profiles // 100, 60))
    told["x json.loads"] = 1e3 * told["ms/profile"] / json_us
    return told


def _beside_json(run: Callable[[], Figures], times: int) -> tuple[Figures, float]:
    """What `run` tells, and the us/post of `json.loads` before and after it: a machine that others share changes its speed from
    second to second."""
    before = json_loads(times)
    thresholds = gc.get_threshold()
    with contextlib.redirect_stdout(None):
        told = run()
    gc.unfreeze()
    gc.set_threshold(*thresholds)  # `json.loads` is measured as it is
    return told, (before + json_loads(times)) / 2


def json_loads(times: int = 6) -> float:
    """us/post of nothing but `json.loads` of such pages, now and here: a measure that a busy machine slows down as much as all else.

    It takes 30 ms for each of the `times`.
    """
    pages = timelines(World(1, 5), 8080)[1]
    began = time.process_time()
    for _ in range(times):
        for timeline in pages:
            for body in timeline:
                json.loads(body)
    return 1e6 * (time.process_time() - began) / (times * sum(map(len, pages)) * POSTS_A_PAGE)
