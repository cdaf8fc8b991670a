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
from tests.results.shared import LIBRARIES, column_names

MARCH, APRIL = "1803816000", "1806494400"  # 2027-02-28 and 2027-03-31, UTC


def quieter() -> FakeServer:
    return FakeServer([post(n, f"v{n}@near.example") for n in range(30, 0, -1)], domain="home.example")


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[int, str]]]:
    """Two collections of one host, a month apart; the second time its people hear another. Where they lie, and what was said."""
    folder, said = tmp_path_factory.mktemp("twice"), []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("COLUMNS", "120")
        patch.setenv("FEDISTATS_CONFIG", os.devnull)
        for date, server in ((MARCH, home_server()), (APRIL, quieter())):
            patch.setenv("SOURCE_DATE_EPOCH", date)
            with serve_locally(server) as url, contextlib.redirect_stdout(io.StringIO()) as out:
                patch.setattr(sys, "argv", ["fedistats", "watch", url, *FAST])
                with pytest.raises(SystemExit) as ended:
                    cli.main()
            said.append((int(ended.value.code or 0), out.getvalue()))
    return folder, said


@pytest.fixture
def watched(run: Commands, twice: tuple[Path, list[tuple[int, str]]]) -> None:  # noqa: ARG001 - its folder
    """The same in a folder of the test's own."""
    shutil.copytree(twice[0], Path.cwd(), dirs_exist_ok=True)


def test_watch_says_in_one_line_what_hasdescribe_changed(twice: tuple[Path, list[tuple[int, str]]]) -> None:
    (first, one), (second, two) = twice[1]
    assert (first, second) == (0, 0)
    assert one.startswith("home.example 2027-02-28: ")
    assert two.startswith("home.example 2027-03-31: ")
    assert "(since 2027-02-28)" in two
    assert two.count("\n") == 1


@pytest.mark.usefixtures("watched")
def test_watch_draws_everything_anew() -> None:
    made = {path.name for path in Path("output/home.example").iterdir()}
    assert {"report.html", "neighborhood.png", "instance.json", "history.png", "history.json"} <= made
    drawn = json.loads(Path("output/home.example/neighborhood.json").read_text())
    assert drawn["about"]["date"] == "2027-03-31T12:00:00Z"


@pytest.mark.usefixtures("watched")
def test_history_holds_a_moment_for_each_date(run: Commands) -> None:
    code, out, _ = run("history", "home.example", "--json")
    first, second = json.loads(out)["history"]["snapshots"]
    assert code == 0
    assert (first["date"][:10], second["date"][:10]) == ("2027-02-28", "2027-03-31")
    assert (first["neighbors"], second["neighbors"]) == (1, 1)
    assert (first["posts_read"], second["posts_read"]) == (90, 30)
    assert "2027-02-28" in run("history", "home.example")[1]


@pytest.mark.usefixtures("watched")
def test_a_history_is_the_same_bytes_twice(run: Commands) -> None:
    run("history", "home.example", "--output", "a", "--store", "output/fedistats.db")
    run("history", "home.example", "--output", "b", "--store", "output/fedistats.db")
    for name in ("history.png", "history.svg", "history.json"):
        assert Path("a/home.example", name).read_bytes() == Path("b/home.example", name).read_bytes()


@pytest.mark.usefixtures("watched")
def test_what_a_server_did_not_say_then_is_no_zero(run: Commands) -> None:
    moments = json.loads(run("history", "home.example", "--json")[1])["history"]["snapshots"]
    assert all(moment["users"] is None or moment["users"] > 0 for moment in moments)


WEEK = 7 * 86_400


def heard(*others: str) -> dict[str, FakeServer]:
    """The start hears 20 posts of its own, and 20 of each of the others; these hear themselves and the start."""
    servers = {host: FakeServer(timeline(("", 20), ("home.example", 10))) for host in others}
    return {"home.example": FakeServer(timeline(("", 20), *((host, 20) for host in others)))} | servers


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Commands:
    return Commands(tmp_path, monkeypatch, capfdbinary)


def test_all_moments_are_told_from_as_many_posts(at_home: Commands) -> None:
    servers = heard("a.example", "b.example")
    collect(servers, "home.example", posts=25)
    collect(servers, "home.example", now=FIRST + WEEK)
    told = json.loads(at_home("history", "home.example", "--json")[1])
    first, second = told["history"]["snapshots"]
    assert told["about"]["parameters"]["posts"] == 25
    for name in ("max_posts", "posts_read", "found", "neighbors", "edges", "communities"):
        assert first[name] == second[name]
    assert (first["max_posts"], first["neighbors"], first["found"]) == (25, 2, 3)
    assert "at most 25 posts of each timeline" in " ".join(
        re.findall(r">([^<]+)</", Path("output/home.example/history.svg").read_text())
    )


def test_whom_older_posts_alone_led_to_is_not_found_where_fewer_are_told(at_home: Commands) -> None:
    servers = heard("a.example")
    servers["home.example"].posts[-1] = post(1, "v@old.example")
    servers["old.example"] = FakeServer(timeline(("", 30)))
    collect(servers, "home.example", posts=30)
    collect(servers, "home.example", now=FIRST + WEEK)
    moments = json.loads(at_home("history", "home.example", "--json")[1])["history"]["snapshots"]
    assert [moment["found"] for moment in moments] == [2, 2]
    _, out, _ = at_home("neighborhood", "home.example", "--offline", "--json")
    assert json.loads(out)["coverage"]["found"] == 3


def test_of_different_numbers_of_posts_the_history_is_told_of_the_smallest_and_says_so(at_home: Commands) -> None:
    servers = {"home.example": FakeServer(timeline(("", 30), ("near.example", 8)))}
    collect(servers, "home.example", posts=20)
    collect(servers, "home.example", posts=30, now=FIRST + 86_400)
    code, out, err = at_home("history", "home.example", "--json")
    assert (code, [moment["max_posts"] for moment in json.loads(out)["history"]["snapshots"]]) == (0, [20, 20])
    assert "the newest 20 posts of each timeline: not every collection has more" in err
    assert "no more were collected" not in at_home("history", "home.example", "--posts", "20")[2]


def test_a_moment_of_another_breadth_is_marked_and_in_no_line(at_home: Commands) -> None:
    servers = heard("a.example", "b.example")
    collect(servers, "home.example", posts=20, scope=Scope(depth=2))
    collect(servers, "home.example", now=FIRST + WEEK)
    collect(servers, "home.example", now=FIRST + 2 * WEEK)
    code, out, _ = at_home("history", "home.example")
    told = json.loads(Path("output/home.example/history.json").read_text())
    assert (code, [moment["scope"] for moment in told["history"]["snapshots"]]) == (0, ["depth 2", "", ""])
    assert told["about"]["parameters"]["posts"] == 1000
    assert "depth 2" in out
    assert "not compared" in out
    words = " ".join(re.findall(r">([^<]+)</", Path("output/home.example/history.svg").read_text()))
    assert "1 collection with another scope left out." in words


def test_of_two_moments_of_a_day_the_time_is_told(at_home: Commands) -> None:
    collect(heard("a.example"), "home.example")
    collect(heard("a.example"), "home.example", now=FIRST + 3600)
    out = at_home("history", "home.example")[1]
    assert "2026-11-01 12:00:00" in out
    assert "2026-11-01 13:00:00" in out
    assert "1 November 2026, 13:00:00 UTC" in Path("output/home.example/history.svg").read_text()


def test_without_a_collection_there_is_no_history(run: Commands) -> None:
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
