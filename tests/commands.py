"""Run command lines: over a fediverse collected in this process, without sockets and with a given time, or with a local server."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from fedistats import cli
from fedistats.crawl.crawler import Crawler
from fedistats.hosts import Host, Target
from fedistats.settings import Scope
from fedistats.store.database import Database
from tests.fediverse import FakeFediverse, FakeServer, account, post

STORE = Path("output/fedistats.db")
"""The path of the database, relative to the folder in which a command runs."""
FIRST = 1_793_534_400
"""1 November 2026, noon (UTC)."""


FAST = ("--pace", "0.2", "--patience", "0")
"""Options for a local server."""


def home_server(**options: Any) -> FakeServer:
    """home.example: a third of its 90 posts are from far.example; the 40 people in its directory are gardeners."""
    people = [
        account(
            f"u{n}",
            note=f"<p>gardener, {'sailor' if n % 2 else 'cook'}</p>",
            followers_count=n,
            created_at="2022-11-05",
        )
        for n in range(40)
    ]
    posts = [
        post(n, f"u{n % 4}" if n % 3 else f"x{n % 4}@far.example", tags=[{"name": "gardens"}]) for n in range(90, 0, -1)
    ]
    return FakeServer(posts, profiles=people, domain="home.example", **options)


def timeline(*counts: tuple[str, int]) -> list[dict[str, object]]:
    """A timeline with a number of posts by people of each instance, mixed; '' is the server itself."""
    authors = sorted((place, host) for host, posts in counts for place in range(posts))
    handles = [f"u{place % 9}@{host}" if host else f"u{place % 9}" for place, host in authors]
    return [post(number, handle) for number, handle in enumerate(handles, 1)][::-1]


def collect(
    servers: Mapping[str, FakeServer],
    *starts: str,
    now: int = FIRST,
    path: Path = STORE,
    map_: bool = False,
    posts: int = 1000,
    scope: Scope | None = None,
) -> FakeFediverse:
    """Collect everything about each start."""
    fediverse = FakeFediverse(dict(servers))

    async def collect_all() -> None:
        with Database.open(path) as database:
            for host in starts:
                crawler, start = Crawler(fediverse.fetch, database, now=lambda: now), Target(Host(host))
                collection = await crawler.neighborhood(start, posts, fresh=True, scope=scope)
                if map_:
                    await crawler.descriptions(collection)
                await crawler.instance(start)
                await crawler.profiles(start)
                await crawler.posts(start, posts)

    asyncio.run(collect_all())
    return fediverse


class Commands:
    """Runs command lines in an empty folder; a call returns exit code, stdout and stderr."""

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        self._monkeypatch, self._captured = monkeypatch, capfdbinary
        monkeypatch.chdir(folder)
        monkeypatch.setenv("COLUMNS", "120")

    def __call__(self, *words: str) -> tuple[int, str, str]:
        self._monkeypatch.setattr(sys, "argv", ["fedistats", *words])
        self._captured.readouterr()
        with pytest.raises(SystemExit) as exit_:
            cli.main()
        out, err = self._captured.readouterr()
        return int(exit_.value.code or 0), out.decode(), err.decode()
