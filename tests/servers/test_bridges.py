"""Domains of bridges and mirrors."""

from __future__ import annotations

import pytest

from fedistats.hosts import Host
from fedistats.servers.bridges import bridge_kind


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("bsky.brid.gy", "bridge"),
        ("ap.brid.gy", "bridge"),
        ("web.brid.gy", "bridge"),
        ("mostr.pub", "bridge"),
        ("bird.makeup", "mirror"),
        ("notbrid.gy", ""),
        ("brid.gy.example", ""),
        ("home.example", ""),
    ],
)
def test_bridges_and_mirrors_are_known_with_their_subdomains(host: str, expected: str) -> None:
    assert bridge_kind(Host(host)) == expected
