"""A graph of 150 instances and its picture."""

from __future__ import annotations

import pytest

from fedistats.analysis.communities import find_communities
from fedistats.model import NeighborhoodGraph
from fedistats.render.fonts.text import Box
from fedistats.render.network.scene import Scene, compose_scene
from tests.graphs import planted_neighborhood
from tests.render.network.helpers import drawn_label_boxes


@pytest.fixture(scope="session")
def graph() -> NeighborhoodGraph:
    return find_communities(planted_neighborhood(150, 520, groups=9))


@pytest.fixture(scope="session")
def scene(graph: NeighborhoodGraph) -> Scene:
    return compose_scene(graph)


@pytest.fixture(scope="session")
def label_boxes(scene: Scene) -> dict[str, Box]:
    return drawn_label_boxes(scene)
