"""`fedistats map`: the instances of a neighborhood by how they describe themselves."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from fedistats.cli.common import Common, HostArgument, MinPostsOption, PostsOption, ThemeOption, command, pictures
from fedistats.errors import NothingFound

if TYPE_CHECKING:
    from fedistats.model import Host


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
    by: Literal["community", "language"],
    theme: str,
    folder: Path | None = None,
) -> None:
    from fedistats import tell
    from fedistats.analyses.descriptions import landscape
    from fedistats.communities import communities
    from fedistats.render import analyses_json, analyses_tables
    from fedistats.render import map as picture
    from fedistats.render.style import THEMES

    with common.reading() as store:
        found = communities(tell.neighborhood(store, name, posts, min_posts=min_posts))
        if len(found.nodes) < 2:
            raise NothingFound(
                f"{found.start} is connected with nobody by {min_posts} posts or more: there is no map to draw"
            )
        texts = tell.descriptions(store, name)
    land = landscape({node.host: texts[node.host] for node in found.nodes if node.host in texts})
    text = analyses_json.map_json(found, land)
    files: dict[str, Iterable[bytes]] = {"map.json": [text]}
    if land.hosts:
        files |= pictures("map", picture.draw(found, land, by=by, theme=THEMES[theme]))
    common.deliver(found.start, files, analyses_tables.map_table(found, land), text, folder)
    if not land.hosts:
        raise NothingFound(
            f"no two instances round {found.start} share a word in their descriptions: there is no map to draw"
        )
    common.judge(found.coverage)
