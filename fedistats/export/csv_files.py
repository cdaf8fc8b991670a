"""A neighborhood as CSV tables, with the column names that Gephi expects; also for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator

from fedistats.export import tables
from fedistats.export.schema import COVERAGE, NODES
from fedistats.export.tables import Value
from fedistats.model import NeighborhoodGraph
from fedistats.text.html import csv_cell


def edges(graph: NeighborhoodGraph, *, ids_only: bool = False) -> Iterator[str]:
    """The edges in chunks: Source, Target, Type, Weight (posts) and, if undirected, on which of the two the posts were read."""
    edge_type = "Directed" if graph.directed else "Undirected"
    source, target, *others = (column.csv_name for column in tables.edge_table(graph).columns(ids_only=ids_only))
    yield _lines([[source, target, "Type", *others]])
    sources = [_lines([[_cell(host)]])[:-1] + "," for host in tables.hosts(graph)]
    targets = [f"{name}{edge_type}\n" if ids_only else f"{name}{edge_type}," for name in sources]
    yield from map("".join, tables.edge_lines(graph, sources, targets, (",", ",", "\n"), ids_only=ids_only))


def nodes(graph: NeighborhoodGraph, *, ids_only: bool = False) -> Iterator[str]:
    """The nodes in chunks: Id and Label (both are the host), then the other columns."""
    host_name, *others = (column.csv_name for column in NODES.columns(ids_only=ids_only))
    yield _lines([[host_name, "Label", *others]])
    yield _lines([_cell(row[0]), *map(_cell, row)] for row in tables.nodes(graph, ids_only=ids_only))


def coverage(graph: NeighborhoodGraph) -> Iterator[str]:
    """The outcome of each instance that was found, in chunks."""
    yield _lines([[column.csv_name for column in COVERAGE.columns()]])
    yield _lines(map(_cell, row) for row in tables.coverage(graph))


def about(graph: NeighborhoodGraph, *, ids_only: bool = False) -> str:
    """The provenance as JSON, for a file of its own: programs that read CSV do not expect a comment in it."""
    return json.dumps(tables.about(graph, ids_only=ids_only), ensure_ascii=False, indent=1) + "\n"


def _cell(value: Value) -> str | float | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return csv_cell(value) if value and isinstance(value, str) else value


def _lines(rows: Iterable[Iterable[str | float | None]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
