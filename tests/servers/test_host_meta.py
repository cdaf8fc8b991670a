"""Finding the API host of a domain."""

from __future__ import annotations

import pytest

from fedistats.errors import NotFound
from fedistats.servers.host_meta import find_api_host
from tests.fediverse import FakeFediverse, FakeServer
from tests.servers.reading import HOME


def xrd(host: str) -> bytes:
    return f'<XRD><Link rel="lrdd" template="https://{host}/.well-known/webfinger?resource={{uri}}"/></XRD>'.encode()


async def test_host_meta_names_the_api_host() -> None:
    fediverse = FakeFediverse({HOME: FakeServer(responses={"/.well-known/host-meta": xrd("social.home.example")})})
    assert await find_api_host(fediverse.fetch, HOME) == "social.home.example"


@pytest.mark.parametrize(
    "response", [xrd("127.0.0.1"), xrd("localhost"), b"<XRD/>", b"", b"\xff" * 100, NotFound("none")]
)
async def test_host_meta_without_a_public_host_names_none(response: object) -> None:
    fediverse = FakeFediverse({HOME: FakeServer(responses={"/.well-known/host-meta": response})})
    assert await find_api_host(fediverse.fetch, HOME) is None
