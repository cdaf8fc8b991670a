"""`fedistats neighborhood`: which instances a server's posts come from, and whom these hear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from fedistats.cli.common import Common, DirectedOption, HostArgument, ListedHosts, PostsOption, ThemeOption, command
from fedistats.cli.console import say
from fedistats.errors import NothingFound

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from fedistats.hosts import Host
    from fedistats.model import NeighborhoodGraph
    from fedistats.settings import EdgeKind


def _probability(alpha: float | None) -> float | None:
    if alpha is not None and not 0 < alpha < 1:
        raise typer.BadParameter("ALPHA is a probability between 0 and 1, like 0.05")
    return alpha


_MOST_WORKERS = 61  # Windows waits for no more processes at once; two or three already keep a network busy

EdgeOption = Annotated[
    int | None,
    typer.Option(
        "--min-posts",
        min=1,
        help="An edge stands from this many posts on. [default: 5; with --backbone 1]",
        show_default=False,
    ),
]
BackboneOption = Annotated[
    float | None,
    typer.Option(
        metavar="ALPHA",
        callback=_probability,
        help="Keep the edges alone that chance does not explain, of small instances too: 0.05, less for fewer.",
    ),
]


EdgesOption = Annotated[
    Literal["posts", "mentions"],
    typer.Option(
        help="What connects two instances: posts of the one heard on the other's timeline, or posts of its own people that mention"
        " people of the other (collected by itself)."
    ),
]


def threshold(min_posts: int | None, backbone: float | None) -> int:
    """From how many posts on an edge stands: the backbone chooses among all, unless told otherwise."""
    return min_posts or (5 if backbone is None else 1)


@command("neighborhood", epilog="Example: fedistats neighborhood sigmoid.social --posts 200 --min-posts 5")
def neighborhood(
    common: Common,
    host: HostArgument,
    posts: PostsOption = 1000,
    min_posts: EdgeOption = None,
    backbone: BackboneOption = None,
    directed: DirectedOption = False,
    edges: EdgesOption = "posts",
    layout: Annotated[Literal["force", "circle"], typer.Option(help="Communities as a map, or on a circle.")] = "force",
    top: Annotated[
        int | None, typer.Option(min=1, help="Draw only so many instances, the strongest; files hold all.")
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Draw it as PDF, too, for papers.")] = False,
    theme: ThemeOption = "light",
    depth: Annotated[
        int,
        typer.Option(
            min=1,
            max=20,
            help="Steps from HOST: 2 asks also the instances found on those that were found on HOST, and so on.",
        ),
    ] = 1,
    listed: ListedHosts = (),
    max_hosts: Annotated[
        int | None,
        typer.Option(min=1, help="Visit at most so many instances, HOST among them: those that most posts name."),
    ] = None,
    max_requests: Annotated[
        int | None, typer.Option(min=1, help="Stop after so many requests; the same command goes on from there.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=_MOST_WORKERS, help="Share the work among so many processes.")] = 1,
    dask: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Share the work among the workers of this Dask scheduler.")
    ] = None,
) -> None:
    """The server's neighborhood: which instances its newest posts come from, and whom these hear, as pictures and a graph.

    With a HOST, the hosts of -i are visited as if they had been found on it.
    """
    from fedistats.hosts import parse_host
    from fedistats.settings import Scope

    scope = Scope(depth, frozenset(map(parse_host, listed)), max_hosts, edges)
    with _executor(None if common.offline else dask, workers) as (executor, size):
        name = common.collect(
            "neighborhood", host, posts, scope=scope, max_requests=max_requests, executor=executor, workers=size
        )
    least = threshold(min_posts, backbone)
    tell_neighborhood(
        common, name, NeighborhoodOptions(posts, least, directed, layout, top, pdf, theme, backbone, edges)
    )


@contextmanager
def _executor(dask: str | None, workers: int) -> Iterator[tuple[Executor | None, int]]:
    """Whoever shares the work, and how many they are."""
    if dask is None:
        yield None, workers
        return
    from fedistats.crawl.workers import dask_cluster

    with dask_cluster(dask) as found:
        yield found


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
    backbone: float | None = None
    edges: EdgeKind = "posts"


def tell_neighborhood(common: Common, name: Host, options: NeighborhoodOptions, folder: Path | None = None) -> None:
    from fedistats.export import graphml
    from fedistats.export.json_documents import neighborhood_json
    from fedistats.render import terminal
    from fedistats.render.network import neighborhood as picture
    from fedistats.render.network import neighborhood_svg
    from fedistats.render.style import THEMES

    found = graph(
        common,
        name,
        options.posts,
        options.min_posts,
        directed=options.directed,
        backbone=options.backbone,
        edges=options.edges,
    )
    told = int(found.about.parameters["posts"])
    if told < options.posts and not common.quiet:
        say(f"told from the newest {told:,} posts of each timeline: no more were collected")
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


def graph(
    common: Common,
    name: Host,
    posts: int,
    min_posts: int,
    *,
    directed: bool,
    backbone: float | None = None,
    edges: EdgeKind = "posts",
) -> NeighborhoodGraph:
    from fedistats.analysis.communities import find_communities
    from fedistats.results import queries

    with common.reading() as store:
        return find_communities(
            queries.neighborhood(
                store, name, posts, min_posts=min_posts, directed=directed, backbone=backbone, edges=edges
            )
        )
