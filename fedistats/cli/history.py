"""`fedistats history`: how an instance changed from one collection to the next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from fedistats.cli.common import Common, HostArgument, MinPostsOption, PostsOption, ThemeOption, command, pictures
from fedistats.cli.console import say

if TYPE_CHECKING:
    from fedistats.hosts import Host
    from fedistats.model import InstanceHistory


@command("history", epilog="Example: fedistats history sigmoid.social")
def history(
    common: Common,
    host: HostArgument,
    posts: PostsOption = 1000,
    min_posts: MinPostsOption = 5,
    theme: ThemeOption = "light",
) -> None:
    """How it went on: people, posts, neighbors and communities over the dates that were collected. Asks nobody."""
    from fedistats.hosts import parse_target

    tell_history(common, parse_target(host).host, posts, min_posts, theme)


def tell_history(common: Common, name: Host, posts: int, min_posts: int, theme: str) -> InstanceHistory:
    from fedistats.export.json_documents import as_json
    from fedistats.render import terminal
    from fedistats.render.charts import history as picture
    from fedistats.render.style import THEMES
    from fedistats.results import queries

    with common.reading() as store:
        found = queries.history(store, name, posts, min_posts=min_posts)
    text = as_json(found)
    files: dict[str, Iterable[bytes]] = {"history.json": [text]}
    if len(found.snapshots) > 1:
        files |= pictures("history", picture.figure(found, theme=THEMES[theme]))
    common.deliver(found.host, files, terminal.history(found), text)
    told = int(found.about.parameters["posts"])
    if told < posts and any(moment.max_posts is not None for moment in found.snapshots) and not common.quiet:
        say(f"graphs are told from the newest {told:,} posts of each timeline: no more were collected at every date")
    if len(found.snapshots) < 2 and not common.quiet:
        say(f"one collection is no history yet: fedistats watch {found.host} adds one each time that it is run")
    return found
