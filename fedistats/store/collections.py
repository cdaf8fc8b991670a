"""Collections: what was collected about one instance, starting at one time."""

from __future__ import annotations

from dataclasses import dataclass

from fedistats.hosts import Host
from fedistats.model import Outcome
from fedistats.settings import Scope
from fedistats.store import terms
from fedistats.store.database import Database
from fedistats.version import __version__

MAX_UNFINISHED_AGE = 30 * 86_400
"""Seconds: an unfinished timeline or directory of an older collection is closed when a new collection begins."""


@dataclass(frozen=True, slots=True)
class Collection:
    """What was collected about one instance, starting at one time."""

    id: int
    start: Host
    begun_at: int  # epoch seconds
    neighborhood_posts: int | None  # posts requested of each timeline; None if no neighborhood was collected
    neighborhood_complete: bool
    scope: Scope = Scope()


def find(db: Database, host: Host) -> list[Collection]:
    """The collections of an instance, newest first. The host may be its domain or its API host."""
    rows = db.rows(
        """SELECT collection.id, host.name, begun_at, neighborhood_posts, neighborhood_ended_at, neighborhood_depth,
               neighborhood_max_hosts, neighborhood_edges FROM collection
           JOIN host ON host.id = start WHERE host.name = ?1 OR EXISTS (
               SELECT 1 FROM instance WHERE instance.collection = collection.id AND instance.host = start AND api_host = ?1)
           ORDER BY collection.id DESC""",
        host,
    )
    return [
        Collection(
            id_, Host(name), begun_at, posts, ended_at is not None, Scope(depth, _listed(db, id_), max_hosts, edges)
        )
        for id_, name, begun_at, posts, ended_at, depth, max_hosts, edges in rows
    ]


def _listed(db: Database, collection_id: int) -> frozenset[Host]:
    rows = db.rows("SELECT name FROM listed_host JOIN host ON host.id = host WHERE collection = ?", collection_id)
    return frozenset(Host(name) for (name,) in rows)


def starts(db: Database) -> list[Host]:
    """The instances that have a collection, sorted."""
    rows = db.rows("SELECT DISTINCT name FROM collection JOIN host ON host.id = start ORDER BY name")
    return [Host(name) for (name,) in rows]


def begin(db: Database, start: Host, now: int) -> Collection:
    """Begin a collection of `start` at `now` (epoch seconds). Unfinished older ones that will not be continued are closed."""
    with db.transaction() as connection:
        id_ = connection.execute(
            "INSERT INTO collection (start, begun_at, fedistats_version) VALUES (?, ?, ?)",
            (db.host_id(start), now, __version__),
        ).lastrowid
        assert id_ is not None
        _close_stale(db, id_, now - MAX_UNFINISHED_AGE)
    return Collection(id_, start, now, None, False)


def _close_stale(db: Database, newest: int, before: int) -> None:
    """Close the unfinished timelines and directories that will not be continued, and delete their keys.

    These belong to older collections of the same start, or to collections begun before the time `before`.
    """
    stale = """key IS NOT NULL AND collection IN (SELECT id FROM collection WHERE id <> ?1 AND (
        begun_at < ?2 OR start = (SELECT start FROM collection WHERE id = ?1)))"""
    for (id_,) in db.rows(f"SELECT id FROM timeline WHERE {stale}", newest, before):
        db.connection.execute(
            "UPDATE timeline SET key = NULL, cursor = NULL, outcome = coalesce(outcome, ?), reason = ? WHERE id = ?",
            (Outcome.PARTIAL, "interrupted", id_),
        )
        terms.finish_timeline(db, id_)
    for (id_,) in db.rows(f"SELECT id FROM directory WHERE {stale}", newest, before):
        db.connection.execute(
            "UPDATE directory SET key = NULL, outcome = coalesce(outcome, ?), reason = ? WHERE id = ?",
            (Outcome.PARTIAL, "interrupted", id_),
        )
        db.connection.execute("DELETE FROM profile_seen WHERE directory = ?", (id_,))
        terms.finish_directory(db, id_)


def begin_neighborhood(db: Database, collection: Collection, posts: int, scope: Scope = Scope()) -> None:
    """Record that a neighborhood of this scope is being collected, with `posts` posts of each timeline."""
    with db.transaction() as connection:
        connection.execute(
            """UPDATE collection SET neighborhood_posts = ?, neighborhood_depth = ?, neighborhood_max_hosts = ?,
               neighborhood_edges = ?, neighborhood_ended_at = NULL WHERE id = ?""",
            (posts, scope.depth, scope.max_hosts, scope.edges, collection.id),
        )
        connection.executemany(
            "INSERT OR IGNORE INTO listed_host VALUES (?, ?)",
            [(collection.id, db.host_id(host)) for host in sorted(scope.listed)],
        )


def end_neighborhood(db: Database, collection: Collection, now: int) -> None:
    """Record that every host of the neighborhood has been visited."""
    with db.transaction() as connection:
        connection.execute("UPDATE collection SET neighborhood_ended_at = ? WHERE id = ?", (now, collection.id))


def unfinished(db: Database, collection: Collection) -> bool:
    """Whether the collection has a timeline that can be continued."""
    return db.row("SELECT 1 FROM timeline WHERE collection = ? AND key IS NOT NULL LIMIT 1", collection.id) is not None
