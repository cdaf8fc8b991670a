"""What all formats have in common."""

from __future__ import annotations

import csv
import io
import json
import random
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from fedistats.export.csv_files import edges
from fedistats.export.formats import FileFormat
from fedistats.export.gexf import gexf
from fedistats.export.graphml import graphml
from fedistats.export.json_documents import neighborhood_chunks, neighborhood_json
from fedistats.export.json_lines import json_lines
from fedistats.export.sqlite_file import sqlite_file
from fedistats.hosts import Host
from fedistats.model import Community, Coverage, NeighborhoodGraph, Node, Outcome, WordCount
from fedistats.text.html import clean
from tests.export.samples import ABOUT, FORMATS, STRICT_PARSER, export_bytes, open_sqlite, sample_graph, write_text
from tests.graphs import one_way


def exported_text(graph: NeighborhoodGraph, file_format: FileFormat, *, ids_only: bool) -> str:
    """The contents of all files of an export as text."""
    data = export_bytes(graph, file_format, ids_only=ids_only, ending=".zip" if file_format == "sqlite" else "")
    if file_format == "sqlite":
        with open_sqlite(b"".join(data.values())) as database:
            return "\n".join(database.iterdump())
    if file_format == "parquet":
        pl = pytest.importorskip("polars")
        frames = [pl.read_parquet(io.BytesIO(part)) for part in data.values()]
        return "\n".join([frame.write_csv() for frame in frames]) + repr(data)
    return "\n".join(part.decode() for part in data.values())


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


@pytest.mark.parametrize("directed", [False, True])
def test_undirected_edges_say_where_the_posts_were_read(tmp_path: Path, directed: bool) -> None:
    graph = sample_graph(directed)
    graphs = {
        "GraphML": nx.read_graphml(write_text(tmp_path, "x.graphml", graphml(graph))),
        "GEXF": nx.read_gexf(write_text(tmp_path, "x.gexf", gexf(graph))),
    }
    rows = {name: [read_back.edges["a.example", "home.example"]] for name, read_back in graphs.items()}
    rows["CSV"] = [row for row in csv.DictReader(io.StringIO("".join(edges(graph)))) if row["Source"] == "a.example"]
    lines = [json.loads(line) for line in "".join(json_lines(graph)).splitlines()]
    rows["JSON Lines"] = [line for line in lines if line.get("source") == "a.example"]
    with open_sqlite(b"".join(sqlite_file(graph))) as database:
        database.row_factory = sqlite3.Row
        rows["SQLite"] = [dict(row) for row in database.execute("SELECT * FROM edge WHERE source = 'a.example'")]
    for name, (edge,) in rows.items():
        if directed:
            assert not {"read_on_source", "read_on_target"} & set(edge), name
        else:
            assert (int(edge["read_on_source"]), int(edge["read_on_target"])) == (2, 4), name
    assert json.loads(neighborhood_json(graph)).get("incoming", [])[:1] == ([] if directed else [[2, 4]])


@pytest.mark.parametrize("writer", [graphml, gexf, edges, json_lines, neighborhood_chunks])
def test_large_graph_is_written_in_chunks(
    writer: Callable[[NeighborhoodGraph], Iterator[str]] | Callable[[NeighborhoodGraph], Iterator[bytes]],
) -> None:
    hosts = tuple(Node(Host(f"{i:04}.example"), Outcome.COMPLETE) for i in range(400))
    pairs = np.array([(a, b, 5) for a in range(400) for b in range(a + 1, 400)])
    big = replace(
        sample_graph(), start=hosts[0].host, nodes=hosts, edges=pairs, incoming=one_way(pairs), communities=()
    )
    chunks = [chunk if isinstance(chunk, str) else chunk.decode() for chunk in writer(big)]
    assert max(map(len, chunks)) < sum(map(len, chunks)) / 3
    assert sum(chunk.count("0398.example") for chunk in chunks) >= 399


@pytest.mark.parametrize("file_format", FORMATS)
def test_ids_only_keeps_only_the_linked_hosts(file_format: FileFormat) -> None:
    if file_format == "parquet":
        pytest.importorskip("duckdb")
    generator = random.Random(1)
    figures = {
        name: generator.randrange(10**8, 10**9)
        for name in ("posts_read", "strength", "users", "weight", "there", "left_out")
    }
    texts = ("mastodonlike", "9.9.9-glitch", "whatever reason", "Some Community", "common words", "tlh", "knitting")
    graph = sample_graph()
    filled = replace(
        graph,
        nodes=tuple(
            replace(
                node,
                reason=texts[2],
                posts_read=figures["posts_read"],
                strength=figures["strength"],
                users=figures["users"],
                languages=((texts[5], 4),),
                hashtags=(WordCount(texts[6], 3),),
                software=texts[0],
                version=texts[1],
            )
            for node in graph.nodes
        ),
        edges=np.array([[0, 1, figures["weight"]], [1, 2, figures["weight"]]]),
        incoming=np.array([[figures["there"], 0], [0, figures["there"]]]),
        coverage=replace(graph.coverage, posts_read=figures["posts_read"], posts_left_out=figures["left_out"]),
        communities=(Community(texts[3], 2, texts[4]),),
        host_outcomes=tuple(replace(outcome, posts_read=figures["posts_read"]) for outcome in graph.host_outcomes),
    )
    complete, bare = (
        exported_text(filled, file_format, ids_only=False),
        exported_text(filled, file_format, ids_only=True),
    )
    for canary in (*texts, *map(str, figures.values())):
        assert canary not in bare, canary
    for canary in (str(figures["weight"]), str(figures["there"]), "mastodonlike", "tlh", "knitting"):
        assert canary in complete, canary
    assert "dead.example" not in bare
    for host in ("a.example", "home.example", "z.example"):
        assert host in bare


@pytest.mark.parametrize("reader", [nx.read_graphml, nx.read_gexf])
def test_ids_only_files_are_readable_graphs(reader: Callable[[io.BytesIO], Any]) -> None:
    writer = graphml if reader is nx.read_graphml else gexf
    graph = reader(io.BytesIO("".join(writer(sample_graph(), ids_only=True)).encode()))
    assert set(map(frozenset, graph.edges())) == {
        frozenset(("a.example", "home.example")),
        frozenset(("home.example", "z.example")),
    }
    assert graph.nodes["home.example"] == {"label": "home.example"}


@pytest.mark.parametrize("file_format", FORMATS)
def test_each_format_has_date_host_version_and_schema_number(file_format: FileFormat) -> None:
    if file_format == "parquet":
        pytest.importorskip("duckdb")
    for ids_only in (False, True):
        data = b"".join(export_bytes(sample_graph(), file_format, ids_only=ids_only).values()).decode("latin-1")
        for text in ("2026-11-02T12:00:00Z", "home.example", "1.2.3", "schema"):
            assert text in data


@settings(max_examples=60, deadline=None)
@given(
    hosts=st.lists(HOSTILE, min_size=2, max_size=5, unique_by=lambda host: clean(host)),
    reason=HOSTILE,
    name=HOSTILE,
    rule=HOSTILE,
)
def test_text_of_servers_cannot_break_a_file(hosts: list[str], reason: str, name: str, rule: str) -> None:
    hosts = [host for host in hosts if clean(host)] + ["plain.example"]
    star = np.array([(0, i, 5) for i in range(1, len(hosts))], dtype=np.int64).reshape(-1, 3)
    graph = NeighborhoodGraph(
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
        data = "".join(writer(graph)).encode()
        etree.fromstring(data, STRICT_PARSER)
        reader = nx.read_graphml if writer is graphml else nx.read_gexf
        read_back = reader(io.BytesIO(data))
        assert len(read_back) == len(set(map(clean, hosts)))
        assert read_back.nodes["plain.example"]["reason"] == clean(reason)
        assert read_back.nodes["plain.example"]["community_name"] == clean(name)
    with open_sqlite(b"".join(sqlite_file(graph))) as database:
        assert {host for (host,) in database.execute("SELECT host FROM instance")} == set(map(clean, hosts))
    table_names = [json.loads(line)["table"] for line in "".join(json_lines(graph)).split("\n")[:-1]]
    assert table_names == ["about", *["nodes"] * len(hosts), *["edges"] * (len(hosts) - 1)]
    table = list(csv.reader(io.StringIO("".join(edges(graph)), newline="")))
    assert len(table) == len(hosts)
    assert {len(row) for row in table} == {6}
    assert len(json.loads(neighborhood_json(graph))["edges"]) == len(hosts) - 1


def test_same_graph_gives_the_same_bytes() -> None:
    graph = sample_graph()
    reordered = replace(graph, about=replace(ABOUT, parameters=dict(sorted(ABOUT.parameters.items(), reverse=True))))
    for file_format in FORMATS:
        if file_format == "parquet":
            pytest.importorskip("duckdb")
        assert export_bytes(reordered, file_format) == export_bytes(graph, file_format), file_format
    assert export_bytes(reordered, "package", ending=".zip") == export_bytes(graph, "package", ending=".zip")
