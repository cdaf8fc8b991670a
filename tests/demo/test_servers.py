"""The demo's servers respond like real ones, and always in the same way."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fedistats import demo, optout
from fedistats.demo.servers import DemoFediverse
from fedistats.errors import AccessDenied, FetchError, Gone, Moved, NotFound, RobotsDisallowed, Unreachable
from fedistats.fetch import Request
from fedistats.hosts import Host
from fedistats.model import Account, InstanceInfo, Post
from fedistats.servers import mastodon, mastodon_instance
from fedistats.servers.api import LOCAL, PUBLIC, Server
from fedistats.servers.host_meta import find_api_host
from tests.demo.pages import TIMELINE, get_json


def read_timeline(host: str, feed: str = PUBLIC, api_host: str = "") -> list[Post]:
    """All posts of a timeline, read as a crawl reads it."""

    async def read_pages() -> list[Post]:
        seen: set[str] = set()

        def is_new(post_id: str) -> bool:
            new = post_id not in seen
            seen.add(post_id)
            return new

        server = Server(Host(host), Host(api_host or host))
        return [post async for page in mastodon.timeline(demo.fetch, server, feed, is_new) for post in page.posts]

    return asyncio.run(read_pages())


def test_some_accounts_opted_out() -> None:
    async def read_directory() -> list[Account]:
        server = Server(demo.START, demo.START)
        return [
            account
            async for page in mastodon.directory(demo.fetch, server, lambda _: True)
            for account in page.accounts
        ]

    accounts = asyncio.run(read_directory())
    opted_out = [account for account in accounts if optout.opted_out(account)]
    assert len(accounts) == 440
    assert 10 < len(opted_out) < 45
    assert any(account.noindex for account in opted_out)
    assert any("nobot" in account.note for account in opted_out)
    assert any(account.fields for account in opted_out)


def test_instance_details_are_complete() -> None:
    async def fetch_details() -> InstanceInfo:
        return await mastodon_instance.fetch_instance_details(
            demo.fetch, await mastodon_instance.fetch_instance(demo.fetch, demo.START)
        )

    details = asyncio.run(fetch_details())
    assert not details.gaps
    assert (details.software, details.local_timeline, details.registrations) == ("mastodon", "public", "by approval")
    assert len(details.activity) == 11
    assert all(row.posts > row.logins > row.registrations > 0 for row in details.activity)
    assert None not in (details.users, details.posts, details.domains, details.active_month)


def test_activity_is_twelve_rows_of_strings_newest_first() -> None:
    rows = get_json(demo.START, "/api/v1/instance/activity")
    assert len(rows) == 12
    assert all(isinstance(value, str) for row in rows for value in row.values())
    assert [int(row["week"]) for row in rows] == sorted((int(row["week"]) for row in rows), reverse=True)
    assert int(rows[0]["statuses"]) < int(rows[1]["statuses"]) / 5


@pytest.mark.parametrize("host", ["tidepool.example", "plankton.example"])
def test_a_timeline_can_be_read_to_its_end_and_has_no_post_twice(host: str) -> None:
    posts = read_timeline(host)
    assert len(posts) > 400
    assert len({post.id for post in posts}) == len(posts)
    assert len({post.origin for post in posts}) > 10
    assert get_json(host, TIMELINE, limit="40", max_id=posts[-1].id) == []


def test_akkoma_has_ids_that_are_not_numbers() -> None:
    assert not any(post["id"].isdigit() for post in get_json("plankton.example", TIMELINE))


def test_federated_posts_are_in_the_order_of_arrival_and_local_posts_in_that_of_time() -> None:
    times = [post.written_at for post in read_timeline(demo.START)]
    assert times != sorted(times, key=lambda time: -(time or 0))
    local = [post.written_at for post in read_timeline(demo.START, LOCAL)]
    assert local == sorted(local, key=lambda time: -(time or 0))


def test_the_local_timeline_has_local_posts_only() -> None:
    assert {post.origin for post in read_timeline(demo.START, LOCAL)} == {demo.START}
    assert all("@" not in post["account"]["acct"] for post in get_json(demo.START, TIMELINE, local="true"))


def test_one_instance_sees_no_other() -> None:
    assert {post.origin for post in read_timeline("hermitage.example")} == {"hermitage.example"}


@pytest.mark.parametrize(
    ("limit", "posts", "profiles"),
    [({}, 20, 40), ({"limit": "30"}, 30, 30), ({"limit": "1000"}, 40, 80), ({"limit": "0"}, 0, 0)],
)
def test_limits_are_read_as_mastodon_reads_them(limit: dict[str, str], posts: int, profiles: int) -> None:
    assert len(get_json(demo.START, TIMELINE, **limit)) == posts
    assert len(get_json(demo.START, "/api/v1/directory", **limit)) == profiles


def test_host_meta_leads_from_the_domain_of_handles_to_the_api_host() -> None:
    with pytest.raises(NotFound):
        get_json("orchard.example", TIMELINE)
    assert asyncio.run(find_api_host(demo.fetch, Host("orchard.example"))) == "social.orchard.example"
    assert get_json("social.orchard.example", "/api/v2/instance")["domain"] == "orchard.example"
    assert Host("orchard.example") in {
        post.origin for post in read_timeline("orchard.example", api_host="social.orchard.example")
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
        ("never-seen.example", {}, Unreachable, "dns"),
    ],
)
def test_a_server_without_public_data_fails_as_the_network_would(
    host: str, params: dict[str, str], error: type[FetchError], reason: str
) -> None:
    with pytest.raises(error) as caught:
        get_json(host, TIMELINE, **params)
    assert caught.value.reason == reason


def test_no_real_host_is_named() -> None:
    pages = [
        get_json(host, TIMELINE, limit="40") for host in ("tidepool.example", "komorebi.example", "lantern.example")
    ]
    pages += [get_json(demo.START, "/api/v1/directory", limit="80", offset=str(offset)) for offset in range(0, 480, 80)]
    text = json.dumps(pages, ensure_ascii=False)
    hosts = set(re.findall(r"https?://([^/\"'\\<]+)/", text)) | set(re.findall(r'"acct": "[^"@]+@([^"]+)"', text))
    assert len(hosts) > 50
    assert {host for host in hosts if not host.endswith(".example")} == set()


def test_the_same_request_has_the_same_response_in_any_order() -> None:
    requests = [
        Request(Host(host), TIMELINE, (("limit", "40"),))
        for host in ("komorebi.example", "tidepool.example", "tarball.example")
    ]

    async def fetch_all(order: list[Request]) -> dict[Request, bytes]:
        fediverse = DemoFediverse()
        return {request: (await fediverse.fetch(request)).body for request in order}

    assert asyncio.run(fetch_all(requests)) == asyncio.run(fetch_all(requests[::-1]))


def test_the_same_request_has_the_same_response_in_every_run() -> None:
    program = (
        "import asyncio, hashlib\nfrom fedistats import demo\nfrom fedistats.fetch import Request\n"
        "for path in ('/api/v1/timelines/public', '/api/v1/directory'):\n"
        "    print(hashlib.sha256(asyncio.run(demo.fetch(Request(demo.START, path))).body).hexdigest())\n"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_user_counts_grow_by_the_registrations_of_the_weeks() -> None:
    earlier, current = (get_json(demo.START, "/api/v1/instance", now) for now in (demo.COLLECTION_TIMES[-2], demo.NOW))
    rows = get_json(demo.START, "/api/v1/instance/activity")
    # without the current week, which has only begun
    registrations = sum(int(row["registrations"]) for row in rows[1:4])
    growth = current["stats"]["user_count"] - earlier["stats"]["user_count"]
    assert registrations < growth < 1.8 * registrations
    earlier_rows = get_json(demo.START, "/api/v1/instance/activity", demo.COLLECTION_TIMES[-2])
    assert rows[5:] == earlier_rows[1:8], "the counts of past weeks do not change"


def test_nothing_is_newer_than_the_time_of_the_request() -> None:
    before = demo.COLLECTION_TIMES[0]
    latest = datetime.fromtimestamp(before, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    posts = get_json(demo.START, TIMELINE, before, limit="40")
    accounts = get_json(demo.START, "/api/v1/directory", before, local="true", limit="80", order="new")
    assert all(post["created_at"] <= latest for post in posts)
    assert all(account["created_at"] <= latest for account in accounts)
    assert all(post["account"]["last_status_at"] == "2026-08-10" for post in posts)
    with pytest.raises(Unreachable):
        get_json("tertulia.example", TIMELINE, before)
