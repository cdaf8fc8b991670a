"""Tables of a neighborhood as Parquet (https://parquet.apache.org/), by DuckDB, which the extra `duckdb` brings."""

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

_TYPES = {"string": "VARCHAR", "integer": "BIGINT", "boolean": "BOOLEAN"}
_ARRAYS = {"string": object, "integer": np.int64, "boolean": np.bool_}
_NULLS = {"string": "", "integer": -1}
"""What stands for null on the way into DuckDB: nothing that a nullable column could hold."""
_CHUNK = 1 << 20


def edges(found: NeighborhoodGraph, *, ids_only: bool = False) -> Iterator[bytes]:
    """The file, in chunks, with what was asked and seen as JSON under the key `fedistats` of its metadata. Raises MissingExtra."""
    columns = tables.edge_table(found).columns(ids_only=ids_only)
    return _parquet(columns, tables.edges(found)[: len(columns)], tables.about(found, ids_only=ids_only))


def nodes(found: NeighborhoodGraph, *, ids_only: bool = False) -> Iterator[bytes]:
    """The same of the nodes."""
    columns, rows = NODES.columns(ids_only=ids_only), list(tables.nodes(found, ids_only=ids_only))
    values: list[NDArray[Any]] = [
        np.array([_NULLS[column.type] if row[i] is None else row[i] for row in rows], _ARRAYS[column.type])
        for i, column in enumerate(columns)
    ]
    return _parquet(columns, values, tables.about(found, ids_only=ids_only))


def _parquet(
    columns: Sequence[Column], values: Sequence[NDArray[Any]], about: Mapping[str, tables.Value]
) -> Iterator[bytes]:
    duckdb = extra("duckdb")
    typed = ", ".join(_typed(column) for column in columns)
    told = json.dumps(about, ensure_ascii=False).replace("'", "''")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.parquet"
        path_text = str(path).replace("'", "''")
        # one thread, so that the same rows give the same bytes
        with duckdb.connect(config={"threads": 1}) as database:
            database.register("found", {column.name: part for column, part in zip(columns, values, strict=True)})
            database.execute(
                f"COPY (SELECT {typed} FROM found) TO '{path_text}'"
                f" (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{fedistats: '{told}'}})"
            )
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk


def _typed(column: Column) -> str:
    value = f"{column.name}::{_TYPES[column.type]}"  # an empty array has no type of its own
    if column.nullable:
        value = f"nullif({value}, {_NULLS[column.type]!r})"
    return f"{value} AS {column.name}"
