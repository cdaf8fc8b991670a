"""Edge weights relative to the number of posts read, so that short and long timelines can be compared."""

from __future__ import annotations

import numpy as np

from fedistats.analysis.arrays import Floats
from fedistats.model import NeighborhoodGraph


def rates(graph: NeighborhoodGraph) -> Floats:
    """The weight of each edge per 1,000 posts read on the timelines of both ends; in a directed graph, of the source.

    NaN if no post was read there.
    """
    posts_read = np.array([node.posts_read for node in graph.nodes], dtype=np.float64)
    source, target, weight = graph.edges.T
    posts = posts_read[source] if graph.directed else posts_read[source] + posts_read[target]
    result: Floats = np.divide(1000.0 * weight, posts, out=np.full(len(posts), np.nan), where=posts > 0)
    return result
