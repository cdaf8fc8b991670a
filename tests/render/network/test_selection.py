"""Which instances and edges of a big neighborhood are drawn."""

from __future__ import annotations

import pytest

from fedistats.analysis.communities import find_communities
from fedistats.model import NeighborhoodGraph
from fedistats.render.network.scene import compose_scene
from tests.graphs import neighborhood, planted_neighborhood
from tests.render.network.helpers import label_texts, panel_text


def test_top_keeps_the_start_and_the_busiest_and_the_caption_says_so(graph: NeighborhoodGraph) -> None:
    scene = compose_scene(graph, top=20)
    shown = label_texts(scene)
    busiest = sorted(graph.nodes, key=lambda node: (-node.strength, node.host))
    assert {node.host for node in busiest[:20]} <= shown
    assert graph.start in shown
    assert len(shown) <= 21
    assert "busiest other instances, of 150 instances" in panel_text(scene)


def test_the_busiest_that_are_not_connected_with_the_start_are_left_out_and_counted() -> None:
    unconnected = [("a.example", "b.example", 900), ("c.example", "d.example", 800), ("x.example", "a.example", 5)]
    connected = [("s.example", "e.example", 30), ("s.example", "f.example", 30), ("f.example", "g.example", 20)]
    connected.append(("s.example", "x.example", 5))
    scene = compose_scene(find_communities(neighborhood([*unconnected, *connected], start="s.example")), top=6)
    assert label_texts(scene) == {"s.example", "e.example", "f.example"}
    text = panel_text(scene)
    assert "shown: the start and 2 of the 6 busiest other instances" in text
    assert "2 of the 6 busiest other instances, of 9 instances; 4 without an edge to them are left out." in text
    assert len(scene.edges.paths) == 2


def test_a_start_without_an_edge_to_the_busiest_is_drawn_beside_them() -> None:
    edges = [("a.example", "b.example", 900), ("c.example", "d.example", 80), ("s.example", "x.example", 5)]
    scene = compose_scene(find_communities(neighborhood(edges, start="s.example")), top=4)
    assert label_texts(scene) == {"s.example", "a.example", "b.example"}


def test_of_too_many_edges_the_heaviest_and_those_of_each_node_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fedistats.render.network.selection.MAX_EDGES", 100)
    graph = find_communities(planted_neighborhood(150, 700))
    scene = compose_scene(graph)
    count = len(scene.edges.paths)
    assert 100 <= count <= 250
    assert f"Shown: the {count:,} heaviest of 700 edges, with the heaviest of each instance." in panel_text(scene)
    ends = {tuple(point) for path in scene.edges.paths.tolist() for point in path}
    connected = set(graph.edges[:, :2].ravel().tolist())
    assert {(node.x, node.y) for i, node in enumerate(scene.nodes) if i in connected} <= ends
