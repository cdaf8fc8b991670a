"""No test of the client may connect to another machine. An audit hook checks it, whatever library connects."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from fedistats.client import decompress

_dialed: list[str] = []


def _record_dial(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(args[1], tuple):
        _dialed.append(str(args[1][0]))


sys.addaudithook(_record_dial)


@pytest.fixture(autouse=True)
def dialed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The addresses to which sockets connected during a test."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    _dialed.clear()
    yield _dialed
    assert all(address.startswith("127.") for address in _dialed), f"connected to {set(_dialed)}"


@pytest.fixture(params=["zlib", "isal.isal_zlib"])
def decompressor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each library that can decompress a body."""
    monkeypatch.setattr(decompress, "ENGINE", pytest.importorskip(request.param))
