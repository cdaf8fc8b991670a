"""Graphs and helpers for the tests of exports."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
from lxml import etree

from fedistats.export.exporter import export_files
from fedistats.export.formats import FileFormat
from fedistats.hosts import Host
from fedistats.model import About, Community, Coverage, HostOutcome, NeighborhoodGraph, Node, Outcome, WordCount
from tests.graphs import one_way

ABOUT = About(
    Host("home.example"),
    "2026-11-02T12:00:00Z",
    {"host": "home.example", "posts": 200, "min_posts": 5, "rule": "an edge where 5 < posts & more"},
    "1.2.3",
)


LANGUAGES_AND_HASHTAGS = ("de;en;fr", "art;jazz;Ünïx;k;m")
FORMATS: tuple[FileFormat, ...] = get_args(FileFormat)
STRICT_PARSER = etree.XMLParser(recover=False, resolve_entities=False, huge_tree=False)


def sample_graph(directed: bool = False) -> NeighborhoodGraph:
    """Three instances: one is complete, one closed, one not visited. A fourth is dead and has no edge."""
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


def start_only_graph() -> NeighborhoodGraph:
    graph = sample_graph()
    none = np.empty((0, 3), np.int64)
    return replace(graph, nodes=graph.nodes[1:2], edges=none, incoming=one_way(none), communities=(Community("x", 1),))


def export_bytes(
    graph: NeighborhoodGraph, file_format: FileFormat, *, ids_only: bool = False, ending: str = ""
) -> dict[str, bytes]:
    """The files of an export by name."""
    files = export_files(graph, file_format, Path(f"it{ending}"), ids_only=ids_only)
    return {str(path): b"".join(chunks) for path, chunks in files.items()}


def write_text(folder: Path, name: str, chunks: Iterator[str]) -> str:
    path = folder / name
    path.write_text("".join(chunks), "utf-8")
    return str(path)


def open_sqlite(data: bytes) -> closing[sqlite3.Connection]:
    database = sqlite3.connect(":memory:")
    database.deserialize(data)
    return closing(database)
