"""The backbone on the command line: the picture and the exports show the same significant edges, and name the method."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fedistats import cli
from fedistats.analysis.backbone import backbone
from fedistats.analysis.communities import find_communities
from fedistats.hosts import Host
from fedistats.results.neighborhood import Neighborhood
from fedistats.store.database import Database
from tests.commands import STORE, Commands, collect, timeline
from tests.fediverse import FakeServer

HUB = Host("hub.example")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Commands:
    """A hub that all read, and a small instance that only its one friend reads."""
    crowd = [(f"big{i}.example", 30) for i in range(12)]
    servers = {
        HUB: FakeServer(timeline(("", 20), ("friend.example", 3), *crowd)),
        **{host: FakeServer(timeline(("", 60), (HUB, 30))) for host, _ in crowd},
        "friend.example": FakeServer(timeline(("", 60), ("small.example", 4), *((host, 1) for host, _ in crowd))),
    }
    commands = Commands(tmp_path, monkeypatch, capfdbinary)
    collect(servers, HUB)
    return commands


def edges(output: str) -> set[tuple[str, str]]:
    return {(source, target) for source, target, *_ in json.loads(output)["edges"]}


def test_the_backbone_shows_small_instances_that_a_threshold_hides(run: Commands) -> None:
    code, without, _ = run("neighborhood", HUB, "--offline", "--json")
    assert code == 0
    assert not any("small.example" in edge for edge in edges(without))
    code, output, err = run("neighborhood", HUB, "--offline", "--json", "--backbone", "0.1")
    assert (code, err) == (0, "")
    assert ("friend.example", "small.example") in edges(output)
    assert len(edges(output)) < 24
    parameters = json.loads(output)["about"]["parameters"]
    assert (parameters["backbone"], parameters["min_posts"]) == ("0.1", 1)
    assert "disparity filter" in parameters["rule"]
    assert b"disparity" in Path("output/hub.example/neighborhood.svg").read_bytes()


def test_with_a_threshold_the_backbone_is_that_of_the_edges_above_it(run: Commands) -> None:
    arguments = ("neighborhood", HUB, "--offline", "--json", "--backbone", "0.9")
    assert edges(run(*arguments, "--min-posts", "4")[1]) < edges(run(*arguments)[1])


@pytest.mark.parametrize("directed", [False, True])
def test_drawn_and_exported_are_the_edges_of_the_backbone(run: Commands, directed: bool) -> None:
    options = ("--offline", "--json", "--backbone", "0.1", *(["--directed"] if directed else []))
    drawn = edges(run("neighborhood", HUB, *options)[1])
    assert edges(run("export", HUB, *options)[1]) == drawn
    with Database.open_read_only(STORE) as db:
        graph = Neighborhood.read(db, HUB, 1000, min_posts=1, directed=directed)
        expected = find_communities(backbone(graph, 0.1))
        assert Neighborhood.read(db, HUB, 1000, min_posts=1, backbone=0.1, directed=directed).nodes == expected.nodes
    hosts = [node.host for node in expected.nodes]
    assert drawn == {(hosts[a], hosts[b]) for a, b, _ in expected.edges.tolist()}


def test_the_directed_backbone_has_directed_edges(run: Commands) -> None:
    code, output, _ = run("neighborhood", HUB, "--offline", "--json", "--backbone", "0.1", "--directed")
    assert (code, json.loads(output)["directed"]) == (0, True)
    assert ("friend.example", "small.example") in edges(output)
    assert any(source > target for source, target in edges(output)), "undirected, the smaller host is the source"


@pytest.mark.parametrize("alpha", ["0", "1", "-0.5", "2", "nan", "few"])
def test_an_alpha_that_is_not_a_probability_is_a_usage_error(run: Commands, alpha: str) -> None:
    for command in ("neighborhood", "export"):
        code, out, err = run(command, HUB, "--offline", "--backbone", alpha)
        assert (code, out, err.count("\n")) == (cli.USAGE, "", 1)
        assert "--backbone" in err
