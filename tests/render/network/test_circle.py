"""The circle layout."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from fedistats.analysis.communities import find_communities
from fedistats.model import NeighborhoodGraph
from fedistats.render.network.scene import compose_scene
from tests.graphs import planted_neighborhood


def test_communities_are_arcs_and_labels_do_not_touch(graph: NeighborhoodGraph) -> None:
    scene = compose_scene(graph, layout="circle")
    assert len(scene.labels) == 150
    points = np.array([(node.x, node.y) for node in scene.nodes])
    offsets = points - (points.min(axis=0) + points.max(axis=0)) / 2
    distances = np.hypot(*offsets.T)
    assert np.ptp(distances) < 30
    angles = np.arctan2(*offsets.T[::-1]) % (2 * np.pi)
    order = [graph.nodes[i].community for i in np.argsort(angles)]
    changes = sum(a != b for a, b in zip(order, order[1:] + order[:1], strict=True))
    assert changes == len(set(order))
    smallest_angle = min(b - a for a, b in pairwise(sorted(angles.tolist())))
    assert smallest_angle * distances.max() >= scene.labels[0].text.size


def test_a_big_graph_has_as_many_labels_as_can_be_read() -> None:
    scene = compose_scene(find_communities(planted_neighborhood(400, 1500)), layout="circle")
    assert 150 <= len(scene.labels) < 400
    assert min(label.text.size for label in scene.labels) >= 11
