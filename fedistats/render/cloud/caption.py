"""Title and caption of the word cloud of bios."""

from __future__ import annotations

from fedistats.format import date, number, outcome
from fedistats.hosts import display_name
from fedistats.model import Outcome, ProfileCounts


def bios_title(profiles: ProfileCounts) -> str:
    return f"Words in the bios on {display_name(profiles.host)}"


def bios_caption(profiles: ProfileCounts) -> str:
    """How many bios were counted, how many people opted out, what the size of a word means, and when and with what it was made."""
    skipped = partial = ""
    if profiles.left_out:
        skipped = f"; {number(profiles.left_out)} of {number(profiles.listed)} skipped (owners opted out)"
    if profiles.outcome is not Outcome.COMPLETE:
        partial = f" The directory was not read to its end: {outcome(profiles.outcome, profiles.reason)}."
    return (
        f"{number(profiles.with_bio)} bios of {number(profiles.counted)} discoverable profiles{skipped}.{partial}"
        f" A larger word is used by more people, at least {profiles.about.parameters['min_people']}."
        f" {date(profiles.about.date, 'iso')}, fedistats {profiles.about.version}"
    )
