"""Fixtures of the tests of the crawler."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawl import neighborhoods
from tests.fediverse import FakeFediverse


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Of the store."""
    return tmp_path / "fedistats.db"


@pytest.fixture
def fediverse() -> FakeFediverse:
    return neighborhoods.three_servers()
