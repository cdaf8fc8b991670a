"""A neighborhood as JSON Lines (https://jsonlines.org/), streamed: one object on each line, whose `table` says what it is."""

from __future__ import annotations

import json
from collections.abc import Iterator

from fedistats.export import tables
from fedistats.export.schema import COVERAGE, EDGES, NODES, Table
from fedistats.model import NeighborhoodGraph


def json_lines(found: NeighborhoodGraph, *, ids_only: bool = False) -> Iterator[str]:
    """{"table": "about", ...} first; then each of the "nodes", "edges" and, unless `ids_only`, "coverage"."""
    yield _line({"table": "about", **tables.about(found, ids_only=ids_only)})
    yield from _lines(NODES, tables.nodes(found, ids_only=ids_only), ids_only=ids_only)
    # there are many more edges than nodes: what is said of an end is put together once
    hosts = [json.dumps(host, ensure_ascii=False) for host in tables.hosts(found)]
    sources = [f'{{"table": "{EDGES.name}", "source": {host}, "target": ' for host in hosts]
    targets = [f"{host}}}\n" if ids_only else f'{host}, "weight": ' for host in hosts]
    on_source, on_target = ', "read_on_source": ', ', "read_on_target": '
    for rows in tables.edge_rows(found):
        if ids_only:
            yield "".join([sources[a] + targets[b] for a, b, _, _, _ in rows])
        elif found.directed:
            yield "".join([f"{sources[a]}{targets[b]}{posts}}}\n" for a, b, posts, _, _ in rows])
        else:
            yield "".join(
                [
                    f"{sources[a]}{targets[b]}{posts}{on_source}{on_a}{on_target}{on_b}}}\n"
                    for a, b, posts, on_a, on_b in rows
                ]
            )
    if not ids_only:
        yield from _lines(COVERAGE, tables.coverage(found))


def _lines(table: Table, rows: Iterator[tuple[tables.Value, ...]], *, ids_only: bool = False) -> Iterator[str]:
    names = [column.name for column in table.columns(ids_only=ids_only)]
    return (_line({"table": table.name, **dict(zip(names, row, strict=True))}) for row in rows)


def _line(value: dict[str, tables.Value]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"
