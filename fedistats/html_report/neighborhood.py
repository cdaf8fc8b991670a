"""The neighborhood section: the neighbors of the start, and how stable the edges are."""

from __future__ import annotations

from fedistats.analysis.edge_stability import summarize
from fedistats.analysis.neighbors import neighbors
from fedistats.hosts import display_name
from fedistats.html_report.viewer_data import MAX_DRAWN_EDGES
from fedistats.model import NeighborhoodGraph
from fedistats.text.html import clean

_MAX_NEIGHBORS = 10


def neighborhood_context(graph: NeighborhoodGraph | None) -> dict[str, object]:
    """Values of neighborhood.html.j2 and method.html.j2."""
    if graph is None:
        return {}
    start_neighbors = neighbors(graph)
    min_posts = graph.about.parameters.get("min_posts")
    return {
        "start": display_name(graph.start),
        "neighbors": start_neighbors[:_MAX_NEIGHBORS],
        "neighbor_count": len(start_neighbors),
        "rule": clean(str(graph.about.parameters.get("rule", "")), 400).rstrip("."),
        "max_edges": MAX_DRAWN_EDGES,
        "stability": summarize(graph, min_posts) if isinstance(min_posts, int) and len(graph.edges) else None,
    }
