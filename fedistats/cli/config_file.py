"""Defaults that the user sets for all runs: a TOML file, and environment variables, which take precedence over it."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from fedistats.errors import InvalidFile

_MAX_BYTES = 1 << 20  # 1 MiB
TOKENS = "tokens"
"""The table that names hosts instead of options: see `fedistats.cli.tokens`."""


def config_path() -> Path:
    """The path of the configuration file: FEDISTATS_CONFIG, or in this system's folder for configuration."""
    if named := os.environ.get("FEDISTATS_CONFIG"):
        return Path(named).expanduser()
    from platformdirs import user_config_path

    return user_config_path("fedistats", appauthor=False) / "config.toml"


def environment_variable(option: str) -> str:
    """The environment variable of an option: --min-posts is FEDISTATS_MIN_POSTS."""
    return "FEDISTATS_" + option.lstrip("-").replace("-", "_").upper()


@dataclass(frozen=True, slots=True)
class ConfigurableOption:
    """An option of a command that the configuration file and the environment can set."""

    command: str
    parameter: str
    """The name of the parameter of the command's function."""
    name: str
    """The long name without the dashes: min-posts."""
    variable: str
    default: Any


def long_name(parameter: Any) -> str:
    """The long name of an option, with the dashes: --min-posts."""
    return str(next(name for name in parameter.opts if name.startswith("--")))


def configurable_options(program: Any) -> list[ConfigurableOption]:
    """All options of a group of commands that can be configured, by command."""
    return [
        ConfigurableOption(name, parameter.name, long_name(parameter)[2:], parameter.envvar, parameter.default)
        for name, command in program.commands.items()
        for parameter in command.params
        if parameter.param_type_name == "option" and parameter.envvar
    ]


def rejection(program: Any, option: ConfigurableOption, value: Any) -> str:
    """Why the command would not accept this value; empty if it would."""
    command = program.commands[option.command]
    parameter = next(p for p in command.params if p.name == option.parameter)
    try:
        parameter.process_value(typer.Context(command), value)
    except typer.BadParameter as error:
        return simplify(error.message)
    return ""


def simplify(message: str) -> str:
    """A message of typer's about a value, in one line and in the words of the other messages."""
    text = " ".join(message.split()).rstrip(".?").partition(", unable to parse")[0].replace("Value error, ", "")
    return text.replace("Input should be", "it should be").replace("valid integer", "whole number")


def read_config(path: Path) -> dict[str, Any]:
    """The configuration file as it is; empty if there is none. Raises InvalidFile."""
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            raise InvalidFile(f"the configuration in {path} is longer than 1 MiB: is it the right file?")
        text = data.decode("utf-8").replace("\r\n", "\n")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidFile(f"cannot read the configuration in {path}: {error}") from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidFile(f"the configuration in {path} is not valid TOML: {error}") from error


def defaults_by_command(
    config: Mapping[str, Any], options: list[ConfigurableOption], path: Path
) -> dict[str, dict[str, Any]]:
    """The configuration as defaults of each command's parameters.

    A value at the top holds for every command with that option, a value in a command's table for that command only.
    Raises InvalidFile for a name that is no option or command.
    """
    commands = {option.command for option in options}
    shared = {name: value for name, value in config.items() if not isinstance(value, dict)}
    tables = {name: value for name, value in config.items() if isinstance(value, dict) and name != TOKENS}
    for name in shared.keys() - {option.name for option in options}:
        raise InvalidFile(f"{path}: no command has an option '{name}'; see fedistats config")
    for name in tables.keys() - commands:
        raise InvalidFile(f"{path}: there is no command '{name}'; see fedistats --help")
    for command, table in tables.items():
        for name in table.keys() - {option.name for option in options if option.command == command}:
            raise InvalidFile(f"{path}: '{command}' has no option '{name}'; see fedistats {command} --help")
    defaults: dict[str, dict[str, Any]] = {command: {} for command in commands}
    for option in options:
        value = tables.get(option.command, {}).get(option.name, shared.get(option.name))
        if value is not None:
            is_in_home = isinstance(value, str) and value.startswith("~")
            defaults[option.command][option.parameter] = str(Path(value).expanduser()) if is_in_home else value
    return defaults
