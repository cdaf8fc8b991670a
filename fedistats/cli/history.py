"""`fedistats history`: how an instance changed from one collection to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from fedistats.cli.app import app
from fedistats.cli.collecting import for_each_host
from fedistats.cli.console import print_message
from fedistats.cli.options import (
    CommonCommand,
    CommonOptions,
    HostsArgument,
    InputOption,
    MinPostsOption,
    PostsOption,
    ThemeOption,
)
from fedistats.cli.presenting import deliver_chart, read_store
from fedistats.hosts import Host, parse_target
from fedistats.settings import DEFAULT_MIN_POSTS, DEFAULT_POSTS, ThemeName

if TYPE_CHECKING:
    from fedistats.results.history import History


@app.command("history", cls=CommonCommand, epilog="Example: fedistats history sigmoid.social")
def history(
    context: typer.Context,
    hosts: HostsArgument = None,
    input_file: InputOption = None,
    posts: PostsOption = DEFAULT_POSTS,
    min_posts: MinPostsOption = DEFAULT_MIN_POSTS,
    theme: ThemeOption = "light",
) -> None:
    """People, posts, neighbors and communities at each date of collection. No request is sent."""
    options: CommonOptions = context.obj

    def run(host: str) -> None:
        present_history(options, parse_target(host).host, posts, min_posts, theme)

    for_each_host(hosts, input_file, run)


def present_history(options: CommonOptions, name: Host, posts: int, min_posts: int, theme: ThemeName) -> History:
    """Also returns the history, for `watch`."""
    from fedistats.render.terminal.history import history_table
    from fedistats.results.history import History

    with read_store(options) as database:
        result = History.read(database, name, posts, min_posts=min_posts)
    figure = result.figure(theme=theme) if len(result.snapshots) > 1 else None
    deliver_chart(options, result.host, "history", result.to_json(), history_table(result), figure)
    if options.quiet:
        return result
    used_posts = int(result.about.parameters["posts"])
    if used_posts < posts and any(snapshot.max_posts is not None for snapshot in result.snapshots):
        print_message(f"the graphs use the newest {used_posts:,} posts of each timeline: not every collection has more")
    if len(result.snapshots) < 2:
        print_message(f"there is only one collection yet: each run of fedistats watch {result.host} adds one")
    return result
