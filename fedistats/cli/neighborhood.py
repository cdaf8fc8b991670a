"""`fedistats neighborhood`: which instances a server's posts come from, and whom these hear."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from fedistats.cli.common import Common, DirectedOption, HostArgument, MinPostsOption, PostsOption, ThemeOption, command
from fedistats.errors import NothingFound

if TYPE_CHECKING:
    from fedistats.model import Host, Neighborhood


@command("neighborhood", epilog="Example: fedistats neighborhood sigmoid.social --posts 200 --min-posts 5")
def neighborhood(
    common: Common,
    host: HostArgument,
    posts: PostsOption = 1000,
    min_posts: MinPostsOption = 5,
    directed: DirectedOption = False,
    layout: Annotated[Literal["force", "circle"], typer.Option(help="Communities as a map, or on a circle.")] = "force",
    top: Annotated[
        int | None, typer.Option(min=1, help="Draw only so many instances, the strongest; files hold all.")
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Draw it as PDF, too, for papers.")] = False,
    theme: ThemeOption = "light",
) -> None:
    """The server's neighborhood: which instances its newest posts come from, and whom these hear, as pictures and a graph."""
    name = common.collect("neighborhood", host, posts)
    tell_neighborhood(common, name, NeighborhoodOptions(posts, min_posts, directed, layout, top, pdf, theme))


@dataclass(frozen=True)
class NeighborhoodOptions:
    """Which edges stand, and how they are drawn."""

    posts: int = 1000
    min_posts: int = 5
    directed: bool = False
    layout: Literal["force", "circle"] = "force"
    top: int | None = None
    pdf: bool = False
    theme: str = "light"


def tell_neighborhood(common: Common, name: Host, options: NeighborhoodOptions, folder: Path | None = None) -> None:
    from fedistats.render import graphml, neighborhood_svg, terminal
    from fedistats.render import neighborhood as picture
    from fedistats.render.json_text import neighborhood_json
    from fedistats.render.style import THEMES

    found = graph(common, name, options.posts, options.min_posts, directed=options.directed)
    if not found.coverage.posts_read:
        raise NothingFound(f"{found.start} showed no post: {terminal.start_ending(found)}")
    drawn = picture.draw(found, theme=THEMES[options.theme], layout=options.layout, top=options.top)
    text = neighborhood_json(found)
    files: dict[str, Iterable[bytes]] = {
        "neighborhood.png": [picture.png(drawn)],
        "neighborhood.svg": [neighborhood_svg.svg(drawn)],
        "neighborhood.graphml": (chunk.encode() for chunk in graphml.graphml(found)),
        "neighborhood.json": [text],
    }
    if options.pdf:
        files["neighborhood.pdf"] = [picture.pdf(drawn)]
    common.deliver(found.start, files, terminal.neighborhood(found), text, folder)
    if not len(found.edges):
        raise NothingFound(
            f"no two instances are connected by {options.min_posts} posts or more: try a smaller --min-posts, or more --posts"
        )
    common.judge(found.coverage)


def graph(common: Common, name: Host, posts: int, min_posts: int, *, directed: bool) -> Neighborhood:
    from fedistats import tell
    from fedistats.communities import communities

    with common.reading() as store:
        return communities(tell.neighborhood(store, name, posts, min_posts=min_posts, directed=directed))
