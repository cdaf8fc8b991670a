"""`fedistats map`, and the result of `fedistats.map`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import fedistats
from fedistats import cli
from fedistats.export import schema
from tests.commands import Commands, collect
from tests.descriptions import servers
from tests.results.shared import LIBRARIES, assert_same_error, column_names


def test_map_prints_a_table_and_writes_json_and_pictures(run: Commands) -> None:
    collect(servers(), "a1.example", map_=True)
    code, out, err = run("map", "a1.example", "--offline")
    assert (code, err) == (0, "")
    assert "9 instances have words in common with others, 1 has none" in out
    assert "写真" in out
    document = json.loads(Path("output/a1.example/map.json").read_text("utf-8"))
    assert {instance["host"][0] for instance in document["instances"]} == {"a", "g", "j"}
    assert len(document["regions"]) == 3
    assert document["coverage"]["asked"] == 11
    code, out, _ = run("map", "a1.example", "--offline", "--json", "--by", "language", "--theme", "dark")
    assert (code, json.loads(out)) == (0, document)


def test_neighborhood_without_descriptions_is_not_collected(run: Commands) -> None:
    collect(servers(), "a1.example")
    code, out, err = run("map", "a1.example", "--offline")
    assert (code, out) == (cli.UNCOLLECTED, "")
    assert "map a1.example" in err


def test_map_without_shared_words_is_empty(run: Commands) -> None:
    unrelated = servers()
    for number, (host, server) in enumerate(unrelated.items()):
        server.responses["/api/v2/instance"] = {
            "domain": host,
            "title": f"word{'abcdefghijkl'[number]}",
            "description": "",
        }
    collect(unrelated, "a1.example", map_=True)
    code, _, err = run("map", "a1.example", "--offline")
    assert (code, "share a word" in err) == (cli.NOTHING, True)
    assert run("map", "a1.example", "--offline", "--min-posts", "1000")[0] == cli.NOTHING


def test_pictures_and_json_equal_the_files_of_the_command(run: Commands) -> None:
    collect(servers(), "a1.example", map_=True)
    result = fedistats.map("a1.example", offline=True)
    assert run("map", "a1.example", "--offline", "-q")[0] == 0
    folder = Path("output/a1.example")
    assert result._repr_png_() == (folder / "map.png").read_bytes()
    assert result.svg() == (folder / "map.svg").read_bytes()
    assert result.to_json() == (folder / "map.json").read_text("utf-8")
    assert result.svg(by="language", theme="dark") != result.svg()
    assert "9 instances, 3 regions" in repr(result)
    assert result.neighborhood.start == "a1.example"


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize("library", LIBRARIES)
def test_data_frame_has_a_row_for_each_instance(library: str) -> None:
    pytest.importorskip(library)
    collect(servers(), "a1.example", map_=True)
    result = fedistats.map("a1.example", offline=True)
    frame = getattr(result, f"to_{library}")()
    assert list(frame.columns) == column_names(schema.PLACES)
    assert list(frame["host"]) == list(result.hosts)
    assert list(frame["y"]) == result.points[:, 1].tolist()
    words = dict(zip(frame["host"], frame["words"], strict=True))
    assert "tomatoes" in words["g1.example"].lower()
    assert words["g1.example"] == words["g2.example"] != words["a1.example"]
    if library == "pandas":
        assert (frame.attrs["host"], frame.attrs["instances_closed"]) == ("a1.example", 1)


def test_python_raises_the_error_of_the_command(run: Commands) -> None:
    unrelated = servers()
    for number, (host, server) in enumerate(unrelated.items()):
        about = {"domain": host, "title": f"word{'abcdefghijkl'[number]}", "description": ""}
        server.responses["/api/v2/instance"] = about
    collect(unrelated, "a1.example", map_=True)
    assert_same_error(run, lambda: fedistats.map("a1.example", offline=True), "map", "a1.example", "--offline", "-q")
    alone: dict[str, Any] = {"min_posts": 1000, "offline": True}
    assert_same_error(
        run, lambda: fedistats.map("a1.example", **alone), "map", "a1.example", "--offline", "--min-posts=1000"
    )
