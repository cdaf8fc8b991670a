"""`python docs/reference.py` writes reference.md (commands and options), api.md (Python) and the list of files in architecture.md."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from typing import Any

import typer

import fedistats
from fedistats import api, errors
from fedistats.cli import app

FOLDER = Path(__file__).parent

_COMMANDS_HEAD = """\
# Every command and option

Generated from the code by `python docs/reference.py`. Every option can be set for all runs by an environment variable (`--min-posts` by
`FEDISTATS_MIN_POSTS`) or in a configuration file: see `fedistats config`.
"""
_API_HEAD = """\
# Python API

Generated from the code by `python docs/reference.py`. Everything here is imported from `fedistats`, for example
`from fedistats import neighborhood, CrawlSettings`; the exceptions are in `fedistats.errors`.

"""
_FUNCTIONS = (
    *("neighborhood", "profiles", "posts", "instance", "report", "map", "compare", "history", "diff"),
    *("collect", "dry_run", "forget", "collect_demo", "to_networkx", "parse_host"),
)


_FILES_HEAD = """\
## Every file

Generated from the first sentence of each file by `python docs/reference.py`.

| file | what it is for |
|---|---|
"""


def architecture() -> str:
    """The text of architecture.md: what is written by hand, then a line for each file of the package."""
    package = FOLDER.parent / "fedistats"
    by_hand = (FOLDER / "architecture.md").read_text("utf-8").partition(_FILES_HEAD)[0]
    paths = sorted(path for path in package.rglob("*") if path.suffix in (".py", ".js") and path.name != "__init__.py")
    rows = (f"| `{path.relative_to(package).as_posix()}` | {_first_sentence(path)} |\n" for path in paths)
    return by_hand + _FILES_HEAD + "".join(rows)


def _first_sentence(path: Path) -> str:
    source = path.read_text("utf-8")
    text = (ast.get_docstring(ast.parse(source)) or "") if path.suffix == ".py" else source.split("*/")[0].strip("/* ")
    return re.split(r"(?<=[.?])\s+(?=[A-Z])", _one_line(text.split("\n\n")[0]))[0]


def command_reference() -> str:
    """The text of reference.md."""
    commands: dict[str, Any] = typer.main.get_command(app).commands
    options = {name: [p for p in command.params if p.param_type_name == "option"] for name, command in commands.items()}
    with_common = [set(map(_option_row, rows)) for rows in options.values() if any("--pace" in p.opts for p in rows)]
    common = set.intersection(*with_common)
    common_options = [option for option in options["instance"] if _option_row(option) in common]
    parts = [
        _COMMANDS_HEAD,
        "\n## Options of every command that collects or presents\n\n",
        _option_table(common_options),
    ]
    for name, command in commands.items():
        arguments = [p for p in command.params if p.param_type_name == "argument"]
        parts.append(f"\n## fedistats {name}\n\n{command.help}\n\n`{_usage(name, arguments)}`\n")
        own = [p for p in options[name] if _option_row(p) not in common and "--help" not in p.opts]
        if own:
            parts += ["\n", _option_table(own)]
        if command.epilog:
            parts.append(f"\n{command.epilog}\n")
    return "".join(parts)


def _usage(name: str, arguments: list[Any]) -> str:
    metavars = [f"[{a.metavar.strip('[]')}]..." if a.nargs == -1 else a.metavar for a in arguments]
    return " ".join(["fedistats", name, "[OPTIONS]", *metavars])


def _option_table(options: Iterable[Any]) -> str:
    return "| option | what it does |\n|---|---|\n" + "".join(map(_option_row, options))


def _option_row(option: Any) -> str:
    names = ", ".join(f"`{name}`" for name in sorted([*option.opts], key=len))
    text = " ".join((option.help or "").split())
    if option.default is not None and option.default is not False and not callable(option.default):
        text += f" Default: {option.default}."
    return f"| {names} | {text} |\n"


def api_reference() -> str:
    """The text of api.md."""
    parts = [_API_HEAD, f"{_docstring(api)}\n\n## Functions\n"]
    parts += [_function(name, getattr(fedistats, name)) for name in _FUNCTIONS]
    classes = {
        name: getattr(fedistats, name) for name in fedistats.__all__ if inspect.isclass(getattr(fedistats, name))
    }
    settings = ("CrawlSettings", "Scope")
    parts.append("\n## Settings\n")
    parts += [_class(name, classes[name]) for name in settings]
    parts.append("\n## Results\n")
    parts += [_class(name, cls) for name, cls in classes.items() if name not in settings]
    parts.append(
        f"\n## Host names\n\n`Host`: {_attribute_docstrings(inspect.getmodule(fedistats.parse_host))['Host']}\n"
    )
    parts.append(f"\n## Exceptions\n\n{_docstring(errors)}\n")
    parts += [
        f"\n### {name}\n\n{_docstring(cls)}\n"
        for name, cls in vars(errors).items()
        if inspect.isclass(cls) and cls.__module__ == errors.__name__
    ]
    return "".join(parts)


def _function(name: str, function: Any) -> str:
    return f"\n### {name}\n\n```py\n{_signature(name, function)}\n```\n\n{_docstring(function)}\n"


def _class(name: str, cls: type) -> str:
    parts = [f"\n### {name}\n\n{_docstring(cls)}\n"]
    members = [f"- `{text}`{f': {_one_line(doc)}' if doc else ''}\n" for text, doc in (*_fields(cls), *_methods(cls))]
    return "".join([*parts, "\n", *members]) if members else parts[0]


def _fields(cls: type) -> Iterator[tuple[str, str]]:
    docstrings: dict[str, str] = {}
    for base in reversed(cls.__mro__[:-1]):
        docstrings |= _attribute_docstrings(base)
    for field in fields(cls) if is_dataclass(cls) else ():
        yield f"{field.name}: {field.type}", docstrings.get(field.name, "")


def _methods(cls: type) -> Iterator[tuple[str, str]]:
    names = dict.fromkeys(name for base in cls.__mro__[-2::-1] for name in vars(base) if not name.startswith("_"))
    for name in names:
        member = inspect.getattr_static(cls, name)
        if isinstance(member, property):
            returned = inspect.signature(member.fget).return_annotation if member.fget else ""
            yield f"{name}: {returned}", inspect.getdoc(member) or ""
        elif inspect.isfunction(member):
            yield _signature(name, member, wrap=False), inspect.getdoc(getattr(cls, name)) or ""


def _signature(name: str, function: Any, *, wrap: bool = True) -> str:
    signature = inspect.signature(function)
    parameters: list[str] = []
    for parameter in signature.parameters.values():
        if parameter.name == "self":
            continue
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in parameters:
            parameters.append("*")
        text = f"{parameter.name}: {parameter.annotation}"
        if parameter.default is not parameter.empty:
            text += f" = {_default(parameter.default)}"
        parameters.append(text)
    line = f"{name}({', '.join(parameters)}) -> {signature.return_annotation}"
    if not wrap or len(line) < 100:
        return line
    return (
        f"{name}(\n"
        + "".join(f"    {parameter},\n" for parameter in parameters)
        + f") -> {signature.return_annotation}"
    )


def _default(value: object) -> str:
    if inspect.isfunction(value):
        return "..."
    if isinstance(value, Path):
        return repr(value.as_posix())
    return f"{type(value).__name__}()" if is_dataclass(value) else repr(value)


def _docstring(thing: Any) -> str:
    return dedent(inspect.getdoc(thing) or "")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _attribute_docstrings(thing: Any) -> dict[str, str]:
    """The string after each assignment in a class or module, or the comment beside it, by the name that is assigned."""
    source = dedent(inspect.getsource(thing))
    lines, tree = source.splitlines(), ast.parse(source)
    body = tree.body if inspect.ismodule(thing) else tree.body[0].body
    docstrings = {}
    for statement, following in pairwise([*body, None]):
        target = getattr(statement, "target", None) or (getattr(statement, "targets", None) or [None])[0]
        if not isinstance(target, ast.Name):
            continue
        _, _, comment = lines[statement.end_lineno - 1][statement.end_col_offset :].partition("  # ")
        if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            docstrings[target.id] = str(following.value.value)
        elif comment and not comment.startswith(("noqa", "type:", "fmt:")):
            docstrings[target.id] = f"{comment[:1].upper()}{comment[1:]}."
    return docstrings


if __name__ == "__main__":
    (FOLDER / "reference.md").write_text(command_reference(), "utf-8")
    (FOLDER / "api.md").write_text(api_reference(), "utf-8")
    (FOLDER / "architecture.md").write_text(architecture(), "utf-8")
