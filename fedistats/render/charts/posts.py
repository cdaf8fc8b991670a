"""The chart of languages, hours, hashtags and words of the newest posts."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from fedistats.format import MAX_NUMBER, counted, date, number, outcome
from fedistats.model import Feed, Outcome, PostCounts
from fedistats.render.charts.captions import signature, undrawable, word_rows
from fedistats.render.charts.page import WIDTH, Area, Page
from fedistats.render.charts.plots import bar_chart, column_chart
from fedistats.render.fonts.text import TextRun
from fedistats.render.style import Theme
from fedistats.store.profile_counts import MIN_GROUP_SIZE
from fedistats.text.html import clean
from fedistats.text.languages import language_name

_MAX_LANGUAGES, _MAX_HASHTAGS, _MAX_WORDS = 10, 15, 15
_FRAME_HEIGHT = 220 + 46
"""Points of a page's height for title, caption, margins and the headings of the feeds."""
_LINE = 18.5
"""Points from one bar to the next."""
_HEADING = 38
"""Points for the heading of a bar chart and the space below it."""
_HOURS_HEIGHT = 150
_LABEL_WIDTH = 130
_FEED_TITLES = {"public": "Federated timeline", "local": "Local timeline"}

Rows = list[tuple[str, int]]


def draw_posts(posts: PostCounts, *, theme: Theme) -> Figure:
    """The feeds side by side; words only if any were counted."""
    feeds = posts.feeds
    languages = [_languages(feed) for feed in feeds]
    hashtags = [word_rows(feed.hashtags[:_MAX_HASHTAGS]) for feed in feeds]
    words = [word_rows(feed.words[:_MAX_WORDS]) for feed in feeds]
    language_lines = max([5, *(len(rows) + (others is not None) for rows, others in languages)])
    hashtag_lines, word_lines = (max([5, *map(len, columns)]) for columns in (hashtags, words))
    words_counted = any(feed.speakers is not None for feed in feeds)
    heights = [_HEADING + _LINE * language_lines, _HOURS_HEIGHT, _HEADING + _LINE * hashtag_lines]
    heights.append((_HEADING + _LINE * word_lines) * words_counted)
    all_words = list(dict.fromkeys(word for rows in (*hashtags, *words) for word, _ in rows))
    page = Page(WIDTH, round(_FRAME_HEIGHT + sum(heights)), theme, all_words)
    missing = {word for word in all_words if not page.can_draw(word)}
    _add_title_and_caption(page, posts, sorted(missing), words_counted=words_counted)
    if not feeds:
        page.message(page.body, "no timeline was read")
        return page.figure
    for i, (feed, area) in enumerate(zip(feeds, page.body.columns(len(feeds), 56), strict=True)):
        color = theme.colors[i % len(theme.colors)]
        page.text(_FEED_TITLES.get(feed.feed, clean(feed.feed, 40)), area.left, area.top + 12, 14, bold=True)
        if not feed.posts_read:
            page.message(Area(area.left, area.top, area.right, area.top + 0.6 * area.height), _no_posts(feed))
            continue
        summary = TextRun(_summary(feed)).clip(10.5, area.width).text
        page.text(summary, area.left, area.top + 30, 10.5, muted=True)
        tops = [area.top + 46 + sum(heights[:k]) for k in range(4)]
        rows, others = languages[i]
        _bars(page, "Languages, in posts", area, tops[0], rows, language_lines, color, "no post has a language", others)
        _hours(page, Area(area.left, tops[1], area.right, tops[1] + _HOURS_HEIGHT), feed.hours, color)
        rows = [row for row in hashtags[i] if row[0] not in missing]
        _bars(page, "Hashtags, in people", area, tops[2], rows, hashtag_lines, color, "none is used by several people")
        if words_counted:
            rows = [row for row in words[i] if row[0] not in missing]
            _bars(page, "Words, in people", area, tops[3], rows, word_lines, color, _no_words(feed))
    return page.figure


def _add_title_and_caption(page: Page, posts: PostCounts, missing: Sequence[str], *, words_counted: bool) -> None:
    limit = posts.about.parameters.get("posts")
    at_most = f", at most {number(limit)} of each timeline" if isinstance(limit, int) else ""
    page.add_title("Posts on", posts.host, f"The newest public posts{at_most}")
    left_out = sum(feed.posts_left_out for feed in posts.feeds)
    opted_out = f"{counted(left_out, 'post')} skipped (authors opted out). " if left_out else ""
    consent = "Words are counted only for people who allow search of their posts. " if words_counted else ""
    page.add_caption(
        "Languages are as declared by the posts; hours are UTC. Hashtags and words are counted by people, not by posts, and shown only "
        f"if several people use them. {consent}{undrawable(missing)}{opted_out}{signature(posts.about)}"
    )


def _bars(
    page: Page,
    title: str,
    area: Area,
    top: float,
    rows: Rows,
    lines: int,
    color: str,
    empty: str,
    others: tuple[str, int] | None = None,
) -> None:
    """A bar chart with a title; `others` is a line without a bar below it; `empty` is shown if there are no rows."""
    page.text(title, area.left, top + 14, 11.5, bold=True)
    plot = Area(area.left, top + 24, area.right, top + 24 + _LINE * lines)
    if rows:
        longest = max(count for _, count in rows)
        bar_chart(page, plot, rows, color, longest=longest, lines=lines, label_width=_LABEL_WIDTH)
    else:
        page.message(Area(plot.left, plot.top, plot.right, plot.top + 4 * _LINE), empty)
    if others:
        y = plot.top + (len(rows) + 0.5) * _LINE + 4
        page.text(others[0], plot.left + _LABEL_WIDTH - 8, y, 10.5, muted=True, align="right")
        page.text(f"{others[1]:,}", plot.left + _LABEL_WIDTH, y, 10.5, muted=True)


def _hours(page: Page, area: Area, hours: Sequence[int], color: str) -> None:
    page.text("Hours of the day (UTC), in posts", area.left, area.top + 14, 11.5, bold=True)
    plot = Area(area.left + 38, area.top + 38, area.right, area.bottom - 30)
    if any(hours):
        column_chart(page, plot, hours, color, [(h + 0.5, f"{h}h") for h in range(0, len(hours), 3)], gap=0.15)
    else:
        page.message(plot, "no posts")


def _languages(feed: Feed) -> tuple[Rows, tuple[str, int] | None]:
    """The most common languages, and the sum of all others, which is no bar: it would be among the longest."""
    rows = [(clean(language_name(code), 20) or "unknown", min(n, MAX_NUMBER)) for code, n in feed.languages if n > 0]
    if len(rows) <= _MAX_LANGUAGES:
        return rows, None
    shown, others = rows[: _MAX_LANGUAGES - 1], rows[_MAX_LANGUAGES - 1 :]
    return shown, (f"{number(len(others))} others", min(sum(n for _, n in others), MAX_NUMBER))


def _summary(feed: Feed) -> str:
    """How many posts, from which days, and how reading the timeline ended if it is not complete."""
    ended = "" if feed.outcome is Outcome.COMPLETE else f"; {outcome(feed.outcome)}"
    return f"{counted(feed.posts_read - feed.posts_left_out, 'post')} counted{_period(feed)}{ended}"


def _period(feed: Feed) -> str:
    if feed.first_at is None or feed.last_at is None:
        return ""
    first, last = date(feed.first_at, "short"), date(feed.last_at, "short")
    if not first or not last or first == last:
        return f", {first or last}" if first or last else ""
    return f", {first.removesuffix(last[-5:])} to {last}"  # the year once, if it is the same


def _no_posts(feed: Feed) -> str:
    return "no posts" if feed.outcome is Outcome.COMPLETE else f"no posts: {outcome(feed.outcome)}"


def _no_words(feed: Feed) -> str:
    if feed.speakers is None:
        return "words were not counted"
    if feed.speakers < MIN_GROUP_SIZE:
        return f"fewer than {MIN_GROUP_SIZE} people allow search of their posts"
    return "none is used by several people"
