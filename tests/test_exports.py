"""What other programs read of a neighborhood: GraphML, GEXF, CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import igraph
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from fedistats.model import About, Activity, Community, Coverage, Host, Instance, Neighborhood, Node, Outcome
from fedistats.render.csv_tables import edges, nodes
from fedistats.render.gexf import gexf
from fedistats.render.graphml import graphml
from fedistats.render.json_text import SCHEMA_VERSION, as_json, neighborhood_json
from fedistats.text import clean
from tests.made_up import heard

STRICT = etree.XMLParser(recover=False, resolve_entities=False, huge_tree=False)
ABOUT = About(
    Host("home.example"),
    "2026-11-02T12:00:00Z",
    {"host": "home.example", "posts": 200, "min_posts": 5, "rule": "an edge where 5 < posts & more"},
    "1.2.3",
)


def world(directed: bool = False) -> Neighborhood:
    """Three instances: one that was read whole, one that is closed, one that was not asked."""
    edges = np.array([[0, 1, 6], [1, 2, 30]] + ([[2, 1, 5]] if directed else []), dtype=np.int64)
    return Neighborhood(
        about=ABOUT,
        coverage=Coverage({Outcome.WHOLE: 1, Outcome.CLOSED: 1, Outcome.NOT_ASKED: 1}, 200, 7),
        start=Host("home.example"),
        directed=directed,
        nodes=(
            Node(Host("a.example"), Outcome.NOT_ASKED, "", 6, 0, None),
            Node(Host("home.example"), Outcome.WHOLE, "", 36, 200, 0),
            Node(Host("z.example"), Outcome.CLOSED, "so & so", 30, 0, 0),
        ),
        edges=edges,
        heard=heard(edges),
        communities=(Community("home.example · z.example", 2, "English, #art"),),
    )


def saved(folder: Path, name: str, chunks: Iterator[str]) -> str:
    path = folder / name
    path.write_text("".join(chunks), "utf-8")
    return str(path)


@pytest.mark.parametrize("directed", [False, True])
def test_networkx_reads_back_nodes_edges_and_types(tmp_path: Path, directed: bool) -> None:
    found = world(directed)
    hosts = [node.host for node in found.nodes]
    wanted = {(hosts[a], hosts[b], posts) for a, b, posts in found.edges.tolist()}
    for graph in (
        nx.read_graphml(saved(tmp_path, "x.graphml", graphml(found))),
        nx.read_gexf(saved(tmp_path, "x.gexf", gexf(found))),
    ):
        assert graph.is_directed() is directed
        assert {(a, b, data["weight"]) for a, b, data in graph.edges(data=True)} == wanted
        assert all(float(data["weight"]).is_integer() for *_, data in graph.edges(data=True))
        told = graph.nodes["z.example"]
        assert told["label"] == "z.example"
        assert (told["outcome"], told["reason"], told["answered"], told["start"]) == ("closed", "so & so", False, False)
        assert (told["posts_read"], told["strength"], told["community"]) == (0, 30, 0)
        assert (told["community_name"], told["community_common"]) == ("home.example · z.example", "English, #art")
        assert graph.nodes["a.example"]["community"] == -1
        assert graph.nodes["home.example"]["start"] is True


def test_graphml_says_of_the_graph_what_was_asked_and_seen(tmp_path: Path) -> None:
    graph = nx.read_graphml(saved(tmp_path, "x.graphml", graphml(world())))
    told = graph.graph
    assert (told["host"], told["date"], told["fedistats_version"]) == ("home.example", "2026-11-02T12:00:00Z", "1.2.3")
    assert (told["posts"], told["min_posts"], told["rule"]) == (200, 5, "an edge where 5 < posts & more")
    assert (told["instances_found"], told["instances_asked"], told["instances_closed"]) == (3, 2, 1)
    assert (told["posts_read"], told["posts_left_out"]) == (200, 7)


def test_gexf_says_in_its_description_what_was_asked_and_seen() -> None:
    root = etree.fromstring("".join(gexf(world())).encode(), STRICT)
    space = {"g": "http://gexf.net/1.3"}
    assert root.get("version") == "1.3"
    meta = root.find("g:meta", space)
    assert meta is not None
    assert meta.get("lastmodifieddate") == "2026-11-02"
    told = str(meta.findtext("g:description", namespaces=space))
    assert "rule: an edge where 5 < posts & more" in told
    assert "instances_closed: 1" in told


@pytest.mark.parametrize("directed", [False, True])
def test_igraph_reads_back_weights_and_types(tmp_path: Path, directed: bool) -> None:
    found = world(directed)
    graph = igraph.Graph.Read_GraphML(saved(tmp_path, "x.graphml", graphml(found)))
    assert graph.is_directed() is directed
    assert graph.vs["label"] == [node.host for node in found.nodes]
    assert graph.vs["answered"] == [False, True, False]
    assert sorted(graph.es["weight"]) == sorted(found.edges[:, 2].tolist())


def test_gephi_opens_the_gexf_as_it_was_drawn(tmp_path: Path) -> None:
    positions = np.array([[0.0, 1.0], [2.5, 3.0], [-4.0, 5.25]])
    text = gexf(world(), positions, [1.0, 2.0, 3.0], ["#ff0000", "#00ff00", "#0000ff"])
    look = nx.read_gexf(saved(tmp_path, "x.gexf", text)).nodes["z.example"]["viz"]
    assert (look["position"]["x"], look["position"]["y"], look["size"]) == (-4.0, 5.25, 3.0)
    assert (look["color"]["r"], look["color"]["g"], look["color"]["b"]) == (0, 0, 255)


@pytest.mark.parametrize(("directed", "kind"), [(False, "Undirected"), (True, "Directed")])
def test_csv_has_the_columns_that_gephi_knows(directed: bool, kind: str) -> None:
    found = list(csv.DictReader(io.StringIO("".join(edges(world(directed))))))
    assert found[0] == {"Source": "a.example", "Target": "home.example", "Type": kind, "Weight": "6"}
    assert len(found) == len(world(directed).edges)
    instances = {row["Id"]: row for row in csv.DictReader(io.StringIO("".join(nodes(world()))))}
    assert instances["z.example"]["Label"] == "z.example"
    assert (instances["z.example"]["outcome"], instances["z.example"]["answered"]) == ("closed", "false")
    assert (instances["home.example"]["start"], instances["home.example"]["posts_read"]) == ("true", "200")


def test_no_cell_is_a_formula() -> None:
    found = world()
    bad = replace(found, nodes=(replace(found.nodes[0], host=Host("=HYPERLINK(1)"), reason="+1,2"), *found.nodes[1:]))
    for row in csv.reader(io.StringIO("".join(edges(bad)) + "".join(nodes(bad)))):
        assert not any(cell.startswith(("=", "+", "@", "\t")) for cell in row)
        assert not any(cell.startswith("-") for cell in row if cell != "-1")


def test_json_keeps_its_keys_and_names_edges_by_host() -> None:
    told = json.loads(neighborhood_json(world(directed=True)))
    assert list(told) == sorted(
        ("schema_version", "about", "coverage", "start", "directed", "nodes", "edges", "communities")
    )
    assert (told["schema_version"], told["start"], told["directed"]) == (SCHEMA_VERSION, "home.example", True)
    assert told["edges"] == [
        ["a.example", "home.example", 6],
        ["home.example", "z.example", 30],
        ["z.example", "home.example", 5],
    ]
    assert told["nodes"][2]["host"] == "z.example"
    assert told["nodes"][2]["outcome"] == "closed"
    assert told["about"]["question"]["min_posts"] == 5
    assert (told["coverage"]["found"], told["coverage"]["outcomes"]["not asked"]) == (3, 1)
    assert told["communities"] == [{"name": "home.example · z.example", "members": 2, "common": "English, #art"}]


def test_json_says_null_where_a_server_did_not_say() -> None:
    found = Instance(Host("home.example"), Host("home.example"), title="Ünï\ud800", activity=(Activity(1, 2, 3, 4),))
    told = json.loads(as_json(found, about=ABOUT))
    assert told["instance"]["users"] is None
    assert told["instance"]["title"] == "Ünï?"
    assert told["instance"]["activity"] == [{"begins_at": 1, "posts": 2, "logins": 3, "registrations": 4}]
    assert told["about"]["version"] == "1.2.3"


def alone() -> Neighborhood:
    found = world()
    none = np.empty((0, 3), np.int64)
    return replace(found, nodes=found.nodes[1:2], edges=none, heard=heard(none), communities=(Community("x", 1),))


def test_a_graph_of_the_start_alone_is_a_graph(tmp_path: Path) -> None:
    assert list(nx.read_graphml(saved(tmp_path, "x.graphml", graphml(alone())))) == ["home.example"]
    assert list(nx.read_gexf(saved(tmp_path, "x.gexf", gexf(alone())))) == ["home.example"]
    assert "".join(edges(alone())) == "Source,Target,Type,Weight\n"
    assert json.loads(neighborhood_json(alone()))["edges"] == []


@pytest.mark.parametrize("writer", [graphml, gexf, edges])
def test_a_big_graph_is_written_piece_by_piece(writer: Callable[[Neighborhood], Iterator[str]]) -> None:
    hosts = tuple(Node(Host(f"{i:04}.example"), Outcome.WHOLE) for i in range(400))
    pairs = np.array([(a, b, 5) for a in range(400) for b in range(a + 1, 400)])
    big = replace(world(), start=hosts[0].host, nodes=hosts, edges=pairs, heard=heard(pairs), communities=())
    chunks = list(writer(big))
    assert max(map(len, chunks)) < sum(map(len, chunks)) / 3
    assert sum(chunk.count("0398.example") for chunk in chunks) >= 399


HOSTILE = st.text(st.characters(), max_size=40) | st.sampled_from(
    [
        "$_^$",
        "]]>",
        "<!--",
        "&amp;",
        '"/><script>',
        "\x00\x1b]0;x\x07",
        "\u202eabc",
        "\ufffe\uffff",
        "\ud800",
        "=1+1",
        "a,b\r\nc",
        "e\u0301" * 50,
    ]
)


@settings(max_examples=60, deadline=None)
@given(
    hosts=st.lists(HOSTILE, min_size=2, max_size=5, unique_by=lambda host: clean(host)),
    reason=HOSTILE,
    name=HOSTILE,
    rule=HOSTILE,
)
def test_no_name_breaks_a_file(hosts: list[str], reason: str, name: str, rule: str) -> None:
    hosts = [host for host in hosts if clean(host)] + ["plain.example"]
    star = np.array([(0, i, 5) for i in range(1, len(hosts))], dtype=np.int64).reshape(-1, 3)
    found = Neighborhood(
        replace(ABOUT, question={"posts": 1, "rule": rule}),
        Coverage({Outcome.WHOLE: len(hosts)}),
        Host(hosts[0]),
        False,
        tuple(Node(Host(host), Outcome.DEAD, reason, 5, 0, 0) for host in hosts),
        star,
        heard(star),
        (Community(name, len(hosts), rule),),
    )
    for writer in (graphml, gexf):
        data = "".join(writer(found)).encode()
        etree.fromstring(data, STRICT)
        reader = nx.read_graphml if writer is graphml else nx.read_gexf
        graph = reader(io.BytesIO(data))
        assert len(graph) == len(set(map(clean, hosts)))
        assert graph.nodes["plain.example"]["reason"] == clean(reason)
        assert graph.nodes["plain.example"]["community_name"] == clean(name)
    table = list(csv.reader(io.StringIO("".join(edges(found)), newline="")))
    assert len(table) == len(hosts)
    assert {len(row) for row in table} == {4}
    assert len(json.loads(neighborhood_json(found))["edges"]) == len(hosts) - 1


def test_the_same_graph_gives_the_same_bytes() -> None:
    for writer in (graphml, gexf, edges, nodes):
        assert list(writer(world())) == list(writer(world()))
    found = world()
    turned = replace(found, about=replace(ABOUT, question=dict(sorted(ABOUT.question.items(), reverse=True))))
    assert "".join(graphml(turned)) == "".join(graphml(found))
    assert neighborhood_json(turned) == neighborhood_json(found)
