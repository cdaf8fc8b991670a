"""The command line: the only room that knows typer; reads words, writes files, and says on the terminal what was found."""

# ruff: noqa: I001 - the commands stand in the order in which --help lists them
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
