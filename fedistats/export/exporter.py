"""Which files each export format consists of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from fedistats.export import csv_files, parquet
from fedistats.export.data_package import PackageMetadata, package_files, zip_files
from fedistats.export.formats import FileFormat
from fedistats.export.gexf import NodeStyles, gexf
from fedistats.export.graphml import graphml
from fedistats.export.json_documents import neighborhood_chunks
from fedistats.export.json_lines import json_lines
from fedistats.export.sqlite_file import sqlite_file
from fedistats.model import NeighborhoodGraph


def export_files(
    graph: NeighborhoodGraph,
    file_format: FileFormat,
    path: Path,
    *,
    ids_only: bool = False,
    metadata: PackageMetadata | None = None,
    styles: NodeStyles | None = None,
) -> dict[Path, Iterable[bytes]]:
    """The content of each file of an export to `path`, in chunks. All files are in one folder; the first is the one at `path`.

    CSV and Parquet files hold one table each: the edges are written to `path`, the nodes next to it, and for CSV a third file holds the
    provenance. A package is one file if `path` ends in .zip, else a folder. `styles` are for GEXF. Raises MissingExtra.
    """
    match file_format:
        case "graphml":
            return {path: _encode(graphml(graph, ids_only=ids_only))}
        case "gexf":
            return {path: _encode(gexf(graph, styles, ids_only=ids_only))}
        case "csv":
            return {
                path: _encode(csv_files.edges(graph, ids_only=ids_only)),
                _sibling(path, "nodes"): _encode(csv_files.nodes(graph, ids_only=ids_only)),
                _sibling(path, "about").with_suffix(".json"): [csv_files.about(graph, ids_only=ids_only).encode()],
            }
        case "json":
            return {path: neighborhood_chunks(graph, ids_only=ids_only)}
        case "jsonl":
            return {path: _encode(json_lines(graph, ids_only=ids_only))}
        case "sqlite":
            return {path: sqlite_file(graph, ids_only=ids_only)}
        case "parquet":
            return {
                path: parquet.edges(graph, ids_only=ids_only),
                _sibling(path, "nodes"): parquet.nodes(graph, ids_only=ids_only),
            }
        case "package":
            files = package_files(graph, metadata or PackageMetadata(), ids_only=ids_only)
            if path.suffix.lower() == ".zip":
                return {path: zip_files(files, graph.about.date)}
            return {path / name: chunks for name, chunks in files.items()}


def _sibling(path: Path, name: str) -> Path:
    return path.with_name(f"{path.stem}-{name}{path.suffix}")


def _encode(chunks: Iterable[str]) -> Iterator[bytes]:
    return (chunk.encode() for chunk in chunks)
