"""Everything that the commands do, as Python functions: collect what is missing, then tell."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from fedistats import __version__, communities, tell
from fedistats.ask import Answer, Question
from fedistats.crawl import Crawl, Progress
from fedistats.errors import NotCollected
from fedistats.model import Host, Instance, Neighborhood, Posts, Profiles, parse_start
from fedistats.store import Store
from fedistats.web import Web, user_agent

Part = Literal["instance", "profiles", "posts", "neighborhood"]
T = TypeVar("T")

STORE = Path("output/fedistats.db")
POSTS = 1000
"""How many of the newest posts of each timeline are read, unless told otherwise: what the method began with."""
MIN_POSTS = 5


@dataclass(frozen=True, slots=True)
class Manners:
    """What may be chosen about how servers are asked; everything else is not up for choice."""

    pace: float = 1.0
    """Seconds between the starts of two requests to one host."""
    patience: float = 900.0
    """Seconds that a server may make us wait."""
    concurrency: int | None = None
    """Hosts asked at the same time; None: as many as the machine's file descriptors bear."""
    contact: str | None = None
    """How an admin reaches whoever runs this: an address or a page, told to every server."""
    exclude: frozenset[Host] = frozenset()
    """Hosts that are never asked."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What a run of `collect` came to."""

    host: Host
    """The instance's own name: the domain of its people's handles."""
    begun_at: int
    """Epoch seconds: when this collection was begun, perhaps by an earlier run."""
    earlier: bool
    """Was there something to go on with?"""
    questions: int
    """How many were put to servers in this run; 0 where everything was there."""


async def collect(
    part: Part,
    host: str,
    *,
    posts: int = POSTS,
    store: Path | str = STORE,
    fresh: bool = False,
    manners: Manners = Manners(),
    watch: Callable[[Progress], None] = lambda _: None,
) -> Collected:
    """Collect what is missing about a part of `host` into the store.

    `host` is a host name, a URL or a handle. Raises BadHost; AskError where the server itself cannot be read; OwnTrouble;
    StoreError. Whatever fails at other servers is an outcome in the results, never an exception.
    """
    start = parse_start(host)
    with Store.open(Path(store)) as opened:
        async with Web(
            agent=user_agent(__version__, manners.contact),
            starts=(start,),
            pace=manners.pace,
            patience=manners.patience,
            concurrency=manners.concurrency,
            ledger=opened,
        ) as web:
            known = {collection.id for collection in opened.collections(start.host)}
            questions = 0

            async def ask(question: Question) -> Answer:
                nonlocal questions
                questions += 1
                return await web.ask(question)

            crawl = Crawl(ask, opened, now=now, visiting=web.visiting, exclude=manners.exclude, watch=watch)
            if part == "instance":
                collected = await crawl.instance(start, fresh=fresh)
            elif part == "profiles":
                collected = await crawl.profiles(start, fresh=fresh)
            elif part == "posts":
                collected = await crawl.posts(start, posts, fresh=fresh)
            else:
                collected = await crawl.neighborhood(start, posts, fresh=fresh)
    return Collected(collected.start, collected.begun_at, collected.id in known, questions)


def instance(host: str, *, store: Path | str = STORE, offline: bool = False) -> Instance:
    """What a server says about itself."""
    name = _have("instance", host, store, offline=offline)
    with Store.read(Path(store)) as opened:
        return tell.instance(opened, name)[1]


def profiles(host: str, *, min_people: int = 3, store: Path | str = STORE, offline: bool = False) -> Profiles:
    """Who is here: the words of the bios, and how age, followers and posts are spread."""
    name = _have("profiles", host, store, offline=offline)
    with Store.read(Path(store)) as opened:
        return tell.profiles(opened, name, min_people=min_people)


def posts(host: str, *, posts: int = POSTS, store: Path | str = STORE, offline: bool = False) -> Posts:
    """What is talked about: languages, hashtags, hours and origins of the newest posts."""
    name = _have("posts", host, store, offline=offline, posts=posts)
    with Store.read(Path(store)) as opened:
        return tell.posts(opened, name, posts)


def neighborhood(
    host: str,
    *,
    posts: int = POSTS,
    min_posts: int = MIN_POSTS,
    directed: bool = False,
    store: Path | str = STORE,
    offline: bool = False,
) -> Neighborhood:
    """With whom they talk: the graph of the instances that at least `min_posts` posts connect."""
    name = _have("neighborhood", host, store, offline=offline, posts=posts)
    with Store.read(Path(store)) as opened:
        return communities.communities(tell.neighborhood(opened, name, posts, min_posts=min_posts, directed=directed))


def now() -> float:
    """The date that results bear, in epoch seconds: SOURCE_DATE_EPOCH where it is set, so that the same data gives the same bytes
    (https://reproducible-builds.org/specs/source-date-epoch/); else the clock's."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH", "")
    return float(fixed) if fixed.isascii() and fixed.isdigit() and len(fixed) < 12 else time.time()


def _have(part: Part, host: str, store: Path | str, *, offline: bool, posts: int = POSTS) -> Host:
    if offline:
        if not Path(store).exists():
            raise NotCollected(f"there is no store at {store}: nothing was collected yet")
        return parse_start(host).host
    return run(collect(part, host, posts=posts, store=store)).host


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to its end, also where a loop is running already (a notebook's): there, in a thread of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    results: list[T] = []
    errors: list[BaseException] = []

    def go() -> None:
        try:
            results.append(asyncio.run(work))
        except BaseException as error:  # noqa: BLE001 - handed on to the caller's thread, whatever it is
            errors.append(error)

    thread = threading.Thread(target=go)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
