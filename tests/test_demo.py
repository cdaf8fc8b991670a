"""The fediverse of the demo: it is complete, realistic and always the same."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from fedistats import demo, optout
from fedistats.api import collect_demo
from fedistats.crawl.crawler import Crawler
from fedistats.demo.instances import demo_instances
from fedistats.demo.servers import DemoFediverse
from fedistats.errors import AccessDenied, FetchError, Gone, Moved, NotFound, RobotsDisallowed, Unreachable
from fedistats.fetch import Request
from fedistats.hosts import Host, Target
from fedistats.model import Account, InstanceInfo, NeighborhoodGraph, Outcome, Post, ProfileCounts
from fedistats.results.difference import Difference
from fedistats.results.history import History
from fedistats.results.neighborhood import Neighborhood
from fedistats.results.profiles import Profiles
from fedistats.servers import mastodon, mastodon_instance
from fedistats.servers.api import LOCAL, PUBLIC, Server
from fedistats.servers.host_meta import find_api_host
from fedistats.store.database import Database
from tests.servers.reading import new_ids

TIMELINE = "/api/v1/timelines/public"
INSTANCES = {instance.host: instance for instance in demo_instances()}


def get_json(host: str, path: str, **params: str) -> Any:
    """The JSON of a response."""
    response = asyncio.run(demo.fetch(Request(Host(host), path, tuple(params.items()))))
    return json.loads(response.body)


def read(host: str, feed: str = PUBLIC, api_host: str = "") -> list[Post]:
    """All posts of a timeline."""

    async def posts() -> list[Post]:
        server = Server(Host(host), Host(api_host or host))
        pages = mastodon.timeline(demo.fetch, server, feed, new_ids())
        return [post async for page in pages for post in page.posts]

    return asyncio.run(posts())


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


def test_a_crawl_has_every_outcome_of_a_visit(collected: tuple[NeighborhoodGraph, ProfileCounts]) -> None:
    found, _ = collected
    outcomes = {node.host: node.outcome for node in found.nodes}
    assert set(outcomes) == set(INSTANCES)
    assert set(outcomes.values()) == set(Outcome) - {
        Outcome.PARTIAL,
        Outcome.RATE_LIMITED,
        Outcome.LOCAL_ERROR,
        Outcome.INTERNAL_ERROR,
        Outcome.EXCLUDED,
    }
    assert found.coverage.local_only == 2
    assert outcomes[Host("orchard.example")] is Outcome.COMPLETE
    assert Host("xn--ltkolben-n4a.example") in outcomes


def test_only_instances_that_the_start_follows_are_visited(collected: tuple[NeighborhoodGraph, ProfileCounts]) -> None:
    for node in collected[0].nodes:
        assert (node.outcome is Outcome.NOT_ASKED) == (INSTANCES[node.host].behavior == "far"), node.host


def test_the_communities_are_detected_from_the_posts(collected: tuple[NeighborhoodGraph, ProfileCounts]) -> None:
    nodes = [node for node in collected[0].nodes if INSTANCES[node.host].community.name != "everywhere"]
    together: list[bool] = []
    separate: list[bool] = []
    for first, second in combinations(nodes, 2):
        same = first.community == second.community
        (together if INSTANCES[first.host].community is INSTANCES[second.host].community else separate).append(same)
    assert sum(together) / len(together) > 0.95
    assert sum(separate) / len(separate) < 0.05


def test_bios_have_words_of_many_scripts(collected: tuple[NeighborhoodGraph, ProfileCounts]) -> None:
    _, found = collected
    assert 350 < found.with_bio < found.counted < found.listed < 500
    words = {word.text for word in found.words}
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


def test_some_accounts_opted_out() -> None:
    async def read_directory() -> list[Account]:
        server = Server(demo.START, demo.START)
        return [
            person async for page in mastodon.directory(demo.fetch, server, lambda _: True) for person in page.accounts
        ]

    people = asyncio.run(read_directory())
    opted_out = [person for person in people if optout.opted_out(person)]
    assert len(people) == 440
    assert 10 < len(opted_out) < 45
    assert any(person.noindex for person in opted_out)
    assert any("nobot" in person.note for person in opted_out)
    assert any(person.fields for person in opted_out)


def test_the_details_of_an_instance_are_complete() -> None:
    async def fetch_details() -> InstanceInfo:
        return await mastodon_instance.fetch_instance_details(
            demo.fetch, await mastodon_instance.fetch_instance(demo.fetch, demo.START)
        )

    instance = asyncio.run(fetch_details())
    assert not instance.gaps
    assert (instance.software, instance.local_timeline, instance.registrations) == ("mastodon", "public", "by approval")
    assert len(instance.activity) == 11
    assert all(row.posts > row.logins > row.registrations > 0 for row in instance.activity)
    assert None not in (instance.users, instance.posts, instance.domains, instance.active_month)


def test_activity_has_twelve_rows_of_strings_newest_first() -> None:
    rows = get_json(demo.START, "/api/v1/instance/activity")
    assert len(rows) == 12
    assert all(isinstance(value, str) for row in rows for value in row.values())
    assert [int(row["week"]) for row in rows] == sorted((int(row["week"]) for row in rows), reverse=True)
    assert int(rows[0]["statuses"]) < int(rows[1]["statuses"]) / 5


@pytest.mark.parametrize("host", ["tidepool.example", "plankton.example"])
def test_a_timeline_has_an_end_and_no_duplicate_posts(host: str) -> None:
    posts = read(host)
    assert len(posts) > 400
    assert len({post.id for post in posts}) == len(posts)
    assert len({post.origin for post in posts}) > 10
    assert get_json(host, TIMELINE, limit="40", max_id=posts[-1].id) == []


def test_ids_of_akkoma_are_not_numbers() -> None:
    assert not any(post["id"].isdigit() for post in get_json("plankton.example", TIMELINE))


def test_federated_posts_are_in_the_order_of_arrival_and_local_ones_in_that_of_time() -> None:
    times = [post.written_at for post in read(demo.START)]
    assert times != sorted(times, key=lambda at: -(at or 0))
    local = [post.written_at for post in read(demo.START, LOCAL)]
    assert local == sorted(local, key=lambda at: -(at or 0))


def test_the_local_timeline_contains_only_local_accounts() -> None:
    assert {post.origin for post in read(demo.START, LOCAL)} == {demo.START}
    assert all("@" not in post["account"]["acct"] for post in get_json(demo.START, TIMELINE, local="true"))


def test_one_instance_does_not_federate() -> None:
    assert {post.origin for post in read("hermitage.example")} == {"hermitage.example"}


@pytest.mark.parametrize(
    ("limit", "posts", "profiles"),
    [({}, 20, 40), ({"limit": "30"}, 30, 30), ({"limit": "1000"}, 40, 80), ({"limit": "0"}, 0, 0)],
)
def test_limits_are_applied_like_in_mastodon(limit: dict[str, str], posts: int, profiles: int) -> None:
    assert len(get_json(demo.START, TIMELINE, **limit)) == posts
    assert len(get_json(demo.START, "/api/v1/directory", **limit)) == profiles


def test_a_domain_of_handles_names_its_api_host() -> None:
    with pytest.raises(NotFound):
        get_json("orchard.example", TIMELINE)
    assert asyncio.run(find_api_host(demo.fetch, Host("orchard.example"))) == "social.orchard.example"
    assert get_json("social.orchard.example", "/api/v2/instance")["domain"] == "orchard.example"
    assert Host("orchard.example") in {
        post.origin for post in read("orchard.example", api_host="social.orchard.example")
    }


@pytest.mark.parametrize(
    ("host", "params", "error", "reason"),
    [
        ("bigtop.example", {"local": "true"}, AccessDenied, "closed"),
        ("fieldnotes.example", {}, AccessDenied, "closed"),
        ("quark.example", {}, RobotsDisallowed, "robots"),
        ("rubberduck.example", {}, Gone, "gone"),
        ("greenroom.example", {}, Moved, "moved"),
        ("localhorst.example", {}, Unreachable, "dns"),
        ("fossilbed.example", {}, Unreachable, "timeout"),
        ("tanuki.example", {}, NotFound, "missing"),
        ("never-heard-of.example", {}, Unreachable, "dns"),
    ],
)
def test_an_unavailable_server_raises_the_error_of_the_client(
    host: str, params: dict[str, str], error: type[FetchError], reason: str
) -> None:
    with pytest.raises(error) as raised:
        get_json(host, TIMELINE, **params)
    assert raised.value.reason == reason


def test_no_real_host_is_named() -> None:
    pages = [
        get_json(host, TIMELINE, limit="40") for host in ("tidepool.example", "komorebi.example", "lantern.example")
    ]
    pages += [get_json(demo.START, "/api/v1/directory", limit="80", offset=str(offset)) for offset in range(0, 480, 80)]
    text = json.dumps(pages, ensure_ascii=False)
    named = set(re.findall(r"https?://([^/\"'\\<]+)/", text)) | set(re.findall(r'"acct": "[^"@]+@([^"]+)"', text))
    assert len(named) > 50
    assert {name for name in named if not name.endswith(".example")} == set()


def test_a_response_does_not_depend_on_earlier_requests() -> None:
    requests = [
        Request(Host(host), TIMELINE, (("limit", "40"),))
        for host in ("komorebi.example", "tidepool.example", "tarball.example")
    ]

    async def fetch(order: list[Request]) -> dict[Request, bytes]:
        fediverse = DemoFediverse()
        return {request: (await fediverse.fetch(request)).body for request in order}

    assert asyncio.run(fetch(requests)) == asyncio.run(fetch(requests[::-1]))


def test_responses_are_the_same_in_every_run() -> None:
    program = (
        "import asyncio, hashlib\nfrom fedistats import demo\nfrom fedistats.fetch import Request\n"
        "for path in ('/api/v1/timelines/public', '/api/v1/directory'):\n"
        "    print(hashlib.sha256(asyncio.run(demo.fetch(Request(demo.START, path))).body).hexdigest())\n"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parent.parent,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


# -- over time ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def collected_four_times(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "store.db"
    collect_demo(path)
    return path


def test_the_demo_has_four_comparable_collections(collected_four_times: Path) -> None:
    with Database.open_read_only(collected_four_times) as store:
        history = History.read(store, demo.START, 1_000)
    assert history.dates == ("2026-08-10", "2026-09-07", "2026-10-05", "2026-11-02")
    assert history.comparable == history.snapshots
    assert {snapshot.max_posts for snapshot in history.snapshots} == {400}
    for name in ("users", "posts"):
        counts = [getattr(snapshot, name) for snapshot in history.snapshots]
        assert counts == sorted(set(counts)), name
    assert all(30 < (snapshot.neighbors or 0) < 60 for snapshot in history.snapshots)


def test_instances_and_edges_change_between_collections(collected_four_times: Path) -> None:
    with Database.open_read_only(collected_four_times) as store:
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


def test_user_counts_agree_with_the_weekly_activity() -> None:
    then, now = (get_json_at(now, demo.START, "/api/v1/instance") for now in (demo.COLLECTION_TIMES[-2], demo.NOW))
    rows = get_json_at(demo.NOW, demo.START, "/api/v1/instance/activity")
    # the row of today is incomplete
    since = sum(int(row["registrations"]) for row in rows[1:4])
    assert since < now["stats"]["user_count"] - then["stats"]["user_count"] < 1.8 * since
    earlier = get_json_at(demo.COLLECTION_TIMES[-2], demo.START, "/api/v1/instance/activity")
    assert rows[5:] == earlier[1:8], "a complete week does not change"


def test_nothing_is_newer_than_the_time_of_the_collection() -> None:
    before = demo.COLLECTION_TIMES[0]
    latest = datetime.fromtimestamp(before, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    posts = get_json_at(before, demo.START, TIMELINE, limit="40")
    people = get_json_at(before, demo.START, "/api/v1/directory", local="true", limit="80", order="new")
    assert all(post["created_at"] <= latest for post in posts)
    assert all(person["created_at"] <= latest for person in people)
    assert all(post["account"]["last_status_at"] == "2026-08-10" for post in posts)
    with pytest.raises(Unreachable):
        get_json_at(before, "tertulia.example", TIMELINE)


def get_json_at(now: int, host: str, path: str, **params: str) -> Any:
    """The JSON of a response at a time."""

    async def body() -> bytes:
        return (await demo.fetch_at(now)(Request(Host(host), path, tuple(params.items())))).body

    return json.loads(asyncio.run(body()))
