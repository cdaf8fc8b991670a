"""Label placement: no label overlaps another, and as few as possible overlap a node that is not their own.

Each label has candidate positions with a cost (`label_candidates`). Labels are placed greedily, most important first; then those with
expensive positions are exchanged with labels in their way, as long as the total cost sinks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fedistats.analysis.arrays import Floats
from fedistats.render.fonts.text import DESCENT, Box, PlacedText
from fedistats.render.network.boxes import boxes_overlap, lines_cross_boxes
from fedistats.render.network.label_candidates import (
    FAR,
    LEADER_OVER_LABEL_COST,
    NEAR,
    PADDING,
    Candidates,
    LabelRequest,
    Surroundings,
)

_MAX_COST = 6.0
"""A label that is not required is left out if its position costs more."""
_COMPARED = 12
"""How many free candidates are compared by the leaders and labels that cross; they are sorted by all other costs."""
_EXPENSIVE = 2.2
"""Cost from which on a label is exchanged with others."""
_EXCHANGES = 10
"""How many candidates are tried for that."""
_MAX_EDGE_TESTS = 8_000
"""Labels avoid edges in a small graph: up to so many edges times labels."""
_NONE: Floats = np.empty((0, 4))


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a node in its place."""

    node: int
    text: PlacedText
    leader: Box | None = None
    """Line from node to label (x, y, x, y), if the label is not next to its node."""


def place_labels(
    requests: Sequence[LabelRequest],
    points: Floats,
    radii: Floats,
    page: Box,
    scale: float,
    edges: Floats,
    obstacles: Floats = _NONE,
) -> tuple[Label, ...]:
    """Place labels beside their nodes, in the order of the requests.

    `points` and `radii` are those of all nodes. `edges`, shape (m, 2, 2), are straight lines that labels avoid in a small graph.
    No label overlaps the boxes `obstacles`. A required label may be far from its node; any other is left out if it has no good position.
    """
    lines = edges.reshape(-1, 4) if len(edges) * len(requests) <= _MAX_EDGE_TESTS else _NONE
    placement = _Placement(requests, Surroundings(points, radii, page, scale, lines, obstacles))
    for _ in range(2):  # in the second round all other labels have a position
        for i in range(len(requests)):
            placement.place(i)
    for _ in range(2):
        if not sum(placement.exchange(i) for i in placement.expensive()):
            break
    labels = []
    for request, box, leader in zip(requests, placement.boxes.tolist(), placement.leaders.tolist(), strict=True):
        if np.isfinite(box[0]):
            x, y = box[0] + PADDING * scale, box[3] - PADDING * scale - DESCENT * request.size
            text = PlacedText(request.name.text, x, y, request.size, request.bold, face=request.name.face)
            labels.append(Label(request.node, text, None if np.isnan(leader[0]) else tuple(leader)))
    return tuple(labels)


class _Placement:
    """The current position of each label; an unplaced label has an infinite box and cost."""

    def __init__(self, requests: Sequence[LabelRequest], surroundings: Surroundings) -> None:
        self._requests, self._surroundings = requests, surroundings
        self._near = [surroundings.candidates(request, NEAR) for request in requests]
        self._far: dict[int, Candidates] = {}
        self.boxes = np.full((len(requests), 4), np.inf)
        self.leaders = np.full((len(requests), 4), np.nan)
        self._costs = np.full(len(requests), np.inf)

    def place(self, i: int) -> bool:
        """Move a label to its cheapest free candidate; False if it has none."""
        self._remove(i)
        required = self._requests[i].required
        candidates = self._near[i]
        best = self._best(candidates, np.inf if required else _MAX_COST)
        if best is None and required:
            if i not in self._far:
                self._far[i] = self._surroundings.candidates(self._requests[i], FAR)
            candidates = self._far[i]
            best = self._best(candidates, np.inf)
        if best is None:
            return False
        self._set(i, candidates, *best)
        return True

    def expensive(self) -> list[int]:
        """The labels with expensive positions, most expensive first."""
        order = np.argsort(-self._costs, kind="stable")
        return [int(i) for i in order if np.isfinite(self._costs[i]) and self._costs[i] > _EXPENSIVE]

    def exchange(self, i: int) -> bool:
        """Move an expensive label to a better position that others occupy, if they find new ones and the total cost sinks."""
        if not self._costs[i] > _EXPENSIVE:
            return False
        candidates = self._near[i].first(_EXCHANGES)
        boxes, leaders, costs = self.boxes.copy(), self.leaders.copy(), self._costs.copy()
        for k in np.flatnonzero(candidates.costs < self._costs[i] - 0.5).tolist():
            conflicts = np.flatnonzero(boxes_overlap(candidates.boxes[k], self.boxes)).tolist()
            if len(conflicts) > 3:
                continue
            moved = [i, *(other for other in conflicts if other != i)]
            for other in moved:
                self._remove(other)
            self._set(i, candidates, k, float(candidates.costs[k]))
            all_placed = all(self.place(other) for other in moved[1:])
            if all_placed and self._costs[moved].sum() < costs[moved].sum() - 0.3:
                return True
            self.boxes[:], self.leaders[:], self._costs[:] = boxes, leaders, costs
        return False

    def _remove(self, i: int) -> None:
        self.boxes[i], self.leaders[i], self._costs[i] = np.inf, np.nan, np.inf

    def _set(self, i: int, candidates: Candidates, k: int, cost: float) -> None:
        self.boxes[i], self.leaders[i], self._costs[i] = candidates.boxes[k], candidates.leaders[k], cost

    def _best(self, candidates: Candidates, max_cost: float) -> tuple[int, float] | None:
        """Index and cost of the cheapest candidate that overlaps no label; None if none costs less than `max_cost`."""
        if not len(candidates.costs):
            return None
        low, high = candidates.boxes[:, :2].min(axis=0), candidates.boxes[:, 2:].max(axis=0)
        placed = self.boxes[(self.boxes[:, :2] < high).all(axis=1) & (self.boxes[:, 2:] > low).all(axis=1)]
        overlap = boxes_overlap(candidates.boxes[:, np.newaxis], placed).any(axis=1)
        free = np.flatnonzero(~overlap & (candidates.costs < max_cost))[:_COMPARED]
        if not len(free):
            return None
        leaders = self.leaders[~np.isnan(self.leaders[:, 0])]
        crossings = lines_cross_boxes(leaders, candidates.boxes[free, np.newaxis]).sum(axis=1)
        crossings += lines_cross_boxes(candidates.leaders[free, np.newaxis], placed).sum(axis=1)
        costs = candidates.costs[free] + LEADER_OVER_LABEL_COST * crossings
        best = int(np.argmin(costs))
        return (int(free[best]), float(costs[best])) if costs[best] < max_cost else None
