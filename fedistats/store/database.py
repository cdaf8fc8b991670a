"""Opens the SQLite file, and runs its transactions."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from fedistats.errors import FedistatsError, LocalError, StoreLocked, StoreUnreadable, StoreUnwritable
from fedistats.hosts import Host
from fedistats.store import lock as file_lock

APPLICATION_ID = 0x66656469  # 'fedi': by this number `file` and SQLite recognize a store
SCHEMA_VERSION = 5

_CACHE_BYTES = 32 << 20  # hundreds of timelines grow at the same time, each at its own place in the file
_MAX_CHECKED_BYTES = 256 << 20  # stores up to this size are checked completely when they are opened: one second
_ROWS_PER_STATEMENT = 40


class Database:
    """A store: opened by `open` for writing (one run at a time), by `open_read_only` for reading.

    Each function that writes is one transaction, or part of an enclosing one, or of a batch (see `batched`). They raise StoreUnwritable
    if the disk is full or not writable, StoreLocked if another program locks the file, StoreUnreadable if the file is damaged.
    """

    def __init__(self, connection: sqlite3.Connection, lock: IO[str] | None = None, path: Path | None = None) -> None:
        self.connection = connection
        self.path = path  # None for a store that is read only, or in memory
        self.before_commit: list[Callable[[], None]] = []  # called before each COMMIT, to write what was kept in memory
        self._lock = lock
        self._host_ids: dict[str, int] = {}
        self._in_transaction = False
        self._schedule: Callable[[Callable[[], None]], object] | None = None
        self._write_error: FedistatsError | None = None

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the store at `path` for writing. Create it if there is no file.

        Raises StoreLocked if another run is writing to it, StoreUnreadable if the file is not an intact store (it is not changed),
        LocalError if the folder is not writable.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = file_lock.acquire(path)
        except OSError as error:
            advice = "choose another place with --output or --store"
            raise LocalError(f"cannot write to {path.parent}: {error.strerror}; {advice}") from error
        try:
            with translated_errors(path):
                if not path.exists():
                    _create(path)
                _check(path)
                connection = sqlite3.connect(path, isolation_level=None)
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.execute("PRAGMA secure_delete = ON")
                connection.execute(f"PRAGMA cache_size = -{_CACHE_BYTES >> 10}")
                shutil.rmtree(worker_folder(path), ignore_errors=True)  # left by a run that was killed
                return cls(connection, lock, path)
        except BaseException:
            file_lock.release(lock)
            raise

    @classmethod
    def open_read_only(cls, path: Path) -> Self:
        """Open the store at `path` for reading. Raises FedistatsError if there is no file, StoreUnreadable if it is not an intact store."""
        if not path.exists():
            raise FedistatsError(f"there is no store at {path}")
        _check(path)
        return cls(_connect_read_only(path))

    @classmethod
    def temporary(cls, path: Path | None = None) -> Self:
        """A worker's own store, to be merged into another one (see `merge`): in memory, or at `path`, where another worker can continue."""
        with translated_errors(path):
            connection = sqlite3.connect(path or ":memory:", isolation_level=None)
            if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                connection.executescript(f"BEGIN; {_schema()} COMMIT;")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = OFF")  # it must survive its process, not the machine
            connection.execute("PRAGMA secure_delete = ON")
        return cls(connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what is pending, leave a single file that any SQLite program can open, and release the lock."""
        if self._lock is not None:
            with contextlib.suppress(FedistatsError, sqlite3.Error):
                with self.transaction():
                    pass
                self.connection.execute("PRAGMA journal_mode = DELETE")
        self.connection.close()
        if self.path is not None:
            shutil.rmtree(worker_folder(self.path), ignore_errors=True)
        if self._lock is not None:
            file_lock.release(self._lock)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write everything in the block or nothing. It is committed at the end of the block, or with its batch inside `batched`."""
        if self._in_transaction:
            yield self.connection
            return
        if self._write_error is not None:
            raise self._write_error
        self._in_transaction = True
        try:
            with translated_errors():
                if not self.connection.in_transaction:
                    self.connection.execute("BEGIN IMMEDIATE")
                    if self._schedule is not None:
                        self._schedule(self._commit_batch)
                yield self.connection
                if self._schedule is None:
                    self.commit()
        except BaseException as error:
            self._host_ids.clear()  # the rollback may remove some of them
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            if self._schedule is not None:
                self._write_error = (
                    error
                    if isinstance(error, FedistatsError)
                    else StoreUnwritable("a write to the store was interrupted")
                )
            raise
        finally:
            self._in_transaction = False

    @contextlib.contextmanager
    def batched(self, schedule: Callable[[Callable[[], None]], object]) -> Iterator[None]:
        """Inside the block, commit the transactions of a short time together: a commit costs more than the rows of a page.

        `schedule` calls a function a little later (`loop.call_later`). A killed process loses the transactions since the last commit and
        nothing else. After a write has failed, every later transaction raises that error: the state in memory is ahead of the file.
        """
        if self._schedule is not None:
            yield
            return
        self._schedule = schedule
        try:
            yield
        finally:
            self._schedule = None
            with translated_errors():
                self.commit()
        if self._write_error is not None:
            raise self._write_error

    def commit(self) -> None:
        """Commit the open batch, if there is one."""
        if self.connection.in_transaction:
            for write in self.before_commit:
                write()
            self.connection.execute("COMMIT")

    def _commit_batch(self) -> None:
        """Called by the event loop, where nothing handles an exception: the next transaction raises it."""
        if self._schedule is not None:
            try:
                with translated_errors():
                    self.commit()
            except FedistatsError as error:
                self._write_error = error

    def insert(self, into: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Insert many rows; `into` is the statement up to VALUES.

        Several rows per statement: `executemany` runs one statement per row and takes 1.5 times as long. Few different statements:
        SQLite has to parse each of them, and sqlite3 caches 128.
        """
        for first in range(0, len(rows), _ROWS_PER_STATEMENT):
            chunk = rows[first : first + _ROWS_PER_STATEMENT]
            row = f"({', '.join('?' * len(chunk[0]))})"
            self.connection.execute(f"{into} {', '.join([row] * len(chunk))}", list(chain.from_iterable(chunk)))

    def host_id(self, host: Host) -> int:
        """The number of a host. Inserts the host if it is new: call it inside a transaction."""
        id_ = self._host_ids.get(host)
        if id_ is None:
            self.connection.execute("INSERT OR IGNORE INTO host (name) VALUES (?)", (host,))
            row = self.connection.execute("SELECT id FROM host WHERE name = ?", (host,)).fetchone()
            id_ = self._host_ids[host] = int(row[0])
        return id_

    def delete_host(self, host: Host) -> None:
        """Delete the row of a host. No other row may refer to it."""
        self.connection.execute("DELETE FROM host WHERE name = ?", (host,))
        self._host_ids.pop(host, None)

    def rows(self, statement: str, *values: object) -> list[Any]:
        """All rows of a query."""
        with translated_errors():
            return self.connection.execute(statement, values).fetchall()

    def row(self, statement: str, *values: object) -> Any | None:
        """The first row of a query, or None."""
        with translated_errors():
            return self.connection.execute(statement, values).fetchone()


@contextlib.contextmanager
def translated_errors(path: Path | None = None) -> Iterator[None]:
    """Raise SQLite's errors as ours: StoreLocked, StoreUnwritable or StoreUnreadable (damaged)."""
    where = f" at {path}" if path else ""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise StoreLocked(
                f"another program is using the store{where}; close it, or choose another file with --store"
            ) from error
        raise StoreUnwritable(
            f"the store{where} cannot be written: {error}; everything written before is still there"
        ) from error
    except sqlite3.DatabaseError as error:
        raise StoreUnreadable(
            f"the store{where} is damaged ({error}); it was not changed: move it away to start a new one"
        ) from error


def worker_folder(path: Path) -> Path:
    """The folder next to a store, for the stores of its workers. It is deleted when the store is opened and closed."""
    return path.with_name(path.name + ".workers")


def _schema() -> str:
    return Path(__file__).with_name("schema.sql").read_text("utf-8")


def _create(path: Path) -> None:
    """Create an empty store. It is moved into place when it is complete, because a run may be killed at any time."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(new)) as connection:
        new.chmod(0o600)
        connection.executescript(_schema())
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.commit()
    new.replace(path)


def _check(path: Path) -> None:
    """Raises StoreUnreadable unless the file is an intact store of this schema version. The file is never changed."""
    advice = "it was not changed: move it away, or choose another file with --store"
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise LocalError(f"the store {path} cannot be read: {error.strerror}") from error
    if head != b"SQLite format 3\0":
        raise StoreUnreadable(f"{path} is {'empty' if not head else 'not a store of fedistats'}; {advice}")
    try:
        with contextlib.closing(_connect_read_only(path)) as connection:
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if application != APPLICATION_ID:
                raise StoreUnreadable(f"{path} is a database, but not a store of fedistats; {advice}")
            if version > SCHEMA_VERSION:
                raise StoreUnreadable(
                    f"{path} was written by a newer fedistats (schema {version}); update fedistats, or choose another file with --store"
                )
            if version < SCHEMA_VERSION:
                raise StoreUnreadable(
                    f"{path} was written by a fedistats before its first release (schema {version}); {advice}"
                )
            if path.stat().st_size <= _MAX_CHECKED_BYTES:
                result = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
                if result != "ok":
                    raise StoreUnreadable(f"{path} is damaged ({result}); {advice}")
    except sqlite3.Error as error:
        raise StoreUnreadable(f"{path} is damaged ({error}); {advice}") from error


def _connect_read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
