"""Forgetting an instance leaves no trace of it."""

from __future__ import annotations

from pathlib import Path

from fedistats.hosts import Host
from fedistats.model import InstanceInfo, Outcome, RateLimitState
from fedistats.results.neighborhood import Neighborhood
from fedistats.store import collections, instances
from fedistats.store.database import Database
from fedistats.store.forget import forget
from fedistats.store.rate_limits import RateLimitTable
from fedistats.store.timelines import TimelineWriter
from tests.store.samples import FAR, HOME, NOW, fill, page, write_two_timelines
from tests.store.test_queries import everything


def test_a_forgotten_host_leaves_no_trace(path: Path) -> None:
    fill(path)
    with Database.open(path) as db:
        RateLimitTable(db).note(FAR, RateLimitState(NOW, (NOW,)))
        with db.transaction():
            pass
        assert forget(db, FAR) > 200
        assert forget(db, FAR) == 0
    assert b"far.example" not in path.read_bytes()
    with Database.open_read_only(path) as db:
        graph = Neighborhood.read(db, HOME, 1000, min_posts=1)
        assert graph.coverage.posts_read == 200
        assert not len(graph.edges)


def test_no_total_counts_a_forgotten_host(tmp_path: Path) -> None:
    near = Host("near.example")
    with Database.open(tmp_path / "a.db") as db, Database.open(tmp_path / "b.db") as expected:
        write_two_timelines(db, ended=True)
        write_two_timelines(expected, ended=True, without=near)
        assert everything(db, 300) != everything(expected, 300)
        forget(db, near)
        assert everything(db, 300) == everything(expected, 300)


def test_its_other_names_and_what_is_recorded_elsewhere_are_removed_too(path: Path) -> None:
    api, tube, gone = Host("api.far.example"), Host("tube.example"), Host("gone.example")
    with Database.open(path) as db:
        collection = collections.begin(db, HOME, NOW)
        instances.save(db, collection, InstanceInfo(FAR, api, title="Far"), complete=False)
        instances.save(db, collection, InstanceInfo(tube, tube, title="Tube", following=(FAR, HOME)), complete=False)
        for host, posts_read in ((gone, 0), (HOME, 1)):
            writer = TimelineWriter.begin(db, collection, host, "public", api, 40)
            writer.add(page(*range(posts_read)), "1")
            if posts_read:
                writer.end(Outcome.PARTIAL, f"moved: {FAR}")
            else:
                writer.end(Outcome.MOVED, FAR)
        assert forget(db, api) > 0
        assert instances.load(db, collection, tube) == InstanceInfo(tube, tube, title="Tube", following=(HOME,))
    assert b"far.example" not in path.read_bytes()


def test_a_forgotten_start_loses_its_collections(path: Path) -> None:
    fill(path)
    with Database.open(path) as db:
        tables = [name for (name,) in db.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        assert db.rows("SELECT DISTINCT kind FROM term ORDER BY kind") == [("bio",)]
        forget(db, HOME)
        assert collections.find(db, HOME) == []
        rows = {name: db.rows(f"SELECT count(*) FROM {name}")[0][0] for name in tables}
        assert {name for name, count in rows.items() if count} <= {"host"}
    assert b"home.example" not in path.read_bytes()
