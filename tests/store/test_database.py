"""The file: complete, never overwritten unless it is an intact store, and written in transactions."""

from __future__ import annotations

import contextlib
import os
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from fedistats.errors import FedistatsError, LocalError, StoreError, StoreLocked, StoreUnreadable, StoreUnwritable
from fedistats.results.neighborhood import Neighborhood
from fedistats.store import collections, queries, timelines
from fedistats.store.database import SCHEMA_VERSION, Database
from fedistats.store.timelines import TimelineWriter
from tests.store.samples import HOME, NOW, begin, fill, page


def test_what_remains_is_one_file_that_only_its_owner_can_read(path: Path) -> None:
    fill(path)
    assert [file.name for file in path.parent.iterdir()] == ["fedistats.db"]
    assert path.stat().st_mode & 0o077 == 0


def test_sqlite_can_read_it_without_fedistats(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(fill(path))) as connection:
        rows = connection.execute(
            "SELECT read_on, written_on, count(*) FROM posts_read WHERE feed = 'public' GROUP BY 1, 2"
        ).fetchall()
    assert ("home.example", "far.example", 200) in rows


@pytest.mark.parametrize(
    "content", [b"", b"<!doctype html>", b"SQLite format 3\0" + b"\0" * 200, b"\0" * 4096, b"SQLite format 3"]
)
def test_a_file_that_is_not_a_store_is_never_overwritten(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    for opening in (Database.open, Database.open_read_only):
        with pytest.raises(StoreUnreadable, match="it was not changed"):
            opening(path)
    assert path.read_bytes() == content
    assert [file.name for file in path.parent.iterdir()] == ["fedistats.db"]


def test_the_database_of_another_program_is_never_overwritten(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE diary (entry TEXT)")
        connection.commit()
    before = path.read_bytes()
    with pytest.raises(StoreUnreadable, match="not a store of fedistats"):
        Database.open(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(("version", "message"), [(SCHEMA_VERSION + 1, "newer"), (SCHEMA_VERSION - 1, "move it away")])
def test_a_store_of_another_schema_version_is_refused_and_not_changed(path: Path, version: int, message: str) -> None:
    with contextlib.closing(sqlite3.connect(fill(path))) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    before = path.read_bytes()
    for opening in (Database.open, Database.open_read_only):
        with pytest.raises(StoreUnreadable, match=message):
            opening(path)
    assert path.read_bytes() == before


def test_a_store_that_does_not_exist_cannot_be_read(path: Path) -> None:
    with pytest.raises(FedistatsError, match="there is no store at"):
        Database.open_read_only(path)


def test_no_damage_resets_a_store(tmp_path: Path) -> None:
    """200 random damages: each is refused, or the results stay the same. The file is never changed."""
    intact = fill(tmp_path / "intact.db").read_bytes()
    with Database.open_read_only(tmp_path / "intact.db") as db:
        expected = Neighborhood.read(db, HOME, 1000, min_posts=1)
    rng = random.Random(1)
    refused = 0
    for n in range(200):
        damaged = bytearray(intact)
        kind = n % 4
        at = rng.randrange(len(damaged))
        if kind == 0:
            damaged = damaged[:at]
        elif kind == 1:
            damaged[at : at + 512] = bytes(min(512, len(damaged) - at))
        elif kind == 2:
            for _ in range(64):
                damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        else:
            start = at // 4096 * 4096
            damaged[start : start + 4096] = rng.randbytes(min(4096, len(damaged) - start))
        path = tmp_path / f"{n}.db"
        path.write_bytes(damaged)
        try:
            with Database.open_read_only(path) as db:
                result = Neighborhood.read(db, HOME, 1000, min_posts=1)
            assert len(result.nodes) <= len(expected.nodes) + 1
        except (StoreError, FedistatsError, ValueError, TypeError, UnicodeDecodeError):
            refused += 1
        assert path.read_bytes() == bytes(damaged)
    assert refused > 100


def test_damage_that_is_found_later_is_reported(path: Path) -> None:
    with (
        Database.open(fill(path)) as db,
        pytest.raises(StoreUnreadable, match=r"is damaged .*it was not changed"),
        db.transaction(),
    ):
        raise sqlite3.DatabaseError("database disk image is malformed")


@pytest.mark.parametrize("writing", [True, False])
def test_a_store_that_another_program_locks_is_reported_as_locked(path: Path, writing: bool) -> None:
    with Database.open(path) as db:
        db.connection.execute("PRAGMA busy_timeout = 0")
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
            if writing:
                other.execute("BEGIN IMMEDIATE")
                with pytest.raises(
                    StoreLocked, match="another program is using the store; close it, or choose another"
                ):
                    collections.begin(db, HOME, NOW)
            else:
                db.connection.execute("PRAGMA journal_mode = DELETE")
                other.execute("BEGIN EXCLUSIVE")
                with pytest.raises(StoreLocked, match="another program is using the store"):
                    collections.starts(db)
            other.execute("ROLLBACK")
        collections.begin(db, HOME, NOW)


def test_a_full_disk_loses_nothing_that_was_written_before(path: Path) -> None:
    with Database.open(path) as db:
        writer = begin(db, wanted=10**6)
        db.connection.execute(f"PRAGMA max_page_count = {db.rows('PRAGMA page_count')[0][0] + 8}")
        written = 0

        def write() -> None:
            nonlocal written
            for n in range(1000):
                writer.add(page(*range(n * 40, n * 40 + 40)), str(n))
                written += 40

        with pytest.raises(StoreUnwritable, match="full"):
            write()
    with Database.open(path) as db:
        (collection,) = collections.find(db, HOME)
        timeline = timelines.load(db, collection, HOME, "public")
        assert timeline is not None
        assert timeline.posts_read == written == db.rows("SELECT count(*) FROM post")[0][0]


def test_transactions_of_a_short_time_are_committed_together(path: Path) -> None:
    scheduled: list[Callable[[], None]] = []
    with Database.open(path) as db, Database.open_read_only(path) as reader:
        with db.batched(scheduled.append):
            writer = begin(db)
            writer.add(page(1), "1")
            assert collections.starts(reader) == []
            assert len(scheduled) == 1
            scheduled.pop()()
            assert collections.starts(reader) == [HOME]
            writer.add(page(2), "2")
            assert len(scheduled) == 1
        scheduled.pop()()  # too late: the end of the block has committed
        results = queries.timeline_results(reader, collections.find(reader, HOME)[0], 100)
        assert [result.posts_read for result in results] == [2]


def test_after_a_failed_write_nothing_more_is_written(path: Path) -> None:
    scheduled: list[Callable[[], None]] = []
    with Database.open(path) as db:
        collection = collections.begin(db, HOME, NOW)
        writer = TimelineWriter.begin(db, collection, HOME, "public", HOME, 5000)

        def write() -> None:
            with db.batched(scheduled.append):
                writer.add(page(1), "1")
                db.connection.execute(f"PRAGMA max_page_count = {db.rows('PRAGMA page_count')[0][0]}")
                with pytest.raises(StoreUnwritable, match="full"):
                    writer.add(page(*range(2, 3000)), "2999")
                db.connection.execute("PRAGMA max_page_count = 1000000")  # there is room again, but page 1 is lost
                writer.add(page(3000), "3000")

        with pytest.raises(StoreUnwritable, match="full"):
            write()
        assert queries.timeline_results(db, collection, 5000)[0].posts_read == 0


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_that_cannot_be_written_is_a_local_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(LocalError, match="cannot write"):
        Database.open(tmp_path / "fedistats.db")


def test_a_file_in_place_of_the_folder_is_a_local_error(tmp_path: Path) -> None:
    (tmp_path / "output").write_text("a file")
    with pytest.raises(LocalError, match="cannot write"):
        Database.open(tmp_path / "output" / "fedistats.db")
