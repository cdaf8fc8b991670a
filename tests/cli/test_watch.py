"""`fedistats watch`"""

from __future__ import annotations

from dataclasses import replace

from fedistats.cli.watch import describe_change
from fedistats.hosts import Host
from fedistats.model import About, InstanceHistory, Snapshot


def test_watch_compares_with_the_last_snapshot_of_the_same_scope() -> None:
    about = About(Host("home.example"), "2026-11-15T12:00:00Z", {"posts": 50, "min_posts": 5}, "9.9.9")
    usual = Snapshot("2026-11-01T12:00:00Z", 10, 100, 90, 5, 3, 4, 1, 50)
    deep = replace(usual, date="2026-11-08T12:00:00Z", found=900, scope="depth 2")
    now = replace(usual, date="2026-11-15T12:00:00Z", found=6)
    line = describe_change(InstanceHistory(about, Host("home.example"), (usual, deep, now)), 50)
    assert (
        line == "home.example 2026-11-15: 10 users, 3 neighbors, 6 instances found (+1), 1 community (since 2026-11-01)"
    )
    assert describe_change(InstanceHistory(about, Host("home.example"), (deep, now)), 200).endswith(
        "1 community; from the newest 50 posts of each timeline"
    )
