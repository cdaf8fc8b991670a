"""Comparisons, differences and maps as rows of the tables of `schema`, for pandas and polars; cleaned."""

from __future__ import annotations

from collections.abc import Iterator

from fedistats.analysis.comparison import KINDS, InstanceComparison
from fedistats.analysis.descriptions import DescriptionMap
from fedistats.analysis.difference import NeighborhoodDifference
from fedistats.export.tables import Row
from fedistats.text.html import clean


def keyness(found: InstanceComparison) -> Iterator[Row]:
    """The rows of `schema.KEYNESS`."""
    for kind in KINDS:
        for host, keys in zip(found.hosts, found.keyness[kind], strict=True):
            for key in keys:
                yield clean(host), kind, clean(key.text), key.uses, key.others, key.log_odds, key.z


def overlaps(found: InstanceComparison) -> Iterator[Row]:
    """The rows of `schema.OVERLAPS`."""
    for one, other, both in found.overlaps:
        yield clean(one), clean(other), both.shared, both.union, both.jaccard, both.weighted


def changed_instances(found: NeighborhoodDifference) -> Iterator[Row]:
    """The rows of `schema.CHANGED_INSTANCES`."""
    for change, nodes in (("new", found.new), ("gone", found.gone)):
        for node in nodes:
            yield change, clean(node.host), str(node.outcome), node.posts_read, node.strength


def changed_edges(found: NeighborhoodDifference) -> Iterator[Row]:
    """The rows of `schema.CHANGED_EDGES`."""
    for change, changed in (("grew", found.grew), ("shrank", found.shrank)):
        for tie in changed:
            yield change, clean(tie.source), clean(tie.target), tie.before, tie.after, tie.p_value


def places(land: DescriptionMap) -> Iterator[Row]:
    """The rows of `schema.PLACES`."""
    on = {member: number for number, region in enumerate(land.regions) for member in region.members}
    for i, (host, (x, y)) in enumerate(zip(land.hosts, land.points.tolist(), strict=True)):
        words = " · ".join(clean(word) for word in land.regions[on[i]].words) if i in on else ""
        yield clean(host), x, y, on.get(i), words
