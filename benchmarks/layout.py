"""Layouts by forces: what they cost and how well they show the communities that were planted, beside networkx's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Claim, Figures, Result, Size, fresh, in_turn, measured

OURS, SPRING = "fedistats force_atlas + page", "networkx spring_layout"
_SCIPY = 500
"""Nodes from which on it does its work by scipy."""
_SEEN = 2000
"""Of bigger graphs, the neighbours of so many nodes are looked at."""
_TOGETHER = 1_000
"""Nodes from which on a layout should not take longer than networkx's; below, all are quick."""
_WANTED = {3_000: 1.0, 10_000: 2.0, 30_000: 5.0}
"""Nodes -> seconds of CPU."""


def run(size: Size) -> Result:
    result = Result()
    small = {"toy": [(60, 240)]}.get(size, [(300, 1_500), (1_000, 7_000)])
    big = [] if size == "toy" else [(3_000, 25_000), (10_000, 94_000), (30_000, 400_000)]
    for n, m in small:
        names = [name for name in LAYOUTS if name != SPRING or n < _SCIPY or find_spec("scipy")]
        found = _beside(result, n, m, names, 3 if size == "full" else 1)
        if SPRING not in names:
            result.notes.append(f"{SPRING} of {n:,} nodes wants scipy, which is not installed: not measured")
        for peer in [name for name in names if name != OURS and n >= _TOGETHER]:
            result.claims.append(
                Claim(
                    f"{n:,} nodes: CPU of {peer} / ours", found[peer]["cpu s"] / found[OURS]["cpu s"], 1, at_most=False
                )
            )
    for n, m in big:
        cost = _beside(result, n, m, [OURS], 3 if size == "full" else 1)[OURS]
        result.claims.append(Claim(f"{n:,} nodes: CPU of force_atlas (s)", cost["layout cpu s"], _WANTED[n]))
        if n == 3_000:
            result.claims.append(Claim("10 nearest in the same community", cost["at home"], 0.45, at_most=False))
        if n == 30_000:
            result.claims.append(Claim("peak (MB)", cost["peak MB"], 500))
    return result


def _beside(result: Result, n: int, m: int, names: list[str], rounds: int) -> dict[str, Figures]:
    found = in_turn(rounds, {name: partial(fresh, "layout:drawn", name=name, n=n, m=m) for name in names})
    result.rows += [{"layout": name, "nodes": n, "edges": m} | told for name, told in found.items()]
    return found


def drawn(name: str, n: int, m: int) -> Figures:
    """CPU and peak of one layout, the share of the 10 nearest drawn neighbours in the same community, how far the hub is off the
    middle in median radii."""
    from tests.graphs import planted_graph

    edges, community = planted_graph(n, m)
    figures, points = LAYOUTS[name](edges, n)
    distance = np.hypot(*(points - np.median(points, axis=0)).T)
    return figures | {"at home": at_home(points, community), "hub off": float(distance[0] / np.median(distance))}


def at_home(points: NDArray[np.float64], community: NDArray[np.int64]) -> float:
    shares = []
    for node in range(0, len(points), max(1, len(points) // _SEEN)):
        distance = np.hypot(*(points - points[node]).T)
        nearest = np.argpartition(distance, 10)[:11]
        shares.append(float((community[nearest[nearest != node]] == community[node]).mean()))
    return float(np.mean(shares))


def _ours(edges: NDArray[np.int64], n: int) -> tuple[Figures, NDArray[np.float64]]:
    from fedistats.analysis.layout import force_atlas
    from fedistats.analysis.page_layout import fill_page

    weight = np.bincount(edges[:, :2].ravel(), np.repeat(edges[:, 2], 2), n).astype(np.float64)
    radii = 2 + 20 * np.sqrt(weight / weight.max())
    hosts = [f"h{node:05}.example" for node in range(n)]
    with measured() as whole:
        with measured() as layout:
            points = force_atlas(hosts, edges)
        page = fill_page(points, weight, radii, 1800, 1500, gap=2)
    return whole | {"layout cpu s": layout["cpu s"]}, page


def _networkx(layout: str) -> Callable[[NDArray[np.int64], int], tuple[Figures, NDArray[np.float64]]]:
    def run(edges: NDArray[np.int64], n: int) -> tuple[Figures, NDArray[np.float64]]:
        import networkx as nx

        graph: nx.Graph[int] = nx.Graph()
        graph.add_nodes_from(range(n))
        graph.add_weighted_edges_from(edges.tolist())
        with measured() as figures:
            found = getattr(nx, layout)(graph, seed=1)
        return figures, np.array([found[node] for node in range(n)])

    return run


LAYOUTS: dict[str, Callable[[NDArray[np.int64], int], tuple[Figures, NDArray[np.float64]]]] = {
    OURS: _ours,
    "networkx forceatlas2_layout": _networkx("forceatlas2_layout"),
    SPRING: _networkx("spring_layout"),
}
