"""Names beside discs: where each may stand so that no name lies on another, or on a disc that is not its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fedistats.render.fonts.text import ASCENT, DESCENT, PlacedText, TextRun


@dataclass(frozen=True, slots=True)
class Label:
    """A name, the node it belongs to, and where a thin line must join the two because it stands apart."""

    node: int
    text: PlacedText
    leader: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A name that wants a place; `must` where it is drawn whatever it costs."""

    node: int
    name: TextRun
    size: float
    bold: bool
    must: bool


# Where a name may stand about its disc: at every 15 degrees, clockwise from the right; sides are better than above and below.
_TURNS = np.radians(np.arange(0, 360, 15))
_TURN_COSTS = 0.45 * np.abs(np.sin(_TURNS)) + 0.15 * (np.cos(_TURNS) < -0.01)
# How far from the disc, in pixels at full size, where it is far, or nearer to another disc, a line joins the two.
_NEAR = np.array([4.0, 9.0, 15.0, 23.0, 33.0, 46.0, 62.0, 82.0, 106.0, 135.0])
_FAR = np.arange(62.0, 1500.0, 25.0)
# So many of these places, the cheapest, are kept for each name.
_MOST_SPOTS = 96
_LINE_FROM, _LINE_IF_TAKEN = 17.0, 8.0
# Pixels between a name and a disc that is not its own.
_ASIDE = 5.0
# The radius in pixels below which a disc is a dot among many, which may be hidden; and how big, beside a name's own disc, another
# must be to be taken for it.
_DOT = 6.0
_LIKELY = 0.4
# What it costs to touch a strange disc, to hide all of it, to be taken for its name, to draw a line across one, and a line across a name.
_TOUCHED, _HIDDEN, _TAKEN, _CROSSED, _STRUCK = 5.0, 10.0, 1.5, 0.7, 1.5
# To lie on an edge, in a graph of few edges: so many of them times so many names.
_OVER_EDGE, _FEW_EDGES = 0.3, 8_000
# A name that would cost more than this is better left out, where it need not be drawn.
_WORST = 6.0
# So many free places are compared by the lines and names that would cross; they are sorted by all other costs.
_CHOICE = 12
# From this on a name asks others to make room; and how many places it tries for that.
_BAD, _TRIES = 2.2, 10
# Pixels kept free round each name, at full size.
_PAD = 2.0
_NOTHING: NDArray[np.float64] = np.empty((0, 4))


def place(
    wishes: Sequence[Wish],
    points: NDArray[np.float64],
    radii: NDArray[np.float64],
    page: tuple[float, float, float, float],
    scale: float,
    edges: NDArray[np.float64],
    taken: NDArray[np.float64] = _NOTHING,
) -> tuple[Label, ...]:
    """A place for each name, in the order of the wishes: never on another name, and on no strange disc where that can be avoided.

    In a small graph names keep clear of `edges`, too (shape (m, 2, 2), straight lines); in a big one they cannot. On boxes that
    are `taken` (left, top, right, bottom) stands no name.
    A name that must be drawn goes as far as it takes to find room; any other is left out where there is none nearby.
    """
    few = len(edges) * len(wishes) <= _FEW_EDGES
    table = _Table(wishes, points, radii, page, scale, edges.reshape(-1, 4) if few else _NOTHING, taken)
    # the first round finds a place for each; the next ones let each look again, now that all others stand
    for _ in range(2):
        for i in range(len(wishes)):
            table.seat(i)
    for _ in range(2):
        if not sum(table.make_room(i) for i in table.unhappy()):
            break
    labels = []
    for i, wish in enumerate(wishes):
        box = table.boxes[i]
        if np.isfinite(box[0]):
            x, y = float(box[0]) + _PAD * scale, float(box[3]) - _PAD * scale - DESCENT * wish.size
            text = PlacedText(wish.name.text, x, y, wish.size, wish.bold, face=wish.name.face)
            line = table.lines[i]
            labels.append(Label(wish.node, text, None if np.isnan(line[0]) else tuple(line.tolist())))
    return tuple(labels)


@dataclass(frozen=True, slots=True, eq=False)
class _Spots:
    """Places that a name could have, cheapest first."""

    boxes: NDArray[np.float64]
    """Left, top, right, bottom."""
    costs: NDArray[np.float64]
    lines: NDArray[np.float64]
    """From the rim of the disc to the box (x, y, x, y) where the two stand apart; else NaN."""

    def first(self, number: int) -> _Spots:
        return _Spots(self.boxes[:number], self.costs[:number], self.lines[:number])


class _Table:
    """Who sits where."""

    def __init__(
        self,
        wishes: Sequence[Wish],
        points: NDArray[np.float64],
        radii: NDArray[np.float64],
        page: tuple[float, float, float, float],
        scale: float,
        edges: NDArray[np.float64],
        taken: NDArray[np.float64],
    ) -> None:
        self._edges, self._taken = edges, taken
        self._wishes, self._points, self._radii, self._page, self._scale = wishes, points, radii, page, scale
        self._near = [self._spots(wish, _NEAR) for wish in wishes]
        self._far: dict[int, _Spots] = {}
        self.boxes = np.full((len(wishes), 4), np.inf)
        self.lines = np.full((len(wishes), 4), np.nan)
        self._costs = np.full(len(wishes), np.inf)

    def seat(self, i: int) -> bool:
        """Give a name the best place that is free; False where there is none."""
        self._leave(i)
        spots = self._near[i]
        best = self._best(spots, np.inf if self._wishes[i].must else _WORST)
        if best is None and self._wishes[i].must:
            spots = self._far.setdefault(i, self._spots(self._wishes[i], _FAR))
            best = self._best(spots, np.inf)
        if best is None:
            return False
        self._sit(i, spots, *best)
        return True

    def unhappy(self) -> list[int]:
        """The names whose places are bad, worst first."""
        worst = np.argsort(-self._costs, kind="stable")
        return [int(i) for i in worst if np.isfinite(self._costs[i]) and self._costs[i] > _BAD]

    def make_room(self, i: int) -> bool:
        """Move a name to a better place that others hold, where all of these find places and the whole gets better."""
        if not self._costs[i] > _BAD:
            return False
        spots = self._near[i].first(_TRIES)
        before = self.boxes.copy(), self.lines.copy(), self._costs.copy()
        for k in np.flatnonzero(spots.costs < self._costs[i] - 0.5).tolist():
            others = np.flatnonzero(_meet(spots.boxes[k], self.boxes)).tolist()
            if len(others) > 3:
                continue
            moved = [i, *(other for other in others if other != i)]
            for other in moved:
                self._leave(other)
            self._sit(i, spots, k, float(spots.costs[k]))
            seated = all(self.seat(other) for other in moved[1:])
            if seated and self._costs[moved].sum() < before[2][moved].sum() - 0.3:
                return True
            self.boxes[:], self.lines[:], self._costs[:] = before
        return False

    def _leave(self, i: int) -> None:
        self.boxes[i], self.lines[i], self._costs[i] = np.inf, np.nan, np.inf

    def _sit(self, i: int, spots: _Spots, k: int, cost: float) -> None:
        self.boxes[i], self.lines[i], self._costs[i] = spots.boxes[k], spots.lines[k], cost

    def _best(self, spots: _Spots, most: float) -> tuple[int, float] | None:
        """The cheapest place that lies on no taken one, and its cost; None where none costs less than `most`."""
        if not len(spots.costs):
            return None
        low, high = spots.boxes[:, :2].min(axis=0), spots.boxes[:, 2:].max(axis=0)
        taken = self.boxes[(self.boxes[:, :2] < high).all(axis=1) & (self.boxes[:, 2:] > low).all(axis=1)]
        free = np.flatnonzero(~_meet(spots.boxes[:, np.newaxis], taken).any(axis=1) & (spots.costs < most))[:_CHOICE]
        if not len(free):
            return None
        lines = self.lines[~np.isnan(self.lines[:, 0])]
        struck = _strike(lines, spots.boxes[free, np.newaxis]).sum(axis=1)
        struck += _strike(spots.lines[free, np.newaxis], taken).sum(axis=1)
        costs = spots.costs[free] + _STRUCK * struck
        best = int(np.argmin(costs))
        return (int(free[best]), float(costs[best])) if costs[best] < most else None

    def _spots(self, wish: Wish, rings: NDArray[np.float64]) -> _Spots:
        scale, point, radius = self._scale, self._points[wish.node], self._radii[wish.node]
        width, height = wish.name.width(wish.size, wish.bold), (ASCENT + DESCENT) * wish.size
        half = np.array([width, height]) / 2 + _PAD * scale
        way = np.column_stack([np.cos(_TURNS), np.sin(_TURNS)])
        touch = point + (radius + rings * scale)[:, np.newaxis, np.newaxis] * way
        middle = (touch + np.clip(1.5 * way, -1, 1) * half).reshape(-1, 2)
        boxes = np.column_stack([middle - half, middle + half])
        inside = (boxes[:, :2] >= self._page[:2]).all(axis=1) & (boxes[:, 2:] <= self._page[2:]).all(axis=1)
        inside &= ~_meet(boxes[:, np.newaxis], self._taken).any(axis=1)
        boxes = boxes[inside]
        apart = np.repeat(rings, len(_TURNS))[inside]
        # each step away costs less than the one before: half a ring of old near the disc, then a line's length matters little
        costs = 0.75 * np.log1p(apart / 12) ** 1.4 + np.tile(_TURN_COSTS, len(rings))[inside]
        if not len(boxes):
            return _Spots(boxes, costs, boxes)
        hurt, strange = self._in_the_way(wish.node, boxes, half)
        # a name that is nearer to a strange disc than to its own would be taken for that one's, if no line said otherwise
        taken = strange < np.maximum(np.minimum(apart, _LINE_FROM), _ASIDE) * scale
        lines = _lines(point, radius, boxes, (apart > _LINE_FROM) | (taken & (apart >= _LINE_IF_TAKEN)))
        costs = costs + hurt + _TAKEN * taken
        costs += _OVER_EDGE * np.minimum(_strike(self._edges, boxes[:, np.newaxis]).sum(axis=1), 4)
        order = np.argsort(costs, kind="stable")[: _MOST_SPOTS * len(rings) // len(_NEAR)]
        boxes, costs, lines = boxes[order], costs[order], lines[order]
        costs = costs + _CROSSED * np.minimum(self._crossed(wish.node, lines), 4)
        costs += _STRUCK * _strike(lines[:, np.newaxis], self._taken).sum(axis=1)
        order = np.argsort(costs, kind="stable")
        return _Spots(boxes[order], costs[order], lines[order])

    def _crossed(self, node: int, lines: NDArray[np.float64]) -> NDArray[np.int64]:
        """How many strange discs each line runs through."""
        crossed = np.zeros(len(lines), dtype=np.int64)
        drawn = np.flatnonzero(~np.isnan(lines[:, 0]))
        if len(drawn):
            ends = lines[drawn].reshape(-1, 2)
            near = self._around(node, ends.min(axis=0), ends.max(axis=0))
            crossed[drawn] = _pierce(lines[drawn], self._points[near], self._radii[near])
        return crossed

    def _around(self, node: int, low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.int64]:
        """The strange discs that reach into a part of the page."""
        reach = self._radii[:, np.newaxis]
        near = np.flatnonzero(((self._points + reach > low) & (self._points - reach < high)).all(axis=1))
        return np.asarray(near[near != node])

    def _in_the_way(
        self,
        node: int,
        boxes: NDArray[np.float64],
        half: NDArray[np.float64],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """What strange discs cost at each place, and how far the nearest of them is that the name could be taken for."""
        reach = _ASIDE * self._scale
        near = self._around(node, boxes[:, :2].min(axis=0) - reach, boxes[:, 2:].max(axis=0) + reach)
        (x, y), r = self._points[near].T, self._radii[near]
        left, top, right, bottom = (side[:, np.newaxis] for side in boxes.T)
        across = np.clip(np.minimum(right, x + r) - np.maximum(left, x - r), 0, None)
        down = np.clip(np.minimum(bottom, y + r) - np.maximum(top, y - r), 0, None)
        beside, above = np.maximum(left - x, x - right), np.maximum(top - y, y - bottom)
        aside = np.hypot(np.maximum(beside, 0), np.maximum(above, 0)) - r
        # a name that lies on a disc hides that disc, or cannot be read itself: worse than to stand far away;
        # but among thousands of dots a name has to lie on some
        hidden = across * down / np.minimum(4 * r**2, 4 * half.prod())
        bad = (aside < 0) * (_HIDDEN * hidden + _TOUCHED)
        dots = r < _DOT * self._scale
        hurt = bad[:, ~dots].sum(axis=1) + np.minimum(bad[:, dots].sum(axis=1) / 20, 2)
        return hurt, np.where(r < _LIKELY * self._radii[node], np.inf, aside).min(axis=1, initial=np.inf)


def _meet(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Do two boxes share ground? Over all but the last axis."""
    return np.asarray(
        (one[..., 0] < other[..., 2])
        & (one[..., 2] > other[..., 0])
        & (one[..., 1] < other[..., 3])
        & (one[..., 3] > other[..., 1])
    )


def _strike(lines: NDArray[np.float64], boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Do lines run through boxes? Over all but the last axis (slabs)."""
    begin, way = lines[..., :2], lines[..., 2:] - lines[..., :2]
    way = np.where(np.abs(way) < 1e-9, 1e-9, way)
    one, other = (boxes[..., :2] - begin) / way, (boxes[..., 2:] - begin) / way
    enter, leave = np.minimum(one, other).max(axis=-1), np.maximum(one, other).min(axis=-1)
    return np.asarray(np.maximum(enter, 0) < np.minimum(leave, 1) - 1e-6)


def _pierce(lines: NDArray[np.float64], points: NDArray[np.float64], radii: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many discs each line runs through."""
    x, y = points.T
    x0, y0, x1, y1 = (part[:, np.newaxis] for part in lines.T)
    across, down = x1 - x0, y1 - y0
    along = ((x - x0) * across + (y - y0) * down) / np.maximum(across**2 + down**2, 1e-9)
    along = np.clip(along, 0, 1)
    return np.asarray(((x - x0 - along * across) ** 2 + (y - y0 - along * down) ** 2 < radii**2).sum(axis=1))


def _lines(
    point: NDArray[np.float64], radius: float, boxes: NDArray[np.float64], wanted: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """From the rim of the disc to the nearest side of each box; NaN where no line is wanted."""
    end = np.clip(point, boxes[:, :2], boxes[:, 2:])
    way = end - point
    distance = np.maximum(np.hypot(*way.T), 1e-9)[:, np.newaxis]
    lines = np.column_stack([point + way / distance * radius, end])
    return np.where((wanted & (distance[:, 0] > radius))[:, np.newaxis], lines, np.nan)
