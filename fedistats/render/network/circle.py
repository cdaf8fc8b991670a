"""The neighborhood as a ring: communities on arcs, edges bundled through their middle, every name readable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fedistats.render.fonts.text import ASCENT, DESCENT, Anchor, PlacedText, TextRun
from fedistats.render.network.labels import Label

# Sizes of names in pixels at full size: what is pleasant, and what can still be read.
_BEST_SIZE, _LEAST_SIZE = 23.0, 12.0


@dataclass(frozen=True, slots=True, eq=False)
class Ring:
    """Where each node stands on the page, and the turns of the ring that its edges need."""

    points: NDArray[np.float64]
    radii: NDArray[np.float64]
    middle: NDArray[np.float64]
    radius: float
    turns: NDArray[np.float64]
    """Of each node: radians, clockwise from the right."""
    arcs: NDArray[np.float64]
    """Of each node: the same, of the middle of its community's arc."""
    size: float
    """Of the names, in pixels."""

    def paths(self, edges: NDArray[np.int64]) -> NDArray[np.float64]:
        """Cubic Bezier curves, shape (m, 4, 2): between communities through the middle of both, inside one along its arc."""
        one, other = edges[:, 0], edges[:, 1]
        inside = (self.arcs[one] == self.arcs[other])[:, np.newaxis]

        def bend(i: NDArray[np.int64]) -> NDArray[np.float64]:
            own, shared = _way(self.turns[i]), _way(self.arcs[i])
            pulled: NDArray[np.float64] = self.middle + self.radius * np.where(
                inside, 0.72 * own, 0.2 * own + 0.3 * shared
            )
            return pulled

        return np.stack([self.points[one], bend(one), bend(other), self.points[other]], axis=1)

    def labels(self, names: Sequence[TextRun], order: Sequence[int], clear: NDArray[np.float64]) -> tuple[Label, ...]:
        """Names that run outward from `clear` pixels beyond each disc's middle; where there are too many, those that come
        first in `order` and do not touch."""
        least = self.size * (ASCENT + DESCENT) / (self.radius + self.size)
        taken: list[float] = []
        labels = []
        for i in order:
            turn = float(self.turns[i])
            if any(abs((turn - t + np.pi) % (2 * np.pi) - np.pi) < least * 0.97 for t in taken):
                continue
            taken.append(turn)
            flipped = np.cos(turn) < 0
            x, y = self.middle + (self.radius + clear[i] + self.size * 0.45) * _way(turn)
            # the line runs through the middle of the small letters, not below them
            down = self.size * 0.33 * (-1 if flipped else 1)
            x, y = x - down * np.sin(turn), y + down * np.cos(turn)
            degrees = float(np.degrees(turn)) + (180 if flipped else 0)
            anchor: Anchor = "end" if flipped else "start"
            text = PlacedText(names[i].text, float(x), float(y), self.size, False, anchor, degrees, face=names[i].face)
            labels.append(Label(i, text))
        return tuple(labels)


def ring(
    names: Sequence[TextRun],
    groups: Sequence[int | None],
    weight: NDArray[np.float64],
    box: tuple[float, float, float, float],
    scale: float,
) -> Ring:
    """Arcs of communities with gaps between them, in the order of the communities; the busiest in the middle of each arc.

    Names and discs are as big as the ring has room for. `box` is left, top, right, bottom in pixels.
    """
    n = len(names)
    last = max((group for group in groups if group is not None), default=-1) + 1
    community = np.array([last if group is None else group for group in groups], dtype=np.int64)
    ranked = sorted(range(n), key=lambda i: (community[i], -weight[i], names[i].text))
    order = [i for c in range(last + 1) for i in _hill([i for i in ranked if community[i] == c])]
    longest = max(name.width(1.0) for name in names)
    half = min(box[2] - box[0], box[3] - box[1]) / 2
    share = np.sqrt(weight / max(weight.max(), 1.0))
    gaps = len(set(community.tolist()))
    size = _BEST_SIZE * scale
    while True:
        radii = size * (0.22 + 1.1 * share)
        radius = half - longest * size - size * 0.6 - radii.max()
        slots = np.maximum((ASCENT + DESCENT) * size, 2 * radii + 2 * scale)
        gap = 1.4 * size
        room = 2 * np.pi * max(radius, half * 0.3)
        if slots.sum() + gap * gaps <= room or size <= _LEAST_SIZE * scale:
            break
        size -= 0.25 * scale
    # a few do not sprawl over the page
    radius = min(max(radius, half * 0.3), max(half * 0.4, 3 * (float(slots.sum()) + gap * gaps) / (2 * np.pi)))
    room = 2 * np.pi * radius
    if slots.sum() + gap * gaps > room:
        slots = np.full(n, (room - gap * gaps) / n) if room > 2 * gap * gaps else np.full(n, room / n)
        radii = np.minimum(radii, np.maximum(slots * 0.45, 1.2 * scale) * (1 + 3 * share))
    # what is left over goes between all, and somewhat more between communities
    spare = max(float(room - slots.sum() - gap * gaps), 0.0) / (n + 1.5 * gaps)
    slots = slots + spare
    free = (room - slots.sum()) / gaps
    turns = np.zeros(n)
    at = -np.pi / 2 * radius + free / 2
    before = community[order[0]]
    for i in order:
        if community[i] != before:
            at += free
            before = community[i]
        turns[i] = (at + slots[i] / 2) / radius
        at += slots[i]
    arcs = np.zeros(n)
    for c in set(community.tolist()):
        members = community == c
        arcs[members] = (turns[members].min() + turns[members].max()) / 2
    middle = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])
    return Ring(middle + radius * _way(turns), radii, middle, float(radius), turns, arcs, size)


def _hill(ranked: list[int]) -> list[int]:
    """Biggest in the middle, smaller to both sides."""
    return ranked[1::2][::-1] + ranked[::2]


def _way(turn: NDArray[np.float64] | float) -> NDArray[np.float64]:
    return np.stack([np.cos(turn), np.sin(turn)], axis=-1)
