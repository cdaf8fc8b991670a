"""The posts section: languages, origins, hashtags, words and hours of the newest posts."""

from __future__ import annotations

from fedistats.html_report.charts import bar_chart, column_chart
from fedistats.html_report.people import MAX_BARS
from fedistats.model import Feed, PostCounts
from fedistats.text.languages import language_name

_COLORS = 8
_MAX_LANGUAGES = 10
_MAX_ORIGINS = 12


def timeline_charts(posts: PostCounts | None) -> list[dict[str, object]]:
    """The charts of posts.html.j2, for each timeline."""
    return [_charts(feed, f"c{i % _COLORS}") for i, feed in enumerate(posts.feeds)] if posts else []


def _charts(feed: Feed, color: str) -> dict[str, object]:
    languages = [(language_name(code) or "not declared", count) for code, count in feed.languages]
    origins = feed.origins if feed.feed == "public" else ()
    hashtags = [(f"#{hashtag.text}", hashtag.people) for hashtag in feed.hashtags[:MAX_BARS]]
    words = [(word.text, word.people) for word in feed.words[:MAX_BARS]]
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
        "more_words": feed.words[MAX_BARS:],
    }
