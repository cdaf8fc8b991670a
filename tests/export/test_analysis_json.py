"""The JSON of the measures of a graph."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from fedistats.crawl.crawler import Crawler
from fedistats.export.json_documents import graph_json
from fedistats.hosts import Host, Target
from fedistats.results.neighborhood import Neighborhood
from fedistats.store.database import Database
from tests.fediverse import FakeFediverse, FakeServer, post

HOME, FAR = Host("home.example"), Host("far.example")


def test_graph_json_holds_centrality_and_edge_stability(tmp_path: Path) -> None:
    fediverse = FakeFediverse(
        {HOME: FakeServer([post(n, f"u{n}@far.example") for n in range(9, 0, -1)]), FAR: FakeServer([])}
    )
    with Database.open(tmp_path / "fedistats.db") as db:
        asyncio.run(Crawler(fediverse.fetch, db, now=lambda: 1793534400).neighborhood(Target(HOME), 100))
        graph = Neighborhood.read(db, HOME, 100, min_posts=5)
    measures = json.loads(graph_json(graph))
    assert measures["instances"][0] == {"host": FAR, "strength": 9, "pagerank": 0.5, "betweenness": 0.0}
    assert measures["edges"] == [{"source": FAR, "target": HOME, "posts": 9, "per_1000": 1000.0, "stability": 1.0}]
    assert set(measures["how_to_read"]) == {"strength", "pagerank", "betweenness"}
