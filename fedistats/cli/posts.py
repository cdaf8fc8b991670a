"""`fedistats posts`: languages, hashtags, hours and origins of the newest posts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from fedistats.cli.common import Common, HostArgument, MinPeopleOption, PostsOption, ThemeOption, command, pictures
from fedistats.errors import NothingFound

if TYPE_CHECKING:
    from fedistats.hosts import Host


@command("posts", epilog="Example: fedistats posts sigmoid.social --posts 400")
def posts(
    common: Common,
    host: HostArgument,
    posts: PostsOption = 1000,
    min_people: MinPeopleOption = 3,
    theme: ThemeOption = "light",
) -> None:
    """The newest public posts: languages, hashtags, hours and origins; and the same for the server's own people."""
    name = common.collect("posts", host, posts)
    tell_posts(common, name, posts, min_people, theme)


def tell_posts(
    common: Common, name: Host, newest: int, min_people: int, theme: str, folder: Path | None = None
) -> None:
    from fedistats.export.json_documents import as_json
    from fedistats.render import terminal
    from fedistats.render.charts import charts
    from fedistats.render.style import THEMES
    from fedistats.results import queries

    with common.reading() as store:
        found = queries.posts(store, name, newest, min_people=min_people)
    text = as_json(found)
    files: dict[str, Iterable[bytes]] = {"posts.json": [text]}
    seen = any(feed.posts_read for feed in found.feeds)
    if seen:
        files |= pictures("posts", charts.posts(found, theme=THEMES[theme]))
    common.deliver(found.host, files, terminal.posts(found), text, folder)
    if not seen:
        raise NothingFound(f"{found.host} showed no post: {terminal.endings(found)}")
