"""`fedistats instance`: what a server says about itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

from fedistats.cli.app import app
from fedistats.cli.collecting import collect, for_each_host
from fedistats.cli.options import CommonCommand, CommonOptions, HostsArgument, InputOption, ThemeOption
from fedistats.cli.presenting import deliver, picture_files, read_store

if TYPE_CHECKING:
    from pathlib import Path

    from fedistats.hosts import Host
    from fedistats.settings import ThemeName


@app.command("instance", cls=CommonCommand, epilog="Example: fedistats instance sigmoid.social")
def instance(
    context: typer.Context, hosts: HostsArgument = None, input_file: InputOption = None, theme: ThemeOption = "light"
) -> None:
    """What a server says about itself: software, users, rules, activity."""
    options: CommonOptions = context.obj

    def run(host: str) -> None:
        present_instance(options, collect(options, "instance", host), theme)

    for_each_host(hosts, input_file, run)


def present_instance(options: CommonOptions, name: Host, theme: ThemeName, folder: Path | None = None) -> None:
    from fedistats.render.terminal.instance import instance_table
    from fedistats.results.instance import Instance

    with read_store(options) as database:
        info = Instance.read(database, name)
    text = info.to_json().encode()
    files: dict[str, Iterable[bytes]] = {"instance.json": [text]}
    if info.activity:
        files |= picture_files("instance", info.figure(theme=theme))
    deliver(options, info.host, files, instance_table(info), text, folder)
