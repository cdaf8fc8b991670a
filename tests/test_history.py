"""Over time: `watch` adds a dated collection and draws again, `history` tells how it went on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fedistats import cli
from tests.desk import on_the_desk
from tests.fediverse import Server, post
from tests.test_cli import PATIENT, Run, desk, run

__all__ = ["run"]

MARCH, APRIL = "1803816000", "1806494400"  # 2027-02-28 and 2027-03-31, UTC


def quieter() -> Server:
    return Server([post(n, f"v{n}@near.example") for n in range(30, 0, -1)], domain="home.example")


@pytest.fixture
def watched(run: Run, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str, str]]:
    """Two collections of one host, a month apart; the second time its people hear another."""
    said = []
    for date, server in ((MARCH, desk()), (APRIL, quieter())):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", date)
        with on_the_desk(server) as url:
            said.append(run("watch", url, *PATIENT))
    return said


def test_watch_says_in_one_line_what_has_changed(watched: list[tuple[int, str, str]]) -> None:
    (first, one, _), (second, two, _) = watched
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
def test_history_holds_a_moment_for_each_date(run: Run) -> None:
    code, out, _ = run("history", "home.example", "--json")
    first, second = json.loads(out)["history"]["moments"]
    assert code == 0
    assert (first["date"][:10], second["date"][:10]) == ("2027-02-28", "2027-03-31")
    assert (first["neighbors"], second["neighbors"]) == (1, 1)
    assert (first["posts_read"], second["posts_read"]) == (90, 30)
    assert "2027-02-28" in run("history", "home.example")[1]


@pytest.mark.usefixtures("watched")
def test_a_history_is_the_same_bytes_twice(run: Run) -> None:
    run("history", "home.example", "--output", "a", "--store", "output/fedistats.db")
    run("history", "home.example", "--output", "b", "--store", "output/fedistats.db")
    for name in ("history.png", "history.svg", "history.json"):
        assert Path("a/home.example", name).read_bytes() == Path("b/home.example", name).read_bytes()


@pytest.mark.usefixtures("watched")
def test_what_a_server_did_not_say_then_is_no_zero(run: Run) -> None:
    moments = json.loads(run("history", "home.example", "--json")[1])["history"]["moments"]
    assert all(moment["users"] is None or moment["users"] > 0 for moment in moments)


def test_without_a_collection_there_is_no_history(run: Run) -> None:
    code, _, err = run("history", "home.example")
    assert (code, err.count("\n")) == (cli.FAILED, 1)


def test_doctor_finds_what_is_here(run: Run) -> None:
    code, out, _ = run("doctor")
    assert code == 0
    for topic in ("libraries", "clock", "font: Japanese", "extra: scripts", "store", "all is well"):
        assert topic in out


def test_doctor_sees_a_damaged_store_and_a_folder_that_cannot_be_written(run: Run) -> None:
    Path("output").mkdir()
    Path("output/fedistats.db").write_bytes(b"no store")
    code, out, _ = run("doctor")
    assert (code, "no store of fedistats" in " ".join(out.split())) == (cli.FAILED, True)
    assert Path("output/fedistats.db").read_bytes() == b"no store"


def test_doctor_tries_the_network_with_the_server_that_is_named(run: Run) -> None:
    with on_the_desk(desk()) as url:
        code, out, _ = run("doctor", url)
    assert (code, "answers after" in out) == (0, True)
    code, out, _ = run("doctor", "http://127.0.0.1:9")
    assert (code, "1 to mend" in out) == (cli.FAILED, True)
