"""Files that a person hands over: lists of hosts and words, images."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fedistats.cli.config_file import variable
from fedistats.errors import FedistatsError, InvalidFile, InvalidHost

if TYPE_CHECKING:
    from fedistats.hosts import Host


_MOST_BYTES = 64 << 20
"""Of a file of words, of hosts, or a mask."""


def collected_hosts(incomplete: str) -> list[str]:
    """For the shell's completion: the hosts that something was collected about, in the store that a run from here would use."""
    from fedistats.store import collections
    from fedistats.store.database import Database

    output = Path(os.environ.get(variable("output"), "output"))
    place = Path(os.environ.get(variable("store"), output / "fedistats.db"))
    try:
        with Database.open_read_only(place) as store:
            return [host for host in collections.starts(store) if host.startswith(incomplete)]
    except FedistatsError:
        return []


def hosts_of(path: Path | None) -> frozenset[Host]:
    from fedistats.hosts import parse_host

    hosts = set()
    for number, line in enumerate(lines_of(path), 1):
        try:
            hosts.add(parse_host(line))
        except InvalidHost as error:
            raise InvalidHost(f"{path}, line {number}: {error}") from error
    return frozenset(hosts)


def lines_of(path: Path | None) -> tuple[str, ...]:
    """The lines of a file, without comments (# to the end of the line) and empty ones."""
    text = bytes_of(path) or b""
    lines = (line.split("#")[0].strip() for line in text.decode("utf-8", "replace").splitlines())
    return tuple(line for line in lines if line)


def bytes_of(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        with contextlib.nullcontext(sys.stdin.buffer) if str(path) == "-" else path.open("rb") as file:
            found = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InvalidFile(f"cannot read {path}: {error.strerror}") from error
    if len(found) > _MOST_BYTES:
        raise InvalidFile(f"{path} is longer than {_MOST_BYTES >> 20} MiB: is it the right file?")
    return found
