"""`fedistats profiles`"""

from __future__ import annotations

from pathlib import Path

from fedistats import cli
from tests.commands import FAST, Commands, home_server
from tests.fediverse import FakeServer
from tests.local_server import serve_locally


def test_profiles_draws_statistics_and_names_no_person(run: Commands) -> None:
    with serve_locally(home_server()) as url:
        code, out, _ = run("profiles", url, *FAST)
    assert code == 0
    assert "40 people" in out
    assert "gardener" in out
    assert "u1" not in out
    made = {path.name for path in Path("output/home.example").iterdir()}
    assert {"profiles.png", "profiles.svg", "profiles.json", "profiles-words.png", "profiles-distributions.png"} <= made


def test_an_empty_directory_is_reported(run: Commands) -> None:
    with serve_locally(FakeServer([], domain="home.example")) as url:
        code, _, err = run("profiles", url, *FAST)
    assert (code, "is empty" in err) == (cli.NOTHING, True)
