"""Servers that have more than one name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fedistats.errors import Moved, NotFound
from fedistats.model import Outcome
from tests.crawl.collecting import HOME, collect, edges, neighborhood, outcomes
from tests.fake_servers import FakeMisskey, posts_by
from tests.fediverse import TIMELINE, FakeFediverse, FakeServer, post


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "fedistats.db"


def two_names(nodeinfo_host: str, claimed_domain: str) -> FakeFediverse:
    """far.example is a website whose NodeInfo is on `nodeinfo_host`. That host claimed_domain to be the API host of `claimed_domain`."""
    rel = "http://nodeinfo.diaspora.software/ns/schema/2.0"
    links = {"links": [{"rel": rel, "href": f"https://{nodeinfo_host}/nodeinfo/2.0"}]}
    website: dict[str, Any] = {"/.well-known/nodeinfo": links, TIMELINE: NotFound(""), "/api/v2/instance": NotFound("")}
    posts = [post(n, handle) for n, handle in posts_by("ann@home.example", "x")]
    return FakeFediverse(
        {
            HOME: FakeServer([post(1, "x@far.example"), post(2, "y@social.far.example")]),
            "far.example": FakeServer(responses=website),
            "social.far.example": FakeServer(posts, domain=claimed_domain),
        }
    )


def test_two_names_that_refer_to_each_other_are_one_server(path: Path) -> None:
    collect(two_names("social.far.example", "far.example"), path)
    assert edges(neighborhood(path)) == {("far.example", "home.example"): 3}


def test_a_redirect_of_nodeinfo_also_names_the_other_host(path: Path) -> None:
    fediverse = two_names("social.far.example", "far.example")
    fediverse.servers["far.example"].responses["/.well-known/nodeinfo"] = Moved("there", "social.far.example")
    collect(fediverse, path)
    assert edges(neighborhood(path)) == {("far.example", "home.example"): 3}


def test_a_reference_in_one_direction_does_not_merge_two_names(path: Path) -> None:
    collect(two_names("social.far.example", "social.far.example"), path)
    assert edges(neighborhood(path)) == {("far.example", "home.example"): 1, ("home.example", "social.far.example"): 2}


WEBFINGER = "/.well-known/webfinger"


@pytest.mark.parametrize("start", [HOME, "far.example", "social.far.example"])
def test_a_redirect_of_webfinger_names_the_api_host(path: Path, start: str) -> None:
    fediverse = two_names("social.far.example", "far.example")
    del fediverse.servers["far.example"].responses["/.well-known/nodeinfo"]
    fediverse.servers["far.example"].responses[WEBFINGER] = Moved("there", "social.far.example")
    collect(fediverse, path, start=start)
    graph = neighborhood(path, start)
    assert graph.start == ("far.example" if start != HOME else HOME)
    assert edges(graph) == {("far.example", "home.example"): 3}
    assert [dict(q.params) for q in fediverse.requests if q.path == WEBFINGER] == [
        {"resource": "acct:far.example@far.example"}
    ]


def test_a_domain_that_redirects_to_the_server_of_another_is_not_merged_with_it(path: Path) -> None:
    fediverse = two_names("social.far.example", "third.example")
    del fediverse.servers["far.example"].responses["/.well-known/nodeinfo"]
    fediverse.servers["far.example"].responses[WEBFINGER] = Moved("there", "social.far.example")
    collect(fediverse, path)
    graph = neighborhood(path)
    assert edges(graph) == {("far.example", "home.example"): 1, ("home.example", "social.far.example"): 2}
    assert outcomes(graph)["far.example"] == (Outcome.UNSUPPORTED, "no fediverse server")


def test_the_start_can_be_the_name_whose_nodeinfo_is_on_another_host(path: Path) -> None:
    collect(two_names("social.far.example", "far.example"), path, start="far.example")
    assert neighborhood(path, "far.example").start == "far.example"


def test_a_misskey_server_is_read_under_the_domain_of_its_accounts(path: Path) -> None:
    fediverse = two_names("social.far.example", "far.example")
    social = FakeMisskey("social.far.example", posts_by("ann@home.example", "x"))
    social.responses["/api/meta"] = {"uri": "https://far.example", "name": "Far"}
    fediverse.servers["social.far.example"] = social
    collect(fediverse, path)
    assert edges(neighborhood(path)) == {("far.example", "home.example"): 3}
