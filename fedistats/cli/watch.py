"""`fedistats watch`: one line for cron or a systemd timer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from fedistats.cli.common import (
    Common,
    HostArgument,
    MinPeopleOption,
    MinPostsOption,
    PostsOption,
    ThemeOption,
    command,
)
from fedistats.cli.console import console
from fedistats.cli.history import tell_history
from fedistats.cli.instance import tell_instance
from fedistats.cli.neighborhood import NeighborhoodOptions, tell_neighborhood
from fedistats.cli.posts import tell_posts
from fedistats.cli.profiles import CloudOptions, tell_profiles
from fedistats.cli.report import tell_report
from fedistats.errors import NotCollected, NothingFound

if TYPE_CHECKING:
    from fedistats.model import InstanceHistory, Snapshot


@command("watch", epilog="Example, for a crontab: 17 4 * * * fedistats watch sigmoid.social --output ~/fedistats")
def watch(
    common: Common,
    host: HostArgument,
    posts: PostsOption = 1000,
    min_posts: MinPostsOption = 5,
    min_people: MinPeopleOption = 3,
    theme: ThemeOption = "light",
) -> None:
    """Collect everything anew, under today's date, and draw it again; says in one line what has changed."""
    name = replace(common, fresh=_whole(common, host)).collect("report", host, posts)
    quiet = replace(common, quiet=True, json=False)
    command = f"fedistats report {name} --offline --posts {posts}"
    redraws: tuple[Callable[[], None], ...] = (
        lambda: tell_instance(quiet, name, theme),
        lambda: tell_profiles(quiet, name, CloudOptions(min_people=min_people, theme=theme)),
        lambda: tell_posts(quiet, name, posts, min_people, theme),
        lambda: tell_neighborhood(quiet, name, NeighborhoodOptions(posts, min_posts, theme=theme)),
        lambda: tell_report(quiet, name, posts, min_posts, min_people, command, directed=False),
    )
    for redraw in redraws:
        try:
            redraw()
        except (NothingFound, NotCollected):
            continue  # a closed directory, an empty timeline: what there is, is drawn
    found = tell_history(replace(common, quiet=True), name, posts, min_posts, theme)
    if not (common.quiet or common.json):
        console().print(_change(found, posts), soft_wrap=True)


def _whole(common: Common, host: str) -> bool:
    """Is the newest collection finished? One that was interrupted is gone on with."""
    from fedistats.hosts import parse_target
    from fedistats.store import collections

    if not common.place.exists():
        return False
    with common.reading() as store:
        known = collections.find(store, parse_target(host).host)
    return bool(known) and known[0].neighborhood_complete


_NOUNS = {
    "users": ("user", "users"),
    "neighbors": ("neighbor", "neighbors"),
    "found": ("instance found", "instances found"),
    "communities": ("community", "communities"),
}
"""The measures that are told, of one and of several."""


def _change(found: InstanceHistory, posts: int) -> str:
    """Compared with the last moment that was asked alike."""
    now = found.snapshots[-1]
    before = next((moment for moment in reversed(found.snapshots[:-1]) if moment.scope == now.scope), None)
    told = [text for name in _NOUNS if (text := _measured(name, now, before))]
    days = dict(zip((moment.date for moment in found.snapshots), found.dates, strict=True))
    since = f" (since {days[before.date]})" if before else ""
    of = (
        f"; from the newest {now.max_posts:,} posts of each timeline" if now.max_posts and now.max_posts < posts else ""
    )
    return f"{found.host} {days[now.date]}: {', '.join(told) or 'nothing to measure'}{since}{of}"


def _measured(name: str, now: Snapshot, before: Snapshot | None) -> str:
    value, was = getattr(now, name), getattr(before, name) if before else None
    if value is None:
        return ""
    change = f" ({value - was:+,})" if was is not None and value != was else ""
    return f"{value:,} {_NOUNS[name][value != 1]}{change}"
