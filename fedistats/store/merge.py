"""Takes the timelines that a worker read in its own store into the main one."""

from __future__ import annotations

from pathlib import Path

from fedistats.store.collections import Collection
from fedistats.store.database import Database, translated_errors, worker_folder

_ON_CONFLICT = {
    "timeline": "",
    "post": "",
    "hashtag": "",
    "post_hashtag": "",
    "origin_posts": "",
    "mention": "",
    "origin_language": "ON CONFLICT DO UPDATE SET posts = posts + excluded.posts",
    "origin_hashtag": "ON CONFLICT DO UPDATE SET people = max(people, excluded.people)",
    "instance": "ON CONFLICT DO NOTHING",
    "rate_limit": "ON CONFLICT DO UPDATE SET not_before = excluded.not_before, paging = excluded.paging",
}
"""The tables that are merged, and what happens to a row that both stores have."""
_TRANSLATED: dict[object, str] = {
    ("timeline", "id"): "id + :last_timeline",
    ("rate_limit", "host"): "host",
    "timeline": "timeline + :last_timeline",
    "collection": ":collection",
    "host": "(SELECT here FROM host_ids WHERE there = host)",
    "origin": "(SELECT here FROM host_ids WHERE there = origin)",
}
"""How a column (of one table, or of all) of the worker's store becomes one of the main store."""


def folder(db: Database) -> Path:
    """The folder for the stores of the workers (`Database.temporary`), next to the file. It is deleted when `db` is closed."""
    assert db.path is not None, "a store that is open for writing has a path"
    path = worker_folder(db.path).absolute()
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def pack(db: Database) -> bytes:
    """The whole store as bytes, for `merge`."""
    with db.transaction():
        pass  # writes the rate limits that are still in memory
    with translated_errors():
        db.connection.execute("PRAGMA journal_mode = DELETE")  # a store in WAL mode cannot be opened in memory
        return db.connection.serialize()


def merge(db: Database, collection: Collection, packed: bytes) -> None:
    """Take the timelines, instances and rate limits of a worker's store into `collection`."""
    with db.transaction():
        pass  # writes the rate limits that are still in memory: those of the worker are newer
    with translated_errors():
        db.commit()  # SQLite attaches and detaches no database inside a transaction
        db.connection.execute("ATTACH ':memory:' AS worker")
    try:
        db.connection.deserialize(packed, name="worker")
        with db.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO main.host (name) SELECT name FROM worker.host ORDER BY id")
            connection.execute("CREATE TEMP TABLE host_ids (there INTEGER PRIMARY KEY, here INTEGER NOT NULL)")
            connection.execute(
                "INSERT INTO host_ids SELECT theirs.id, ours.id FROM worker.host AS theirs JOIN main.host AS ours USING (name)"
            )
            last = connection.execute("SELECT coalesce(max(id), 0) FROM main.timeline").fetchone()[0]
            for table, on_conflict in _ON_CONFLICT.items():
                columns = [row[1] for row in connection.execute(f"PRAGMA worker.table_info({table})")]
                values = ", ".join(
                    _TRANSLATED.get((table, column), _TRANSLATED.get(column, column)) for column in columns
                )
                connection.execute(
                    f"INSERT INTO main.{table} ({', '.join(columns)}) SELECT {values} FROM worker.{table} WHERE true {on_conflict}",
                    {"collection": collection.id, "last_timeline": last},
                )
            connection.execute("DROP TABLE host_ids")
    finally:
        with translated_errors():
            db.commit()
            db.connection.execute("DETACH worker")
