"""The chart of a server's weekly activity."""

from __future__ import annotations

from matplotlib.figure import Figure

from fedistats.format import date
from fedistats.model import About, InstanceInfo
from fedistats.render.charts.captions import signature
from fedistats.render.charts.page import WIDTH, Area, Page
from fedistats.render.charts.plots import labeled_columns
from fedistats.render.style import Theme

_MAX_WEEKS = 20
"""Mastodon reports twelve."""
_SECONDS_A_DAY = 86_400


def draw_activity(info: InstanceInfo, about: About, *, theme: Theme) -> Figure:
    """Posts, logins and sign-ups of the last weeks, as the server reports them."""
    weeks = sorted(info.activity, key=lambda week: week.begins_at)[-_MAX_WEEKS:]
    page = Page(WIDTH, 640, theme)
    days = [date(week.begins_at, "day") for week in weeks]
    end = date(weeks[-1].begins_at + 5 * _SECONDS_A_DAY, "short") if weeks else ""
    period = f"{days[0]} to {end}, as" if end and days[0] else "As"
    lead = (
        f"The last {len(weeks)} weeks on" if len(weeks) > 1 else "The last week on" if weeks else "Weekly activity on"
    )
    page.add_title(lead, info.host, f"{period} reported by the server")
    page.add_caption(
        "Each column is six days, starting on the day below: this is what Mastodon counts as a 'week'. The current, incomplete week is "
        f"left out. People who logged in are the server's estimate of distinct people. {signature(about)}"
    )
    if not weeks:
        page.message(page.body, "this server does not report its weekly activity")
        return page.figure
    measures = (
        ("Posts", [max(week.posts, 0) for week in weeks]),
        ("People who logged in", [max(week.logins, 0) for week in weeks]),
        ("Sign-ups", [max(week.registrations, 0) for week in weeks]),
    )
    axis = page.body.bottom - 14
    width = min(page.body.width / len(weeks), 110)
    areas = Area(page.body.left, page.body.top, page.body.right, axis - 4).rows(3, 20)
    for (title, counts), area in zip(measures, areas, strict=True):
        page.text(title, area.left, area.top + 12, 13, bold=True)
        if any(counts):
            plot = Area(area.left, area.top + 40, area.left + width * len(weeks), area.bottom)
            labeled_columns(page, plot, counts, theme.colors[0])
        else:
            page.message(area, "the server reports zero")
    for i, day in enumerate(days):
        page.text(day, page.body.left + (i + 0.5) * width, axis + 14, 10.5, muted=True, align="center")
    return page.figure
