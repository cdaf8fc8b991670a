"""Crawls a fake fediverse and reads the neighborhood back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from fedistats.crawl.crawler import Crawler
from fedistats.hosts import Host, Target
from fedistats.model import NeighborhoodGraph, Outcome
from fedistats.results.neighborhood import Neighborhood
from fedistats.store.database import Database
from tests.fediverse import FakeFediverse

HOME = Host("home.example")
NOW = 1793534400


def collect(fediverse: FakeFediverse, path: Path, *, start: str = HOME, posts: int = 1000, **options: Any) -> None:
    with Database.open(path) as store:
        crawl = Crawler(fediverse.fetch, store, now=lambda: NOW)
        asyncio.run(crawl.neighborhood(Target(Host(start)), posts, **options))


def neighborhood(path: Path, host: str = HOME, *, posts: int = 1000) -> NeighborhoodGraph:
    with Database.open_read_only(path) as store:
        return Neighborhood.read(store, Host(host), posts, min_posts=1)


def edges(graph: NeighborhoodGraph) -> dict[tuple[str, str], int]:
    hosts = [node.host for node in graph.nodes]
    return {(hosts[a], hosts[b]): n for a, b, n in graph.edges.tolist()}


def outcomes(graph: NeighborhoodGraph) -> dict[str, tuple[Outcome, str]]:
    return {host_outcome.host: (host_outcome.outcome, host_outcome.reason) for host_outcome in graph.host_outcomes}
