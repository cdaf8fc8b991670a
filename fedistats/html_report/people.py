"""Who is here: the cloud of words in bios, the profile fields people fill in, and how age, followers and posts are spread."""

from __future__ import annotations

from collections.abc import Sequence

from fedistats.html_report.html_parts import bars, columns, counted, date, missing, number, text
from fedistats.html_report.word_cloud import drawing
from fedistats.model import Distribution, ProfileCounts, WordCount
from fedistats.render.charts.median import IN_YEARS, median
from fedistats.text.html import clean

MOST_BARS = 15
_MOST_FIELDS = 12


def section(found: ProfileCounts | None) -> str:
    if found is None:
        return missing(
            "Profiles were not collected, or the directory showed none, so nothing can be said of who is here"
        )
    told = (
        f"{counted(found.counted, 'person')} {'is' if found.counted == 1 else 'are'} counted here, {number(found.with_bio)} of them"
        f" with a bio, collected on {date(found.about)}. The bigger a word, the more people use it."
    )
    spread = "".join(_distribution(distribution) for distribution in found.distributions)
    words = f'<div class="stack">{_words(found.words)}{_fields(found)}</div>'
    return f'<p>{text(told)}</p>{_cloud(found)}<div class="grid">{words}<div class="stack">{spread}</div></div>'


def _cloud(found: ProfileCounts) -> str:
    if not found.words:
        least = found.about.parameters.get("min_people", 3)
        return missing(f"No word is used by at least {least} people, so there is no cloud")
    return drawing(found.words)


def _words(words: Sequence[WordCount]) -> str:
    """The commonest as bars, all others in a list to unfold."""
    if not words:
        return ""
    return f"<div>{word_bars(words, 'The commonest words in bios, in people')}</div>"


def word_bars(words: Sequence[WordCount], caption: str, color: str = "c0") -> str:
    """The commonest words as bars, the others in a list to unfold."""
    quoted = bars([(word.text, word.people) for word in words[:MOST_BARS]], caption, color)
    rest = "".join(f"<li><bdi>{text(word.text, 60)}</bdi> {number(word.people)}</li>" for word in words[MOST_BARS:])
    if not rest:
        return quoted
    summary = f"<summary>{counted(len(words) - MOST_BARS, 'more word')}</summary>"
    return f'{quoted}<details>{summary}<ul class="words">{rest}</ul></details>'


def _fields(found: ProfileCounts) -> str:
    if not found.fields:
        return ""
    rows = [(word.text, word.people) for word in found.fields[:_MOST_FIELDS]]
    return bars(rows, "Profile fields that people fill in, in people", "c2")


def _distribution(found: Distribution) -> str:
    counts = [n for *_, n in found.bins]
    name = f"{found.name.capitalize()}, in people"
    if not any(counts):
        return f'<figure class="columns"><figcaption>{text(name)}</figcaption>{missing("Nobody tells")}</figure>'
    years = found.unit == "months" and found.bins[-1][1] > IN_YEARS
    bounds = [found.bins[0][0], *(upper for _, upper, _ in found.bins)]
    if years:
        marks = [(float(i), f"{bound / 12:.0f} y") for i, bound in enumerate(bounds) if bound % 12 == 0]
    elif found.logarithmic:
        marks = [(float(i), _power(bound)) for i, bound in enumerate(bounds) if bound in _POWERS]
    else:
        marks = [(float(i), f"{bound:,.0f}") for i, bound in enumerate(bounds)]
    step = max(1, -(-len(marks) // 9))
    told = ", ".join(
        f"{lower:,.0f} to {upper:,.0f} {clean(found.unit, 20)} {n:,}" for lower, upper, n in found.bins if n
    )
    return columns(counts, f"{name}; {median(found)}", marks[::step], told)


_POWERS = {0.0, *(10.0**power for power in range(16))}


def _power(bound: float) -> str:
    size = len(f"{bound:.0f}") - 1
    return f"{bound:.0f}" if bound < 1000 else f"{10 ** (size % 3)}{' kMGTP'[size // 3]}"
