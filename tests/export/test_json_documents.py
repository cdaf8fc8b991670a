"""JSON documents."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from fedistats.crawl.crawler import Crawler
from fedistats.export.json_documents import graph_json, instance_json, neighborhood_json
from fedistats.export.schema import SCHEMA
from fedistats.hosts import Host, Target
from fedistats.model import Activity, InstanceInfo
from fedistats.results.neighborhood import Neighborhood
from fedistats.store.database import Database
from tests.export.samples import ABOUT, sample_graph
from tests.fediverse import FakeFediverse, FakeServer, post

HOME, FAR = Host("home.example"), Host("far.example")


def test_neighborhood_keys_and_edges_by_host() -> None:
    document = json.loads(neighborhood_json(sample_graph(directed=True)))
    assert list(document) == sorted(
        "schema_version about coverage start directed nodes edges neighbors communities communities_found hosts".split()
    )
    assert (document["schema_version"], document["start"], document["directed"]) == (SCHEMA, "home.example", True)
    assert document["edges"] == [
        ["a.example", "home.example", 6],
        ["home.example", "z.example", 30],
        ["z.example", "home.example", 5],
    ]
    assert [
        (neighbor["host"], neighbor["posts"], neighbor["here"], neighbor["there"]) for neighbor in document["neighbors"]
    ] == [("z.example", 35, 30, 5), ("a.example", 6, 0, 6)]
    assert document["nodes"][2]["host"] == "z.example"
    assert document["nodes"][2]["outcome"] == "closed"
    assert document["about"]["parameters"]["min_posts"] == 5
    assert (document["coverage"]["found"], document["coverage"]["outcomes"]["not asked"]) == (4, 1)
    assert document["communities"] == [{"name": "home.example · z.example", "members": 2, "common": "English, #art"}]
    assert (document["nodes"][1]["software"], document["nodes"][1]["users"]) == ("mastodon", 77)
    assert (document["nodes"][2]["software"], document["nodes"][2]["users"]) == (None, None)


def test_neighborhood_has_the_outcome_of_each_instance() -> None:
    document = json.loads(neighborhood_json(sample_graph()))
    assert len(document["hosts"]) == document["coverage"]["found"]
    assert {host["host"]: (host["outcome"], host["reason"], host["posts_read"]) for host in document["hosts"]} == {
        "a.example": ("not asked", "", 0),
        "dead.example": ("dead", "dns", 0),
        "home.example": ("complete", "", 200),
        "z.example": ("closed", "so & so", 0),
    }


def test_unknown_values_are_null() -> None:
    info = InstanceInfo(Host("home.example"), Host("home.example"), title="Ünï\ud800", activity=(Activity(1, 2, 3, 4),))
    document = json.loads(instance_json(info, ABOUT))
    assert document["instance"]["users"] is None
    assert document["instance"]["title"] == "Ünï?"
    assert document["instance"]["activity"] == [{"begins_at": 1, "posts": 2, "logins": 3, "registrations": 4}]
    assert document["about"]["version"] == "1.2.3"


def test_control_characters_are_escaped() -> None:
    title = "\x9b31m \u202egnp.exe \u2028 \ufeff Ünï 👨\u200d👩"
    text = instance_json(InstanceInfo(Host("home.example"), Host("home.example"), title=title), ABOUT)
    assert json.loads(text)["instance"]["title"] == title
    assert "Ünï 👨\u200d👩" in text.decode()
    assert not set("\x9b\u202e\u2028\ufeff") & set(text.decode())


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
