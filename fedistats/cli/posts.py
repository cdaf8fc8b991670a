"""`fedistats posts`: languages, hashtags, hours and origins of the newest posts."""

from __future__ import annotations

from pathlib import Path

import typer

from fedistats.cli.app import app
from fedistats.cli.collecting import collect, for_each_host
from fedistats.cli.options import (
    CommonCommand,
    CommonOptions,
    HostsArgument,
    InputOption,
    MinPeopleOption,
    PostsOption,
    ThemeOption,
)
from fedistats.cli.presenting import deliver_chart, read_store
from fedistats.errors import NothingFound
from fedistats.hosts import Host
from fedistats.settings import DEFAULT_MIN_PEOPLE, DEFAULT_POSTS, ThemeName


@app.command("posts", cls=CommonCommand, epilog="Example: fedistats posts sigmoid.social --posts 400")
def posts(
    context: typer.Context,
    hosts: HostsArgument = None,
    input_file: InputOption = None,
    posts: PostsOption = DEFAULT_POSTS,
    min_people: MinPeopleOption = DEFAULT_MIN_PEOPLE,
    theme: ThemeOption = "light",
) -> None:
    """The newest public posts: languages, hashtags, hours and origins; and the same for the server's own people."""
    options: CommonOptions = context.obj

    def run(host: str) -> None:
        present_posts(options, collect(options, "posts", host, posts), posts, min_people, theme)

    for_each_host(hosts, input_file, run)


def present_posts(
    options: CommonOptions, name: Host, max_posts: int, min_people: int, theme: ThemeName, folder: Path | None = None
) -> None:
    """Raises NothingFound if there is no post."""
    from fedistats.render.terminal.posts import posts_table, timeline_outcomes
    from fedistats.results.posts import Posts

    with read_store(options) as database:
        result = Posts.read(database, name, max_posts, min_people=min_people)
    any_post = any(feed.posts_read for feed in result.feeds)
    figure = result.figure(theme=theme) if any_post else None
    deliver_chart(options, result.host, "posts", result.to_json(), posts_table(result), figure, folder)
    if not any_post:
        raise NothingFound(f"{result.host} showed no posts: {timeline_outcomes(result)}")
