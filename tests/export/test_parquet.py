"""Parquet files."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from fedistats.errors import MissingExtra
from fedistats.export import parquet, tables
from fedistats.export.schema import NODES
from tests.export.samples import export_bytes, sample_graph, start_only_graph


def test_types_nulls_and_provenance_are_read_back(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    for path, data in export_bytes(sample_graph(), "parquet", ending=".parquet").items():
        (tmp_path / path).write_bytes(data)
    with duckdb.connect() as database:
        rows = database.sql(f"SELECT * FROM '{tmp_path}/it.parquet'")
        assert rows.columns == ["source", "target", "weight", "read_on_source", "read_on_target"]
        assert rows.fetchall() == [("a.example", "home.example", 6, 2, 4), ("home.example", "z.example", 30, 30, 0)]
        nodes = database.sql(f"SELECT * FROM '{tmp_path}/it-nodes.parquet'")
        assert nodes.columns == [column.name for column in NODES.columns()]
        assert nodes.fetchall() == list(tables.nodes(sample_graph()))
        (provenance,) = database.sql(
            f"SELECT decode(value) FROM parquet_kv_metadata('{tmp_path}/it.parquet') WHERE decode(key) = 'fedistats'"
        ).fetchall()[0]
        assert json.loads(provenance) == tables.about(sample_graph())


def test_table_without_edges_keeps_its_types(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    (tmp_path / "it.parquet").write_bytes(b"".join(parquet.edges(start_only_graph())))
    with duckdb.connect() as database:
        assert [str(kind) for kind in database.sql(f"SELECT * FROM '{tmp_path}/it.parquet'").types] == [
            "VARCHAR",
            "VARCHAR",
            "BIGINT",
            "BIGINT",
            "BIGINT",
        ]


def test_missing_duckdb_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(MissingExtra, match=r"pip install 'fedistats\[duckdb\]'"):
        b"".join(parquet.edges(sample_graph()))
