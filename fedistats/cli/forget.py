"""`fedistats forget`: remove an instance for good."""

from __future__ import annotations

import sys

import typer

from fedistats.cli.app import app
from fedistats.cli.collecting import for_each_host
from fedistats.cli.console import console
from fedistats.cli.options import CommonCommand, CommonOptions, HostsArgument, InputOption
from fedistats.errors import NothingFound
from fedistats.hosts import parse_target


@app.command("forget", cls=CommonCommand, epilog="Example: fedistats forget sigmoid.social")
def forget(context: typer.Context, hosts: HostsArgument = None, input_file: InputOption = None) -> None:
    """Remove an instance from the database for good."""
    from fedistats.store import forget as store_forget
    from fedistats.store.database import Database

    options: CommonOptions = context.obj
    path = options.store_path

    def run(host: str) -> None:
        if not path.exists():
            raise NothingFound(f"there is no database at {path}: nothing to forget")
        name = parse_target(host).host
        if options.dry_run:
            console().print(f"{name}: all data about it in {path} would be deleted", soft_wrap=True)
            return
        with Database.open(path) as database:
            rows = store_forget.forget(database, name)
        if not rows:
            raise NothingFound(f"the database {path} has no data about {name}")
        if options.json:
            sys.stdout.write(f'{{"forgotten": "{name}", "rows": {rows}}}\n')
        elif not options.quiet:
            console().print(
                f"{name} is forgotten: {rows:,} rows deleted from {path}, including what was read about it on other servers;"
                " delete pictures and exports yourself"
            )

    for_each_host(hosts, input_file, run)
