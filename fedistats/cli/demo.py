"""`fedistats demo`: everything from a made-up fediverse."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from fedistats.cli.app import app
from fedistats.cli.console import console, print_message
from fedistats.cli.export import write_export
from fedistats.cli.instance import present_instance
from fedistats.cli.map import present_map
from fedistats.cli.neighborhood import present_neighborhood, read_graph
from fedistats.cli.options import CommonOptions, ThemeOption
from fedistats.cli.posts import present_posts
from fedistats.cli.profiles import present_profiles, read_profiles
from fedistats.cli.report import present_report
from fedistats.hosts import Host
from fedistats.settings import DEFAULT_MIN_PEOPLE, DEFAULT_MIN_POSTS

_POSTS = 400


@app.command("demo", epilog="Example: fedistats demo")
def demo(
    output: Annotated[Path, typer.Option(help="The folder for results.")] = Path("output"),
    theme: ThemeOption = "light",
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print nothing but errors.")] = False,
) -> None:
    """Pictures, report and exports of a made-up fediverse. Sends no requests and takes about fifteen seconds."""
    from fedistats import api
    from fedistats import demo as fediverse

    start, folder = fediverse.START, output / "demo"
    options = CommonOptions(output=output, store=folder / "fedistats.db", quiet=True)
    if not quiet:
        print_message("reading a made-up fediverse and drawing everything: about fifteen seconds")
    api.collect_demo(options.store_path)
    present_instance(options, start, theme, folder)
    present_profiles(options, read_profiles(options, start), theme, folder)
    present_posts(options, start, _POSTS, DEFAULT_MIN_PEOPLE, theme, folder)
    graph = read_graph(options, start, _POSTS)
    present_neighborhood(options, graph, _POSTS, theme, folder=folder)
    present_map(options, start, _POSTS, DEFAULT_MIN_POSTS, "community", theme, folder)
    command = f"fedistats report {start} --offline --store {options.store_path} --posts {_POSTS}"
    present_report(options, start, _POSTS, DEFAULT_MIN_POSTS, DEFAULT_MIN_PEOPLE, command, folder=folder)
    write_export(options, graph, "gexf", folder / "neighborhood.gexf")
    write_export(options, graph, "csv", folder / "neighborhood.csv")
    if not quiet:
        console().print(_summary(start, folder), soft_wrap=True, highlight=False)


def _summary(start: Host, folder: Path) -> str:
    files = {
        "report.html": "everything on one page, with a graph to explore: open it in a browser",
        "neighborhood.png": "the graph of instances (also .svg with tooltips, and with --pdf .pdf for papers)",
        "neighborhood.graphml": "the same graph for Gephi, networkx, igraph (also .gexf, .csv, .json)",
        "profiles.png": "the words of the bios (also .svg, .json)",
        "profiles-words.png": "the most common words, as bars",
        "profiles-distributions.png": "account age, followers and posts",
        "map.png": "the instances by how they describe themselves (also .svg, .json)",
        "posts.png": "languages, hours, hashtags and words of the newest posts",
        "instance.png": "the last weeks of activity",
        "fedistats.db": "data collected at four dates, in one SQLite file: counts and keyed hashes, no names and no texts",
    }
    program = "uv run fedistats" if "UV" in os.environ else "fedistats" if shutil.which("fedistats") else sys.argv[0]
    store = folder / "fedistats.db"
    lines = [f"A made-up fediverse, seen from {start}. In {folder}:", ""]
    lines += [f"  {name:<28} {content}" for name, content in files.items()]
    lines += [
        "",
        "Try next:",
        f"  {program} neighborhood {start} --offline --store {store} --posts {_POSTS} --layout circle",
        f"  {program} diff {start} --store {store} --posts {_POSTS}",
        f"  {program} export {start} --offline --store {store} -o - | head",
        f"  {program} instance HOST      (the name of your own server for HOST: this sends requests to it)",
    ]
    return "\n".join(lines)
