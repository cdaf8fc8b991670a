"""The SQLite file."""

from __future__ import annotations

import pytest

from fedistats.export import tables
from fedistats.export.schema import SCHEMA
from fedistats.export.sqlite_file import sqlite_file
from tests.export.samples import open_sqlite, sample_graph


@pytest.mark.parametrize("directed", [False, True])
def test_tables_hold_instances_edges_coverage_and_provenance(directed: bool) -> None:
    graph = sample_graph(directed)
    with open_sqlite(b"".join(sqlite_file(graph))) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (SCHEMA,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert dict(database.execute("SELECT name, value FROM about")) == tables.about(graph)
        assert set(database.execute("SELECT source, target, weight FROM edge")) == {
            ("a.example", "home.example", 6),
            ("home.example", "z.example", 30),
            *([("z.example", "home.example", 5)] if directed else []),
        }
        users = dict(database.execute("SELECT host, users FROM instance"))
        assert users == {"a.example": None, "home.example": 77, "z.example": None}
        assert database.execute("SELECT outcome, reason FROM coverage WHERE host = 'dead.example'").fetchone() == (
            "dead",
            "dns",
        )
