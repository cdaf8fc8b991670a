"""CSV files for Gephi and spreadsheets."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from fedistats.export import tables
from fedistats.export.csv_files import edges, nodes
from fedistats.hosts import Host
from tests.export.samples import export_bytes, sample_graph


@pytest.mark.parametrize(("directed", "edge_type"), [(False, "Undirected"), (True, "Directed")])
def test_columns_have_the_names_of_gephi(directed: bool, edge_type: str) -> None:
    rows = list(csv.DictReader(io.StringIO("".join(edges(sample_graph(directed))))))
    directions = {} if directed else {"read_on_source": "2", "read_on_target": "4"}
    assert rows[0] == {"Source": "a.example", "Target": "home.example", "Type": edge_type, "Weight": "6", **directions}
    assert len(rows) == len(sample_graph(directed).edges)
    instances = {row["Id"]: row for row in csv.DictReader(io.StringIO("".join(nodes(sample_graph()))))}
    assert instances["z.example"]["Label"] == "z.example"
    assert (instances["z.example"]["outcome"], instances["z.example"]["answered"]) == ("closed", "false")
    assert (instances["home.example"]["start"], instances["home.example"]["posts_read"]) == ("true", "200")


def test_no_cell_is_a_formula() -> None:
    graph = sample_graph()
    bad = replace(graph, nodes=(replace(graph.nodes[0], host=Host("=HYPERLINK(1)"), reason="+1,2"), *graph.nodes[1:]))
    for row in csv.reader(io.StringIO("".join(edges(bad)) + "".join(nodes(bad)))):
        assert not any(cell.startswith(("=", "+", "@", "\t")) for cell in row)
        assert not any(cell.startswith("-") for cell in row if cell != "-1")


def test_provenance_is_a_file_of_its_own() -> None:
    files = export_bytes(sample_graph(), "csv", ending=".csv")
    assert list(files) == ["it.csv", "it-nodes.csv", "it-about.json"]
    assert json.loads(files["it-about.json"]) == tables.about(sample_graph())
    assert not files["it.csv"].startswith(b"#")
