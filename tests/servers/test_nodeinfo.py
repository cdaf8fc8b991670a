"""Reading NodeInfo."""

from __future__ import annotations

from typing import Any

import pytest

from fedistats.errors import Moved
from fedistats.servers.nodeinfo import fetch_nodeinfo
from tests.fediverse import FakeFediverse, FakeServer
from tests.servers.reading import HOME


def nodeinfo(href: str) -> dict[str, Any]:
    rel = "http://nodeinfo.diaspora.software/ns/schema/2.0"
    document = {
        "software": {"name": "Akkoma", "version": "3.16"},
        "usage": {"users": {"total": 12, "activeMonth": None}, "localPosts": -4},
    }
    return {"/.well-known/nodeinfo": {"links": [{"rel": rel, "href": href}]}, "/nodeinfo/2.0": document}


async def test_nodeinfo_contains_the_software_without_impossible_counts() -> None:
    fediverse = FakeFediverse({HOME: FakeServer(responses=nodeinfo("https://home.example/nodeinfo/2.0"))})
    found = await fetch_nodeinfo(fediverse.fetch, HOME)
    assert (found.software, found.version, found.users, found.active_month, found.posts) == (
        "akkoma",
        "3.16",
        12,
        None,
        None,
    )


async def test_a_nodeinfo_document_on_another_host_is_not_requested() -> None:
    fediverse = FakeFediverse({HOME: FakeServer(responses=nodeinfo("https://victim.example/nodeinfo/2.0"))})
    with pytest.raises(Moved):
        await fetch_nodeinfo(fediverse.fetch, HOME)
    assert fediverse.requested_hosts() == {HOME}
