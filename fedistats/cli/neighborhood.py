"""`fedistats neighborhood`: which instances a server's posts come from, and which instances those read in turn."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fedistats.cli.app import app
from fedistats.cli.collecting import collect, for_each_host
from fedistats.cli.console import print_message
from fedistats.cli.input_files import read_hosts
from fedistats.cli.options import (
    BackboneOption,
    CommonCommand,
    CommonOptions,
    DirectedOption,
    EdgesOption,
    EdgeThresholdOption,
    HostsArgument,
    InputOption,
    PostsOption,
    ThemeOption,
    bounded,
)
from fedistats.cli.presenting import check_complete, deliver, read_store
from fedistats.errors import NothingFound
from fedistats.hosts import Host
from fedistats.settings import DEFAULT_POSTS, LayoutName, Scope, ThemeName, edge_threshold

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from fedistats.results.neighborhood import Neighborhood


@app.command(
    "neighborhood", cls=CommonCommand, epilog="Example: fedistats neighborhood sigmoid.social --posts 200 --min-posts 5"
)
def neighborhood(
    context: typer.Context,
    hosts: HostsArgument = None,
    input_file: InputOption = None,
    posts: PostsOption = DEFAULT_POSTS,
    min_posts: EdgeThresholdOption = None,
    backbone: BackboneOption = None,
    directed: DirectedOption = False,
    edges: EdgesOption = "posts",
    layout: Annotated[
        LayoutName, typer.Option(help="Place instances by forces, or on a circle by community.")
    ] = "force",
    top: Annotated[
        int | None,
        bounded("top", help="Draw only this many instances, those with the strongest edges; the files contain all."),
    ] = None,
    pdf: Annotated[bool, typer.Option("--pdf", help="Draw a PDF as well.")] = False,
    theme: ThemeOption = "light",
    depth: Annotated[
        int,
        bounded(
            "depth",
            help="Steps from HOST: 1 visits the instances found on HOST, 2 also the instances found on those, and so on.",
        ),
    ] = 1,
    max_hosts: Annotated[
        int | None,
        bounded(
            "max_hosts",
            help="Visit at most this many instances, including HOST. Those named by most posts are visited first.",
        ),
    ] = None,
    max_requests: Annotated[
        int | None,
        bounded("max_requests", help="Stop after this many requests. Run the same command again to continue."),
    ] = None,
    workers: Annotated[int, bounded("workers", help="Share the work among this many processes.")] = 1,
    dask: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Share the work among the workers of the Dask scheduler at this address."),
    ] = None,
) -> None:
    """The server's neighborhood, as pictures and a graph: the instances that its newest posts come from, and the edges between them.

    With a HOST, the hosts of -i are visited as if they had been found on it.
    """
    options: CommonOptions = context.obj
    listed = read_hosts(input_file) if hosts else frozenset()
    scope = Scope(depth, listed, max_hosts, edges)
    least = edge_threshold(min_posts, backbone)

    def run(host: str) -> None:
        with _executor(None if options.offline else dask, workers) as (executor, size):
            limits = {"scope": scope, "max_requests": max_requests}
            name = collect(options, "neighborhood", host, posts, executor=executor, workers=size, **limits)
        graph = read_graph(options, name, posts, min_posts=least, directed=directed, backbone=backbone, edges=edges)
        present_neighborhood(options, graph, posts, theme, layout=layout, top=top, pdf=pdf)

    for_each_host(hosts, None if hosts else input_file, run)


def _executor(dask: str | None, workers: int) -> AbstractContextManager[tuple[Executor | None, int]]:
    """The executor that shares the work (None: processes of this machine), and its number of workers."""
    if dask is None:
        return nullcontext((None, workers))
    from fedistats.crawl.workers import dask_cluster

    return dask_cluster(dask)


def read_graph(options: CommonOptions, name: Host, posts: int, **edge_options: Any) -> Neighborhood:
    """The graph from the database; `edge_options` are those of `Neighborhood.read`."""
    from fedistats.results.neighborhood import Neighborhood

    with read_store(options) as database:
        return Neighborhood.read(database, name, posts, **edge_options)


def present_neighborhood(
    options: CommonOptions,
    graph: Neighborhood,
    posts: int,
    theme: ThemeName,
    *,
    layout: LayoutName = "force",
    top: int | None = None,
    pdf: bool = False,
    folder: Path | None = None,
) -> None:
    """Raises NothingFound if there is no post or no edge."""
    from fedistats.export.graphml import graphml
    from fedistats.render.network import figure, svg
    from fedistats.render.network.scene import compose_scene
    from fedistats.render.style import THEMES
    from fedistats.render.terminal.neighborhood import neighborhood_table, start_outcome

    used_posts = int(graph.about.parameters["posts"])
    if used_posts < posts and not options.quiet:
        print_message(f"using the newest {used_posts:,} posts of each timeline: no more were collected")
    if not graph.coverage.posts_read:
        raise NothingFound(f"{graph.start} showed no posts: {start_outcome(graph)}")
    scene = compose_scene(graph, theme=THEMES[theme], layout=layout, top=top)
    as_json = graph.to_json()
    files: dict[str, Iterable[bytes]] = {
        "neighborhood.png": [figure.png(scene)],
        "neighborhood.svg": [svg.svg(scene)],
        "neighborhood.graphml": (chunk.encode() for chunk in graphml(graph)),
        "neighborhood.json": [as_json.encode()],
    }
    if pdf:
        files["neighborhood.pdf"] = [figure.pdf(scene)]
    deliver(options, graph.start, files, neighborhood_table(graph), as_json, folder)
    if not len(graph.edges):
        raise NothingFound(
            f"no two instances are connected by at least {graph.about.parameters['min_posts']} posts:"
            " try a smaller --min-posts, or more --posts"
        )
    check_complete(options, graph.coverage)
