"""`--dry-run`: an estimate of a run before it starts. The requests that it needs are kept."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from fedistats import cli
from tests.commands import FAST, Commands, home_server
from tests.fediverse import FakeServer, post
from tests.local_server import serve_locally


def estimate(run: Commands, *arguments: str) -> dict[str, object]:
    code, out, _ = run(*arguments, "--dry-run", "--json", *FAST)
    assert code == 0
    document = json.loads(out)["plan"]
    assert isinstance(document, dict)
    return document


def server_with_seven_neighbors() -> FakeServer:
    return FakeServer([post(n, f"u@h{n % 7}.example") for n in range(70, 0, -1)], domain="home.example")


def test_the_estimate_of_a_neighborhood_reads_the_start_alone(run: Commands) -> None:
    with serve_locally(server_with_seven_neighbors()) as url:
        first = estimate(run, "neighborhood", url, "--posts", "70")
        assert (first["hosts"], first["requests"]) == (7, 7 * (1 + 2))
        elsewhere = estimate(run, "neighborhood", url, "--posts", "70", "--output", "again")
        assert first["requests_made"] == elsewhere["requests_made"]
        again = estimate(run, "neighborhood", url, "--posts", "70")
    assert (again["requests_made"], again["hosts"]) == (0, 7)
    assert not list(Path().glob("output/*/neighborhood.png"))


def test_the_start_that_an_estimate_read_is_not_read_again(run: Commands) -> None:
    with serve_locally(server_with_seven_neighbors()) as url:
        made = estimate(run, "neighborhood", url, "--posts", "70")["requests_made"]
        assert isinstance(made, int)
        assert made > 0
        code, _, err = run("neighborhood", url, "--posts", "70", "--max-hosts", "1", *FAST)
    assert code == 0, err


def test_excluded_hosts_and_hosts_beyond_the_limit_are_not_counted(run: Commands) -> None:
    Path("excluded.txt").write_text("h1.example\n")
    with serve_locally(server_with_seven_neighbors()) as url:
        assert estimate(run, "neighborhood", url, "--exclude", "excluded.txt")["hosts"] == 6
        assert estimate(run, "neighborhood", url, "--max-hosts", "3")["hosts"] == 2


def test_a_complete_collection_needs_no_requests(run: Commands) -> None:
    with serve_locally(home_server()) as url:
        run("neighborhood", url, *FAST)
        code, out, _ = run("neighborhood", url, "--dry-run", *FAST)
    assert (code, "everything is collected" in out) == (0, True)
    assert estimate(run, "neighborhood", "home.example", "--offline")["requests"] == 0


@pytest.mark.parametrize("command", ["instance", "profiles", "posts"])
def test_the_estimate_for_one_server_sends_no_request(run: Commands, command: str) -> None:
    document = estimate(run, command, "home.example")
    assert (document["hosts"], document["requests_made"]) == (1, 0)
    assert document["more"] == (command == "profiles")


@pytest.mark.parametrize(
    ("command", "requests"), [("instance", "at most 6"), ("posts", "at most 53"), ("profiles", "at least 6")]
)
def test_the_requests_are_at_most_so_many_unless_pages_may_be_added(run: Commands, command: str, requests: str) -> None:
    code, out, _ = run(command, "home.example", "--dry-run")
    assert code == 0
    assert re.search(rf"requests\s+{requests}\s", out)


@pytest.mark.parametrize(("depth", "requests"), [("1", "at most 21"), ("2", "at least 21")])
def test_neighbors_of_neighbors_may_add_requests(run: Commands, depth: str, requests: str) -> None:
    with serve_locally(server_with_seven_neighbors()) as url:
        code, out, _ = run("neighborhood", url, "--posts", "70", "--depth", depth, "--dry-run", *FAST)
    assert code == 0
    assert re.search(rf"requests\s+{requests}\s", out)


@pytest.mark.parametrize(
    ("command", "hosts", "requests", "more"),
    [
        ("neighborhood", 7, 7 * (1 + 2), False),
        ("map", 7, 7 * (1 + 2 + 1), False),  # the description
        ("report", 7 + 1, 7 * (1 + 2 + 2) + 5 + 2 * 2, True),  # the software; the start's instance data and both feeds
    ],
)
def test_the_estimate_counts_the_requests_for_descriptions_and_software(
    run: Commands, command: str, hosts: int, requests: int, more: bool
) -> None:
    with serve_locally(server_with_seven_neighbors()) as url:
        document = estimate(run, command, url, "--posts", "70")
    assert (document["hosts"], document["requests"], document["more"]) == (hosts, requests, more)


def test_the_time_is_a_lower_bound_in_readable_units(run: Commands) -> None:
    code, out, _ = run("posts", "home.example", "--posts", "1000", "--dry-run", "--pace", "10")
    assert (code, "at least 9 min" in out) == (0, True)


def test_a_dry_run_of_forget_deletes_nothing(run: Commands) -> None:
    with serve_locally(home_server()) as url:
        run("instance", url, *FAST)
    code, out, _ = run("forget", "home.example", "--dry-run")
    assert (code, "would be deleted" in out) == (0, True)
    assert run("instance", "home.example", "--offline")[0] == 0
    assert run("instance", "home.example", "--offline", "--dry-run")[0] == 0
    assert run("posts", "home.example", "--offline", "--output", "none")[0] == cli.UNCOLLECTED
