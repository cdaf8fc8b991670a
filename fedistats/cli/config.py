"""`fedistats config`: which value holds for each option, and where it comes from."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fedistats.cli.app import app
from fedistats.cli.config_file import Option, by_command, options, place, read, refused
from fedistats.cli.console import console, say
from fedistats.cli.tokens import in_keyring, tokens
from fedistats.errors import InvalidFile

if TYPE_CHECKING:
    from fedistats.hosts import Host

_EXAMPLE = """\
contact = "me@example.org"
output = "~/fedistats"

[neighborhood]
posts = 400
theme = "dark"
"""


@app.command("config", epilog="Example: FEDISTATS_PACE=2 fedistats config")
def config(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON on stdout, for programs.")] = False,
) -> None:
    """Which value holds for each option, and where it comes from: the environment, the settings' file, or fedistats itself."""
    path = place()
    known = options(app)
    settled = by_command(read(path), known, path)
    hosts = in_keyring(path)
    variables = {"FEDISTATS_CONFIG", *(option.variable for option in known)}
    for name in sorted(os.environ):
        if name.startswith("FEDISTATS_") and not name.startswith("FEDISTATS_TOKEN_") and name not in variables:
            say(f"{name} is set, but no option is called so")
    rows = [(option, *_value(option, settled[option.command])) for option in known]
    for option, value, origin in rows:
        if origin != "default" and (why := refused(app, option, value)):
            raise InvalidFile(
                f"--{option.name} of '{option.command}' (from {path if origin == 'file' else origin}): {why}"
            )
    if as_json:
        told = [
            {"command": option.command, "option": option.name, "value": value, "origin": origin}
            for option, value, origin in rows
        ]
        origins = {host: _origin(host) for host in hosts}
        text = json.dumps(
            {"file": str(path), "options": told, "tokens": origins}, indent=2, ensure_ascii=False, default=str
        )
        sys.stdout.write(text + "\n")
        return
    _print(path, rows, hosts)


def _value(option: Option, settled: dict[str, Any]) -> tuple[Any, str]:
    if os.environ.get(option.variable):
        return os.environ[option.variable], option.variable
    if option.parameter in settled:
        return settled[option.parameter], "file"
    return option.default, "default"


def _origin(host: Host) -> str:
    return "from the environment" if host in tokens(os.environ, host) else "from the keyring"


def _print(path: Any, rows: list[tuple[Option, Any, str]], in_keyring: Sequence[Host]) -> None:
    from rich.table import Table

    everywhere = {option.command for option, _, _ in rows if option.name == "output"}
    grouped: dict[tuple[str, str, str], list[str]] = {}
    for option, value, origin in rows:
        quoted = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        grouped.setdefault((option.name, quoted, origin), []).append(option.command)
    lacking = {name: everywhere - set(where) for (name, _, _), where in grouped.items()}
    table = Table("option", "value", "from", "commands", box=None, pad_edge=False, header_style="bold")
    for (name, quoted, origin), where in sorted(grouped.items()):
        few = len(lacking[name]) <= len(everywhere) // 4
        told = (
            "all" + (f" but {', '.join(sorted(lacking[name]))}" if lacking[name] else "") if few else ", ".join(where)
        )
        table.add_row(name, quoted, origin, told)
    out = console()
    out.print(table)
    for host in in_keyring:
        out.print(f"token of {host}: {_origin(host)}", soft_wrap=True)
    out.print()
    if path.exists():
        out.print(f"Settings are read from {path}.", soft_wrap=True)
    else:
        out.print(f"There is no file of settings yet. It would lie at {path} and look like this:", soft_wrap=True)
        out.print()
        out.print(_EXAMPLE.rstrip(), style="dim")
    out.print("\nAn environment variable goes before the file: --min-posts is FEDISTATS_MIN_POSTS.", soft_wrap=True)
