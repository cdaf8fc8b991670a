"""What every test shares: no way out of this machine."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from fedistats.client import retries
from fedistats.client.fetcher import Fetcher
from tests.commands import Commands


@pytest.fixture(autouse=True)
def no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that would reach another machine fails."""
    connect = socket.socket.connect

    def at_home(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else "local"
        assert host in ("::1", "localhost", "local") or host.startswith("127."), f"a test reaches out to {host}"
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", at_home)
    for name in (
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "SOURCE_DATE_EPOCH",
    ):
        monkeypatch.delenv(name, raising=False)
    for name in [name for name in os.environ if name.startswith("FEDISTATS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("FEDISTATS_CONFIG", os.devnull)  # nor do the settings of whoever runs the tests hold


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who cannot be reached is tried as often as always, but at once."""
    no_delays = {error: (0.0,) * len(delays) for error, delays in retries.RETRY_DELAYS.items()}
    monkeypatch.setattr(retries, "RETRY_DELAYS", no_delays)


class UnpacedFetcher(Fetcher):
    """Requests to one host follow each other at once, whatever the settings say."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"pace": 0.0})


@pytest.fixture
def unpaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that send many requests to a local server: public settings allow no pace below 0.2 s."""
    monkeypatch.setattr("fedistats.api.collecting.Fetcher", UnpacedFetcher)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Commands:
    """Runs command lines in an empty folder; returns exit code, stdout and stderr."""
    return Commands(tmp_path, monkeypatch, capfdbinary)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
