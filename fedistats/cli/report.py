"""`fedistats report`: everything on one page."""

from __future__ import annotations

from pathlib import Path

import typer

from fedistats.cli.app import app
from fedistats.cli.collecting import collect, for_each_host
from fedistats.cli.options import (
    CommonCommand,
    CommonOptions,
    DirectedOption,
    HostsArgument,
    InputOption,
    MinPeopleOption,
    MinPostsOption,
    PostsOption,
)
from fedistats.cli.presenting import deliver, read_store
from fedistats.hosts import Host
from fedistats.settings import DEFAULT_MIN_PEOPLE, DEFAULT_MIN_POSTS, DEFAULT_POSTS


@app.command("report", cls=CommonCommand, epilog="Example: fedistats report sigmoid.social --posts 200")
def report(
    context: typer.Context,
    hosts: HostsArgument = None,
    input_file: InputOption = None,
    posts: PostsOption = DEFAULT_POSTS,
    min_posts: MinPostsOption = DEFAULT_MIN_POSTS,
    min_people: MinPeopleOption = DEFAULT_MIN_PEOPLE,
    directed: DirectedOption = False,
) -> None:
    """One HTML page with everything: the server, its people, their posts, its neighborhood. The page works offline."""
    from fedistats.results.report import report_command

    options: CommonOptions = context.obj

    def run(host: str) -> None:
        name = collect(options, "report", host, posts)
        command = report_command(host, posts, min_posts, min_people, directed=directed)
        present_report(options, name, posts, min_posts, min_people, command, directed=directed)

    for_each_host(hosts, input_file, run)


def present_report(
    options: CommonOptions,
    name: Host,
    posts: int,
    min_posts: int,
    min_people: int,
    command: str,
    *,
    directed: bool = False,
    folder: Path | None = None,
) -> None:
    """`command` is shown on the page as the command that makes it."""
    from fedistats.results.report import Report

    with read_store(options) as database:
        result = Report.read(
            database, name, posts, min_posts=min_posts, min_people=min_people, directed=directed, command=command
        )
    # the JSON of a large graph takes seconds, so it is made only if it is printed
    as_json = result.to_json() if options.json else ""
    files = {"report.html": [result.to_html().encode()]}
    deliver(options, result.host, files, "Everything on one page:", as_json, folder)
