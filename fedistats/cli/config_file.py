"""What a person has settled for all runs: a TOML file, and environment variables that go before it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fedistats.errors import InvalidFile

if TYPE_CHECKING:
    from typer import Typer

_MOST_BYTES = 1 << 20
TOKENS = "tokens"
"""The table that names hosts instead of options: see `fedistats.cli.tokens`."""


def place() -> Path:
    """Where the file lies: FEDISTATS_CONFIG, or the folder that this system keeps for settings."""
    named = os.environ.get("FEDISTATS_CONFIG")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_config_path

    return user_config_path("fedistats", appauthor=False) / "config.toml"


def variable(option: str) -> str:
    """The environment variable of an option: --min-posts is FEDISTATS_MIN_POSTS."""
    return "FEDISTATS_" + option.lstrip("-").replace("-", "_").upper()


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a command, as settings name it."""

    command: str
    parameter: str
    """The name by which the command's function knows it."""
    name: str
    """Its long name without the dashes: min-posts."""
    variable: str
    default: Any


def options(app: Typer) -> list[Option]:
    """Every option that can be settled, command by command."""
    import typer

    root: Any = typer.main.get_command(app)
    found = []
    for name, command in root.commands.items():
        for parameter in command.params:
            long = [word for word in parameter.opts if word.startswith("--")]
            if long and parameter.envvar:
                found.append(Option(name, parameter.name, long[0][2:], parameter.envvar, parameter.default))
    return found


def refused(app: Typer, option: Option, value: Any) -> str:
    """Why the command would not take this value; empty where it would."""
    import typer

    root: Any = typer.main.get_command(app)
    command = root.commands[option.command]
    parameter = next(one for one in command.params if one.name == option.parameter)
    try:
        parameter.process_value(typer.Context(command), value)
    except typer.BadParameter as error:
        return (
            " ".join(error.message.split()).partition(", unable to parse")[0].replace("valid integer", "whole number")
        )
    return ""


def read(path: Path) -> dict[str, Any]:
    """The settings of a file; none where there is no such file. Raises InvalidFile where it cannot be understood."""
    try:
        with path.open("rb") as file:
            told = file.read(_MOST_BYTES + 1)
        if len(told) > _MOST_BYTES:
            raise InvalidFile(f"the settings in {path} are longer than {_MOST_BYTES >> 20} MiB: is it the right file?")
        text = told.decode("utf-8").replace("\r\n", "\n")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidFile(f"cannot read the settings in {path}: {error}") from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidFile(f"the settings in {path} are no TOML: {error}") from error


def by_command(settings: Mapping[str, Any], known: list[Option], path: Path) -> dict[str, dict[str, Any]]:
    """Settings as defaults for each command: what stands at the top holds for every command that has the option, what stands in a
    command's own table for that one alone. Raises InvalidFile for a name that no command knows."""
    commands = {option.command for option in known}
    shared = {name: value for name, value in settings.items() if not isinstance(value, dict)}
    tables = {name: value for name, value in settings.items() if isinstance(value, dict) and name != TOKENS}
    for name in shared.keys() - {option.name for option in known}:
        raise InvalidFile(f"{path}: no command has an option '{name}'; see fedistats config")
    for name in tables.keys() - commands:
        raise InvalidFile(f"{path}: there is no command '{name}'; see fedistats --help")
    for command, table in tables.items():
        for name in table.keys() - {option.name for option in known if option.command == command}:
            raise InvalidFile(f"{path}: '{command}' has no option '{name}'; see fedistats {command} --help")
    found: dict[str, dict[str, Any]] = {command: {} for command in commands}
    for option in known:
        value = tables.get(option.command, {}).get(option.name, shared.get(option.name))
        if value is not None:
            found[option.command][option.parameter] = _typed(value)
    return found


def _typed(value: Any) -> Any:
    """As the command line would have it: a path may begin with ~."""
    return str(Path(value).expanduser()) if isinstance(value, str) and value.startswith("~") else value
