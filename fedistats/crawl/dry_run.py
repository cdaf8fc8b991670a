"""What a run would need, before it starts: hosts, requests, time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from fedistats import api
from fedistats.api import Part
from fedistats.client.slots import max_concurrent_hosts
from fedistats.crawl.crawler import page_count
from fedistats.hosts import Host, parse_target
from fedistats.model import Outcome
from fedistats.settings import CrawlSettings, Scope
from fedistats.store.database import Collection, Store

_ROBOTS, _SOFTWARE, _PORTRAIT = 1, 2, 5
"""Requests for a robots.txt, for what a server runs, for all that it says about itself."""
_PROFILES_A_PAGE = 80


@dataclass(frozen=True, slots=True)
class Estimate:
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
    scope: Scope | None,
    store: Path,
    settings: CrawlSettings,
    offline: bool = False,
) -> Estimate:
    """What `api.collect` would need for a part of `host`, if it went on with what is there.

    For a neighborhood its start alone is read first (unless `offline`): who is to be asked stands there. Raises what `collect` raises.
    """
    if part in ("instance", "profiles", "posts"):
        own = {"instance": _PORTRAIT, "profiles": _PORTRAIT, "posts": 2 + 2 * page_count(posts)}[part]
        requests = _ROBOTS + own
        return Estimate(parse_target(host).host, 1, requests, (requests - 1) * settings.pace, part == "profiles", 0)
    wanted = scope or Scope()
    name, asked = parse_target(host).host, 0
    if not offline and _collected(store, name, wanted) is None:
        start_alone = Scope(max_hosts=1, edges=wanted.edges)
        found = await api.collect("neighborhood", host, posts=posts, scope=start_alone, store=store, settings=settings)
        name, asked = found.host, found.requests
        if (begun := _collected(store, name, wanted)) is not None:
            with Store.open(store) as opened:  # the run that goes on from here is to go as far as was meant
                opened.begin_neighborhood(begun, posts, wanted)
    left = _left(store, name, posts, wanted, settings)
    each = _ROBOTS + page_count(posts) + {"report": _SOFTWARE, "map": 1}.get(part, 0)
    rounds = math.ceil(left / (settings.concurrency or max_concurrent_hosts()))
    own = _PORTRAIT + 2 * page_count(posts) if part == "report" else 0
    seconds = max(rounds * (each - 1), own - 1 if own else 0) * settings.pace
    return Estimate(name, left + bool(own), left * each + own, seconds, wanted.depth > 1 or part == "report", asked)


def dry_run(
    part: Part,
    host: str,
    *,
    posts: int = api.POSTS,
    scope: Scope | None = None,
    store: Path | str = api.STORE,
    settings: CrawlSettings = CrawlSettings(),
    offline: bool = False,
) -> Estimate:
    """The same from a program that awaits nothing, or from a notebook: what `--dry-run` says."""
    return api.run(plan(part, host, posts=posts, scope=scope, store=Path(store), settings=settings, offline=offline))


def _collected(store: Path, host: Host, wanted: Scope) -> Collection | None:
    """The newest collection of such ties, if its start was read."""
    if not store.exists():
        return None
    with Store.read(store) as opened:
        for found in opened.collections(host):
            if found.neighborhood_posts is not None and found.scope.edges == wanted.edges:
                return found
    return None


def _left(store: Path, host: Host, posts: int, wanted: Scope, settings: CrawlSettings) -> int:
    """How many of the hosts that the start names, or that are listed, were not asked yet."""
    collection = _collected(store, host, wanted)
    if collection is None:
        return 0
    with Store.read(store) as opened:
        named = set(opened.most_named(collection, posts, [collection.start])) | wanted.listed
        readings = opened.readings(collection, posts)
    done = {reading.host for reading in readings}
    visited = {reading.host for reading in readings if reading.outcome is not Outcome.EXCLUDED}
    most = math.inf if wanted.max_hosts is None else wanted.max_hosts - len(visited)
    return int(max(0, min(len(named - done - settings.exclude), most)))
