"""The program itself: its name, its exit codes, and how every trouble that we know ends in one line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from fedistats.cli.config_file import by_command, options, place, read
from fedistats.cli.console import say
from fedistats.errors import (
    AccessDenied,
    FedistatsError,
    InvalidFile,
    InvalidHost,
    NotCollected,
    NothingFound,
    RequestLimitReached,
    RobotsDisallowed,
)
from fedistats.version import __version__

FAILED, USAGE, PARTIAL, NOTHING, UNCOLLECTED, INTERRUPTED = 1, 2, 3, 4, 5, 130
"""Exit codes, as the README lists them; 0 is done."""


app = typer.Typer(
    name="fedistats",
    help="Who is on this fediverse server, and whom do they talk with?",
    epilog="See what it makes, without asking any server: fedistats demo",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=True,
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"fedistats {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("-V", "--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    pass


class Interrupted(FedistatsError):
    """Somebody pressed Ctrl-C."""


_UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""What typer raises where words cannot be understood; it exports only this one of its children by name."""


def _words(error: Exception) -> str:
    told: Callable[[], str] = getattr(error, "format_message", error.__str__)
    text = " ".join(told().split()).rstrip(".?").replace("Value error, ", "").replace("Input should be", "it should be")
    return text.partition(", unable to parse")[0].replace("valid integer", "whole number")


def _settled(error: Any) -> str:
    """Where a value stands that cannot be understood, if it was not typed."""
    context: Any = getattr(error, "ctx", None)
    parameter: Any = getattr(error, "param", None)
    source = context.get_parameter_source(parameter.name) if context and parameter else None
    origins = {"ENVIRONMENT": lambda: parameter.envvar, "DEFAULT_MAP": place}
    return f" (from {origins[source.name]()})" if source and source.name in origins else ""


def ending(error: Exception) -> tuple[int, str]:
    """The exit code and the line for a trouble that we know; any other is raised again."""
    match error:
        case _UsageError():
            context: Any = getattr(error, "ctx", None)
            program = context.command_path if context else "fedistats"
            return USAGE, f"{_words(error)}{_settled(error)}; see {program} --help"
        case Interrupted():
            return INTERRUPTED, str(error)
        case RequestLimitReached():
            return PARTIAL, str(error)
        case NotCollected():
            return UNCOLLECTED, str(error)
        case NothingFound() | RobotsDisallowed() | AccessDenied():
            return NOTHING, str(error)
        case InvalidHost() | InvalidFile():
            return USAGE, str(error)
        case FedistatsError():
            return FAILED, str(error)
    raise error


def main() -> None:
    """Run the command line; every trouble that we know ends in one line and its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        path = place()
        defaults = by_command(read(path), options(app), path)
        sys.exit(app(args=sys.argv[1:] or ["--help"], standalone_mode=False, default_map=defaults))
    except (_UsageError, FedistatsError) as error:
        code, text = ending(error)
    except KeyboardInterrupt:
        code, text = INTERRUPTED, "stopped"
    except BrokenPipeError:
        # Whoever read our output has seen enough. Python would complain once more when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    say(text)
    sys.exit(code)
