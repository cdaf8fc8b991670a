"""Kills a run (SIGKILL) at a hundred random moments, goes on after each, and prints what it and an undisturbed run came to.

A program of its own, because it forks: pytest's workers have threads. Usage: python -m tests.killing FOLDER SEED
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


def world() -> FakeFediverse:
    names = [f"s{n}.example" for n in range(12)]
    dice = random.Random(7)
    servers = {
        name: FakeServer(
            [post(n, f"u{n % 5}@{dice.choice(names)}", tags=[{"name": f"tag{n % 9}"}]) for n in range(700, 0, -1)]
        )
        for name in [HOME, *names]
    }
    servers[HOME].profiles = [account(f"u{n}", note=f"gardener {dice.choice(names)} sailor") for n in range(900)]
    servers["s1.example"] = FakeServer(closed=["public", "local"])
    servers["s2.example"].closed = {"public"}
    del servers["s3.example"]
    return FakeFediverse(servers)


def run(fediverse: FakeFediverse, path: Path, log: Path) -> None:
    """One run of everything; each page that was given is logged before the crawl has it."""
    with log.open("a") as pages:

        async def fetch(question: Request) -> Response:
            await asyncio.sleep(0.001)
            answer = await fediverse.fetch(question)
            if question.path == TIMELINE:
                print(question.host, question.params, file=pages, flush=True)
            return answer

        async def everything() -> None:
            with Database.open(path) as store:
                crawler = Crawler(fetch, store, now=lambda: 1793534400)
                await crawler.neighborhood(Target(HOME), 700)
                await crawler.profiles(Target(HOME))

        asyncio.run(everything())


def results(path: Path) -> str:
    with Database.open_read_only(path) as store:
        graph = neighborhood_json(Neighborhood.read(store, HOME, 700))
        return f"{graph.decode()}\n{Profiles.read(store, HOME)}"


def main(folder: Path, seed: int) -> None:
    crawler.COMMIT_DELAY = 0.0  # or hardly a run would live to keep a page
    fediverse, dice = world(), random.Random(seed)
    began = time.monotonic()
    run(fediverse, folder / "whole.db", folder / "whole.log")
    lasts = time.monotonic() - began
    kills = 0
    while True:
        child = os.fork()
        if not child:
            code = 1
            try:
                run(fediverse, folder / "killed.db", folder / "killed.log")
                code = 0
            finally:
                os._exit(code)
        if kills < KILLS:
            # Short enough that a hundred of them fit into the run, long enough for some to get far.
            time.sleep(dice.expovariate(KILLS / 2 / lasts))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        kills += os.WIFSIGNALED(status)
        if os.WIFEXITED(status) and os.WEXITSTATUS(status):
            sys.exit("a run that went on failed")
        if status == 0:
            if kills >= KILLS:
                break
            (
                folder / "killed.db"
            ).unlink()  # it was done before it could be killed often enough: once more from the beginning
            (folder / "killed.log").unlink()
    same = results(folder / "whole.db") == results(folder / "killed.db")
    whole = sorted((folder / "whole.log").read_text().splitlines())
    killed = sorted((folder / "killed.log").read_text().splitlines())
    print(f"kills={kills} same={same} pages={len(whole)} asked_again={len(killed) - len(whole)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
