"""How far a neighborhood reaches: depth, lists of hosts, and limits."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from fedistats.crawl.frontier import Frontier
from fedistats.errors import HostExcluded
from fedistats.fetch import Request
from fedistats.hosts import Host
from fedistats.model import Outcome
from fedistats.settings import Scope
from tests.crawl.neighborhoods import (
    HOME,
    Killed,
    chain_of_servers,
    collect,
    outcome_of,
    read_graph,
)


@pytest.mark.parametrize(("depth", "visited"), [(1, "home a b"), (2, "home a b c d"), (3, "home a b c d e")])
def test_each_step_visits_the_instances_that_the_step_before_found(path: Path, depth: int, visited: str) -> None:
    fediverse = chain_of_servers()
    collect(fediverse, path, scope=Scope(depth=depth))
    assert fediverse.requested_hosts() == {f"{name}.example" for name in visited.split()}
    assert read_graph(path).coverage.asked == len(visited.split())


def test_a_host_that_turns_out_to_be_nearer_brings_the_hosts_that_it_names_nearer() -> None:
    names = {"far": ["beyond"], "near": ["far"]}

    async def run() -> list[str]:
        frontier = Frontier(
            HOME,
            Scope(depth=2),
            hosts_named_by=lambda host: [Host(n) for n in names.get(host, [])],
            rank=lambda _: (),
        )
        frontier.add(HOME, [Host("near")])
        order = [await frontier.get()]
        frontier.add(Host("near"), [Host("far")])
        order.append(await frontier.get())
        frontier.add(Host("far"), [Host("beyond")])  # three steps: too far
        frontier.add(HOME, [Host("far")])  # but the start names it, too
        order.append(await frontier.get())
        return [str(host) for host in order]

    assert asyncio.run(asyncio.wait_for(run(), 5)) == ["near", "far", "beyond"]


def test_listed_hosts_are_visited_as_if_the_start_named_them(path: Path) -> None:
    fediverse = chain_of_servers()
    collect(fediverse, path, scope=Scope(listed=frozenset({Host("d.example"), Host("nowhere.example")})))
    assert fediverse.requested_hosts() == {"home.example", "a.example", "b.example", "d.example", "nowhere.example"}
    outcomes = {host_outcome.host: host_outcome.outcome for host_outcome in read_graph(path).host_outcomes}
    assert (outcomes[Host("d.example")], outcomes[Host("nowhere.example")]) == (Outcome.COMPLETE, Outcome.DEAD)


@pytest.mark.parametrize(("limit", "visited"), [(1, "home"), (2, "home b"), (3, "home b a"), (4, "home b a d")])
def test_with_a_limit_the_hosts_named_by_most_posts_are_visited(path: Path, limit: int, visited: str) -> None:
    fediverse = chain_of_servers()
    collect(fediverse, path, scope=Scope(depth=2, max_hosts=limit))
    assert fediverse.requested_hosts() == {f"{name}.example" for name in visited.split()}
    coverage = read_graph(path).coverage
    assert coverage.asked == limit
    assert coverage.found == limit + coverage.count(Outcome.NOT_ASKED)


def test_excluded_hosts_do_not_count_towards_the_limit(path: Path) -> None:
    fediverse, excluded = chain_of_servers(), frozenset({Host("b.example")})

    def refuse(request: Request) -> None:
        if request.host in excluded:
            raise HostExcluded(request.host)

    fediverse.on_request = refuse
    collect(fediverse, path, scope=Scope(max_hosts=2), exclude=excluded)
    assert fediverse.requested_hosts() == {"home.example", "a.example"}
    assert outcome_of(read_graph(path), "b.example") == (Outcome.EXCLUDED, "excluded")


def test_excluded_hosts_do_not_count_towards_the_limit_of_a_run_that_is_continued(path: Path) -> None:
    fediverse, excluded = chain_of_servers(), frozenset({Host("b.example")})

    def refuse(request: Request) -> None:
        if request.host in excluded:
            raise HostExcluded(request.host)
        if request.host == "a.example":
            raise Killed

    fediverse.on_request = refuse
    with pytest.raises(BaseException):  # noqa: B017, PT011 - a kill, alone or in a group
        collect(fediverse, path, scope=Scope(depth=2, max_hosts=3), exclude=excluded)
    fediverse.on_request = lambda _: None
    collect(fediverse, path, scope=Scope(depth=2, max_hosts=3), exclude=excluded)
    assert fediverse.requested_hosts() == {"home.example", "a.example", "c.example"}


def test_listed_hosts_come_first_and_hosts_beyond_the_limit_are_not_visited(path: Path) -> None:
    listed = frozenset(Host(f"{name}.example") for name in ("d", "e"))
    collect(chain_of_servers(), path, scope=Scope(listed=listed, max_hosts=2))
    outcomes = {host_outcome.host: host_outcome.outcome for host_outcome in read_graph(path).host_outcomes}
    assert outcomes[Host("d.example")] is Outcome.COMPLETE
    assert {str(host) for host, outcome in outcomes.items() if outcome is Outcome.NOT_ASKED} == {
        "a.example",
        "b.example",
        "e.example",
    }


def test_a_result_names_its_scope(path: Path) -> None:
    listed = frozenset({Host("d.example"), Host("e.example")})
    collect(chain_of_servers(), path, scope=Scope(depth=2, listed=listed, max_hosts=3))
    parameters = read_graph(path).about.parameters
    # printf 'd.example\ne.example\n' | sha256sum
    assert {name: parameters[name] for name in ("depth", "list", "max_hosts")} == {
        "depth": 2,
        "list": "2 hosts (SHA-256 52db57a98090)",
        "max_hosts": 3,
    }


def test_a_wider_scope_continues_a_collection_and_a_narrower_one_begins_anew(path: Path) -> None:
    fediverse = chain_of_servers()
    collect(fediverse, path, scope=Scope())
    collect(fediverse, path, scope=Scope(depth=2))
    assert max(fediverse.page_counts().values()) == 1
    collect(fediverse, path, scope=Scope())
    assert fediverse.page_counts()[HOME, (("limit", "40"),)] == 2
    assert read_graph(path).coverage.asked == 3


def test_without_a_scope_that_of_the_collection_is_used(path: Path) -> None:
    fediverse = chain_of_servers()
    collect(fediverse, path, scope=Scope(depth=2))
    before = len(fediverse.requests)
    collect(fediverse, path)
    assert len(fediverse.requests) == before
    assert read_graph(path).about.parameters["depth"] == 2
