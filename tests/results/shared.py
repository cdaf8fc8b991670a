"""What the tests of results share."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fedistats.errors import FedistatsError
from fedistats.export.schema import Table
from tests.commands import Commands

LIBRARIES = ("pandas", "polars")
"""The libraries of data frames."""
WEEK = 7 * 86_400
"""Seconds."""


def column_names(table: Table) -> list[str]:
    return [column.name for column in table.columns()]


def assert_same_error(run: Commands, call: Callable[[], object], *words: str) -> None:
    """Python raises the error that the command prints."""
    with pytest.raises(FedistatsError) as raised:
        call()
    code, _, err = run(*words)
    assert code in (2, 4, 5)
    assert err == f"fedistats: {raised.value}\n"
