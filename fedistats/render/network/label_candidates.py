"""Candidate positions of a label, and what each costs before other labels are considered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fedistats.analysis.arrays import Floats, Ints
from fedistats.render.fonts.text import ASCENT, DESCENT, Box, TextRun
from fedistats.render.network.boxes import boxes_overlap, discs_crossed, leader_lines, lines_cross_boxes

NEAR = np.array([4.0, 9.0, 15.0, 23.0, 33.0, 46.0, 62.0, 82.0, 106.0, 135.0])
"""Distances from the node that are tried, in pixels at full size."""
FAR = np.arange(62.0, 1500.0, 25.0)
"""Distances for a label that must be drawn and finds no free position nearby."""
PADDING = 2.0
"""Pixels around each label, at full size."""

_ANGLES = np.radians(np.arange(0, 360, 15))
"""Directions that are tried, clockwise from the right."""
_ANGLE_COSTS = 0.45 * np.abs(np.sin(_ANGLES)) + 0.15 * (np.cos(_ANGLES) < -0.01)
"""The sides are better than above and below, the right side is better than the left."""
_MAX_CANDIDATES = 96
"""How many of the cheapest near candidates are kept."""
_LEADER_DISTANCE, _AMBIGUOUS_LEADER_DISTANCE = 17.0, 8.0
"""Pixels from which on a line joins label and node; less if another node is nearer to the label."""
_NODE_CLEARANCE = 5.0
"""Pixels between a label and other nodes."""
_DOT_RADIUS = 6.0
"""Pixels: smaller nodes may be covered, since a label among thousands of them has to cover some."""
_AMBIGUOUS_RADIUS = 0.4
"""A node of less than this part of the own node's radius is not mistaken for it."""
_TOUCH_COST, _COVER_COST = 5.0, 10.0
"""Of a label that touches another node, and of one that covers all of it."""
_AMBIGUOUS_COST = 1.5
"""Of a label that is nearer to another node than to its own."""
_EDGE_COST = 0.3
"""Of a label on an edge."""
_LEADER_OVER_NODE_COST = 0.7
LEADER_OVER_LABEL_COST = 1.5


@dataclass(frozen=True, slots=True)
class LabelRequest:
    """A label to be placed."""

    node: int
    name: TextRun
    size: float
    bold: bool
    required: bool
    """True if it is drawn even where it is far from its node."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Possible positions of one label, cheapest first."""

    boxes: Floats
    """Shape (k, 4): left, top, right, bottom."""
    costs: Floats
    leaders: Floats
    """Shape (k, 4): line from the rim of the node to the box; NaN if it is not needed."""

    def first(self, n: int) -> Candidates:
        return Candidates(self.boxes[:n], self.costs[:n], self.leaders[:n])


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """What labels are placed on: the page, the nodes, and what they keep clear of."""

    points: Floats
    """Shape (n, 2): centers of the nodes."""
    radii: Floats
    page: Box
    scale: float
    edges: Floats
    """Shape (m, 4): lines that labels avoid."""
    obstacles: Floats
    """Shape (k, 4): boxes that no label may overlap."""

    def candidates(self, request: LabelRequest, distances: Floats) -> Candidates:
        """The candidates of a label at these distances from its node that lie on the page and overlap no obstacle."""
        scale, point, radius = self.scale, self.points[request.node], self.radii[request.node]
        width, height = request.name.width(request.size, request.bold), (ASCENT + DESCENT) * request.size
        half = np.array([width, height]) / 2 + PADDING * scale
        directions = np.column_stack([np.cos(_ANGLES), np.sin(_ANGLES)])
        anchors = point + (radius + distances * scale)[:, np.newaxis, np.newaxis] * directions
        centers = (anchors + np.clip(1.5 * directions, -1, 1) * half).reshape(-1, 2)
        boxes = np.column_stack([centers - half, centers + half])
        allowed = (boxes[:, :2] >= self.page[:2]).all(axis=1) & (boxes[:, 2:] <= self.page[2:]).all(axis=1)
        allowed &= ~boxes_overlap(boxes[:, np.newaxis], self.obstacles).any(axis=1)
        boxes = boxes[allowed]
        distance = np.repeat(distances, len(_ANGLES))[allowed]
        # each step away costs less than the one before: once there is a leader, its length matters little
        costs = 0.75 * np.log1p(distance / 12) ** 1.4 + np.tile(_ANGLE_COSTS, len(distances))[allowed]
        if not len(boxes):
            return Candidates(boxes, costs, boxes)
        node_costs, other_distance = self._other_nodes(request.node, boxes, half)
        ambiguous = other_distance < np.maximum(np.minimum(distance, _LEADER_DISTANCE), _NODE_CLEARANCE) * scale
        needs_leader = (distance > _LEADER_DISTANCE) | (ambiguous & (distance >= _AMBIGUOUS_LEADER_DISTANCE))
        leaders = leader_lines(point, radius, boxes, needs_leader)
        costs = costs + node_costs + _AMBIGUOUS_COST * ambiguous
        costs += _EDGE_COST * np.minimum(lines_cross_boxes(self.edges, boxes[:, np.newaxis]).sum(axis=1), 4)
        order = np.argsort(costs, kind="stable")[: _MAX_CANDIDATES * len(distances) // len(NEAR)]
        boxes, costs, leaders = boxes[order], costs[order], leaders[order]
        costs = costs + _LEADER_OVER_NODE_COST * np.minimum(self._nodes_crossed(request.node, leaders), 4)
        costs += LEADER_OVER_LABEL_COST * lines_cross_boxes(leaders[:, np.newaxis], self.obstacles).sum(axis=1)
        order = np.argsort(costs, kind="stable")
        return Candidates(boxes[order], costs[order], leaders[order])

    def _nodes_crossed(self, node: int, leaders: Floats) -> Ints:
        """How many other nodes each leader crosses."""
        crossed = np.zeros(len(leaders), dtype=np.int64)
        drawn = np.flatnonzero(~np.isnan(leaders[:, 0]))
        if len(drawn):
            ends = leaders[drawn].reshape(-1, 2)
            near = self._nodes_within(node, ends.min(axis=0), ends.max(axis=0))
            crossed[drawn] = discs_crossed(leaders[drawn], self.points[near], self.radii[near])
        return crossed

    def _nodes_within(self, node: int, low: Floats, high: Floats) -> Ints:
        """The nodes other than `node` that reach into the box from `low` to `high`."""
        reach = self.radii[:, np.newaxis]
        within = np.flatnonzero(((self.points + reach > low) & (self.points - reach < high)).all(axis=1))
        return np.asarray(within[within != node])

    def _other_nodes(self, node: int, boxes: Floats, half: Floats) -> tuple[Floats, Floats]:
        """The cost of other nodes at each box, and the distance of the nearest one that the label could be mistaken to name."""
        reach = _NODE_CLEARANCE * self.scale
        near = self._nodes_within(node, boxes[:, :2].min(axis=0) - reach, boxes[:, 2:].max(axis=0) + reach)
        (x, y), r = self.points[near].T, self.radii[near]
        left, top, right, bottom = (side[:, np.newaxis] for side in boxes.T)
        width = np.clip(np.minimum(right, x + r) - np.maximum(left, x - r), 0, None)
        height = np.clip(np.minimum(bottom, y + r) - np.maximum(top, y - r), 0, None)
        dx, dy = np.maximum(left - x, x - right), np.maximum(top - y, y - bottom)
        distance = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0)) - r
        covered = width * height / np.minimum(4 * r**2, 4 * half.prod())
        costs = (distance < 0) * (_COVER_COST * covered + _TOUCH_COST)
        dots = r < _DOT_RADIUS * self.scale
        total = costs[:, ~dots].sum(axis=1) + np.minimum(costs[:, dots].sum(axis=1) / 20, 2)
        small = r < _AMBIGUOUS_RADIUS * self.radii[node]
        return total, np.where(small, np.inf, distance).min(axis=1, initial=np.inf)
