"""`fedistats map`: the instances of a neighborhood by how they describe themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fedistats.cli.app import app
from fedistats.cli.collecting import collect, for_each_host
from fedistats.cli.options import (
    CommonCommand,
    CommonOptions,
    HostsArgument,
    InputOption,
    MinPostsOption,
    PostsOption,
    ThemeOption,
)
from fedistats.cli.presenting import check_complete, deliver_chart, read_store
from fedistats.hosts import Host
from fedistats.settings import DEFAULT_MIN_POSTS, DEFAULT_POSTS, MapColors, ThemeName


@app.command("map", cls=CommonCommand, epilog="Example: fedistats map sigmoid.social --posts 200")
def map_(
    context: typer.Context,
    hosts: HostsArgument = None,
    input_file: InputOption = None,
    posts: PostsOption = DEFAULT_POSTS,
    min_posts: MinPostsOption = DEFAULT_MIN_POSTS,
    by: Annotated[MapColors, typer.Option(help="What the colors mean.")] = "community",
    theme: ThemeOption = "light",
) -> None:
    """The neighborhood as a map: instances with similar descriptions lie close together."""
    options: CommonOptions = context.obj

    def run(host: str) -> None:
        present_map(options, collect(options, "map", host, posts), posts, min_posts, by, theme)

    for_each_host(hosts, input_file, run)


def present_map(
    options: CommonOptions,
    name: Host,
    posts: int,
    min_posts: int,
    by: MapColors,
    theme: ThemeName,
    folder: Path | None = None,
) -> None:
    """Raises NothingFound if no two descriptions share a word."""
    from fedistats.render.terminal.map import map_table
    from fedistats.results.map import Map

    with read_store(options) as database:
        result = Map.read(database, name, posts, min_posts=min_posts)
    graph = result.neighborhood
    figure = result.figure(theme=theme, by=by) if result.hosts else None
    deliver_chart(options, graph.start, "map", result.to_json(), map_table(graph, result), figure, folder)
    result.check()
    check_complete(options, graph.coverage)
