"""Geometry of labels: boxes (left, top, right, bottom), line segments (x, y, x, y) and discs, as numpy arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fedistats.analysis.arrays import Floats, Ints


def boxes_overlap(boxes: Floats, others: Floats) -> NDArray[np.bool_]:
    """Which boxes overlap; broadcasts over all but the last axis."""
    return np.asarray(
        (boxes[..., 0] < others[..., 2])
        & (boxes[..., 2] > others[..., 0])
        & (boxes[..., 1] < others[..., 3])
        & (boxes[..., 3] > others[..., 1])
    )


def lines_cross_boxes(lines: Floats, boxes: Floats) -> NDArray[np.bool_]:
    """Which lines cross which boxes (slab method); broadcasts over all but the last axis. NaN lines cross nothing."""
    start, direction = lines[..., :2], lines[..., 2:] - lines[..., :2]
    direction = np.where(np.abs(direction) < 1e-9, 1e-9, direction)
    low, high = (boxes[..., :2] - start) / direction, (boxes[..., 2:] - start) / direction
    enter, leave = np.minimum(low, high).max(axis=-1), np.maximum(low, high).min(axis=-1)
    return np.asarray(np.maximum(enter, 0) < np.minimum(leave, 1) - 1e-6)


def discs_crossed(lines: Floats, points: Floats, radii: Floats) -> Ints:
    """How many discs each line crosses."""
    x, y = points.T
    x0, y0, x1, y1 = (coordinate[:, np.newaxis] for coordinate in lines.T)
    dx, dy = x1 - x0, y1 - y0
    along = np.clip(((x - x0) * dx + (y - y0) * dy) / np.maximum(dx**2 + dy**2, 1e-9), 0, 1)
    return np.asarray(((x - x0 - along * dx) ** 2 + (y - y0 - along * dy) ** 2 < radii**2).sum(axis=1))


def leader_lines(point: Floats, radius: float, boxes: Floats, needed: NDArray[np.bool_]) -> Floats:
    """A line from the rim of a disc to the nearest side of each box; NaN where no line is needed."""
    end = np.clip(point, boxes[:, :2], boxes[:, 2:])
    direction = end - point
    distance = np.maximum(np.hypot(*direction.T), 1e-9)[:, np.newaxis]
    lines = np.column_stack([point + direction / distance * radius, end])
    return np.where((needed & (distance[:, 0] > radius))[:, np.newaxis], lines, np.nan)
