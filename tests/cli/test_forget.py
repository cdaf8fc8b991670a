"""`fedistats forget`"""

from __future__ import annotations

from pathlib import Path

from fedistats import cli
from tests.commands import FAST, Commands, home_server
from tests.local_server import serve_locally


def test_forget_deletes_a_host_from_the_database(run: Commands) -> None:
    with serve_locally(home_server()) as url:
        run("neighborhood", url, "--posts", "90", *FAST)
    assert run("forget", "far.example")[0] == 0
    assert b"far.example" not in Path("output/fedistats.db").read_bytes()
    assert run("forget", "far.example")[0] == cli.NOTHING
