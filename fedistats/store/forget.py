"""Removes an instance from the store."""

from __future__ import annotations

import json

from fedistats.hosts import Host
from fedistats.store import timelines
from fedistats.store.database import Database, translated_errors
from fedistats.store.terms import POST

_OF_TIMELINE = ("post", "post_hashtag", "hashtag", "mention", "origin_posts", "word_use")
_OF_DIRECTORY = ("profile_seen", "profile_count")
_TOTALS = ("origin_posts", "origin_language", "origin_hashtag")


def forget(db: Database, host: Host) -> int:
    """Remove an instance permanently: its collections, and every trace of it in others. Returns the number of rows changed."""
    before = db.connection.total_changes
    with db.transaction() as connection:
        other_names = db.rows(
            """SELECT api_host FROM instance JOIN host ON id = host WHERE name = ?1
               UNION SELECT name FROM instance JOIN host ON id = host WHERE api_host = ?1""",
            host,
        )
        names = sorted({host, *(Host(name) for (name,) in other_names)})
        for name in names:
            connection.execute("DELETE FROM rate_limit WHERE host = ?", (name,))
            row = db.row("SELECT id FROM host WHERE name = ?", name)
            if row is not None:
                _delete_rows(db, row[0])
                db.delete_host(name)
        for name in names:
            _erase_name(db, name)
        changed = connection.total_changes - before
        if changed:
            for table in _TOTALS:  # the totals count its posts: they are made again from the remaining posts
                connection.execute(f"DELETE FROM {table}")
            for (timeline_id,) in db.rows("SELECT id FROM timeline WHERE left_out IS NOT NULL"):
                timelines.write_totals(db, timeline_id)
    if changed:
        with translated_errors():
            db.connection.execute("VACUUM")
    return changed


def _delete_rows(db: Database, host_id: int) -> None:
    """Delete everything read from a host or for its collections, and what posts on other timelines say of it."""
    connection = db.connection
    own_collections = "(SELECT id FROM collection WHERE start = ?1)"
    own_timelines = f"(SELECT id FROM timeline WHERE host = ?1 OR collection IN {own_collections})"
    own_directories = f"(SELECT id FROM directory WHERE host = ?1 OR collection IN {own_collections})"
    for table in _OF_TIMELINE:
        connection.execute(f"DELETE FROM {table} WHERE timeline IN {own_timelines}", (host_id,))
    for table in _OF_DIRECTORY:
        connection.execute(f"DELETE FROM {table} WHERE directory IN {own_directories}", (host_id,))
    for table in ("term", "spelling"):
        connection.execute(f"DELETE FROM {table} WHERE kind = ?2 AND source IN {own_timelines}", (host_id, POST))
        connection.execute(f"DELETE FROM {table} WHERE kind <> ?2 AND source IN {own_directories}", (host_id, POST))
    for table in _TOTALS:
        connection.execute(f"DELETE FROM {table} WHERE origin = ?", (host_id,))
    connection.execute("DELETE FROM mention WHERE host = ?", (host_id,))
    for table in ("origin_language", "origin_hashtag"):
        connection.execute(f"DELETE FROM {table} WHERE collection IN {own_collections}", (host_id,))
    for table in ("timeline", "directory", "instance", "listed_host"):
        connection.execute(f"DELETE FROM {table} WHERE host = ?1 OR collection IN {own_collections}", (host_id,))
    connection.execute(
        "UPDATE post SET author = NULL, origin = NULL, written_at = NULL, language = NULL WHERE origin = ?", (host_id,)
    )
    connection.execute("DELETE FROM collection WHERE start = ?", (host_id,))


def _erase_name(db: Database, name: Host) -> None:
    """Remove a name from what is recorded of other instances. What these write in their own words stays."""
    connection = db.connection
    connection.execute("UPDATE timeline SET api_host = NULL WHERE api_host = ?", (name,))
    connection.execute("UPDATE timeline SET reason = '' WHERE reason IN (?1, 'moved: ' || ?1)", (name,))
    for collection, host, text in db.rows("SELECT collection, host, facts FROM instance WHERE instr(facts, ?)", name):
        facts = json.loads(text)
        for links in ("following", "followers"):
            facts[links] = [other for other in facts.get(links, ()) if other != name]
        connection.execute(
            "UPDATE instance SET facts = ? WHERE collection = ? AND host = ?",
            (json.dumps(facts, ensure_ascii=False), collection, host),
        )
