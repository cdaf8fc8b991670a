"""The snapshots of an instance."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fedistats.format import number
from fedistats.model import InstanceHistory
from fedistats.text.html import clean

_COLUMNS = {
    "users": "users", "posts": "posts", "found": "instances\nfound", "neighbors": "neighbors", "edges": "edges",
    "communities": "communities", "posts_read": "posts\nread", "max_posts": "of the\nnewest",
}  # fmt: skip
"""The header of each field of a Snapshot."""


def history_table(history: InstanceHistory) -> RenderableType:
    """A row for each snapshot, the newest last. The scope is a column only if it differs."""
    table = Table(box=None, padding=(0, 1, 0, 0))
    table.add_column("date", no_wrap=True)
    for header in _COLUMNS.values():
        table.add_column(header, justify="right", no_wrap=True)
    comparable = history.comparable
    scopes_differ = any(row.max_posts is not None and row not in comparable for row in history.snapshots)
    if scopes_differ:
        table.add_column("scope")
    for date, snapshot in zip(history.dates, history.snapshots, strict=True):
        cells = [number(getattr(snapshot, name)) for name in _COLUMNS]
        if scopes_differ:
            cells.append(clean(snapshot.scope, 100) or ("default" if snapshot.max_posts is not None else ""))
        table.add_row(date, *cells)
    if not scopes_differ:
        return table
    note = "neighborhoods with a different scope than the newest one are not compared"
    return Group(table, Text(), Text(note, style="dim"))
