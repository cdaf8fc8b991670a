"""`fedistats compare`: what sets several instances apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fedistats.cli.common import (
    Common,
    MinPeopleOption,
    MinPostsOption,
    PostsOption,
    ThemeOption,
    command,
    if_collected,
    pictures,
)
from fedistats.cli.say import say
from fedistats.errors import AskError, BadHost, NotCollected, NothingFound

if TYPE_CHECKING:
    from fedistats.api import Part
    from fedistats.model import Host


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
    from fedistats.model import parse_start

    different = "name two different instances or more to compare them"
    if len({parse_start(host).host for host in hosts}) < 2:
        raise BadHost(different)
    parts: tuple[Part, ...] = ("neighborhood", "instance", "profiles", "posts")
    names: list[Host] = []
    for host in hosts:
        name = common.collect(parts[0], host, posts)
        for part in parts[1:]:
            try:
                replace(common, quiet=True, fresh=False).collect(part, host, posts)
            except AskError as error:
                say(f"{part} of {name}: {error}")
        if name not in names:
            names.append(name)
    if len(names) < 2:
        raise BadHost(different)
    tell_compare(common, names, posts, min_posts, min_people, theme)


def tell_compare(
    common: Common,
    names: list[Host],
    posts: int,
    min_posts: int,
    min_people: int,
    theme: str,
    folder: Path | None = None,
) -> None:
    from fedistats import tell
    from fedistats.analyses.comparison import Side
    from fedistats.analyses.comparison import compare as compared
    from fedistats.outputs import folder_of_several
    from fedistats.render import analyses_json, analyses_tables
    from fedistats.render import compare as picture
    from fedistats.render.style import THEMES

    sides = []
    with common.reading() as store:
        for name in names:
            known = next((collected.start for collected in store.collections(name)), None)
            if known is None:
                raise NotCollected(f"nothing was collected about {name} yet: run it once without --offline")
            sides.append(
                Side(
                    known,
                    if_collected(lambda name=known: tell.profiles(store, name, min_people=min_people)),  # type: ignore[misc]
                    if_collected(lambda name=known: tell.posts(store, name, posts, min_people=min_people)),  # type: ignore[misc]
                    if_collected(lambda name=known: tell.neighborhood(store, name, posts, min_posts=min_posts)),  # type: ignore[misc]
                )
            )
    found = compared(sides)
    text = analyses_json.compare_json(found, sides)
    files: dict[str, Iterable[bytes]] = {"compare.json": [text]}
    files |= pictures("compare", picture.draw(found, sides, theme=THEMES[theme]))
    folder = folder or common.output / folder_of_several(side.host for side in sides)
    common.deliver(sides[0].host, files, analyses_tables.compare_table(found), text, folder)
    if not any(keys for of in found.keys.values() for keys in of) and not found.overlaps:
        raise NothingFound(
            "nothing is known of two of them that could be compared: their directories and timelines are closed"
        )
