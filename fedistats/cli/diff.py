"""`fedistats diff`: what has changed between two collections of one instance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fedistats.cli.common import Common, HostArgument, MinPostsOption, PostsOption, ThemeOption, command, pictures
from fedistats.cli.say import say
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
            "--from",
            metavar="DATE",
            help="The earlier collection, as 2026-11-02 (the first of that day) or 2026-11-02T14:30. [default: the one before --to]",
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
    told = int(after.about.question["posts"])
    if told < posts and not common.quiet:
        say(f"told from the newest {told:,} posts of each timeline: no more were collected both times")
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

    abouts = tell.questions(store, name)
    dates = [about.date for about in abouts]
    if not dates:
        raise NotCollected(f"no neighborhood of {name} was collected yet: run fedistats neighborhood {name}")
    later = min(_at(dates, until or "", name))
    if since is None and later + 1 == len(dates):
        raise NotCollected(
            f"there is nothing to compare the neighborhood of {dates[later]} with: "
            f"fedistats diff {name} --fresh collects it once more"
        )
    earlier = later + 1 if since is None else max(_at(dates, since, name))
    if earlier == later:
        raise NotCollected(
            f"--from and --to are the same collection, of {dates[later]}; there is {', '.join(dates)}: times may be typed, too"
        )
    one, other = abouts[earlier], abouts[later]
    if tell.reach(one) != tell.reach(other):
        went = [tell.reach(about) or "depth 1" for about in (one, other)]
        raise typer.BadParameter(
            f"the collection of {one.date} was asked with {went[0]}, that of {other.date} with {went[1]}, so they cannot be compared",
            param_hint="--from and --to",
        )
    posts = min(posts, *(int(about.question["posts"]) for about in (one, other)))
    graphs = list(islice(tell.neighborhoods(store, name, posts, min_posts=1), max(earlier, later) + 1))
    return graphs[earlier], graphs[later]


def _at(dates: Sequence[str], typed: str, name: Host) -> list[int]:
    """Which are of a date that somebody typed, or of a part of it."""
    if found := [place for place, date in enumerate(dates) if date.startswith(typed.replace(" ", "T"))]:
        return found
    raise NotCollected(f"no neighborhood of {name} was collected at {typed}; there is {', '.join(dates)}")
