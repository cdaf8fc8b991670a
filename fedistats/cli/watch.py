"""`fedistats watch`: one line for cron or a systemd timer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from fedistats.cli.app import app
from fedistats.cli.collecting import collect, for_each_host
from fedistats.cli.console import console
from fedistats.cli.history import present_history
from fedistats.cli.instance import present_instance
from fedistats.cli.neighborhood import present_neighborhood, read_graph
from fedistats.cli.options import (
    CommonCommand,
    CommonOptions,
    HostsArgument,
    InputOption,
    MinPeopleOption,
    MinPostsOption,
    PostsOption,
    ThemeOption,
)
from fedistats.cli.posts import present_posts
from fedistats.cli.presenting import read_store
from fedistats.cli.profiles import present_profiles, read_profiles
from fedistats.cli.report import present_report
from fedistats.errors import NotCollected, NothingFound
from fedistats.hosts import parse_target
from fedistats.settings import DEFAULT_MIN_PEOPLE, DEFAULT_MIN_POSTS, DEFAULT_POSTS, ThemeName

if TYPE_CHECKING:
    from fedistats.model import InstanceHistory, Snapshot


@app.command(
    "watch",
    cls=CommonCommand,
    epilog="Example, for a crontab: 17 4 * * * fedistats watch sigmoid.social --output ~/fedistats",
)
def watch(
    context: typer.Context,
    hosts: HostsArgument = None,
    input_file: InputOption = None,
    posts: PostsOption = DEFAULT_POSTS,
    min_posts: MinPostsOption = DEFAULT_MIN_POSTS,
    min_people: MinPeopleOption = DEFAULT_MIN_PEOPLE,
    theme: ThemeOption = "light",
) -> None:
    """Collect everything again under today's date, draw it again, and print one line about what changed."""
    options: CommonOptions = context.obj
    for_each_host(hosts, input_file, lambda host: _watch(options, host, posts, min_posts, min_people, theme))


def _watch(options: CommonOptions, host: str, posts: int, min_posts: int, min_people: int, theme: ThemeName) -> None:
    name = collect(replace(options, fresh=_newest_is_complete(options, host)), "report", host, posts)
    quiet = replace(options, quiet=True, json=False)
    command = f"fedistats report {name} --offline --posts {posts}"
    presenters: tuple[Callable[[], None], ...] = (
        lambda: present_instance(quiet, name, theme),
        lambda: present_profiles(quiet, read_profiles(quiet, name, min_people=min_people), theme),
        lambda: present_posts(quiet, name, posts, min_people, theme),
        lambda: present_neighborhood(quiet, read_graph(quiet, name, posts, min_posts=min_posts), posts, theme),
        lambda: present_report(quiet, name, posts, min_posts, min_people, command),
    )
    for present in presenters:
        try:
            present()
        except (NothingFound, NotCollected):
            continue  # a closed directory or an empty timeline: draw the rest
    history = present_history(replace(options, quiet=True), name, posts, min_posts, theme)
    if not (options.quiet or options.json):
        console().print(describe_change(history, posts), soft_wrap=True)


def _newest_is_complete(options: CommonOptions, host: str) -> bool:
    """Whether the newest collection is complete. An interrupted one is continued instead."""
    from fedistats.store import collections

    if not options.store_path.exists():
        return False
    with read_store(options) as database:
        newest_first = collections.find(database, parse_target(host).host)
    return bool(newest_first) and newest_first[0].neighborhood_complete


_NOUNS = {
    "users": ("user", "users"),
    "neighbors": ("neighbor", "neighbors"),
    "found": ("instance found", "instances found"),
    "communities": ("community", "communities"),
}
"""The measures in the line, each in the singular and the plural."""


def describe_change(history: InstanceHistory, posts: int) -> str:
    """One line about the newest snapshot, compared with the last one before it of the same scope."""
    newest = history.snapshots[-1]
    earlier = next((snapshot for snapshot in reversed(history.snapshots[:-1]) if snapshot.scope == newest.scope), None)
    measures = [text for name in _NOUNS if (text := _describe_measure(name, newest, earlier))]
    days = dict(zip((snapshot.date for snapshot in history.snapshots), history.dates, strict=True))
    since = f" (since {days[earlier.date]})" if earlier else ""
    limit = ""
    if newest.max_posts and newest.max_posts < posts:
        limit = f"; from the newest {newest.max_posts:,} posts of each timeline"
    return f"{history.host} {days[newest.date]}: {', '.join(measures) or 'nothing to measure'}{since}{limit}"


def _describe_measure(name: str, newest: Snapshot, earlier: Snapshot | None) -> str:
    value = getattr(newest, name)
    earlier_value = getattr(earlier, name) if earlier else None
    if value is None:
        return ""
    change = f" ({value - earlier_value:+,})" if earlier_value is not None and value != earlier_value else ""
    return f"{value:,} {_NOUNS[name][value != 1]}{change}"
