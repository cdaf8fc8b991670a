"""Timelines: written page by page, continued where reading stopped, and without keys afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from fedistats.hosts import Host
from fedistats.model import Account, InstanceInfo, Outcome, Post
from fedistats.store import collections, instances, queries, timelines
from fedistats.store.database import Database
from fedistats.store.terms import POST, load
from fedistats.store.timelines import TimelineWriter
from fedistats.text.terms import Term
from tests.store.samples import FAR, HOME, NOW, begin, page, sample_post


def test_a_page_that_fails_halfway_leaves_nothing(path: Path) -> None:
    with Database.open(path) as db:
        collection = collections.begin(db, HOME, NOW)
        writer = TimelineWriter.begin(db, collection, HOME, "public", HOME, 100)
        writer.add(page(1), "1")
        broken = Post("2", Account("x"), FAR, written_at=1 << 70)
        with pytest.raises(OverflowError):
            writer.add([*page(3), (broken, False)], "2")
        timeline = timelines.load(db, collection, HOME, "public")
        assert timeline is not None
        assert (timeline.posts_read, timeline.cursor) == (1, "1")
        assert db.rows("SELECT count(*) FROM post") == [(1,)]


def test_a_timeline_is_continued_where_reading_stopped(path: Path) -> None:
    gardener = Term("garden", "Garden", is_stop_word=False, is_phrase=False)
    with Database.open(path) as db:
        collection = collections.begin(db, HOME, NOW)
        first = TimelineWriter.begin(db, collection, HOME, "public", HOME, 100)
        assert first.is_new("2")
        first.add(page(2), "cursor", [("ann@home.example", [gardener])])
        first.end(Outcome.RATE_LIMITED, resumable=True)
    with Database.open(path) as db:
        again = TimelineWriter.begin(db, collection, HOME, "public", HOME, 100)
        assert (again.timeline.cursor, again.timeline.posts_read, again.timeline.outcome) == ("cursor", 1, None)
        assert [again.is_new("2"), again.is_new("1"), again.is_new("1")] == [False, True, False]
        again.add(page(1), "next", [("ann@home.example", [gardener]), ("bob@home.example", [gardener])])
        assert again.timeline.word_authors == 2
        assert [tally.people for tally in load(db, POST, again.timeline.id)] == [2]
        assert [(tag.text, tag.people) for tag in queries.hashtags(db, again.timeline, 100, 1)] == [("gardens", 2)]


def test_a_finished_timeline_with_posts_stays_finished(path: Path) -> None:
    with Database.open(path) as db:
        collection = collections.begin(db, HOME, NOW)
        writer = TimelineWriter.begin(db, collection, HOME, "public", HOME, 100)
        writer.add(page(1), "1")
        writer.end(Outcome.COMPLETE)
        again = TimelineWriter.begin(db, collection, HOME, "public", HOME, 200)
        assert (again.timeline.finished, again.timeline.outcome, again.timeline.wanted) == (True, Outcome.COMPLETE, 100)
        again.end(Outcome.CLOSED, "no public timeline")
        timeline = timelines.load(db, collection, HOME, "public")
        assert timeline is not None
        assert (timeline.outcome, timeline.reason, timeline.posts_read) == (Outcome.CLOSED, "no public timeline", 1)


def test_a_finished_timeline_without_posts_can_be_begun_again_at_another_api_host(path: Path) -> None:
    api_host = Host("api.home.example")
    with Database.open(path) as db:
        collection = collections.begin(db, HOME, NOW)
        first = TimelineWriter.begin(db, collection, HOME, "public", HOME, 100)
        first.end(Outcome.UNSUPPORTED, "html")
        again = TimelineWriter.begin(db, collection, HOME, "public", api_host, 100)
        assert (again.timeline.id, again.timeline.finished, again.timeline.outcome) == (first.timeline.id, False, None)
        assert timelines.load(db, collection, HOME, "public") == again.timeline
        assert again.timeline.api_host == api_host


def test_what_is_known_of_a_host_is_loaded_at_once(path: Path) -> None:
    with Database.open(path) as db:
        collection = collections.begin(db, HOME, NOW)
        assert timelines.load_host(db, collection, HOME) == timelines.KnownHost(None, {})
        instance = InstanceInfo(HOME, HOME, title="Home")
        instances.save(db, collection, instance, complete=False)
        public = TimelineWriter.begin(db, collection, HOME, "public", HOME, 100).timeline
        local = TimelineWriter.begin(db, collection, HOME, "local", HOME, 100).timeline
        known = timelines.load_host(db, collection, HOME)
        assert known == timelines.KnownHost(instance, {"public": public, "local": local})
        assert timelines.load(db, collection, HOME, "local") == local
        assert timelines.hosts(db, collection) == {HOME}


def test_the_origins_are_those_of_the_newest_posts(path: Path) -> None:
    near, mentioned = Host("near.example"), Host("mentioned.example")
    with Database.open(path) as db:
        writer = begin(db)
        other = Post("9", Account("x"), near, mentions=(mentioned,))
        writer.add([*page(1), (other, False)], "9")
        assert timelines.origins(db, writer.timeline, 1) == {FAR}
        assert timelines.origins(db, writer.timeline, 2) == {FAR, near, mentioned}


def test_the_key_is_deleted_when_a_timeline_is_finished(path: Path) -> None:
    with Database.open(path) as db:
        writer = begin(db)
        key = writer.timeline.key
        writer.add(page(1), "1")
        assert any(key in file.read_bytes() for file in path.parent.iterdir())
        writer.end(Outcome.COMPLETE)
        assert writer.timeline.finished
    assert not any(key in file.read_bytes() for file in path.parent.iterdir())


def test_a_hashtag_is_stored_as_text_when_a_second_person_uses_it(path: Path) -> None:
    with Database.open(path) as db:
        writer = begin(db)
        writer.add(page(1), "1")
        same = Post("9", sample_post(1).author, FAR, tags=("gardens",))
        writer.add([(same, False)], "9")
        assert queries.hashtags(db, writer.timeline, 100, 1) == []
        writer.add(page(2), "2")
        assert [(tag.text, tag.people) for tag in queries.hashtags(db, writer.timeline, 100, 1)] == [("gardens", 2)]


def test_a_person_cannot_be_recognized_on_another_timeline(path: Path) -> None:
    with Database.open(path) as db:
        collection = collections.begin(db, HOME, NOW)
        writers = [TimelineWriter.begin(db, collection, host, "public", host, 100) for host in (HOME, FAR)]
        for writer in writers:
            writer.add(page(1), "1")
        here, there = (
            db.rows("SELECT digest, author FROM post WHERE timeline = ?", writer.timeline.id)[0] for writer in writers
        )
        assert set(here).isdisjoint(there)
        again = TimelineWriter.begin(db, collection, HOME, "public", HOME, 100)
        assert not again.is_new("1"), "a run that continues recognizes what was read"
