"""What was learned, in one SQLite file: digests, cursors, outcomes and provenance. No handle, no name, no text of anybody.

Posts and people are known by keyed hashes alone. Each timeline and each directory has a random key of its own, which is thrown
away in the moment it is read to its end: from then on nobody can tell whose posts they were, not even with the file in hand.
A word or a hashtag is written down in letters only when a second person uses it.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from struct import Struct
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self

import msgspec

from fedistats.errors import FedistatsError, LocalError, StoreLocked, StoreUnreadable
from fedistats.hosts import Host
from fedistats.model import Activity, InstanceInfo, Outcome, Post, RateLimitState, TimelineResult, WordCount
from fedistats.settings import Scope
from fedistats.text.ranking import TermCount
from fedistats.text.terms import Term
from fedistats.version import __version__

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

APPLICATION = 0x66656469  # "fedi": what `file` and SQLite know our stores by
VERSION = 4

_SCHEMA = """
CREATE TABLE host (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
CREATE TABLE collection (                       -- what was collected about one instance, begun at one time
    id INTEGER PRIMARY KEY,
    start INTEGER NOT NULL REFERENCES host,
    begun_at INTEGER NOT NULL,                  -- all times are epoch seconds, UTC
    fedistats_version TEXT NOT NULL,
    neighborhood_posts INTEGER,                 -- how many posts of each timeline the neighborhood was asked for
    neighborhood_depth INTEGER NOT NULL DEFAULT 1,  -- how many steps from the start it reaches
    neighborhood_max_hosts INTEGER,             -- how many hosts were to be visited at most; null for all
    neighborhood_edges TEXT NOT NULL DEFAULT 'posts',  -- what links two instances: posts or mentions
    neighborhood_ended_at INTEGER
);
CREATE TABLE listed (                           -- hosts that were to be visited as if they had been found on the start
    collection INTEGER NOT NULL REFERENCES collection,
    host INTEGER NOT NULL REFERENCES host,
    PRIMARY KEY (collection, host)
) WITHOUT ROWID;
CREATE TABLE instance (                         -- what a server said about itself
    collection INTEGER NOT NULL REFERENCES collection,
    host INTEGER NOT NULL REFERENCES host,      -- the domain of its people's handles
    api_host TEXT NOT NULL,                     -- the host that answers for it
    facts TEXT NOT NULL,                        -- JSON
    portrait INTEGER NOT NULL,                  -- 1 where every page about the instance was asked for, 0 where one was
    PRIMARY KEY (collection, host)
) WITHOUT ROWID;
CREATE TABLE timeline (
    id INTEGER PRIMARY KEY,
    collection INTEGER NOT NULL REFERENCES collection,
    host INTEGER NOT NULL REFERENCES host,
    feed TEXT NOT NULL,                         -- public or local
    api_host TEXT,
    wanted INTEGER NOT NULL,                    -- posts
    posts_read INTEGER NOT NULL DEFAULT 0,
    cursor TEXT,                                -- where the next page begins; null once it has ended
    key BLOB,                                   -- of its hashes; null once it has ended
    outcome TEXT,                               -- null while it is being read
    reason TEXT NOT NULL DEFAULT '',
    left_out INTEGER,                           -- posts whose authors asked for it; null until it is counted, when it has ended for good
    speakers INTEGER,                           -- people whose words were counted; null where the timeline was not read for words
    UNIQUE (collection, host, feed)
);
CREATE TABLE post (
    timeline INTEGER NOT NULL REFERENCES timeline,
    place INTEGER NOT NULL,                     -- 0 is the newest
    digest INTEGER NOT NULL,                    -- keyed hash of its id
    author INTEGER,                             -- keyed hash; null where the author asked to be left out, like all that follows
    origin INTEGER REFERENCES host,             -- the instance it was written on; null where that is no public host
    written_at INTEGER,                         -- the hour: a second would tell which post it was
    language TEXT,
    PRIMARY KEY (timeline, place)
) WITHOUT ROWID;
CREATE TABLE mention (                          -- the other instances whose people a post mentions, where that was asked for
    timeline INTEGER NOT NULL REFERENCES timeline,
    place INTEGER NOT NULL,
    host INTEGER NOT NULL REFERENCES host,
    PRIMARY KEY (timeline, place, host)
) WITHOUT ROWID;
CREATE TABLE hashtag (
    timeline INTEGER NOT NULL REFERENCES timeline,
    digest INTEGER NOT NULL,                    -- keyed hash of the folded tag
    first_author INTEGER NOT NULL,
    tag TEXT,                                   -- written down when a second person uses it
    PRIMARY KEY (timeline, digest)
) WITHOUT ROWID;
CREATE TABLE post_hashtag (
    timeline INTEGER NOT NULL,
    place INTEGER NOT NULL,
    hashtag INTEGER NOT NULL,
    PRIMARY KEY (timeline, place, hashtag)
) WITHOUT ROWID;
CREATE TABLE heard (                            -- of each timeline that has ended: where its posts were written
    timeline INTEGER NOT NULL REFERENCES timeline,
    origin INTEGER NOT NULL REFERENCES host,
    posts INTEGER NOT NULL,
    PRIMARY KEY (timeline, origin)
) WITHOUT ROWID;
CREATE TABLE origin_language (                  -- over all timelines of a collection that have ended: in which languages
    collection INTEGER NOT NULL REFERENCES collection,
    origin INTEGER NOT NULL REFERENCES host,
    language TEXT NOT NULL,
    posts INTEGER NOT NULL,
    PRIMARY KEY (collection, origin, language)
) WITHOUT ROWID;
CREATE TABLE origin_hashtag (                   -- the same for hashtags: people, on the one timeline that shows most of them; from 2 on
    collection INTEGER NOT NULL REFERENCES collection,
    origin INTEGER NOT NULL REFERENCES host,
    tag TEXT NOT NULL,
    people INTEGER NOT NULL,
    PRIMARY KEY (collection, origin, tag)
) WITHOUT ROWID;
CREATE TABLE directory (                        -- the discoverable profiles of one instance, as counts
    id INTEGER PRIMARY KEY,
    collection INTEGER NOT NULL REFERENCES collection,
    host INTEGER NOT NULL REFERENCES host,
    next_offset INTEGER NOT NULL DEFAULT 0,
    listed INTEGER NOT NULL DEFAULT 0,
    left_out INTEGER NOT NULL DEFAULT 0,
    with_bio INTEGER NOT NULL DEFAULT 0,
    key BLOB,
    outcome TEXT,
    reason TEXT NOT NULL DEFAULT '',
    UNIQUE (collection, host)
);
CREATE TABLE profile_seen (                     -- emptied when the directory has been read
    directory INTEGER NOT NULL REFERENCES directory,
    digest INTEGER NOT NULL,
    PRIMARY KEY (directory, digest)
) WITHOUT ROWID;
CREATE TABLE said (                             -- emptied when the timeline has been read: who used which word
    timeline INTEGER NOT NULL REFERENCES timeline,
    author INTEGER NOT NULL,
    digest INTEGER NOT NULL,
    PRIMARY KEY (timeline, author, digest)
) WITHOUT ROWID;
CREATE TABLE term (                             -- a word, or two that stand together, and how many people use it
    kind TEXT NOT NULL,                         -- bio, field (the name of a profile field), post
    source INTEGER NOT NULL,                    -- the directory; of posts the timeline
    digest INTEGER NOT NULL,
    term TEXT,                                  -- folded; written down when a second person uses it
    pair INTEGER NOT NULL,
    people INTEGER NOT NULL,
    stopped INTEGER NOT NULL,                   -- of these, how many use it as a stop word of their language
    PRIMARY KEY (kind, source, digest)
) WITHOUT ROWID;
CREATE TABLE spelling (
    kind TEXT NOT NULL,
    source INTEGER NOT NULL,
    term INTEGER NOT NULL,
    digest INTEGER NOT NULL,
    spelling TEXT,                              -- as above
    people INTEGER NOT NULL,
    PRIMARY KEY (kind, source, term, digest)
) WITHOUT ROWID;
CREATE TABLE profile_count (
    directory INTEGER NOT NULL REFERENCES directory,
    measure TEXT NOT NULL,                      -- created (months since the year 0), followers, posts (steps of a logarithmic scale)
    step INTEGER NOT NULL,
    people INTEGER NOT NULL,
    PRIMARY KEY (directory, measure, step)
) WITHOUT ROWID;
CREATE TABLE standing (                         -- our manners with each host, remembered across runs
    host TEXT PRIMARY KEY,
    not_before REAL NOT NULL,
    paging TEXT NOT NULL                        -- JSON: times of the paging requests of the last 15 minutes
) WITHOUT ROWID;
CREATE VIEW posts_read AS
    SELECT collection.id AS collection, start.name AS start, reader.name AS read_on, timeline.feed, post.place, origin.name AS written_on,
           datetime(post.written_at, 'unixepoch') AS written_at, post.language
    FROM post JOIN timeline ON timeline.id = post.timeline JOIN collection ON collection.id = timeline.collection
    JOIN host AS start ON start.id = collection.start JOIN host AS reader ON reader.id = timeline.host
    LEFT JOIN host AS origin ON origin.id = post.origin;
"""


_COUNTING = (
    """UPDATE timeline SET left_out = (SELECT count(*) - count(author) FROM post WHERE timeline = ?1) WHERE id = ?1""",
    """INSERT INTO heard SELECT timeline, origin, count(*) FROM post WHERE timeline = ? AND origin IS NOT NULL GROUP BY origin""",
    """INSERT INTO heard SELECT timeline, host, count(*) FROM mention WHERE timeline = ? GROUP BY host""",
    """INSERT INTO origin_language SELECT collection, origin, language, count(*) AS n FROM post JOIN timeline ON timeline.id = timeline
       WHERE timeline = ? AND origin IS NOT NULL AND language IS NOT NULL GROUP BY origin, language
       ON CONFLICT DO UPDATE SET posts = posts + excluded.posts""",
    """INSERT INTO origin_hashtag SELECT collection, origin, tag, n FROM (
           SELECT origin, used, count(*) AS n FROM (
               SELECT DISTINCT origin, hashtag AS used, author FROM post_hashtag JOIN post USING (timeline, place)
               WHERE timeline = ?1 AND origin IS NOT NULL)
           GROUP BY origin, used HAVING n > 1)
       JOIN hashtag ON digest = used JOIN timeline ON timeline.id = hashtag.timeline WHERE hashtag.timeline = ?1 AND tag IS NOT NULL
       ON CONFLICT DO UPDATE SET people = max(people, excluded.people)""",
)

_ABSORBED = {
    "timeline": "",
    "post": "",
    "hashtag": "",
    "post_hashtag": "",
    "heard": "",
    "mention": "",
    "origin_language": "ON CONFLICT DO UPDATE SET posts = posts + excluded.posts",
    "origin_hashtag": "ON CONFLICT DO UPDATE SET people = max(people, excluded.people)",
    "instance": "ON CONFLICT DO NOTHING",
    "standing": "ON CONFLICT DO UPDATE SET not_before = excluded.not_before, paging = excluded.paging",
}
"""What another store may know of timelines, and what happens where both know something."""
_FOREIGN: dict[object, str] = {
    ("timeline", "id"): "id + :last",
    ("standing", "host"): "host",
    "timeline": "timeline + :last",
    "collection": ":collection",
    "host": "(SELECT here FROM same WHERE same.id = host)",
    "origin": "(SELECT here FROM same WHERE same.id = origin)",
}
"""How the numbers of another store are told in ours."""

_COUNTED = "(left_out IS NOT NULL AND posts_read <= ?2)"
"""Do the sums of a timeline hold for its newest ?2 posts?"""
_ALL_COUNTED = "NOT EXISTS (SELECT 1 FROM timeline WHERE collection = ?1 AND left_out IS NOT NULL AND posts_read > ?2)"
"""Do the sums over a collection?"""

BIO, FIELD, POST = "bio", "field", "post"
"""The kinds of words: of bios, names of profile fields, of posts."""

UNFINISHED_KEPT = 30 * 86_400
"""Seconds: what was begun longer ago, and not read to its end, is not gone on with once something else is begun."""
_HOUR = 3600

_CACHE = 32 << 20
"""Bytes: hundreds of timelines grow at the same time, each at a place of its own."""
_CHECKED_BYTES = 256 << 20
"""Stores up to this size are checked page by page when they are opened (a second for 256 MiB)."""


@dataclass(frozen=True, slots=True)
class Collection:
    """What was collected about one instance, begun at one time."""

    id: int
    start: Host
    begun_at: int
    neighborhood_posts: int | None
    neighborhood_whole: bool
    scope: Scope = Scope()


@dataclass(slots=True)
class Timeline:
    """How far one feed of one instance was read."""

    id: int
    host: Host
    feed: str
    api_host: Host
    wanted: int
    posts_read: int = 0
    cursor: str | None = None
    key: bytes = b""
    outcome: Outcome | None = None
    reason: str = ""
    seen: set[int] = field(default_factory=set)
    """Digests of the ids read so far, while it is being read."""
    first_authors: dict[int, int | None] = field(default_factory=dict)
    """Digest of each hashtag -> digest of the only author who used it so far; None once it is written down."""
    speakers: set[int] = field(default_factory=set)
    """Digests of the people whose words were counted so far."""
    _keyed: Callable[[str], int] | None = None
    _digests: dict[str, int] = field(default_factory=dict)
    """Of the page that is being read."""

    def digest(self, text: str) -> int:
        """The keyed hash of an id, a handle, a hashtag: the same ones come again and again on a page."""
        known = self._digests.get(text)
        if known is None:
            if self._keyed is None:
                self._keyed = hashing(self.key)
            known = self._digests[text] = self._keyed(text)
        return known

    def fresh(self, id_: str) -> bool:
        """Is this id seen for the first time?"""
        digest = self.digest(id_)
        if digest in self.seen:
            return False
        self.seen.add(digest)
        return True

    def turn(self) -> None:
        """Forget what was only needed for one page: no id and no handle outlives it."""
        self._digests.clear()

    def close(self) -> None:
        """Forget what was only needed while it was read."""
        self.seen.clear()
        self.first_authors.clear()
        self.speakers.clear()
        self._keyed = None
        self.turn()


@dataclass(slots=True)
class Directory:
    """How far one directory was read."""

    id: int
    host: Host
    next_offset: int = 0
    listed: int = 0
    left_out: int = 0
    with_bio: int = 0
    key: bytes = b""
    outcome: Outcome | None = None
    reason: str = ""
    seen: set[int] = field(default_factory=set)

    def digest(self, text: str) -> int:
        return hashing(self.key)(text)


_INTEGER = Struct(">q")


def hashing(key: bytes) -> Callable[[str], int]:
    """The 64 bit keyed hash (BLAKE2b, RFC 7693) of a text as a signed integer, as SQLite holds them.

    The key stands before the text, which is safe with BLAKE2 as it is not with SHA-2 (https://www.blake2.net, "prefix-MAC"): given as
    its `key` it would take a block of its own, and twice the time.
    """
    begun = blake2b(key, digest_size=8)  # and copied: to begin anew takes as long as all the rest

    def keyed(text: str) -> int:
        hashed = begun.copy()
        hashed.update(text.encode("utf-8", "replace"))
        number: int = _INTEGER.unpack(hashed.digest())[0]
        return number

    return keyed


class Store:
    """The store, opened by `Store.open` to be written (one run at a time) or by `Store.read` to be told from.

    Every method that writes is one transaction, or a part of the one around it, or of those that are gathered. Raises LocalError
    where the disk is full or cannot be written, StoreUnreadable where the file turns out to be damaged.
    """

    def __init__(self, database: sqlite3.Connection, lock: IO[str] | None = None, path: Path | None = None) -> None:
        self._database = database
        self._lock = lock
        self._path = path
        self._hosts: dict[str, int] = {}
        self._standing: dict[Host, RateLimitState] = {}
        self._within = False
        self._soon: Callable[[Callable[[], None]], object] | None = None
        self._lost: FedistatsError | None = None

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the store at `path` for writing; make it where there is none.

        Raises StoreLocked where another run has it, StoreUnreadable where the file is no healthy store of ours (it is left untouched).
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = _lock(path)
        except OSError as error:
            raise LocalError(
                f"cannot write to {path.parent}: {error.strerror}; choose another place with --output or --store"
            ) from error
        try:
            with _trouble(path):
                if not path.exists():
                    _make(path)
                _inspect(path)
                database = sqlite3.connect(path, isolation_level=None)
                database.execute("PRAGMA journal_mode = WAL")
                database.execute("PRAGMA synchronous = NORMAL")
                database.execute("PRAGMA secure_delete = ON")
                database.execute(f"PRAGMA cache_size = -{_CACHE >> 10}")
                shutil.rmtree(_beside(path), ignore_errors=True)  # a run that was killed left it
                return cls(database, lock, path)
        except BaseException:
            _unlock(lock)
            raise

    @classmethod
    def read(cls, path: Path) -> Self:
        """Open the store at `path` to tell from it. Raises StoreUnreadable where it is no healthy store."""
        if not path.exists():
            raise FedistatsError(f"there is no store at {path}")
        _inspect(path)
        return cls(_read_only(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave one plain file behind, that any reader of SQLite opens, and let the next run in."""
        if self._lock is not None:
            with contextlib.suppress(FedistatsError, sqlite3.Error):
                with self.transaction():
                    pass
                self._database.execute("PRAGMA journal_mode = DELETE")
        self._database.close()
        if self._path is not None:
            shutil.rmtree(_beside(self._path), ignore_errors=True)
        if self._lock is not None:
            _unlock(self._lock)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing, whatever happens in between; kept at once, or with others where these are gathered."""
        if self._within:
            yield self._database
            return
        if self._lost is not None:
            raise self._lost
        self._within = True
        try:
            with _trouble():
                if not self._database.in_transaction:
                    self._database.execute("BEGIN IMMEDIATE")
                    if self._soon is not None:
                        self._soon(self._keep_gathered)
                yield self._database
                if self._soon is None:
                    self._keep()
        except BaseException as error:
            self._hosts.clear()  # some may have been taken back
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            if self._soon is not None:
                self._lost = error if isinstance(error, FedistatsError) else LocalError("the store was left half-way")
            raise
        finally:
            self._within = False

    @contextlib.contextmanager
    def gathering(self, soon: Callable[[Callable[[], None]], object]) -> Iterator[None]:
        """Within, the pages that arrive within a moment are kept together: a transaction costs more than its rows.

        `soon` calls a function when the moment is over (`loop.call_later`). Whoever is killed loses that moment, and nothing else.
        Once anything could not be written, nothing more is: what is in memory may not stand on the disk.
        """
        if self._soon is not None:
            yield
            return
        self._soon = soon
        try:
            yield
        finally:
            self._soon = None
            with _trouble():
                self._keep()
        if self._lost is not None:
            raise self._lost

    def _keep_gathered(self) -> None:
        """Nobody waits for what this raises: whoever writes next will hear of it."""
        if self._soon is not None:
            try:
                with _trouble():
                    self._keep()
            except FedistatsError as error:
                self._lost = error

    def _keep(self) -> None:
        if self._database.in_transaction:
            self._write_standing()
            self._database.execute("COMMIT")

    # -- manners: how we stand with each host (a manners.Ledger) --

    def recall(self, host: Host) -> RateLimitState:
        if host in self._standing:
            return self._standing[host]
        row = self._row("SELECT not_before, paging FROM standing WHERE host = ?", host)
        return RateLimitState(row[0], tuple(json.loads(row[1]))) if row else RateLimitState()

    def note(self, host: Host, standing: RateLimitState) -> None:
        """Remembered with the next transaction."""
        self._standing[host] = standing

    def _write_standing(self) -> None:
        if self._standing:
            self._database.executemany(
                "INSERT OR REPLACE INTO standing VALUES (?, ?, ?)",
                [
                    (host, standing.not_before, msgspec.json.encode(standing.paging).decode())
                    for host, standing in self._standing.items()
                ],
            )
            self._standing.clear()

    # -- collections --

    def collections(self, host: Host) -> list[Collection]:
        """The collections about an instance, by either of its names, newest first."""
        rows = self._rows(
            """SELECT collection.id, host.name, begun_at, neighborhood_posts, neighborhood_ended_at, neighborhood_depth,
                   neighborhood_max_hosts, neighborhood_edges FROM collection
               JOIN host ON host.id = start WHERE host.name = ?1 OR EXISTS (
                   SELECT 1 FROM instance WHERE instance.collection = collection.id AND instance.host = start AND api_host = ?1)
               ORDER BY collection.id DESC""",
            host,
        )
        return [
            Collection(id_, Host(name), begun, posts, ended is not None, Scope(depth, self._listed(id_), most, edges))
            for id_, name, begun, posts, ended, depth, most, edges in rows
        ]

    def _listed(self, collection: int) -> frozenset[Host]:
        rows = self._rows("SELECT name FROM listed JOIN host ON host.id = host WHERE collection = ?", collection)
        return frozenset(Host(name) for (name,) in rows)

    def starts(self) -> list[Host]:
        """The instances that something was collected about, by name."""
        return [
            Host(name)
            for (name,) in self._rows("SELECT DISTINCT name FROM collection JOIN host ON host.id = start ORDER BY name")
        ]

    def begin(self, start: Host, now: int) -> Collection:
        with self.transaction() as database:
            id_ = database.execute(
                "INSERT INTO collection (start, begun_at, fedistats_version) VALUES (?, ?, ?)",
                (self._host(start), now, __version__),
            ).lastrowid
            assert id_ is not None
            self._close_stale(id_, now - UNFINISHED_KEPT)
        return Collection(id_, start, now, None, False)

    def _close_stale(self, newest: int, before: int) -> None:
        """What was not read to its end, and will never be, ends here, and its keys go: of all collections about the start of the
        newest but that one, and of all that were begun before that time (epoch seconds)."""
        stale = """key IS NOT NULL AND collection IN (SELECT id FROM collection WHERE id <> ?1 AND (
            begun_at < ?2 OR start = (SELECT start FROM collection WHERE id = ?1)))"""
        for (id_,) in self._rows(f"SELECT id FROM timeline WHERE {stale}", newest, before):
            self._database.execute(
                "UPDATE timeline SET key = NULL, cursor = NULL, outcome = coalesce(outcome, ?), reason = ? WHERE id = ?",
                (Outcome.PARTIAL, "interrupted", id_),
            )
            self._database.execute("DELETE FROM said WHERE timeline = ?", (id_,))
            self._drop_lone_terms(POST, id_)
        for (id_,) in self._rows(f"SELECT id FROM directory WHERE {stale}", newest, before):
            self._database.execute(
                "UPDATE directory SET key = NULL, outcome = coalesce(outcome, ?), reason = ? WHERE id = ?",
                (Outcome.PARTIAL, "interrupted", id_),
            )
            self._drop_of_directory(id_)

    def begin_neighborhood(self, collection: Collection, posts: int, scope: Scope = Scope()) -> None:
        with self.transaction() as database:
            database.execute(
                """UPDATE collection SET neighborhood_posts = ?, neighborhood_depth = ?, neighborhood_max_hosts = ?,
                   neighborhood_edges = ?, neighborhood_ended_at = NULL WHERE id = ?""",
                (posts, scope.depth, scope.max_hosts, scope.edges, collection.id),
            )
            database.executemany(
                "INSERT OR IGNORE INTO listed VALUES (?, ?)",
                [(collection.id, self._host(host)) for host in sorted(scope.listed)],
            )

    def end_neighborhood(self, collection: Collection, now: int) -> None:
        with self.transaction() as database:
            database.execute("UPDATE collection SET neighborhood_ended_at = ? WHERE id = ?", (now, collection.id))

    def unfinished(self, collection: Collection) -> bool:
        """Is there a timeline that could still be gone on with?"""
        return (
            self._row("SELECT 1 FROM timeline WHERE collection = ? AND key IS NOT NULL LIMIT 1", collection.id)
            is not None
        )

    def forget(self, host: Host) -> int:
        """Remove an instance for good: its collections, and every trace of it in others. Returns how many rows went."""
        before = self._database.total_changes
        with self.transaction() as database:
            both_ways = self._rows(
                """SELECT api_host FROM instance JOIN host ON id = host WHERE name = ?1
                   UNION SELECT name FROM instance JOIN host ON id = host WHERE api_host = ?1""",
                host,
            )
            names = sorted({host, *(name for (name,) in both_ways)})
            for name in names:
                row = self._row("SELECT id FROM host WHERE name = ?", name)
                database.execute("DELETE FROM standing WHERE host = ?", (name,))
                if row is None:
                    continue
                id_ = row[0]
                timelines = "(SELECT id FROM timeline WHERE host = ?1 OR collection IN (SELECT id FROM collection WHERE start = ?1))"
                directories = timelines.replace("FROM timeline", "FROM directory")
                for table in ("post", "post_hashtag", "hashtag", "mention", "heard", "said"):
                    database.execute(f"DELETE FROM {table} WHERE timeline IN {timelines}", (id_,))
                for table in ("profile_seen", "profile_count"):
                    database.execute(f"DELETE FROM {table} WHERE directory IN {directories}", (id_,))
                for table in ("term", "spelling"):
                    database.execute(f"DELETE FROM {table} WHERE kind = ?2 AND source IN {timelines}", (id_, POST))
                    database.execute(f"DELETE FROM {table} WHERE kind <> ?2 AND source IN {directories}", (id_, POST))
                for table in ("heard", "origin_language", "origin_hashtag"):
                    database.execute(f"DELETE FROM {table} WHERE origin = ?", (id_,))
                database.execute("DELETE FROM mention WHERE host = ?", (id_,))
                for table in ("origin_language", "origin_hashtag"):
                    database.execute(
                        f"DELETE FROM {table} WHERE collection IN (SELECT id FROM collection WHERE start = ?)", (id_,)
                    )
                for table in ("timeline", "directory", "instance", "listed"):
                    database.execute(
                        f"DELETE FROM {table} WHERE host = ?1 OR collection IN (SELECT id FROM collection WHERE start = ?1)",
                        (id_,),
                    )
                database.execute(
                    "UPDATE post SET author = NULL, origin = NULL, written_at = NULL, language = NULL WHERE origin = ?",
                    (id_,),
                )
                database.execute("DELETE FROM collection WHERE start = ?", (id_,))
                database.execute("DELETE FROM host WHERE id = ?", (id_,))
                self._hosts.pop(name, None)
            for name in names:
                self._erase_name(name)
            gone = self._database.total_changes - before
            if gone:  # sums that knew it are made again, from the posts that are left
                for table in ("heard", "origin_language", "origin_hashtag"):
                    database.execute(f"DELETE FROM {table}")
                for (timeline,) in self._rows("SELECT id FROM timeline WHERE left_out IS NOT NULL"):
                    self._count(timeline)
        if gone:
            self._database.execute("VACUUM")
        return gone

    def _erase_name(self, name: str) -> None:
        """Take a name out of what was noted of other instances; what they say in words of their own stays."""
        database = self._database
        database.execute("UPDATE timeline SET api_host = NULL WHERE api_host = ?", (name,))
        database.execute("UPDATE timeline SET reason = '' WHERE reason IN (?1, 'moved: ' || ?1)", (name,))
        for collection, host, facts in self._rows(
            "SELECT collection, host, facts FROM instance WHERE instr(facts, ?)", name
        ):
            told = json.loads(facts)
            for links in ("following", "followers"):
                told[links] = [other for other in told.get(links, ()) if other != name]
            database.execute(
                "UPDATE instance SET facts = ? WHERE collection = ? AND host = ?",
                (json.dumps(told, ensure_ascii=False, sort_keys=True), collection, host),
            )

    # -- what servers say about themselves --

    def save_instance(self, collection: Collection, instance: InstanceInfo, *, portrait: bool) -> None:
        facts = {name: value for name, value in asdict(instance).items() if name not in ("host", "api_host")}
        with self.transaction() as database:
            database.execute(
                "INSERT OR REPLACE INTO instance VALUES (?, ?, ?, ?, ?)",
                (
                    collection.id,
                    self._host(instance.host),
                    instance.api_host,
                    json.dumps(facts, ensure_ascii=False, sort_keys=True),
                    portrait,
                ),
            )

    def instance(self, collection: Collection, host: Host, *, portrait: bool = False) -> InstanceInfo | None:
        """What the server said about itself; with `portrait` only where every page about it was asked for."""
        row = self._row(
            "SELECT api_host, facts FROM instance JOIN host ON host.id = host WHERE collection = ? AND name = ? AND portrait >= ?",
            collection.id, host, portrait,
        )  # fmt: skip
        return _instance(host, *row) if row else None

    def instances(self, collection: Collection) -> dict[Host, InstanceInfo]:
        """What every instance said about itself that was asked for it."""
        rows = self._rows(
            "SELECT name, api_host, facts FROM instance JOIN host ON host.id = host WHERE collection = ?", collection.id
        )
        return {Host(name): _instance(Host(name), api_host, facts) for name, api_host, facts in rows}

    # -- timelines --

    def timeline(self, collection: Collection, host: Host, feed: str) -> Timeline | None:
        row = self._row(
            """SELECT timeline.id, api_host, wanted, posts_read, cursor, key, outcome, reason FROM timeline JOIN host ON host.id = host
               WHERE collection = ? AND name = ? AND feed = ?""",
            collection.id, host, feed,
        )  # fmt: skip
        if row is None:
            return None
        id_, api_host, wanted, posts_read, cursor, key, outcome, reason = row
        found = Timeline(
            id_,
            host,
            feed,
            Host(api_host or host),
            wanted,
            posts_read,
            cursor,
            key or b"",
            Outcome(outcome) if outcome else None,
            reason,
        )
        if found.key:
            found.seen = {digest for (digest,) in self._rows("SELECT digest FROM post WHERE timeline = ?", id_)}
            known = self._rows(
                "SELECT digest, CASE WHEN tag IS NULL THEN first_author END FROM hashtag WHERE timeline = ?", id_
            )
            found.first_authors = dict(known)
            speakers = self._rows("SELECT DISTINCT author FROM said WHERE timeline = ?", id_)
            found.speakers = {author for (author,) in speakers}
        return found

    def begin_timeline(self, collection: Collection, host: Host, feed: str, api_host: Host, wanted: int) -> Timeline:
        """Begin to read a timeline, or go on where it was left."""
        found = self.timeline(collection, host, feed)
        key = (found and found.key) or secrets.token_bytes(16)
        with self.transaction() as database:
            if found is None:
                id_ = database.execute(
                    "INSERT INTO timeline (collection, host, feed, api_host, wanted, key) VALUES (?, ?, ?, ?, ?, ?)",
                    (collection.id, self._host(host), feed, api_host, wanted, key),
                ).lastrowid
                assert id_ is not None
                return Timeline(id_, host, feed, api_host, wanted, key=key)
            database.execute(
                "UPDATE timeline SET api_host = ?, wanted = ?, key = ?, outcome = NULL, reason = '' WHERE id = ?",
                (api_host, wanted, key, found.id),
            )
        found.api_host, found.wanted, found.key, found.outcome, found.reason = api_host, wanted, key, None, ""
        return found

    def add_posts(self, timeline: Timeline, posts: Sequence[tuple[Post, bool]], cursor: str) -> None:
        """One page: the posts in their order, each with whether its author asked to be left out, and where the next page begins."""
        rows: list[tuple[object, ...]] = []
        uses: list[tuple[int, int, int]] = []
        new: dict[int, int] = {}
        shared: dict[int, str] = {}
        with self.transaction() as database:
            for place, (post, left_out) in enumerate(posts, timeline.posts_read):
                digest = timeline.digest(post.id)
                if left_out:
                    rows.append((timeline.id, place, digest, None, None, None, None))
                    continue
                author = timeline.digest(post.author.key)
                origin = self._host(post.origin) if post.origin else None
                written = None if post.written_at is None else post.written_at - post.written_at % _HOUR
                rows.append((timeline.id, place, digest, author, origin, written, post.language))
                for tag in {tag.casefold() for tag in post.tags} if post.tags else ():
                    hashed = timeline.digest("#" + tag)
                    uses.append((timeline.id, place, hashed))
                    first = timeline.first_authors.setdefault(hashed, author)
                    if first is None:
                        continue
                    if first != author:
                        shared[hashed] = tag
                        timeline.first_authors[hashed] = None
                    new.setdefault(hashed, first)
            _insert(database, "INSERT INTO post VALUES", rows)
            mentions = [
                (timeline.id, place, self._host(host))
                for place, (post, left_out) in enumerate(posts, timeline.posts_read)
                if post.mentions and not left_out
                for host in post.mentions
            ]
            _insert(database, "INSERT OR IGNORE INTO mention VALUES", mentions)
            _insert(database, "INSERT OR IGNORE INTO post_hashtag VALUES", uses)
            if new:
                _insert(
                    database,
                    "INSERT OR IGNORE INTO hashtag (timeline, digest, first_author) VALUES",
                    [(timeline.id, hashed, first) for hashed, first in new.items()],
                )
                database.executemany(
                    "UPDATE hashtag SET tag = ? WHERE timeline = ? AND digest = ?",
                    [(tag, timeline.id, hashed) for hashed, tag in shared.items()],
                )
            timeline.posts_read += len(rows)
            timeline.cursor = cursor
            database.execute(
                "UPDATE timeline SET posts_read = ?, cursor = ? WHERE id = ?",
                (timeline.posts_read, cursor, timeline.id),
            )
        timeline.turn()

    def add_words(self, timeline: Timeline, said: Iterable[tuple[str, Sequence[Term]]]) -> None:
        """Of one page: the authors (`Person.key`) whose words may be counted, and the words of each of their posts."""
        fresh: list[Term] = []
        rows: list[tuple[int, int, int]] = []
        known: dict[int, set[int]] = {}
        with self.transaction() as database:
            for key, terms in said:
                author = timeline.digest(key)
                if author not in known:
                    before = "SELECT digest FROM said WHERE timeline = ? AND author = ?"
                    known[author] = {digest for (digest,) in database.execute(before, (timeline.id, author))}
                for term in terms:
                    digest = timeline.digest(term.key)
                    if digest not in known[author]:
                        known[author].add(digest)
                        rows.append((timeline.id, author, digest))
                        fresh.append(term)
            database.executemany("INSERT INTO said VALUES (?, ?, ?)", rows)
            timeline.speakers.update(author for _, author, _ in rows)
            self._add_terms(POST, timeline.id, timeline.digest, fresh)
            database.execute("UPDATE timeline SET speakers = ? WHERE id = ?", (len(timeline.speakers), timeline.id))
        timeline.turn()

    def speakers(self, timeline: Timeline) -> int | None:
        """How many people's words were counted; None where the timeline was not read for words."""
        row = self._row("SELECT speakers FROM timeline WHERE id = ?", timeline.id)
        return row[0] if row else None

    def end_timeline(self, timeline: Timeline, outcome: Outcome, reason: str = "", *, resumable: bool = False) -> None:
        """Write down how it ended; unless it may be resumed, its key and what only the key could read go for good."""
        timeline.outcome, timeline.reason = outcome, reason
        with self.transaction() as database:
            database.execute("UPDATE timeline SET outcome = ?, reason = ? WHERE id = ?", (outcome, reason, timeline.id))
            if not resumable:
                database.execute("UPDATE timeline SET key = NULL, cursor = NULL WHERE id = ?", (timeline.id,))
                timeline.key, timeline.cursor = b"", None
                database.execute("DELETE FROM said WHERE timeline = ?", (timeline.id,))
                self._drop_lone_terms(POST, timeline.id)
                if timeline.posts_read:
                    self._count(timeline.id)
        timeline.close()

    def _count(self, timeline: int) -> None:
        """Write down the sums of a timeline that has ended: millions of posts are told from these, and not from the posts."""
        for statement in _COUNTING:
            self._database.execute(statement, (timeline,))

    def origins(self, timeline: Timeline, posts: int) -> set[Host]:
        """The instances that the newest `posts` posts of a timeline were written on, or mention."""
        rows = self._rows(
            """SELECT name FROM post JOIN host ON host.id = origin WHERE timeline = ?1 AND place < ?2
               UNION SELECT name FROM mention JOIN host ON host.id = mention.host WHERE timeline = ?1 AND place < ?2""",
            timeline.id, posts,
        )  # fmt: skip
        return {Host(name) for (name,) in rows}

    def begun(self, collection: Collection) -> set[Host]:
        """The instances whose timelines somebody began to read, or left out."""
        rows = self._rows(
            "SELECT DISTINCT name FROM timeline JOIN host ON host.id = host WHERE collection = ?", collection.id
        )
        return {Host(name) for (name,) in rows}

    def most_named(self, collection: Collection, posts: int, readers: Iterable[Host]) -> list[Host]:
        """The instances that the newest `posts` posts of each timeline of these readers were written on: those of most posts first,
        of as many by name."""
        import numpy as np

        of_these = set(readers)
        timelines = [reading.id for reading in self.readings(collection, posts) if reading.host in of_these]
        sightings = self.sightings(collection, posts)
        names = self.hosts()
        counts: Counter[Host] = Counter()
        for origin, n in sightings[np.isin(sightings[:, 0], timelines)][:, 1:].tolist():
            counts[names[origin]] += n
        return sorted(counts, key=lambda name: (-counts[name], name))

    # -- what others have read --

    def folder(self) -> Path:
        """Beside the file: where others may put stores of their own (`apart`) while they read for this one. It goes with `close`."""
        assert self._path is not None, "a store that is written has a place"
        folder = _beside(self._path).absolute()
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    @classmethod
    def apart(cls, path: Path | None = None) -> Self:
        """A store of one's own, to be handed on to another's `absorb`: in memory, or at `path`, where whoever is sent next finds it."""
        with _trouble(path):
            database = sqlite3.connect(path or ":memory:", isolation_level=None)
            if not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                database.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = OFF")  # it outlives its writer, and need not outlive the machine
            database.execute("PRAGMA secure_delete = ON")
        return cls(database)

    def packed(self) -> bytes:
        """All that it holds."""
        with self.transaction():
            pass  # standings that were noted since the last
        with _trouble():
            self._database.execute("PRAGMA journal_mode = DELETE")  # as it can be opened in memory
            return self._database.serialize()

    def merge(self, collection: Collection, packed: bytes) -> None:
        """Take in the timelines of hosts that another has read for this collection, and how we stand with these."""
        with _trouble():
            self._keep()  # no store is taken in, or let go, within a transaction
            self._database.execute("ATTACH ':memory:' AS other")
        try:
            self._database.deserialize(packed, name="other")
            with self.transaction() as database:
                database.execute("INSERT OR IGNORE INTO main.host (name) SELECT name FROM other.host ORDER BY id")
                database.execute("CREATE TEMP TABLE same (id INTEGER PRIMARY KEY, here INTEGER NOT NULL)")
                database.execute(
                    "INSERT INTO same SELECT theirs.id, ours.id FROM other.host AS theirs JOIN main.host AS ours USING (name)"
                )
                last = database.execute("SELECT coalesce(max(id), 0) FROM main.timeline").fetchone()[0]
                for table, conflict in _ABSORBED.items():
                    columns = [row[1] for row in database.execute(f"PRAGMA other.table_info({table})")]
                    values = ", ".join(
                        _FOREIGN.get((table, column), _FOREIGN.get(column, column)) for column in columns
                    )
                    database.execute(
                        f"INSERT INTO main.{table} ({', '.join(columns)}) SELECT {values} FROM other.{table} WHERE true {conflict}",
                        {"collection": collection.id, "last": last},
                    )
                database.execute("DROP TABLE same")
        finally:
            with _trouble():
                self._keep()
                self._database.execute("DETACH other")

    # -- telling: timelines as counts --

    def readings(self, collection: Collection, posts: int) -> list[TimelineResult]:
        """Of each timeline, up to its newest `posts` posts: whose it is, how it ended, and how much of it was left out."""
        rows = self._rows(
            """SELECT timeline.id, name, feed, outcome, reason, min(posts_read, ?2), api_host,
                   CASE WHEN left_out IS NOT NULL AND posts_read <= ?2 THEN left_out
                        ELSE (SELECT count(*) - count(author) FROM post WHERE timeline = timeline.id AND place < ?2) END
               FROM timeline JOIN host ON host.id = host WHERE collection = ?1 ORDER BY name, feed DESC""",
            collection.id, posts,
        )  # fmt: skip
        found = []
        for id_, name, feed, outcome, reason, read, api_host, left_out in rows:
            ended = Outcome(outcome) if outcome else Outcome.PARTIAL if read else Outcome.NOT_ASKED
            reason = reason if outcome else "interrupted"
            found.append(TimelineResult(id_, Host(name), feed, ended, reason, read, left_out, Host(api_host or name)))
        return found

    def hosts(self) -> dict[int, Host]:
        """Every host that the store knows, by the number that it has there."""
        return {id_: Host(name) for id_, name in self._rows("SELECT id, name FROM host")}

    def sightings(self, collection: Collection, posts: int) -> NDArray[np.int64]:
        """Shape (n, 3): timeline, the host that posts were written on, how many; over the newest `posts` posts of each timeline.

        Posts that were left out, and those of no public host, are not among them. The first two are numbers of the store.
        """
        import numpy as np

        counted = f"SELECT timeline.id FROM timeline WHERE collection = ?1 AND {_COUNTED}"
        # A list of numbers for each timeline: a tenth of the time that a row for each pair takes to get here.
        rows = self._rows(
            f"""SELECT timeline, group_concat(origin), group_concat(posts) FROM heard WHERE timeline IN ({counted}) GROUP BY timeline
                UNION ALL
                SELECT timeline, group_concat(origin), group_concat(posts) FROM (
                    SELECT timeline, origin, count(*) AS posts FROM post JOIN timeline ON timeline.id = timeline
                    WHERE collection = ?1 AND NOT ({_COUNTED}) AND place < ?2 AND origin IS NOT NULL GROUP BY timeline, origin
                    UNION ALL
                    SELECT timeline, mention.host, count(*) FROM mention JOIN timeline ON timeline.id = timeline
                    WHERE collection = ?1 AND NOT ({_COUNTED}) AND place < ?2 GROUP BY timeline, mention.host)
                GROUP BY timeline""",
            collection.id, posts,
        )  # fmt: skip
        origins, counts = (
            np.fromstring(",".join(row[column] for row in rows), dtype=np.int64, sep=",") for column in (1, 2)
        )
        lengths = [row[1].count(",") + 1 for row in rows]
        timelines = np.repeat(np.array([row[0] for row in rows], dtype=np.int64), lengths)
        return np.column_stack((timelines, origins, counts)).astype(np.int64).reshape(-1, 3)

    def origin_languages(self, collection: Collection, posts: int) -> dict[Host, list[tuple[str, int]]]:
        """Of the posts written on each instance, seen anywhere in the collection: language and posts, commonest first."""
        rows = self._rows(
            f"""SELECT name, language, sum(n) AS n FROM (
                    SELECT origin, language, posts AS n FROM origin_language WHERE collection = ?1 AND {_ALL_COUNTED}
                    UNION ALL
                    SELECT origin, language, count(*) FROM timeline JOIN post ON post.timeline = timeline.id
                    WHERE collection = ?1 AND place < ?2 AND origin IS NOT NULL AND language IS NOT NULL
                    AND NOT (left_out IS NOT NULL AND {_ALL_COUNTED}) GROUP BY origin, language)
                JOIN host ON host.id = origin GROUP BY origin, language ORDER BY name, n DESC, language""",
            collection.id, posts,
        )  # fmt: skip
        found: dict[Host, list[tuple[str, int]]] = {}
        for name, language, n in rows:
            found.setdefault(Host(name), []).append((language, n))
        return found

    def origin_hashtags(self, collection: Collection, posts: int, min_people: int) -> dict[Host, list[WordCount]]:
        """The hashtags that at least `min_people` (2 or more) people of each instance use, commonest first.

        Nobody can be known again from one timeline to the next, so people are counted on the one timeline that shows most of them.
        """
        rows = self._rows(
            f"""SELECT name, tag, max(people) AS most FROM (
                    SELECT origin, tag, people FROM origin_hashtag WHERE collection = ?1 AND people >= ?3 AND {_ALL_COUNTED}
                    UNION ALL
                    SELECT origin, tag, count(DISTINCT author) AS people
                    FROM timeline JOIN post ON post.timeline = timeline.id JOIN post_hashtag USING (timeline, place)
                    JOIN hashtag ON hashtag.timeline = post.timeline AND hashtag.digest = post_hashtag.hashtag
                    WHERE collection = ?1 AND place < ?2 AND tag IS NOT NULL AND origin IS NOT NULL
                    AND NOT (left_out IS NOT NULL AND {_ALL_COUNTED})
                    GROUP BY post.timeline, origin, tag HAVING people >= ?3)
                JOIN host ON host.id = origin GROUP BY origin, tag ORDER BY name, most DESC, tag""",
            collection.id, posts, min_people,
        )  # fmt: skip
        found: dict[Host, list[WordCount]] = {}
        for name, tag, people in rows:
            found.setdefault(Host(name), []).append(WordCount(tag, people))
        return found

    def post_counts(self, timeline: Timeline, posts: int, what: str) -> list[tuple[Any, int]]:
        """How many of the newest `posts` posts there are of each language, origin or hour (UTC), commonest first."""
        column = {"language": "coalesce(language, '')", "origin": "name", "hour": "written_at / 3600 % 24"}[what]
        rows = self._rows(
            f"""SELECT {column} AS value, count(*) FROM post LEFT JOIN host ON host.id = origin
                WHERE timeline = ? AND place < ? AND author IS NOT NULL AND value IS NOT NULL GROUP BY value ORDER BY 2 DESC, 1""",
            timeline.id, posts,
        )  # fmt: skip
        return [(value, n) for value, n in rows]

    def post_span(self, timeline: Timeline, posts: int) -> tuple[int, int, int | None, int | None]:
        """Of the newest `posts` posts: how many, how many of these left out, and when the oldest and the newest was written."""
        row = self._row(
            "SELECT count(*), count(*) - count(author), min(written_at), max(written_at) FROM post WHERE timeline = ? AND place < ?",
            timeline.id, posts,
        )  # fmt: skip
        assert row is not None
        return row[0], row[1], row[2], row[3]

    def hashtags(self, timeline: Timeline, posts: int, min_people: int) -> list[WordCount]:
        """The hashtags that at least `min_people` people used in the newest `posts` posts, commonest first."""
        rows = self._rows(
            """SELECT tag, count(DISTINCT author) AS people FROM post_hashtag JOIN post USING (timeline, place)
               JOIN hashtag ON hashtag.timeline = post.timeline AND hashtag.digest = hashtag
               WHERE post.timeline = ? AND place < ? AND tag IS NOT NULL GROUP BY tag HAVING people >= ? ORDER BY people DESC, tag""",
            timeline.id, posts, min_people,
        )  # fmt: skip
        return [WordCount(tag, people) for tag, people in rows]

    # -- the directory of profiles --

    def directory(self, collection: Collection, host: Host) -> Directory | None:
        row = self._row(
            """SELECT directory.id, next_offset, listed, left_out, with_bio, key, outcome, reason FROM directory
               JOIN host ON host.id = host WHERE collection = ? AND name = ?""",
            collection.id, host,
        )  # fmt: skip
        if row is None:
            return None
        id_, offset, listed, left_out, with_bio, key, outcome, reason = row
        seen = {digest for (digest,) in self._rows("SELECT digest FROM profile_seen WHERE directory = ?", id_)}
        return Directory(
            id_,
            host,
            offset,
            listed,
            left_out,
            with_bio,
            key or b"",
            Outcome(outcome) if outcome else None,
            reason,
            seen,
        )

    def begin_directory(self, collection: Collection, host: Host) -> Directory:
        """Begin to read a directory, or go on where it was left."""
        found = self.directory(collection, host)
        if found is not None:
            return found
        key = secrets.token_bytes(16)
        with self.transaction() as database:
            id_ = database.execute(
                "INSERT INTO directory (collection, host, key) VALUES (?, ?, ?)", (collection.id, self._host(host), key)
            ).lastrowid
        assert id_ is not None
        return Directory(id_, host, key=key)

    def add_profiles(
        self,
        directory: Directory,
        seen: Iterable[int],
        offset: int,
        *,
        listed: int,
        left_out: int,
        bios: Sequence[Sequence[Term]],
        fields: Iterable[Sequence[Term]],
        counts: Mapping[tuple[str, int], int],
    ) -> None:
        """One page: digests of the profiles seen, the words of each bio, the names of each profile's fields, and how many people
        stand on each step of each measure."""
        with self.transaction() as database:
            database.executemany(
                "INSERT OR IGNORE INTO profile_seen VALUES (?, ?)", [(directory.id, digest) for digest in seen]
            )
            keyed = cache(hashing(directory.key))
            self._add_terms(BIO, directory.id, keyed, (term for bio in bios for term in bio))
            self._add_terms(FIELD, directory.id, keyed, (name for profile in fields for name in profile))
            database.executemany(
                "INSERT INTO profile_count VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET people = people + ?4",
                [(directory.id, measure, step, people) for (measure, step), people in counts.items()],
            )
            directory.next_offset = offset
            directory.listed += listed
            directory.left_out += left_out
            directory.with_bio += len(bios)
            database.execute(
                "UPDATE directory SET next_offset = ?, listed = ?, left_out = ?, with_bio = ? WHERE id = ?",
                (offset, directory.listed, directory.left_out, directory.with_bio, directory.id),
            )

    def end_directory(
        self, directory: Directory, outcome: Outcome, reason: str = "", *, resumable: bool = False
    ) -> None:
        """Write down how it ended; unless it may be resumed, the key goes, and with it all that one person alone has written."""
        directory.outcome, directory.reason = outcome, reason
        with self.transaction() as database:
            database.execute(
                "UPDATE directory SET outcome = ?, reason = ? WHERE id = ?", (outcome, reason, directory.id)
            )
            if not resumable:
                database.execute("UPDATE directory SET key = NULL WHERE id = ?", (directory.id,))
                self._drop_of_directory(directory.id)

    def _drop_of_directory(self, directory: int) -> None:
        """What only its key could read."""
        self._database.execute("DELETE FROM profile_seen WHERE directory = ?", (directory,))
        self._drop_lone_terms(BIO, directory)
        self._drop_lone_terms(FIELD, directory)

    def profile_counts(self, directory: Directory, measure: str) -> dict[int, int]:
        """Step of the measure's scale -> people."""
        return dict(
            self._rows(
                "SELECT step, people FROM profile_count WHERE directory = ? AND measure = ?", directory.id, measure
            )
        )

    # -- words and how many people use them --

    def _add_terms(self, kind: str, source: int, keyed: Callable[[str], int], uses: Iterable[Term]) -> None:
        """Count one person more for each use. A term, and a spelling, is written down in letters with its second person."""
        terms: dict[int, list[Any]] = {}
        spellings: dict[tuple[int, int], list[Any]] = {}
        for term in uses:
            digest = keyed(term.key)
            tally = terms.setdefault(digest, [term.key, term.is_phrase, 0, 0])
            tally[2] += 1
            tally[3] += term.is_stop_word
            spelled = spellings.setdefault((digest, keyed(term.spelling)), [term.spelling, 0])
            spelled[1] += 1
        self._database.executemany(
            """INSERT INTO term VALUES (?1, ?2, ?3, CASE WHEN ?6 > 1 THEN ?4 END, ?5, ?6, ?7)
               ON CONFLICT DO UPDATE SET people = people + ?6, stopped = stopped + ?7, term = ?4""",
            [(kind, source, digest, *tally) for digest, tally in terms.items()],
        )
        self._database.executemany(
            """INSERT INTO spelling VALUES (?1, ?2, ?3, ?4, CASE WHEN ?6 > 1 THEN ?5 END, ?6)
               ON CONFLICT DO UPDATE SET people = people + ?6, spelling = ?5""",
            [(kind, source, *digests, *spelled) for digests, spelled in spellings.items()],
        )

    def _drop_lone_terms(self, kind: str, source: int) -> None:
        """All that one person alone has written: without the key nobody could count it on."""
        for table in ("spelling", "term"):
            self._database.execute(
                f"DELETE FROM {table} WHERE kind = ? AND source = ? AND {table} IS NULL", (kind, source)
            )

    def tallies(self, kind: str, source: Directory | Timeline) -> list[TermCount]:
        """The terms that at least two people use, each in its commonest spelling."""
        spelled: dict[int, str] = {}
        for term, spelling in self._rows(
            "SELECT term, spelling FROM spelling WHERE kind = ? AND source = ? AND spelling IS NOT NULL ORDER BY people DESC, spelling",
            kind, source.id,
        ):  # fmt: skip
            spelled.setdefault(term, spelling)
        rows = self._rows(
            """SELECT digest, term, people, stopped, pair FROM term WHERE kind = ? AND source = ? AND term IS NOT NULL
               ORDER BY people DESC, term""",
            kind, source.id,
        )  # fmt: skip
        return [
            TermCount(term, spelled.get(digest, term), people, stopped, bool(pair))
            for digest, term, people, stopped, pair in rows
        ]

    # -- rows --

    def _host(self, host: Host) -> int:
        id_ = self._hosts.get(host)
        if id_ is None:
            self._database.execute("INSERT OR IGNORE INTO host (name) VALUES (?)", (host,))
            id_ = self._hosts[host] = int(
                self._database.execute("SELECT id FROM host WHERE name = ?", (host,)).fetchone()[0]
            )
        return id_

    def _rows(self, statement: str, *values: object) -> list[Any]:
        with _trouble():
            return self._database.execute(statement, values).fetchall()

    def _row(self, statement: str, *values: object) -> Any | None:
        with _trouble():
            return self._database.execute(statement, values).fetchone()


_ROWS_AT_ONCE = 40


def _insert(database: sqlite3.Connection, into: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Many rows by few statements: `executemany` runs one for each row, which takes half as long again.

    As few different ones, too: SQLite has to read each, and sqlite3 remembers 128 of them.
    """
    for first in range(0, len(rows), _ROWS_AT_ONCE):
        some = rows[first : first + _ROWS_AT_ONCE]
        row = f"({', '.join('?' * len(some[0]))})"
        database.execute(f"{into} {', '.join([row] * len(some))}", list(chain.from_iterable(some)))


def _instance(host: Host, api_host: str, facts: str) -> InstanceInfo:
    """From a row of the table."""
    told = json.loads(facts)
    for name in ("languages", "rules", "following", "followers"):
        told[name] = tuple(told.get(name, ()))
    told["activity"] = tuple(Activity(**week) for week in told["activity"])
    return InstanceInfo(host=host, api_host=Host(api_host), **told)


@contextlib.contextmanager
def _trouble(path: Path | None = None) -> Iterator[None]:
    """SQLite's errors as ours: a full or unwritable disk is our trouble, all else means that the file is not what it was."""
    where = f" at {path}" if path else ""
    try:
        yield
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise StoreLocked(
                f"another program is using the store{where}; close it, or take another with --store"
            ) from error
        raise LocalError(f"the store{where} cannot be written: {error}; nothing that it holds is lost") from error
    except sqlite3.DatabaseError as error:
        raise StoreUnreadable(
            f"the store{where} is damaged ({error}); it was left as it is: move it away to begin anew"
        ) from error


def _make(path: Path) -> None:
    """Make an empty store beside its place, and move it there when it is whole: a run may be killed even in its first moment."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(beside)) as database:
        beside.chmod(0o600)
        database.executescript(_SCHEMA)
        database.execute(f"PRAGMA application_id = {APPLICATION}")
        database.execute(f"PRAGMA user_version = {VERSION}")
        database.commit()
    beside.replace(path)


def _beside(path: Path) -> Path:
    """The folder of those who read for a store."""
    return path.with_name(path.name + ".workers")


def _inspect(path: Path) -> None:
    """Raises StoreUnreadable unless the file is a healthy store of a version that we know. It is never changed."""
    advice = "it was left as it is: move it away, or take another file with --store"
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise LocalError(f"the store {path} cannot be read: {error.strerror}") from error
    if head != b"SQLite format 3\0":
        raise StoreUnreadable(f"{path} is {'empty' if not head else 'no store of fedistats'}; {advice}")
    try:
        with contextlib.closing(_read_only(path)) as database:
            application = database.execute("PRAGMA application_id").fetchone()[0]
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if application != APPLICATION:
                raise StoreUnreadable(f"{path} is a database, but no store of fedistats; {advice}")
            if version > VERSION:
                raise StoreUnreadable(
                    f"{path} was written by a newer fedistats (schema {version}); update fedistats, or take another --store"
                )
            if version < VERSION:
                raise StoreUnreadable(
                    f"{path} was written by a fedistats before its first release (schema {version}); {advice}"
                )
            if path.stat().st_size <= _CHECKED_BYTES:
                found = database.execute("PRAGMA quick_check(1)").fetchone()[0]
                if found != "ok":
                    raise StoreUnreadable(f"{path} is damaged ({found}); {advice}")
    except sqlite3.Error as error:
        raise StoreUnreadable(f"{path} is damaged ({error}); {advice}") from error


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)


def _lock(path: Path) -> IO[str]:
    """Take the store for this run. Raises StoreLocked where another run has it."""
    while True:
        lock = path.with_name(path.name + ".lock").open("a+", encoding="ascii")
        try:
            _take(lock)
        except OSError as error:
            lock.close()
            raise StoreLocked(
                f"another run of fedistats is writing to {path}; wait for it, or take another file with --store"
            ) from error
        try:
            if os.fstat(lock.fileno()).st_ino == path.with_name(path.name + ".lock").stat().st_ino:
                return lock
        except FileNotFoundError:
            pass
        lock.close()  # the run before us took the file away while we opened it: once more


if sys.platform == "win32":
    import msvcrt

    def _take(lock: IO[str]) -> None:
        msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(lock: IO[str]) -> None:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _unlock(lock: IO[str]) -> None:
    if sys.platform != "win32":
        with contextlib.suppress(OSError):
            Path(lock.name).unlink()
    lock.close()
