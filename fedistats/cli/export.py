"""`fedistats export`: the neighborhood as files for other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fedistats.cli.app import app
from fedistats.cli.collecting import collect, for_each_host
from fedistats.cli.console import console
from fedistats.cli.input_files import read_lines
from fedistats.cli.neighborhood import read_graph
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
)
from fedistats.errors import InvalidFile
from fedistats.export.formats import DEFAULT_LICENSE, ENDINGS, FileFormat, format_of
from fedistats.settings import BY_POSTS, DEFAULT_POSTS, Scope, edge_threshold

if TYPE_CHECKING:
    from fedistats.export.data_package import PackageMetadata
    from fedistats.results.neighborhood import Neighborhood

_STDOUT = Path("-")


@app.command("export", cls=CommonCommand, epilog="Example: fedistats export sigmoid.social -o sigmoid.gexf")
def export(
    context: typer.Context,
    hosts: HostsArgument = None,
    input_file: InputOption = None,
    file_format: Annotated[
        FileFormat | None,
        typer.Option(
            "-f",
            "--format",
            help="graphml for networkx, igraph, Gephi; gexf for Gephi, with positions and colors; csv and sqlite for tables; json, jsonl"
            " for programs; parquet (extra duckdb); package for a data repository. [default: the ending of FILE, else graphml]",
            show_default=False,
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--to",
            metavar="FILE",
            help="The file to write; - is stdout. [default: in the folder of the host's results]",
        ),
    ] = None,
    ids_only: Annotated[
        bool, typer.Option("--ids-only", help="Write only host names and edges, no other data about the instances.")
    ] = False,
    license_id: Annotated[
        str,
        typer.Option(
            "--license", metavar="SPDX", help="For a package: the license of the data, as an SPDX identifier."
        ),
    ] = DEFAULT_LICENSE,
    author: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="For a package: an author to cite; repeatable.")
    ] = None,
    posts: PostsOption = DEFAULT_POSTS,
    min_posts: EdgeThresholdOption = None,
    backbone: BackboneOption = None,
    directed: DirectedOption = False,
    edges: EdgesOption = "posts",
) -> None:
    """The neighborhood as a file for other programs. It is collected first if necessary."""
    from fedistats.export.data_package import PackageMetadata

    options: CommonOptions = context.obj
    if options.json:
        file_format, to = "json", _STDOUT
    hosts = [*(hosts or ()), *read_lines(input_file)]
    if to is not None and len(hosts) > 1:
        raise InvalidFile(f"{to} cannot contain {len(hosts)} hosts: without -o, each host gets its own file")
    file_format = file_format or ("graphml" if to in (None, _STDOUT) else format_of(to))
    _check_target(options, file_format, to)
    try:
        metadata = PackageMetadata(license_id, tuple(author or ()))
    except ValueError as error:
        raise typer.BadParameter(f"--license: {error}") from error
    least = edge_threshold(min_posts, backbone)

    def run(host: str) -> None:
        scope = Scope(edges=edges) if edges != BY_POSTS else None
        name = collect(options, "neighborhood", host, posts, scope=scope)
        graph = read_graph(options, name, posts, min_posts=least, directed=directed, backbone=backbone, edges=edges)
        write_export(options, graph, file_format, to, ids_only=ids_only, metadata=metadata)

    for_each_host(hosts, None, run)


def _check_target(options: CommonOptions, file_format: FileFormat, to: Path | None) -> None:
    """Before anything is collected: raise InvalidFile for a file that cannot be written, and MissingExtra."""
    from fedistats.export.extras import extra

    if file_format == "parquet":
        extra("duckdb")
    if to is not None and to != _STDOUT:
        if file_format != "package" and (to.is_dir() or not to.name):
            raise InvalidFile(f"{to} is a folder: give a file name with -o")
        if to.exists() and options.store_path.exists() and to.samefile(options.store_path):
            raise InvalidFile(f"{to} is the database itself: give another file name with -o")


def write_export(
    options: CommonOptions,
    graph: Neighborhood,
    file_format: FileFormat,
    to: Path | None,
    *,
    ids_only: bool = False,
    metadata: PackageMetadata | None = None,
) -> None:
    """Write the files, or the first of them to stdout."""
    from fedistats.export.files import folder_name, write

    ending = next(ending for ending, name in ENDINGS.items() if name == file_format)
    default_path = options.output / folder_name(graph.start) / f"neighborhood{ending}"
    path = default_path if to in (None, _STDOUT) else to
    contents = graph.to_files(path, file_format, ids_only=ids_only, metadata=metadata)
    if to == _STDOUT:
        for chunk in next(iter(contents.values())):
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        return
    folder = next(iter(contents)).parent
    for written in write(folder, {file.name: chunks for file, chunks in contents.items()}):
        if not options.quiet:
            console().print(str(written), soft_wrap=True)
