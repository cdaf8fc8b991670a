"""GraphML, read back by networkx and igraph."""

from __future__ import annotations

import json
from pathlib import Path

import igraph
import networkx as nx
import pytest

from fedistats.export.csv_files import edges
from fedistats.export.gexf import gexf
from fedistats.export.graphml import graphml
from fedistats.export.json_documents import neighborhood_json
from fedistats.export.schema import SCHEMA
from tests.export.samples import LANGUAGES_AND_HASHTAGS, sample_graph, start_only_graph, write_text


@pytest.mark.parametrize("directed", [False, True])
def test_networkx_reads_back_nodes_edges_and_types(tmp_path: Path, directed: bool) -> None:
    sample = sample_graph(directed)
    hosts = [node.host for node in sample.nodes]
    expected = {(hosts[a], hosts[b], posts) for a, b, posts in sample.edges.tolist()}
    for graph in (
        nx.read_graphml(write_text(tmp_path, "x.graphml", graphml(sample))),
        nx.read_gexf(write_text(tmp_path, "x.gexf", gexf(sample))),
    ):
        assert graph.is_directed() is directed
        assert {(a, b, data["weight"]) for a, b, data in graph.edges(data=True)} == expected
        assert all(float(data["weight"]).is_integer() for *_, data in graph.edges(data=True))
        attributes = graph.nodes["z.example"]
        assert attributes["label"] == "z.example"
        assert (attributes["outcome"], attributes["reason"], attributes["answered"], attributes["start"]) == (
            "closed",
            "so & so",
            False,
            False,
        )
        assert (attributes["posts_read"], attributes["strength"], attributes["community"]) == (0, 30, 0)
        assert (attributes["community_name"], attributes["community_common"]) == (
            "home.example · z.example",
            "English, #art",
        )
        assert graph.nodes["a.example"]["community"] == -1
        assert graph.nodes["home.example"]["start"] is True
        assert (
            graph.nodes["home.example"]["languages"],
            graph.nodes["home.example"]["hashtags"],
        ) == LANGUAGES_AND_HASHTAGS
        assert not {"languages", "hashtags"} & set(graph.nodes["z.example"])


def test_graph_attributes_hold_the_provenance(tmp_path: Path) -> None:
    graph = nx.read_graphml(write_text(tmp_path, "x.graphml", graphml(sample_graph())))
    attributes = graph.graph
    assert (attributes["host"], attributes["date"], attributes["fedistats_version"]) == (
        "home.example",
        "2026-11-02T12:00:00Z",
        "1.2.3",
    )
    assert (attributes["posts"], attributes["min_posts"], attributes["rule"]) == (
        200,
        5,
        "an edge where 5 < posts & more",
    )
    assert (attributes["instances_found"], attributes["instances_asked"], attributes["instances_closed"]) == (4, 3, 1)
    assert (attributes["posts_read"], attributes["posts_left_out"], attributes["schema"]) == (200, 7, SCHEMA)


@pytest.mark.parametrize("directed", [False, True])
def test_igraph_reads_back_weights_and_types(tmp_path: Path, directed: bool) -> None:
    sample = sample_graph(directed)
    graph = igraph.Graph.Read_GraphML(write_text(tmp_path, "x.graphml", graphml(sample)))
    assert graph.is_directed() is directed
    assert graph.vs["label"] == [node.host for node in sample.nodes]
    assert graph.vs["answered"] == [False, True, False]
    assert sorted(graph.es["weight"]) == sorted(sample.edges[:, 2].tolist())


def test_graph_of_the_start_only(tmp_path: Path) -> None:
    assert list(nx.read_graphml(write_text(tmp_path, "x.graphml", graphml(start_only_graph())))) == ["home.example"]
    assert list(nx.read_gexf(write_text(tmp_path, "x.gexf", gexf(start_only_graph())))) == ["home.example"]
    assert "".join(edges(start_only_graph())) == "Source,Target,Type,Weight,read_on_source,read_on_target\n"
    assert json.loads(neighborhood_json(start_only_graph()))["edges"] == []
