"""`fedistats map`: the instances of a neighborhood by how they describe themselves."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from fedistats.cli.common import Common, HostArgument, MinPostsOption, PostsOption, ThemeOption, command, pictures

if TYPE_CHECKING:
    from fedistats.hosts import Host
    from fedistats.render.charts.map import By
    from fedistats.results.results import ThemeName


@command("map", epilog="Example: fedistats map sigmoid.social --posts 200")
def map_(
    common: Common,
    host: HostArgument,
    posts: PostsOption = 1000,
    min_posts: MinPostsOption = 5,
    by: Annotated[Literal["community", "language"], typer.Option(help="What the colours mean.")] = "community",
    theme: ThemeOption = "light",
) -> None:
    """The neighborhood as a map: the nearer two instances lie, the more alike they describe themselves."""
    name = common.collect("map", host, posts)
    tell_map(common, name, posts, min_posts, by, theme)


def tell_map(
    common: Common,
    name: Host,
    posts: int,
    min_posts: int,
    by: By,
    theme: ThemeName,
    folder: Path | None = None,
) -> None:
    from fedistats.render import terminal_analyses
    from fedistats.results.map import Map

    with common.reading() as store:
        found = Map.of(store, name, posts, min_posts=min_posts)
    text = found.to_json().encode()
    files: dict[str, Iterable[bytes]] = {"map.json": [text]}
    if found.hosts:
        files |= pictures("map", found.figure(theme=theme, by=by))
    around = found.neighborhood
    common.deliver(around.start, files, terminal_analyses.map_table(around, found), text, folder)
    found.check()
    common.judge(around.coverage)
