"""A neighborhood as JSON Lines (https://jsonlines.org/): one object per line, whose `table` names the table that it is a row of."""

from __future__ import annotations

import json
from collections.abc import Iterator

from fedistats.export import tables
from fedistats.export.schema import COVERAGE, EDGES, NODES, Table
from fedistats.model import NeighborhoodGraph


def json_lines(graph: NeighborhoodGraph, *, ids_only: bool = False) -> Iterator[str]:
    """The text of the file, in chunks: {"table": "about", ...}, then the "nodes", the "edges" and, without `ids_only`, the "coverage"."""
    yield _line({"table": "about", **tables.about(graph, ids_only=ids_only)})
    yield from _lines(NODES, tables.nodes(graph, ids_only=ids_only), ids_only=ids_only)
    hosts = [json.dumps(host, ensure_ascii=False) for host in tables.hosts(graph)]
    sources = [f'{{"table": "{EDGES.name}", "source": {host}, "target": ' for host in hosts]
    targets = [f"{host}}}\n" if ids_only else f'{host}, "weight": ' for host in hosts]
    texts = ', "read_on_source": ', ', "read_on_target": ', "}\n"
    yield from map("".join, tables.edge_lines(graph, sources, targets, texts, ids_only=ids_only))
    if not ids_only:
        yield from _lines(COVERAGE, tables.coverage(graph))


def _lines(table: Table, rows: Iterator[tables.Row], *, ids_only: bool = False) -> Iterator[str]:
    names = [column.name for column in table.columns(ids_only=ids_only)]
    return (_line({"table": table.name, **dict(zip(names, row, strict=True))}) for row in rows)


def _line(value: dict[str, tables.Value]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
