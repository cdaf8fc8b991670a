"""The profiles of a directory as counts: never a list of people."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from fedistats.format import counted, number
from fedistats.model import Distribution, ProfileCounts
from fedistats.render.charts.median import median_text
from fedistats.render.terminal.tables import add_row, key_value_table, list_table, sparkline, word_counts
from fedistats.text.html import clean

_MAX_FIELDS = 12
_MAX_WORDS = 20


def profiles_table(profiles: ProfileCounts) -> RenderableType:
    """How many profiles were counted, their distributions, fields and most common words."""
    table = key_value_table()
    add_row(table, "profiles in the directory", number(profiles.listed))
    add_row(table, "skipped (owners opted out)", number(profiles.left_out))
    add_row(table, "counted", number(profiles.counted))
    add_row(table, "with a bio", number(profiles.with_bio))
    for distribution in profiles.distributions:
        add_row(table, distribution.name, _median_and_shape(distribution))
    add_row(table, "profile fields (people)", word_counts(profiles.fields[:_MAX_FIELDS]))
    words = ((counted(word.people, "person"), clean(word.text, 40)) for word in profiles.words[:_MAX_WORDS])
    return Group(table, Text(), list_table("most common words in bios", words))


def _median_and_shape(distribution: Distribution) -> str:
    text = median_text(distribution)
    return f"{text} {sparkline([count for *_, count in distribution.bins])}" if text else ""
