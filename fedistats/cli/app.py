"""The typer application, its exit codes, and how each error ends the program with one line."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer

from fedistats.cli.config_file import config_path, configurable_options, defaults_by_command, read_config, simplify
from fedistats.cli.console import print_message
from fedistats.errors import (
    AccessDenied,
    FedistatsError,
    HostExcluded,
    InvalidFile,
    InvalidHost,
    InvalidSetting,
    NotCollected,
    NothingFound,
    RequestLimitReached,
    RobotsDisallowed,
)
from fedistats.version import __version__

FAILED, USAGE, PARTIAL, NOTHING, UNCOLLECTED, INTERRUPTED = 1, 2, 3, 4, 5, 130
"""Exit codes (docs/commands.md lists them); 0 is success."""


app = typer.Typer(
    name="fedistats",
    help="Who is on this fediverse server, and who do they talk to?",
    epilog="To see example results without sending any request: fedistats demo",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=True,
)


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"fedistats {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("-V", "--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    pass


class Interrupted(FedistatsError):
    """The user pressed Ctrl-C, or the process got a signal to stop."""


_EXIT_CODES: dict[type[FedistatsError], int] = {
    Interrupted: INTERRUPTED,
    RequestLimitReached: PARTIAL,
    NotCollected: UNCOLLECTED,
    **dict.fromkeys((NothingFound, RobotsDisallowed, AccessDenied), NOTHING),
    **dict.fromkeys((InvalidHost, InvalidFile, InvalidSetting, HostExcluded), USAGE),
}
"""The exit code of each error and of its subclasses; FAILED for any other."""
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]
"""The base of typer's errors about the command line; typer exports only BadParameter by name."""


def _origin(error: Any) -> str:
    """The variable or file that a rejected value comes from; empty if it was typed."""
    context: Any = getattr(error, "ctx", None)
    parameter: Any = getattr(error, "param", None)
    source = context.get_parameter_source(parameter.name) if context and parameter else None
    origins = {"ENVIRONMENT": lambda: parameter.envvar, "DEFAULT_MAP": config_path}
    return f" (from {origins[source.name]()})" if source and source.name in origins else ""


def exit_code_and_message(error: Exception) -> tuple[int, str]:
    """How an error ends the program. An unexpected error is raised again."""
    if isinstance(error, _UsageError):
        context: Any = getattr(error, "ctx", None)
        message = simplify(getattr(error, "format_message", error.__str__)())
        return USAGE, f"{message}{_origin(error)}; see {context.command_path if context else 'fedistats'} --help"
    if isinstance(error, FedistatsError):
        return next((code for kind, code in _EXIT_CODES.items() if isinstance(error, kind)), FAILED), str(error)
    raise error


def main() -> None:
    """Run the command line. Every expected error ends it with one line and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        path = config_path()
        program: Any = typer.main.get_command(app)
        defaults = defaults_by_command(read_config(path), configurable_options(program), path)
        sys.exit(program(args=sys.argv[1:] or ["--help"], standalone_mode=False, default_map=defaults))
    except (_UsageError, FedistatsError) as error:
        code, text = exit_code_and_message(error)
    except KeyboardInterrupt:
        code, text = INTERRUPTED, "stopped"
    except BrokenPipeError:
        # The reader of our output closed the pipe. Python would complain again when it flushes stdout at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    print_message(text)
    sys.exit(code)
