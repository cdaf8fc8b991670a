"""`fedistats config`: the value of each option, and where it comes from."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from fedistats.cli.app import app
from fedistats.cli.config_file import (
    ConfigurableOption,
    config_path,
    configurable_options,
    defaults_by_command,
    read_config,
    rejection,
)
from fedistats.cli.console import console, print_message
from fedistats.cli.tokens import environment_tokens, keyring_hosts
from fedistats.errors import InvalidFile
from fedistats.hosts import Host

Row = tuple[ConfigurableOption, Any, str]
"""An option, its value, and where the value comes from: a variable, "file" or "default"."""

_EXAMPLE = """\
contact = "me@example.org"
output = "~/fedistats"

[neighborhood]
posts = 400
theme = "dark"
"""


@app.command("config", epilog="Example: FEDISTATS_PACE=2 fedistats config")
def config(as_json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")] = False) -> None:
    """The value of each option, and where it comes from: the environment, the configuration file, or the default."""
    path = config_path()
    program = typer.main.get_command(app)
    options = configurable_options(program)
    defaults = defaults_by_command(read_config(path), options, path)
    hosts = keyring_hosts(path)
    variables = {"FEDISTATS_CONFIG", *(option.variable for option in options)}
    for name in sorted(os.environ):
        if name.startswith("FEDISTATS_") and not name.startswith("FEDISTATS_TOKEN_") and name not in variables:
            print_message(f"{name} is set, but there is no such option")
    rows = [(option, *_value_and_origin(option, defaults[option.command])) for option in options]
    for option, value, origin in rows:
        if origin != "default" and (reason := rejection(program, option, value)):
            source = path if origin == "file" else origin
            raise InvalidFile(f"--{option.name} of '{option.command}' (from {source}): {reason}")
    if as_json:
        _print_json(path, rows, hosts)
    else:
        _print_table(path, rows, hosts)


def _value_and_origin(option: ConfigurableOption, defaults: dict[str, Any]) -> tuple[Any, str]:
    if os.environ.get(option.variable):
        return os.environ[option.variable], option.variable
    if option.parameter in defaults:
        return defaults[option.parameter], "file"
    return option.default, "default"


def _token_origin(host: Host) -> str:
    return "from the environment" if host in environment_tokens(os.environ, host) else "from the keyring"


def _print_json(path: Path, rows: Sequence[Row], token_hosts: Sequence[Host]) -> None:
    document = {
        "file": str(path),
        "options": [
            {"command": option.command, "option": option.name, "value": value, "origin": origin}
            for option, value, origin in rows
        ],
        "tokens": {host: _token_origin(host) for host in token_hosts},
    }
    sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n")


def _print_table(path: Path, rows: Sequence[Row], token_hosts: Sequence[Host]) -> None:
    from rich.table import Table

    all_commands = {option.command for option, _, _ in rows if option.name == "output"}
    commands: dict[tuple[str, str, str], list[str]] = {}
    for option, value, origin in rows:
        text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        commands.setdefault((option.name, text, origin), []).append(option.command)
    table = Table("option", "value", "from", "commands", box=None, pad_edge=False, header_style="bold")
    for (name, text, origin), names in sorted(commands.items()):
        table.add_row(name, text, origin, _name_commands(names, all_commands))
    out = console()
    out.print(table)
    for host in token_hosts:
        out.print(f"token of {host}: {_token_origin(host)}", soft_wrap=True)
    out.print()
    if path.exists():
        out.print(f"The configuration file is {path}.", soft_wrap=True)
    else:
        out.print(f"There is no configuration file yet. It would be {path} and look like this:", soft_wrap=True)
        out.print()
        out.print(_EXAMPLE.rstrip(), style="dim")
    out.print(
        "\nAn environment variable takes precedence over the file: FEDISTATS_MIN_POSTS sets --min-posts.",
        soft_wrap=True,
    )


def _name_commands(names: Sequence[str], all_commands: set[str]) -> str:
    """'all', 'all but map', or the names of a minority."""
    missing = sorted(all_commands - set(names))
    if len(missing) > len(all_commands) // 4:
        return ", ".join(names)
    return f"all but {', '.join(missing)}" if missing else "all"
