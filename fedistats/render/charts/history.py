"""The figure of a history: an instance's people, posts, neighbors and communities over the dates of its collections."""

from __future__ import annotations

from datetime import datetime

from matplotlib.figure import Figure

from fedistats.model import InstanceHistory
from fedistats.render.charts.page import Area, Page
from fedistats.render.style import Theme

_WIDTH, _ROW = 960, 118

MEASURES = (
    ("users", "People", "as the server says"),
    ("posts", "Posts by its people", "since it began, as the server says"),
    ("neighbors", "Neighbors", "instances that an edge connects it with"),
    ("found", "Instances found", "on its timeline, and on theirs"),
    ("communities", "Communities", "of two instances or more"),
)
"""Name of the field, title, what it means."""
_SAID = ("users", "posts")
"""What the server itself says, however its neighborhood was asked for."""


def figure(found: InstanceHistory, *, theme: Theme) -> Figure:
    """One line for each measure that was seen at least once, over two moments or more. The same data gives the same picture."""
    rows = [
        (title, meaning, points)
        for name, title, meaning in MEASURES
        if (
            points := [
                (m.date, value)
                for m in (found.snapshots if name in _SAID else found.comparable)
                if (value := getattr(m, name)) is not None
            ]
        )
    ]
    page = Page(_WIDTH, 230 + _ROW * max(len(rows), 1), theme)
    first, last = (_day(found.dates[at]) for at in (0, -1))
    page.title(
        "How it went on",
        found.host,
        f"{len(found.snapshots)} collections from {first} to {last}",
    )
    page.foot(
        f"Each dot is a collection; between them nothing was seen. Neighbors and communities are those of graphs with at least "
        f"{found.about.parameters['min_posts']} posts an edge, of up to {found.about.parameters['posts']:,} posts of each timeline. "
        f"{_apart(found)}"
        f"What was reached differs from date to date, so a small step may be luck. fedistats {found.about.version}"
    )
    if not rows:
        page.nothing(page.body, "nothing that can be drawn was collected")
        return page.figure
    for (title, meaning, points), area in zip(rows, page.body.rows(len(rows), 18), strict=True):
        page.write(title, area.left, area.top + 14, 13, bold=True)
        page.write(meaning, area.left, area.top + 32, 10, muted=True)
        plot = Area(area.left + 250, area.top + 22, area.right - 10, area.bottom - 16)
        places = [(_place(date, found), count) for date, count in points]
        page.trend(plot, places, theme.colors[0])
    page.write(first, page.body.left + 250, page.body.bottom, 10, muted=True)
    page.write(last, page.body.right - 10, page.body.bottom, 10, muted=True, anchor="right")
    return page.figure


def _place(date: str, found: InstanceHistory) -> float:
    """From 0, the first date, to 1, the last."""
    begin, end, at = (
        datetime.fromisoformat(text) for text in (found.snapshots[0].date, found.snapshots[-1].date, date)
    )
    return (at - begin) / (end - begin) if end > begin else 1.0


def _apart(found: InstanceHistory) -> str:
    """What is no part of the lines, and why."""
    apart = sum(moment.max_posts is not None for moment in found.snapshots) - len(found.comparable)
    if not apart:
        return ""
    were = "collection that was" if apart == 1 else "collections that were"
    return f"Left out of these: {apart} {were} asked with another breadth than the newest. "


def _day(date: str) -> str:
    at = datetime.fromisoformat(date)
    day = f"{at.day} {at:%B} {at.year}"
    return f"{day}, {at:%H:%M:%S} UTC" if len(date) > 10 else day
