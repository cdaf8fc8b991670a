"""`fedistats compare`: what sets several instances apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from fedistats.cli.common import Common, MinPeopleOption, MinPostsOption, PostsOption, ThemeOption, command, pictures
from fedistats.cli.console import say

if TYPE_CHECKING:
    from fedistats.api import Part
    from fedistats.hosts import Host


@command("compare", epilog="Example: fedistats compare sigmoid.social hci.social")
def compare(
    common: Common,
    hosts: Annotated[list[str], typer.Argument(metavar="HOST HOST...", help="Two or more, as everywhere.")],
    posts: PostsOption = 1000,
    min_posts: MinPostsOption = 5,
    min_people: MinPeopleOption = 3,
    theme: ThemeOption = "light",
) -> None:
    """Two servers or more side by side: whose words, languages, hashtags and neighbors set them apart."""
    from fedistats.export.files import folder_of_several
    from fedistats.render import terminal_analyses
    from fedistats.results.comparison import Comparison, hosts_to_compare

    def have(part: Part, host: str) -> Host:
        further = part != "neighborhood"
        return (replace(common, quiet=True, fresh=False) if further else common).collect(part, host, posts)

    names = hosts_to_compare(hosts, have, say)
    with common.reading() as store:
        found = Comparison.of(store, names, posts, min_posts=min_posts, min_people=min_people)
    text = found.to_json().encode()
    files: dict[str, Iterable[bytes]] = {"compare.json": [text]}
    files |= pictures("compare", found.figure(theme=theme))
    folder = common.output / folder_of_several(found.hosts)
    common.deliver(found.hosts[0], files, terminal_analyses.compare_table(found), text, folder)
    found.check()
