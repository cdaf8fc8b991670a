"""Pieces that the tables share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

from fedistats.format import number
from fedistats.model import WordCount
from fedistats.text.html import clean

_BARS = "·▁▂▃▄▅▆▇█"


def key_value_table() -> Table:
    """A table of names and values without a header."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    return table


def add_row(table: Table, name: str, value: str) -> None:
    """A row of a key_value_table; an unknown value is "—"."""
    table.add_row(name, Text(clean(value, 2000) or "—"))


def list_table(title: str | None, rows: Iterable[tuple[str, str]]) -> Table:
    """A figure and a text in each row."""
    table = Table(title=title, title_justify="left", box=None, show_header=False)
    table.add_column(justify="right")
    table.add_column(overflow="fold")
    for figure, text in rows:
        table.add_row(figure, Text(text))
    return table


def sparkline(counts: Sequence[int]) -> str:
    """A bar of one character for each count.

    >>> sparkline([0, 1, 4, 8])
    '·▁▄█'
    """
    largest = max(counts, default=0) or 1
    return "".join(_BARS[-(-count * 8 // largest)] for count in counts)


def word_counts(words: Sequence[WordCount]) -> str:
    """'Website 41, Pronouns 12'"""
    return ", ".join(f"{clean(word.text, 40)} {number(word.people)}" for word in words)


def skipped_posts(count: int) -> str:
    """', 9 skipped (authors opted out)'; empty if no post was skipped."""
    return f", {number(count)} skipped (authors opted out)" if count else ""
