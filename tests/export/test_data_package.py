"""The data package."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from fedistats.export import tables
from fedistats.export.data_package import PackageMetadata
from fedistats.export.exporter import export_files
from tests.export.samples import export_bytes, sample_graph


def test_each_column_of_each_table_is_described() -> None:
    files = export_bytes(sample_graph(), "package")
    descriptor = json.loads(files["it/datapackage.json"])
    assert descriptor["fedistats"] == tables.about(sample_graph())
    assert {resource["path"] for resource in descriptor["resources"]} == {"edges.csv", "nodes.csv", "coverage.csv"}
    for resource in descriptor["resources"]:
        fields = resource["schema"]["fields"]
        rows = list(csv.DictReader(io.StringIO(files[f"it/{resource['path']}"].decode())))
        assert [field["name"] for field in fields] == list(rows[0])
        assert all(field["description"] for field in fields)
        assert set(resource["schema"]["primaryKey"]) <= set(rows[0])
        for field in fields:
            pattern = {"integer": r"-?\d+|", "boolean": "true|false", "string": ".*"}[field["type"]]
            assert all(re.fullmatch(pattern, row[field["name"]]) for row in rows)
        for column in ("Id", "Source", "Target", "Label", "Type"):
            if column in rows[0]:
                assert f"| {column} |" in files["it/README.md"].decode()


def test_license_and_authors_are_named() -> None:
    metadata = PackageMetadata("CC0-1.0", ['Ada: "L"', "Grace"])
    files = {
        str(path): b"".join(chunks).decode()
        for path, chunks in export_files(sample_graph(), "package", Path("it"), metadata=metadata).items()
    }
    descriptor = json.loads(files["it/datapackage.json"])
    assert [entry["name"] for entry in descriptor["licenses"]] == ["CC0-1.0"]
    assert [person["title"] for person in descriptor["contributors"]] == ['Ada: "L"', "Grace"]
    citation = files["it/CITATION.cff"]
    assert "license: CC0-1.0\n" in citation
    assert '  - name: "Ada: \\"L\\""\n  - name: "Grace"\n' in citation
    assert 'date-released: "2026-11-02"' in citation
    assert "put your name" not in files["it/README.md"]


def test_package_without_authors_says_so() -> None:
    files = export_bytes(sample_graph(), "package")
    assert "put your name" in files["it/README.md"].decode()
    descriptor = json.loads(files["it/datapackage.json"])
    assert "contributors" not in descriptor
    assert descriptor["version"] == "2026.11.2"
    assert 'authors:\n  - name: "Anonymous"\ndate-released' in files["it/CITATION.cff"].decode()


@pytest.mark.parametrize("spdx_id", ["", "CC BY", "MIT\nauthors: []", "-"])
def test_license_must_be_an_identifier(spdx_id: str) -> None:
    with pytest.raises(ValueError, match="SPDX"):
        PackageMetadata(spdx_id)


def test_package_can_be_one_zip_file() -> None:
    data = export_bytes(sample_graph(), "package", ending=".zip")
    assert list(data) == ["it.zip"]
    with zipfile.ZipFile(io.BytesIO(data["it.zip"])) as archive:
        assert archive.testzip() is None
        loose = {f"it/{name}": archive.read(name) for name in archive.namelist()}
        assert archive.infolist()[0].date_time == (2026, 11, 2, 12, 0, 0)
    assert loose == export_bytes(sample_graph(), "package")
