"""A neighborhood as a small SQLite file: for SQL, Datasette, and whatever else opens one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing

from fedistats.export import tables
from fedistats.export.schema import COVERAGE, NODES, SCHEMA, Column
from fedistats.export.tables import Value
from fedistats.model import NeighborhoodGraph

_TYPES = {"string": "TEXT", "integer": "INTEGER", "boolean": "INTEGER"}
_CHUNK = 1 << 20


def sqlite_file(found: NeighborhoodGraph, *, ids_only: bool = False) -> Iterator[bytes]:
    """The file, in chunks: the tables `about` (name, value), `instance` (the nodes), `edge` and, unless `ids_only`, `coverage`.

    `user_version` is the number of the schema. It is put together in memory: some 100 bytes an edge.
    """
    nodes, edges = (table.columns(ids_only=ids_only) for table in (NODES, tables.edge_table(found)))
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(f"PRAGMA user_version = {SCHEMA}")
        database.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID")
        database.execute(f"CREATE TABLE instance ({_columns(nodes)}, PRIMARY KEY (host)) WITHOUT ROWID")
        database.execute(
            f"CREATE TABLE edge ({_columns(edges)}, PRIMARY KEY (source, target),"
            " FOREIGN KEY (source) REFERENCES instance, FOREIGN KEY (target) REFERENCES instance) WITHOUT ROWID"
        )
        _fill(database, "about", 2, tables.about(found, ids_only=ids_only).items())
        _fill(database, "instance", len(nodes), tables.nodes(found, ids_only=ids_only))
        told = (column.tolist() for column in tables.edges(found)[: len(edges)])
        _fill(database, "edge", len(edges), zip(*told, strict=True))
        database.execute("CREATE INDEX edge_by_target ON edge (target)")
        if not ids_only:
            database.execute(
                f"CREATE TABLE coverage ({_columns(COVERAGE.columns())}, PRIMARY KEY (host)) WITHOUT ROWID"
            )
            _fill(database, "coverage", len(COVERAGE.columns()), tables.coverage(found))
        database.commit()
        whole = database.serialize()
    for begin in range(0, len(whole), _CHUNK):
        yield whole[begin : begin + _CHUNK]


def _columns(columns: Iterable[Column]) -> str:
    return ", ".join(
        f"{column.name} {_TYPES[column.type]}{'' if column.nullable else ' NOT NULL'}" for column in columns
    )


def _fill(database: sqlite3.Connection, table: str, width: int, rows: Iterable[tuple[Value, ...]]) -> None:
    database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * width)})", rows)
