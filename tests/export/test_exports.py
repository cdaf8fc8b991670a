"""What other programs read of a neighborhood: every format, with where it comes from, and what --ids-only leaves of it."""

from __future__ import annotations

import csv
import io
import json
import random
import re
import sqlite3
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import igraph
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from fedistats.errors import InvalidFile, MissingExtra
from fedistats.export import parquet, tables
from fedistats.export.csv_files import edges, nodes
from fedistats.export.data_package import PackageMetadata
from fedistats.export.exporter import export_files
from fedistats.export.formats import ENDINGS, FileFormat, format_of
from fedistats.export.gexf import NodeStyles, gexf
from fedistats.export.graphml import graphml
from fedistats.export.json_documents import instance_json, neighborhood_chunks, neighborhood_json
from fedistats.export.json_lines import json_lines
from fedistats.export.schema import ABOUT as ABOUT_TEXT
from fedistats.export.schema import COVERAGE, DIRECTED_EDGES, EDGES, NODES, OUTCOMES, SCHEMA, describe
from fedistats.export.sqlite_file import sqlite_file
from fedistats.hosts import Host
from fedistats.model import (
    About,
    Activity,
    Community,
    Coverage,
    HostOutcome,
    InstanceInfo,
    NeighborhoodGraph,
    Node,
    Outcome,
    WordCount,
)
from fedistats.text.html import clean
from tests.graphs import one_way

STRICT = etree.XMLParser(recover=False, resolve_entities=False, huge_tree=False)
FORMATS: tuple[FileFormat, ...] = get_args(FileFormat)
ABOUT = About(
    Host("home.example"),
    "2026-11-02T12:00:00Z",
    {"host": "home.example", "posts": 200, "min_posts": 5, "rule": "an edge where 5 < posts & more"},
    "1.2.3",
)


def world(directed: bool = False) -> NeighborhoodGraph:
    """Three instances: one that was read whole, one that is closed, one that was not asked; a fourth is dead and has no edge."""
    edges = np.array([[0, 1, 6], [1, 2, 30]] + ([[2, 1, 5]] if directed else []), dtype=np.int64)
    return NeighborhoodGraph(
        about=ABOUT,
        coverage=Coverage({Outcome.COMPLETE: 1, Outcome.CLOSED: 1, Outcome.DEAD: 1, Outcome.NOT_ASKED: 1}, 200, 7),
        start=Host("home.example"),
        directed=directed,
        nodes=(
            Node(Host("a.example"), Outcome.NOT_ASKED, "", 6, 0, None),
            Node(
                Host("home.example"),
                Outcome.COMPLETE,
                "",
                36,
                200,
                0,
                languages=tuple((code, 9) for code in ("de", "en", "fr", "eo")),
                hashtags=tuple(WordCount(tag, 3) for tag in ("art", "jazz", "Ünï;x", "k", "m", "o")),
                software="mastodon",
                version="4.5",
                users=77,
            ),
            Node(Host("z.example"), Outcome.CLOSED, "so & so", 30, 0, 0),
        ),
        edges=edges,
        incoming=one_way(edges) if directed else np.array([[2, 4], [30, 0]]),
        communities=(Community("home.example · z.example", 2, "English, #art"),),
        host_outcomes=(
            HostOutcome(Host("a.example"), Outcome.NOT_ASKED),
            HostOutcome(Host("dead.example"), Outcome.DEAD, "dns"),
            HostOutcome(Host("home.example"), Outcome.COMPLETE, "", 200),
            HostOutcome(Host("z.example"), Outcome.CLOSED, "so & so"),
        ),
    )


TALK = ("de;en;fr", "art;jazz;Ünïx;k;m")


def made(found: NeighborhoodGraph, kind: FileFormat, *, ids_only: bool = False, ending: str = "") -> dict[str, bytes]:
    """The files of an export, whole."""
    told = export_files(found, kind, Path(f"it{ending}"), ids_only=ids_only)
    return {str(path): b"".join(chunks) for path, chunks in told.items()}


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
        assert (graph.nodes["home.example"]["languages"], graph.nodes["home.example"]["hashtags"]) == TALK
        assert not {"languages", "hashtags"} & set(graph.nodes["z.example"])


@pytest.mark.parametrize("directed", [False, True])
def test_an_edge_says_on_which_of_its_ends_the_posts_were_read_where_its_weight_does_not(
    tmp_path: Path, directed: bool
) -> None:
    found = world(directed)
    written = {
        "GraphML": nx.read_graphml(saved(tmp_path, "x.graphml", graphml(found))),
        "GEXF": nx.read_gexf(saved(tmp_path, "x.gexf", gexf(found))),
    }
    told = {name: [graph.edges["a.example", "home.example"]] for name, graph in written.items()}
    told["CSV"] = [row for row in csv.DictReader(io.StringIO("".join(edges(found)))) if row["Source"] == "a.example"]
    lines = [json.loads(line) for line in "".join(json_lines(found)).splitlines()]
    told["JSON Lines"] = [line for line in lines if line.get("source") == "a.example"]
    with opened(b"".join(sqlite_file(found))) as database:
        database.row_factory = sqlite3.Row
        told["SQLite"] = [dict(row) for row in database.execute("SELECT * FROM edge WHERE source = 'a.example'")]
    for name, (edge,) in told.items():
        if directed:
            assert not {"read_on_source", "read_on_target"} & set(edge), name
        else:
            assert (int(edge["read_on_source"]), int(edge["read_on_target"])) == (2, 4), name
    assert json.loads(neighborhood_json(found)).get("incoming", [])[:1] == ([] if directed else [[2, 4]])


def test_graphml_says_of_the_graph_what_was_asked_and_seen(tmp_path: Path) -> None:
    graph = nx.read_graphml(saved(tmp_path, "x.graphml", graphml(world())))
    told = graph.graph
    assert (told["host"], told["date"], told["fedistats_version"]) == ("home.example", "2026-11-02T12:00:00Z", "1.2.3")
    assert (told["posts"], told["min_posts"], told["rule"]) == (200, 5, "an edge where 5 < posts & more")
    assert (told["instances_found"], told["instances_asked"], told["instances_closed"]) == (4, 3, 1)
    assert (told["posts_read"], told["posts_left_out"], told["schema"]) == (200, 7, SCHEMA)


def test_gexf_says_in_its_description_what_was_asked_and_seen() -> None:
    root = etree.fromstring("".join(gexf(world())).encode(), STRICT)
    space = {"g": "http://www.gexf.net/1.2draft"}
    assert root.get("version") == "1.2"
    meta = root.find("g:meta", space)
    assert meta is not None
    assert meta.get("lastmodifieddate") == "2026-11-02"
    told = json.loads(str(meta.findtext("g:description", namespaces=space)))
    assert (told["rule"], told["posts"]) == ("an edge where 5 < posts & more", 200)
    assert (told["instances_closed"], told["schema"]) == (1, SCHEMA)


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
    text = gexf(world(), NodeStyles(positions, [1.0, 2.0, 3.0], ["#ff0000", "#00ff00", "#0000ff"]))
    look = nx.read_gexf(saved(tmp_path, "x.gexf", text)).nodes["z.example"]["viz"]
    assert (look["position"]["x"], look["position"]["y"], look["size"]) == (-4.0, 5.25, 3.0)
    assert (look["color"]["r"], look["color"]["g"], look["color"]["b"]) == (0, 0, 255)


@pytest.mark.parametrize(("directed", "kind"), [(False, "Undirected"), (True, "Directed")])
def test_csv_has_the_columns_that_gephi_knows(directed: bool, kind: str) -> None:
    found = list(csv.DictReader(io.StringIO("".join(edges(world(directed))))))
    read = {} if directed else {"read_on_source": "2", "read_on_target": "4"}
    assert found[0] == {"Source": "a.example", "Target": "home.example", "Type": kind, "Weight": "6", **read}
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
        "schema_version about coverage start directed nodes edges neighbors communities communities_found hosts".split()
    )
    assert (told["schema_version"], told["start"], told["directed"]) == (SCHEMA, "home.example", True)
    assert told["edges"] == [
        ["a.example", "home.example", 6],
        ["home.example", "z.example", 30],
        ["z.example", "home.example", 5],
    ]
    assert [(one["host"], one["posts"], one["here"], one["there"]) for one in told["neighbors"]] == [
        ("z.example", 35, 30, 5),
        ("a.example", 6, 0, 6),
    ]
    assert told["nodes"][2]["host"] == "z.example"
    assert told["nodes"][2]["outcome"] == "closed"
    assert told["about"]["parameters"]["min_posts"] == 5
    assert (told["coverage"]["found"], told["coverage"]["outcomes"]["not asked"]) == (4, 1)
    assert told["communities"] == [{"name": "home.example · z.example", "members": 2, "common": "English, #art"}]
    assert (told["nodes"][1]["software"], told["nodes"][1]["users"]) == ("mastodon", 77)
    assert (told["nodes"][2]["software"], told["nodes"][2]["users"]) == (None, None)


def test_json_tells_how_it_ended_with_every_instance_that_was_found() -> None:
    told = json.loads(neighborhood_json(world()))
    assert len(told["hosts"]) == told["coverage"]["found"]
    assert {host["host"]: (host["outcome"], host["reason"], host["posts_read"]) for host in told["hosts"]} == {
        "a.example": ("not asked", "", 0),
        "dead.example": ("dead", "dns", 0),
        "home.example": ("complete", "", 200),
        "z.example": ("closed", "so & so", 0),
    }


def test_json_says_null_where_a_server_did_not_say() -> None:
    found = InstanceInfo(
        Host("home.example"), Host("home.example"), title="Ünï\ud800", activity=(Activity(1, 2, 3, 4),)
    )
    told = json.loads(instance_json(found, ABOUT))
    assert told["instance"]["users"] is None
    assert told["instance"]["title"] == "Ünï?"
    assert told["instance"]["activity"] == [{"begins_at": 1, "posts": 2, "logins": 3, "registrations": 4}]
    assert told["about"]["version"] == "1.2.3"


def test_what_could_steer_a_terminal_is_an_escape_in_json_and_reads_as_it_was() -> None:
    title = "\x9b31m \u202egnp.exe \u2028 \ufeff Ünï 👨\u200d👩"
    text = instance_json(InstanceInfo(Host("home.example"), Host("home.example"), title=title), ABOUT)
    assert json.loads(text)["instance"]["title"] == title
    assert "Ünï 👨\u200d👩" in text.decode()
    assert not set("\x9b\u202e\u2028\ufeff") & set(text.decode())


def alone() -> NeighborhoodGraph:
    found = world()
    none = np.empty((0, 3), np.int64)
    return replace(found, nodes=found.nodes[1:2], edges=none, incoming=one_way(none), communities=(Community("x", 1),))


def test_a_graph_of_the_start_alone_is_a_graph(tmp_path: Path) -> None:
    assert list(nx.read_graphml(saved(tmp_path, "x.graphml", graphml(alone())))) == ["home.example"]
    assert list(nx.read_gexf(saved(tmp_path, "x.gexf", gexf(alone())))) == ["home.example"]
    assert "".join(edges(alone())) == "Source,Target,Type,Weight,read_on_source,read_on_target\n"
    assert json.loads(neighborhood_json(alone()))["edges"] == []


@pytest.mark.parametrize("writer", [graphml, gexf, edges, json_lines, neighborhood_chunks])
def test_a_big_graph_is_written_piece_by_piece(
    writer: Callable[[NeighborhoodGraph], Iterator[str]] | Callable[[NeighborhoodGraph], Iterator[bytes]],
) -> None:
    hosts = tuple(Node(Host(f"{i:04}.example"), Outcome.COMPLETE) for i in range(400))
    pairs = np.array([(a, b, 5) for a in range(400) for b in range(a + 1, 400)])
    big = replace(world(), start=hosts[0].host, nodes=hosts, edges=pairs, incoming=one_way(pairs), communities=())
    chunks = [chunk if isinstance(chunk, str) else chunk.decode() for chunk in writer(big)]
    assert max(map(len, chunks)) < sum(map(len, chunks)) / 3
    assert sum(chunk.count("0398.example") for chunk in chunks) >= 399


def opened(data: bytes) -> closing[sqlite3.Connection]:
    database = sqlite3.connect(":memory:")
    database.deserialize(data)
    return closing(database)


@pytest.mark.parametrize("directed", [False, True])
def test_sqlite_holds_instances_edges_coverage_and_where_they_come_from(directed: bool) -> None:
    found = world(directed)
    with opened(b"".join(sqlite_file(found))) as database:
        assert database.execute("PRAGMA user_version").fetchone() == (SCHEMA,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        assert dict(database.execute("SELECT name, value FROM about")) == tables.about(found)
        assert set(database.execute("SELECT source, target, weight FROM edge")) == {
            ("a.example", "home.example", 6),
            ("home.example", "z.example", 30),
            *([("z.example", "home.example", 5)] if directed else []),
        }
        told = dict(database.execute("SELECT host, users FROM instance"))
        assert told == {"a.example": None, "home.example": 77, "z.example": None}
        assert database.execute("SELECT outcome, reason FROM coverage WHERE host = 'dead.example'").fetchone() == (
            "dead",
            "dns",
        )


def test_json_lines_say_of_each_line_what_it_is() -> None:
    told = [json.loads(line) for line in "".join(json_lines(world(directed=True))).splitlines()]
    assert told[0] == {"table": "about", **tables.about(world(directed=True))}
    assert [line["table"] for line in told] == ["about", *["nodes"] * 3, *["edges"] * 3, *["coverage"] * 4]
    assert told[4] == {"table": "edges", "source": "a.example", "target": "home.example", "weight": 6}
    assert (told[2]["host"], told[2]["users"], told[3]["users"]) == ("home.example", 77, None)


def test_parquet_is_read_back_with_its_types_and_where_it_comes_from(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    for path, data in made(world(), "parquet", ending=".parquet").items():
        (tmp_path / path).write_bytes(data)
    with duckdb.connect() as database:
        rows = database.sql(f"SELECT * FROM '{tmp_path}/it.parquet'")
        assert rows.columns == ["source", "target", "weight", "read_on_source", "read_on_target"]
        assert rows.fetchall() == [("a.example", "home.example", 6, 2, 4), ("home.example", "z.example", 30, 30, 0)]
        found = database.sql(f"SELECT * FROM '{tmp_path}/it-nodes.parquet'")
        assert found.columns == [column.name for column in NODES.columns()]
        assert found.fetchall() == list(tables.nodes(world()))
        (told,) = database.sql(
            f"SELECT decode(value) FROM parquet_kv_metadata('{tmp_path}/it.parquet') WHERE decode(key) = 'fedistats'"
        ).fetchall()[0]
        assert json.loads(told) == tables.about(world())


def test_a_graph_without_edges_keeps_its_types_in_parquet(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    (tmp_path / "it.parquet").write_bytes(b"".join(parquet.edges(alone())))
    with duckdb.connect() as database:
        assert [str(kind) for kind in database.sql(f"SELECT * FROM '{tmp_path}/it.parquet'").types] == [
            "VARCHAR",
            "VARCHAR",
            "BIGINT",
            "BIGINT",
            "BIGINT",
        ]


def test_without_its_extra_parquet_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(MissingExtra, match=r"pip install 'fedistats\[duckdb\]'"):
        b"".join(parquet.edges(world()))


def test_csv_keeps_where_it_comes_from_in_a_file_beside_it() -> None:
    told = made(world(), "csv", ending=".csv")
    assert list(told) == ["it.csv", "it-nodes.csv", "it-about.json"]
    assert json.loads(told["it-about.json"]) == tables.about(world())
    assert not told["it.csv"].startswith(b"#")


def test_a_package_describes_every_column_of_every_table() -> None:
    told = made(world(), "package")
    described = json.loads(told["it/datapackage.json"])
    assert described["fedistats"] == tables.about(world())
    assert {resource["path"] for resource in described["resources"]} == {"edges.csv", "nodes.csv", "coverage.csv"}
    for resource in described["resources"]:
        fields = resource["schema"]["fields"]
        rows = list(csv.DictReader(io.StringIO(told[f"it/{resource['path']}"].decode())))
        assert [field["name"] for field in fields] == list(rows[0])
        assert all(field["description"] for field in fields)
        assert set(resource["schema"]["primaryKey"]) <= set(rows[0])
        for field in fields:
            pattern = {"integer": r"-?\d+|", "boolean": "true|false", "string": ".*"}[field["type"]]
            assert all(re.fullmatch(pattern, row[field["name"]]) for row in rows)
        for column in ("Id", "Source", "Target", "Label", "Type"):
            if column in rows[0]:
                assert f"| {column} |" in told["it/README.md"].decode()


def test_a_package_names_its_licence_and_whom_to_cite() -> None:
    metadata = PackageMetadata("CC0-1.0", ['Ada: "L"', "Grace"])
    told = {
        str(path): b"".join(chunks).decode()
        for path, chunks in export_files(world(), "package", Path("it"), metadata=metadata).items()
    }
    described = json.loads(told["it/datapackage.json"])
    assert [licence["name"] for licence in described["licenses"]] == ["CC0-1.0"]
    assert [person["title"] for person in described["contributors"]] == ['Ada: "L"', "Grace"]
    citation = told["it/CITATION.cff"]
    assert "license: CC0-1.0\n" in citation
    assert '  - name: "Ada: \\"L\\""\n  - name: "Grace"\n' in citation
    assert 'date-released: "2026-11-02"' in citation
    assert "put your name" not in told["it/README.md"]


def test_a_package_without_an_author_names_none_and_says_so() -> None:
    told = made(world(), "package")
    assert "put your name" in told["it/README.md"].decode()
    described = json.loads(told["it/datapackage.json"])
    assert "contributors" not in described
    assert described["version"] == "2026.11.2"
    assert 'authors:\n  - name: "Anonymous"\ndate-released' in told["it/CITATION.cff"].decode()


@pytest.mark.parametrize("licence", ["", "CC BY", "MIT\nauthors: []", "-"])
def test_what_can_be_no_licence_is_refused(licence: str) -> None:
    with pytest.raises(ValueError, match="SPDX"):
        PackageMetadata(licence)


def test_a_package_may_be_one_file() -> None:
    data = made(world(), "package", ending=".zip")
    assert list(data) == ["it.zip"]
    with zipfile.ZipFile(io.BytesIO(data["it.zip"])) as archive:
        assert archive.testzip() is None
        loose = {f"it/{name}": archive.read(name) for name in archive.namelist()}
        assert archive.infolist()[0].date_time == (2026, 11, 2, 12, 0, 0)
    assert loose == made(world(), "package")


@pytest.mark.parametrize("kind", FORMATS)
def test_ids_only_keeps_who_is_linked_and_no_word_or_figure_of_anybody(kind: FileFormat) -> None:
    if kind == "parquet":
        pytest.importorskip("duckdb")
    dice = random.Random(1)
    figures = {
        name: dice.randrange(10**8, 10**9)
        for name in ("posts_read", "strength", "users", "weight", "there", "left_out")
    }
    told = ("mastodonlike", "9.9.9-glitch", "whatever reason", "Some Community", "common words", "tlh", "knitting")
    found = world()
    said = replace(
        found,
        nodes=tuple(
            replace(
                node,
                reason=told[2],
                posts_read=figures["posts_read"],
                strength=figures["strength"],
                users=figures["users"],
                languages=((told[5], 4),),
                hashtags=(WordCount(told[6], 3),),
                software=told[0],
                version=told[1],
            )
            for node in found.nodes
        ),
        edges=np.array([[0, 1, figures["weight"]], [1, 2, figures["weight"]]]),
        incoming=np.array([[figures["there"], 0], [0, figures["there"]]]),
        coverage=replace(found.coverage, posts_read=figures["posts_read"], posts_left_out=figures["left_out"]),
        communities=(Community(told[3], 2, told[4]),),
        host_outcomes=tuple(replace(ending, posts_read=figures["posts_read"]) for ending in found.host_outcomes),
    )
    whole, bare = plain(said, kind, ids_only=False), plain(said, kind, ids_only=True)
    for canary in (*told, *map(str, figures.values())):
        assert canary not in bare, canary
    for canary in (str(figures["weight"]), str(figures["there"]), "mastodonlike", "tlh", "knitting"):
        assert canary in whole, canary
    assert "dead.example" not in bare
    for host in ("a.example", "home.example", "z.example"):
        assert host in bare


def plain(found: NeighborhoodGraph, kind: FileFormat, *, ids_only: bool) -> str:
    """All that the files of an export say, as text."""
    data = made(found, kind, ids_only=ids_only, ending=".zip" if kind == "sqlite" else "")
    if kind == "sqlite":
        with opened(b"".join(data.values())) as database:
            return "\n".join(database.iterdump())
    if kind == "parquet":
        pl = pytest.importorskip("polars")
        read = [pl.read_parquet(io.BytesIO(part)) for part in data.values()]
        return "\n".join([frame.write_csv() for frame in read]) + repr(data)
    return "\n".join(part.decode() for part in data.values())


@pytest.mark.parametrize("reader", [nx.read_graphml, nx.read_gexf])
def test_ids_only_is_still_the_graph(reader: Callable[[io.BytesIO], Any]) -> None:
    writer = graphml if reader is nx.read_graphml else gexf
    graph = reader(io.BytesIO("".join(writer(world(), ids_only=True)).encode()))
    assert set(map(frozenset, graph.edges())) == {
        frozenset(("a.example", "home.example")),
        frozenset(("home.example", "z.example")),
    }
    assert graph.nodes["home.example"] == {"label": "home.example"}


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_bears_the_date_the_host_the_version_and_the_number_of_its_schema(kind: FileFormat) -> None:
    if kind == "parquet":
        pytest.importorskip("duckdb")
    for ids_only in (False, True):
        data = b"".join(made(world(), kind, ids_only=ids_only).values()).decode("latin-1")
        for told in ("2026-11-02T12:00:00Z", "home.example", "1.2.3", "schema"):
            assert told in data


def test_the_schema_is_written_down() -> None:
    assert (Path(__file__).parents[2] / "docs/schema.md").read_text() == describe(), "python -m fedistats.export.schema"


def test_the_rows_are_what_the_schema_says() -> None:
    kinds: dict[str, tuple[type, ...]] = {"string": (str,), "integer": (int,), "boolean": (bool,)}
    for table, rows in ((NODES, tables.nodes(world())), (COVERAGE, tables.coverage(world()))):
        for row in rows:
            for column, value in zip(table.columns(), row, strict=True):
                assert type(value) in kinds[column.type] or (value is None and column.nullable), column.name
    assert len(tables.edges(world())) == len(EDGES.columns())
    for directed, wanted in ((False, EDGES), (True, DIRECTED_EDGES)):
        assert tables.edge_table(world(directed)) is wanted


def test_every_outcome_and_every_word_of_where_it_comes_from_is_described() -> None:
    assert set(OUTCOMES) == set(Outcome)
    told = {
        "instances_OUTCOME" if name.startswith("instances_") and name not in ABOUT_TEXT else name
        for name in tables.about(world())
    }
    assert told <= set(ABOUT_TEXT)
    assert set(ABOUT_TEXT) - told <= {"directed", "backbone", "depth", "list", "max_hosts"}


@pytest.mark.parametrize(
    ("name", "kind"), [("x.graphml", "graphml"), ("X.GEXF", "gexf"), ("a.b.ndjson", "jsonl"), ("p.zip", "package")]
)
def test_a_files_ending_names_its_format(name: str, kind: FileFormat) -> None:
    assert format_of(Path(name)) == kind


def test_every_format_has_an_ending_and_what_has_none_is_refused() -> None:
    assert set(ENDINGS.values()) == set(FORMATS)
    for name in ("x.xlsx", "x", "graphml"):
        with pytest.raises(InvalidFile, match=r"-f"):
            format_of(Path(name))


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
    found = NeighborhoodGraph(
        replace(ABOUT, parameters={"posts": 1, "rule": rule}),
        Coverage({Outcome.COMPLETE: len(hosts)}),
        Host(hosts[0]),
        False,
        tuple(Node(Host(host), Outcome.DEAD, reason, 5, 0, 0) for host in hosts),
        star,
        one_way(star),
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
    with opened(b"".join(sqlite_file(found))) as database:
        assert {host for (host,) in database.execute("SELECT host FROM instance")} == set(map(clean, hosts))
    named = [json.loads(line)["table"] for line in "".join(json_lines(found)).split("\n")[:-1]]
    assert named == ["about", *["nodes"] * len(hosts), *["edges"] * (len(hosts) - 1)]
    table = list(csv.reader(io.StringIO("".join(edges(found)), newline="")))
    assert len(table) == len(hosts)
    assert {len(row) for row in table} == {6}
    assert len(json.loads(neighborhood_json(found))["edges"]) == len(hosts) - 1


def test_the_same_graph_gives_the_same_bytes() -> None:
    found = world()
    turned = replace(found, about=replace(ABOUT, parameters=dict(sorted(ABOUT.parameters.items(), reverse=True))))
    for kind in FORMATS:
        if kind == "parquet":
            pytest.importorskip("duckdb")
        assert made(turned, kind) == made(found, kind), kind
    assert made(turned, "package", ending=".zip") == made(found, "package", ending=".zip")
