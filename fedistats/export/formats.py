"""Which formats there are for other programs, and the endings that name them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from fedistats.errors import InvalidFile

Format = Literal["graphml", "gexf", "csv", "json", "jsonl", "sqlite", "parquet", "package"]

ENDINGS: dict[str, Format] = {
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

LICENCE = "CC-BY-4.0"
"""Of a package, unless another is named: it asks of others what science asks of them anyway, to cite."""


def format_of(path: Path) -> Format:
    """The format that a file's ending names. Raises InvalidFile where it names none."""
    try:
        return ENDINGS[path.suffix.lower()]
    except KeyError:
        endings = ", ".join(ENDINGS)
        raise InvalidFile(f"the ending of {path} names no format: choose one with -f, or end it in {endings}") from None
