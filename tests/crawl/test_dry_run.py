"""`--dry-run`: what a run would need, before it starts; what was read to know that is kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fedistats import cli
from tests.commands import FAST, Commands, home_server
from tests.fediverse import FakeServer, post
from tests.local_server import serve_locally


def plan(run: Commands, *words: str) -> dict[str, object]:
    code, out, _ = run(*words, "--dry-run", "--json", *FAST)
    assert code == 0
    found = json.loads(out)["plan"]
    assert isinstance(found, dict)
    return found


def crowd() -> FakeServer:
    return FakeServer([post(n, f"u@h{n % 7}.example") for n in range(70, 0, -1)], domain="home.example")


def test_of_a_neighborhood_the_start_alone_is_read(run: Commands) -> None:
    with serve_locally(crowd()) as url:
        found = plan(run, "neighborhood", url, "--posts", "70")
        assert (found["hosts"], found["requests"]) == (7, 7 * (1 + 2))
        assert (
            found["requests_made"]
            == plan(run, "neighborhood", url, "--posts", "70", "--output", "again")["requests_made"]
        )
        again = plan(run, "neighborhood", url, "--posts", "70")
    assert (again["requests_made"], again["hosts"]) == (0, 7)
    assert not list(Path().glob("output/*/neighborhood.png"))


def test_hosts_that_are_left_out_are_not_counted(run: Commands) -> None:
    Path("never.txt").write_text("h1.example\n")
    with serve_locally(crowd()) as url:
        assert plan(run, "neighborhood", url, "--exclude", "never.txt")["hosts"] == 6
        assert plan(run, "neighborhood", url, "--max-hosts", "3")["hosts"] == 2


def test_what_is_there_already_needs_nothing(run: Commands) -> None:
    with serve_locally(home_server()) as url:
        run("neighborhood", url, *FAST)
        code, out, _ = run("neighborhood", url, "--dry-run", *FAST)
    assert (code, "everything is collected" in out) == (0, True)
    assert plan(run, "neighborhood", "home.example", "--offline")["requests"] == 0


@pytest.mark.parametrize("command", ["instance", "profiles", "posts"])
def test_of_one_server_nothing_is_asked_at_all(run: Commands, command: str) -> None:
    found = plan(run, command, "home.example")
    assert (found["hosts"], found["requests_made"]) == (1, 0)
    assert found["more"] == (command == "profiles")


def test_time_is_told_in_units_for_people(run: Commands) -> None:
    code, out, _ = run("posts", "home.example", "--posts", "1000", "--dry-run", "--pace", "10")
    assert (code, "at least 9 min" in out) == (0, True)


def test_forget_only_says_what_it_would_do(run: Commands) -> None:
    with serve_locally(home_server()) as url:
        run("instance", url, *FAST)
    code, out, _ = run("forget", "home.example", "--dry-run")
    assert (code, "would be forgotten" in out) == (0, True)
    assert run("instance", "home.example", "--offline")[0] == 0
    assert run("instance", "home.example", "--offline", "--dry-run")[0] == 0
    assert run("posts", "home.example", "--offline", "--output", "none")[0] == cli.UNCOLLECTED
