"""Sentences that several captions share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from fedistats.analysis.difference import NeighborhoodDifference
from fedistats.format import MAX_NUMBER, counted, number, outcome, plural
from fedistats.model import About, Outcome, ProfileCounts, WordCount
from fedistats.render.fonts.scripts import script_name
from fedistats.text.html import clean


def word_rows(words: Sequence[WordCount]) -> list[tuple[str, int]]:
    """Words and people, safe to draw."""
    return [
        (text, min(word.people, MAX_NUMBER)) for word in words if (text := clean(word.text, 40)) and word.people > 0
    ]


def undrawable(words: Iterable[str]) -> str:
    """How many words of which scripts no available font can draw; empty if there are none."""
    counts = Counter(script_name(word) for word in words)
    if not counts:
        return ""
    scripts = ", ".join(
        f"{n} {'emoji' if script == 'emoji' else f'in {script}'}" for script, n in sorted(counts.items())
    )
    return f"{counted(counts.total(), 'word')} left out because no font is available ({scripts}). "


def profile_counts(profiles: ProfileCounts) -> str:
    """How many profiles are counted, and how many are not."""
    left_out = f"; {number(profiles.left_out)} skipped (opted out)" if profiles.left_out else ""
    return f"{counted(profiles.counted, 'discoverable profile')}, {number(profiles.with_bio)} with a bio{left_out}"


def directory_outcome(profiles: ProfileCounts) -> str:
    """How the directory was read, if not completely; else empty."""
    if profiles.outcome is Outcome.COMPLETE:
        return ""
    return f"Directory: {outcome(profiles.outcome, clean(profiles.reason, 60))}. "


def signature(about: About) -> str:
    """Date of the collection and version of fedistats."""
    return f"Collected {clean(about.date[:10])}, fedistats {clean(about.version, 20)}."


def compared_timelines(difference: NeighborhoodDifference) -> str:
    """'4 timelines were read both times and are compared; 2 were read only once'"""
    matched, unmatched = difference.matched_timelines, difference.unmatched_timelines
    text = f"{counted(matched, 'timeline')} {plural('was', matched)} read both times"
    text += f" and {plural('is', matched)} compared"
    return f"{text}; {number(unmatched)} {plural('was', unmatched)} read only once" if unmatched else text
