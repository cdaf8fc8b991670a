"""Collections of the demo have all outcomes, communities, scripts, and changes over time."""

from __future__ import annotations

import asyncio
import re
from itertools import combinations
from pathlib import Path

import pytest

from fedistats import demo
from fedistats.api import collect_demo
from fedistats.crawl.crawler import Crawler
from fedistats.demo.instances import instances
from fedistats.hosts import Host, Target
from fedistats.model import NeighborhoodGraph, Outcome, ProfileCounts
from fedistats.results.difference import Difference
from fedistats.results.history import History
from fedistats.results.neighborhood import Neighborhood
from fedistats.results.profiles import Profiles
from fedistats.store.database import Database

INSTANCES = {instance.host: instance for instance in instances()}


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> tuple[NeighborhoodGraph, ProfileCounts]:
    path = tmp_path_factory.mktemp("demo") / "store.db"
    start = Target(demo.START)

    async def collect() -> None:
        with Database.open(path) as store:
            crawl = Crawler(demo.fetch, store, now=lambda: demo.NOW)
            await crawl.neighborhood(start, 400)
            await crawl.profiles(start)

    asyncio.run(collect())
    with Database.open_read_only(path) as store:
        return Neighborhood.read(store, demo.START, 400), Profiles.read(store, demo.START)


def test_a_crawl_has_all_outcomes(collected: tuple[NeighborhoodGraph, ProfileCounts]) -> None:
    neighborhood, _ = collected
    outcomes = {node.host: node.outcome for node in neighborhood.nodes}
    assert set(outcomes) == set(INSTANCES)
    assert set(outcomes.values()) == set(Outcome) - {
        Outcome.PARTIAL,
        Outcome.RATE_LIMITED,
        Outcome.LOCAL_ERROR,
        Outcome.INTERNAL_ERROR,
        Outcome.EXCLUDED,
    }
    assert neighborhood.coverage.local_only == 2
    assert outcomes[Host("orchard.example")] is Outcome.COMPLETE
    assert Host("xn--ltkolben-n4a.example") in outcomes


def test_exactly_the_instances_that_the_start_sees_are_visited(
    collected: tuple[NeighborhoodGraph, ProfileCounts],
) -> None:
    for node in collected[0].nodes:
        assert (node.outcome is Outcome.NOT_ASKED) == (INSTANCES[node.host].behavior == "far"), node.host


def test_the_communities_are_found_in_the_posts(collected: tuple[NeighborhoodGraph, ProfileCounts]) -> None:
    nodes = [node for node in collected[0].nodes if INSTANCES[node.host].community.name != "everywhere"]
    inside: list[bool] = []
    across: list[bool] = []
    for node, other in combinations(nodes, 2):
        same_community = node.community == other.community
        (inside if INSTANCES[node.host].community is INSTANCES[other.host].community else across).append(same_community)
    assert sum(inside) / len(inside) > 0.95
    assert sum(across) / len(across) < 0.05


def test_bios_are_in_many_scripts(collected: tuple[NeighborhoodGraph, ProfileCounts]) -> None:
    _, profiles = collected
    assert 350 < profiles.with_bio < profiles.counted < profiles.listed < 500
    words = {word.text for word in profiles.words}
    assert len(words) == 200
    assert {"machine learning", "open source", "she/her", "OpenScience"} <= words
    for script in (
        "\u4e00-\u9fff",
        "ぁ-ヺ",
        "가-힣",
        "\u0600-\u06ff",
        "\u0590-\u05ff",
        "\u0900-\u097f",
        "\u0e00-\u0e7f",
        "α-ω",
    ):
        assert any(re.search(f"[{script}]", word) for word in words), script


@pytest.fixture(scope="module")
def four_collections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("collections") / "store.db"
    collect_demo(path)
    return path


def test_four_comparable_collections(four_collections: Path) -> None:
    with Database.open_read_only(four_collections) as store:
        history = History.read(store, demo.START, 1_000)
    assert history.dates == ("2026-08-10", "2026-09-07", "2026-10-05", "2026-11-02")
    assert history.comparable == history.snapshots
    assert {snapshot.max_posts for snapshot in history.snapshots} == {400}
    for name in ("users", "posts"):
        counts = [getattr(snapshot, name) for snapshot in history.snapshots]
        assert counts == sorted(set(counts)), name
    assert all(30 < (snapshot.neighbors or 0) < 60 for snapshot in history.snapshots)


def test_between_collections_one_instance_appeared_one_disappeared_and_edges_changed(four_collections: Path) -> None:
    with Database.open_read_only(four_collections) as store:
        newest = Difference.read(store, demo.START, None, None, 400, min_posts=5)
        longest = Difference.read(store, demo.START, "2026-08", None, 400, min_posts=5)
    assert [node.host for node in newest.new] == ["tertulia.example"]
    assert [node.host for node in newest.gone] == ["driftwood.example"]
    assert [(edge.source, edge.target) for edge in newest.grew] == [
        ("starfield.example", "tidepool.example"),
        ("datagarden.example", "petridish.example"),
    ]
    assert [(edge.source, edge.target) for edge in newest.shrank] == [("harbor.example", "inkwell.example")]
    assert {node.host for node in longest.new} == {"barometer.example", "tertulia.example"}
    assert {edge.source for edge in longest.grew} >= {"bytebloom.example"}
