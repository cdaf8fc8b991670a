"""`fedistats report`: everything on one page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fedistats.cli.common import (
    Common,
    DirectedOption,
    HostArgument,
    MinPeopleOption,
    MinPostsOption,
    PostsOption,
    command,
)

if TYPE_CHECKING:
    from fedistats.hosts import Host


@command("report", epilog="Example: fedistats report sigmoid.social --posts 200")
def report(
    common: Common,
    host: HostArgument,
    posts: PostsOption = 1000,
    min_posts: MinPostsOption = 5,
    min_people: MinPeopleOption = 3,
    directed: DirectedOption = False,
) -> None:
    """One page of everything: who is here, what is talked about, with whom. It opens anywhere, without a network."""
    from fedistats.results.report import report_command

    name = common.collect("report", host, posts)
    typed = report_command(host, posts, min_posts, min_people, directed=directed)
    tell_report(common, name, posts, min_posts, min_people, typed, directed=directed)


def tell_report(
    common: Common,
    name: Host,
    posts: int,
    min_posts: int,
    min_people: int,
    command: str,
    *,
    directed: bool,
    folder: Path | None = None,
) -> None:
    from fedistats.results.report import Report

    with common.reading() as store:
        found = Report.of(
            store, name, posts, min_posts=min_posts, min_people=min_people, directed=directed, command=command
        )
    # of a big graph it takes seconds, and only programs read it
    result = found.to_json().encode() if common.json else b""
    common.deliver(found.host, {"report.html": [found.to_html().encode()]}, "One page of everything:", result, folder)
