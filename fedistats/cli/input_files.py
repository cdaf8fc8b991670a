"""Files that the user names: lists of hosts and words, images."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

from fedistats.errors import InvalidFile, InvalidHost
from fedistats.hosts import Host, parse_host

_MAX_BYTES = 64 << 20


def read_hosts(path: Path | None) -> frozenset[Host]:
    """The hosts in a file, one per line. Raises InvalidHost, which names the line, and InvalidFile."""
    hosts = set()
    for number, line in enumerate(read_lines(path), 1):
        try:
            hosts.add(parse_host(line))
        except InvalidHost as error:
            raise InvalidHost(f"{path}, line {number}: {error}") from error
    return frozenset(hosts)


def read_lines(path: Path | None) -> tuple[str, ...]:
    """The lines of a file, without comments (# to the end of the line) and empty lines. No path, no lines."""
    text = read_bytes(path) or b""
    lines = (line.split("#")[0].strip() for line in text.decode("utf-8", "replace").splitlines())
    return tuple(line for line in lines if line)


def read_bytes(path: Path | None) -> bytes | None:
    """The content of a file, or of stdin for "-"; None without a path. Raises InvalidFile."""
    if path is None:
        return None
    try:
        with contextlib.nullcontext(sys.stdin.buffer) if str(path) == "-" else path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise InvalidFile(f"cannot read {path}: {error.strerror}") from error
    if len(data) > _MAX_BYTES:
        raise InvalidFile(f"{path} is longer than {_MAX_BYTES >> 20} MiB: is it the right file?")
    return data
