"""`fedistats diff`: what has changed between two collections of one instance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from fedistats.cli.common import Common, HostArgument, MinPostsOption, PostsOption, ThemeOption, command, pictures
from fedistats.cli.console import say
from fedistats.errors import NotCollected, NotComparable


@command("diff", epilog="Example: fedistats diff sigmoid.social --from 2026-10-01 --to 2026-11-01")
def diff(
    common: Common,
    host: HostArgument,
    since: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="DATE",
            help="The earlier collection, as 2026-11-02 (the first of that day) or 2026-11-02T14:30. [default: the nearest before --to"
            " that was asked alike]",
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--to", metavar="DATE", help="The later collection: of a day the last. [default: the newest]"),
    ] = None,
    posts: PostsOption = 1000,
    min_posts: MinPostsOption = 5,
    theme: ThemeOption = "light",
) -> None:
    """What has changed round a server since it was collected last: who is new, who is gone, whose ties grew.

    Asks nobody, unless --fresh collects the neighborhood once more.
    """
    from fedistats.hosts import parse_target
    from fedistats.render import terminal_analyses
    from fedistats.results import queries
    from fedistats.results.difference import Difference

    name = common.collect("neighborhood", host, posts) if common.fresh else parse_target(host).host
    if not common.place.exists():
        raise NotCollected(f"there is no store at {common.place}: nothing was collected yet")
    try:
        with common.reading() as store:
            found = Difference.of(store, name, since, until, posts, min_posts=min_posts)
    except NotComparable as error:
        raise typer.BadParameter(str(error), param_hint="--from and --to") from error
    if not common.quiet:
        for about in found.skipped_collections:
            say(f"passed over the collection of {about.date}, which was asked with {queries.reach(about) or 'depth 1'}")
    if found.newest < posts and not common.quiet:
        say(f"told from the newest {found.newest:,} posts of each timeline: no more were collected both times")
    text = found.to_json().encode()
    files: dict[str, Iterable[bytes]] = {"diff.json": [text]}
    files |= pictures("diff", found.figure(theme=theme))
    common.deliver(found.after.start, files, terminal_analyses.diff_table(found, found.before, found.after), text)
    common.judge(found.after.coverage)
