"""Islands of a map: the land around the instances of each region, and the place of the region's words on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.tri import Triangulation
from numpy.typing import NDArray

from fedistats.analysis.arrays import Floats, Ints
from fedistats.render.charts.page import Area, Page
from fedistats.render.fonts.text import Box

CLEARANCE = 6.0
"""Points between the words of a region and any disc."""
_SHORE, _SHALLOWS = 26.0, 11.0
"""Points of land around each instance of a region, and of shallow water around the land."""
_STEP = 8.0
"""Points between the positions that are tried for the words of a region."""


def draw_islands(
    page: Page, points: Floats, regions: Sequence[Sequence[int]], word_boxes: Sequence[Box | None]
) -> None:
    """Shallow water around all land, then each coast, then the land. `regions` are indices of points."""
    triangles = _triangles(points)
    islands = [_skeleton(points, members, triangles, box) for members, box in zip(regions, word_boxes, strict=True)]
    theme = page.theme
    water, coast, land = (_mix(theme.background, theme.grid, share) for share in (0.2, 0.95, 0.5))
    for order, (color, width) in enumerate(((water, _SHORE + _SHALLOWS), (coast, _SHORE + 1), (land, _SHORE))):
        for island in islands:
            page.axes.add_patch(
                PathPatch(island, facecolor=color, edgecolor=color, linewidth=2 * width, capstyle="round",
                          joinstyle="round", zorder=order - 4)
            )  # fmt: skip


def place_words(
    size: tuple[float, float],
    points: Floats,
    radii: Floats,
    members: NDArray[np.bool_],
    other_words: Sequence[Box],
    page: Area,
) -> Box:
    """The box for the words of a region: near to all its members, on no disc and on no other words."""
    half = np.array(size) / 2
    low = np.array([page.left, page.top]) + _SHALLOWS + half
    high = np.array([page.right, page.bottom]) - _SHALLOWS - half
    low = np.maximum(points[members].min(axis=0) - half - _SHORE, low)
    high = np.minimum(points[members].max(axis=0) + half + _SHORE, high)
    xs, ys = np.arange(low[0], high[0] + 1, _STEP), np.arange(low[1], high[1] + 1, _STEP)
    centers = np.array([(x, y) for x in xs for y in ys])
    distance = np.hypot(*(centers[:, np.newaxis] - points).T).T
    gap = np.maximum(np.abs(centers[:, np.newaxis] - points) - half, 0.0)
    discs_covered = (np.hypot(gap[..., 0], gap[..., 1]) < radii + CLEARANCE).sum(axis=1)
    boxes = np.array(other_words).reshape(-1, 2, 2)
    near = np.abs(centers[:, np.newaxis] - boxes.mean(axis=1)) < half + np.diff(boxes, axis=1)[:, 0] / 2 + CLEARANCE
    words_covered = near.all(axis=2).sum(axis=1)
    among_others = np.where(members, np.inf, distance).min(axis=1) < np.where(members, distance, np.inf).min(axis=1)
    cost = distance[:, members].mean(axis=1) + 1_000 * discs_covered + 5_000 * words_covered + 200 * among_others
    x, y = centers[int(np.argmin(cost))]
    return float(x - half[0]), float(y - half[1]), float(x + half[0]), float(y + half[1])


def _skeleton(points: Floats, members: Sequence[int], triangles: Ints, word_box: Box | None) -> Path:
    """The land of a region is everything within `_SHORE` points of this path.

    It consists of the tree that joins the members, the triangles between three of them, the box of the words, and a line from that to
    the nearest member.
    """
    own = points[list(members)]
    inside = triangles[np.isin(triangles, members).all(axis=1)]
    shapes = [_spanning_tree(own), *(Path([*points[three], points[three[0]]], closed=True) for three in inside)]
    if word_box:
        left, top, right, bottom = word_box
        # the shore reaches out, so the box is shrunk, except for a margin
        dx, dy = min(_SHORE - 10, (right - left) / 2), min(_SHORE - 10, (bottom - top) / 2)
        left, top, right, bottom = left + dx, top + dy, right - dx, bottom - dy
        center = np.array([(left + right) / 2, (top + bottom) / 2])
        nearest = own[int(np.argmin(np.hypot(*(own - center).T)))]
        shapes.append(Path([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], closed=True))
        shapes.append(Path([tuple(center), tuple(nearest)]))
    return Path.make_compound_path(*shapes)


def _spanning_tree(points: Floats) -> Path:
    """The minimum spanning tree of the points (R. C. Prim, 1957)."""
    distance = np.hypot(*(points[:, np.newaxis] - points).T)
    nearest, parent = distance[0].copy(), np.zeros(len(points), dtype=np.int64)
    nearest[0] = np.inf
    outside = np.ones(len(points), dtype=bool)
    outside[0] = False
    lines = []
    while outside.any():
        i = int(np.argmin(np.where(outside, nearest, np.inf)))
        lines += [points[parent[i]], points[i]]
        outside[i] = False
        closer = distance[i] < nearest
        nearest, parent = np.where(closer, distance[i], nearest), np.where(closer, i, parent)
    return Path(lines, [Path.MOVETO, Path.LINETO] * (len(lines) // 2))


def _triangles(points: Floats) -> Ints:
    """The Delaunay triangulation, shape (k, 3): inside each triangle is no other point."""
    if len(points) < 3 or np.linalg.matrix_rank(points - points[0], tol=1e-3) < 2:
        return np.empty((0, 3), dtype=np.int64)
    return Triangulation(*points.T).triangles.astype(np.int64)


def _mix(color: str, other: str, share: float) -> str:
    mixed = (1 - share) * np.array(to_rgb(color)) + share * np.array(to_rgb(other))
    return str(to_hex(tuple(mixed.tolist())))
