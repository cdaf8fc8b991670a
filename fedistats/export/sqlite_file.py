"""A neighborhood as a small SQLite file: for SQL, Datasette and other tools."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing

from fedistats.export import tables
from fedistats.export.schema import COVERAGE, NODES, SCHEMA, Column
from fedistats.model import NeighborhoodGraph

_SQL_TYPES = {"string": "TEXT", "integer": "INTEGER", "boolean": "INTEGER"}
_CHUNK = 1 << 20


def sqlite_file(graph: NeighborhoodGraph, *, ids_only: bool = False) -> Iterator[bytes]:
    """The file, in chunks: the tables `about` (name, value), `instance` (the nodes), `edge` and, without `ids_only`, `coverage`.

    `user_version` is the schema number. The file is built in memory: about 100 bytes per edge.
    """
    node_columns, edge_columns = (table.columns(ids_only=ids_only) for table in (NODES, tables.edge_table(graph)))
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(f"PRAGMA user_version = {SCHEMA}")
        database.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID")
        database.execute(f"CREATE TABLE instance ({_definitions(node_columns)}, PRIMARY KEY (host)) WITHOUT ROWID")
        database.execute(
            f"CREATE TABLE edge ({_definitions(edge_columns)}, PRIMARY KEY (source, target),"
            " FOREIGN KEY (source) REFERENCES instance, FOREIGN KEY (target) REFERENCES instance) WITHOUT ROWID"
        )
        _insert(database, "about", 2, tables.about(graph, ids_only=ids_only).items())
        _insert(database, "instance", len(node_columns), tables.nodes(graph, ids_only=ids_only))
        values = (column.tolist() for column in tables.edges(graph)[: len(edge_columns)])
        _insert(database, "edge", len(edge_columns), zip(*values, strict=True))
        database.execute("CREATE INDEX edge_by_target ON edge (target)")
        if not ids_only:
            columns = COVERAGE.columns()
            database.execute(f"CREATE TABLE coverage ({_definitions(columns)}, PRIMARY KEY (host)) WITHOUT ROWID")
            _insert(database, "coverage", len(columns), tables.coverage(graph))
        database.commit()
        data = database.serialize()
    for begin in range(0, len(data), _CHUNK):
        yield data[begin : begin + _CHUNK]


def _definitions(columns: Iterable[Column]) -> str:
    return ", ".join(
        f"{column.name} {_SQL_TYPES[column.type]}{'' if column.nullable else ' NOT NULL'}" for column in columns
    )


def _insert(database: sqlite3.Connection, table: str, width: int, rows: Iterable[tables.Row]) -> None:
    database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * width)})", rows)
