"""The file lock that lets one run at a time write to a store."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import IO

from fedistats.errors import StoreLocked


def acquire(path: Path) -> IO[str]:
    """Lock the store at `path` for this run. Raises StoreLocked if another run holds the lock; OSError if no file can be created."""
    lock_path = path.with_name(path.name + ".lock")
    while True:
        lock = lock_path.open("a+", encoding="ascii")
        try:
            _lock_file(lock)
        except OSError as error:
            lock.close()
            raise StoreLocked(
                f"another run of fedistats is writing to {path}; wait until it ends, or choose another file with --store"
            ) from error
        try:
            if os.fstat(lock.fileno()).st_ino == lock_path.stat().st_ino:
                return lock
        except FileNotFoundError:
            pass
        lock.close()  # the previous run deleted the file between our open and our lock: try again


def release(lock: IO[str]) -> None:
    """Delete the lock file and release the lock."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            Path(lock.name).unlink()
    lock.close()


if sys.platform == "win32":
    import msvcrt

    def _lock_file(lock: IO[str]) -> None:
        msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock_file(lock: IO[str]) -> None:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
