"""Counting: from posts in the store to the edges of a neighborhood."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from benchmarks.measure import Claim, Figures, Result, Size, fresh, measured

_SIZES: dict[Size, list[int]] = {
    "toy": [10_000],
    "usual": [1_000_000, 2_000_000, 4_000_000],
    "full": [1_000_000, 2_000_000, 4_000_000, 30_000_000],
}
_POSTS = 1000
"""On each timeline."""


def run(size: Size) -> Result:
    result = Result()
    costs = []
    for posts in _SIZES[size]:
        with tempfile.TemporaryDirectory() as folder:
            fresh("edges:filled", folder=folder, posts=posts)
            told = fresh("edges:told", folder=folder)
        result.rows.append({"posts": posts} | told)
        costs.append(told["cpu s"])
        if posts == 30_000_000:
            result.claims += [
                Claim("30 million sightings to edges: wall (s)", told["wall s"], 8),
                Claim("peak (MB)", told["peak MB"], 2000),
            ]
    if len(costs) > 1:
        steps = [more / less for less, more in pairwise(costs[:3])]
        result.claims.append(Claim("CPU for twice the posts, at worst", max(steps), 2 * 1.15))
    return result


def filled(folder: str, posts: int) -> Figures:
    """A store with so many posts, 1,000 on each timeline, as a crawl leaves them."""
    from fedistats.hosts import Host
    from fedistats.model import Outcome
    from fedistats.servers.api import PUBLIC
    from fedistats.store import collections
    from fedistats.store.database import Database
    from fedistats.store.timelines import TimelineWriter

    dice = random.Random(1)
    hosts = [Host(f"h{n}.example") for n in range(max(posts // _POSTS, 2))]
    with Database.open(Path(folder) / "store.db") as store:
        collection = collections.begin(store, hosts[0], 1_900_000_000)
        collections.begin_neighborhood(store, collection, _POSTS)
        for host in hosts:
            writer = TimelineWriter.begin(store, collection, host, PUBLIC, host, _POSTS)
            timeline = writer.timeline
            with store.transaction() as database:
                database.executemany("INSERT OR IGNORE INTO host (name) VALUES (?)", [(host,)])
                database.executemany(
                    "INSERT INTO post VALUES (?, ?, ?, ?, ?, ?, ?)", _rows(dice, timeline.id, len(hosts), posts)
                )
                timeline.posts_read = min(posts, _POSTS)
                database.execute("UPDATE timeline SET posts_read = ? WHERE id = ?", (timeline.posts_read, timeline.id))
            writer.end(Outcome.COMPLETE)
        collections.end_neighborhood(store, collection, 1_900_000_000)
    return {}


def _rows(dice: random.Random, timeline: int, hosts: int, posts: int) -> Iterator[tuple[object, ...]]:
    for place in range(min(posts, _POSTS)):
        origin = min(int(dice.paretovariate(0.5)), hosts)  # the first host has the id 1; a few are heard everywhere
        language = None if place % 10 == 0 else "de" if place % 5 == 0 else "en"
        yield timeline, place, dice.getrandbits(62), dice.getrandbits(62), origin, 1_900_000_000 - 60 * place, language


def told(folder: str) -> Figures:
    """`tell.neighborhood` over all of it: sightings, languages and hashtags of origins, edges."""
    from fedistats.hosts import Host
    from fedistats.results.neighborhood import Neighborhood
    from fedistats.store.database import Database

    with measured() as opened:
        store = Database.open_read_only(Path(folder) / "store.db")
    with store, measured() as figures:
        found = Neighborhood.read(store, Host("h0.example"), _POSTS)
    return figures | {
        "us/post": 1e6 * figures["cpu s"] / found.coverage.posts_read,
        "opening s": opened["wall s"],
        "edges": len(found.edges),
        "nodes": len(found.nodes),
    }
