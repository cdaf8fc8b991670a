"""`fedistats map`: the instances of a neighborhood by how they describe themselves."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from fedistats.cli.presenting import check_complete, deliver, picture_files, read_store
from fedistats.settings import DEFAULT_MIN_POSTS, DEFAULT_POSTS, MapColors

if TYPE_CHECKING:
    from fedistats.hosts import Host
    from fedistats.settings import ThemeName


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
    text = result.to_json().encode()
    files: dict[str, Iterable[bytes]] = {"map.json": [text]}
    if result.hosts:
        files |= picture_files("map", result.figure(theme=theme, by=by))
    graph = result.neighborhood
    deliver(options, graph.start, files, map_table(graph, result), text, folder)
    result.check()
    check_complete(options, graph.coverage)
