"""`fedistats export`: the neighborhood as a file for other programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from fedistats.cli.common import Common, DirectedOption, HostArgument, MinPostsOption, PostsOption, command
from fedistats.cli.neighborhood import graph
from fedistats.cli.say import console
from fedistats.errors import BadFile

if TYPE_CHECKING:
    from fedistats.model import Host, Neighborhood


Format = Literal["graphml", "gexf", "csv", "json"]


@command("export", epilog="Example: fedistats export sigmoid.social --format gexf -o sigmoid.gexf")
def export(
    common: Common,
    host: HostArgument,
    kind: Annotated[
        Format, typer.Option("-f", "--format", help="For Gephi, networkx and igraph; for spreadsheets; for programs.")
    ] = "graphml",
    to: Annotated[
        Path | None,
        typer.Option(
            "-o", "--to", metavar="FILE", help="Where it goes; - is stdout. [default: beside the other results]"
        ),
    ] = None,
    posts: PostsOption = 1000,
    min_posts: MinPostsOption = 5,
    directed: DirectedOption = False,
) -> None:
    """The neighborhood as a file for other programs; collects it first where that was not done."""
    name = common.collect("neighborhood", host, posts)
    write_export(common, name, kind, to, posts, min_posts, directed=directed)


def write_export(
    common: Common, name: Host, kind: Format, to: Path | None, posts: int, min_posts: int, *, directed: bool
) -> None:
    from fedistats.outputs import folder_name, write
    from fedistats.render import csv_tables, graphml, json_text

    if common.json:
        kind, to = "json", Path("-")
    path = to or common.output / "neighborhood"
    if str(path) != "-" and (path.is_dir() or not path.name):
        raise BadFile(f"{path} is a folder: name a file with -o")
    if path.exists() and common.place.exists() and path.samefile(common.place):
        raise BadFile(f"{path} is the store itself: name another file with -o")
    found = graph(common, name, posts, min_posts, directed=directed)
    chunks: Iterable[bytes]
    if kind == "json":
        chunks = [json_text.neighborhood_json(found)]
    elif kind == "gexf":
        chunks = (chunk.encode() for chunk in _gexf_as_drawn(found))
    else:
        writer = {"graphml": graphml.graphml, "csv": csv_tables.edges}[kind]
        chunks = (chunk.encode() for chunk in writer(found))
    if to is not None and str(to) == "-":
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        return
    path = to or common.output / folder_name(found.start) / f"neighborhood.{kind}"
    files = {path.name: chunks}
    if kind == "csv":
        files[f"{path.stem}-nodes{path.suffix}"] = (chunk.encode() for chunk in csv_tables.nodes(found))
    for written in write(path.parent, files):
        if not common.quiet:
            console().print(str(written), soft_wrap=True)


def _gexf_as_drawn(found: Neighborhood) -> Iterator[str]:
    """Gephi opens it with the positions, colours and sizes of the picture."""
    import numpy as np

    from fedistats.render import gexf
    from fedistats.render import neighborhood as picture

    discs = picture.draw(found).discs
    positions = np.array([(disc.x, -disc.y) for disc in discs])  # on a page y runs downward, in Gephi upward
    return gexf.gexf(found, positions, [2 * disc.radius for disc in discs], [disc.colour for disc in discs])
