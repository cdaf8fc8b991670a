"""What a collection would still request."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from fedistats.format import duration, number
from fedistats.hosts import display_name
from fedistats.render.terminal.tables import add_row, key_value_table


def dry_run_table(host: str, hosts: int, requests: int, seconds: float, *, more: bool) -> RenderableType:
    """The remaining hosts, requests and time. If `more`, unknown hosts may add requests."""
    table = key_value_table()
    add_row(table, "hosts to visit", number(hosts))
    add_row(table, "requests", f"{'at least' if more else 'at most'} {number(requests)}")
    add_row(table, "time", f"at least {duration(seconds)}" if requests else "none: everything is collected")
    return Group(Text(f"{display_name(host)}: remaining work"), table)
