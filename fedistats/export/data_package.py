"""A neighborhood as a data package (https://datapackage.org/), for deposit in a repository: tables, their meaning, licence, citation."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fedistats.export import csv_files, tables
from fedistats.export.formats import LICENCE
from fedistats.export.schema import COVERAGE, EDGES, NODES, Column, Table
from fedistats.model import NeighborhoodGraph
from fedistats.text.html import clean

_LICENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{1,60}")
_KEYWORDS = ("fediverse", "social networks", "network analysis")
_LABEL = Column("label", "string", "The same, for Gephi.", gephi="Label")
_TYPE = Column("type", "string", "Directed or Undirected, for Gephi.", gephi="Type")


@dataclass(frozen=True, slots=True)
class Deposit:
    """What only the person who deposits it knows."""

    licence: str = LICENCE
    """An SPDX identifier (https://spdx.org/licenses/). Raises ValueError for what can be none."""
    authors: Sequence[str] = ()
    """Whom to cite. Where nobody is named, nobody is made up: the program is the tool, and no author."""

    def __post_init__(self) -> None:
        if not _LICENCE.fullmatch(self.licence):
            raise ValueError(f"{self.licence!r} is no SPDX identifier of a licence, like CC-BY-4.0 or CC0-1.0")

    @property
    def licence_url(self) -> str:
        return f"https://spdx.org/licenses/{self.licence}.html"

    @property
    def cited(self) -> list[str]:
        return [clean(author) for author in self.authors]


def package(found: NeighborhoodGraph, deposit: Deposit, *, ids_only: bool = False) -> dict[str, Iterable[bytes]]:
    """The files of the package, each in chunks."""
    files: dict[str, Iterable[bytes]] = {
        "datapackage.json": [_json(_descriptor(found, deposit, ids_only=ids_only))],
        "README.md": [_readme(found, deposit, ids_only=ids_only).encode()],
        "CITATION.cff": [_citation(found, deposit).encode()],
        "edges.csv": (chunk.encode() for chunk in csv_files.edges(found, ids_only=ids_only)),
        "nodes.csv": (chunk.encode() for chunk in csv_files.nodes(found, ids_only=ids_only)),
    }
    if not ids_only:
        files["coverage.csv"] = (chunk.encode() for chunk in csv_files.coverage(found))
    return files


def zipped(files: Mapping[str, Iterable[bytes]], date: str) -> Iterator[bytes]:
    """The files as one ZIP file, dated by an ISO date: the same files give the same bytes."""
    year, month, day, hour, minute, second = map(int, re.findall(r"\d+", date)[:6])
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, chunks in files.items():
            member = zipfile.ZipInfo(name, (year, month, day, hour, minute, second))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            with archive.open(member, "w", force_zip64=True) as file:
                for chunk in chunks:
                    file.write(chunk)
    yield whole.getvalue()


def _title(found: NeighborhoodGraph) -> str:
    return f"The neighborhood of {clean(found.start)} in the fediverse, {found.about.date[:10]}"


def _shown(found: NeighborhoodGraph, *, ids_only: bool) -> list[tuple[Table, tuple[Column, ...]]]:
    """The tables with the columns that their CSV files have."""
    source, target, *telling = tables.edge_table(found).columns(ids_only=ids_only)
    host, *others = NODES.columns(ids_only=ids_only)
    quoted = [(EDGES, (source, target, _TYPE, *telling)), (NODES, (host, _LABEL, *others))]
    return quoted if ids_only else [*quoted, (COVERAGE, COVERAGE.columns())]


def _descriptor(found: NeighborhoodGraph, deposit: Deposit, *, ids_only: bool) -> dict[str, object]:
    keys: dict[str, dict[str, object]] = {
        EDGES.name: {
            "primaryKey": ["Source", "Target"],
            "foreignKeys": [
                {"fields": [end], "reference": {"resource": NODES.name, "fields": ["Id"]}}
                for end in ("Source", "Target")
            ],
        },
        NODES.name: {"primaryKey": ["Id"]},
        COVERAGE.name: {"primaryKey": ["host"]},
    }
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": re.sub(r"[^a-z0-9._-]", "-", f"neighborhood-of-{found.start}"),
        "title": _title(found),
        "description": found.coverage.sentence(),
        "version": ".".join(str(int(part)) for part in found.about.date[:10].split("-")),  # as semantic versions are
        "created": found.about.date,
        "keywords": list(_KEYWORDS),
        "licenses": [{"name": deposit.licence, "path": deposit.licence_url}],
        **(
            {"contributors": [{"title": author, "roles": ["author"]} for author in deposit.cited]}
            if deposit.cited
            else {}
        ),
        "fedistats": tables.about(found, ids_only=ids_only),
        "resources": [
            {
                "name": table.name,
                "path": f"{table.name}.csv",
                "type": "table",
                "description": table.meaning,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {
                    "fields": [
                        {"name": column.csv_name, "type": column.type, "description": column.meaning}
                        for column in columns
                    ],
                    **keys[table.name],
                },
            }
            for table, columns in _shown(found, ids_only=ids_only)
        ],
    }


def _readme(found: NeighborhoodGraph, deposit: Deposit, *, ids_only: bool) -> str:
    lines = [
        f"# {_title(found)}",
        "",
        "Instances (servers) of the fediverse, and which of them public posts connect: a post connects the instance on whose public",
        "timeline it was read and the instance it was written on. No person is in it: no name, no handle, no text.",
        "",
        f"Coverage: {found.coverage.sentence()}.",
        "",
        "| asked and seen | |",
        "|---|---|",
        *(f"| {name} | {_cell(value)} |" for name, value in tables.about(found, ids_only=ids_only).items()),
    ]
    for table, columns in _shown(found, ids_only=ids_only):
        lines += ["", f"## {table.name}.csv", "", table.meaning, "", "| column | type | |", "|---|---|---|"]
        lines += [f"| {column.csv_name} | {column.type} | {column.meaning} |" for column in columns]
    lines += [
        "",
        "## Licence and citation",
        "",
        f"{deposit.licence}: {deposit.licence_url}",
        "",
        "CITATION.cff says how to cite it.",
    ]
    if not deposit.authors:
        lines.append(
            "No author was named: put your name there, and as a contributor into datapackage.json, before you deposit this."
        )
    return "\n".join(lines) + "\n"


def _citation(found: NeighborhoodGraph, deposit: Deposit) -> str:
    """Citation File Format 1.2 (https://citation-file-format.github.io/). Quoted as in JSON, which YAML understands."""

    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)

    return "\n".join(
        [
            "cff-version: 1.2.0",
            "message: If you use this data set, please cite it.",
            "type: dataset",
            f"title: {quoted(_title(found))}",
            f"abstract: {quoted(found.coverage.sentence())}",
            "authors:",
            # the format wants at least one
            *(f"  - name: {quoted(author)}" for author in deposit.cited or ["Anonymous"]),
            f"date-released: {quoted(found.about.date[:10])}",
            f"license: {deposit.licence}",
            "keywords:",
            *(f"  - {keyword}" for keyword in _KEYWORDS),
            "references:",
            "  - type: software",
            "    title: fedistats",
            f"    version: {quoted(clean(found.about.version))}",
            "    authors:",
            "      - name: The fedistats founders",
            "",
        ]
    )


def _cell(value: tables.Value) -> str:
    return str(value).replace("|", "\\|")


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
