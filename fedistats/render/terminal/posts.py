"""The newest posts of each timeline as counts."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.text import Text

from fedistats.format import counted, date_and_time, first_names, number, outcome, plural
from fedistats.model import Feed, Outcome, PostCounts
from fedistats.render.terminal.tables import add_row, key_value_table, skipped_posts, sparkline, word_counts
from fedistats.text.html import clean

_TIMELINES = {"public": "federated timeline", "local": "local timeline"}
_MAX_LANGUAGES, _MAX_WORDS, _MAX_ORIGINS = 10, 15, 12


def posts_table(posts: PostCounts) -> RenderableType:
    """Languages, hashtags, words, hours and origins of each timeline."""
    return Group(*(part for feed in posts.feeds for part in _timeline_parts(feed)))


def _timeline_parts(feed: Feed) -> Iterable[RenderableType]:
    yield Text(_TIMELINES[feed.feed], style="bold")
    if not feed.posts_read:
        yield Text(f"  no posts read: {_timeline_outcome(feed)}\n")
        return
    table = key_value_table()
    add_row(table, "posts read", f"{number(feed.posts_read)}{skipped_posts(feed.posts_left_out)}")
    if not feed.outcome.answered:
        add_row(table, "outcome", _timeline_outcome(feed))
    if feed.first_at is not None and feed.last_at is not None:
        hours = (date_and_time(hour, seconds=False) for hour in (feed.first_at, feed.last_at))
        add_row(table, "written", f"{' to '.join(hours)} UTC")
    languages = [f"{code or 'not declared'} {number(count)}" for code, count in feed.languages[:_MAX_LANGUAGES]]
    add_row(table, "languages", ", ".join(languages))
    hashtags = [f"#{clean(hashtag.text, 40)} {number(hashtag.people)}" for hashtag in feed.hashtags[:_MAX_WORDS]]
    add_row(table, "hashtags (people)", ", ".join(hashtags))
    add_row(table, "words (people)", word_counts(feed.words[:_MAX_WORDS]))
    if feed.speakers is not None:
        verb = plural("allows", feed.speakers)
        add_row(table, "", f"of the {counted(feed.speakers, 'author')} who {verb} search of their posts")
    add_row(table, "hours of the day (UTC)", f"0h {sparkline(feed.hours)} 23h")
    if feed.feed == "public":
        origins = [f"{host} {number(count)}" for host, count in feed.origins]
        add_row(table, "origin instances", first_names(origins, _MAX_ORIGINS))
    yield table
    yield Text()


def timeline_outcomes(posts: PostCounts) -> str:
    """Why there are no posts: 'public timeline closed by its owner, local timeline unreachable (timeout)'."""
    return ", ".join(f"{_TIMELINES[feed.feed]} {_timeline_outcome(feed)}" for feed in posts.feeds)


def _timeline_outcome(feed: Feed) -> str:
    if feed.outcome is Outcome.COMPLETE:
        return "empty"
    return outcome(feed.outcome, "" if feed.outcome is Outcome.CLOSED else clean(feed.reason, 200))
