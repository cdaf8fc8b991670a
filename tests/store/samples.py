"""Hosts, posts and filled stores for the store's tests."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from fedistats.crawl.crawler import Crawler
from fedistats.hosts import Host, Target
from fedistats.model import Account, Outcome, Post
from fedistats.store import collections
from fedistats.store.database import Database
from fedistats.store.timelines import TimelineWriter
from tests.fediverse import FakeFediverse, FakeServer, account, post

HOME, FAR = Host("home.example"), Host("far.example")
NOW = 1793534400


def fill(path: Path) -> Path:
    """Crawl a small fediverse into a store: 200 posts of far.example on home.example, one the other way, 30 profiles."""
    people = [account(f"u{n}", note="gardener and sailor") for n in range(30)]
    posts = [post(n, f"u{n % 7}@far.example", tags=[{"name": f"tag{n % 3}"}]) for n in range(200, 0, -1)]
    fediverse = FakeFediverse(
        {HOME: FakeServer(posts, profiles=people), FAR: FakeServer([post(1, "ann@home.example")])}
    )

    async def collect() -> None:
        with Database.open(path) as db:
            crawler = Crawler(fediverse.fetch, db, now=lambda: NOW)
            await crawler.neighborhood(Target(HOME), 1000)
            await crawler.posts(Target(HOME), 1000)
            await crawler.profiles(Target(HOME))

    asyncio.run(collect())
    return path


def sample_post(number: int) -> Post:
    """A post of its own author on far.example."""
    return Post(str(number), Account(f"u{number}@far.example"), FAR, NOW - number, "en", ("Gardens",))


def page(*numbers: int) -> list[tuple[Post, bool]]:
    """Sample posts as a writer takes them; nobody opted out."""
    return [(sample_post(number), False) for number in numbers]


def begin(db: Database, wanted: int = 100) -> TimelineWriter:
    """A writer for the public timeline of home.example, in a new collection."""
    return TimelineWriter.begin(db, collections.begin(db, HOME, NOW), HOME, "public", HOME, wanted)


def mixed_posts(n: int, seed: int) -> list[tuple[Post, bool]]:
    """Posts of many people on a few hosts, in a few languages. Some authors opted out, some posts are of no public host."""
    rng = random.Random(seed)
    posts = []
    for i in range(n):
        host = rng.choice([HOME, FAR, Host("near.example"), None])
        person = Account(f"u{rng.randrange(9)}@{host}")
        tags = tuple(rng.sample(["Gardens", "gardens", "boats", "tea"], rng.randrange(3)))
        language = rng.choice(["en", "de", None])
        posts.append((Post(f"{seed}-{i}", person, host, NOW - i, language, tags), rng.random() < 0.2))
    return posts


def write_two_timelines(db: Database, *, ended: bool, without: Host | None = None) -> None:
    """The timelines of home.example and far.example with 300 mixed posts each; posts of the host `without` are left out."""
    collection = collections.begin(db, HOME, NOW)
    for seed, host in enumerate((HOME, FAR)):
        writer = TimelineWriter.begin(db, collection, host, "public", host, 300)
        posts = [
            (post, left_out or (without is not None and post.origin == without))
            for post, left_out in mixed_posts(300, seed)
        ]
        writer.add(posts[:200], "a")
        writer.add(posts[200:], "b")
        if ended:
            writer.end(Outcome.COMPLETE)
