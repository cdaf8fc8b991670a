"""Figures of one instance in the hand of the other pictures: its weeks, its people, its words, its posts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from fedistats.model import About, Distribution, Feed, InstanceInfo, Outcome, PostCounts, ProfileCounts, WordCount
from fedistats.render.charts.median import IN_YEARS, median, middle
from fedistats.render.charts.page import MOST, Area, Page, spelled
from fedistats.render.fonts.scripts import script_name
from fedistats.render.fonts.text import TextRun, typeface
from fedistats.render.style import Theme
from fedistats.store.profile_counts import MIN_GROUP_SIZE
from fedistats.text.html import clean
from fedistats.text.languages import language_name

_WIDTH = 960
"""Points, of every figure."""
_DOTS_PER_INCH = 144
_MOST_WORDS, _MOST_LANGUAGES, _MOST_HASHTAGS, _MOST_SAID = 40, 10, 15, 15
"""Bars of the words of bios; of languages, hashtags and words of posts."""
_MOST_WEEKS = 20
"""Mastodon tells of twelve."""
_FRAME = 220
"""Points that title, caption and margins take of a page's height."""
_LINE = 18.5
"""Points from one horizontal bar to the next."""
_LABEL = 130
"""Points for the words before the bars of posts."""
_SECONDS_A_DAY = 86_400


def png(figure: Figure) -> bytes:
    """The figure for posting. The same data gives the same bytes."""
    FigureCanvasAgg(figure)
    out = BytesIO()
    figure.savefig(out, format="png", dpi=_DOTS_PER_INCH, metadata={"Software": None})
    return out.getvalue()


def svg(figure: Figure) -> bytes:
    """The figure for the web, with a title and text that can be searched. The same data gives the same bytes."""
    FigureCanvasSVG(figure)
    out = BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "fedistats", "svg.fonttype": "none"}):
        # the dots are those of words that are pictures
        metadata = {"Title": figure.get_label(), "Date": None, "Creator": None}
        figure.savefig(out, format="svg", dpi=2 * _DOTS_PER_INCH, metadata=metadata)
    return out.getvalue()


# -- what the server says about itself ---------------------------------------------------------------------------------


def activity(found: InstanceInfo, about: About, *, theme: Theme) -> Figure:
    """Posts, log-ins and sign-ups of the last weeks, as the server counts them."""
    rows = sorted(found.activity, key=lambda row: row.begins_at)[-_MOST_WEEKS:]
    page = Page(_WIDTH, 640, theme)
    weeks = "week" if len(rows) == 1 else f"{len(rows)} weeks" if rows else "weeks"
    days = [_day(row.begins_at) for row in rows]
    end = _day(rows[-1].begins_at + 5 * _SECONDS_A_DAY, year=True) if rows else ""
    span = f"From {days[0]} to {end}, as" if end and days[0] else "As"
    page.title(f"The last {weeks} on", found.host, f"{span} the server itself counts them")
    page.foot(
        "Each bar is six days, not seven: that is what Mastodon sums up for a 'week', from the day below it on. Today's unfinished "
        "row is left out. Who logged in is the server's estimate of how many different people did. " + _signature(about)
    )
    measures = (
        ("Posts", [max(row.posts, 0) for row in rows]),
        ("People who logged in", [max(row.logins, 0) for row in rows]),
        ("Sign-ups", [max(row.registrations, 0) for row in rows]),
    )
    axis = page.body.bottom - 14
    wide = min((page.body.right - page.body.left) / max(len(rows), 1), 110)
    bands = Area(page.body.left, page.body.top, page.body.right, axis - 4).rows(3, 20)
    if not rows:
        page.nothing(page.body, "this server does not tell its weekly numbers")
        return page.figure
    for (name, counts), area in zip(measures, bands, strict=True):
        page.write(name, area.left, area.top + 12, 13, bold=True)
        plot = Area(area.left, area.top + 40, area.left + wide * len(rows), area.bottom)
        if any(counts):
            page.weeks(plot, counts, theme.colors[0])
        else:
            page.nothing(area, "the server counted none")
    for place, day in enumerate(days):
        page.write(day, page.body.left + (place + 0.5) * wide, axis + 14, 10.5, muted=True, anchor="center")
    return page.figure


def _day(at: int, *, year: bool = False) -> str:
    try:
        day = datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        return ""  # a server's clock may say anything
    return f"{day.day} {day:%b} {day.year}" if year else f"{day.day} {day:%b}"


# -- who is there ------------------------------------------------------------------------------------------------------


def distributions(found: ProfileCounts, *, theme: Theme) -> Figure:
    """Account age, followers and posts, spread over people; the bar of the median stands out."""
    page = Page(_WIDTH, 500, theme)
    page.title("Who is on", found.host, _of_profiles(found))
    logarithmic = any(distribution.logarithmic for distribution in found.distributions)
    zero = "Zero has a bar of its own, left of a logarithmic axis. " if logarithmic else ""
    page.foot(
        "Each bar counts people, and names none. Median: half of the people are at or below it, half at or above. "
        f"{zero}{_seen(found)}{_signature(found.about)}"
    )
    if not found.distributions:
        page.nothing(page.body, "nobody is listed in its directory yet")
    for distribution, area in zip(
        found.distributions, page.body.columns(max(len(found.distributions), 1), 44), strict=False
    ):
        page.write(clean(distribution.name, 40).capitalize(), area.left, area.top + 12, 13, bold=True)
        plot = Area(area.left + 30, area.top + 62, area.right, area.bottom - 34)
        if any(n > 0 for *_, n in distribution.bins):
            _histogram(page, plot, distribution)
        else:
            page.nothing(plot, "nobody to count yet")
    return page.figure


def _histogram(page: Page, area: Area, distribution: Distribution) -> None:
    counts = [n for *_, n in distribution.bins]
    median_bin, told = middle(counts), median(distribution)
    zero_apart = distribution.logarithmic and distribution.bins[0][:2] == (0, 1) and len(counts) > 1
    if zero_apart:
        counts.insert(1, 0)  # an empty place, where the axis breaks
        median_bin += median_bin > 0
    wide = min((area.right - area.left) / len(counts), 40)
    area = Area(area.left, area.top, area.left + wide * len(counts), area.bottom)
    gap, ink = 0.12, page.theme.colors
    page.columns(area, counts, ink[0], _fitting(_bounds(distribution, zero_apart), wide), gap)
    if zero_apart:
        page.broken(area.left + 1.5 * wide, area.bottom, wide)
    page.write(_axis(distribution), (area.left + area.right) / 2, area.bottom + 34, 10, muted=True, anchor="center")
    page.marked(area, median_bin, counts, ink[1], gap, told)


def _bounds(distribution: Distribution, zero_apart: bool) -> list[tuple[float, str]]:
    """Which edges between bars bear a number, and which; where zero is apart, its bar does, and an empty place follows."""
    edges = [distribution.bins[0][0], *(upper for _, upper, _ in distribution.bins)]
    if zero_apart:
        return [(0.5, "0"), *((i + 1.0, _DECADES[edge]) for i, edge in enumerate(edges) if i and edge in _DECADES)]
    if distribution.logarithmic:
        return [(float(i), _DECADES[edge]) for i, edge in enumerate(edges) if edge in _DECADES]
    scale = 12 if _axis(distribution) == "years" else 1
    return [(float(i), spelled(edge / scale)) for i, edge in enumerate(edges) if edge < MOST and edge % scale == 0]


_DECADES = {0.0: "0"} | {10.0**power: f"{10 ** (power % 3)}{' kMGT'[power // 3]}".strip() for power in range(15)}
"""Where a logarithmic axis bears numbers, and which: 1k is a thousand."""


def _fitting(labels: Sequence[tuple[float, str]], wide: float) -> list[tuple[float, str]]:
    """As many of the labels, evenly chosen, as do not touch each other."""
    for step in range(1, len(labels) + 1):
        chosen = labels[::step]
        halves = [typeface(False).width(text, 9.5) / 2 + 3 for _, text in chosen]
        pairs = zip(chosen, chosen[1:], halves, halves[1:], strict=False)
        if all((after[0] - before[0]) * wide >= one + other for before, after, one, other in pairs):
            return list(chosen)
    return []


def _axis(distribution: Distribution) -> str:
    unit = clean(distribution.unit, 40)
    if unit == "months" and distribution.bins[-1][1] > IN_YEARS:
        unit = "years"
    return f"{unit}, logarithmic" if distribution.logarithmic else unit


# -- what they say of themselves ---------------------------------------------------------------------------------------


def word_bars(found: ProfileCounts, *, theme: Theme) -> Figure:
    """The commonest words of the bios, with the number of people who use them; a word that no font covers is counted in the caption."""
    words = _told(found.words[:_MOST_WORDS])
    half = max(-(-len(words) // 2), min(len(words), 8))
    page = Page(_WIDTH, _FRAME + max(half, 4) * 25, theme, [word for word, _ in words])
    lacking = [word for word, _ in words if not page.drawable(word)]
    drawn = [(word, count) for word, count in words if word not in lacking]
    least = clean(str(found.about.parameters.get("min_people", "")), 20)
    shared = f", each used by at least {least} people" if least else ""
    page.title("In their own words: the bios on", found.host, f"The commonest words{shared}")
    page.foot(
        f"Beside each bar: how many people use the word. {_of_profiles(found)}. "
        f"{_lacking(lacking)}{_seen(found)}{_signature(found.about)}"
    )
    if drawn:
        _two_columns(page, drawn, half)
    else:
        page.nothing(page.body, "no word that enough people share yet")
    return page.figure


def _two_columns(page: Page, rows: Sequence[tuple[str, int]], half: int) -> None:
    """Side by side in one scale: the second column is as much narrower as its bars are shorter."""
    body, size, apart = page.body, 11.0, 40.0
    parts = [part for part in (rows[:half], rows[half:]) if part]
    labels = [min(max(_width(word, size) for word, _ in part) + 10, 190) for part in parts]
    mosts = [max(count for _, count in part) for part in parts]
    behind = [typeface(False).width(f"{most:,}", size) + 6 for most in mosts]
    room = body.right - body.left - apart * (len(parts) - 1) - sum(labels) - sum(behind)
    left, bottom = body.left, min(body.bottom, body.top + half * 25)
    for part, label, most, number in zip(parts, labels, mosts, behind, strict=True):
        right = left + label + number + room * most / sum(mosts)
        page.bars(Area(left, body.top, right, bottom), part, most, page.theme.colors[0], lines=half, label=label)
        left = right + apart


def _width(word: str, size: float) -> float:
    """In points; what our typeface lacks is taken to be as broad as high."""
    plain = typeface(False)
    return plain.width(word, size) if plain.covers(word) else 1.05 * size * len(word)


# -- what is talked about ----------------------------------------------------------------------------------------------


def posts(found: PostCounts, *, theme: Theme) -> Figure:
    """Languages, hours, hashtags and words of each feed, side by side; the words where any were counted."""
    languages = [_languages(feed) for feed in found.feeds]
    hashtags = [_told(feed.hashtags[:_MOST_HASHTAGS]) for feed in found.feeds]
    spoken = [_told(feed.words[:_MOST_SAID]) for feed in found.feeds]
    tongues = max([5, *(len(named) + (rest is not None) for named, rest in languages)])
    tags, lines = (max([5, *map(len, parts)]) for parts in (hashtags, spoken))
    counted_words = any(feed.speakers is not None for feed in found.feeds)
    high = _FRAME + 46 + (38 + _LINE * tongues) + 150 + (38 + _LINE * tags) + (38 + _LINE * lines) * counted_words
    shared = list(dict.fromkeys(word for part in (*hashtags, *spoken) for word, _ in part))
    page = Page(_WIDTH, round(high), theme, shared)
    newest = found.about.parameters.get("posts")
    read = f"The newest public posts, at most {spelled(newest)} of each timeline" if isinstance(newest, int) else ""
    page.title("What is talked about on", found.host, read or "The newest public posts")
    left_out = sum(feed.posts_left_out for feed in found.feeds)
    aside = f"{spelled(left_out)} posts of people who asked to be left out were not looked at. " if left_out else ""
    lacking = [word for word in shared if not page.drawable(word)]
    whose = "Words are those of people who allow that their posts are searched. " if counted_words else ""
    page.foot(
        "Languages are what the posts say of themselves; hours are UTC. Hashtags and words are counted by people, not by posts; only "
        f"shared ones are shown. {whose}{_lacking(lacking)}{aside}{_signature(found.about)}"
    )
    if not found.feeds:
        page.nothing(page.body, "no timeline was read")
    areas = page.body.columns(max(len(found.feeds), 1), 56)
    for number, (feed, area) in enumerate(zip(found.feeds, areas, strict=False)):
        color = theme.colors[number % len(theme.colors)]
        page.write(_FEEDS.get(feed.feed, clean(feed.feed, 40)), area.left, area.top + 12, 14, bold=True)
        if not feed.posts_read:
            page.nothing(
                Area(area.left, area.top, area.right, area.top + 0.6 * (area.bottom - area.top)), _silence(feed)
            )
            continue
        counted = feed.posts_read - feed.posts_left_out
        told = f"{spelled(counted)} {'post' if counted == 1 else 'posts'} counted{_span(feed)}{_ending(feed)}"
        told = TextRun(told).clip(10.5, area.right - area.left).text
        page.write(told, area.left, area.top + 30, 10.5, muted=True)
        top = area.top + 46
        named, rest = languages[number]
        _bars(page, "Languages, in posts", area, top, named, tongues, color, "no post says its language", rest)
        top += 38 + _LINE * tongues
        _hours(page, Area(area.left, top, area.right, top + 150), feed.hours, color)
        top += 150
        drawn = [row for row in hashtags[number] if row[0] not in lacking]
        _bars(page, "Hashtags, in people", area, top, drawn, tags, color, "none that several people use")
        top += 38 + _LINE * tags
        if counted_words:
            drawn = [row for row in spoken[number] if row[0] not in lacking]
            _bars(page, "Words, in people", area, top, drawn, lines, color, _wordless(feed))
    return page.figure


def _bars(
    page: Page,
    name: str,
    area: Area,
    top: float,
    rows: Sequence[tuple[str, int]],
    lines: int,
    color: str,
    none: str,
    rest: tuple[str, int] | None = None,
) -> None:
    page.write(name, area.left, top + 14, 11.5, bold=True)
    plot = Area(area.left, top + 24, area.right, top + 24 + _LINE * lines)
    if rows:
        page.bars(plot, rows, max(count for _, count in rows), color, lines=lines, label=_LABEL)
    else:
        page.nothing(Area(plot.left, plot.top, plot.right, plot.top + 4 * _LINE), none)
    if rest:
        y = plot.top + (len(rows) + 0.5) * _LINE + 4
        page.write(rest[0], plot.left + _LABEL - 8, y, 10.5, muted=True, anchor="right")
        page.write(f"{rest[1]:,}", plot.left + _LABEL, y, 10.5, muted=True)


def _hours(page: Page, area: Area, hours: Sequence[int], color: str) -> None:
    page.write("Hours of the day (UTC), in posts", area.left, area.top + 14, 11.5, bold=True)
    plot = Area(area.left + 38, area.top + 38, area.right, area.bottom - 30)
    if any(hours):
        page.columns(plot, hours, color, [(hour + 0.5, f"{hour}h") for hour in range(0, len(hours), 3)], gap=0.15)
    else:
        page.nothing(plot, "no post to count")


def _wordless(feed: Feed) -> str:
    """Why no word is told."""
    if feed.speakers is None:
        return "words were not counted"
    if feed.speakers < MIN_GROUP_SIZE:
        return f"fewer than {MIN_GROUP_SIZE} people let their posts be searched"
    return "none that several people use"


_FEEDS = {"public": "Everything that reached it", "local": "Its own people's posts"}


def _silence(feed: Feed) -> str:
    if feed.outcome is Outcome.CLOSED:
        return "closed by its owner"
    return "no post seen" if feed.outcome is Outcome.COMPLETE else f"no post seen: {feed.outcome}"


def _ending(feed: Feed) -> str:
    """Where a timeline was not read as far as it should be: how that ended."""
    if feed.outcome is Outcome.COMPLETE:
        return ""
    return "; read in part" if feed.outcome is Outcome.PARTIAL else f"; then {feed.outcome}"


def _languages(feed: Feed) -> tuple[list[tuple[str, int]], tuple[str, int] | None]:
    """The commonest, and all others together, which are no bar: it would be longer than most, and mean something else."""
    named = [(clean(language_name(code), 20) or "not said", min(n, MOST)) for code, n in feed.languages if n > 0]
    if len(named) <= _MOST_LANGUAGES:
        return named, None
    quoted = named[: _MOST_LANGUAGES - 1]
    rest = min(sum(n for _, n in named[len(quoted) :]), MOST)
    return quoted, (f"{spelled(len(named) - len(quoted))} others", rest)


def _span(feed: Feed) -> str:
    if feed.first_at is None or feed.last_at is None:
        return ""
    first, last = _day(feed.first_at, year=True), _day(feed.last_at, year=True)
    if not first or not last or first == last:
        return f", {first or last}" if first or last else ""
    first = first.removesuffix(last[-5:])  # the year, where it is the same
    return f", {first} to {last}"


# -- what all of them say ----------------------------------------------------------------------------------------------


def _told(words: Sequence[WordCount]) -> list[tuple[str, int]]:
    return [(text, min(word.people, MOST)) for word in words if (text := clean(word.text, 40)) and word.people > 0]


def _lacking(words: Iterable[str]) -> str:
    """How many words of which scripts could not be drawn, and what mends it."""
    counts = Counter(script_name(word) for word in words)
    if not counts:
        return ""
    told = ", ".join(f"{n} emoji" if script == "emoji" else f"{n} in {script}" for script, n in sorted(counts.items()))
    noun = "word" if counts.total() == 1 else "words"
    return f"No font at hand can write {counts.total()} {noun} ({told}): left out. "


def _of_profiles(found: ProfileCounts) -> str:
    """How many are counted, of how many."""
    aside = f"; {spelled(found.left_out)} asked to be left out" if found.left_out else ""
    return f"{spelled(found.counted)} discoverable profiles, {spelled(found.with_bio)} with a bio{aside}"


def _seen(found: ProfileCounts) -> str:
    if found.outcome is Outcome.COMPLETE:
        return ""
    reason = f" ({clean(found.reason, 60)})" if found.reason else ""
    how = "in part" if found.outcome is Outcome.PARTIAL else f"until it was {found.outcome}"
    return f"The directory was read {how}{reason}. "


def _signature(about: About) -> str:
    return f"Collected {clean(about.date[:10])}, fedistats {clean(about.version, 20)}."
