"""A force-directed graph layout (ForceAtlas2)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fedistats.analysis.arrays import Floats, Ints

Points = Floats  # shape (n, 2): x and y of each node

_MAX_EXACT_NODES = 250  # up to this size repulsion is computed for each pair: exact, and not slower than on a grid
_GRAVITY = 1.2  # how strongly nodes are drawn to the center, which keeps unconnected parts on the page


def force_atlas(hosts: Sequence[str], edges: Ints) -> Points:
    """The positions of the nodes around (0, 0), without a unit. Communities lie together, and the hub in the middle.

    `edges` has the shape (m, 3): two node indices and a weight. The order of nodes and edges does not change the result.
    Method: M. Jacomy, T. Venturini, S. Heymann, M. Bastian: ForceAtlas2, a continuous graph layout algorithm for handy network
    visualization, PLoS ONE 9(6), 2014. In larger graphs repulsion is the convolution of the nodes' masses with x/|x|² on a grid, by FFT:
    its time grows with the number of nodes and edges, not of pairs.
    """
    n = len(hosts)
    order = sorted(range(n), key=lambda i: hosts[i])
    new_index = np.argsort(order)
    forces = _Forces(n, np.column_stack([new_index[edges[:, :2]], edges[:, 2]]))
    iterations = 600 if n <= 200 else 300 if n <= 1000 else 200 if n <= 5000 else 100
    points: Points = _simulate(forces, iterations)[new_index]
    return points


class _Forces:
    """Attraction, repulsion and gravity on the nodes of one graph."""

    def __init__(self, n: int, edges: Ints) -> None:
        # each edge in both directions, sorted by source, so that the attractions of a node are contiguous
        source = np.concatenate([edges[:, 0], edges[:, 1]])
        target = np.concatenate([edges[:, 1], edges[:, 0]])
        weight = np.tile(edges[:, 2], 2)
        rows = np.lexsort((weight, target, source))
        source, target = source[rows], target[rows]
        # the square root, so that one heavy edge does not collapse the layout
        attraction = np.sqrt(weight[rows])
        self._attraction = attraction / np.median(attraction) if len(attraction) else attraction
        self._target = target
        degree = np.bincount(source, minlength=n)
        self._connected = np.flatnonzero(degree)
        self._first_edge = (np.cumsum(degree) - degree)[self._connected]
        self._total_attraction = np.bincount(source, self._attraction, n)[:, np.newaxis]
        self.mass = (degree + 1).astype(np.float64)
        self._repulsion = _pair_repulsion if n <= _MAX_EXACT_NODES else _GridRepulsion(128 if n < 10_000 else 256)

    def compute(self, points: Points) -> Points:
        force = self._repulsion(points, self.mass)
        distance = np.maximum(np.hypot(points[:, 0], points[:, 1]), 1e-9)
        force -= points * (_GRAVITY / distance)[:, np.newaxis]
        force *= self.mass[:, np.newaxis]
        force -= self._total_attraction * points
        if len(self._target):
            # x and y as one complex number: half as many lookups
            attractions = self._attraction * points.view(np.complex128)[self._target, 0]
            sums = np.add.reduceat(attractions, self._first_edge)
            force[self._connected] += sums[:, np.newaxis].view(np.float64)
        return force


def _pair_repulsion(points: Points, mass: Floats) -> Points:
    """Exact repulsion, for each pair of nodes."""
    x, y = points[:, :1] - points[:, 0], points[:, 1:] - points[:, 1]
    strength = mass / np.maximum(x * x + y * y, 1e-9)
    return np.column_stack([(x * strength).sum(axis=1), (y * strength).sum(axis=1)])


class _GridRepulsion:
    """Approximate repulsion, on a square grid."""

    def __init__(self, size: int) -> None:
        self._size = size
        # the distances between cells, in the order of the FFT; twice the size, so that the convolution does not wrap around
        steps = np.fft.fftfreq(2 * size, 1 / (2 * size))
        x, y = steps[:, np.newaxis], steps[np.newaxis, :]
        square = x * x + y * y
        square[0, 0] = 1.0
        self._kernels = [np.fft.rfft2(component / square) for component in (x, y)]

    def __call__(self, points: Points, mass: Floats) -> Points:
        size = self._size
        low = points.min(axis=0)
        cell_size = max(float(np.ptp(points, axis=0).max()), 1e-9) / (size - 1.001)
        position = (points - low) / cell_size
        corner = position.astype(np.int64)
        x, y = (position - corner).T
        first = corner[:, 0] * size + corner[:, 1]
        # bilinear: a node's mass is divided among the four corners of its cell, and its force is read from the same four
        corners = np.concatenate([first, first + 1, first + size, first + size + 1])
        shares = np.concatenate([(1 - x) * (1 - y), (1 - x) * y, x * (1 - y), x * y])
        grid = np.bincount(corners, shares * np.tile(mass, 4), size * size).reshape(size, size)
        spectrum = np.fft.rfft2(grid, (2 * size, 2 * size))
        force = np.empty_like(points)
        for axis, kernel in enumerate(self._kernels):
            half = np.fft.ifft(spectrum * kernel, axis=0)[:size]
            field = np.fft.irfft(half, 2 * size, axis=1)[:, :size].ravel()
            force[:, axis] = (field[corners] * shares).reshape(4, -1).sum(axis=0)
        force /= cell_size
        return force


def _simulate(forces: _Forces, iterations: int) -> Points:
    """Move the nodes from a spiral along the forces, with the paper's speeds: slow for nodes that swing, fast for those that travel."""
    n = len(forces.mass)
    if n < 2:
        return np.zeros((n, 2))
    angle = np.arange(n) * np.pi * (3 - np.sqrt(5))
    points: Points = np.sqrt(np.arange(n) + 0.5)[:, np.newaxis] * np.column_stack([np.cos(angle), np.sin(angle)]) * 10
    speed, efficiency = 1.0, 1.0
    previous = np.zeros_like(points)
    for _ in range(iterations):
        force = forces.compute(points)
        swing = forces.mass * np.hypot(*(force - previous).T)
        total_swing = float(swing.sum())
        traction = float((forces.mass * np.hypot(*(force + previous).T)).sum()) / 2
        if traction <= 0:
            break
        previous = force
        # constants of the authors' own implementation (Gephi)
        estimate = 0.05 * np.sqrt(n)
        tolerance = max(np.sqrt(estimate), min(10.0, estimate * traction / n**2))
        if total_swing > 2 * traction:
            efficiency = max(efficiency * 0.5, 0.05)
            tolerance = max(tolerance, 1.0)
        target_speed = tolerance * efficiency * traction / max(total_swing, 1e-12)
        if total_swing > tolerance * traction:
            efficiency = max(efficiency * 0.7, 0.05)
        elif speed < 1000:
            efficiency *= 1.3
        speed += min(target_speed - speed, 0.5 * speed)
        points = points + force * (speed / (1 + np.sqrt(speed * swing)))[:, np.newaxis]
    return points
