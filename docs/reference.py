"""`python docs/reference.py`: writes reference.md, every command and option, from the command line itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from fedistats.cli import app

PLACE = Path(__file__).with_name("reference.md")

_HEAD = """\
# Every command and option

Made from the code by `python docs/reference.py`. What all commands share stands first. Every option can be settled for good in the
environment or in a file: see `fedistats config`.
"""


def reference() -> str:
    """The page, as it should be."""
    commands: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    options = {name: [p for p in command.params if p.param_type_name == "option"] for name, command in commands.items()}
    collecting = [set(map(_line, found)) for found in options.values() if any("--pace" in p.opts for p in found)]
    shared = set.intersection(*collecting)
    parts = [_HEAD, "\n## What all commands share\n\n", _table(p for p in options["instance"] if _line(p) in shared)]
    for name, command in commands.items():
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        parts.append(f"\n## fedistats {name}\n\n{command.help}\n\n`{_usage(name, arguments)}`\n")
        own = [p for p in options[name] if _line(p) not in shared and "--help" not in p.opts]
        if own:
            parts += ["\n", _table(own)]
        if command.epilog:
            parts.append(f"\n{command.epilog}\n")
    return "".join(parts)


def _usage(name: str, arguments: list[Any]) -> str:
    return " ".join(
        [
            "fedistats",
            name,
            "[OPTIONS]",
            *(f"[{a.metavar.strip('[]')}]..." if a.nargs == -1 else a.metavar for a in arguments),
        ]
    )


def _table(options: Any) -> str:
    return "| option | what it does |\n|---|---|\n" + "".join(map(_line, options))


def _line(option: Any) -> str:
    names = ", ".join(f"`{name}`" for name in sorted([*option.opts], key=len))
    told = " ".join((option.help or "").split())
    if option.default is not None and option.default is not False and not callable(option.default):
        told += f" Default: {option.default}."
    return f"| {names} | {told} |\n"


if __name__ == "__main__":
    PLACE.write_text(reference(), "utf-8")
