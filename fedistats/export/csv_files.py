"""A neighborhood as CSV tables, streamed, with the column names that Gephi knows; also for spreadsheets."""

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


def edges(found: NeighborhoodGraph, *, ids_only: bool = False) -> Iterator[str]:
    """Source, Target, Type, Weight (posts) and, undirected, on which of the two they were read."""
    kind = "Directed" if found.directed else "Undirected"
    # there are many more edges than nodes: each name is quoted once
    sources = [_lines([[_cell(host)]])[:-1] for host in tables.hosts(found)]
    targets = [f"{name},{kind}\n" if ids_only else f"{name},{kind}," for name in sources]
    source, target, *telling = (column.csv_name for column in tables.edge_table(found).columns(ids_only=ids_only))
    yield _lines([[source, target, "Type", *telling]])
    for rows in tables.edge_rows(found):
        if ids_only:
            yield "".join([f"{sources[a]},{targets[b]}" for a, b, _, _, _ in rows])
        elif found.directed:
            yield "".join([f"{sources[a]},{targets[b]}{posts}\n" for a, b, posts, _, _ in rows])
        else:
            yield "".join([f"{sources[a]},{targets[b]}{posts},{on_a},{on_b}\n" for a, b, posts, on_a, on_b in rows])


def nodes(found: NeighborhoodGraph, *, ids_only: bool = False) -> Iterator[str]:
    """Id, Label (the host, twice), and what is known of each instance."""
    host, *others = (column.csv_name for column in NODES.columns(ids_only=ids_only))
    yield _lines([[host, "Label", *others]])
    yield _lines([_cell(row[0]), *map(_cell, row)] for row in tables.nodes(found, ids_only=ids_only))


def coverage(found: NeighborhoodGraph) -> Iterator[str]:
    """How it ended with every instance that was found."""
    yield _lines([[column.csv_name for column in COVERAGE.columns()]])
    yield _lines(map(_cell, row) for row in tables.coverage(found))


def about(found: NeighborhoodGraph, *, ids_only: bool = False) -> str:
    """What was asked and seen, as JSON for a file beside the tables: a comment inside them would break their readers."""
    return json.dumps(tables.about(found, ids_only=ids_only), ensure_ascii=False, indent=1) + "\n"


def _cell(value: Value) -> str | float | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return csv_cell(value) if value and isinstance(value, str) else value


def _lines(rows: Iterable[Iterable[str | float | None]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
