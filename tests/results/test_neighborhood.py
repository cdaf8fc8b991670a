"""The result of `fedistats.neighborhood`: tables, a networkx graph, pictures and files."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

import fedistats
from fedistats import demo
from fedistats.errors import InvalidFile, InvalidSetting, MissingExtra
from fedistats.export import schema
from tests.results.shared import LIBRARIES, column_names


def test_networkx_graph_has_provenance_and_edges(neighborhood: fedistats.Neighborhood) -> None:
    graph = neighborhood.to_networkx()
    assert (graph.graph["host"], graph.graph["posts"]) == (demo.START, 400)
    assert graph.graph["instances_found"] == neighborhood.coverage.found
    assert graph.number_of_edges() == len(neighborhood.edges) > 100


@pytest.mark.parametrize("directed", [False, True])
def test_networkx_graph_has_the_attributes_of_its_graphml(demo_store: Path, tmp_path: Path, *, directed: bool) -> None:
    result = fedistats.neighborhood(demo.START, posts=400, store=demo_store, offline=True, directed=directed)
    graph, from_file = result.to_networkx(), nx.read_graphml(result.save(tmp_path / "x.graphml")[0])
    for _, attributes in from_file.nodes(data=True):
        del attributes["label"]
    assert (graph.adj, dict(graph.nodes)) == (from_file.adj, dict(from_file.nodes))
    assert graph.graph.items() <= from_file.graph.items()
    assert ("read_on_source" in next(iter(graph.edges(data=True)))[2]) is not directed


@pytest.mark.parametrize("library", LIBRARIES)
def test_data_frames_of_edges_nodes_and_coverage(neighborhood: fedistats.Neighborhood, library: str) -> None:
    pytest.importorskip(library)
    to_frame = getattr(neighborhood, f"to_{library}")
    edges, nodes, coverage = to_frame(), to_frame("nodes"), to_frame("coverage")
    assert list(edges.columns) == column_names(schema.EDGES)
    assert list(nodes.columns) == column_names(schema.NODES)
    assert list(coverage.columns) == column_names(schema.COVERAGE)
    assert list(edges["weight"]) == neighborhood.edges[:, 2].tolist()
    assert list(nodes["host"]) == [node.host for node in neighborhood.nodes]
    assert len(coverage) == neighborhood.coverage.found
    source, target, _ = neighborhood.edges[7].tolist()
    hosts = [node.host for node in neighborhood.nodes]
    assert (edges["source"][7], edges["target"][7]) == (hosts[source], hosts[target])


def test_pandas_frame_has_nulls_and_provenance(neighborhood: fedistats.Neighborhood) -> None:
    pytest.importorskip("pandas")
    nodes = neighborhood.to_pandas("nodes")
    assert nodes["users"].isna().tolist() == [node.users is None for node in neighborhood.nodes]
    assert nodes["software"].isna().tolist() == [node.software is None for node in neighborhood.nodes]
    assert (nodes.attrs["host"], nodes.attrs["schema"]) == (demo.START, schema.SCHEMA)


@pytest.mark.parametrize("library", LIBRARIES)
def test_missing_library_is_named_with_its_extra(
    neighborhood: fedistats.Neighborhood, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingExtra) as raised:
        getattr(neighborhood, f"to_{library}")()
    assert str(raised.value) == f"{library} is needed for this and not installed: pip install 'fedistats[{library}]'"


def test_pictures_and_json_equal_the_files_of_the_command(
    neighborhood: fedistats.Neighborhood, demo_files: Path
) -> None:
    assert neighborhood._repr_png_() == (demo_files / "neighborhood.png").read_bytes()
    assert neighborhood.svg() == (demo_files / "neighborhood.svg").read_bytes()
    assert neighborhood.to_json().encode() == (demo_files / "neighborhood.json").read_bytes()


def test_theme_layout_and_top_change_the_picture(neighborhood: fedistats.Neighborhood) -> None:
    light = neighborhood.png(top=5)
    assert len({light, neighborhood.png(top=5, theme="dark"), neighborhood.png(top=5, layout="circle")}) == 3
    assert neighborhood.pdf(top=5).startswith(b"%PDF")


def test_unknown_choices_are_named_with_the_allowed_ones(
    neighborhood: fedistats.Neighborhood, profiles: fedistats.Profiles, posts: fedistats.Posts, tmp_path: Path
) -> None:
    spring: Any = "spring"
    for call, message in (
        (lambda: neighborhood.png(layout=spring), "layout must be 'force' or 'circle', not 'spring'"),
        (lambda: neighborhood.svg(theme=spring), "theme must be 'light' or 'dark', not 'spring'"),
        (lambda: neighborhood.pdf(top=0), "top must be a whole number of at least 1, not 0"),
        (lambda: neighborhood.to_pandas(spring), "table must be 'edges' or 'nodes' or 'coverage', not 'spring'"),
        (lambda: neighborhood.save(tmp_path / "x.csv", spring), "file_format must be 'graphml' or 'gexf' or "),
        (lambda: profiles.png(spring), "picture must be 'cloud' or 'words' or 'distributions', not 'spring'"),
        (lambda: profiles.svg("words", theme=spring), "theme must be"),
        (lambda: profiles.png(width=1), "width must be"),
        (lambda: profiles.to_polars(spring), "table must be 'words' or 'distributions', not 'spring'"),
        (lambda: posts.figure(theme=spring), "theme must be"),
    ):
        with pytest.raises(InvalidSetting) as raised:
            call()
        assert message in str(raised.value)
        assert isinstance(raised.value, ValueError)


def test_backbone_and_min_posts_select_edges(demo_store: Path, neighborhood: fedistats.Neighborhood) -> None:
    backbone = fedistats.neighborhood(demo.START, posts=400, backbone=0.05, store=demo_store, offline=True)
    strong = fedistats.neighborhood(demo.START, posts=400, min_posts=100, store=demo_store, offline=True)
    assert 0 < len(backbone.edges) < len(neighborhood.edges)
    assert backbone.about.parameters["min_posts"] == 1
    assert strong.edges[:, 2].min() >= 100
    assert backbone.to_networkx().graph["backbone"] == "0.05"


def test_save_takes_the_format_from_the_ending(neighborhood: fedistats.Neighborhood, tmp_path: Path) -> None:
    (path,) = neighborhood.save(tmp_path / "x.gexf")
    graph = nx.read_gexf(path)
    assert set(graph.nodes) == {node.host for node in neighborhood.nodes}
    assert all({"position", "size", "color"} <= set(data["viz"]) for _, data in graph.nodes(data=True))
    (path,) = neighborhood.save(tmp_path / "x", "json", ids_only=True)
    assert set(json.loads(path.read_text())["nodes"][0]) == {"host"}
    paths = neighborhood.save(tmp_path / "deposit", "package", license="CC0-1.0", authors=["Ada"])
    assert {path.parent for path in paths} == {tmp_path / "deposit"}
    assert 'name: "Ada"' in (tmp_path / "deposit/CITATION.cff").read_text()
    with pytest.raises(InvalidFile):
        neighborhood.save(tmp_path / "x.xlsx")


def test_repr_is_one_line_with_the_sizes(neighborhood: fedistats.Neighborhood) -> None:
    text = repr(neighborhood)
    assert text.startswith(f"<Neighborhood of {demo.START}, {neighborhood.about.date[:10]}: ")
    assert f"{len(neighborhood.nodes)} instances" in text
    assert len(text) < 400
