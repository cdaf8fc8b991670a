"""`fedistats profiles`: a word cloud of bios, and the distributions of account age, followers and posts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fedistats.cli.app import app
from fedistats.cli.collecting import collect, for_each_host
from fedistats.cli.console import print_message
from fedistats.cli.input_files import read_bytes, read_lines
from fedistats.cli.options import (
    CommonCommand,
    CommonOptions,
    HostsArgument,
    InputOption,
    MinPeopleOption,
    ThemeOption,
    bounded,
)
from fedistats.cli.presenting import deliver, picture_files, read_store
from fedistats.settings import DEFAULT_MIN_PEOPLE, ThemeName

if TYPE_CHECKING:
    from fedistats.hosts import Host


@app.command("profiles", cls=CommonCommand, epilog="Example: fedistats profiles sigmoid.social --theme dark")
def profiles(
    context: typer.Context,
    hosts: HostsArgument = None,
    input_file: InputOption = None,
    min_people: MinPeopleOption = DEFAULT_MIN_PEOPLE,
    max_words: Annotated[int, bounded("max_words", help="The largest number of words in the cloud.")] = 200,
    stopwords: Annotated[Path | None, typer.Option(help="A file of words to leave out, one per line.")] = None,
    keep: Annotated[
        list[str] | None, typer.Option(metavar="WORD", help="Count this word even if it is a stop word; repeatable.")
    ] = None,
    font: Annotated[Path | None, typer.Option(help="A font file for the cloud.")] = None,
    mask: Annotated[Path | None, typer.Option(help="An image; the cloud fills its dark parts.")] = None,
    width: Annotated[int, bounded("width", help="The width of the cloud in pixels.")] = 1600,
    height: Annotated[int, bounded("height", help="The height of the cloud in pixels.")] = 1000,
    theme: ThemeOption = "light",
) -> None:
    """The discoverable profiles: a word cloud of their bios, and the distributions of account age, followers and posts."""
    options: CommonOptions = context.obj
    cloud_options = CloudOptions(
        min_people, max_words, read_lines(stopwords), tuple(keep or ()), font, read_bytes(mask), width, height, theme
    )

    def run(host: str) -> None:
        present_profiles(options, collect(options, "profiles", host), cloud_options)

    for_each_host(hosts, input_file, run)


@dataclass(frozen=True)
class CloudOptions:
    """Which words are in the cloud, and how it is drawn."""

    min_people: int = DEFAULT_MIN_PEOPLE
    max_words: int = 200
    stopwords: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    font: Path | None = None
    mask: bytes | None = None
    width: int = 1600
    height: int = 1000
    theme: ThemeName = "light"


def present_profiles(
    options: CommonOptions, name: Host, cloud_options: CloudOptions, folder: Path | None = None
) -> None:
    from fedistats.render.charts.distributions import draw_distributions
    from fedistats.render.charts.word_bars import draw_word_bars
    from fedistats.render.cloud.caption import bios_caption, bios_title
    from fedistats.render.cloud.cloud import compose_cloud
    from fedistats.render.cloud.png import cloud_png
    from fedistats.render.cloud.svg import cloud_svg
    from fedistats.render.style import THEMES
    from fedistats.render.terminal.profiles import profiles_table
    from fedistats.results.profiles import Profiles

    with read_store(options) as database:
        result = Profiles.read(
            database,
            name,
            min_people=cloud_options.min_people,
            max_words=cloud_options.max_words,
            stopwords=cloud_options.stopwords,
            keep=cloud_options.keep,
        )
    theme = THEMES[cloud_options.theme]
    text = result.to_json().encode()
    files: dict[str, Iterable[bytes]] = {"profiles.json": [text]}
    if result.words:
        cloud = compose_cloud(
            result.words,
            title=bios_title(result),
            caption=bios_caption(result),
            theme=theme,
            width=cloud_options.width,
            height=cloud_options.height,
            max_words=cloud_options.max_words,
            font=cloud_options.font,
            mask=cloud_options.mask,
        )
        files |= {"profiles.png": [cloud_png(cloud)], "profiles.svg": [cloud_svg(cloud)]}
        files |= picture_files("profiles-words", draw_word_bars(result, theme=theme))
        note = cloud.font_advice()
    else:
        note = f"no word is used by at least {cloud_options.min_people} people, so there is no cloud"
    files |= picture_files("profiles-distributions", draw_distributions(result, theme=theme))
    deliver(options, result.host, files, profiles_table(result), text, folder)
    if note and not options.quiet:
        print_message(note)
