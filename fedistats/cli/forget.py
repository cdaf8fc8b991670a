"""`fedistats forget`: remove an instance for good."""

from __future__ import annotations

import sys

from fedistats.cli.common import Common, HostArgument, command
from fedistats.cli.console import console
from fedistats.errors import NothingFound


@command("forget", epilog="Example: fedistats forget sigmoid.social")
def forget(common: Common, host: HostArgument) -> None:
    """Remove an instance for good from what was collected."""
    from fedistats.hosts import parse_target
    from fedistats.store.database import Database
    from fedistats.store.forget import forget as forget_host

    if not common.place.exists():
        raise NothingFound(f"there is no store at {common.place}: nothing to forget")
    name = parse_target(host).host
    if common.dry_run:
        console().print(f"{name} would be forgotten: every trace of it in {common.place}", soft_wrap=True)
        return
    with Database.open(common.place) as store:
        gone = forget_host(store, name)
    if not gone:
        raise NothingFound(f"the store {common.place} holds nothing about {name}")
    if common.json:
        sys.stdout.write(f'{{"forgotten": "{name}", "rows": {gone}}}\n')
    elif not common.quiet:
        console().print(
            f"{name} is forgotten: {gone:,} rows are gone from {common.place}, also of what others had heard;"
            " pictures and exports are yours to delete"
        )
