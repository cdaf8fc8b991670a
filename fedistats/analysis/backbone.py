"""The backbone of a graph: the edges whose weight is not explained by chance, of large instances and of small ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from fedistats.analysis.arrays import Floats
from fedistats.analysis.centrality import strength
from fedistats.model import NeighborhoodGraph


def backbone(graph: NeighborhoodGraph, alpha: float) -> NeighborhoodGraph:
    """The graph of the edges whose `disparity` is below `alpha`, the nodes that they connect, and the start. Without communities.

    0 < alpha < 1; a smaller alpha keeps fewer edges. Raises ValueError for any other alpha.
    """
    if not 0 < alpha < 1:
        raise ValueError("alpha is a probability between 0 and 1")
    kept = disparity(graph) < alpha
    edges = graph.edges[kept]
    graph = replace(graph, edges=edges, incoming=graph.incoming[kept], communities=())
    strengths = strength(graph)
    kept_nodes = [i for i, node in enumerate(graph.nodes) if strengths[i] or node.host == graph.start]
    rule = f"{graph.about.parameters.get('rule', 'every edge')}; backbone only (disparity filter, alpha {alpha:g})"
    return replace(
        graph,
        about=replace(graph.about, parameters={**graph.about.parameters, "backbone": f"{alpha:g}", "rule": rule}),
        nodes=tuple(replace(graph.nodes[i], strength=int(strengths[i]), community=None) for i in kept_nodes),
        edges=np.column_stack([np.searchsorted(kept_nodes, edges[:, :2]), edges[:, 2]]),
    )


def disparity(graph: NeighborhoodGraph) -> Floats:
    """For each edge, the probability that chance alone gives it its share of the posts at one of its ends; the smaller one of both ends.

    At an end with k edges, where the edge has the share p of the weight: (1 - p)^(k - 1). An end with no other edge gives 1, so the other
    end decides. In a directed graph an edge is compared with the edges that leave its source, and with those that reach its target.
    Source: M. Á. Serrano, M. Boguñá, A. Vespignani: Extracting the multiscale backbone of complex weighted networks, PNAS 106, 2009,
    equation 2.
    """
    source, target, weight = graph.edges.T
    n = len(graph.nodes)
    degrees = [np.bincount(end, minlength=n) for end in (source, target)]
    totals = [np.bincount(end, weight, n) for end in (source, target)]
    if not graph.directed:
        degrees, totals = [degrees[0] + degrees[1]] * 2, [totals[0] + totals[1]] * 2
    # an end with no other edge gives 0 ** 0, which is 1
    p_values: list[Floats] = [
        (1 - weight / total[end]) ** (degree[end] - 1)
        for end, degree, total in zip((source, target), degrees, totals, strict=True)
    ]
    return np.minimum(*p_values)
