"""`fedistats compare`: what distinguishes several instances."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from fedistats.cli.app import app
from fedistats.cli.collecting import collect
from fedistats.cli.console import print_message
from fedistats.cli.options import (
    CommonCommand,
    CommonOptions,
    MinPeopleOption,
    MinPostsOption,
    PostsOption,
    ThemeOption,
    complete_host,
)
from fedistats.cli.presenting import deliver_chart, read_store
from fedistats.hosts import Host
from fedistats.settings import DEFAULT_MIN_PEOPLE, DEFAULT_MIN_POSTS, DEFAULT_POSTS, Part


@app.command("compare", cls=CommonCommand, epilog="Example: fedistats compare sigmoid.social hci.social")
def compare(
    context: typer.Context,
    hosts: Annotated[
        list[str],
        typer.Argument(
            metavar="HOST HOST...", help="Two or more host names, URLs or handles.", autocompletion=complete_host
        ),
    ],
    posts: PostsOption = DEFAULT_POSTS,
    min_posts: MinPostsOption = DEFAULT_MIN_POSTS,
    min_people: MinPeopleOption = DEFAULT_MIN_PEOPLE,
    theme: ThemeOption = "light",
) -> None:
    """Two or more servers side by side: the words, languages, hashtags and neighbors that distinguish them."""
    from fedistats.api import hosts_to_compare
    from fedistats.export.files import joined_folder_name
    from fedistats.render.terminal.comparison import comparison_table
    from fedistats.results.comparison import Comparison

    options: CommonOptions = context.obj

    def collect_part(part: Part, host: str) -> Host:
        if part == "neighborhood":
            return collect(options, part, host, posts)
        # the parts that follow belong to the same collection
        return collect(replace(options, quiet=True, fresh=False), part, host, posts)

    names = hosts_to_compare(hosts, collect_part, print_message)
    with read_store(options) as database:
        result = Comparison.read(database, names, posts, min_posts=min_posts, min_people=min_people)
    table, figure = comparison_table(result), result.figure(theme=theme)
    folder = options.output / joined_folder_name(result.hosts)
    deliver_chart(options, result.hosts[0], "compare", result.to_json(), table, figure, folder)
    result.check()
