"""`fedistats doctor`: is everything here that a good picture and a polite crawl need?"""

from __future__ import annotations

import os
import platform
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Annotated, Literal

import typer

from fedistats.cli.app import FAILED, app
from fedistats.cli.config_file import place as settings_place
from fedistats.cli.console import console
from fedistats.cli.progress import interruptible
from fedistats.errors import FedistatsError, FetchError, LocalError, Unreachable
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
_OFF_SECONDS = 60.0
"""So far our clock may be from a server's: answers travel, and are cached."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    topic: str
    state: Literal["good", "missing", "bad"]
    """missing: fedistats works without it, but does less."""
    told: str


@app.command("doctor", epilog="Example: fedistats doctor sigmoid.social")
def doctor(
    host: Annotated[
        str | None, typer.Argument(metavar="[HOST]", help="Try the network, too, with a few questions to this server.")
    ] = None,
    output: Annotated[
        Path, typer.Option(envvar="FEDISTATS_OUTPUT", show_envvar=False, help="The folder that results would go to.")
    ] = Path("output"),
) -> None:
    """Look whether all is well here: versions, fonts for every script, extras, the store, the clock, and the network."""
    from rich.table import Table
    from rich.text import Text

    findings = [*_versions(), *_files(output), _clock(), *_fonts(), *_extras(), *_network()]
    if host is not None:
        findings += _asked(host)
    table = Table(box=None, show_header=False, pad_edge=False)
    signs = {"good": ("ok", "green"), "missing": ("--", "yellow"), "bad": ("!!", "red bold")}
    for finding in findings:
        table.add_row(Text(*signs[finding.state]), finding.topic, Text(finding.told))
    console().print(table)
    bad = sum(finding.state == "bad" for finding in findings)
    missing = sum(finding.state == "missing" for finding in findings)
    error_for_status = f"{bad} to mend" if bad else "all is well"
    console().print(f"\n{error_for_status}{f'; {missing} things that would do more are not here' if missing else ''}")
    if bad:
        raise typer.Exit(FAILED)


def _versions() -> Iterator[Finding]:
    import sqlite3

    yield Finding(
        "fedistats", "good", f"{__version__} on Python {platform.python_version()}, {platform.platform(terse=True)}"
    )
    yield Finding(
        "libraries",
        "good",
        ", ".join(f"{name} {metadata.version(name)}" for name in _LIBRARIES) + f", SQLite {sqlite3.sqlite_version}",
    )


def _files(output: Path) -> Iterator[Finding]:
    from fedistats.store import collections
    from fedistats.store.database import Database

    parent = next(folder for folder in (output, *output.absolute().parents) if folder.exists())
    writable = os.access(parent, os.W_OK)
    yield Finding("results", "good" if writable else "bad", f"{output}" + ("" if writable else " cannot be written"))
    path = Path(os.environ.get("FEDISTATS_STORE", output / "fedistats.db"))
    if path.exists():
        try:
            with Database.open_read_only(path) as store:
                told = f"{path}, {path.stat().st_size / 1e6:,.1f} MB, {len(collections.starts(store))} hosts collected"
            yield Finding("store", "good", told)
        except FedistatsError as error:
            yield Finding("store", "bad", str(error))
    else:
        yield Finding("store", "good", f"{path}, made by the first run")
    settings = settings_place()
    yield Finding("settings", "good", f"{settings}{'' if settings.exists() else ', none yet'}")


def _clock() -> Finding:
    """A clock that is behind spoils dates, and no certificate is valid."""
    now, installed = time.time(), Path(__file__).stat().st_mtime
    told = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M UTC")
    if now < installed - 86_400:
        return Finding("clock", "bad", f"{told}: that is before fedistats was installed here")
    return Finding("clock", "good", told)


def _fonts() -> Iterator[Finding]:
    from fedistats.render.fonts.finder import FontFinder
    from fedistats.render.fonts.scripts import can_shape, needs_shaping

    advice = "pip install 'fedistats[scripts]'"
    fonts = FontFinder(words=_SCRIPTS.values())
    for script, word in _SCRIPTS.items():
        face = fonts.face(word)
        if face is None:
            yield Finding(f"font: {script}", "missing", f"no font at hand: {advice}")
        elif needs_shaping(word) and not can_shape():
            yield Finding(f"font: {script}", "missing", "letters cannot be joined: this Pillow comes without raqm")
        else:
            yield Finding(f"font: {script}", "good", Path(face.path).name)


_OF_DEVELOPERS = frozenset({"bench", "dev", "test"})


def _extras() -> Iterator[Finding]:
    """As the package itself declares them, but for those that only its developers need."""
    wanted: dict[str, list[str]] = {}
    for line in metadata.requires("fedistats") or ():
        marker = re.search(r"extra == ['\"]([\w-]+)['\"]", line)
        package = re.match(r"[\w.-]+", line)
        if marker and package and marker[1] not in _OF_DEVELOPERS:
            wanted.setdefault(marker[1], []).append(package[0])
    for extra, names in sorted(wanted.items()):
        lacking = [name for name in names if not _installed(name)]
        if lacking:
            yield Finding(
                f"extra: {extra}", "missing", f"without {', '.join(lacking)}: pip install 'fedistats[{extra}]'"
            )
        else:
            yield Finding(f"extra: {extra}", "good", ", ".join(names))


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _network() -> Iterator[Finding]:
    from urllib.request import getproxies

    from fedistats.client.slots import max_concurrent_hosts

    proxies = {scheme for scheme in getproxies() if scheme in ("http", "https", "all")}
    yield Finding("proxy", "good", f"from the environment, for {', '.join(sorted(proxies))}" if proxies else "none")
    most = max_concurrent_hosts()
    few = most < 100
    limit = f"{most} hosts at the same time" + ("; more with a higher limit of open files (ulimit -n)" if few else "")
    yield Finding("open files", "missing" if few else "good", limit)


def _asked(host: str) -> Iterator[Finding]:
    """What a server says of its software, and by its clock, asked like any other time: robots.txt first, at our usual pace."""
    from fedistats.client.fetcher import Fetcher
    from fedistats.client.user_agent import user_agent
    from fedistats.fetch import Request, Response
    from fedistats.hosts import parse_target
    from fedistats.servers.nodeinfo import fetch_nodeinfo

    start = parse_target(host)
    contact = os.environ.get("FEDISTATS_CONTACT")
    ahead: list[float] = []

    async def fetch() -> str:
        async with Fetcher(agent=user_agent(__version__, contact), starts=(start,)) as web:

            async def timed(question: Request) -> Response:
                answer = await web.fetch(question)
                if answer.sent_at is not None:
                    ahead.append(time.time() - answer.sent_at)
                return answer

            try:
                found = await fetch_nodeinfo(timed, start.host)
            except Unreachable:
                raise
            except FetchError as error:  # any answer at all shows that the network is well
                return f"({error})"
            return f"{found.software} {found.version or ''}".rstrip()

    began = time.perf_counter()
    try:
        told = interruptible(fetch())
    except (Unreachable, LocalError) as error:
        yield Finding("network", "bad", str(error))
        return
    yield Finding("network", "good", f"{start.host} answers after {time.perf_counter() - began:.1f} s: {told}")
    off = min(ahead, key=abs, default=0.0)
    if abs(off) > _OFF_SECONDS:
        way = "ahead of" if off > 0 else "behind"
        yield Finding(
            "clock", "bad", f"{timedelta(seconds=round(abs(off)))} {way} that of {start.host}: one of the two is wrong"
        )
