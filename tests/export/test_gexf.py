"""GEXF, as Gephi reads it."""

from __future__ import annotations

import json
from pathlib import Path

import networkx as nx
import numpy as np
from lxml import etree

from fedistats.export.gexf import NodeStyles, gexf
from fedistats.export.schema import SCHEMA
from tests.export.samples import STRICT_PARSER, sample_graph, write_text


def test_description_holds_the_provenance() -> None:
    root = etree.fromstring("".join(gexf(sample_graph())).encode(), STRICT_PARSER)
    space = {"g": "http://www.gexf.net/1.2draft"}
    assert root.get("version") == "1.2"
    meta = root.find("g:meta", space)
    assert meta is not None
    assert meta.get("lastmodifieddate") == "2026-11-02"
    provenance = json.loads(str(meta.findtext("g:description", namespaces=space)))
    assert (provenance["rule"], provenance["posts"]) == ("an edge where 5 < posts & more", 200)
    assert (provenance["instances_closed"], provenance["schema"]) == (1, SCHEMA)


def test_nodes_have_position_size_and_color(tmp_path: Path) -> None:
    positions = np.array([[0.0, 1.0], [2.5, 3.0], [-4.0, 5.25]])
    text = gexf(sample_graph(), NodeStyles(positions, [1.0, 2.0, 3.0], ["#ff0000", "#00ff00", "#0000ff"]))
    style = nx.read_gexf(write_text(tmp_path, "x.gexf", text)).nodes["z.example"]["viz"]
    assert (style["position"]["x"], style["position"]["y"], style["size"]) == (-4.0, 5.25, 3.0)
    assert (style["color"]["r"], style["color"]["g"], style["color"]["b"]) == (0, 0, 255)
