"""Kills a crawl (SIGKILL) at a hundred random times, continues it after each, and compares it with an uninterrupted one.

A separate program, because it forks and pytest's workers have threads. Usage: python -m tests.killing FOLDER SEED
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from pathlib import Path

from fedistats.crawl import crawler
from fedistats.crawl.crawler import Crawler
from fedistats.export.json_documents import neighborhood_json
from fedistats.fetch import Request, Response
from fedistats.hosts import Host, Target
from fedistats.results.neighborhood import Neighborhood
from fedistats.results.profiles import Profiles
from fedistats.store.database import Database
from tests.fediverse import TIMELINE, FakeFediverse, FakeServer, account, post

HOME = Host("home.example")
KILLS = 100


def fake_fediverse() -> FakeFediverse:
    hosts = [f"s{n}.example" for n in range(12)]
    rng = random.Random(7)
    servers = {
        host: FakeServer(
            [post(n, f"u{n % 5}@{rng.choice(hosts)}", tags=[{"name": f"tag{n % 9}"}]) for n in range(700, 0, -1)]
        )
        for host in [HOME, *hosts]
    }
    servers[HOME].profiles = [account(f"u{n}", note=f"gardener {rng.choice(hosts)} sailor") for n in range(900)]
    servers["s1.example"] = FakeServer(closed=["public", "local"])
    servers["s2.example"].closed = {"public"}
    del servers["s3.example"]
    return FakeFediverse(servers)


def crawl(fediverse: FakeFediverse, path: Path, log: Path) -> None:
    """Crawl everything. Every page is logged before the crawler receives it."""
    with log.open("a") as pages:

        async def fetch(request: Request) -> Response:
            await asyncio.sleep(0.001)
            response = await fediverse.fetch(request)
            if request.path == TIMELINE:
                print(request.host, request.params, file=pages, flush=True)
            return response

        async def crawl_all() -> None:
            with Database.open(path) as database:
                crawler = Crawler(fetch, database, now=lambda: 1793534400)
                await crawler.neighborhood(Target(HOME), 700)
                await crawler.profiles(Target(HOME))

        asyncio.run(crawl_all())


def results(path: Path) -> str:
    with Database.open_read_only(path) as database:
        graph = neighborhood_json(Neighborhood.read(database, HOME, 700))
        return f"{graph.decode()}\n{Profiles.read(database, HOME)}"


def main(folder: Path, seed: int) -> None:
    crawler.COMMIT_DELAY = 0.0  # otherwise hardly any run lives long enough to save a page
    fediverse, rng = fake_fediverse(), random.Random(seed)
    uninterrupted, killed = folder / "uninterrupted", folder / "killed"
    began = time.monotonic()
    crawl(fediverse, uninterrupted.with_suffix(".db"), uninterrupted.with_suffix(".log"))
    seconds = time.monotonic() - began
    kills = 0
    while True:
        child = os.fork()
        if not child:
            code = 1
            try:
                crawl(fediverse, killed.with_suffix(".db"), killed.with_suffix(".log"))
                code = 0
            finally:
                os._exit(code)
        if kills < KILLS:
            # short enough for a hundred kills during the crawl, long enough for some to happen late
            time.sleep(rng.expovariate(KILLS / 2 / seconds))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        kills += os.WIFSIGNALED(status)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status):
            sys.exit("a continued crawl failed")
        if status == 0:
            if kills >= KILLS:
                break
            # the crawl ended before it was killed often enough: start again
            killed.with_suffix(".db").unlink()
            killed.with_suffix(".log").unlink()
    same = results(uninterrupted.with_suffix(".db")) == results(killed.with_suffix(".db"))
    pages = len(uninterrupted.with_suffix(".log").read_text().splitlines())
    repeated = len(killed.with_suffix(".log").read_text().splitlines()) - pages
    print(f"kills={kills} same={same} pages={pages} repeated={repeated}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
