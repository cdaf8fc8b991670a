"""`fedistats neighborhood`"""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import pytest

from fedistats import cli
from tests.commands import FAST, Commands, home_server
from tests.local_server import serve_locally


def test_neighborhood_writes_pictures_and_graphs(run: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1793534400")
    with serve_locally(home_server()) as url:
        code, out, err = run("neighborhood", url, "--posts", "90", "--pdf", *FAST)
    assert (code, err) == (0, "")
    assert "2 instances, 1 edge of at least 5 posts" in out
    folder = Path("output/home.example")
    for name, head in {"png": b"\x89PNG", "svg": b"<svg", "pdf": b"%PDF", "graphml": b"<?xml", "json": b"{"}.items():
        assert (folder / f"neighborhood.{name}").read_bytes().lstrip().startswith(head) or head in (
            folder / f"neighborhood.{name}"
        ).read_bytes()[:400]
    graph = nx.read_graphml(folder / "neighborhood.graphml")
    assert {(a, b, data["weight"]) for a, b, data in graph.edges(data=True)} == {("far.example", "home.example", 30)}
    assert graph.graph["date"] == "2026-11-01T12:00:00Z"


def test_a_graph_without_edges_exits_with_nothing_found(run: Commands) -> None:
    with serve_locally(home_server()) as url:
        code, _, err = run("neighborhood", url, "--posts", "90", "--min-posts", "1000", *FAST)
    assert (code, "smaller --min-posts" in err) == (cli.NOTHING, True)
    assert Path("output/home.example/neighborhood.graphml").exists()
