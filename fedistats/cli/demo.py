"""`fedistats demo`: all of it over a made-up fediverse."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fedistats.cli.app import app
from fedistats.cli.common import Common, ThemeOption
from fedistats.cli.console import console, say
from fedistats.cli.export import write_export
from fedistats.cli.instance import tell_instance
from fedistats.cli.map import tell_map
from fedistats.cli.neighborhood import NeighborhoodOptions, tell_neighborhood
from fedistats.cli.posts import tell_posts
from fedistats.cli.profiles import CloudOptions, tell_profiles
from fedistats.cli.report import tell_report
from fedistats.export.formats import Format

if TYPE_CHECKING:
    from fedistats.hosts import Host


@app.command("demo", epilog="Example: fedistats demo")
def demo(
    output: Annotated[Path, typer.Option(help="The folder that results go to.")] = Path("output"),
    theme: ThemeOption = "light",
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing but errors.")] = False,
) -> None:
    """Pictures, report and exports of a made-up fediverse: no server is asked, and it takes some fifteen seconds."""
    from fedistats import api
    from fedistats import demo as made_up

    folder = output / "demo"
    common = Common(output=output, store=folder / "fedistats.db", quiet=True)
    if not quiet:
        say("a made-up fediverse is read, and everything drawn: some fifteen seconds")
    api.collect_demo(common.place)
    tell_instance(common, made_up.START, theme, folder)
    tell_profiles(common, made_up.START, CloudOptions(theme=theme), folder)
    tell_posts(common, made_up.START, 400, 3, theme, folder)
    tell_neighborhood(common, made_up.START, NeighborhoodOptions(posts=400, theme=theme), folder)
    tell_map(common, made_up.START, 400, 5, "community", theme, folder)
    command = f"fedistats report {made_up.START} --offline --store {folder / 'fedistats.db'} --posts 400"
    tell_report(common, made_up.START, 400, 5, 3, command, directed=False, folder=folder)
    kinds: tuple[Format, ...] = ("gexf", "csv")
    for kind in kinds:
        write_export(common, made_up.START, kind, folder / f"neighborhood.{kind}", 400, 5, directed=False)
    if not quiet:
        console().print(_tour(made_up.START, folder), soft_wrap=True, highlight=False)


def _tour(start: Host, folder: Path) -> str:
    made = {
        "report.html": "everything on one page, with a graph to explore: open it in a browser",
        "neighborhood.png": "who hears whom (also .svg with tooltips, and with --pdf .pdf for papers)",
        "neighborhood.graphml": "the same graph for Gephi, networkx, igraph (also .gexf, .csv, .json)",
        "profiles.png": "the words of the bios (also .svg, .json)",
        "profiles-words.png": "the commonest words, as bars",
        "profiles-distributions.png": "account age, followers and posts",
        "map.png": "the instances by how they describe themselves (also .svg, .json)",
        "posts.png": "languages, hours, hashtags and words of the newest posts",
        "instance.png": "the last weeks of activity",
        "fedistats.db": "what was collected at four dates, in one SQLite file: counts and keyed hashes, nobody's name or words",
    }
    program = "uv run fedistats" if "UV" in os.environ else "fedistats" if shutil.which("fedistats") else sys.argv[0]
    lines = [f"A made-up fediverse, seen from {start}. In {folder}:", ""]
    lines += [f"  {name:<28} {what}" for name, what in made.items()]
    lines += [
        "",
        "Try next:",
        f"  {program} neighborhood {start} --offline --store {folder / 'fedistats.db'} --posts 400 --layout circle",
        f"  {program} diff {start} --store {folder / 'fedistats.db'} --posts 400",
        f"  {program} export {start} --offline --store {folder / 'fedistats.db'} -o - | head",
        f"  {program} instance HOST      (your own server's name for HOST: this one asks for real)",
    ]
    return "\n".join(lines)
