"""`fedistats diff`: what changed between two collections of one instance."""

from __future__ import annotations

from typing import Annotated

import typer

from fedistats.cli.app import app
from fedistats.cli.collecting import collect, for_each_host
from fedistats.cli.console import print_message
from fedistats.cli.options import (
    CommonCommand,
    CommonOptions,
    HostsArgument,
    InputOption,
    MinPostsOption,
    PostsOption,
    ThemeOption,
)
from fedistats.cli.presenting import check_complete, deliver_chart, read_store
from fedistats.errors import NotCollected, NotComparable
from fedistats.hosts import parse_target
from fedistats.settings import DEFAULT_MIN_POSTS, DEFAULT_POSTS


@app.command(
    "diff", cls=CommonCommand, epilog="Example: fedistats diff sigmoid.social --from 2026-10-01 --to 2026-11-01"
)
def diff(
    context: typer.Context,
    hosts: HostsArgument = None,
    input_file: InputOption = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="DATE",
            help="The earlier collection: 2026-11-02 (the first of that day) or 2026-11-02T14:30. [default: the last one before --to"
            " with the same settings]",
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--to", metavar="DATE", help="The later collection (the last of that day). [default: the newest]"),
    ] = None,
    posts: PostsOption = DEFAULT_POSTS,
    min_posts: MinPostsOption = DEFAULT_MIN_POSTS,
    theme: ThemeOption = "light",
) -> None:
    """What changed in a neighborhood: instances that appeared or disappeared, edges that grew or shrank.

    No request is sent, unless --fresh collects the neighborhood again.
    """
    from fedistats.render.terminal.difference import difference_table
    from fedistats.results.difference import Difference
    from fedistats.results.reading import describe_scope

    options: CommonOptions = context.obj

    def run(host: str) -> None:
        name = collect(options, "neighborhood", host, posts) if options.fresh else parse_target(host).host
        if not options.store_path.exists():
            raise NotCollected(f"there is no database at {options.store_path}: nothing was collected yet")
        try:
            with read_store(options) as database:
                result = Difference.read(database, name, since, until, posts, min_posts=min_posts)
        except NotComparable as error:
            raise typer.BadParameter(str(error), param_hint="--from and --to") from error
        if not options.quiet:
            for about in result.skipped_collections:
                print_message(f"skipped the collection of {about.date}, made with {describe_scope(about) or 'depth 1'}")
            if result.max_posts < posts:
                print_message(
                    f"using the newest {result.max_posts:,} posts of each timeline: not both collections have more"
                )
        table = difference_table(result, result.before, result.after)
        deliver_chart(options, result.after.start, "diff", result.to_json(), table, result.figure(theme=theme))
        check_complete(options, result.after.coverage)

    for_each_host(hosts, input_file, run)
