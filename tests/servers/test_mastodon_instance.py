"""What a server says about itself through Mastodon's API."""

from __future__ import annotations

from fedistats.errors import NotFound
from fedistats.servers import mastodon_instance
from tests.fediverse import FakeFediverse, FakeServer
from tests.servers.reading import HOME, fetch_all_details


async def test_missing_data_is_a_gap_and_not_zero() -> None:
    instance = await fetch_all_details(mastodon_instance, FakeServer())
    assert instance.title == "The home.example instance"
    assert instance.users is None
    assert set(instance.gaps) == {"users, posts, domains", "software", "activity"}


async def test_v1_is_used_if_there_is_no_v2() -> None:
    v1 = {
        "uri": "https://Home.example/",
        "title": "Old",
        "stats": {"user_count": 5},
        "registrations": True,
        "approval_required": True,
    }
    fediverse = FakeFediverse(
        {HOME: FakeServer(responses={"/api/v2/instance": NotFound("none"), "/api/v1/instance": v1})}
    )
    instance = await mastodon_instance.fetch_instance(fediverse.fetch, HOME)
    assert (instance.title, instance.users, instance.registrations, instance.host) == ("Old", 5, "by approval", HOME)


async def test_activity_does_not_contain_todays_incomplete_row() -> None:
    rows = [
        {"week": str(1793534400 - 604800 * n), "statuses": str(100 + n), "logins": "5", "registrations": "1"}
        for n in range(12)
    ]
    fediverse = FakeFediverse({HOME: FakeServer(responses={"/api/v1/instance/activity": rows})})
    assert [week.posts for week in await mastodon_instance.fetch_activity(fediverse.fetch, HOME)] == [
        100 + n for n in range(1, 12)
    ]
