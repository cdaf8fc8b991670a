"""The command line: the only package that knows typer. It parses arguments, writes files, and prints results."""

# ruff: noqa: I001 - the order of the imports is the order of the commands in --help
from fedistats.cli import (
    instance,
    profiles,
    posts,
    neighborhood,
    report,
    export,
    watch,
    history,
    diff,
    compare,
    map,  # noqa: A004
    forget,
    config,
    doctor,
    demo,
)
from fedistats.cli.app import FAILED, INTERRUPTED, NOTHING, PARTIAL, UNCOLLECTED, USAGE, app, main

__all__ = [
    "FAILED",
    "INTERRUPTED",
    "NOTHING",
    "PARTIAL",
    "UNCOLLECTED",
    "USAGE",
    "app",
    "compare",
    "config",
    "demo",
    "diff",
    "doctor",
    "export",
    "forget",
    "history",
    "instance",
    "main",
    "map",
    "neighborhood",
    "posts",
    "profiles",
    "report",
    "watch",
]
