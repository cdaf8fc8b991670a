"""A neighborhood as files for other programs: which files each format makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from fedistats.export import csv_files, parquet
from fedistats.export.data_package import Deposit, package, zipped
from fedistats.export.formats import Format
from fedistats.export.gexf import Look, as_drawn, gexf
from fedistats.export.graphml import graphml
from fedistats.export.json_documents import neighborhood_chunks
from fedistats.export.json_lines import json_lines
from fedistats.export.sqlite_file import sqlite_file
from fedistats.model import NeighborhoodGraph


def files(
    found: NeighborhoodGraph, kind: Format, path: Path, *, ids_only: bool = False, deposit: Deposit | None = None
) -> dict[Path, Iterable[bytes]]:
    """The files that an export to `path` consists of, each in chunks, all in one folder; the first is the one at `path`.

    A CSV or Parquet file holds one table: the edges go to `path`, the nodes beside it, and of CSV a third file that says what was asked
    and seen. A package is one file where `path` ends in .zip, else a folder. Raises MissingExtra.
    """
    match kind:
        case "graphml":
            return {path: _encoded(graphml(found, ids_only=ids_only))}
        case "gexf":
            look = _look(found) if found.nodes and not ids_only else None
            return {path: _encoded(gexf(found, look, ids_only=ids_only))}
        case "csv":
            return {
                path: _encoded(csv_files.edges(found, ids_only=ids_only)),
                _beside(path, "nodes"): _encoded(csv_files.nodes(found, ids_only=ids_only)),
                _beside(path, "about").with_suffix(".json"): [csv_files.about(found, ids_only=ids_only).encode()],
            }
        case "json":
            return {path: neighborhood_chunks(found, ids_only=ids_only)}
        case "jsonl":
            return {path: _encoded(json_lines(found, ids_only=ids_only))}
        case "sqlite":
            return {path: sqlite_file(found, ids_only=ids_only)}
        case "parquet":
            return {
                path: parquet.edges(found, ids_only=ids_only),
                _beside(path, "nodes"): parquet.nodes(found, ids_only=ids_only),
            }
        case "package":
            parts = package(found, deposit or Deposit(), ids_only=ids_only)
            if path.suffix.lower() == ".zip":
                return {path: zipped(parts, found.about.date)}
            return {path / name: chunks for name, chunks in parts.items()}


def _look(found: NeighborhoodGraph) -> Look:
    from fedistats.render.network.scene import compose_scene  # slow to import, and only GEXF needs it

    return as_drawn(compose_scene(found))


def _beside(path: Path, what: str) -> Path:
    return path.with_name(f"{path.stem}-{what}{path.suffix}")


def _encoded(chunks: Iterable[str]) -> Iterator[bytes]:
    return (chunk.encode() for chunk in chunks)
