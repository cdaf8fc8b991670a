"""`fedistats watch` and `fedistats history`, and the result of `fedistats.history`."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import fedistats
from fedistats import cli, demo
from fedistats.errors import NothingFound
from fedistats.export import schema
from fedistats.settings import Scope
from tests.commands import FAST, FIRST, Commands, collect, home_server, timeline
from tests.fediverse import FakeServer, post
from tests.local_server import serve_locally
from tests.results.shared import LIBRARIES, WEEK, column_names

MARCH, APRIL = "1803816000", "1806494400"  # 2027-02-28 and 2027-03-31, UTC


def other_server() -> FakeServer:
    return FakeServer([post(n, f"v{n}@near.example") for n in range(30, 0, -1)], domain="home.example")


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[int, str]]]:
    """Two collections of one host, a month apart, with different neighbors; the folder, and the exit code and output of each run."""
    folder, runs = tmp_path_factory.mktemp("twice"), []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("COLUMNS", "120")
        patch.setenv("FEDISTATS_CONFIG", os.devnull)
        for date, server in ((MARCH, home_server()), (APRIL, other_server())):
            patch.setenv("SOURCE_DATE_EPOCH", date)
            with serve_locally(server) as url, contextlib.redirect_stdout(io.StringIO()) as out:
                patch.setattr(sys, "argv", ["fedistats", "watch", url, *FAST])
                with pytest.raises(SystemExit) as ended:
                    cli.main()
            runs.append((int(ended.value.code or 0), out.getvalue()))
    return folder, runs


@pytest.fixture
def watched(run: Commands, twice: tuple[Path, list[tuple[int, str]]]) -> None:  # noqa: ARG001 - its folder
    """The two collections in a folder of the test's own."""
    shutil.copytree(twice[0], Path.cwd(), dirs_exist_ok=True)


def test_watch_prints_the_changes_in_one_line(twice: tuple[Path, list[tuple[int, str]]]) -> None:
    (first, first_line), (second, second_line) = twice[1]
    assert (first, second) == (0, 0)
    assert first_line.startswith("home.example 2027-02-28: ")
    assert second_line.startswith("home.example 2027-03-31: ")
    assert "(since 2027-02-28)" in second_line
    assert second_line.count("\n") == 1


@pytest.mark.usefixtures("watched")
def test_watch_writes_all_files_again() -> None:
    names = {path.name for path in Path("output/home.example").iterdir()}
    assert {"report.html", "neighborhood.png", "instance.json", "history.png", "history.json"} <= names
    graph = json.loads(Path("output/home.example/neighborhood.json").read_text())
    assert graph["about"]["date"] == "2027-03-31T12:00:00Z"


@pytest.mark.usefixtures("watched")
def test_history_has_a_snapshot_for_each_date(run: Commands) -> None:
    code, out, _ = run("history", "home.example", "--json")
    first, second = json.loads(out)["history"]["snapshots"]
    assert code == 0
    assert (first["date"][:10], second["date"][:10]) == ("2027-02-28", "2027-03-31")
    assert (first["neighbors"], second["neighbors"]) == (1, 1)
    assert (first["posts_read"], second["posts_read"]) == (90, 30)
    assert "2027-02-28" in run("history", "home.example")[1]


@pytest.mark.usefixtures("watched")
def test_same_history_gives_the_same_bytes(run: Commands) -> None:
    run("history", "home.example", "--output", "a", "--store", "output/fedistats.db")
    run("history", "home.example", "--output", "b", "--store", "output/fedistats.db")
    for name in ("history.png", "history.svg", "history.json"):
        assert Path("a/home.example", name).read_bytes() == Path("b/home.example", name).read_bytes()


@pytest.mark.usefixtures("watched")
def test_unknown_number_is_null_and_not_zero(run: Commands) -> None:
    snapshots = json.loads(run("history", "home.example", "--json")[1])["history"]["snapshots"]
    assert all(snapshot["users"] is None or snapshot["users"] > 0 for snapshot in snapshots)


def servers_around(*others: str) -> dict[str, FakeServer]:
    """The timeline of the start has 20 posts of its own and 20 of each other server; theirs have posts of their own and of the start."""
    servers = {host: FakeServer(timeline(("", 20), ("home.example", 10))) for host in others}
    return {"home.example": FakeServer(timeline(("", 20), *((host, 20) for host in others)))} | servers


def test_all_snapshots_use_the_same_number_of_posts(run: Commands) -> None:
    servers = servers_around("a.example", "b.example")
    collect(servers, "home.example", posts=25)
    collect(servers, "home.example", now=FIRST + WEEK)
    document = json.loads(run("history", "home.example", "--json")[1])
    first, second = document["history"]["snapshots"]
    assert document["about"]["parameters"]["posts"] == 25
    for name in ("max_posts", "posts_read", "found", "neighbors", "edges", "communities"):
        assert first[name] == second[name]
    assert (first["max_posts"], first["neighbors"], first["found"]) == (25, 2, 3)
    assert "at most 25 posts of each timeline" in " ".join(
        re.findall(r">([^<]+)</", Path("output/home.example/history.svg").read_text())
    )


def test_instances_found_only_in_older_posts_are_not_counted(run: Commands) -> None:
    servers = servers_around("a.example")
    servers["home.example"].posts[-1] = post(1, "v@old.example")
    servers["old.example"] = FakeServer(timeline(("", 30)))
    collect(servers, "home.example", posts=30)
    collect(servers, "home.example", now=FIRST + WEEK)
    snapshots = json.loads(run("history", "home.example", "--json")[1])["history"]["snapshots"]
    assert [snapshot["found"] for snapshot in snapshots] == [2, 2]
    _, out, _ = run("neighborhood", "home.example", "--offline", "--json")
    assert json.loads(out)["coverage"]["found"] == 3


def test_smallest_number_of_posts_is_used_and_reported(run: Commands) -> None:
    servers = {"home.example": FakeServer(timeline(("", 30), ("near.example", 8)))}
    collect(servers, "home.example", posts=20)
    collect(servers, "home.example", posts=30, now=FIRST + 86_400)
    code, out, err = run("history", "home.example", "--json")
    assert (code, [snapshot["max_posts"] for snapshot in json.loads(out)["history"]["snapshots"]]) == (0, [20, 20])
    assert "the newest 20 posts of each timeline: not every collection has more" in err
    assert "no more were collected" not in run("history", "home.example", "--posts", "20")[2]


def test_snapshot_of_another_scope_is_marked_and_not_drawn(run: Commands) -> None:
    servers = servers_around("a.example", "b.example")
    collect(servers, "home.example", posts=20, scope=Scope(depth=2))
    collect(servers, "home.example", now=FIRST + WEEK)
    collect(servers, "home.example", now=FIRST + 2 * WEEK)
    code, out, _ = run("history", "home.example")
    document = json.loads(Path("output/home.example/history.json").read_text())
    assert (code, [snapshot["scope"] for snapshot in document["history"]["snapshots"]]) == (0, ["depth 2", "", ""])
    assert document["about"]["parameters"]["posts"] == 1000
    assert "depth 2" in out
    assert "not compared" in out
    words = " ".join(re.findall(r">([^<]+)</", Path("output/home.example/history.svg").read_text()))
    assert "1 collection with another scope left out." in words


def test_two_snapshots_of_a_day_have_their_time(run: Commands) -> None:
    collect(servers_around("a.example"), "home.example")
    collect(servers_around("a.example"), "home.example", now=FIRST + 3600)
    out = run("history", "home.example")[1]
    assert "2026-11-01 12:00:00" in out
    assert "2026-11-01 13:00:00" in out
    assert "1 November 2026, 13:00:00 UTC" in Path("output/home.example/history.svg").read_text()


def test_missing_database_is_an_error(run: Commands) -> None:
    code, _, err = run("history", "home.example")
    assert (code, err.count("\n")) == (cli.FAILED, 1)


def test_history_needs_two_dates_for_a_picture(demo_store: Path) -> None:
    result = fedistats.history(demo.START, posts=400, store=demo_store)
    once = replace(result, snapshots=result.snapshots[-1:])
    assert once._repr_png_() is None
    with pytest.raises(NothingFound, match="once"):
        once.png()
    earlier = replace(once.snapshots[0], date="2026-10-01T12:00:00Z", users=None)
    twice = replace(once, snapshots=(earlier, *once.snapshots))
    assert str(twice._repr_png_())[2:6] == r"\x89"
    assert "2026-10-01 to" in repr(twice)
    edges = [snapshot["edges"] for snapshot in json.loads(twice.to_json())["history"]["snapshots"]]
    assert edges == [once.snapshots[0].edges] * 2


@pytest.mark.parametrize("library", LIBRARIES)
def test_data_frame_has_a_row_for_each_date(demo_store: Path, library: str) -> None:
    pytest.importorskip(library)
    result = fedistats.history(demo.START, posts=400, store=demo_store)
    frame = getattr(result, f"to_{library}")()
    assert list(frame.columns) == column_names(schema.SNAPSHOTS)
    assert list(frame["edges"]) == [snapshot.edges for snapshot in result.snapshots]
