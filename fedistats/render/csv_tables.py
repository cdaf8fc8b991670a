"""A neighborhood as two CSV tables with the column names that Gephi knows, streamed; also for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from fedistats.model import Neighborhood
from fedistats.render.graph_attributes import Value, of_nodes
from fedistats.text import csv_cell

_LINES_AT_ONCE = 20_000


def edges(found: Neighborhood) -> Iterator[str]:
    """Source, Target, Type, Weight (posts)."""
    kind = "Directed" if found.directed else "Undirected"
    # there are many more edges than nodes: each name is quoted once
    names = [_lines([[csv_cell(node.host)]])[:-1] for node in found.nodes]
    targets = [f"{name},{kind}," for name in names]
    yield "Source,Target,Type,Weight\n"
    for begin in range(0, len(found.edges), _LINES_AT_ONCE):
        rows = found.edges[begin : begin + _LINES_AT_ONCE].tolist()
        yield "".join([f"{names[a]},{targets[b]}{posts}\n" for a, b, posts in rows])


def nodes(found: Neighborhood) -> Iterator[str]:
    """Id, Label, and what is known of each instance."""
    rows = list(of_nodes(found))
    columns = [name for name in rows[0][1] if name != "label"] if rows else []
    yield _lines([["Id", "Label", *columns]])
    yield _lines(
        [csv_cell(node.host), csv_cell(node.host), *(_cell(values[name]) for name in columns)] for node, values in rows
    )


def _cell(value: Value) -> str | int:
    if isinstance(value, bool):
        return "true" if value else "false"
    return csv_cell(value) if isinstance(value, str) else value


def _lines(rows: Iterable[Iterable[str | int]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
