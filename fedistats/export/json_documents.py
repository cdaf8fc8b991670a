"""Results as JSON, for programs: keys that stay, nulls for what is not known, and beside it all what was asked and seen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from typing import Any

from fedistats.analysis.neighbors import neighbors
from fedistats.export import tables
from fedistats.export.schema import COVERAGE, NODES, SCHEMA, Column
from fedistats.export.tables import Value
from fedistats.model import About, Coverage, InstanceHistory, InstanceInfo, NeighborhoodGraph, PostCounts, ProfileCounts

_LINES_AT_ONCE = 20_000
_NAMES = {InstanceInfo: "instance", ProfileCounts: "profiles", PostCounts: "posts", InstanceHistory: "history"}
# Control characters beyond ASCII's, which JSON itself escapes; marks of direction and of lines; what is no character.
_STEERING = re.compile("[\x80-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff]")


def as_json(found: InstanceInfo | ProfileCounts | PostCounts | InstanceHistory, *, about: About | None = None) -> bytes:
    """{"schema_version", "about", and the result under its own name}. An Instance bears no About of its own: hand it over."""
    told = asdict(found)
    about = about or getattr(found, "about", None)
    told.pop("about", None)
    name = next(name for kind, name in _NAMES.items() if isinstance(found, kind))
    return b"".join(
        _document(
            {
                "schema_version": [_json(SCHEMA)],
                "about": [_json(asdict(about) if about else None)],
                name: [_json(told)],
            }
        )
    )


def together(results: Mapping[str, bytes | None]) -> bytes:
    """Several results in one object, each under its name; null for what there is none of."""
    return b"".join(_document({name: [text.decode().strip() if text else "null"] for name, text in results.items()}))


def neighborhood_json(found: NeighborhoodGraph) -> bytes:
    """The text of `neighborhood_chunks`, in one piece."""
    return b"".join(neighborhood_chunks(found))


def neighborhood_chunks(found: NeighborhoodGraph, *, ids_only: bool = False) -> Iterator[bytes]:
    """{"schema_version", "about", "coverage", "start", "directed", "nodes", "edges", "incoming", "neighbors", "communities",
    "communities_found", "hosts"}, in chunks.

    Edges are [source, target, posts] by host; `incoming`, where they have no direction, how many of each one's posts were read on the
    source and on the target; `neighbors` are the ties of the start, the strongest first; `hosts` tells how it ended with every instance
    that was found. What is listed stands one on a line. With `ids_only`, nodes are bare hosts and edges pairs of them; neighbors,
    communities, hosts and counts of posts are left out.
    """
    hosts = [_json(host) for host in tables.hosts(found)]
    coverage = coverage_json(found.coverage)
    parts: dict[str, Iterable[str]] = {
        "schema_version": [_json(SCHEMA)],
        "about": [_json(asdict(found.about))],
        "start": [_json(found.start)],
        "directed": [_json(found.directed)],
        "nodes": _list(_objects(NODES.columns(ids_only=ids_only), tables.nodes(found, ids_only=ids_only))),
    }
    if ids_only:
        coverage = {name: coverage[name] for name in ("found", "asked", "outcomes", "sentence")}
        parts["edges"] = _list(f"[{hosts[a]}, {hosts[b]}]" for a, b, _, _, _ in _rows(found))
    else:
        parts["edges"] = _list(f"[{hosts[a]}, {hosts[b]}, {posts}]" for a, b, posts, _, _ in _rows(found))
        if not found.directed:
            parts["incoming"] = _list(f"[{on_source}, {on_target}]" for *_, on_source, on_target in _rows(found))
        parts["communities"] = _list(_line(asdict(community)) for community in found.communities)
        parts["communities_found"] = [_json(found.communities_found)]
        parts["neighbors"] = _list(_line(asdict(one)) for one in neighbors(found))
        parts["hosts"] = _list(_objects(COVERAGE.columns(), tables.coverage(found)))
    return _document(parts | {"coverage": [_json(coverage)]})


def coverage_json(coverage: Coverage) -> dict[str, Any]:
    """How many instances were found and asked, and how it ended with them."""
    return {
        "found": coverage.found,
        "asked": coverage.asked,
        "outcomes": dict(coverage.outcomes),
        "local_only": coverage.local_only,
        "posts_read": coverage.posts_read,
        "posts_left_out": coverage.posts_left_out,
        "sentence": coverage.sentence(),
    }


def _rows(found: NeighborhoodGraph) -> Iterator[tuple[int, int, int, int, int]]:
    """The edges as Python's own numbers, some at a time."""
    for some in tables.edge_rows(found):
        yield from some


def _document(parts: Mapping[str, Iterable[str]]) -> Iterator[bytes]:
    """An object of parts that are JSON already, keys sorted."""
    between = "{\n"
    for name, chunks in sorted(parts.items()):
        yield f"{between} {_json(name)}: ".encode()
        for chunk in chunks:
            yield chunk.encode("utf-8", "replace")
        between = ",\n"
    yield b"\n}\n"


def _list(items: Iterable[str]) -> Iterator[str]:
    """A list of items that are JSON already, one on a line."""
    waiting, between = iter(items), "[\n  "
    while some := list(islice(waiting, _LINES_AT_ONCE)):
        yield between + ",\n  ".join(some)
        between = ",\n  "
    yield "[]" if between.startswith("[") else "\n ]"


def _objects(columns: Iterable[Column], rows: Iterable[Iterable[Value]]) -> Iterator[str]:
    names = [column.name for column in columns]
    return (_line(dict(zip(names, row, strict=True))) for row in rows)


def _json(value: object) -> str:
    return escaped(json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)).replace("\n", "\n ")


def _line(value: object) -> str:
    return escaped(json.dumps(value, ensure_ascii=False, sort_keys=True))


def escaped(text: str) -> str:
    """The same JSON, in which whatever could steer a terminal or turn a line around is written as an escape."""
    return text if text.isascii() else _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
