"""A worker's store is taken into the main one."""

from __future__ import annotations

from pathlib import Path

from fedistats.hosts import Host
from fedistats.model import InstanceInfo, Outcome, RateLimitState
from fedistats.store import collections, instances, merge, timelines
from fedistats.store.database import Database
from fedistats.store.rate_limits import RateLimitTable
from fedistats.store.timelines import TimelineWriter
from tests.store.samples import FAR, HOME, NOW, mixed_posts
from tests.store.test_queries import everything

NEAR = Host("near.example")
STATE = RateLimitState(NOW + 60, (NOW,))


def write(db: Database, *hosts: Host) -> None:
    """Timelines of 300 mixed posts each, in one new collection of home.example."""
    collection = collections.begin(db, HOME, NOW)
    for host in hosts:
        writer = TimelineWriter.begin(db, collection, host, "public", host, 300)
        writer.add(mixed_posts(300, len(host)), "a")
        writer.end(Outcome.COMPLETE)


def test_the_results_are_those_of_one_store(tmp_path: Path) -> None:
    with Database.open(tmp_path / "main.db") as db, Database.open(tmp_path / "one.db") as expected:
        write(expected, HOME, FAR, NEAR)
        write(db, HOME)
        (collection,) = collections.find(db, HOME)
        for host in (FAR, NEAR):
            with Database.temporary() as worker:
                write(worker, host)
                merge.merge(db, collection, merge.pack(worker))
        for posts in (300, 100):
            assert everything(db, posts) == everything(expected, posts)


def test_rate_limits_and_new_instances_are_taken_over(path: Path) -> None:
    with Database.open(path) as db, Database.temporary() as worker:
        ours, theirs = collections.begin(db, HOME, NOW), collections.begin(worker, HOME, NOW)
        instances.save(db, ours, InstanceInfo(FAR, FAR, title="ours"), complete=True)
        instances.save(worker, theirs, InstanceInfo(FAR, FAR, title="theirs"), complete=False)
        instances.save(worker, theirs, InstanceInfo(NEAR, NEAR, title="theirs"), complete=False)
        RateLimitTable(worker).note(FAR, STATE)
        merge.merge(db, ours, merge.pack(worker))
        assert {host: instance.title for host, instance in instances.load_all(db, ours).items()} == {
            FAR: "ours",
            NEAR: "theirs",
        }
        assert RateLimitTable(db).recall(FAR) == STATE


def test_the_rate_limit_of_the_worker_replaces_an_older_one_that_is_not_written_yet(path: Path) -> None:
    with Database.open(path) as db, Database.temporary() as worker:
        collection = collections.begin(db, HOME, NOW)
        rate_limits = RateLimitTable(db)
        with db.batched(lambda _: None):
            rate_limits.note(FAR, RateLimitState(NOW - 60, (NOW - 60,)))
            RateLimitTable(worker).note(FAR, STATE)
            merge.merge(db, collection, merge.pack(worker))
        assert rate_limits.recall(FAR) == STATE


def test_a_store_in_the_folder_can_be_continued_by_another_worker(path: Path) -> None:
    with Database.open(path) as db:
        folder = merge.folder(db)
        with Database.temporary(folder / "1.db") as worker:
            collection = collections.begin(worker, HOME, NOW)
            writer = TimelineWriter.begin(worker, collection, FAR, "public", FAR, 300)
            writer.add(mixed_posts(10, 1), "a")
        with Database.temporary(folder / "1.db") as worker:
            timeline = timelines.load(worker, collections.find(worker, HOME)[0], FAR, "public")
            assert timeline is not None
            assert (timeline.posts_read, timeline.cursor, timeline.finished) == (10, "a", False)
    assert not folder.exists()
