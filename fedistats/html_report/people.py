"""The people section: the word cloud of bios, the profile fields, and the distributions of age, followers and posts."""

from __future__ import annotations

from fedistats.format import power_of_ten
from fedistats.html_report.charts import ColumnChart, bar_chart, column_chart
from fedistats.html_report.word_cloud import draw_word_cloud
from fedistats.model import Distribution, ProfileCounts
from fedistats.render.charts.median import YEARS_FROM, median_text
from fedistats.text.html import clean

MAX_BARS = 15
_MAX_FIELDS = 12
_MAX_LABELS = 9
_POWERS_OF_TEN = {0.0, *(10.0**exponent for exponent in range(16))}


def people_context(profiles: ProfileCounts | None) -> dict[str, object]:
    """Values of people.html.j2."""
    if profiles is None:
        return {}
    bars = [(word.text, word.people) for word in profiles.words[:MAX_BARS]]
    fields = [(field.text, field.people) for field in profiles.fields[:_MAX_FIELDS]]
    return {
        "cloud": draw_word_cloud(profiles.words) if profiles.words else None,
        "words": bar_chart(bars, "Most common words in bios (people)"),
        "more_words": profiles.words[MAX_BARS:],
        "fields": bar_chart(fields, "Profile fields (people)", "c2"),
        "distributions": [_distribution_chart(distribution) for distribution in profiles.distributions],
    }


def _distribution_chart(distribution: Distribution) -> ColumnChart:
    counts = [count for *_, count in distribution.bins]
    caption = f"{distribution.name.capitalize()} (people)"
    if not any(counts):
        return column_chart([], caption, [], "")
    bounds = [distribution.bins[0][0], *(upper for _, upper, _ in distribution.bins)]
    if distribution.unit == "months" and bounds[-1] > YEARS_FROM:
        labels = [(float(i), f"{bound / 12:.0f} y") for i, bound in enumerate(bounds) if bound % 12 == 0]
    elif distribution.logarithmic:
        labels = [(float(i), power_of_ten(bound)) for i, bound in enumerate(bounds) if bound in _POWERS_OF_TEN]
    else:
        labels = [(float(i), f"{bound:,.0f}") for i, bound in enumerate(bounds)]
    step = max(1, -(-len(labels) // _MAX_LABELS))
    unit = clean(distribution.unit, 20)
    description = ", ".join(
        f"{lower:,.0f} to {upper:,.0f} {unit} {count:,}" for lower, upper, count in distribution.bins if count
    )
    return column_chart(counts, f"{caption}; {median_text(distribution)}", labels[::step], description)
