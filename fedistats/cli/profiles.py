"""`fedistats profiles`: a word cloud of bios, and the distributions of account age, followers and posts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
from fedistats.hosts import Host
from fedistats.settings import DEFAULT_MIN_PEOPLE, ThemeName

if TYPE_CHECKING:
    from fedistats.results.profiles import Profiles


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
    word_options = {"max_words": max_words, "stopwords": read_lines(stopwords), "keep": tuple(keep or ())}
    cloud_options: dict[str, Any] = {"font": font, "mask": read_bytes(mask), "width": width, "height": height}

    def run(host: str) -> None:
        name = collect(options, "profiles", host)
        result = read_profiles(options, name, min_people=min_people, **word_options)
        present_profiles(options, result, theme, **cloud_options)

    for_each_host(hosts, input_file, run)


def read_profiles(options: CommonOptions, name: Host, **word_options: Any) -> Profiles:
    """The profiles from the database; `word_options` are those of `Profiles.read`."""
    from fedistats.results.profiles import Profiles

    with read_store(options) as database:
        return Profiles.read(database, name, **word_options)


def present_profiles(
    options: CommonOptions, result: Profiles, theme: ThemeName, folder: Path | None = None, **cloud_options: Any
) -> None:
    """`cloud_options` are those of `Profiles.png`."""
    from fedistats.render.cloud.png import cloud_png
    from fedistats.render.cloud.svg import cloud_svg
    from fedistats.render.terminal.profiles import profiles_table
    from fedistats.results.profiles import draw_chart, draw_cloud

    as_json = result.to_json()
    files: dict[str, Iterable[bytes]] = {"profiles.json": [as_json.encode()]}
    if result.words:
        cloud = draw_cloud(result, theme, **cloud_options)
        files |= {"profiles.png": [cloud_png(cloud)], "profiles.svg": [cloud_svg(cloud)]}
        files |= picture_files("profiles-words", draw_chart(result, "words", theme))
        note = cloud.font_advice()
    else:
        note = f"no word is used by at least {result.about.parameters['min_people']} people, so there is no cloud"
    files |= picture_files("profiles-distributions", draw_chart(result, "distributions", theme))
    deliver(options, result.host, files, profiles_table(result), as_json, folder)
    if note and not options.quiet:
        print_message(note)
