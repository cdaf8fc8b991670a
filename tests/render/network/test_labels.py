"""Labels can be read: none overlaps another, and nearly none touches a node that is not its own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fedistats.analysis.communities import find_communities
from fedistats.render.fonts.text import Box
from fedistats.render.network.scene import Scene, compose_scene
from tests.graphs import planted_neighborhood
from tests.render.network.helpers import drawn_label_boxes, overlapping, without_isolated_nodes


def test_every_instance_has_a_label_and_no_label_overlaps_another(label_boxes: dict[str, Box]) -> None:
    assert len(label_boxes) == 150
    assert overlapping(label_boxes) == []


@pytest.mark.parametrize("seed", range(1, 4))
def test_no_label_covers_another_node_and_few_touch_one(seed: int) -> None:
    scene = compose_scene(
        without_isolated_nodes(planted_neighborhood(150, 400 + 80 * seed, groups=5 + seed, seed=seed))
    )
    boxes = drawn_label_boxes(scene)
    assert overlapping(boxes) == []
    covering, touching = set(), set()
    for label in scene.labels:
        left, bottom, right, top = boxes[label.text.text]
        for i, node in enumerate(scene.nodes):
            x, y = node.x, scene.height - node.y  # matplotlib counts pixels from the bottom
            if i != label.node and left <= x <= right and bottom <= y <= top:
                covering.add(label.text.text)
            elif i != label.node and np.hypot(max(left - x, x - right, 0), max(bottom - y, y - top, 0)) < node.radius:
                touching.add(label.text.text)
    assert not covering
    assert len(touching) <= 0.04 * len(boxes)


def test_a_label_that_is_not_next_to_its_node_is_joined_to_it_by_a_line(scene: Scene) -> None:
    distant = 0
    for label in scene.labels:
        node, (left, top, right, bottom) = scene.nodes[label.node], label.text.box
        distance = np.hypot(max(left - node.x, node.x - right, 0), max(top - node.y, node.y - bottom, 0)) - node.radius
        if distance > 30:
            distant += 1
            assert label.leader
        if label.leader:
            x0, y0, x1, y1 = label.leader
            assert np.hypot(x0 - node.x, y0 - node.y) == pytest.approx(node.radius + (label.node == scene.start) * 12)
            assert left - 5 <= x1 <= right + 5
            assert top - 5 <= y1 <= bottom + 5
    assert distant


def test_no_label_leaves_the_page_or_overlaps_the_panel(scene: Scene, label_boxes: dict[str, Box]) -> None:
    panel_right = max(text.box[2] for text in scene.panel.texts)
    for left, bottom, right, top in label_boxes.values():
        assert left > panel_right
        assert right <= scene.width
        assert bottom >= 0
        assert top <= scene.height


def test_labels_are_drawn_as_wide_as_they_were_measured(scene: Scene, label_boxes: dict[str, Box]) -> None:
    for label in scene.labels:
        drawn = label_boxes[label.text.text]
        assert label.text.box[2] - label.text.box[0] == pytest.approx(drawn[2] - drawn[0], abs=3)


@pytest.mark.slow
def test_in_a_big_graph_the_busiest_instances_have_labels() -> None:
    graph = find_communities(planted_neighborhood(1000, 4500))
    scene = compose_scene(graph)
    labeled = {label.node for label in scene.labels}
    ranking = sorted(range(1000), key=lambda i: -graph.nodes[i].strength)
    assert 40 <= len(labeled) <= 120
    assert set(ranking[:8]) <= labeled
    assert scene.start in labeled
    assert overlapping(drawn_label_boxes(scene)) == []


def test_the_label_of_the_start_is_bold_and_at_least_of_median_size() -> None:
    graph = find_communities(planted_neighborhood(150, 520, groups=9))
    smallest = min(graph.nodes, key=lambda node: node.strength).host
    labels = compose_scene(replace(graph, start=smallest)).labels
    start = next(label.text for label in labels if label.text.text == smallest)
    assert start.bold
    assert start.size >= np.median([label.text.size for label in labels])
