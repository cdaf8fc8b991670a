"""An estimate of a run before it starts: hosts, requests, time."""

from __future__ import annotations

import math
from dataclasses import dataclass

from fedistats.client.slots import max_concurrent_hosts
from fedistats.crawl.timeline import page_count
from fedistats.hosts import Host
from fedistats.model import Outcome
from fedistats.settings import CrawlSettings, Scope
from fedistats.store import collections, queries
from fedistats.store.collections import Collection
from fedistats.store.database import Database

_ROBOTS, _SOFTWARE, _INSTANCE = 1, 2, 5
"""Requests for robots.txt, for a server's software, and for everything that it says about itself."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run would still need."""

    host: Host
    hosts: int  # hosts that would get requests
    requests: int
    seconds: float  # the shortest time it can take: at the chosen pace, if every server answers at once
    more: bool
    """Whether more requests will follow that cannot be counted yet: a directory's pages, the neighbors of neighbors."""
    requests_made: int  # requests sent to find this out; what they returned is kept


def estimate_one_host(part: str, host: Host, posts: int, settings: CrawlSettings) -> Estimate:
    """What the instance, the profiles or the posts of one server need."""
    pages = {"instance": _INSTANCE, "profiles": _INSTANCE, "posts": 2 + 2 * page_count(posts)}[part]
    requests = _ROBOTS + pages
    return Estimate(host, 1, requests, (requests - 1) * settings.pace, part == "profiles", 0)


def estimate_neighborhood(
    part: str,
    database: Database | None,
    host: Host,
    posts: int,
    scope: Scope,
    settings: CrawlSettings,
    requests_made: int,
) -> Estimate:
    """What a neighborhood, a report or a map still needs, if it continues with what the database has."""
    hosts = _hosts_left(database, host, posts, scope, settings) if database else 0
    per_host = _ROBOTS + page_count(posts) + {"report": _SOFTWARE, "map": 1}.get(part, 0)
    rounds = math.ceil(hosts / (settings.concurrency or max_concurrent_hosts()))
    start_requests = _INSTANCE + 2 * page_count(posts) if part == "report" else 0
    seconds = max(rounds * (per_host - 1), start_requests - 1, 0) * settings.pace
    return Estimate(
        host,
        hosts + bool(start_requests),
        hosts * per_host + start_requests,
        seconds,
        scope.depth > 1 or part == "report",
        requests_made,
    )


def collected_neighborhood(database: Database, host: Host, scope: Scope) -> Collection | None:
    """The newest collection with edges of the same kind whose start was read."""
    for collection in collections.find(database, host):
        if collection.neighborhood_posts is not None and collection.scope.edges == scope.edges:
            return collection
    return None


def _hosts_left(database: Database, host: Host, posts: int, scope: Scope, settings: CrawlSettings) -> int:
    """The number of hosts found on the start, or listed, that were not visited yet."""
    collection = collected_neighborhood(database, host, scope)
    if collection is None:
        return 0
    candidates = set(queries.most_named(database, collection, posts, [collection.start])) | scope.listed
    timelines = queries.timeline_results(database, collection, posts)
    done = {timeline.host for timeline in timelines}
    visited = {timeline.host for timeline in timelines if timeline.outcome is not Outcome.EXCLUDED}
    limit = math.inf if scope.max_hosts is None else scope.max_hosts - len(visited)
    return int(max(0, min(len(candidates - done - settings.exclude), limit)))
