"""Fixtures of all tests. No test reaches another machine."""

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
def local_connections_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to another machine fails the test."""
    connect = socket.socket.connect

    def connect_locally(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else "local"
        assert host in ("::1", "localhost", "local") or host.startswith("127."), f"a test connects to {host}"
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect_locally)
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
    monkeypatch.setenv("FEDISTATS_CONFIG", os.devnull)  # the configuration of the user does not count


@pytest.fixture
def immediate_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failed requests are retried as often as usual, but without a delay."""
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
