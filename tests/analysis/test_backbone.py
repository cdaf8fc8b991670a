"""The backbone on the command line: what is drawn and exported is what chance does not explain, and it says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fedistats import cli
from fedistats.analysis.backbone import backbone
from fedistats.hosts import Host
from fedistats.results.neighborhood import Neighborhood
from fedistats.store.database import Database
from tests.commands import PLACE, Commands, collect, timeline
from tests.fediverse import FakeServer


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Commands:
    """A hub that everybody hears, and a small instance that is heard by its one friend alone."""
    crowd = [(f"big{i}.example", 30) for i in range(12)]
    servers = {
        "hub.example": FakeServer(timeline(("", 20), ("friend.example", 3), *crowd)),
        **{host: FakeServer(timeline(("", 60), ("hub.example", 30))) for host, _ in crowd},
        "friend.example": FakeServer(timeline(("", 60), ("small.example", 4), *((host, 1) for host, _ in crowd))),
    }
    commands = Commands(tmp_path, monkeypatch, capfdbinary)
    collect(servers, "hub.example")
    return commands


def links(told: str) -> set[tuple[str, str]]:
    return {(one, other) for one, other, *_ in json.loads(told)["edges"]}


def test_the_backbone_shows_small_instances_that_a_threshold_hides(run: Commands) -> None:
    code, plain, _ = run("neighborhood", "hub.example", "--offline", "--json")
    assert code == 0
    assert not any("small.example" in link for link in links(plain))
    code, told, err = run("neighborhood", "hub.example", "--offline", "--json", "--backbone", "0.1")
    assert (code, err) == (0, "")
    assert ("friend.example", "small.example") in links(told)
    assert len(links(told)) < 24
    question = json.loads(told)["about"]["parameters"]
    assert (question["backbone"], question["min_posts"]) == ("0.1", 1)
    assert "disparity filter" in question["rule"]
    assert b"disparity" in Path("output/hub.example/neighborhood.svg").read_bytes()


def test_with_a_threshold_too_the_backbone_is_of_what_that_leaves(run: Commands) -> None:
    words = ("neighborhood", "hub.example", "--offline", "--json", "--backbone", "0.9")
    assert links(run(*words, "--min-posts", "4")[1]) < links(run(*words)[1])


def test_what_is_exported_is_what_is_drawn(run: Commands) -> None:
    drawn = run("neighborhood", "hub.example", "--offline", "--json", "--backbone", "0.1")[1]
    exported = run("export", "hub.example", "--offline", "--json", "--backbone", "0.1")[1]
    assert links(exported) == links(drawn)
    with Database.open_read_only(PLACE) as db:
        graph = Neighborhood.read(db, Host("hub.example"), 1000, min_posts=1)
        kept = Neighborhood.read(db, Host("hub.example"), 1000, min_posts=1, backbone=0.1)
    assert [node.host for node in kept.nodes] == [node.host for node in backbone(graph, 0.1).nodes]


@pytest.mark.parametrize("alpha", ["0", "1", "-0.5", "2", "nan", "few"])
def test_an_alpha_that_is_no_probability_is_a_usage_error(run: Commands, alpha: str) -> None:
    for command in ("neighborhood", "export"):
        code, out, err = run(command, "hub.example", "--offline", "--backbone", alpha)
        assert (code, out, err.count("\n")) == (cli.USAGE, "", 1)
        assert "--backbone" in err
