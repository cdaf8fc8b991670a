"""Output for people: messages and log lines on stderr, tables on stdout."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from logging import LogRecord


def console() -> Any:
    """A rich Console for stdout that interprets nothing in the text."""
    from rich.console import Console

    return Console(markup=False, emoji=False, highlight=False)


def print_message(text: str) -> None:
    """Print one line on stderr. Control characters are replaced, since the text may come from a server."""
    with contextlib.suppress(OSError):  # the terminal may be closed
        print(f"fedistats: {_printable(' '.join(text.split()))}", file=sys.stderr)


def configure_logging(*, verbose: bool) -> None:
    """With --verbose, print the log of fedistats on stderr; otherwise discard it."""
    import logging

    class StderrHandler(logging.Handler):
        def emit(self, record: LogRecord) -> None:
            with contextlib.suppress(OSError):
                for line in self.format(record).splitlines():
                    print(_printable(line), file=sys.stderr)

    logger = logging.getLogger("fedistats")
    logger.handlers = [StderrHandler() if verbose else logging.NullHandler()]
    logger.setLevel(logging.INFO)
    logger.handlers[0].setFormatter(logging.Formatter("fedistats: %(levelname)s: %(message)s"))


def _printable(line: str) -> str:
    return "".join(c if c.isprintable() else "�" for c in line)
