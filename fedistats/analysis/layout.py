"""Where each instance stands in a picture: a layout by forces, and the steps that make a page of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""Shape (n, 2): x and y of each node."""

# Up to here each pair of nodes is looked at: more exact, and no slower than the grid.
_EXACT = 250
# How strongly everything is drawn to the middle, which keeps unconnected parts on the page.
_GRAVITY = 1.2


def force_atlas(hosts: Sequence[str], edges: NDArray[np.int64]) -> Points:
    """A layout that shows communities and keeps the hub in the middle: ForceAtlas2, in no unit and about (0, 0).

    `edges` has the shape (m, 3): index of one node, of the other, weight. The same graph gives the same points in whatever
    order its nodes and edges come.

    Method: M. Jacomy, T. Venturini, S. Heymann, M. Bastian: ForceAtlas2, a continuous graph layout algorithm for handy
    network visualization, PLoS ONE 9(6), 2014. Repulsion above some hundred nodes is the convolution of the nodes' masses with
    x/|x|² on a grid, by FFT: its time grows with the number of nodes and edges, not of pairs.
    """
    n = len(hosts)
    order = sorted(range(n), key=lambda i: hosts[i])
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    forces = _Forces(n, np.column_stack([place[edges[:, :2]], edges[:, 2]]))
    points: Points = _settle(forces, rounds=600 if n <= 200 else 300 if n <= 1000 else 200 if n <= 5000 else 100)[place]
    return points


class _Forces:
    """What pulls and pushes the nodes of one graph."""

    def __init__(self, n: int, edges: NDArray[np.int64]) -> None:
        # both directions of each edge, sorted by where it begins, so that each node's pulls lie in a row
        begin = np.concatenate([edges[:, 0], edges[:, 1]])
        end = np.concatenate([edges[:, 1], edges[:, 0]])
        weight = np.tile(edges[:, 2], 2)
        rows = np.lexsort((weight, end, begin))
        begin, end = begin[rows], end[rows]
        # the root keeps one busy pair from pulling the picture together
        pull = np.sqrt(weight[rows])
        self._pull = pull / np.median(pull) if len(pull) else pull
        self._end = end
        degree = np.bincount(begin, minlength=n)
        self._pulled = np.flatnonzero(degree)
        self._first = (np.cumsum(degree) - degree)[self._pulled]
        self._total_pull = np.bincount(begin, self._pull, n)[:, np.newaxis]
        self.mass = (degree + 1).astype(np.float64)
        self._repulsion = _Pairs() if n <= _EXACT else _Grid(128 if n < 10_000 else 256)

    def at(self, points: Points) -> Points:
        """The force on each node."""
        force = self._repulsion.at(points, self.mass)
        distance = np.maximum(np.hypot(points[:, 0], points[:, 1]), 1e-9)
        force -= points * (_GRAVITY / distance)[:, np.newaxis]
        force *= self.mass[:, np.newaxis]
        force -= self._total_pull * points
        if len(self._end):
            # x and y travel as one complex number: half the look-ups
            pulls = self._pull * points.view(np.complex128)[self._end, 0]
            force[self._pulled] += np.add.reduceat(pulls, self._first)[:, np.newaxis].view(np.float64)
        return force


class _Pairs:
    """Repulsion pair by pair."""

    def at(self, points: Points, mass: NDArray[np.float64]) -> Points:
        x, y = points[:, :1] - points[:, 0], points[:, 1:] - points[:, 1]
        near = mass / np.maximum(x * x + y * y, 1e-9)
        return np.column_stack([(x * near).sum(axis=1), (y * near).sum(axis=1)])


class _Grid:
    """Repulsion by way of a square grid."""

    def __init__(self, size: int) -> None:
        self._size = size
        # each distance between two cells, where FFT looks for it; twice the size, so that nothing wraps round
        steps = np.fft.fftfreq(2 * size, 1 / (2 * size))
        x, y = steps[:, np.newaxis], steps[np.newaxis, :]
        square = x * x + y * y
        square[0, 0] = 1.0
        self._kernels = [np.fft.rfft2(part / square) for part in (x, y)]

    def at(self, points: Points, mass: NDArray[np.float64]) -> Points:
        size = self._size
        low = points.min(axis=0)
        cell = max(float(np.ptp(points, axis=0).max()), 1e-9) / (size - 1.001)
        place = (points - low) / cell
        corner = place.astype(np.int64)
        x, y = (place - corner).T
        first = corner[:, 0] * size + corner[:, 1]
        # a node's mass goes to the four corners of its cell, and its force is read from the same four (bilinear)
        spots = np.concatenate([first, first + 1, first + size, first + size + 1])
        shares = np.concatenate([(1 - x) * (1 - y), (1 - x) * y, x * (1 - y), x * y])
        grid = np.bincount(spots, shares * np.tile(mass, 4), size * size).reshape(size, size)
        spectrum = np.fft.rfft2(grid, (2 * size, 2 * size))
        force = np.empty_like(points)
        for axis, kernel in enumerate(self._kernels):
            half = np.fft.ifft(spectrum * kernel, axis=0)[:size]
            field = np.fft.irfft(half, 2 * size, axis=1)[:, :size].ravel()
            force[:, axis] = (field[spots] * shares).reshape(4, -1).sum(axis=0)
        force /= cell
        return force


def _settle(forces: _Forces, rounds: int) -> Points:
    """Follow the forces from a spiral on, with the paper's speeds: slow for whoever swings, fast for whoever travels."""
    n = len(forces.mass)
    turn = np.arange(n) * np.pi * (3 - np.sqrt(5))
    points: Points = np.sqrt(np.arange(n) + 0.5)[:, np.newaxis] * np.column_stack([np.cos(turn), np.sin(turn)]) * 10
    if n < 2:
        return np.zeros((n, 2))
    speed, efficiency = 1.0, 1.0
    before = np.zeros_like(points)
    for _ in range(rounds):
        force = forces.at(points)
        swing = forces.mass * np.hypot(*(force - before).T)
        swinging = float(swing.sum())
        travel = float((forces.mass * np.hypot(*(force + before).T)).sum()) / 2
        if travel <= 0:
            break
        before = force
        # constants as in the authors' own implementation (Gephi)
        guess = 0.05 * np.sqrt(n)
        tolerance = max(np.sqrt(guess), min(10.0, guess * travel / n**2))
        if swinging > 2 * travel:
            efficiency = max(efficiency * 0.5, 0.05)
            tolerance = max(tolerance, 1.0)
        target = tolerance * efficiency * travel / max(swinging, 1e-12)
        if swinging > tolerance * travel:
            efficiency = max(efficiency * 0.7, 0.05)
        elif speed < 1000:
            efficiency *= 1.3
        speed += min(target - speed, 0.5 * speed)
        points = points + force * (speed / (1 + np.sqrt(speed * swing)))[:, np.newaxis]
    return points


def fill_page(
    points: Points,
    weight: NDArray[np.float64],
    radii: NDArray[np.float64],
    width: float,
    height: float,
    *,
    gap: float,
    wide: float = 1.0,
) -> Points:
    """The same layout on a page of width x height pixels, discs of `radii` pixels at least `gap` apart where there is room.

    The main axis lies level, the crowded core is loosened, long tails are drawn in, and the heaviest nodes stay in the middle.
    `wide` asks for more room beside a disc than above it, as a name beside it needs.
    """
    n = len(points)
    if not n:
        return points
    points = _loosen(_level(points, weight), 0.45 if n <= 500 else 0.35)
    page = np.array([width, height])
    # the discs find their room first, without walls: those would flatten whatever stands at the edge
    before, after = ((40, 40), 40) if n <= 1000 else ((10,), 15) if n <= 5000 else ((3,), 5)
    for rounds in before:
        points = _part(_stretch(points, radii, page), radii, gap, wide, rounds)
    walls = radii[:, np.newaxis] + gap / 2
    return _part(_stretch(points, radii, page), radii, gap, wide, after, walls, page - walls)


def _stretch(points: Points, radii: NDArray[np.float64], page: NDArray[np.float64]) -> Points:
    """As big as the page holds, and in its middle; a page may be filled by stretching, but not by distorting."""
    low, high = points.min(axis=0), points.max(axis=0)
    scale = np.maximum(page - 2 * np.median(radii), 1.0) / np.maximum(high - low, 1e-9)
    scale = np.minimum(scale, scale.min() * 1.4)
    stretched: Points = (points - (low + high) / 2) * scale + page / 2
    return stretched


def _level(points: Points, weight: NDArray[np.float64]) -> Points:
    """About the weighted centre, with the main axis along x."""
    center = np.average(points, axis=0, weights=weight + 1.0)
    x, y = (points - center).T
    angle = 0.5 * np.arctan2(2 * (x * y).mean(), (x * x).mean() - (y * y).mean())
    return np.column_stack([x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)])


def _loosen(points: Points, share: float) -> Points:
    """Distances from the middle as a mix of what they are and of an even filling of the disc (share of the former)."""
    distance = np.hypot(*points.T)
    rank = np.empty(len(points))
    rank[np.argsort(distance, kind="stable")] = np.arange(len(points))
    even = np.sqrt(rank / max(len(points) - 1, 1))
    wanted = share * distance / max(distance.max(), 1e-9) + (1 - share) * even
    loosened: Points = points * (wanted / np.maximum(distance, 1e-9))[:, np.newaxis]
    return loosened


def _part(
    points: Points,
    radii: NDArray[np.float64],
    gap: float,
    wide: float,
    rounds: int,
    low: Points | float = -np.inf,
    high: Points | float = np.inf,
) -> Points:
    """Push discs apart that come nearer than `gap` pixels, and all between `low` and `high`."""
    squeeze = np.array([wide, 1.0])
    points = np.clip(points, low, high)
    for _ in range(rounds):
        one, other = _close_pairs(points / squeeze, radii + gap / 2)
        apart = (points[other] - points[one]) / squeeze
        distance = np.hypot(*apart.T)
        missing = radii[one] + radii[other] + gap - distance
        touching = missing > 0.5
        if not touching.any():
            break
        one, other, apart = one[touching], other[touching], apart[touching]
        distance, missing = distance[touching], missing[touching]
        # two nodes on one spot part along a direction of their own
        turn = (one * 2.4 + other)[distance < 1e-6]
        apart[distance < 1e-6] = np.column_stack([np.cos(turn), np.sin(turn)])
        step = apart / np.maximum(np.hypot(*apart.T), 1e-9)[:, np.newaxis] * missing[:, np.newaxis] * squeeze
        # the bigger disc stays, the smaller one goes
        share = (radii[other] ** 2 / (radii[one] ** 2 + radii[other] ** 2))[:, np.newaxis]
        moved = points.copy()
        for axis in (0, 1):
            moved[:, axis] -= np.bincount(one, (step * share)[:, axis], len(points)) * 0.6
            moved[:, axis] += np.bincount(other, (step * (1 - share))[:, axis], len(points)) * 0.6
        points = np.clip(moved, low, high)
    return points


def _close_pairs(points: Points, reach: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All pairs of nodes whose reaches may touch, and some that do not."""
    n = len(points)
    # the few big discs are compared with everybody, so that the cells can be as small as the many small ones
    by_reach = np.argsort(-reach, kind="stable")
    many = min(n, 30)
    big, small = by_reach[:many], np.sort(by_reach[many:])
    with_big = np.repeat(big, n), np.tile(np.arange(n), many)
    rank = np.full(n, n)
    rank[big] = np.arange(many)
    once = rank[with_big[0]] < rank[with_big[1]]
    ones, others = [with_big[0][once]], [with_big[1][once]]
    if len(small):
        cells = np.floor((points[small] - points[small].min(axis=0)) / (2 * reach[small].max())).astype(np.int64) + 1
        row = int(cells[:, 1].max()) + 2
        key = cells[:, 0] * row + cells[:, 1]
        order = np.argsort(key, kind="stable")
        small, key = small[order], key[order]
        for step in (0, 1, row - 1, row, row + 1):
            begin = np.arange(1, len(key) + 1) if step == 0 else np.searchsorted(key, key + step)
            count = np.maximum(np.searchsorted(key, key + step, side="right") - begin, 0)
            one = np.repeat(np.arange(len(key)), count)
            other = np.arange(len(one)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(begin, count)
            ones.append(small[one])
            others.append(small[other])
    return np.concatenate(ones), np.concatenate(others)
