"""Small made-up neighborhoods, crawls of them, and what the crawls found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fedistats.crawl.crawler import Crawler
from fedistats.fetch import Request
from fedistats.hosts import Host, Target
from fedistats.model import NeighborhoodGraph, Outcome
from fedistats.results.neighborhood import Neighborhood
from fedistats.settings import Scope
from fedistats.store.database import Database
from tests.fediverse import FakeFediverse, FakeServer, post

HOME = Host("home.example")
NOW = 1793534400


class Killed(BaseException):
    """What a kill looks like from inside."""


def timeline_by(*authors: str, first: int = 1) -> list[dict[str, Any]]:
    """A timeline of one post by each author, the last one newest."""
    return [post(first + n, author) for n, author in enumerate(authors)][::-1]


def three_servers() -> FakeFediverse:
    """Home shows three posts of far and two of near; far one of home and one of other; near none of others."""
    return FakeFediverse(
        {
            "home.example": FakeServer(timeline_by(*["x@far.example"] * 3, *["y@near.example"] * 2, "ann")),
            "far.example": FakeServer(timeline_by("ann@home.example", "o@other.example", "x")),
            "near.example": FakeServer(timeline_by("y", "z")),
            "other.example": FakeServer(timeline_by(*["x@far.example"] * 9)),
        }
    )


def chain_of_servers() -> FakeFediverse:
    """Home names a and b; a names c; b names d twice; c names e."""

    def server(**posts: int) -> FakeServer:
        return FakeServer(timeline_by(*(f"x@{name}.example" for name, count in posts.items() for _ in range(count))))

    return FakeFediverse(
        {
            "home.example": server(a=2, b=3),
            "a.example": server(c=1),
            "b.example": server(d=2),
            "c.example": server(e=90),
            "d.example": server(home=1),
            "e.example": server(a=1),
        }
    )


def collect(
    fediverse: FakeFediverse,
    path: Path,
    *,
    posts: int = 1000,
    start: Target = Target(HOME),
    scope: Scope | None = None,
    **options: Any,
) -> None:
    """Collect a neighborhood into the store at `path`."""
    with Database.open(path) as database:
        crawler = Crawler(fediverse.fetch, database, now=lambda: NOW, **options)
        asyncio.run(crawler.neighborhood(start, posts, scope))


def kill_after(requests: int, fediverse: FakeFediverse) -> Callable[[Request], None]:
    """Kills the run at the request after so many."""

    def kill(_: Request) -> None:
        if len(fediverse.requests) >= requests:
            raise Killed

    return kill


def read_graph(
    path: Path, host: Host = HOME, *, posts: int = 1000, min_posts: int = 1, directed: bool = False
) -> NeighborhoodGraph:
    with Database.open_read_only(path) as database:
        return Neighborhood.read(database, host, posts, min_posts=min_posts, directed=directed)


def edges_of(graph: NeighborhoodGraph) -> dict[tuple[str, str], int]:
    """The weight of each edge."""
    hosts = [node.host for node in graph.nodes]
    return {(hosts[a], hosts[b]): weight for a, b, weight in graph.edges.tolist()}


def outcome_of(graph: NeighborhoodGraph, host: str) -> tuple[Outcome, str]:
    return next((node.outcome, node.reason) for node in graph.nodes if node.host == host)


def snapshot(path: Path) -> tuple[Any, ...]:
    """Everything that two crawls of the same neighborhood have in common."""
    graph = read_graph(path)
    return graph.nodes, graph.edges.tolist(), graph.coverage, graph.host_outcomes, graph.about
