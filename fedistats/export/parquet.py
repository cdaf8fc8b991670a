"""Tables of a neighborhood as Parquet (https://parquet.apache.org/), written by DuckDB (the extra `duckdb`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fedistats.export import tables
from fedistats.export.extras import extra
from fedistats.export.schema import NODES, Column
from fedistats.model import NeighborhoodGraph

_SQL_TYPES = {"string": "VARCHAR", "integer": "BIGINT", "boolean": "BOOLEAN"}
_NUMPY_TYPES = {"string": object, "integer": np.int64, "boolean": np.bool_}
_NULLS = {"string": "", "integer": -1}
"""What replaces null on the way into DuckDB: values that no nullable column can have."""
_CHUNK = 1 << 20


def edges(graph: NeighborhoodGraph, *, ids_only: bool = False) -> Iterator[bytes]:
    """The edges as a Parquet file, in chunks, with the provenance as JSON under the key `fedistats` of its metadata.

    Raises MissingExtra.
    """
    columns = tables.edge_table(graph).columns(ids_only=ids_only)
    return _parquet(columns, tables.edges(graph)[: len(columns)], tables.about(graph, ids_only=ids_only))


def nodes(graph: NeighborhoodGraph, *, ids_only: bool = False) -> Iterator[bytes]:
    """The nodes as a Parquet file like that of the edges."""
    columns, rows = NODES.columns(ids_only=ids_only), list(tables.nodes(graph, ids_only=ids_only))
    arrays: list[NDArray[Any]] = [
        np.array([_NULLS[column.type] if row[i] is None else row[i] for row in rows], _NUMPY_TYPES[column.type])
        for i, column in enumerate(columns)
    ]
    return _parquet(columns, arrays, tables.about(graph, ids_only=ids_only))


def _parquet(
    columns: Sequence[Column], arrays: Sequence[NDArray[Any]], about: Mapping[str, tables.Value]
) -> Iterator[bytes]:
    duckdb = extra("duckdb")
    expressions = ", ".join(map(_sql_expression, columns))
    about_json = json.dumps(about, ensure_ascii=False).replace("'", "''")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        sql_path = str(path).replace("'", "''")
        # with one thread, the same rows give the same bytes
        with duckdb.connect(config={"threads": 1}) as database:
            database.register("arrays", {column.name: array for column, array in zip(columns, arrays, strict=True)})
            database.execute(
                f"COPY (SELECT {expressions} FROM arrays) TO '{sql_path}'"
                f" (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{fedistats: '{about_json}'}})"
            )
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk


def _sql_expression(column: Column) -> str:
    value = f"{column.name}::{_SQL_TYPES[column.type]}"  # DuckDB cannot tell the type of an empty array
    if column.nullable:
        value = f"nullif({value}, {_NULLS[column.type]!r})"
    return f"{value} AS {column.name}"
