"""What is said to the person: lines on stderr, tables on stdout."""

from __future__ import annotations

import contextlib
import sys
from typing import Any


def console() -> Any:
    from rich.console import Console

    return Console(markup=False, emoji=False, highlight=False)


def say(text: str) -> None:
    """A line for the person, on stderr; nothing in it steers the terminal, whatever was typed or answered."""
    line = "".join(c if c.isprintable() else "�" for c in " ".join(text.split()))
    with contextlib.suppress(OSError):  # the terminal may be gone
        print(f"fedistats: {line}", file=sys.stderr)
