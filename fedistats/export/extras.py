"""Optional dependencies: each extra is named like the module that it installs."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Literal

from fedistats.errors import MissingExtra


def extra(name: Literal["duckdb", "keyring", "pandas", "polars"]) -> Any:
    """The imported module. Raises MissingExtra, which says how to install it."""
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingExtra(f"{name} is needed for this and not installed: pip install 'fedistats[{name}]'") from error
