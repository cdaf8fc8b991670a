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
from fedistats.cli.history import tell_history
from fedistats.cli.instance import tell_instance
from fedistats.cli.neighborhood import NeighborhoodOptions, tell_neighborhood
from fedistats.cli.posts import tell_posts
from fedistats.cli.profiles import CloudOptions, tell_profiles
from fedistats.cli.report import tell_report
from fedistats.cli.say import console
from fedistats.errors import NotCollected, NothingFound

if TYPE_CHECKING:
    from fedistats.model import History, Moment


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
        console().print(_change(found), soft_wrap=True)


def _whole(common: Common, host: str) -> bool:
    """Is the newest collection finished? One that was interrupted is gone on with."""
    from fedistats.model import parse_start

    if not common.place.exists():
        return False
    with common.reading() as store:
        collections = store.collections(parse_start(host).host)
    return bool(collections) and collections[0].neighborhood_whole


def _change(found: History) -> str:
    now, before = found.moments[-1], found.moments[-2] if len(found.moments) > 1 else None
    measures = ("users", "neighbors", "found", "communities")
    told = [text for name in measures if (text := _measured(name, now, before))]
    since = f" (since {before.date[:10]})" if before else ""
    return f"{found.host} {now.date[:10]}: {', '.join(told) or 'nothing to measure'}{since}"


def _measured(name: str, now: Moment, before: Moment | None) -> str:
    value, was = getattr(now, name), getattr(before, name) if before else None
    if value is None:
        return ""
    change = f" ({value - was:+,})" if was is not None and value != was else ""
    return f"{value:,} {'instances found' if name == 'found' else name}{change}"
