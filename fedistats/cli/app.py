"""The program itself: its name, its exit codes, and how every trouble that we know ends in one line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from fedistats import __version__
from fedistats.cli.say import say
from fedistats.errors import BadFile, BadHost, Declined, FedistatsError, Forbidden, NotCollected, NothingFound

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
    return " ".join(told().split()).rstrip(".?").replace("Value error, ", "")


def main() -> None:
    """Run the command line; every trouble that we know ends in one line and its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        sys.exit(app(args=sys.argv[1:] or ["--help"], standalone_mode=False))
    except _UsageError as error:
        code, text = USAGE, f"{_words(error)}; see fedistats --help"
    except Interrupted as error:
        code, text = INTERRUPTED, str(error)
    except NotCollected as error:
        code, text = UNCOLLECTED, str(error)
    except (NothingFound, Forbidden, Declined) as error:
        code, text = NOTHING, str(error)
    except (BadHost, BadFile) as error:
        code, text = USAGE, str(error)
    except FedistatsError as error:
        code, text = FAILED, str(error)
    except KeyboardInterrupt:
        code, text = INTERRUPTED, "stopped"
    except BrokenPipeError:
        # Whoever read our output has seen enough. Python would complain once more when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    say(text)
    sys.exit(code)
