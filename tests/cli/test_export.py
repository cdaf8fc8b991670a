"""`fedistats export`"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from fedistats import cli
from tests.commands import FAST, Commands, home_server
from tests.local_server import serve_locally


@pytest.mark.parametrize("kind", ["graphml", "gexf", "csv", "json"])
def test_export_writes_the_named_file(run: Commands, kind: str) -> None:
    with serve_locally(home_server()) as url:
        code, out, _ = run("export", url, "-f", kind, "-o", f"mine.{kind}", "--posts", "90", *FAST)
    assert code == 0
    assert f"mine.{kind}" in out
    assert "far.example" in Path(f"mine.{kind}").read_text()


@pytest.fixture
def collected(run: Commands) -> None:
    with serve_locally(home_server()) as url:
        run("neighborhood", url, "--posts", "90", *FAST)


@pytest.mark.usefixtures("collected")
def test_the_ending_of_the_file_selects_the_format(run: Commands) -> None:
    starts = {
        "gexf": b"<?xml",
        "csv": b"Source,",
        "jsonl": b'{"table": "about"',
        "sqlite": b"SQLite format 3",
        "zip": b"PK",
    }
    for ending, start in starts.items():
        code, out, _ = run("export", "home.example", "--offline", "-o", f"mine.{ending}")
        assert (code, out.splitlines()[0]) == (0, f"mine.{ending}")
        assert Path(f"mine.{ending}").read_bytes().startswith(start)
    assert {path.name for path in Path().glob("mine-*")} == {"mine-nodes.csv", "mine-about.json"}


@pytest.mark.usefixtures("collected")
def test_a_package_has_metadata_license_and_authors(run: Commands) -> None:
    words = ("--license", "CC0-1.0", "--author", "Ada", "--author", "Grace", "--ids-only")
    assert run("export", "home.example", "--offline", "-f", "package", "-o", "deposit", *words)[0] == 0
    made = {path.name: path.read_text() for path in Path("deposit").iterdir()}
    assert set(made) == {"datapackage.json", "README.md", "CITATION.cff", "edges.csv", "nodes.csv"}
    assert 'name: "Ada"' in made["CITATION.cff"]
    assert json.loads(made["datapackage.json"])["licenses"][0]["name"] == "CC0-1.0"
    assert made["edges.csv"].splitlines() == ["Source,Target,Type", "far.example,home.example,Undirected"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("-o", "mine.xlsx"), cli.USAGE, "is not that of a format"),
        (("-f", "package", "--license", "a b"), cli.USAGE, "SPDX identifier"),
        (("-f", "xlsx"), cli.USAGE, "'graphml'"),
        (("-f", "parquet"), cli.FAILED, "pip install 'fedistats[duckdb]'"),
    ],
)
def test_an_impossible_export_is_refused_before_any_request(
    run: Commands, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int, message: str
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    server = home_server()
    with serve_locally(server) as url:
        exit_code, out, err = run("export", url, *words, *FAST)
    assert (exit_code, out, err.count("\n")) == (code, "", 1)
    assert message in err
    assert not Path("output/fedistats.db").exists()


def test_an_export_never_overwrites_the_database(run: Commands) -> None:
    with serve_locally(home_server()) as url:
        run("neighborhood", url, "--posts", "90", *FAST)
    before = Path("output/fedistats.db").read_bytes()
    code, _, err = run("export", "home.example", "--offline", "-o", "output/fedistats.db")
    assert (code, "the database itself" in err) == (cli.USAGE, True)
    assert run("export", "home.example", "--offline", "-o", "output")[0] == cli.USAGE
    assert Path("output/fedistats.db").read_bytes() == before


def test_with_json_the_export_goes_to_stdout(run: Commands) -> None:
    with serve_locally(home_server()) as url:
        _, out, _ = run("export", url, "--posts", "90", "--json", *FAST)
    assert [edge[:3] for edge in json.loads(out)["edges"]] == [["far.example", "home.example", 30]]
