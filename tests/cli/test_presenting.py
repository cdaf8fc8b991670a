"""Presenting: what is printed is complete, safe for terminals, and about no person."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from fedistats import cli
from fedistats.cli.console import configure_logging
from tests.commands import FAST, Commands, home_server
from tests.fediverse import TIMELINE, canary_server, post
from tests.local_server import serve_locally


def test_the_table_says_how_much_was_read(run: Commands) -> None:
    with serve_locally(home_server(closed=["public"])) as url:
        _, out, _ = run("neighborhood", url, "--posts", "90", *FAST)
    text = " ".join(out.split())
    assert "1 instance found, 1 visited: 1 complete" in text
    assert "only its local timeline was read" in text


def test_strict_exits_with_partial_if_a_timeline_was_read_in_part(run: Commands) -> None:
    first = [post(n, "x@far.example") for n in range(40, 0, -1)]
    server = home_server(responses={TIMELINE: lambda q: b"garbage" if "max_id" in dict(q.params) else first})
    with serve_locally(server) as url:
        code, _, err = run("neighborhood", url, "--strict", "--min-posts", "1", *FAST)
    assert code == cli.PARTIAL
    assert "1 partial" in err


def test_control_characters_of_a_server_do_not_reach_the_terminal(run: Commands) -> None:
    title = "\x1b]0;owned\x07[red]Title[/foo]\u202e\x9b31m :boom:"
    server = home_server(
        responses={"/api/v2/instance": {"domain": "home.example", "title": title, "description": f"<p>{title}</p>"}}
    )
    with serve_locally(server) as url:
        code, out, _ = run("instance", url, *FAST)
    assert code == 0
    assert "[red]Title[/foo]" in out
    assert not any(c in out for c in "\x1b\x07\u202e\x9b")


def test_no_personal_data_is_printed_or_written(run: Commands) -> None:
    server, canaries = canary_server()
    printed = ""
    with serve_locally(server) as url:
        for words in (
            ("neighborhood", "--min-posts", "1"),
            ("profiles", "--min-people", "2"),
            ("posts", "--min-people", "2"),
            ("instance",),
        ):
            _, out, err = run(words[0], url, *words[1:], "-v", "--pdf" if words[0] == "neighborhood" else "-v", *FAST)
            printed += out + err
    files = [path.read_bytes() for path in Path("output").rglob("*") if path.is_file()]
    assert len(files) > 8
    for word in [*canaries, "987654321", "987,654,321"]:
        assert word not in printed
        assert not any(word.encode() in data for data in files), word


def test_control_characters_of_an_option_do_not_reach_the_terminal(
    run: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FEDISTATS_OUTPUT", "x\x1b]0;owned\x07\x9by")
    code, _, err = run("posts", "home.example", "--offline")
    assert (code, set(err) & set("\x1b\x07\x9b")) == (cli.UNCOLLECTED, set())


@pytest.mark.parametrize("verbose", [False, True])
def test_log_lines_are_printed_only_with_verbose(capfd: pytest.CaptureFixture[str], verbose: bool) -> None:
    configure_logging(verbose=verbose)
    try:
        try:
            raise ValueError("\x1b[31mred")
        except ValueError:
            logging.getLogger("fedistats.crawl").exception("internal error at %s", "a.example")
    finally:
        logging.getLogger("fedistats").handlers.clear()
    err = capfd.readouterr().err
    assert ("fedistats: ERROR: internal error at a.example\nTraceback" in err) == verbose
    assert "\x1b" not in err
    assert bool(err) == verbose
