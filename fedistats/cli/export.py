"""`fedistats export`: the neighborhood as files for other programs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fedistats.cli.common import Common, DirectedOption, HostArgument, PostsOption, command
from fedistats.cli.console import console
from fedistats.cli.neighborhood import BackboneOption, EdgeOption, EdgesOption, graph, threshold
from fedistats.errors import InvalidFile
from fedistats.export.formats import ENDINGS, LICENCE, Format, format_of

if TYPE_CHECKING:
    from fedistats.export.data_package import Deposit
    from fedistats.hosts import Host
    from fedistats.model import NeighborhoodGraph

_STDOUT = Path("-")


@command("export", epilog="Example: fedistats export sigmoid.social -o sigmoid.gexf")
def export(
    common: Common,
    host: HostArgument,
    kind: Annotated[
        Format | None,
        typer.Option(
            "-f",
            "--format",
            help="graphml for networkx, igraph, Gephi; gexf for Gephi, as drawn; csv and sqlite for tables; json, jsonl for programs; "
            "parquet (extra duckdb); package for a repository. [default: what FILE ends in, else graphml]",
            show_default=False,
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "-o", "--to", metavar="FILE", help="Where it goes; - is stdout. [default: beside the other results]"
        ),
    ] = None,
    ids_only: Annotated[
        bool,
        typer.Option(
            "--ids-only", help="Only hosts and which are linked: no figures of theirs, nothing they say of themselves."
        ),
    ] = False,
    licence: Annotated[
        str, typer.Option(metavar="SPDX", help="Of a package: under which licence the data may be used.")
    ] = LICENCE,
    author: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Of a package: whom to cite; repeatable.")
    ] = None,
    posts: PostsOption = 1000,
    min_posts: EdgeOption = None,
    backbone: BackboneOption = None,
    directed: DirectedOption = False,
    edges: EdgesOption = "posts",
) -> None:
    """The neighborhood as a file for other programs; collects it first where that was not done."""
    if common.json:
        kind, to = "json", _STDOUT
    wish = Wish.of(common, kind, to, ids_only=ids_only, licence=licence, authors=tuple(author or ()))
    from fedistats.settings import Scope

    name = common.collect("neighborhood", host, posts, scope=Scope(edges=edges) if edges != "posts" else None)
    least = threshold(min_posts, backbone)
    deliver(common, graph(common, name, posts, least, directed=directed, backbone=backbone, edges=edges), wish)


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for, known to be possible before anybody is asked."""

    kind: Format
    to: Path | None
    ids_only: bool
    deposit: Deposit

    @classmethod
    def of(
        cls,
        common: Common,
        kind: Format | None,
        to: Path | None,
        *,
        ids_only: bool = False,
        licence: str = LICENCE,
        authors: Sequence[str] = (),
    ) -> Wish:
        """Raises InvalidFile and BadParameter for what cannot be; MissingExtra."""
        from fedistats.export.data_package import Deposit
        from fedistats.export.extras import extra

        if kind is None:
            kind = "graphml" if to in (None, _STDOUT) else format_of(to)
        if kind == "parquet":
            extra("duckdb")
        if to is not None and to != _STDOUT:
            if kind != "package" and (to.is_dir() or not to.name):
                raise InvalidFile(f"{to} is a folder: name a file with -o")
            if to.exists() and common.place.exists() and to.samefile(common.place):
                raise InvalidFile(f"{to} is the store itself: name another file with -o")
        try:
            return cls(kind, to, ids_only, Deposit(licence, authors))
        except ValueError as error:
            raise typer.BadParameter(f"--licence: {error}") from error


def deliver(common: Common, found: NeighborhoodGraph, wish: Wish) -> None:
    """Write the files, or the first of them to stdout."""
    from fedistats.export.exporter import files
    from fedistats.export.files import folder_name, write

    to_stdout = wish.to == _STDOUT
    ending = next(ending for ending, kind in ENDINGS.items() if kind == wish.kind)
    usual = common.output / folder_name(found.start) / f"neighborhood{ending}"
    path = usual if wish.to is None or to_stdout else wish.to
    made = files(found, wish.kind, path, ids_only=wish.ids_only, deposit=wish.deposit)
    if to_stdout:
        for chunk in next(iter(made.values())):
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        return
    folder = next(iter(made)).parent
    for written in write(folder, {place.name: chunks for place, chunks in made.items()}):
        if not common.quiet:
            console().print(str(written), soft_wrap=True)


def write_export(
    common: Common, name: Host, kind: Format, to: Path | None, posts: int, min_posts: int, *, directed: bool
) -> None:
    """The same of what is there already."""
    wish = Wish.of(common, kind, to)
    deliver(common, graph(common, name, posts, min_posts, directed=directed), wish)
