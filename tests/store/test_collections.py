"""Collections: begun, found by host, and closed when they will not be continued."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from fedistats.hosts import Host
from fedistats.model import InstanceInfo, Outcome
from fedistats.settings import Scope
from fedistats.store import collections, directories, instances, timelines
from fedistats.store.database import Database
from fedistats.store.directories import DirectoryWriter
from fedistats.store.timelines import TimelineWriter
from fedistats.text.terms import Term
from tests.store.samples import FAR, HOME, NOW, page


def test_collections_are_found_by_domain_and_by_api_host_newest_first(path: Path) -> None:
    api_host = Host("api.home.example")
    with Database.open(path) as db:
        first, second = collections.begin(db, HOME, NOW), collections.begin(db, HOME, NOW + 60)
        instances.save(db, first, InstanceInfo(HOME, api_host), complete=False)
        assert collections.find(db, HOME) == [second, first]
        assert collections.find(db, api_host) == [first]
        assert collections.find(db, FAR) == []


def test_the_scope_of_a_neighborhood_is_kept(path: Path) -> None:
    scope = Scope(depth=2, listed=frozenset({FAR}), max_hosts=9, edges="mentions")
    with Database.open(path) as db:
        collection = collections.begin(db, HOME, NOW)
        collections.begin_neighborhood(db, collection, 200, scope)
        (begun,) = collections.find(db, HOME)
        assert (begun.neighborhood_posts, begun.neighborhood_complete, begun.scope) == (200, False, scope)
        collections.end_neighborhood(db, collection, NOW + 60)
        assert collections.find(db, HOME)[0].neighborhood_complete


@pytest.mark.parametrize(("start", "later"), [(HOME, 60), (FAR, 31 * 86_400)])
def test_the_keys_of_what_will_not_be_continued_are_deleted(path: Path, start: Host, later: int) -> None:
    gardener = [Term("garden", "Garden", is_stop_word=False, is_phrase=False)]
    with Database.open(path) as db:
        begun = collections.begin(db, HOME, NOW)
        posts = TimelineWriter.begin(db, begun, HOME, "public", HOME, 100)
        profiles = DirectoryWriter.begin(db, begun, HOME)
        keys = [posts.timeline.key, profiles.directory.key]
        posts.add(page(2, 1), "1", [("ann@home.example", gardener)])
        assert profiles.is_new("7")
        profiles.add(1, listed=1, left_out=0, bios=[gardener], fields=[gardener], counts={})
        collections.begin(db, FAR, NOW + 60)
        assert collections.unfinished(db, begun)
    with Database.open(path) as db:
        collections.begin(db, start, NOW + later)
        assert not collections.unfinished(db, begun)
        timeline, directory = timelines.load(db, begun, HOME, "public"), directories.load(db, begun, HOME)
        assert timeline
        assert directory
        assert (timeline.outcome, timeline.reason, timeline.cursor) == (Outcome.PARTIAL, "interrupted", None)
        assert timeline.posts_read == 2
        assert (directory.outcome, directory.finished) == (Outcome.PARTIAL, True)
    assert not any(key in file.read_bytes() for key in keys for file in path.parent.iterdir())
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for table in ("word_use", "term", "spelling", "profile_seen"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
