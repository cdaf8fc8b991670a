"""The chart of an instance's history: people, posts, neighbors and communities over its collections."""

from __future__ import annotations

from datetime import datetime

from matplotlib.figure import Figure

from fedistats.format import counted, date, number
from fedistats.model import InstanceHistory
from fedistats.render.charts.page import WIDTH, Area, Page
from fedistats.render.charts.plots import line_chart
from fedistats.render.style import Theme

_ROW_HEIGHT = 118

_MEASURES = (
    ("users", "People", "as reported by the server"),
    ("posts", "Posts by its people", "since it started, as reported by the server"),
    ("neighbors", "Neighbors", "instances linked with it"),
    ("found", "Instances found", "on its timeline and on those of its neighbors"),
    ("communities", "Communities", "of two instances or more"),
)
"""Field of Snapshot, title, explanation."""
_REPORTED = ("users", "posts")
"""Reported by the server: comparable whatever the scope of the neighborhood was."""


def draw_history(history: InstanceHistory, *, theme: Theme) -> Figure:
    """A line for each measure that is known of at least one collection."""
    rows = []
    for field, title, explanation in _MEASURES:
        snapshots = history.snapshots if field in _REPORTED else history.comparable
        points = [(_position(s.date, history), value) for s in snapshots if (value := getattr(s, field)) is not None]
        if points:
            rows.append((title, explanation, points))
    page = Page(WIDTH, 230 + _ROW_HEIGHT * max(len(rows), 1), theme)
    first, last = (_date(history.dates[i]) for i in (0, -1))
    page.add_title("History of", history.host, f"{len(history.snapshots)} collections from {first} to {last}")
    page.add_caption(_caption(history))
    if not rows:
        page.message(page.body, "no data to draw")
        return page.figure
    for (title, explanation, points), area in zip(rows, page.body.rows(len(rows), 18), strict=True):
        page.text(title, area.left, area.top + 14, 13, bold=True)
        page.text(explanation, area.left, area.top + 32, 10, muted=True)
        plot = Area(area.left + 250, area.top + 22, area.right - 10, area.bottom - 16)
        line_chart(page, plot, points, theme.colors[0])
    page.text(first, page.body.left + 250, page.body.bottom, 10, muted=True)
    page.text(last, page.body.right - 10, page.body.bottom, 10, muted=True, align="right")
    return page.figure


def _position(day: str, history: InstanceHistory) -> float:
    """From 0, the first date, to 1, the last."""
    start, end, at = (datetime.fromisoformat(d) for d in (history.snapshots[0].date, history.snapshots[-1].date, day))
    return (at - start) / (end - start) if end > start else 1.0


def _date(day: str) -> str:
    """'2 November 2026', with its time if `day` has one."""
    return date(day) + (f", {day[11:]} UTC" if len(day) > 10 else "")


def _caption(history: InstanceHistory) -> str:
    parameters = history.about.parameters
    excluded = sum(snapshot.max_posts is not None for snapshot in history.snapshots) - len(history.comparable)
    other_scope = f"{counted(excluded, 'collection')} with another scope left out. " if excluded else ""
    return (
        f"Each dot is a collection. Neighbors and communities: graphs with at least {parameters['min_posts']} posts per edge, from at most "
        f"{number(int(parameters['posts']))} posts of each timeline. {other_scope}The instances that respond differ from date to date, so "
        f"a small change may be chance. fedistats {history.about.version}"
    )
