"""The command line: the only package that knows typer. It parses arguments, writes files, and prints results."""

# ruff: noqa: I001, F401 - imported for their commands, in the order of --help
from fedistats.cli import instance, profiles, posts, neighborhood, report, export, watch, history, diff, compare
from fedistats.cli import map, forget, config, doctor, demo  # noqa: A004
from fedistats.cli.app import FAILED, INTERRUPTED, NOTHING, PARTIAL, UNCOLLECTED, USAGE, app, main

__all__ = ["FAILED", "INTERRUPTED", "NOTHING", "PARTIAL", "UNCOLLECTED", "USAGE", "app", "main"]
