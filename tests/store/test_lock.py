"""One run at a time writes to a store."""

from __future__ import annotations

from pathlib import Path

import pytest

from fedistats.errors import StoreLocked
from fedistats.store import collections, lock
from fedistats.store.database import Database
from tests.store.samples import HOME, fill


def test_a_second_run_on_one_store_is_refused(path: Path) -> None:
    with (
        Database.open(path),
        pytest.raises(StoreLocked, match=r"another run of fedistats is writing to .*fedistats.db"),
    ):
        Database.open(path)
    Database.open(path).close()


def test_others_may_read_while_one_run_writes(path: Path) -> None:
    fill(path)
    with Database.open(path), Database.open_read_only(path) as reader:
        assert collections.starts(reader) == [HOME]


def test_the_lock_file_is_deleted_at_the_end(path: Path) -> None:
    held = lock.acquire(path)
    assert path.with_name("fedistats.db.lock").exists()
    lock.release(held)
    assert not path.with_name("fedistats.db.lock").exists()
