"""Collecting: collected data is used again, hosts are taken in turn, excluded hosts get no request, errors are explained."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from fedistats import cli
from fedistats.cli.app import Interrupted
from fedistats.cli.collecting import for_each_host
from fedistats.errors import FedistatsError, Gone, NotFound, NothingFound, RequestLimitReached
from tests.commands import FAST, Commands, home_server
from tests.fediverse import FakeServer
from tests.local_server import serve_locally


def test_an_invalid_line_in_the_file_of_excluded_hosts_is_reported(run: Commands) -> None:
    Path("not.txt").write_text("far.example\n# a comment\nnot a host\n")
    code, _, err = run("instance", "home.example", "--exclude", "not.txt")
    assert (code, "not.txt" in err) == (cli.USAGE, True)


def test_offline_uses_collected_data(run: Commands) -> None:
    with serve_locally(home_server()) as url:
        run("neighborhood", url, "--posts", "90", *FAST)
    code, out, _ = run("neighborhood", "home.example", "--posts", "90", "--offline", "--directed")
    assert code == 0
    assert "home.example → far.example" in out
    code, out, _ = run("export", "home.example", "--offline", "-f", "csv", "-o", "-")
    assert (code, out.splitlines()[0]) == (0, "Source,Target,Type,Weight,read_on_source,read_on_target")


def test_a_second_run_uses_collected_data_and_says_so(run: Commands) -> None:
    with serve_locally(home_server()) as url:
        assert run("neighborhood", url, "--posts", "90", *FAST)[2] == ""
    code, _, err = run("neighborhood", "home.example", "--posts", "90")
    assert code == 0
    assert "using data collected on" in err
    assert "--fresh" in err


def test_offline_fails_for_a_part_that_was_not_collected(run: Commands) -> None:
    with serve_locally(home_server()) as url:
        run("instance", url, *FAST)
    code, _, err = run("profiles", "home.example", "--offline")
    assert (code, "without --offline" in err) == (cli.UNCOLLECTED, True)


@pytest.mark.parametrize(
    ("server", "code", "message"),
    [
        (home_server(closed=["public", "local"]), cli.NOTHING, "closed by its owner"),
        (FakeServer([], domain="home.example"), cli.NOTHING, "its timeline is empty"),
        (
            FakeServer(responses={"/api/v2/instance": b"<html>", "/api/v1/instance": b"<html>"}),
            cli.FAILED,
            "does not respond like any fediverse server",
        ),
        (
            FakeServer(responses={"/api/v2/instance": NotFound(""), "/api/v1/instance": NotFound("")}),
            cli.FAILED,
            "does not respond like any fediverse",
        ),
        (FakeServer(responses={"/api/v2/instance": Gone("")}), cli.FAILED, "closed permanently"),
    ],
)
def test_a_server_that_shows_no_posts_is_reported_in_one_line(
    run: Commands, server: FakeServer, code: int, message: str
) -> None:
    with serve_locally(server) as url:
        exit_code, _, err = run("neighborhood", url, "--posts", "40", *FAST)
    assert exit_code == code
    assert message in err
    assert err.count("\n") == 1


def test_a_host_blocked_by_robots_txt_is_reported(run: Commands) -> None:
    with serve_locally(home_server(), robots="User-agent: fedistats\nDisallow: /\n") as url:
        code, _, err = run("neighborhood", url, *FAST)
    assert (code, "robots.txt" in err) == (cli.NOTHING, True)


@pytest.mark.parametrize("command", ["instance", "profiles", "posts", "neighborhood", "export"])
def test_an_excluded_start_gets_no_request(run: Commands, command: str) -> None:
    Path("not.txt").write_text("far.example\n")
    code, _, err = run(command, "far.example", "--exclude", "not.txt")
    assert (code, "far.example is excluded" in err) == (cli.USAGE, True)


@pytest.mark.usefixtures("immediate_retries")
def test_an_error_of_one_host_does_not_stop_the_others(run: Commands, tmp_path: Path) -> None:
    (tmp_path / "more.txt").write_text("# more of them\nhttp://127.0.0.1:9  # no server there\n")
    with serve_locally(home_server()) as url:
        code, out, err = run("instance", url, "no host at all", "-i", "more.txt", *FAST)
    assert code == cli.PARTIAL
    assert "'no host at all' is not a host" in err
    assert "127.0.0.1:9" in err
    assert "home.example" in out


def test_if_all_hosts_fail_alike_the_exit_code_is_theirs(run: Commands) -> None:
    code, _, err = run("instance", "a.example", "b.example", "--offline")
    assert (code, err.count("without --offline")) == (cli.UNCOLLECTED, 2)


def test_without_a_host_the_error_says_what_is_missing(run: Commands) -> None:
    code, _, err = run("instance")
    assert (code, "a HOST is missing" in err) == (cli.USAGE, True)


@pytest.mark.parametrize("error", [RequestLimitReached("stopped after 3 requests"), Interrupted("stopped")])
def test_a_reached_request_limit_or_an_interruption_stops_all_hosts(error: FedistatsError) -> None:
    hosts: list[str] = []

    def run(host: str) -> None:
        hosts.append(host)
        raise error

    with pytest.raises(type(error)):
        for_each_host(["a.example", "b.example"], None, run)
    assert hosts == ["a.example"]


def test_hosts_that_fail_differently_exit_with_partial(capfd: pytest.CaptureFixture[str]) -> None:
    errors = {"a.example": NothingFound("no post"), "b.example": Gone("closed permanently")}

    def run(host: str) -> None:
        raise errors[host]

    with pytest.raises(typer.Exit) as exit_:
        for_each_host([*errors], None, run)
    assert exit_.value.exit_code == cli.PARTIAL
    assert capfd.readouterr().err == "fedistats: no post\nfedistats: closed permanently\n"
