"""Results as JSON, for programs: keys that stay, nulls for what is not known, and beside it all what was asked and seen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from fedistats.model import About, Coverage, Instance, Neighborhood, Posts, Profiles
from fedistats.render.graph_attributes import of_nodes

SCHEMA_VERSION = 1
"""Counted up when a key changes its meaning or goes away."""


def as_json(found: Instance | Profiles | Posts, *, about: About | None = None) -> bytes:
    """{"schema_version", "about", and the result under its own name}. An Instance bears no About of its own: hand it over."""
    told = asdict(found)
    about = about or getattr(found, "about", None)
    told.pop("about", None)
    name = type(found).__name__.lower()
    return _document(
        {
            "schema_version": _json(SCHEMA_VERSION),
            "about": _json(asdict(about) if about else None),
            name: _json(told),
        }
    )


def together(results: Mapping[str, bytes | None]) -> bytes:
    """Several results in one object, each under its name; null for what there is none of."""
    return _document({name: text.decode().strip() if text else "null" for name, text in results.items()})


def neighborhood_json(found: Neighborhood) -> bytes:
    """{"schema_version", "about", "coverage", "start", "directed", "nodes", "edges", "communities"}; edges are [source, target, posts]
    by host. Nodes and edges stand one on a line."""
    hosts = [_json(node.host) for node in found.nodes]
    return _document(
        {
            "schema_version": _json(SCHEMA_VERSION),
            "about": _json(asdict(found.about)),
            "coverage": _json(coverage_json(found.coverage)),
            "start": _json(found.start),
            "directed": _json(found.directed),
            "nodes": _lines([_line({"host": node.host, **attributes}) for node, attributes in of_nodes(found)]),
            "edges": _lines([f"[{hosts[a]}, {hosts[b]}, {posts}]" for a, b, posts in found.edges.tolist()]),
            "communities": _lines([_line(asdict(community)) for community in found.communities]),
        }
    )


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


def _document(parts: Mapping[str, str]) -> bytes:
    """An object of parts that are JSON already, keys sorted."""
    lines = (f" {_json(name)}: {part}" for name, part in sorted(parts.items()))
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode("utf-8", "replace")


def _lines(items: Sequence[str]) -> str:
    return "[\n  " + ",\n  ".join(items) + "\n ]" if items else "[]"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).replace("\n", "\n ")


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
