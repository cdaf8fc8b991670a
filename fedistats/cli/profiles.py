"""`fedistats profiles`: the word cloud of bios, and how age, followers and posts are spread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fedistats.cli.arguments import bytes_of, lines_of
from fedistats.cli.common import Common, HostArgument, MinPeopleOption, ThemeOption, command, pictures
from fedistats.cli.console import say

if TYPE_CHECKING:
    from fedistats.hosts import Host


@command("profiles", epilog="Example: fedistats profiles sigmoid.social --theme dark")
def profiles(
    common: Common,
    host: HostArgument,
    min_people: MinPeopleOption = 3,
    max_words: Annotated[int, typer.Option(min=1, max=500, help="At most so many words in the cloud.")] = 200,
    stopwords: Annotated[Path | None, typer.Option(help="A file of words to leave out, one a line.")] = None,
    keep: Annotated[
        list[str] | None, typer.Option(metavar="WORD", help="Keep this word, though it is a stop word; repeatable.")
    ] = None,
    font: Annotated[Path | None, typer.Option(help="A font file to draw the cloud with.")] = None,
    mask: Annotated[Path | None, typer.Option(help="An image whose dark parts are filled with words.")] = None,
    width: Annotated[int, typer.Option(min=200, max=10_000, help="Of the cloud, in pixels.")] = 1600,
    height: Annotated[int, typer.Option(min=200, max=10_000, help="Of the cloud, in pixels.")] = 1000,
    theme: ThemeOption = "light",
) -> None:
    """The discoverable profiles: the word cloud of their bios, and how age, followers and posts are spread."""
    picture = CloudOptions(
        min_people, max_words, lines_of(stopwords), tuple(keep or ()), font, bytes_of(mask), width, height, theme
    )
    name = common.collect("profiles", host)
    tell_profiles(common, name, picture)


@dataclass(frozen=True)
class CloudOptions:
    """How the cloud is drawn."""

    min_people: int = 3
    max_words: int = 200
    stopwords: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    font: Path | None = None
    mask: bytes | None = None
    width: int = 1600
    height: int = 1000
    theme: str = "light"


def tell_profiles(common: Common, name: Host, options: CloudOptions, folder: Path | None = None) -> None:
    from fedistats.export.json_documents import as_json
    from fedistats.hosts import display_name
    from fedistats.render import terminal
    from fedistats.render.charts import charts
    from fedistats.render.cloud import cloud
    from fedistats.render.style import THEMES
    from fedistats.results import queries

    with common.reading() as store:
        found = queries.profiles(
            store,
            name,
            min_people=options.min_people,
            most=options.max_words,
            stopwords=options.stopwords,
            keep=options.keep,
        )
    theme = THEMES[options.theme]
    text = as_json(found)
    files: dict[str, Iterable[bytes]] = {"profiles.json": [text]}
    notes = []
    if found.words:
        drawn = cloud.lay_out(
            found.words,
            title=f"Who is on {display_name(found.host)}, in their own words",
            caption=terminal.profiles_caption(found),
            theme=theme,
            width=options.width,
            height=options.height,
            most=options.max_words,
            font=options.font,
            mask=options.mask,
        )
        files |= {"profiles.png": [cloud.png(drawn)], "profiles.svg": [cloud.svg(drawn)]}
        files |= pictures("profiles-words", charts.word_bars(found, theme=theme))
        notes.append(drawn.advice())
    else:
        notes.append(f"no word is used by at least {options.min_people} people, so no cloud was drawn")
    files |= pictures("profiles-distributions", charts.distributions(found, theme=theme))
    common.deliver(found.host, files, terminal.profiles(found), text, folder)
    for note in filter(None, notes):
        if not common.quiet:
            say(note)
