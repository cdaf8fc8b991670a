"""`fedistats diff`: what has changed between two collections of one instance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fedistats.cli.common import Common, HostArgument, MinPostsOption, PostsOption, ThemeOption, command, pictures
from fedistats.errors import NotCollected

if TYPE_CHECKING:
    from fedistats.model import Host, Neighborhood
    from fedistats.store import Store


@command("diff", epilog="Example: fedistats diff sigmoid.social --from 2026-10-01 --to 2026-11-01")
def diff(
    common: Common,
    host: HostArgument,
    since: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="DATE", help="The earlier collection, as 2026-11-02. [default: the one before --to]"
        ),
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", metavar="DATE", help="The later collection. [default: the newest]")
    ] = None,
    posts: PostsOption = 1000,
    min_posts: MinPostsOption = 5,
    theme: ThemeOption = "light",
) -> None:
    """What has changed round a server since it was collected last: who is new, who is gone, whose ties grew.

    Asks nobody, unless --fresh collects the neighborhood once more.
    """
    from fedistats.model import parse_start

    name = common.collect("neighborhood", host, posts) if common.fresh else parse_start(host).host
    tell_diff(common, name, since, until, posts, min_posts, theme)


def tell_diff(
    common: Common,
    name: Host,
    since: str | None,
    until: str | None,
    posts: int,
    min_posts: int,
    theme: str,
    folder: Path | None = None,
) -> None:
    from fedistats.analyses.difference import difference
    from fedistats.render import analyses_json, analyses_tables
    from fedistats.render import diff as picture
    from fedistats.render.style import THEMES

    if not common.place.exists():
        raise NotCollected(f"there is no store at {common.place}: nothing was collected yet")
    with common.reading() as store:
        before, after = two_of(store, name, since, until, posts)
    found = difference(before, after, min_posts)
    text = analyses_json.diff_json(found, before, after)
    files: dict[str, Iterable[bytes]] = {"diff.json": [text]}
    files |= pictures("diff", picture.draw(found, before, after, min_posts, theme=THEMES[theme]))
    common.deliver(after.start, files, analyses_tables.diff_table(found, before, after), text, folder)
    common.judge(after.coverage)


def two_of(
    store: Store, name: Host, since: str | None, until: str | None, posts: int
) -> tuple[Neighborhood, Neighborhood]:
    """The collections of two dates, with every pair of instances. Raises NotCollected where there are none."""
    from fedistats import tell

    dates = tell.neighborhood_dates(store, name)
    if not dates:
        raise NotCollected(f"no neighborhood of {name} was collected yet: run fedistats neighborhood {name}")
    later = _at(dates, until or "", name)
    if since is None and later + 1 == len(dates):
        raise NotCollected(
            f"there is nothing to compare the neighborhood of {dates[later]} with: "
            f"fedistats diff {name} --fresh collects it once more"
        )
    earlier = later + 1 if since is None else _at(dates, since, name)
    graphs = list(islice(tell.neighborhoods(store, name, posts, min_posts=1), max(earlier, later) + 1))
    return graphs[earlier], graphs[later]


def _at(dates: Sequence[str], typed: str, name: Host) -> int:
    """Which is the newest of a date that somebody typed, or of a part of it."""
    for place, date in enumerate(dates):
        if date.startswith(typed):
            return place
    raise NotCollected(f"no neighborhood of {name} was collected at {typed}; there is {', '.join(dates)}")
