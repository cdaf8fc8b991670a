"""The made-up fediverse speaks like a real one, shows every ending there is, and is always the same."""

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
from fedistats.demo.atlas import places
from fedistats.demo.servers import Fediverse
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

TIMELINE = "/api/v1/timelines/public"
PLACES = {place.host: place for place in places()}


def got(host: str, path: str, **params: str) -> Any:
    """The JSON of a page."""
    answer = asyncio.run(demo.fetch(Request(Host(host), path, tuple(params.items()))))
    return json.loads(answer.body)


def read(host: str, feed: str = PUBLIC, api_host: str = "") -> list[Post]:
    """A whole timeline, as the crawl reads it."""

    async def all_of_it() -> list[Post]:
        seen: set[str] = set()

        def fresh(id_: str) -> bool:
            new = id_ not in seen
            seen.add(id_)
            return new

        server = Server(Host(host), Host(api_host or host))
        return [post async for page in mastodon.timeline(demo.fetch, server, feed, fresh) for post in page.posts]

    return asyncio.run(all_of_it())


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


def test_a_crawl_meets_every_way_of_ending(collected: tuple[NeighborhoodGraph, ProfileCounts]) -> None:
    found, _ = collected
    outcomes = {node.host: node.outcome for node in found.nodes}
    assert set(outcomes) == set(PLACES)
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


def test_those_whom_the_start_knows_are_asked_and_no_others(collected: tuple[NeighborhoodGraph, ProfileCounts]) -> None:
    for node in collected[0].nodes:
        assert (node.outcome is Outcome.NOT_ASKED) == (PLACES[node.host].answers == "far"), node.host


def test_the_communities_of_the_map_are_found_in_the_posts(collected: tuple[NeighborhoodGraph, ProfileCounts]) -> None:
    nodes = [node for node in collected[0].nodes if PLACES[node.host].circle.name != "everywhere"]
    together: list[bool] = []
    apart: list[bool] = []
    for one, other in combinations(nodes, 2):
        same = one.community == other.community
        (together if PLACES[one.host].circle is PLACES[other.host].circle else apart).append(same)
    assert sum(together) / len(together) > 0.95
    assert sum(apart) / len(apart) < 0.05


def test_its_people_speak_of_many_things_in_many_scripts(collected: tuple[NeighborhoodGraph, ProfileCounts]) -> None:
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


def test_some_people_ask_to_be_left_out() -> None:
    async def everybody() -> list[Account]:
        server = Server(demo.START, demo.START)
        return [
            person async for page in mastodon.directory(demo.fetch, server, lambda _: True) for person in page.accounts
        ]

    people = asyncio.run(everybody())
    refused = [person for person in people if optout.opted_out(person)]
    assert len(people) == 440
    assert 10 < len(refused) < 45
    assert any(person.noindex for person in refused)
    assert any("nobot" in person.note for person in refused)
    assert any(person.fields for person in refused)


def test_what_a_server_says_of_itself_is_read_without_a_gap() -> None:
    async def portrait() -> InstanceInfo:
        return await mastodon_instance.fetch_instance_details(
            demo.fetch, await mastodon_instance.fetch_instance(demo.fetch, demo.START)
        )

    told = asyncio.run(portrait())
    assert not told.gaps
    assert (told.software, told.local_timeline, told.registrations) == ("mastodon", "public", "by approval")
    assert len(told.activity) == 11
    assert all(row.posts > row.logins > row.registrations > 0 for row in told.activity)
    assert None not in (told.users, told.posts, told.domains, told.active_month)


def test_activity_is_twelve_rows_of_strings_newest_first() -> None:
    rows = got(demo.START, "/api/v1/instance/activity")
    assert len(rows) == 12
    assert all(isinstance(value, str) for row in rows for value in row.values())
    assert [int(row["week"]) for row in rows] == sorted((int(row["week"]) for row in rows), reverse=True)
    assert int(rows[0]["statuses"]) < int(rows[1]["statuses"]) / 5


@pytest.mark.parametrize("host", ["tidepool.example", "plankton.example"])
def test_a_timeline_is_paged_to_its_end_and_holds_no_post_twice(host: str) -> None:
    posts = read(host)
    assert len(posts) > 400
    assert len({post.id for post in posts}) == len(posts)
    assert len({post.origin for post in posts}) > 10
    assert got(host, TIMELINE, limit="40", max_id=posts[-1].id) == []


def test_akkoma_has_ids_that_are_no_numbers() -> None:
    assert not any(post["id"].isdigit() for post in got("plankton.example", TIMELINE))


def test_federated_posts_stand_in_the_order_of_arrival_and_local_ones_in_that_of_time() -> None:
    times = [post.written_at for post in read(demo.START)]
    assert times != sorted(times, key=lambda at: -(at or 0))
    local = [post.written_at for post in read(demo.START, LOCAL)]
    assert local == sorted(local, key=lambda at: -(at or 0))


def test_the_local_timeline_holds_its_own_people_alone() -> None:
    assert {post.origin for post in read(demo.START, LOCAL)} == {demo.START}
    assert all("@" not in post["account"]["acct"] for post in got(demo.START, TIMELINE, local="true"))


def test_one_instance_hears_of_nobody_else() -> None:
    assert {post.origin for post in read("hermitage.example")} == {"hermitage.example"}


@pytest.mark.parametrize(
    ("limit", "posts", "profiles"),
    [({}, 20, 40), ({"limit": "30"}, 30, 30), ({"limit": "1000"}, 40, 80), ({"limit": "0"}, 0, 0)],
)
def test_limits_are_read_as_mastodon_reads_them(limit: dict[str, str], posts: int, profiles: int) -> None:
    assert len(got(demo.START, TIMELINE, **limit)) == posts
    assert len(got(demo.START, "/api/v1/directory", **limit)) == profiles


def test_handles_of_another_domain_lead_to_the_host_that_answers() -> None:
    with pytest.raises(NotFound):
        got("orchard.example", TIMELINE)
    assert asyncio.run(find_api_host(demo.fetch, Host("orchard.example"))) == "social.orchard.example"
    assert got("social.orchard.example", "/api/v2/instance")["domain"] == "orchard.example"
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
def test_a_server_that_shows_nothing_fails_as_the_network_would(
    host: str, params: dict[str, str], error: type[FetchError], reason: str
) -> None:
    with pytest.raises(error) as raised:
        got(host, TIMELINE, **params)
    assert raised.value.reason == reason


def test_no_real_host_is_named() -> None:
    pages = [got(host, TIMELINE, limit="40") for host in ("tidepool.example", "komorebi.example", "lantern.example")]
    pages += [got(demo.START, "/api/v1/directory", limit="80", offset=str(offset)) for offset in range(0, 480, 80)]
    text = json.dumps(pages, ensure_ascii=False)
    named = set(re.findall(r"https?://([^/\"'\\<]+)/", text)) | set(re.findall(r'"acct": "[^"@]+@([^"]+)"', text))
    assert len(named) > 50
    assert {name for name in named if not name.endswith(".example")} == set()


def test_the_same_question_has_the_same_answer_whatever_was_asked_before() -> None:
    questions = [
        Request(Host(host), TIMELINE, (("limit", "40"),))
        for host in ("komorebi.example", "tidepool.example", "tarball.example")
    ]

    async def fetch(order: list[Request]) -> dict[Request, bytes]:
        fediverse = Fediverse()
        return {question: (await fediverse.fetch(question)).body for question in order}

    assert asyncio.run(fetch(questions)) == asyncio.run(fetch(questions[::-1]))


def test_the_same_question_has_the_same_answer_in_every_run() -> None:
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
def four_times(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("moments") / "store.db"
    collect_demo(path)
    return path


def test_it_is_collected_at_four_dates_that_can_be_compared(four_times: Path) -> None:
    with Database.open_read_only(four_times) as store:
        told = History.read(store, demo.START, 1_000)
    assert told.dates == ("2026-08-10", "2026-09-07", "2026-10-05", "2026-11-02")
    assert told.comparable == told.snapshots
    assert {moment.max_posts for moment in told.snapshots} == {400}
    for name in ("users", "posts"):
        counts = [getattr(moment, name) for moment in told.snapshots]
        assert counts == sorted(set(counts)), name
    assert all(30 < (moment.neighbors or 0) < 60 for moment in told.snapshots)


def test_since_the_date_before_one_instance_came_one_went_and_ties_changed(four_times: Path) -> None:
    with Database.open_read_only(four_times) as store:
        newest = Difference.read(store, demo.START, None, None, 400, min_posts=5)
        longest = Difference.read(store, demo.START, "2026-08", None, 400, min_posts=5)
    assert [node.host for node in newest.new] == ["tertulia.example"]
    assert [node.host for node in newest.gone] == ["driftwood.example"]
    assert [(tie.source, tie.target) for tie in newest.grew] == [
        ("starfield.example", "tidepool.example"),
        ("datagarden.example", "petridish.example"),
    ]
    assert [(tie.source, tie.target) for tie in newest.shrank] == [("harbor.example", "inkwell.example")]
    assert {node.host for node in longest.new} == {"barometer.example", "tertulia.example"}
    assert {tie.source for tie in longest.grew} >= {"bytebloom.example"}


def test_what_a_server_counts_is_what_its_weeks_add_up_to() -> None:
    then, now = (asked(moment, demo.START, "/api/v1/instance") for moment in (demo.MOMENTS[-2], demo.NOW))
    rows = asked(demo.NOW, demo.START, "/api/v1/instance/activity")
    # the row of today has only begun
    since = sum(int(row["registrations"]) for row in rows[1:4])
    assert since < now["stats"]["user_count"] - then["stats"]["user_count"] < 1.8 * since
    earlier = asked(demo.MOMENTS[-2], demo.START, "/api/v1/instance/activity")
    assert rows[5:] == earlier[1:8], "a week that is over is told alike ever after"


def test_nothing_is_younger_than_the_date_at_which_it_is_asked_for() -> None:
    before = demo.MOMENTS[0]
    latest = datetime.fromtimestamp(before, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    posts = asked(before, demo.START, TIMELINE, limit="40")
    people = asked(before, demo.START, "/api/v1/directory", local="true", limit="80", order="new")
    assert all(post["created_at"] <= latest for post in posts)
    assert all(person["created_at"] <= latest for person in people)
    assert all(post["account"]["last_status_at"] == "2026-08-10" for post in posts)
    with pytest.raises(Unreachable):
        asked(before, "tertulia.example", TIMELINE)


def asked(moment: int, host: str, path: str, **params: str) -> Any:
    """The JSON of a page at a moment."""

    async def body() -> bytes:
        return (await demo.fetch_at(moment)(Request(Host(host), path, tuple(params.items())))).body

    return json.loads(asyncio.run(body()))
