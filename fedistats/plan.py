"""What a run would need, before it starts: hosts, requests, time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from fedistats import api
from fedistats.api import Manners, Part
from fedistats.crawl import pages_of
from fedistats.model import Host, Outcome, parse_start
from fedistats.store import Breadth, Collection, Store
from fedistats.web.places import places

_ROBOTS, _SOFTWARE, _PORTRAIT = 1, 2, 5
"""Requests for a robots.txt, for what a server runs, for all that it says about itself."""
_PROFILES_A_PAGE = 80


@dataclass(frozen=True, slots=True)
class Plan:
    """What is left to be done."""

    host: Host
    hosts: int
    """That would still be asked."""
    requests: int
    seconds: float
    """At our pace, if every server answers at once: it cannot be less."""
    more: bool
    """Will there be more, which nobody knows yet? (A directory's length, the neighbors of neighbors.)"""
    asked: int
    """Requests that were made to find this out; what they brought is kept."""


async def plan(
    part: Part,
    host: str,
    *,
    posts: int,
    breadth: Breadth | None,
    store: Path,
    manners: Manners,
    offline: bool = False,
) -> Plan:
    """What `api.collect` would need for a part of `host`, if it went on with what is there.

    For a neighborhood its start alone is read first (unless `offline`): who is to be asked stands there. Raises what `collect` raises.
    """
    if part in ("instance", "profiles", "posts"):
        own = {"instance": _PORTRAIT, "profiles": _PORTRAIT, "posts": 2 + 2 * pages_of(posts)}[part]
        requests = _ROBOTS + own
        return Plan(parse_start(host).host, 1, requests, (requests - 1) * manners.pace, part == "profiles", 0)
    wanted = breadth or Breadth()
    name, asked = parse_start(host).host, 0
    if not offline and _collected(store, name, wanted) is None:
        start_alone = Breadth(max_hosts=1, ties=wanted.ties)
        found = await api.collect("neighborhood", host, posts=posts, breadth=start_alone, store=store, manners=manners)
        name, asked = found.host, found.requests
        if (begun := _collected(store, name, wanted)) is not None:
            with Store.open(store) as opened:  # the run that goes on from here is to go as far as was meant
                opened.begin_neighborhood(begun, posts, wanted)
    left = _left(store, name, posts, wanted, manners)
    each = _ROBOTS + pages_of(posts) + {"report": _SOFTWARE, "map": 1}.get(part, 0)
    rounds = math.ceil(left / (manners.concurrency or places()))
    own = _PORTRAIT + 2 * pages_of(posts) if part == "report" else 0
    seconds = max(rounds * (each - 1), own - 1 if own else 0) * manners.pace
    return Plan(name, left + bool(own), left * each + own, seconds, wanted.depth > 1 or part == "report", asked)


def dry_run(
    part: Part,
    host: str,
    *,
    posts: int = api.POSTS,
    breadth: Breadth | None = None,
    store: Path | str = api.STORE,
    manners: Manners = Manners(),  # noqa: B008 - it is frozen
    offline: bool = False,
) -> Plan:
    """The same from a program that awaits nothing, or from a notebook: what `--dry-run` says."""
    return api.run(plan(part, host, posts=posts, breadth=breadth, store=Path(store), manners=manners, offline=offline))


def _collected(store: Path, host: Host, wanted: Breadth) -> Collection | None:
    """The newest collection of such ties, if its start was read."""
    if not store.exists():
        return None
    with Store.read(store) as opened:
        for found in opened.collections(host):
            if found.neighborhood_posts is not None and found.breadth.ties == wanted.ties:
                return found
    return None


def _left(store: Path, host: Host, posts: int, wanted: Breadth, manners: Manners) -> int:
    """How many of the hosts that the start names, or that are listed, were not asked yet."""
    collection = _collected(store, host, wanted)
    if collection is None:
        return 0
    with Store.read(store) as opened:
        named = set(opened.most_named(collection, posts, [collection.start])) | wanted.listed
        readings = opened.readings(collection, posts)
    done = {reading.host for reading in readings}
    visited = {reading.host for reading in readings if reading.outcome is not Outcome.LEFT_OUT}
    most = math.inf if wanted.max_hosts is None else wanted.max_hosts - len(visited)
    return int(max(0, min(len(named - done - manners.exclude), most)))
