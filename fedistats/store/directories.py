"""Profile directories: the state of one, and its profiles, written page by page as counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from fedistats.hosts import Host
from fedistats.model import Outcome
from fedistats.store import terms
from fedistats.store.collections import Collection
from fedistats.store.database import Database
from fedistats.store.hashing import keyed_hash, new_key
from fedistats.text.terms import Term


@dataclass(slots=True)
class Directory:
    """The state of the profile directory of one host."""

    id: int
    host: Host
    next_offset: int = 0  # where the next page begins
    listed: int = 0  # profiles read
    left_out: int = 0  # profiles whose owners opted out
    with_bio: int = 0
    key: bytes = field(default=b"", repr=False)  # the key of its hashes; empty once it is finished
    outcome: Outcome | None = None  # None while it is being read
    reason: str = ""

    @property
    def finished(self) -> bool:
        """Whether it cannot be continued."""
        return not self.key


def load(db: Database, collection: Collection, host: Host) -> Directory | None:
    """The state of the directory of a host, or None if it was never begun."""
    row = db.row(
        """SELECT directory.id, next_offset, listed, left_out, with_bio, key, outcome, reason FROM directory
           JOIN host ON host.id = host WHERE collection = ? AND name = ?""",
        collection.id, host,
    )  # fmt: skip
    if row is None:
        return None
    id_, next_offset, listed, left_out, with_bio, key, outcome, reason = row
    ended = Outcome(outcome) if outcome else None
    return Directory(id_, host, next_offset, listed, left_out, with_bio, key or b"", ended, reason)


class DirectoryWriter:
    """Writes the profiles of one directory as counts, one page and one transaction at a time."""

    def __init__(self, db: Database, directory: Directory) -> None:
        self.directory = directory  # kept up to date
        self._db = db
        self._hash = keyed_hash(directory.key)
        self._seen: set[int] = set()  # digests of the ids of the profiles read so far
        self._new: list[int] = []  # those of the current page

    @classmethod
    def begin(cls, db: Database, collection: Collection, host: Host) -> DirectoryWriter:
        """Begin a directory, or continue it where reading stopped."""
        directory = load(db, collection, host)
        if directory is None:
            key = new_key()
            with db.transaction() as connection:
                id_ = connection.execute(
                    "INSERT INTO directory (collection, host, key) VALUES (?, ?, ?)",
                    (collection.id, db.host_id(host), key),
                ).lastrowid
            assert id_ is not None
            return cls(db, Directory(id_, host, key=key))
        writer = cls(db, directory)
        rows = db.rows("SELECT digest FROM profile_seen WHERE directory = ?", directory.id)
        writer._seen = {digest for (digest,) in rows}
        return writer

    def is_new(self, profile_id: str) -> bool:
        """Whether the profile was not read before. From now on it counts as read."""
        digest = self._hash(profile_id)
        if digest in self._seen:
            return False
        self._seen.add(digest)
        self._new.append(digest)
        return True

    def add(
        self,
        next_offset: int,
        *,
        listed: int,
        left_out: int,
        bios: Sequence[Sequence[Term]],
        fields: Iterable[Sequence[Term]],
        counts: Mapping[tuple[str, int], int],
    ) -> None:
        """Write one page.

        `next_offset` is where the next page begins; `listed` and `left_out` count its profiles and those that opted out; `bios` are the
        terms of each bio, `fields` the field names of each profile, `counts` people by measure and bin (see `profile_counts`).
        """
        directory = self.directory
        with self._db.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO profile_seen VALUES (?, ?)", [(directory.id, digest) for digest in self._new]
            )
            hash_text = cache(self._hash)
            terms.add(self._db, terms.BIO, directory.id, hash_text, (term for bio in bios for term in bio))
            terms.add(self._db, terms.FIELD, directory.id, hash_text, (name for names in fields for name in names))
            connection.executemany(
                "INSERT INTO profile_count VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET people = people + ?4",
                [(directory.id, measure, bin_, people) for (measure, bin_), people in counts.items()],
            )
            directory.next_offset = next_offset
            directory.listed += listed
            directory.left_out += left_out
            directory.with_bio += len(bios)
            connection.execute(
                "UPDATE directory SET next_offset = ?, listed = ?, left_out = ?, with_bio = ? WHERE id = ?",
                (next_offset, directory.listed, directory.left_out, directory.with_bio, directory.id),
            )
        self._new.clear()

    def end(self, outcome: Outcome, reason: str = "", *, resumable: bool = False) -> None:
        """Record how reading ended. Unless it is resumable, delete the key and everything that needs the key."""
        directory = self.directory
        directory.outcome, directory.reason = outcome, reason
        with self._db.transaction() as connection:
            connection.execute(
                "UPDATE directory SET outcome = ?, reason = ? WHERE id = ?", (outcome, reason, directory.id)
            )
            if not resumable:
                directory.key = b""
                connection.execute("UPDATE directory SET key = NULL WHERE id = ?", (directory.id,))
                connection.execute("DELETE FROM profile_seen WHERE directory = ?", (directory.id,))
                terms.finish_directory(self._db, directory.id)
        self._seen.clear()
        self._new.clear()
