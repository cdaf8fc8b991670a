"""Shell completion."""

from __future__ import annotations

import pytest

from fedistats.cli.options import complete_host
from tests.commands import FAST, Commands, home_server
from tests.local_server import serve_locally


def test_the_shell_completes_collected_hosts(run: Commands, monkeypatch: pytest.MonkeyPatch) -> None:

    assert complete_host("") == []
    with serve_locally(home_server()) as url:
        run("instance", url, *FAST, "--output", "elsewhere")
    monkeypatch.setenv("FEDISTATS_OUTPUT", "elsewhere")
    assert complete_host("home.") == ["home.example"]
    assert complete_host("far") == []
