"""Queries: the same results from posts and from the totals of finished timelines."""

from __future__ import annotations

from pathlib import Path

import pytest

from fedistats.model import Outcome
from fedistats.store import collections, queries
from fedistats.store.database import Database
from tests.store.samples import FAR, HOME, begin, page, write_two_timelines


def everything(db: Database, posts: int) -> tuple[object, ...]:
    """Everything that a graph is made of, with hosts by their names."""
    (collection,) = collections.find(db, HOME)
    hosts = queries.host_names(db)
    return (
        sorted(
            (timeline, hosts[origin], n) for timeline, origin, n in queries.sightings(db, collection, posts).tolist()
        ),
        queries.origin_languages(db, collection, posts),
        queries.origin_hashtags(db, collection, posts, 2),
        [
            (result.host, result.posts_read, result.left_out)
            for result in queries.timeline_results(db, collection, posts)
        ],
    )


@pytest.mark.parametrize("posts", [10_000, 300, 120, 1])
def test_results_are_the_same_before_and_after_a_timeline_has_ended(tmp_path: Path, posts: int) -> None:
    with Database.open(tmp_path / "reading.db") as reading, Database.open(tmp_path / "ended.db") as ended:
        write_two_timelines(reading, ended=False)
        write_two_timelines(ended, ended=True)
        assert everything(reading, posts) == everything(ended, posts)
        assert len(everything(ended, posts)[0]) >= 1  # type: ignore[arg-type]


@pytest.mark.parametrize(("posts", "outcome"), [((2, 1), Outcome.PARTIAL), ((), Outcome.NOT_ASKED)])
def test_a_timeline_that_is_still_being_read_is_partial_if_it_has_posts(
    tmp_path: Path, posts: tuple[int, ...], outcome: Outcome
) -> None:
    with Database.open(tmp_path / "a.db") as db:
        writer = begin(db)
        if posts:
            writer.add(page(*posts), "1")
        (collection,) = collections.find(db, HOME)
        (result,) = queries.timeline_results(db, collection, 100)
        assert (result.outcome, result.reason, result.posts_read) == (outcome, "interrupted", len(posts))


def test_hosts_named_by_most_posts_come_first(tmp_path: Path) -> None:
    with Database.open(tmp_path / "a.db") as db:
        write_two_timelines(db, ended=True)
        (collection,) = collections.find(db, HOME)
        names = queries.host_names(db)
        for readers in ([HOME], [HOME, FAR]):
            ids = {result.id for result in queries.timeline_results(db, collection, 300) if result.host in readers}
            posts = dict.fromkeys(names.values(), 0)
            for timeline, origin, n in queries.sightings(db, collection, 300).tolist():
                posts[names[origin]] += n if timeline in ids else 0
            expected = sorted((host for host, n in posts.items() if n), key=lambda host: (-posts[host], host))
            assert queries.most_named(db, collection, 300, readers) == expected
