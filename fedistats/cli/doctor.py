"""`fedistats doctor`: check what good pictures and polite crawls need."""

from __future__ import annotations

import os
import platform
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer

from fedistats.cli.app import FAILED, app
from fedistats.cli.config_file import config_path
from fedistats.cli.console import console
from fedistats.cli.progress import run_interruptible
from fedistats.errors import FedistatsError, FetchError, LocalError, Unreachable
from fedistats.format import date_and_time
from fedistats.hosts import parse_target
from fedistats.version import __version__

_SCRIPTS = {
    "Latin": "Müßiggang",
    "Cyrillic": "Їжак",
    "Greek": "Ελλάδα",
    "Arabic": "سلام",
    "Hebrew": "שלום",
    "Devanagari": "नमस्ते",
    "Thai": "สวัสดี",
    "Japanese": "こんにちは",
    "Chinese": "你好",
    "Korean": "안녕",
    "emoji": "🌱",
}
_LIBRARIES = ("httpx", "httpcore", "msgspec", "networkx", "numpy", "matplotlib", "wordcloud", "typer")
_MAX_CLOCK_DIFFERENCE = 60.0
"""Seconds. Smaller differences from a server's clock are normal: responses take time, and some come from a cache."""


Finding = tuple[str, Literal["good", "missing", "bad"], str]
"""The topic of a check, its state (missing: fedistats works without it, but does less) and what was found."""


@app.command("doctor", epilog="Example: fedistats doctor sigmoid.social")
def doctor(
    host: Annotated[
        str | None,
        typer.Argument(metavar="[HOST]", help="Also check the network, with a few requests to this server."),
    ] = None,
    output: Annotated[
        Path, typer.Option(envvar="FEDISTATS_OUTPUT", show_envvar=False, help="The folder for results.")
    ] = Path("output"),
) -> None:
    """Check this installation: versions, fonts for each script, extras, the database, the clock, and the network."""
    from rich.table import Table
    from rich.text import Text

    findings = [*_versions(), *_paths(output), _clock(), *_fonts(), *_extras(), *_network()]
    if host is not None:
        findings += _server(host)
    table = Table(box=None, show_header=False, pad_edge=False)
    signs = {"good": ("ok", "green"), "missing": ("--", "yellow"), "bad": ("!!", "red bold")}
    for topic, state, text in findings:
        table.add_row(Text(*signs[state]), topic, Text(text))
    console().print(table)
    states = [state for _, state, _ in findings]
    bad, missing = states.count("bad"), states.count("missing")
    summary = f"{bad} to fix" if bad else "no problems"
    console().print(f"\n{summary}{f'; {missing} optional things are missing' if missing else ''}")
    if bad:
        raise typer.Exit(FAILED)


def _versions() -> Iterator[Finding]:
    import sqlite3
    from importlib import metadata

    yield "fedistats", "good", f"{__version__} on Python {platform.python_version()}, {platform.platform(terse=True)}"
    libraries = ", ".join(f"{name} {metadata.version(name)}" for name in _LIBRARIES)
    yield "libraries", "good", f"{libraries}, SQLite {sqlite3.sqlite_version}"


def _paths(output: Path) -> Iterator[Finding]:
    from fedistats.store import collections
    from fedistats.store.database import Database

    parent = next(folder for folder in (output, *output.absolute().parents) if folder.exists())
    writable = os.access(parent, os.W_OK)
    yield "results", "good" if writable else "bad", f"{output}" + ("" if writable else " is not writable")
    path = Path(os.environ.get("FEDISTATS_STORE", output / "fedistats.db"))
    if path.exists():
        try:
            with Database.open_read_only(path) as database:
                hosts = len(collections.starts(database))
            yield "database", "good", f"{path}, {path.stat().st_size / 1e6:,.1f} MB, {hosts} hosts collected"
        except FedistatsError as error:
            yield "database", "bad", str(error)
    else:
        yield "database", "good", f"{path}, which the first run will create"
    config = config_path()
    yield "configuration", "good", f"{config}{'' if config.exists() else ', which does not exist yet'}"


def _clock() -> Finding:
    """With a clock that is behind, dates are wrong and TLS certificates are rejected."""
    now, installed = time.time(), Path(__file__).stat().st_mtime
    text = f"{date_and_time(now, seconds=False)} UTC"
    if now < installed - 86_400:
        return "clock", "bad", f"{text}: that is before fedistats was installed here"
    return "clock", "good", text


def _fonts() -> Iterator[Finding]:
    from fedistats.render.fonts.finder import FontFinder
    from fedistats.render.fonts.scripts import can_shape, needs_shaping

    advice = "pip install 'fedistats[scripts]'"
    fonts = FontFinder(words=_SCRIPTS.values())
    for script, word in _SCRIPTS.items():
        face = fonts.face(word)
        if face is None:
            yield f"font: {script}", "missing", f"no font found: {advice}"
        elif needs_shaping(word) and not can_shape():
            yield f"font: {script}", "missing", "letters cannot be joined: this Pillow was built without raqm"
        else:
            yield f"font: {script}", "good", Path(face.path).name


_DEVELOPER_EXTRAS = frozenset({"bench", "dev", "test"})


def _extras() -> Iterator[Finding]:
    """The extras that the package declares, without those for its developers."""
    from importlib import metadata

    packages_by_extra: dict[str, list[str]] = {}
    for requirement in metadata.requires("fedistats") or ():
        marker = re.search(r"extra == ['\"]([\w-]+)['\"]", requirement)
        package = re.match(r"[\w.-]+", requirement)
        if marker and package and marker[1] not in _DEVELOPER_EXTRAS:
            packages_by_extra.setdefault(marker[1], []).append(package[0])
    for extra, packages in sorted(packages_by_extra.items()):
        missing = [package for package in packages if not _is_installed(package)]
        if missing:
            yield f"extra: {extra}", "missing", f"without {', '.join(missing)}: pip install 'fedistats[{extra}]'"
        else:
            yield f"extra: {extra}", "good", ", ".join(packages)


def _is_installed(package: str) -> bool:
    from importlib import metadata

    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True


def _network() -> Iterator[Finding]:
    from urllib.request import getproxies

    from fedistats.client.slots import max_concurrent_hosts

    proxies = sorted({scheme for scheme in getproxies() if scheme in ("http", "https", "all")})
    yield "proxy", "good", f"from the environment, for {', '.join(proxies)}" if proxies else "none"
    hosts = max_concurrent_hosts()
    few = hosts < 100
    advice = "; a higher limit of open files allows more (ulimit -n)" if few else ""
    yield "open files", "missing" if few else "good", f"{hosts} hosts at the same time{advice}"


def _server(host: str) -> Iterator[Finding]:
    """A server's software and clock. The requests are those of any crawl: robots.txt first, at the default pace."""
    from fedistats.client.fetcher import Fetcher
    from fedistats.client.user_agent import user_agent
    from fedistats.fetch import Request, Response
    from fedistats.servers.nodeinfo import fetch_nodeinfo

    start = parse_target(host)
    contact = os.environ.get("FEDISTATS_CONTACT")
    clock_differences: list[float] = []

    async def fetch_software() -> str:
        async with Fetcher(agent=user_agent(__version__, contact), starts=(start,)) as fetcher:

            async def fetch(request: Request) -> Response:
                response = await fetcher.fetch(request)
                if response.sent_at is not None:
                    clock_differences.append(time.time() - response.sent_at)
                return response

            try:
                instance = await fetch_nodeinfo(fetch, start.host)
            except Unreachable:
                raise
            except FetchError as error:  # any response at all shows that the network works
                return f"({error})"
            return f"{instance.software} {instance.version or ''}".rstrip()

    started = time.perf_counter()
    try:
        software = run_interruptible(fetch_software())
    except (Unreachable, LocalError) as error:
        yield "network", "bad", str(error)
        return
    seconds = time.perf_counter() - started
    yield "network", "good", f"{start.host} answered after {seconds:.1f} s: {software}"
    difference = min(clock_differences, key=abs, default=0.0)
    if abs(difference) > _MAX_CLOCK_DIFFERENCE:
        direction = "ahead of" if difference > 0 else "behind"
        amount = timedelta(seconds=round(abs(difference)))
        yield "clock", "bad", f"{amount} {direction} the clock of {start.host}: one of them is wrong"
