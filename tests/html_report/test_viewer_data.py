"""The JSON from which the viewer draws the graph and fills the table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.html_report.samples import report, sample_graph, viewer_data


def test_the_data_holds_the_nodes_and_edges_of_the_graph() -> None:
    graph = sample_graph()
    data = viewer_data(report(neighborhood=graph))
    assert data["hosts"] == [node.host for node in graph.nodes]
    numbers, edges, node = data["edges"], [], 0
    for i in range(0, len(numbers), 4):
        node += numbers[i]
        edges.append([node, *numbers[i + 1 : i + 4]])
    assert [edge[:2] for edge in edges] == graph.edges[:, :2].tolist()
    assert [edge[2:] for edge in edges] == graph.incoming.tolist()
    assert [edge[2] + edge[3] for edge in edges] == graph.edges[:, 2].tolist()
    assert sum(data["pagerank"]) == pytest.approx(100, rel=0.01)
    assert data["hosts"][data["start"]] == graph.start


def test_the_data_holds_what_is_known_of_each_instance() -> None:
    graph = sample_graph()
    data = viewer_data(report(neighborhood=graph))
    assert [data["software"][i] for i in data["softwareIndex"]] == [
        f"{node.software} {node.version}" for node in graph.nodes
    ]
    assert data["users"] == [77] * 4
    assert [data["answered"][i] for i in data["outcome"]] == [int(node.outcome.answered) for node in graph.nodes]


def test_unknown_software_is_empty_and_an_unknown_number_of_users_is_minus_one() -> None:
    graph = sample_graph()
    nodes = tuple(replace(node, software=None, version=None, users=None) for node in graph.nodes)
    data = viewer_data(report(neighborhood=replace(graph, nodes=nodes)))
    assert data["users"] == [-1] * 4
    assert [data["software"][i] for i in data["softwareIndex"]] == [""] * 4
