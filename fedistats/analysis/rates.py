"""Edges by how much of what was read they are, so that a short timeline counts as much as a long one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fedistats.model import NeighborhoodGraph


def rates(neighborhood: NeighborhoodGraph) -> NDArray[np.float64]:
    """The weight of each edge in posts per 1,000 posts read on the timelines of its two ends; directed, on the reader's alone.

    NaN where none was read.
    """
    read = np.array([node.posts_read for node in neighborhood.nodes], dtype=np.float64)
    one, other, weight = neighborhood.edges.T
    posts = read[one] if neighborhood.directed else read[one] + read[other]
    found: NDArray[np.float64] = np.divide(1000.0 * weight, posts, out=np.full(len(posts), np.nan), where=posts > 0)
    return found
