"""Every export of a big graph, beside networkx's writer; with --full also read back by networkx, and compared."""

from __future__ import annotations

import csv
import pickle
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure import Claim, Figures, Result, Size, fresh, in_turn, measured

if TYPE_CHECKING:
    import networkx as nx

    from fedistats.export.formats import FileFormat
    from fedistats.model import NeighborhoodGraph

_SIZES: dict[Size, tuple[int, int]] = {"toy": (60, 240), "usual": (30_000, 490_000), "full": (30_000, 490_000)}
_WANTED = {"GraphML": 1.0, "GEXF": 2.0, "CSV": 1.0}
"""Seconds."""
PEER = "networkx.write_graphml"


def run(size: Size) -> Result:
    result = Result()
    nodes, edges = _SIZES[size]
    with tempfile.TemporaryDirectory() as folder:
        fresh("exports:made", folder=folder, nodes=nodes, edges=edges)
        found = in_turn(
            1 if size == "toy" else 3,
            {name: partial(fresh, "exports:written", folder=folder, name=name) for name in _present()},
        )
        if size != "usual":
            same = fresh("exports:read_back", folder=folder)
            result.claims += [
                Claim(f"{name} read back equal", float(equal), 1, at_most=False) for name, equal in same.items()
            ]
    result.rows += [{"export": name, "nodes": nodes, "edges": edges} | told for name, told in found.items()]
    result.claims += [Claim(f"{name}: CPU (s)", found[name]["cpu s"], wanted) for name, wanted in _WANTED.items()]
    result.claims.append(
        Claim(f"CPU of {PEER} / our GraphML", found[PEER]["cpu s"] / found["GraphML"]["cpu s"], 1, at_most=False)
    )
    return result


def made(folder: str, nodes: int, edges: int) -> Figures:
    """The graph, for all who write it."""
    from tests.graphs import planted_neighborhood

    (Path(folder) / "graph").write_bytes(pickle.dumps(planted_neighborhood(nodes, edges)))
    return {}


def _made(folder: str) -> NeighborhoodGraph:
    found: NeighborhoodGraph = pickle.loads((Path(folder) / "graph").read_bytes())
    return found


def written(folder: str, name: str) -> Figures:
    """What one writer costs; networkx's gets the graph as its own."""
    from fedistats.analysis.graph import to_networkx

    found = _made(folder)
    graph = to_networkx(found) if name == PEER else None
    with measured() as figures:
        WRITERS[name](Path(folder), graph or found)
    return figures


def _graphml(folder: Path, found: NeighborhoodGraph) -> None:
    from fedistats.export.graphml import graphml

    _save(folder / "x.graphml", graphml(found))


def _gexf(folder: Path, found: NeighborhoodGraph) -> None:
    import numpy as np

    from fedistats.export.gexf import NodeStyles, gexf

    # as it would look if it had been drawn: laying it out is another thing, and measured elsewhere
    n = len(found.nodes)
    styles = NodeStyles(np.random.default_rng(1).uniform(0, 2000, (n, 2)), [20.0] * n, ["#4477aa"] * n)
    _save(folder / "x.gexf", gexf(found, styles))


def _csv(folder: Path, found: NeighborhoodGraph) -> None:
    from fedistats.export import csv_files

    _save(folder / "edges.csv", csv_files.edges(found))
    _save(folder / "nodes.csv", csv_files.nodes(found))


def _files(kind: FileFormat, folder: Path, found: NeighborhoodGraph) -> None:
    from fedistats.export.exporter import export_files

    for path, chunks in export_files(found, kind, folder / f"x.{kind}").items():
        with path.open("wb") as file:
            file.writelines(chunks)


def _networkx(folder: Path, graph: nx.Graph[str]) -> None:
    import networkx as nx

    nx.write_graphml(graph, folder / "nx.graphml")


def _save(path: Path, chunks: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(chunks)


WRITERS: dict[str, Callable[[Path, Any], None]] = {
    "GraphML": _graphml,
    "GEXF": _gexf,
    "CSV": _csv,
    "JSON": partial(_files, "json"),
    "JSON Lines": partial(_files, "jsonl"),
    "SQLite": partial(_files, "sqlite"),
    "Parquet": partial(_files, "parquet"),
    PEER: _networkx,
}


def _present() -> list[str]:
    return [name for name in WRITERS if name != "Parquet" or find_spec("duckdb")]


def read_back(folder: str) -> Figures:
    """Does networkx find the same nodes, edges and weights in the files?"""
    import networkx as nx

    found = _made(folder)
    hosts = [node.host for node in found.nodes]
    wanted = {frozenset((hosts[a], hosts[b])): posts for a, b, posts in found.edges.tolist()}
    with (Path(folder) / "edges.csv").open(encoding="utf-8") as file:
        rows = ((row["Source"], row["Target"], int(row["Weight"])) for row in csv.DictReader(file))
        linked: nx.Graph[str] = nx.Graph()
        linked.add_nodes_from(hosts)
        linked.add_weighted_edges_from(rows)
    read = {
        "GraphML": nx.read_graphml(Path(folder) / "x.graphml"),
        "GEXF": nx.read_gexf(Path(folder) / "x.gexf"),
        "CSV": linked,
    }
    return {name: set(graph) == set(hosts) and _weights(graph) == wanted for name, graph in read.items()}


def _weights(graph: nx.Graph[str]) -> dict[frozenset[str], int]:
    return {frozenset((one, other)): int(data["weight"]) for one, other, data in graph.edges(data=True)}
