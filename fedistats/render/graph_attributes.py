"""What the graph files say of the graph and of each node, cleaned of whatever no file should hold: the same in every format."""

from __future__ import annotations

from collections.abc import Iterator

from fedistats.model import Neighborhood, Node
from fedistats.text import clean

Value = str | int | bool


def of_graph(found: Neighborhood) -> dict[str, Value]:
    """What was asked, when, and how much was seen."""
    coverage = found.coverage
    return {
        "host": _fit(found.about.host),
        "date": _fit(found.about.date),
        "fedistats_version": _fit(found.about.version),
        **{name: _fit(value) for name, value in sorted(found.about.question.items()) if name != "host"},
        "instances_found": coverage.found,
        "instances_asked": coverage.asked,
        **{f"instances_{outcome.replace(' ', '_')}": n for outcome, n in coverage.outcomes.items()},
        "instances_local_only": coverage.local_only,
        "posts_read": coverage.posts_read,
        "posts_left_out": coverage.posts_left_out,
    }


def of_nodes(found: Neighborhood) -> Iterator[tuple[Node, dict[str, Value]]]:
    """Each node with its attributes: the same names and types for all."""
    communities = [(clean(community.name), clean(community.common)) for community in found.communities]
    for node in found.nodes:
        name, common = ("", "") if node.community is None else communities[node.community]
        yield (
            node,
            {
                "label": clean(node.host),
                "outcome": str(node.outcome),
                "reason": clean(node.reason),
                "answered": node.outcome.answered,
                "start": node.host == found.start,
                "posts_read": node.posts_read,
                "strength": node.strength,
                "community": -1 if node.community is None else node.community,
                "community_name": name,
                "community_common": common,
            },
        )


def _fit(value: Value) -> Value:
    return clean(value, 2000) if isinstance(value, str) else value
