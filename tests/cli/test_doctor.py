"""`fedistats doctor`"""

from __future__ import annotations

import re
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from fedistats import cli
from tests.commands import Commands, home_server
from tests.fediverse import FakeServer
from tests.local_server import serve_locally


def test_doctor_reports_what_is_installed(run: Commands) -> None:
    code, out, _ = run("doctor")
    assert code == 0
    for topic in ("libraries", "clock", "font: Japanese", "extra: scripts", "database", "no problems"):
        assert topic in out


def test_doctor_reports_a_damaged_database(run: Commands) -> None:
    Path("output").mkdir()
    Path("output/fedistats.db").write_bytes(b"no store")
    code, out, _ = run("doctor")
    assert (code, "not a store of fedistats" in " ".join(out.split())) == (cli.FAILED, True)
    assert Path("output/fedistats.db").read_bytes() == b"no store"


@pytest.mark.slow
@pytest.mark.usefixtures("immediate_retries")
def test_doctor_sends_requests_to_the_named_server(run: Commands) -> None:
    with serve_locally(home_server()) as url:
        code, out, _ = run("doctor", url)
    assert (code, "answered after" in out) == (0, True)
    assert "one of them is wrong" not in out
    code, out, _ = run("doctor", "http://127.0.0.1:9")
    assert (code, "1 to fix" in out) == (cli.FAILED, True)


@pytest.mark.slow
@pytest.mark.usefixtures("immediate_retries")
def test_doctor_reports_a_clock_that_differs_from_the_servers(run: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    named = FakeServer(responses={"/.well-known/nodeinfo": {"software": {"name": "mastodon", "version": "4.5"}}})
    with serve_locally(named) as url:
        code, out, _ = run("doctor", url)
        assert (code, "one of them" in out) == (0, False)
        date = formatdate(time.time() - 600, usegmt=True)
        monkeypatch.setattr(BaseHTTPRequestHandler, "date_time_string", lambda *_: date)
        code, out, _ = run("doctor", url)
    assert code == cli.FAILED
    assert re.search(
        r"clock +0:(09:5|10:[01])\d ahead of the clock of 127\.0\.0\.1:\d+: one of them", " ".join(out.split())
    )
