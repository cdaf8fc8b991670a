"""What a server says about itself."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fedistats.format import counted, date, number, timeline_access
from fedistats.model import Activity, InstanceInfo
from fedistats.render.terminal.tables import add_row, key_value_table
from fedistats.text.html import html_to_text


def instance_table(instance: InstanceInfo) -> RenderableType:
    """The server information, the posts of the last weeks, and what could not be read."""
    table = key_value_table()
    add_row(table, "title", instance.title)
    add_row(table, "description", html_to_text(instance.description))
    add_row(table, "software", " ".join(part for part in (instance.software, instance.version) if part))
    if instance.api_host != instance.host:
        add_row(table, "API host", instance.api_host)
    add_row(table, "users", number(instance.users))
    add_row(table, "active in the last month", number(instance.active_month))
    add_row(table, "posts", number(instance.posts))
    add_row(table, "known instances", number(instance.domains))
    if instance.following or instance.followers:
        add_row(table, "follows", counted(len(instance.following), "server"))
        add_row(table, "followed by", counted(len(instance.followers), "server"))
    add_row(table, "registrations", instance.registrations or "")
    add_row(table, "languages", ", ".join(instance.languages))
    add_row(table, "local timeline", timeline_access(instance.local_timeline))
    add_row(table, "federated timeline", timeline_access(instance.remote_timeline))
    for i, rule in enumerate(instance.rules, 1):
        add_row(table, "rules" if i == 1 else "", f"{i}. {html_to_text(rule)}")
    parts: list[RenderableType] = [table]
    if instance.activity:
        parts += [Text(), _activity_table(instance.activity)]
    parts += [Text(f"{name}: {reason}", style="dim") for name, reason in sorted(instance.gaps.items())]
    return Group(*parts)


def _activity_table(weeks: Sequence[Activity]) -> RenderableType:
    title = f"activity in the last {counted(len(weeks), 'week')} (weeks have six days, as Mastodon counts them)"
    table = Table(box=None)
    table.add_column("from")
    for name in ("posts", "logins", "sign-ups"):
        table.add_column(name, justify="right")
    for week in weeks:
        counts = (week.posts, week.logins, week.registrations)
        table.add_row(date(week.begins_at, "iso"), *map(number, counts))
    return Group(Text(title, style="italic"), table)
