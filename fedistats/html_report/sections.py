"""Values of the sections people, posts and neighborhood."""

from __future__ import annotations

from fedistats.analysis.edge_stability import summarize
from fedistats.analysis.neighbors import neighbors
from fedistats.format import power_of_ten
from fedistats.hosts import display_name
from fedistats.html_report.charts import ColumnChart, bar_chart, column_chart
from fedistats.html_report.viewer_data import MAX_DRAWN_EDGES
from fedistats.html_report.word_cloud import draw_word_cloud
from fedistats.model import Distribution, Feed, NeighborhoodGraph, PostCounts, ProfileCounts
from fedistats.render.charts.median import YEARS_FROM, median_text
from fedistats.text.html import clean
from fedistats.text.languages import language_name

_MAX_BARS, _MAX_FIELDS, _MAX_LANGUAGES, _MAX_ORIGINS, _MAX_NEIGHBORS = 15, 12, 10, 12, 10
_MAX_LABELS = 9
_COLORS = 8
_POWERS_OF_TEN = {0.0, *(10.0**exponent for exponent in range(16))}


def people_context(profiles: ProfileCounts | None) -> dict[str, object]:
    """Values of people.html.j2."""
    if profiles is None:
        return {}
    bars = [(word.text, word.people) for word in profiles.words[:_MAX_BARS]]
    fields = [(field.text, field.people) for field in profiles.fields[:_MAX_FIELDS]]
    return {
        "cloud": draw_word_cloud(profiles.words) if profiles.words else None,
        "words": bar_chart(bars, "Most common words in bios (people)"),
        "more_words": profiles.words[_MAX_BARS:],
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
    bins = (f"{lower:,.0f} to {upper:,.0f} {unit} {count:,}" for lower, upper, count in distribution.bins if count)
    return column_chart(counts, f"{caption}; {median_text(distribution)}", labels[::step], ", ".join(bins))


def timeline_charts(posts: PostCounts | None) -> list[dict[str, object]]:
    """The charts of posts.html.j2, for each timeline."""
    return [_charts(feed, f"c{i % _COLORS}") for i, feed in enumerate(posts.feeds)] if posts else []


def _charts(feed: Feed, color: str) -> dict[str, object]:
    languages = [(language_name(code) or "not declared", count) for code, count in feed.languages]
    origins = feed.origins if feed.feed == "public" else ()
    hashtags = [(f"#{hashtag.text}", hashtag.people) for hashtag in feed.hashtags[:_MAX_BARS]]
    words = [(word.text, word.people) for word in feed.words[:_MAX_BARS]]
    hours = None
    if any(feed.hours):
        description = ", ".join(f"{hour}h {count:,}" for hour, count in enumerate(feed.hours))
        labels = [(hour + 0.5, f"{hour}h") for hour in range(0, 24, 3)]
        hours = column_chart(feed.hours, "Hour of the day, UTC (posts)", labels, description, color)
    return {
        "languages": bar_chart(languages, "Languages (posts)", color, max_rows=_MAX_LANGUAGES),
        "origins": bar_chart(origins, "Origin instances (posts)", color, max_rows=_MAX_ORIGINS),
        "hashtags": bar_chart(hashtags, "Hashtags (people)", color),
        "hours": hours,
        "words": bar_chart(words, "Words (people)", color),
        "more_words": feed.words[_MAX_BARS:],
    }


def neighborhood_context(graph: NeighborhoodGraph | None) -> dict[str, object]:
    """Values of neighborhood.html.j2 and method.html.j2."""
    if graph is None:
        return {}
    start_neighbors = neighbors(graph)
    min_posts = graph.about.parameters.get("min_posts")
    return {
        "start": display_name(graph.start),
        "neighbors": start_neighbors[:_MAX_NEIGHBORS],
        "neighbor_count": len(start_neighbors),
        "rule": clean(str(graph.about.parameters.get("rule", "")), 400).rstrip("."),
        "max_edges": MAX_DRAWN_EDGES,
        "stability": summarize(graph, min_posts) if isinstance(min_posts, int) and len(graph.edges) else None,
    }
