"""`fedistats instance`: what a server says about itself."""

from __future__ import annotations

from pathlib import Path

import typer

from fedistats.cli.app import app
from fedistats.cli.collecting import collect, for_each_host
from fedistats.cli.options import CommonCommand, CommonOptions, HostsArgument, InputOption, ThemeOption
from fedistats.cli.presenting import deliver_chart, read_store
from fedistats.hosts import Host
from fedistats.settings import ThemeName


@app.command("instance", cls=CommonCommand, epilog="Example: fedistats instance sigmoid.social")
def instance(
    context: typer.Context, hosts: HostsArgument = None, input_file: InputOption = None, theme: ThemeOption = "light"
) -> None:
    """What a server says about itself: software, users, rules, activity."""
    options: CommonOptions = context.obj
    for_each_host(hosts, input_file, lambda host: present_instance(options, collect(options, "instance", host), theme))


def present_instance(options: CommonOptions, name: Host, theme: ThemeName, folder: Path | None = None) -> None:
    from fedistats.render.terminal.instance import instance_table
    from fedistats.results.instance import Instance

    with read_store(options) as database:
        info = Instance.read(database, name)
    figure = info.figure(theme=theme) if info.activity else None
    deliver_chart(options, info.host, "instance", info.to_json(), instance_table(info), figure, folder)
