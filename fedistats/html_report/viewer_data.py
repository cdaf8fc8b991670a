"""The data of the graph viewer and of the table of instances, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from fedistats.analysis.centrality import pagerank
from fedistats.analysis.communities import sort_graph
from fedistats.format import date, outcome
from fedistats.model import NeighborhoodGraph, Node, Outcome
from fedistats.render.network.caption import title
from fedistats.render.network.scene import compose_scene
from fedistats.render.style import DARK, LIGHT, Theme
from fedistats.text.html import clean
from fedistats.text.languages import language_name

MAX_DRAWN_EDGES = 25_000
"""The page draws at most this many edges, the heaviest: with more it is slow, and hard to read."""


def viewer_data(graph: NeighborhoodGraph | None) -> str:
    """All that the viewer needs, as JSON without the characters that could end its script element; "null" without a graph.

    Lists have a value for each node. Outcome, language and software of a node are indices into lists of names; -1 is unknown.
    """
    values = _viewer_values(sort_graph(graph)) if graph is not None else None
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _viewer_values(graph: NeighborhoodGraph) -> dict[str, object]:
    nodes, drawn_nodes = graph.nodes, compose_scene(graph).nodes
    outcomes = sorted({node.outcome.value for node in nodes})
    languages = sorted({node.languages[0][0] for node in nodes if node.languages})
    software = sorted({_software(node) for node in nodes})
    software_index = {name: i for i, name in enumerate(software)}
    left, top = min(node.x for node in drawn_nodes), min(node.y for node in drawn_nodes)
    host = clean(graph.start, 253)
    return {
        "host": host,
        "title": f"{title(graph)} {host}",
        "note": f"fedistats {clean(graph.about.version, 30)}, {date(graph.about.date)}",
        "directed": graph.directed,
        "start": next((i for i, node in enumerate(nodes) if node.host == graph.start), -1),
        "maxDrawnEdges": MAX_DRAWN_EDGES,
        "hosts": [clean(node.host, 253) for node in nodes],
        "x": [round(node.x - left) for node in drawn_nodes],
        "y": [round(node.y - top) for node in drawn_nodes],
        "radius": [round(node.radius, 1) for node in drawn_nodes],
        "community": [-1 if node.community is None else node.community for node in nodes],
        "strength": [node.strength for node in nodes],
        "pagerank": [float(f"{100 * share:.2g}") for share in pagerank(graph).tolist()],
        "postsRead": [node.posts_read for node in nodes],
        "outcomes": [outcome(value) for value in outcomes],
        "outcome": [outcomes.index(node.outcome.value) for node in nodes],
        "answered": [int(Outcome(value).answered) for value in outcomes],
        "languages": [clean(language_name(code), 30) for code in languages],
        "language": [languages.index(node.languages[0][0]) if node.languages else -1 for node in nodes],
        "software": software,
        "softwareIndex": [software_index[_software(node)] for node in nodes],
        "users": [-1 if node.users is None else node.users for node in nodes],
        "communities": [
            {"name": clean(c.name, 160), "members": c.members, "description": clean(c.common, 160)}
            for c in graph.communities
        ],
        "edges": list(_encoded_edges(graph)),
        "themes": {theme.name: _theme_colors(theme) for theme in (LIGHT, DARK)},
    }


def _theme_colors(theme: Theme) -> dict[str, object]:
    colors = {"background": theme.background, "text": theme.text, "muted": theme.muted, "line": theme.other}
    return colors | {"colors": [*theme.colors, theme.other]}


def _software(node: Node) -> str:
    """'mastodon 4.5.2', with 'bridge' or 'mirror' if it is one; empty if unknown."""
    software = clean(f"{node.software} {node.version or ''}", 60) if node.software else ""
    return ", ".join(part for part in (software, node.kind) if part)


def _encoded_edges(graph: NeighborhoodGraph) -> Iterator[int]:
    """Four numbers for each edge (a, b): a minus the a of the edge before, b, posts of b read on a, posts of a read on b."""
    previous = 0
    for (a, b, _), (posts_of_b, posts_of_a) in zip(graph.edges.tolist(), graph.incoming.tolist(), strict=True):
        yield from (a - previous, b, posts_of_b, posts_of_a)
        previous = a
