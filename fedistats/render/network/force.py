"""The force-directed layout on a page: positions and sizes of the nodes, and the text and size of their labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fedistats.analysis.arrays import Floats
from fedistats.analysis.layout import force_atlas
from fedistats.analysis.page_layout import fill_page
from fedistats.model import NeighborhoodGraph
from fedistats.render.fonts.text import Box, TextRun
from fedistats.render.network.label_candidates import LabelRequest

ALL_LABELED = 200
"""Up to so many nodes, each has a label; in a bigger graph the MAX_LABELS busiest."""
MAX_LABELS = 100
_BOLD_LABELS = 8
_LABEL_COVERAGE = 0.34
"""Labels may cover this part of the area of the nodes; they are set smaller if they cover more."""
_MIN_LABEL_SIZE = 14.0
"""Pixels at full size."""


def place_nodes(graph: NeighborhoodGraph, weight: Floats, page: Box, scale: float) -> tuple[Floats, Floats]:
    """Positions, shape (n, 2), and radii of the nodes in pixels. A node's area grows with its weight."""
    n = len(graph.nodes)
    # room for labels on both sides; a few instances do not fill the whole page
    margin = np.array([70.0, 20.0]) * scale if n <= ALL_LABELED else np.array([10.0, 10.0]) * scale
    size = (np.array([page[2] - page[0], page[3] - page[1]]) - 2 * margin) * min(1.0, 0.2 + 0.8 * np.sqrt(n / 40))
    roominess = min(1.0, 150 / n)
    spacing = np.sqrt(size.prod() / n)
    smallest = float(np.clip(spacing * 0.055, 1.8 * scale, 12 * scale))
    biggest = float(np.clip(spacing * 0.45, 26 * scale, 46 * scale))
    radii = np.sqrt(smallest**2 + (biggest**2 - smallest**2) * weight / max(weight.max(), 1.0))
    points = fill_page(
        force_atlas([node.host for node in graph.nodes], graph.edges),
        weight,
        radii,
        *size.tolist(),
        gap=(2 + 14 * roominess) * scale,
        wide=1 + 1.4 * roominess,
    )
    center = np.array([(page[0] + page[2]) / 2, (page[1] + page[3]) / 2])
    return points + center - size / 2, radii


def label_requests(
    names: Sequence[TextRun], weight: Floats, ranking: Sequence[int], start: int | None, points: Floats, scale: float
) -> list[LabelRequest]:
    """The labels to place, most important first, with their sizes. `ranking` are the indices of all nodes, busiest first."""
    all_labeled = len(names) <= ALL_LABELED
    labeled = list(ranking[: len(names) if all_labeled else MAX_LABELS])
    if start is not None and start not in labeled:
        labeled.append(start)
    low, high = np.log1p(weight[labeled].min()), np.log1p(weight[labeled].max())
    share = ((np.log1p(weight) - low) / max(high - low, 1e-9)).clip(0, 1)
    size = ((22 if len(names) <= 40 else 17 if all_labeled else 18) + 19 * share**2) * scale
    area = 4 * np.pi * float(np.prod(points.std(axis=0)))
    covered = sum(names[i].width(size[i]) * size[i] * 1.2 for i in labeled)
    if all_labeled and area > 0 and covered > _LABEL_COVERAGE * area:
        shrunk = size * np.sqrt(_LABEL_COVERAGE * area / covered)
        size = np.maximum(shrunk, np.minimum(size, _MIN_LABEL_SIZE * scale))
    bold = set(ranking[:_BOLD_LABELS])
    if start is not None:
        bold.add(start)  # the start is easy to find, even if it is one of the smallest
        others = [i for i in labeled if i != start]
        size[start] = max(size[start], float(np.median(size[others])) if others else 0.0)
    return [
        LabelRequest(i, names[i], float(size[i]), i in bold, required=all_labeled or i in bold or i == start)
        for i in labeled
    ]
