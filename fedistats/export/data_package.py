"""A neighborhood as a data package (https://datapackage.org/) for deposit in a repository: tables, their meaning, license, citation."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fedistats.errors import InvalidSetting
from fedistats.export import csv_files, tables
from fedistats.export.formats import DEFAULT_LICENSE
from fedistats.export.schema import COVERAGE, EDGES, NODES, Column, Table
from fedistats.model import NeighborhoodGraph
from fedistats.text.html import clean

_SPDX_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{1,60}")
_KEYWORDS = ("fediverse", "social networks", "network analysis")
_LABEL = Column("label", "string", "The same as the Id, for Gephi.", gephi="Label")
_TYPE = Column("type", "string", "Directed or Undirected, for Gephi.", gephi="Type")


@dataclass(frozen=True, slots=True)
class PackageMetadata:
    """What only the person who deposits the package knows. Raises InvalidSetting for a license that is not an SPDX identifier."""

    license: str = DEFAULT_LICENSE  # an SPDX identifier (https://spdx.org/licenses/)
    authors: Sequence[str] = ()  # who is cited; if empty, the package has no author: the program is only a tool

    def __post_init__(self) -> None:
        if not _SPDX_ID.fullmatch(self.license):
            raise InvalidSetting(
                f"license must be the SPDX identifier of a license, like CC-BY-4.0 or CC0-1.0, not {self.license!r}"
            )

    @property
    def license_url(self) -> str:
        return f"https://spdx.org/licenses/{self.license}.html"

    @property
    def author_names(self) -> list[str]:
        return [clean(author) for author in self.authors]


def package_files(
    graph: NeighborhoodGraph, metadata: PackageMetadata, *, ids_only: bool = False
) -> dict[str, Iterable[bytes]]:
    """The files of the package by name, each in chunks."""
    files: dict[str, Iterable[bytes]] = {
        "datapackage.json": [_descriptor(graph, metadata, ids_only=ids_only)],
        "README.md": [_readme(graph, metadata, ids_only=ids_only).encode()],
        "CITATION.cff": [_citation(graph, metadata).encode()],
        "edges.csv": (chunk.encode() for chunk in csv_files.edges(graph, ids_only=ids_only)),
        "nodes.csv": (chunk.encode() for chunk in csv_files.nodes(graph, ids_only=ids_only)),
    }
    if not ids_only:
        files["coverage.csv"] = (chunk.encode() for chunk in csv_files.coverage(graph))
    return files


def zip_files(files: Mapping[str, Iterable[bytes]], date: str) -> Iterator[bytes]:
    """The files as one ZIP file. Its members have the ISO date as their time, so the same files give the same bytes."""
    year, month, day, hour, minute, second = map(int, re.findall(r"\d+", date)[:6])
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, chunks in files.items():
            member = zipfile.ZipInfo(name, (year, month, day, hour, minute, second))
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            with archive.open(member, "w", force_zip64=True) as file:
                for chunk in chunks:
                    file.write(chunk)
    yield data.getvalue()


def _title(graph: NeighborhoodGraph) -> str:
    return f"The neighborhood of {clean(graph.start)} in the fediverse, {graph.about.date[:10]}"


def _tables(graph: NeighborhoodGraph, *, ids_only: bool) -> list[tuple[Table, tuple[Column, ...]]]:
    """The tables with the columns of their CSV files."""
    source, target, *edge_columns = tables.edge_table(graph).columns(ids_only=ids_only)
    host, *node_columns = NODES.columns(ids_only=ids_only)
    identifying = [(EDGES, (source, target, _TYPE, *edge_columns)), (NODES, (host, _LABEL, *node_columns))]
    return identifying if ids_only else [*identifying, (COVERAGE, COVERAGE.columns())]


def _descriptor(graph: NeighborhoodGraph, metadata: PackageMetadata, *, ids_only: bool) -> bytes:
    """datapackage.json."""
    foreign_keys = [
        {"fields": [column], "reference": {"resource": NODES.name, "fields": ["Id"]}} for column in ("Source", "Target")
    ]
    keys: dict[str, dict[str, object]] = {
        EDGES.name: {"primaryKey": ["Source", "Target"], "foreignKeys": foreign_keys},
        NODES.name: {"primaryKey": ["Id"]},
        COVERAGE.name: {"primaryKey": ["host"]},
    }
    contributors = [{"title": author, "roles": ["author"]} for author in metadata.author_names]
    descriptor = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": re.sub(r"[^a-z0-9._-]", "-", f"neighborhood-of-{graph.start}"),
        "title": _title(graph),
        "description": graph.coverage.sentence(),
        # a semantic version has no leading zeros
        "version": ".".join(str(int(part)) for part in graph.about.date[:10].split("-")),
        "created": graph.about.date,
        "keywords": list(_KEYWORDS),
        "licenses": [{"name": metadata.license, "path": metadata.license_url}],
        **({"contributors": contributors} if contributors else {}),
        "fedistats": tables.about(graph, ids_only=ids_only),
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
            for table, columns in _tables(graph, ids_only=ids_only)
        ],
    }
    return (json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n").encode()


def _readme(graph: NeighborhoodGraph, metadata: PackageMetadata, *, ids_only: bool) -> str:
    lines = [
        f"# {_title(graph)}",
        "",
        "Instances (servers) of the fediverse, and which of them are connected by public posts: a post connects the instance on whose",
        "public timeline it was read and the instance it was written on. The data names no person and quotes no text.",
        "",
        f"Coverage: {graph.coverage.sentence()}.",
        "",
        "| provenance | |",
        "|---|---|",
        *(f"| {name} | {_cell(value)} |" for name, value in tables.about(graph, ids_only=ids_only).items()),
    ]
    for table, columns in _tables(graph, ids_only=ids_only):
        lines += ["", f"## {table.name}.csv", "", table.meaning, "", "| column | type | |", "|---|---|---|"]
        lines += [f"| {column.csv_name} | {column.type} | {column.meaning} |" for column in columns]
    lines += [
        "",
        "## License and citation",
        "",
        f"{metadata.license}: {metadata.license_url}",
        "",
        "CITATION.cff says how to cite it.",
    ]
    if not metadata.authors:
        lines.append(
            "No author was named: put your name there, and as a contributor into datapackage.json, before you deposit this."
        )
    return "\n".join(lines) + "\n"


def _citation(graph: NeighborhoodGraph, metadata: PackageMetadata) -> str:
    """CITATION.cff in the Citation File Format 1.2 (https://citation-file-format.github.io/)."""
    lines = [
        "cff-version: 1.2.0",
        "message: If you use this data set, please cite it.",
        "type: dataset",
        f"title: {_yaml(_title(graph))}",
        f"abstract: {_yaml(graph.coverage.sentence())}",
        "authors:",
        # the format requires at least one author
        *(f"  - name: {_yaml(author)}" for author in metadata.author_names or ["Anonymous"]),
        f"date-released: {_yaml(graph.about.date[:10])}",
        f"license: {metadata.license}",
        "keywords:",
        *(f"  - {keyword}" for keyword in _KEYWORDS),
        "references:",
        "  - type: software",
        "    title: fedistats",
        f"    version: {_yaml(clean(graph.about.version))}",
        "    authors:",
        "      - name: The fedistats founders",
    ]
    return "\n".join(lines) + "\n"


def _yaml(text: str) -> str:
    """A quoted string: strings of JSON are strings of YAML."""
    return json.dumps(text, ensure_ascii=False)


def _cell(value: tables.Value) -> str:
    return str(value).replace("|", "\\|")
