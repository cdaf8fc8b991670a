"""Shared code of all results for reading from the store: their provenance, and the errors if there is no data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any, TypeVar

from fedistats.errors import NotCollected, NothingFound
from fedistats.hosts import Host
from fedistats.model import About
from fedistats.settings import BY_POSTS, Scope
from fedistats.store.collections import Collection
from fedistats.version import __version__

T = TypeVar("T")

_SCOPE_PARAMETERS = ("edges", "depth", "list", "max_hosts")


def about(collection: Collection, parameters: Mapping[str, str | int]) -> About:
    """The provenance of a result that was read from a collection with these parameters."""
    date = datetime.fromtimestamp(collection.begun_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return About(collection.start, date, {"host": collection.start, **parameters}, __version__)


def scope_parameters(scope: Scope) -> dict[str, str | int]:
    """The parts of a scope that differ from the default, named as on the command line."""
    parameters: dict[str, str | int] = {}
    if scope.edges != BY_POSTS:
        parameters["edges"] = scope.edges
    if scope.depth != 1:
        parameters["depth"] = scope.depth
    if scope.listed:
        parameters["list"] = f"{len(scope.listed):,} hosts (SHA-256 {scope.digest})"
    if scope.max_hosts is not None:
        parameters["max_hosts"] = scope.max_hosts
    return parameters


def describe_scope(about: About) -> str:
    """The scope in words, for example "depth 2, max-hosts 50"; empty for the default scope."""
    return ", ".join(
        f"{name.replace('_', '-')} {about.parameters[name]}" for name in _SCOPE_PARAMETERS if name in about.parameters
    )


def read_or_none(read: Callable[[], T]) -> T | None:
    """The result, or None if it was not collected or is empty."""
    try:
        return read()
    except (NotCollected, NothingFound):
        return None


def not_collected(part: str, host: Host) -> NotCollected:
    """The error for a part that is not in the store."""
    return NotCollected(f"no data for '{part} {host}' has been collected yet: run it once without --offline")


def nothing_collected(host: Host) -> NotCollected:
    """The error for a host without any data in the store."""
    return NotCollected(f"no data about {host} has been collected yet: run it once without --offline")


def fields_of(value: Any) -> dict[str, Any]:
    """The fields of a dataclass by name, to make a value of a subclass from. Nothing is copied."""
    return {field.name: getattr(value, field.name) for field in fields(value)}
