"""Comparisons, differences, maps and measures of a graph as JSON, for programs: with what was asked and seen beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import isnan
from typing import Any

from fedistats.analysis import centrality
from fedistats.analysis.comparison import ComparedInstance, InstanceComparison
from fedistats.analysis.descriptions import DescriptionMap
from fedistats.analysis.difference import NeighborhoodDifference
from fedistats.analysis.edge_stability import stability
from fedistats.analysis.rates import rates
from fedistats.export.json_documents import coverage_json, escaped
from fedistats.export.schema import SCHEMA
from fedistats.model import About, NeighborhoodGraph, Node

_DIGITS = 6
"""Of figures between 0 and 1, and of places on a map: the last ones of all that a machine counts with differ from the next machine's."""


def compare_json(found: InstanceComparison, sides: Sequence[ComparedInstance]) -> bytes:
    """{"schema_version", "about", "hosts", "keyness": {kind: {host: [...]}}, "overlaps"}; see the analyses for what figures mean."""
    keyness_by_kind = {
        kind: {
            host: [asdict(key) | {"log_odds": _short(key.log_odds), "z": _short(key.z)} for key in keys]
            for host, keys in zip(found.hosts, of_hosts, strict=True)
        }
        for kind, of_hosts in found.keyness.items()
    }
    overlaps = [
        {"hosts": [one, other], **asdict(both), "jaccard": _short(both.jaccard), "weighted": _short(both.weighted)}
        for one, other, both in found.overlaps
    ]
    abouts = {side.host: {part: asdict(about) for part, about in abouts_of(side).items()} for side in sides}
    return _document({"about": abouts, "hosts": found.hosts, "keyness": keyness_by_kind, "overlaps": overlaps})


def abouts_of(side: ComparedInstance) -> dict[str, About]:
    """What is known of one side, and what each part of it says about itself."""
    parts = {"profiles": side.profiles, "posts": side.posts, "neighborhood": side.neighborhood}
    return {name: part.about for name, part in parts.items() if part is not None}


def diff_json(
    found: NeighborhoodDifference, before: NeighborhoodGraph, after: NeighborhoodGraph, passed_over: Sequence[About]
) -> bytes:
    """{"schema_version", "before", "after", "skipped_collections", "new", "gone", "grew", "shrank", "matched_timelines",
    "unmatched_timelines"}.

    Before, after and those that were passed over between them are collections.
    """
    told: dict[str, Any] = {
        "matched_timelines": found.matched_timelines,
        "unmatched_timelines": found.unmatched_timelines,
    }
    told["skipped_collections"] = [asdict(about) for about in passed_over]
    for kind, nodes in (("new", found.new), ("gone", found.gone)):
        told[kind] = [_node(node) for node in nodes]
    for kind, ties in (("grew", found.grew), ("shrank", found.shrank)):
        told[kind] = [asdict(tie) | {"p_value": _short(tie.p_value)} for tie in ties]
    for name, graph in (("before", before), ("after", after)):
        told[name] = {"about": asdict(graph.about), "coverage": coverage_json(graph.coverage)}
    return _document(told)


def graph_json(found: NeighborhoodGraph) -> bytes:
    """{"schema_version", "about", "how_to_read", "instances": [{"host", "strength", "pagerank", "betweenness"}],
    "edges": [{"source", "target", "posts", "per_1000", "stability"}]}: what is computed from a neighborhood; see the analyses."""
    hosts = [node.host for node in found.nodes]
    ranks, between = centrality.pagerank(found).tolist(), centrality.betweenness(found).tolist()
    instances = [
        {"host": node.host, "strength": node.strength, "pagerank": _short(rank), "betweenness": _short(bridge)}
        for node, rank, bridge in zip(found.nodes, ranks, between, strict=True)
    ]
    least = int(found.about.parameters.get("min_posts", 1))
    measured = zip(found.edges.tolist(), rates(found).tolist(), stability(found, least).tolist(), strict=True)
    edges = [
        {
            "source": hosts[a],
            "target": hosts[b],
            "posts": posts,
            "per_1000": None if isnan(rate) else _short(rate),
            "stability": _short(chance),
        }
        for (a, b, posts), rate, chance in measured
    ]
    how = {"strength": centrality.STRENGTH, "pagerank": centrality.PAGERANK, "betweenness": centrality.BETWEENNESS}
    return _document({"about": asdict(found.about), "how_to_read": how, "instances": instances, "edges": edges})


def map_json(found: NeighborhoodGraph, land: DescriptionMap) -> bytes:
    """{"schema_version", "about", "coverage", "instances": [{"host", "x", "y", "region"}], "regions": [{"words", "members"}],
    "unplaced"}."""
    region = {member: number for number, region in enumerate(land.regions) for member in region.members}
    instances = [
        {"host": host, "x": _short(x), "y": _short(y), "region": region.get(i)}
        for i, (host, (x, y)) in enumerate(zip(land.hosts, land.points.tolist(), strict=True))
    ]
    regions = [{"words": region.words, "members": len(region.members)} for region in land.regions]
    return _document(
        {
            "about": asdict(found.about),
            "coverage": coverage_json(found.coverage),
            "instances": instances,
            "regions": regions,
            "unplaced": land.unplaced,
        }
    )


def _node(node: Node) -> dict[str, Any]:
    return {"host": node.host, "outcome": node.outcome, "strength": node.strength, "posts_read": node.posts_read}


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _document(parts: Mapping[str, Any]) -> bytes:
    told = {"schema_version": SCHEMA, **parts}
    text = escaped(json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1))
    return (text + "\n").encode("utf-8", "replace")
