"""The schema of all tables, and its document."""

from __future__ import annotations

from pathlib import Path

from fedistats.export import tables
from fedistats.export.schema import ABOUT as ABOUT_TEXT
from fedistats.export.schema import COVERAGE, DIRECTED_EDGES, EDGES, NODES, OUTCOMES
from fedistats.export.schema_document import describe
from fedistats.model import Outcome
from tests.export.samples import sample_graph


def test_schema_document_is_up_to_date() -> None:
    assert (Path(__file__).parents[2] / "docs/schema.md").read_text() == describe(), (
        "python -m fedistats.export.schema_document"
    )


def test_rows_have_the_types_of_the_schema() -> None:
    types: dict[str, tuple[type, ...]] = {"string": (str,), "integer": (int,), "boolean": (bool,)}
    for table, rows in ((NODES, tables.nodes(sample_graph())), (COVERAGE, tables.coverage(sample_graph()))):
        for row in rows:
            for column, value in zip(table.columns(), row, strict=True):
                assert type(value) in types[column.type] or (value is None and column.nullable), column.name
    assert len(tables.edges(sample_graph())) == len(EDGES.columns())
    for directed, expected in ((False, EDGES), (True, DIRECTED_EDGES)):
        assert tables.edge_table(sample_graph(directed)) is expected


def test_each_outcome_and_each_name_of_the_provenance_is_described() -> None:
    assert set(OUTCOMES) == set(Outcome)
    names = {
        "instances_OUTCOME" if name.startswith("instances_") and name not in ABOUT_TEXT else name
        for name in tables.about(sample_graph())
    }
    assert names <= set(ABOUT_TEXT)
    assert set(ABOUT_TEXT) - names <= {"directed", "backbone", "depth", "list", "max_hosts"}
