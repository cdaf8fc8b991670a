"""What is talked about: languages, hashtags, words and hours of the newest posts."""

from __future__ import annotations

from collections.abc import Iterator

from fedistats.html_report.coverage import of_feed
from fedistats.html_report.html_parts import bars, columns, counted, date, missing, text, upper
from fedistats.html_report.people import MOST_BARS, word_bars
from fedistats.model import Feed, PostCounts
from fedistats.store.profile_counts import SMALLEST_SERVER
from fedistats.text.languages import language_name

_TITLES = {"public": "Everything that reached it", "local": "Its own people's posts"}


def section(found: PostCounts | None) -> str:
    if found is None:
        return missing("Posts were not collected, or none was shown, so nothing can be said of what is talked about")
    least = found.about.parameters.get("min_people", 3)
    parts = [
        f"<p>Languages are what the posts say of themselves; hours are UTC. Hashtags and words are told from {text(str(least), 20)} people"
        f" on, and counted by people, not by how often. Collected on {text(date(found.about))}.</p>"
    ]
    for place, feed in enumerate(found.feeds):
        title = _TITLES.get(feed.feed, feed.feed)
        parts.append(f"<h3>{text(title, 60)}</h3><p>{text(upper(of_feed(feed)), 400)} {_speakers(feed)}</p>")
        if feed.posts_read:
            parts.append(f'<div class="grid three">{"".join(_feed(feed, f"c{place % 8}"))}</div>')
    return "".join(parts)


def _speakers(feed: Feed) -> str:
    """Whose words were counted."""
    if not feed.posts_read:
        return ""
    if feed.speakers is None:
        return "Words of posts were not counted."
    if not feed.speakers:
        return "Words are counted of those alone who allow that their posts are searched: nobody here does."
    allow = "allows" if feed.speakers == 1 else "allow"
    if feed.speakers < SMALLEST_SERVER:
        few = counted(feed.speakers, "person")
        return f"Words are told of {SMALLEST_SERVER} people or more: only {few} {allow} that their posts are searched."
    told = f"Words are those of the {counted(feed.speakers, 'person')} who {allow} that their posts are searched"
    return f"{told}." if feed.words else f"{told}: too few share any."


def _feed(feed: Feed, color: str) -> Iterator[str]:
    """Three stacks of charts that are about as high: whose posts, what they are tagged with and when, what they say."""
    languages = [(language_name(code) or "not said", n) for code, n in feed.languages]
    tags = [(f"#{tag.text}", tag.people) for tag in feed.hashtags[:MOST_BARS]]
    yield _stack(
        bars(languages, "Languages, in posts", color, first=10) if languages else "",
        bars(feed.origins, "Written on, in posts", color, first=12) if feed.feed == "public" and feed.origins else "",
    )
    yield _stack(bars(tags, "Hashtags, in people", color) if tags else "", _hours(feed, color))
    if feed.words:
        yield f"<div>{word_bars(feed.words, 'Words, in people', color)}</div>"


def _stack(*charts: str) -> str:
    return f'<div class="stack">{"".join(charts)}</div>' if any(charts) else ""


def _hours(feed: Feed, color: str) -> str:
    if not any(feed.hours):
        return ""
    told = ", ".join(f"{hour}h {n:,}" for hour, n in enumerate(feed.hours))
    marks = [(hour + 0.5, f"{hour}h") for hour in range(0, 24, 3)]
    return columns(feed.hours, "Hours of the day (UTC), in posts", marks, told, color)
