"""What distinguishes several instances."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fedistats.analysis.comparison import KINDS, InstanceComparison
from fedistats.format import number
from fedistats.text.html import clean

_MAX_ITEMS = 15


def comparison_table(comparison: InstanceComparison) -> RenderableType:
    """The most distinctive items of each instance, by kind, and how many neighbors each pair shares."""
    table = Table(title="what distinguishes them, most significant first", title_justify="left", box=None)
    table.add_column()
    for host in comparison.hosts:
        table.add_column(Text(clean(host, 60), style="bold"), overflow="fold")
    for kind in KINDS:
        cells = (", ".join(clean(item.text, 40) for item in items[:_MAX_ITEMS]) for items in comparison.keyness[kind])
        table.add_row(Text(kind, style="dim"), *(Text(cell or "—") for cell in cells))
    overlaps = [
        Text(
            f"{clean(a, 60)} and {clean(b, 60)} share {number(overlap.shared)} of {number(overlap.union)} neighbors"
            f" ({overlap.jaccard:.0%}; weighted by posts {overlap.weighted:.0%})"
        )
        for a, b, overlap in comparison.overlaps
    ]
    return Group(table, *([Text(), *overlaps] if overlaps else []))
