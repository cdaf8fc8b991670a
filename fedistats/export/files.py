"""Where results lie: whole files or none, under names that every system takes."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from fedistats.errors import LocalError
from fedistats.hosts import Host

_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}

_MOST_LETTERS = 120  # of a folder: 255 bytes are the limit nearly everywhere, but on Windows a whole path has 260


def folder_name(host: Host) -> str:
    """A host as the name of a folder: no colon, no bracket, and no name that Windows keeps for its devices."""
    name = "".join(c if c.isalnum() or c in "._-" else "_" for c in host)
    return f"_{name}" if name.split(".")[0] in _DEVICES else name


def folder_of_several(hosts: Iterable[Host]) -> str:
    """The names of several hosts as one; shortened where a system might not take it, with a hash (SHA-256) to tell it from others."""
    name = "-".join(map(folder_name, hosts))
    return (
        name if len(name) <= _MOST_LETTERS else f"{name[: _MOST_LETTERS - 13]}-{sha256(name.encode()).hexdigest()[:12]}"
    )


def write(folder: Path, files: Mapping[str, Iterable[bytes]]) -> list[Path]:
    """Write all the files into the folder, each from its chunks, and return their paths.

    They are written beside their places first and moved in together: a failure half way leaves the old files as they were.
    Raises LocalError where the folder cannot be written.
    """
    waiting: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, chunks in files.items():
            with tempfile.NamedTemporaryFile(dir=folder, prefix=".", suffix=".part", delete=False) as file:
                waiting.append((Path(file.name), folder / name))
                for chunk in chunks:
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
        for part, place in waiting:
            part.chmod(0o644)
            part.replace(place)
    except OSError as error:
        raise LocalError(f"cannot write to {folder}: {error.strerror}; choose another place with --output") from error
    finally:
        for part, _ in waiting:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
    return [place for _, place in waiting]
