"""`fedistats compare`, and the result of `fedistats.compare`."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from pathlib import Path

import pytest

import fedistats
from fedistats import cli, demo
from fedistats.errors import InvalidHost
from fedistats.export import schema
from tests.commands import Commands, collect, timeline
from tests.fediverse import FakeServer, account
from tests.results.shared import LIBRARIES, assert_same_error, column_names


def servers() -> dict[str, FakeServer]:
    def people(word: str) -> list[dict[str, object]]:
        return [
            account(f"u{n}", note=f"<p>{word}, {'sailor' if n % 2 else 'cook'}</p>", created_at="2022-11-05")
            for n in range(60)
        ]

    return {
        "a.example": FakeServer(timeline(("", 80), ("x.example", 40)), profiles=people("astronomer")),
        "b.example": FakeServer(timeline(("", 80), ("y.example", 40)), profiles=people("gardener")),
        "x.example": FakeServer(timeline(("", 50))),
        "y.example": FakeServer(timeline(("", 50))),
    }


def test_compare_prints_a_table_and_writes_json_and_pictures(run: Commands) -> None:
    collect(servers(), "a.example", "b.example")
    code, out, err = run("compare", "a.example", "b.example", "--offline")
    assert (code, err) == (0, "")
    assert "astronomer" in out
    assert "share 0 of 2 neighbors" in out
    folder = Path("output/a.example-b.example")
    document = json.loads((folder / "compare.json").read_text("utf-8"))
    assert [key["text"] for key in document["keyness"]["words"]["a.example"]] == ["astronomer"]
    assert [key["text"] for key in document["keyness"]["neighbors"]["b.example"]] == ["y.example"]
    assert document["about"]["a.example"]["profiles"]["host"] == "a.example"
    assert set(document["about"]["a.example"]) == {"profiles", "posts", "neighborhood"}
    assert {path.name for path in folder.iterdir()} == {"compare.json", "compare.png", "compare.svg"}
    assert json.loads(run("compare", "a.example", "b.example", "--offline", "--json")[1]) == document


@pytest.mark.parametrize(
    ("hosts", "code", "message"),
    [
        (("a.example",), cli.USAGE, "different instances"),
        (("a.example", "a.example"), cli.USAGE, "different instances"),
        (("a.example", "nowhere.example"), cli.UNCOLLECTED, "nowhere.example"),
        (("a.example", "no host at all"), cli.USAGE, "is not a host"),
        ((), cli.USAGE, "HOST"),
    ],
)
def test_error_is_one_line(run: Commands, hosts: tuple[str, ...], code: int, message: str) -> None:
    collect(servers(), "a.example")
    exit_code, out, err = run("compare", *hosts, "--offline")
    assert (exit_code, out, err.count("\n")) == (code, "", 1)
    assert message in err


def test_closed_servers_cannot_be_compared(run: Commands) -> None:
    closed = {host: FakeServer(closed=["public", "local"]) for host in ("a.example", "b.example")}
    collect(closed, "a.example", "b.example")
    assert run("compare", "a.example", "b.example", "--offline")[0] == cli.NOTHING


@pytest.fixture
def compared(run: Commands) -> fedistats.Comparison:  # noqa: ARG001 - in its folder
    collect(servers(), "a.example", "b.example")
    return fedistats.compare(["a.example", "b.example"], offline=True)


def test_pictures_and_json_equal_the_files_of_the_command(run: Commands, compared: fedistats.Comparison) -> None:
    assert run("compare", "a.example", "b.example", "--offline", "-q")[0] == 0
    folder = Path("output/a.example-b.example")
    assert compared._repr_png_() == (folder / "compare.png").read_bytes()
    assert compared.svg() == (folder / "compare.svg").read_bytes()
    assert compared.to_json() == (folder / "compare.json").read_text("utf-8")
    assert repr(compared).startswith("<Comparison of a.example, b.example: 2 words, 0 hashtags, ")


def test_comparison_has_the_results_of_each_instance(compared: fedistats.Comparison) -> None:
    assert [[key.text for key in keys] for keys in compared.keyness["words"]] == [["astronomer"], ["gardener"]]
    assert [instance.host for instance in compared.instances] == list(compared.hosts)
    assert isinstance(compared.instances[0].profiles, fedistats.Profiles)
    assert isinstance(compared.instances[1].neighborhood, fedistats.Neighborhood)


@pytest.mark.parametrize("library", LIBRARIES)
def test_data_frames_of_keyness_and_overlaps(compared: fedistats.Comparison, library: str) -> None:
    pytest.importorskip(library)
    to_frame = getattr(compared, f"to_{library}")
    keyness, overlaps = to_frame(), to_frame("overlaps")
    assert list(keyness.columns) == column_names(schema.KEYNESS)
    rows = list(zip(keyness["host"], keyness["kind"], keyness["name"], keyness["uses"], keyness["others"], strict=True))
    assert rows[:2] == [("a.example", "words", "astronomer", 60, 0), ("b.example", "words", "gardener", 60, 0)]
    assert len(rows) == sum(len(keys) for by_host in compared.keyness.values() for keys in by_host)
    assert list(overlaps.columns) == column_names(schema.OVERLAPS)
    assert (list(overlaps["shared"]), list(overlaps["union"])) == ([0], [2])
    with pytest.raises(ValueError, match="'keyness' or 'overlaps'"):
        to_frame("words")
    if library == "pandas":
        assert keyness.attrs["host"] == "a.example, b.example"
        assert keyness.attrs["date"] == "2026-11-01T12:00:00Z"


def test_python_raises_the_error_of_the_command(run: Commands) -> None:
    closed = {host: FakeServer(closed=["public", "local"]) for host in ("c.example", "d.example")}
    collect(closed, "c.example", "d.example")
    for hosts in (["c.example", "d.example"], ["c.example"], ["c.example", "e.example"]):
        assert_same_error(run, partial(fedistats.compare, hosts, offline=True), "compare", *hosts, "--offline", "-q")


@pytest.mark.usefixtures("demo_network")
def test_missing_parts_are_collected_inside_a_running_loop() -> None:
    async def cell() -> fedistats.Comparison:
        return fedistats.compare([demo.START, "agora.example"], posts=100)

    result = asyncio.run(cell())
    for instance in result.instances:
        assert None not in (instance.profiles, instance.posts, instance.neighborhood), instance.host
    with pytest.raises(InvalidHost, match="different instances"):
        fedistats.compare([demo.START, f"@someone@{demo.START}"])


@pytest.mark.usefixtures("demo_network")
def test_fresh_makes_one_new_collection_of_each_instance() -> None:
    hosts = [demo.START, "agora.example"]
    fedistats.compare(hosts, posts=100)
    fedistats.compare(hosts, posts=100, fresh=True)
    assert [len(fedistats.history(host, posts=100).snapshots) for host in hosts] == [2, 2]
