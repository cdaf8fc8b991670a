"""Writing files: all of them or none, under names that every operating system accepts."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from fedistats.errors import LocalError
from fedistats.hosts import Host

_WINDOWS_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
# A name may have 255 bytes nearly everywhere, but on Windows a whole path has only 260 characters.
_MAX_FOLDER_NAME = 120


def folder_name(host: Host) -> str:
    """A host as the name of a folder: without colons and brackets, and different from the device names of Windows."""
    name = "".join(c if c.isalnum() or c in "._-" else "_" for c in host)
    return f"_{name}" if name.split(".")[0] in _WINDOWS_DEVICES else name


def joined_folder_name(hosts: Iterable[Host]) -> str:
    """Several hosts as the name of one folder; a name that is too long ends in a hash of all of it."""
    name = "-".join(map(folder_name, hosts))
    if len(name) <= _MAX_FOLDER_NAME:
        return name
    digest = sha256(name.encode()).hexdigest()[:12]
    return f"{name[: _MAX_FOLDER_NAME - 13]}-{digest}"


def write(folder: Path, files: Mapping[str, Iterable[bytes]]) -> list[Path]:
    """Write the files, given as chunks by name, into the folder; returns their paths.

    All files are written under temporary names and then renamed together, so a failure leaves the old files unchanged.
    Raises LocalError if the folder cannot be written to.
    """
    renames: list[tuple[Path, Path]] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, chunks in files.items():
            with tempfile.NamedTemporaryFile(dir=folder, prefix=".", suffix=".part", delete=False) as file:
                renames.append((Path(file.name), folder / name))
                for chunk in chunks:
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
        for temporary, path in renames:
            temporary.chmod(0o644)
            temporary.replace(path)
    except OSError as error:
        raise LocalError(f"cannot write to {folder}: {error.strerror}; choose another folder with --output") from error
    finally:
        for temporary, _ in renames:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
    return [path for _, path in renames]
