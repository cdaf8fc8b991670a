"""The file formats of an export, and the file name endings that select them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from fedistats.errors import InvalidFile

FileFormat = Literal["graphml", "gexf", "csv", "json", "jsonl", "sqlite", "parquet", "package"]

ENDINGS: dict[str, FileFormat] = {
    ".graphml": "graphml",
    ".gexf": "gexf",
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".sqlite": "sqlite",
    ".db": "sqlite",
    ".parquet": "parquet",
    ".zip": "package",
}

DEFAULT_LICENSE = "CC-BY-4.0"  # the license of a data package: it asks for what science asks for anyway, a citation


def format_of(path: Path) -> FileFormat:
    """The format that a file's ending names. Raises InvalidFile if the ending names none."""
    try:
        return ENDINGS[path.suffix.lower()]
    except KeyError:
        endings = ", ".join(ENDINGS)
        raise InvalidFile(
            f"the ending of {path} is not that of a format: choose a format with -f, or one of the endings {endings}"
        ) from None
