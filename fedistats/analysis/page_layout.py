"""Fits a graph layout to a page: its discs do not overlap if there is room."""

from __future__ import annotations

import numpy as np

from fedistats.analysis.arrays import Floats, Ints
from fedistats.analysis.layout import Points

_MAX_STRETCH = 1.4  # of one axis against the other
_LARGE_DISCS = 30


def fill_page(
    points: Points, weight: Floats, radii: Floats, width: float, height: float, *, gap: float, wide: float = 1.0
) -> Points:
    """The layout on a page of width x height pixels, with discs of `radii` pixels at least `gap` pixels apart if there is room.

    The main axis is horizontal, the dense center is spread out, long tails are shortened, and the heaviest nodes stay in the middle. `wide`
    scales the room beside a disc against the room above it, for a label beside it.
    """
    n = len(points)
    if not n:
        return points
    points = _spread(_rotate(points, weight), 0.45 if n <= 500 else 0.35)
    page = np.array([width, height])
    # first without borders: these would flatten the edge of the layout
    unbounded, bounded = ((40, 40), 40) if n <= 1000 else ((10,), 15) if n <= 5000 else ((3,), 5)
    for iterations in unbounded:
        points = _separate(_scale(points, radii, page), radii, gap, wide, iterations)
    margin = radii[:, np.newaxis] + gap / 2
    return _separate(_scale(points, radii, page), radii, gap, wide, bounded, margin, page - margin)


def _scale(points: Points, radii: Floats, page: Floats) -> Points:
    """Scaled to the size of the page and centered; the two axes may be scaled a little differently."""
    low, high = points.min(axis=0), points.max(axis=0)
    scale = np.maximum(page - 2 * np.median(radii), 1.0) / np.maximum(high - low, 1e-9)
    scale = np.minimum(scale, scale.min() * _MAX_STRETCH)
    scaled: Points = (points - (low + high) / 2) * scale + page / 2
    return scaled


def _rotate(points: Points, weight: Floats) -> Points:
    """Centered on the weighted mean, with the main axis along x."""
    center = np.average(points, axis=0, weights=weight + 1.0)
    x, y = (points - center).T
    angle = 0.5 * np.arctan2(2 * (x * y).mean(), (x * x).mean() - (y * y).mean())
    return np.column_stack([x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)])


def _spread(points: Points, share: float) -> Points:
    """Mix each node's distance from the center (with weight `share`) with the distance that would fill a disc evenly."""
    distance = np.hypot(*points.T)
    rank = np.empty(len(points))
    rank[np.argsort(distance, kind="stable")] = np.arange(len(points))
    even = np.sqrt(rank / max(len(points) - 1, 1))
    mixed = share * distance / max(distance.max(), 1e-9) + (1 - share) * even
    spread: Points = points * (mixed / np.maximum(distance, 1e-9))[:, np.newaxis]
    return spread


def _separate(
    points: Points,
    radii: Floats,
    gap: float,
    wide: float,
    iterations: int,
    low: Points | float = -np.inf,
    high: Points | float = np.inf,
) -> Points:
    """Push discs apart that are closer than `gap` pixels, and keep all between `low` and `high`."""
    aspect = np.array([wide, 1.0])
    points = np.clip(points, low, high)
    for _ in range(iterations):
        first, second = _close_pairs(points / aspect, radii + gap / 2)
        offset = (points[second] - points[first]) / aspect
        distance = np.hypot(*offset.T)
        missing = radii[first] + radii[second] + gap - distance
        too_close = missing > 0.5
        if not too_close.any():
            break
        first, second, offset = first[too_close], second[too_close], offset[too_close]
        distance, missing = distance[too_close], missing[too_close]
        # two nodes at the same point separate in a direction that depends on the pair
        angle = (first * 2.4 + second)[distance < 1e-6]
        offset[distance < 1e-6] = np.column_stack([np.cos(angle), np.sin(angle)])
        step = offset / np.maximum(np.hypot(*offset.T), 1e-9)[:, np.newaxis] * missing[:, np.newaxis] * aspect
        # the smaller disc moves more
        share = (radii[second] ** 2 / (radii[first] ** 2 + radii[second] ** 2))[:, np.newaxis]
        moved = points.copy()
        for axis in (0, 1):
            moved[:, axis] -= np.bincount(first, (step * share)[:, axis], len(points)) * 0.6
            moved[:, axis] += np.bincount(second, (step * (1 - share))[:, axis], len(points)) * 0.6
        points = np.clip(moved, low, high)
    return points


def _close_pairs(points: Points, reach: Floats) -> tuple[Ints, Ints]:
    """All pairs of nodes that may be closer than the sum of their reaches, and some that are not."""
    n = len(points)
    # the few largest discs are compared with all nodes, so that the cells of the grid can be small enough for the many small ones
    by_reach = np.argsort(-reach, kind="stable")
    n_large = min(n, _LARGE_DISCS)
    large, small = by_reach[:n_large], np.sort(by_reach[n_large:])
    with_large = np.repeat(large, n), np.tile(np.arange(n), n_large)
    rank = np.full(n, n)
    rank[large] = np.arange(n_large)
    once = rank[with_large[0]] < rank[with_large[1]]
    firsts, seconds = [with_large[0][once]], [with_large[1][once]]
    if len(small):
        cells = np.floor((points[small] - points[small].min(axis=0)) / (2 * reach[small].max())).astype(np.int64) + 1
        row = int(cells[:, 1].max()) + 2
        key = cells[:, 0] * row + cells[:, 1]
        order = np.argsort(key, kind="stable")
        small, key = small[order], key[order]
        # each cell with itself and with four of its eight neighbors; the other four have it as their neighbor
        for step in (0, 1, row - 1, row, row + 1):
            begin = np.arange(1, len(key) + 1) if step == 0 else np.searchsorted(key, key + step)
            count = np.maximum(np.searchsorted(key, key + step, side="right") - begin, 0)
            first = np.repeat(np.arange(len(key)), count)
            second = np.arange(len(first)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(begin, count)
            firsts.append(small[first])
            seconds.append(small[second])
    return np.concatenate(firsts), np.concatenate(seconds)
