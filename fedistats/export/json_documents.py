"""Results as JSON documents: stable keys, null for what is not known, and the provenance of the data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from math import isnan
from typing import Any

from fedistats.analysis import centrality
from fedistats.analysis.comparison import ComparedInstance, InstanceComparison
from fedistats.analysis.descriptions import DescriptionMap
from fedistats.analysis.difference import NeighborhoodDifference
from fedistats.analysis.edge_stability import stability
from fedistats.analysis.neighbors import neighbors
from fedistats.analysis.rates import rates
from fedistats.export import tables
from fedistats.export.schema import COVERAGE, NODES, SCHEMA, Column
from fedistats.model import (
    About,
    Coverage,
    InstanceHistory,
    InstanceInfo,
    NeighborhoodGraph,
    Node,
    PostCounts,
    ProfileCounts,
)

_DIGITS = 6  # significant digits of measures: the last digits of a float differ between machines
_LINES_PER_CHUNK = 20_000
# C1 control characters, marks of direction and of lines, and noncharacters. JSON itself escapes only those of ASCII.
_UNSAFE = re.compile("[\x80-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]")


def instance_json(instance: InstanceInfo, about: About) -> bytes:
    """{"schema_version", "about", "instance"}."""
    fields = asdict(instance)
    fields.pop("about", None)
    return _document({"about": asdict(about), "instance": fields})


def result_json(name: str, result: ProfileCounts | PostCounts | InstanceHistory) -> bytes:
    """{"schema_version", "about", name: the other fields of the result}."""
    fields = asdict(result)
    return _document({"about": fields.pop("about"), name: fields})


def neighborhood_json(graph: NeighborhoodGraph) -> bytes:
    """The document of `neighborhood_chunks`, in one piece."""
    return b"".join(neighborhood_chunks(graph))


def neighborhood_chunks(graph: NeighborhoodGraph, *, ids_only: bool = False) -> Iterator[bytes]:
    """{"schema_version", "about", "coverage", "start", "directed", "nodes", "edges", "incoming", "neighbors", "communities",
    "communities_found", "hosts"}, in chunks.

    Edges are [source, target, posts] by host. "incoming", only if undirected, holds for each edge how many of the posts were read on the
    source and how many on the target. "neighbors" are the edges of the start, strongest first. "hosts" holds the outcome of each
    instance that was found. Lists have one item per line. With `ids_only`, nodes are hosts and edges pairs of hosts; neighbors,
    communities, hosts and numbers of posts are left out.
    """
    hosts = [_json(host) for host in tables.hosts(graph)]
    coverage = _coverage(graph.coverage)
    members: dict[str, Iterable[str]] = {
        "schema_version": [_json(SCHEMA)],
        "about": [_json(asdict(graph.about))],
        "start": [_json(graph.start)],
        "directed": [_json(graph.directed)],
        "nodes": _list(_objects(NODES.columns(ids_only=ids_only), tables.nodes(graph, ids_only=ids_only))),
    }
    if ids_only:
        coverage = {name: coverage[name] for name in ("found", "asked", "outcomes", "sentence")}
        members["edges"] = _list(f"[{hosts[a]}, {hosts[b]}]" for a, b, _, _, _ in _edge_rows(graph))
    else:
        members["edges"] = _list(f"[{hosts[a]}, {hosts[b]}, {weight}]" for a, b, weight, _, _ in _edge_rows(graph))
        if not graph.directed:
            members["incoming"] = _list(f"[{on_source}, {on_target}]" for *_, on_source, on_target in _edge_rows(graph))
        members["communities"] = _list(_line(asdict(community)) for community in graph.communities)
        members["communities_found"] = [_json(graph.communities_found)]
        members["neighbors"] = _list(_line(asdict(neighbor)) for neighbor in neighbors(graph))
        members["hosts"] = _list(_objects(COVERAGE.columns(), tables.coverage(graph)))
    return _object(members | {"coverage": [_json(coverage)]})


def graph_json(graph: NeighborhoodGraph) -> bytes:
    """Measures of a neighborhood: {"schema_version", "about", "how_to_read",
    "instances": [{"host", "strength", "pagerank", "betweenness"}],
    "edges": [{"source", "target", "posts", "per_1000", "stability"}]}; see the modules of `analysis`."""
    pageranks, betweenness = centrality.pagerank(graph).tolist(), centrality.betweenness(graph).tolist()
    instances = [
        {"host": node.host, "strength": node.strength, "pagerank": _round(pagerank), "betweenness": _round(between)}
        for node, pagerank, between in zip(graph.nodes, pageranks, betweenness, strict=True)
    ]
    min_posts = int(graph.about.parameters.get("min_posts", 1))
    stabilities = stability(graph, min_posts).tolist()
    edges = [
        {
            "source": graph.nodes[a].host,
            "target": graph.nodes[b].host,
            "posts": posts,
            "per_1000": None if isnan(rate) else _round(rate),
            "stability": _round(stable),
        }
        for (a, b, posts), rate, stable in zip(graph.edges.tolist(), rates(graph).tolist(), stabilities, strict=True)
    ]
    how_to_read = {
        "strength": centrality.STRENGTH,
        "pagerank": centrality.PAGERANK,
        "betweenness": centrality.BETWEENNESS,
    }
    return _document({"about": asdict(graph.about), "how_to_read": how_to_read, "instances": instances, "edges": edges})


def comparison_json(comparison: InstanceComparison, instances: Sequence[ComparedInstance]) -> bytes:
    """{"schema_version", "about": {host: {part: ...}}, "hosts", "keyness": {kind: {host: [...]}}, "overlaps"}."""
    keyness = {
        kind: {
            host: [asdict(key) | {"log_odds": _round(key.log_odds), "z": _round(key.z)} for key in keys]
            for host, keys in zip(comparison.hosts, keys_by_host, strict=True)
        }
        for kind, keys_by_host in comparison.keyness.items()
    }
    overlaps = [
        asdict(overlap)
        | {"hosts": [source, target], "jaccard": _round(overlap.jaccard), "weighted": _round(overlap.weighted)}
        for source, target, overlap in comparison.overlaps
    ]
    about = {each.host: {part: asdict(about) for part, about in each.abouts().items()} for each in instances}
    return _document({"about": about, "hosts": comparison.hosts, "keyness": keyness, "overlaps": overlaps})


def difference_json(
    difference: NeighborhoodDifference, before: NeighborhoodGraph, after: NeighborhoodGraph, skipped: Sequence[About]
) -> bytes:
    """{"schema_version", "before", "after", "skipped_collections", "new", "gone", "grew", "shrank", "matched_timelines",
    "unmatched_timelines"}. "before" and "after" hold the provenance and coverage of the two collections."""
    return _document(
        {
            "matched_timelines": difference.matched_timelines,
            "unmatched_timelines": difference.unmatched_timelines,
            "skipped_collections": [asdict(about) for about in skipped],
            "new": [_changed_instance(node) for node in difference.new],
            "gone": [_changed_instance(node) for node in difference.gone],
            "grew": [asdict(edge) | {"p_value": _round(edge.p_value)} for edge in difference.grew],
            "shrank": [asdict(edge) | {"p_value": _round(edge.p_value)} for edge in difference.shrank],
            "before": {"about": asdict(before.about), "coverage": _coverage(before.coverage)},
            "after": {"about": asdict(after.about), "coverage": _coverage(after.coverage)},
        }
    )


def map_json(graph: NeighborhoodGraph, description_map: DescriptionMap) -> bytes:
    """{"schema_version", "about", "coverage", "instances": [{"host", "x", "y", "region"}], "regions": [{"words", "members"}],
    "unplaced"}."""
    region_of = {member: number for number, region in enumerate(description_map.regions) for member in region.members}
    instances = [
        {"host": host, "x": _round(x), "y": _round(y), "region": region_of.get(i)}
        for i, (host, (x, y)) in enumerate(zip(description_map.hosts, description_map.points.tolist(), strict=True))
    ]
    return _document(
        {
            "about": asdict(graph.about),
            "coverage": _coverage(graph.coverage),
            "instances": instances,
            "regions": [{"words": region.words, "members": len(region.members)} for region in description_map.regions],
            "unplaced": description_map.unplaced,
        }
    )


def combine(documents: Mapping[str, bytes | None]) -> bytes:
    """Several documents as the members of one object; null for None."""
    return b"".join(_object({name: [text.decode().strip() if text else "null"] for name, text in documents.items()}))


def escape_unsafe(text: str) -> str:
    """The same JSON, with characters escaped that could control a terminal or reverse the direction of a line."""
    return text if text.isascii() else _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return asdict(coverage) | {"found": coverage.found, "asked": coverage.asked, "sentence": coverage.sentence()}


def _changed_instance(node: Node) -> dict[str, Any]:
    return {"host": node.host, "outcome": node.outcome, "strength": node.strength, "posts_read": node.posts_read}


def _round(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _edge_rows(graph: NeighborhoodGraph) -> Iterator[tuple[int, int, int, int, int]]:
    for rows in tables.edge_rows(graph):
        yield from rows


def _document(members: Mapping[str, Any]) -> bytes:
    """An object with the schema number."""
    text = json.dumps({"schema_version": SCHEMA, **members}, ensure_ascii=False, sort_keys=True, indent=1)
    return (escape_unsafe(text) + "\n").encode("utf-8", "replace")


def _object(members: Mapping[str, Iterable[str]]) -> Iterator[bytes]:
    """An object whose values are JSON already, in chunks; keys are sorted."""
    separator = "{\n"
    for name, chunks in sorted(members.items()):
        yield f"{separator} {_json(name)}: ".encode()
        for chunk in chunks:
            yield chunk.encode("utf-8", "replace")
        separator = ",\n"
    yield b"\n}\n"


def _list(items: Iterable[str]) -> Iterator[str]:
    """A list of items that are JSON already, in chunks; one item per line."""
    remaining, separator = iter(items), "[\n  "
    while lines := list(islice(remaining, _LINES_PER_CHUNK)):
        yield separator + ",\n  ".join(lines)
        separator = ",\n  "
    yield "[]" if separator.startswith("[") else "\n ]"


def _objects(columns: Iterable[Column], rows: Iterable[tables.Row]) -> Iterator[str]:
    names = [column.name for column in columns]
    return (_line(dict(zip(names, row, strict=True))) for row in rows)


def _json(value: object) -> str:
    return escape_unsafe(json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)).replace("\n", "\n ")


def _line(value: object) -> str:
    return escape_unsafe(json.dumps(value, ensure_ascii=False, sort_keys=True))
