"""Directories: written page by page as counts, and continued where reading stopped."""

from __future__ import annotations

from pathlib import Path

from fedistats.model import Outcome
from fedistats.store import collections, directories, queries
from fedistats.store.database import Database
from fedistats.store.directories import DirectoryWriter
from fedistats.store.terms import BIO, load
from fedistats.text.terms import Term
from tests.store.samples import HOME, NOW

GARDENER = [Term("garden", "Garden", is_stop_word=False, is_phrase=False)]


def test_a_directory_is_continued_where_reading_stopped(path: Path) -> None:
    with Database.open(path) as db:
        collection = collections.begin(db, HOME, NOW)
        assert directories.load(db, collection, HOME) is None
        first = DirectoryWriter.begin(db, collection, HOME)
        assert first.is_new("ann")
        first.add(40, listed=2, left_out=1, bios=[GARDENER], fields=[], counts={("posts", 3): 1})
        first.end(Outcome.RATE_LIMITED, resumable=True)
    with Database.open(path) as db:
        again = DirectoryWriter.begin(db, collection, HOME)
        assert again.directory.next_offset == 40
        assert [again.is_new("ann"), again.is_new("bob"), again.is_new("bob")] == [False, True, False]
        again.add(80, listed=1, left_out=0, bios=[GARDENER], fields=[], counts={("posts", 3): 1, ("posts", 4): 1})
        again.end(Outcome.COMPLETE)
        directory = directories.load(db, collection, HOME)
        assert directory is not None
        assert (directory.listed, directory.left_out, directory.with_bio, directory.finished) == (3, 1, 2, True)
        assert queries.profile_counts(db, directory, "posts") == {3: 2, 4: 1}
        assert [(tally.key, tally.people) for tally in load(db, BIO, directory.id)] == [("garden", 2)]
        assert db.rows("SELECT count(*) FROM profile_seen") == [(0,)]


def test_a_word_that_one_person_alone_uses_is_never_stored_as_text(path: Path) -> None:
    with Database.open(path) as db:
        writer = DirectoryWriter.begin(db, collections.begin(db, HOME, NOW), HOME)
        writer.add(1, listed=1, left_out=0, bios=[GARDENER], fields=[], counts={})
        assert db.rows("SELECT term, people FROM term") == [(None, 1)]
        writer.end(Outcome.COMPLETE)
        assert db.rows("SELECT term FROM term") == db.rows("SELECT spelling FROM spelling") == []
