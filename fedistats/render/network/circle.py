"""The circle layout: communities on arcs, edges bundled through the center, labels pointing outward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fedistats.analysis.arrays import Floats, Ints
from fedistats.render.fonts.text import ASCENT, DESCENT, Anchor, Box, PlacedText, TextRun
from fedistats.render.network.labels import Label

_MAX_LABEL_SIZE, _MIN_LABEL_SIZE = 23.0, 12.0
"""Pixels at full size."""


@dataclass(frozen=True, slots=True, eq=False)
class CircleLayout:
    """Nodes on a circle; pixels, y points down. Angles are radians, clockwise from the right."""

    points: Floats
    """Shape (n, 2)."""
    radii: Floats
    """Of the nodes."""
    center: Floats
    radius: float
    """Of the circle."""
    angles: Floats
    """Of each node."""
    arc_angles: Floats
    """Of the middle of each node's community."""
    label_size: float

    def paths(self, edges: Ints) -> Floats:
        """Cubic Bezier curves, shape (m, 4, 2): between communities through the middle of both, inside one along its arc."""
        source, target = edges[:, 0], edges[:, 1]
        inside = (self.arc_angles[source] == self.arc_angles[target])[:, np.newaxis]

        def control_points(nodes: Ints) -> Floats:
            node, community = _unit_vector(self.angles[nodes]), _unit_vector(self.arc_angles[nodes])
            offset = np.where(inside, 0.72 * node, 0.2 * node + 0.3 * community)
            return np.asarray(self.center + self.radius * offset)

        return np.stack(
            [self.points[source], control_points(source), control_points(target), self.points[target]], axis=1
        )

    def labels(self, names: Sequence[TextRun], ranking: Sequence[int], clearance: Floats) -> tuple[Label, ...]:
        """Labels that start `clearance` pixels outward from each node's center.

        If they are too many, the first of `ranking` are drawn that do not touch each other.
        """
        size = self.label_size
        min_angle = 0.97 * size * (ASCENT + DESCENT) / (self.radius + size)
        used_angles: list[float] = []
        labels = []
        for i in ranking:
            angle = float(self.angles[i])
            if any(abs((angle - used + np.pi) % (2 * np.pi) - np.pi) < min_angle for used in used_angles):
                continue
            used_angles.append(angle)
            flipped = np.cos(angle) < 0
            x, y = self.center + (self.radius + clearance[i] + size * 0.45) * _unit_vector(angle)
            # the radius runs through the middle of the lower-case letters, not along the baseline
            shift = size * 0.33 * (-1 if flipped else 1)
            x, y = x - shift * np.sin(angle), y + shift * np.cos(angle)
            rotation = float(np.degrees(angle)) + (180 if flipped else 0)
            anchor: Anchor = "end" if flipped else "start"
            text = PlacedText(names[i].text, float(x), float(y), size, False, anchor, rotation, face=names[i].face)
            labels.append(Label(i, text))
        return tuple(labels)


def circle_layout(
    names: Sequence[TextRun], communities: Sequence[int | None], weight: Floats, page: Box, scale: float
) -> CircleLayout:
    """Arrange nodes by community, in the order of the communities, with gaps between them; the busiest in the middle of each arc.

    Labels and nodes are as big as the circle has room for.
    """
    n = len(names)
    last = max((community for community in communities if community is not None), default=-1) + 1
    group = np.array([last if community is None else community for community in communities], dtype=np.int64)
    ranking = sorted(range(n), key=lambda i: (group[i], -weight[i], names[i].text))
    order = [i for g in range(last + 1) for i in _biggest_in_middle([i for i in ranking if group[i] == g])]
    longest_name = max(name.width(1.0) for name in names)
    half_page = min(page[2] - page[0], page[3] - page[1]) / 2
    share = np.sqrt(weight / max(weight.max(), 1.0))
    groups = len(set(group.tolist()))
    size = _MAX_LABEL_SIZE * scale
    while True:
        radii = size * (0.22 + 1.1 * share)
        radius = half_page - longest_name * size - size * 0.6 - radii.max()
        slots = np.maximum((ASCENT + DESCENT) * size, 2 * radii + 2 * scale)  # length of the arc for each node
        gaps = 1.4 * size * groups
        circumference = 2 * np.pi * max(radius, half_page * 0.3)
        if slots.sum() + gaps <= circumference or size <= _MIN_LABEL_SIZE * scale:
            break
        size -= 0.25 * scale
    # a few nodes do not fill the whole page
    filled = 3 * (float(slots.sum()) + gaps) / (2 * np.pi)
    radius = min(max(radius, half_page * 0.3), max(half_page * 0.4, filled))
    circumference = 2 * np.pi * radius
    if slots.sum() + gaps > circumference:
        slots = np.full(n, (circumference - gaps) / n) if circumference > 2 * gaps else np.full(n, circumference / n)
        radii = np.minimum(radii, np.maximum(slots * 0.45, 1.2 * scale) * (1 + 3 * share))
    # the rest of the circle is shared by all nodes, with somewhat more between communities
    slots = slots + max(float(circumference - slots.sum() - gaps), 0.0) / (n + 1.5 * groups)
    gap = (circumference - slots.sum()) / groups
    angles = np.zeros(n)
    position = -np.pi / 2 * radius + gap / 2
    previous = group[order[0]]
    for i in order:
        if group[i] != previous:
            position += gap
            previous = group[i]
        angles[i] = (position + slots[i] / 2) / radius
        position += slots[i]
    arc_angles = np.zeros(n)
    for g in set(group.tolist()):
        members = group == g
        arc_angles[members] = (angles[members].min() + angles[members].max()) / 2
    center = np.array([(page[0] + page[2]) / 2, (page[1] + page[3]) / 2])
    points = center + radius * _unit_vector(angles)
    return CircleLayout(points, radii, center, float(radius), angles, arc_angles, size)


def _biggest_in_middle(ranking: list[int]) -> list[int]:
    return ranking[1::2][::-1] + ranking[::2]


def _unit_vector(angle: Floats | float) -> Floats:
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1)
