"""The backbone of a neighborhood: the edges that chance does not explain, of big instances and of small ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fedistats.analysis.centrality import strength
from fedistats.model import NeighborhoodGraph

RULE = "of these the backbone, which chance does not explain (disparity filter, alpha {alpha:g})"


def backbone(neighborhood: NeighborhoodGraph, alpha: float) -> NeighborhoodGraph:
    """The same neighborhood with the edges alone whose `disparity` is below `alpha`, the nodes that these connect, and the start.

    0 < alpha < 1: the smaller, the fewer edges. Communities are to be found anew. Raises ValueError for any other alpha.
    """
    if not 0 < alpha < 1:
        raise ValueError("alpha is a probability between 0 and 1")
    kept = disparity(neighborhood) < alpha
    found = replace(neighborhood, edges=neighborhood.edges[kept], incoming=neighborhood.incoming[kept], communities=())
    posts = strength(found)
    stays = [i for i, node in enumerate(found.nodes) if posts[i] or node.host == found.start]
    place = np.full(len(found.nodes), -1)
    place[stays] = np.arange(len(stays))
    rule = f"{found.about.parameters.get('rule', 'every edge')}; {RULE.format(alpha=alpha)}"
    return replace(
        found,
        about=replace(found.about, parameters={**found.about.parameters, "backbone": f"{alpha:g}", "rule": rule}),
        nodes=tuple(replace(found.nodes[i], strength=int(posts[i]), community=None) for i in stays),
        edges=np.column_stack([place[found.edges[:, :2]], found.edges[:, 2]]),
    )


def disparity(neighborhood: NeighborhoodGraph) -> NDArray[np.float64]:
    """Of each edge: how likely chance alone would give it so big a share of the posts of one of its ends, whichever is less likely.

    For an end with k edges, of whose weight the edge holds the share p: (1 - p)^(k - 1). An end that has no other edge says
    nothing (1): the other end decides. Directed, an edge is compared with those that leave its reader, and with those that
    reach the instance that is read. Source: M. Á. Serrano, M. Boguñá, A. Vespignani: Extracting the multiscale backbone of
    complex weighted networks, PNAS 106, 2009, equation 2.
    """
    one, other, weight = neighborhood.edges.T
    n = len(neighborhood.nodes)
    degrees = [np.bincount(end, minlength=n) for end in (one, other)]
    totals = [np.bincount(end, weight, n) for end in (one, other)]
    if not neighborhood.directed:
        degrees, totals = [degrees[0] + degrees[1]] * 2, [totals[0] + totals[1]] * 2
    # where an end has no other edge this is 0 ** 0, which is 1
    chances: list[NDArray[np.float64]] = [
        (1 - weight / total[end]) ** (degree[end] - 1)
        for end, degree, total in zip((one, other), degrees, totals, strict=True)
    ]
    return np.minimum(*chances)
