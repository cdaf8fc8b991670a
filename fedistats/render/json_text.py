"""Results as JSON, for programs: keys that stay, nulls for what is not known, and beside it all what was asked and seen."""

from __future__ import annotations

import json
from collections.abc import Mapping
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
    return _text({"schema_version": SCHEMA_VERSION, "about": asdict(about) if about else None, name: told})


def neighborhood_json(found: Neighborhood) -> bytes:
    """{"schema_version", "about", "coverage", "start", "directed", "nodes", "edges", "communities"}; edges are [source, target, posts]
    by host."""
    hosts = [node.host for node in found.nodes]
    return _text(
        {
            "schema_version": SCHEMA_VERSION,
            "about": asdict(found.about),
            "coverage": coverage_json(found.coverage),
            "start": found.start,
            "directed": found.directed,
            "nodes": [{"host": node.host, **attributes} for node, attributes in of_nodes(found)],
            "edges": [[hosts[a], hosts[b], posts] for a, b, posts in found.edges.tolist()],
            "communities": [asdict(community) for community in found.communities],
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


def _text(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8", "replace")
