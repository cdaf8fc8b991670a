"""Read collected data, write result files, and print tables or JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from fedistats.cli.app import PARTIAL
from fedistats.cli.console import console, print_message
from fedistats.cli.options import CommonOptions
from fedistats.hosts import Host

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import RenderableType

    from fedistats.model import Coverage
    from fedistats.store.database import Database


def read_store(options: CommonOptions) -> AbstractContextManager[Database]:
    """The database, open for reading."""
    from fedistats.store.database import Database

    return Database.open_read_only(options.store_path)


def deliver(
    options: CommonOptions,
    host: Host,
    files: Mapping[str, Iterable[bytes]],
    table: RenderableType,
    as_json: str,
    folder: Path | None = None,
) -> None:
    """Write the files to the host's folder, and print the result on stdout: a table, or JSON with --json."""
    from fedistats.export.files import folder_name, write

    written = write(folder or options.output / folder_name(host), files)
    if options.json:
        sys.stdout.buffer.write(as_json.encode())
        sys.stdout.buffer.flush()
    elif not options.quiet:
        out = console()
        out.print(table)
        if written:
            out.print()
            for path in written:
                out.print(f"  {path}", style="dim", soft_wrap=True)


def deliver_chart(
    options: CommonOptions,
    host: Host,
    name: str,
    as_json: str,
    table: RenderableType,
    figure: Figure | None,
    folder: Path | None = None,
) -> None:
    """Deliver NAME.json and, if there is a figure, NAME.png and NAME.svg."""
    files: dict[str, Iterable[bytes]] = {f"{name}.json": [as_json.encode()]}
    if figure is not None:
        files |= picture_files(name, figure)
    deliver(options, host, files, table, as_json, folder)


def check_complete(options: CommonOptions, coverage: Coverage) -> None:
    """With --strict, exit with PARTIAL if an instance was only partly read, or postponed."""
    from fedistats.model import Outcome

    if options.strict and coverage.count(
        Outcome.PARTIAL, Outcome.RATE_LIMITED, Outcome.LOCAL_ERROR, Outcome.INTERNAL_ERROR
    ):
        print_message(f"partial: {coverage.sentence()}")
        raise typer.Exit(PARTIAL)


def picture_files(name: str, figure: Figure) -> dict[str, Iterable[bytes]]:
    """A matplotlib figure as a PNG and an SVG file."""
    from fedistats.render import figures

    return {f"{name}.png": [figures.png(figure)], f"{name}.svg": [figures.svg(figure)]}
