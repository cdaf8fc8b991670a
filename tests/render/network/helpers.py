"""What the tests of neighborhood pictures share."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import matplotlib
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from fedistats.analysis.communities import find_communities
from fedistats.model import NeighborhoodGraph
from fedistats.render.fonts.text import Box
from fedistats.render.network.figure import figure
from fedistats.render.network.scene import Scene

TRIANGLE = [("a.example", "b.example", 9), ("b.example", "c.example", 7), ("c.example", "a.example", 5)]
SVG = "{http://www.w3.org/2000/svg}"


def drawn_label_boxes(scene: Scene) -> dict[str, Box]:
    """The box (left, bottom, right, top; y points up) in which matplotlib draws each label."""
    with matplotlib.rc_context({"text.hinting": "none"}):
        plot = figure(scene)
        renderer = FigureCanvasAgg(plot).get_renderer()  # type: ignore[no-untyped-call]
        texts = [text for text in plot.axes[0].texts if text.get_gid() == "name"]
        return {text.get_text(): text.get_window_extent(renderer).extents for text in texts}


def overlapping(boxes: dict[str, Box]) -> list[tuple[str, str]]:
    return [
        (name, other)
        for (name, a), (other, b) in combinations(boxes.items(), 2)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]


def panel_text(scene: Scene) -> str:
    return " ".join(text.text for text in scene.panel.texts).replace("\N{NO-BREAK SPACE}", " ")


def label_texts(scene: Scene) -> set[str]:
    return {label.text.text for label in scene.labels}


def without_isolated_nodes(graph: NeighborhoodGraph) -> NeighborhoodGraph:
    kept = np.unique(graph.edges[:, :2])
    edges = np.column_stack([np.searchsorted(kept, graph.edges[:, :2]), graph.edges[:, 2]])
    return find_communities(replace(graph, nodes=tuple(graph.nodes[i] for i in kept), edges=edges))
