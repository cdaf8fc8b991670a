"""Figures of one instance in the hand of the other pictures: its weeks, its people, its words, its posts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from math import isfinite

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from fedistats.model import About, Distribution, Feed, Instance, Outcome, Posts, Profiles, Word
from fedistats.render.page import Area, Page
from fedistats.render.style import Theme
from fedistats.text import clean

_DOTS_PER_INCH = 144
_MOST_WORDS = 40
_MOST_LANGUAGES, _MOST_HASHTAGS = 6, 12
_SECONDS_A_DAY = 86_400


def png(figure: Figure) -> bytes:
    """The figure for posting. The same data gives the same bytes."""
    FigureCanvasAgg(figure)
    out = BytesIO()
    figure.savefig(out, format="png", dpi=_DOTS_PER_INCH, metadata={"Software": None})
    return out.getvalue()


def svg(figure: Figure) -> bytes:
    """The figure for the web, with text that can be searched. The same data gives the same bytes."""
    FigureCanvasSVG(figure)
    out = BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "fedistats", "svg.fonttype": "none"}):
        # the dots are those of words that are pictures
        figure.savefig(out, format="svg", dpi=2 * _DOTS_PER_INCH, metadata={"Date": None, "Creator": None})
    return out.getvalue()


# -- what the server says about itself ---------------------------------------------------------------------------------


def activity(found: Instance, about: About, *, theme: Theme) -> Figure:
    """Posts, log-ins and sign-ups of the last weeks, as the server counts them."""
    rows = sorted(found.activity, key=lambda row: row.begins_at)
    page = Page(960, 640, theme)
    page.head(
        f"The last {len(rows) or ''} weeks on {clean(found.host, 60)}".replace("  ", " "),
        "As the server itself counts them",
    )
    page.foot(
        "Each bar is six days: that is what Mastodon sums up for a 'week'. Today's unfinished row is left out. "
        "Who logged in is an estimate of different people. " + _signature(about)
    )
    measures = (
        ("Posts", [row.posts for row in rows]),
        ("People who logged in", [row.logins for row in rows]),
        ("Sign-ups", [row.registrations for row in rows]),
    )
    days = [(place + 0.5, _day(row.begins_at)) for place, row in enumerate(rows)]
    for (name, counts), area, colour in zip(measures, page.body.rows(3, 34), theme.colours, strict=False):
        page.write(name, area.left, area.top + 12, 13, bold=True)
        plot = Area(area.left + 52, area.top + 34, area.right, area.bottom - 18)
        if not any(counts):
            page.nothing(plot)
            continue
        page.columns(plot, counts, colour, days)
    return page.figure


def _day(at: int) -> str:
    try:
        day = datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        return ""  # a server's clock may say anything
    return f"{day.day} {day:%b}"


# -- who is there ------------------------------------------------------------------------------------------------------


def distributions(found: Profiles, *, theme: Theme) -> Figure:
    """Account age, followers and posts, spread over people."""
    page = Page(960, 480, theme)
    page.head(f"Who is on {clean(found.host, 60)}", _of_profiles(found))
    page.foot(f"Each bar counts people, never names one. {_seen(found)}{_signature(found.about)}")
    areas = page.body.columns(max(len(found.distributions), 1), 40)
    if not found.distributions:
        page.nothing(page.body)
    for distribution, area, colour in zip(found.distributions, areas, theme.colours, strict=False):
        page.write(clean(distribution.name, 40).capitalize(), area.left, area.top + 12, 13, bold=True)
        plot = Area(area.left + 30, area.top + 58, area.right, area.bottom - 34)
        people = [n for *_, n in distribution.bins]
        if not any(n > 0 for n in people):
            page.nothing(plot)
            continue
        page.write(_half(distribution), area.left, area.top + 30, 10.5, muted=True)
        page.columns(plot, people, colour, _bounds(distribution), gap=0.12)
        page.write(_axis(distribution), (plot.left + plot.right) / 2, area.bottom, 10, muted=True, anchor="center")
    return page.figure


def _half(distribution: Distribution) -> str:
    """Where the middle person stands, as exactly as bins tell."""
    rest = sum(n for *_, n in distribution.bins) / 2
    for _, upper, n in distribution.bins:
        rest -= n
        if rest <= 0:
            if distribution.unit == "months":
                years = upper / 12
                return f"half of them younger than {years:.3g} {'year' if years == 1 else 'years'}"
            return f"half of them with fewer than {_number(upper)}"
    return ""


def _bounds(distribution: Distribution) -> list[tuple[int, str]]:
    """Which edges between bars bear a number, and which."""
    edges = [distribution.bins[0][0], *(upper for _, upper, _ in distribution.bins)]
    if distribution.logarithmic:
        return [(i, _number(edge)) for i, edge in enumerate(edges) if edge in _DECADES]
    scale = 12 if distribution.unit == "months" else 1
    whole = [(i, edge / scale) for i, edge in enumerate(edges) if isfinite(edge) and edge % scale == 0]
    step = -(-len(whole) // 9)
    return [(i, _number(value)) for i, value in whole[::step]]


_DECADES = frozenset({0.0, *(10.0**power for power in range(19))})


def _axis(distribution: Distribution) -> str:
    unit = "years" if distribution.unit == "months" else clean(distribution.unit, 40)
    return f"{unit}, logarithmic" if distribution.logarithmic else unit


def word_bars(found: Profiles, *, theme: Theme) -> Figure:
    """The commonest words of the bios, with the number of people who use them."""
    page = Page(960, 700, theme, [word.text for word in found.words[:_MOST_WORDS]])
    least = clean(str(found.about.question.get("min_people", "")), 20)
    shared = f", each used by at least {least} people" if least else ""
    page.head(f"In their own words: bios on {clean(found.host, 60)}", f"The commonest words{shared}")
    page.foot(f"Number of people who use a word. {_of_profiles(found)}. {_seen(found)}{_signature(found.about)}")
    words = [word for word in found.words if word.people > 0][:_MOST_WORDS]
    if not words:
        page.nothing(page.body)
        return page.figure
    half = max(-(-len(words) // 2), 8)
    most = max(word.people for word in words)
    for area, part in zip(page.body.columns(2, 48), (words[:half], words[half:]), strict=True):
        page.bars(area, _told(part), most, theme.colours[0], lines=half, label=170)
    return page.figure


# -- what is talked about ----------------------------------------------------------------------------------------------


def posts(found: Posts, *, theme: Theme) -> Figure:
    """Languages, hours and hashtags of each feed, side by side."""
    page = Page(960, 860, theme, [tag.text for feed in found.feeds for tag in feed.hashtags[:_MOST_HASHTAGS]])
    newest = found.about.question.get("posts")
    read = f"The newest posts of each timeline, at most {newest:,}" if isinstance(newest, int) else "The newest posts"
    page.head(f"What is talked about on {clean(found.host, 60)}", read)
    left_out = sum(feed.posts_left_out for feed in found.feeds)
    aside = f"{_number(left_out)} posts of people who asked to be left out were not looked at. " if left_out else ""
    page.foot(
        f"Hours are UTC. Hashtags are counted by people, not by posts; only shared ones are shown. {aside}{_signature(found.about)}"
    )
    areas = page.body.columns(max(len(found.feeds), 1), 56)
    if not found.feeds:
        page.nothing(page.body)
    for feed, area, colour in zip(found.feeds, areas, theme.colours, strict=False):
        _feed(page, feed, area, colour)
    return page.figure


def _feed(page: Page, feed: Feed, area: Area, colour: str) -> None:
    page.write(_FEEDS.get(feed.feed, clean(feed.feed, 40)), area.left, area.top + 12, 14, bold=True)
    if not feed.posts_read:
        closed = "closed by its owner" if feed.outcome is Outcome.CLOSED else f"no post to count ({feed.outcome})"
        page.write(closed, area.left, area.top + 30, 10.5, muted=True)
        return
    page.write(f"{_number(feed.posts_read)} posts{_span(feed)}", area.left, area.top + 30, 10.5, muted=True)
    top, parts = (
        area.top + 46,
        (("Languages, in posts", 0.28), ("Hours of the day, in posts", 0.27), ("Hashtags, in people", 0.45)),
    )
    height = area.bottom - top
    for number, (name, share) in enumerate(parts):
        part = Area(area.left, top, area.right, top + height * share - 14)
        top += height * share
        page.write(name, part.left, part.top + 14, 11.5, bold=True)
        plot = Area(part.left, part.top + 24, part.right, part.bottom)
        if number == 1:
            hours = Area(plot.left + 34, plot.top + 10, plot.right, plot.bottom - 18)
            if any(feed.hours):
                labels = [(hour + 0.5, f"{hour}h") for hour in range(0, len(feed.hours), 3)]
                page.columns(hours, feed.hours, colour, labels, gap=0.15)
            else:
                page.nothing(plot)
            continue
        rows = _languages(feed) if number == 0 else _told(feed.hashtags[:_MOST_HASHTAGS], "#")
        if rows:
            most = max(count for _, count in rows)
            page.bars(plot, rows, most, colour, lines=_MOST_LANGUAGES if number == 0 else _MOST_HASHTAGS, label=140)
        else:
            page.nothing(plot)


_FEEDS = {"public": "Everything that reached it", "local": "Its own people"}


def _languages(feed: Feed) -> list[tuple[str, int]]:
    """The commonest, and all others as one."""
    named = [(_LANGUAGES.get(code, clean(code, 20)) or "not said", n) for code, n in feed.languages if n > 0]
    if len(named) <= _MOST_LANGUAGES:
        return named
    shown = named[: _MOST_LANGUAGES - 1]
    return [*shown, (f"{len(named) - len(shown)} others", sum(n for _, n in named[len(shown) :]))]


def _span(feed: Feed) -> str:
    if feed.first_at is None or feed.last_at is None:
        return ""
    first, last = _day(feed.first_at), _day(feed.last_at)
    days = round((feed.last_at - feed.first_at) / _SECONDS_A_DAY)
    return f", {first} to {last}" if days else f" of {last}"


_LANGUAGES = dict(
    pair.split(":")
    for pair in "ar:Arabic bg:Bulgarian ca:Catalan cs:Czech cy:Welsh da:Danish de:German el:Greek en:English eo:Esperanto es:Spanish"
    " et:Estonian eu:Basque fa:Persian fi:Finnish fr:French ga:Irish gl:Galician he:Hebrew hi:Hindi hu:Hungarian id:Indonesian"
    " is:Icelandic it:Italian ja:Japanese ko:Korean lt:Lithuanian lv:Latvian nb:Norwegian nl:Dutch nn:Norwegian no:Norwegian"
    " pl:Polish pt:Portuguese ro:Romanian ru:Russian sk:Slovak sl:Slovenian sr:Serbian sv:Swedish th:Thai tr:Turkish uk:Ukrainian"
    " vi:Vietnamese zh:Chinese".split()
)


# -- what all of them say ----------------------------------------------------------------------------------------------


def _told(words: Sequence[Word], prefix: str = "") -> list[tuple[str, int]]:
    return [(prefix + text, word.people) for word in words if (text := clean(word.text, 40)) and word.people > 0]


def _of_profiles(found: Profiles) -> str:
    """How many are counted, of how many."""
    aside = f"; {_number(found.left_out)} asked to be left out" if found.left_out else ""
    return f"{_number(found.counted)} discoverable profiles, {_number(found.with_bio)} with a bio{aside}"


def _seen(found: Profiles) -> str:
    if found.outcome is Outcome.WHOLE:
        return ""
    reason = f" ({clean(found.reason, 60)})" if found.reason else ""
    return f"The directory was read {found.outcome}{reason}. "


def _signature(about: About) -> str:
    return f"Collected {clean(about.date[:10])}, fedistats {clean(about.version, 20)}."


def _number(value: float) -> str:
    """1,000 with its comma; 1.5 with its dot; what no server has, as a power of ten."""
    if not isfinite(value):
        return "∞"
    if value >= 10**15:
        return f"{value:.0e}"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
