"""The store: one run at a time, whole or not at all, and never written over what it does not know."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from fedistats.crawl.crawler import Crawler
from fedistats.errors import FedistatsError, LocalError, StoreError, StoreLocked, StoreUnreadable
from fedistats.hosts import Host, Target
from fedistats.model import Account, InstanceInfo, Outcome, Post, RateLimitState
from fedistats.results import queries
from fedistats.store.database import VERSION, Store
from fedistats.text.terms import Term
from tests.fediverse import Fediverse, Server, account, post

HOME, FAR = Host("home.example"), Host("far.example")
NOW = 1793534400


def filled(path: Path) -> Path:
    people = [account(f"u{n}", note="gardener and sailor") for n in range(30)]
    posts = [post(n, f"u{n % 7}@far.example", tags=[{"name": f"tag{n % 3}"}]) for n in range(200, 0, -1)]
    fediverse = Fediverse({HOME: Server(posts, profiles=people), FAR: Server([post(1, "ann@home.example")])})

    async def collect() -> None:
        with Store.open(path) as store:
            crawl = Crawler(fediverse.fetch, store, now=lambda: NOW)
            await crawl.neighborhood(Target(HOME), 1000)
            await crawl.posts(Target(HOME), 1000)
            await crawl.profiles(Target(HOME))

    asyncio.run(collect())
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "fedistats.db"


def some_post(number: int) -> Post:
    return Post(str(number), Account(f"u{number}@far.example"), FAR, NOW - number, "en", ("Gardens",))


def test_what_is_left_behind_is_one_plain_file_for_its_owner_alone(path: Path) -> None:
    filled(path)
    assert [file.name for file in path.parent.iterdir()] == ["fedistats.db"]
    assert path.stat().st_mode & 0o077 == 0


def test_anyone_may_read_it_with_sqlite(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(filled(path))) as database:
        rows = database.execute(
            "SELECT read_on, written_on, count(*) FROM posts_read WHERE feed = 'public' GROUP BY 1, 2"
        ).fetchall()
    assert ("home.example", "far.example", 200) in rows


def test_two_runs_on_one_store_the_second_says_so_and_leaves(path: Path) -> None:
    with Store.open(path), pytest.raises(StoreLocked, match="another run"):
        Store.open(path)
    Store.open(path).close()


def test_while_one_run_writes_others_may_read(path: Path) -> None:
    filled(path)
    with Store.open(path), Store.read(path) as reader:
        assert reader.starts() == [HOME]


@pytest.mark.parametrize(
    "content", [b"", b"<!doctype html>", b"SQLite format 3\0" + b"\0" * 200, b"\0" * 4096, b"SQLite format 3"]
)
def test_a_file_that_is_no_store_is_never_overwritten(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    for opening in (Store.open, Store.read):
        with pytest.raises(StoreUnreadable):
            opening(path)
    assert path.read_bytes() == content
    assert [file.name for file in path.parent.iterdir()] == ["fedistats.db"]


def test_another_programs_database_is_never_overwritten(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE diary (entry TEXT)")
        database.commit()
    before = path.read_bytes()
    with pytest.raises(StoreUnreadable, match="no store of fedistats"):
        Store.open(path)
    assert path.read_bytes() == before


def test_a_store_of_a_newer_fedistats_is_never_touched(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(filled(path))) as database:
        database.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = path.read_bytes()
    with pytest.raises(StoreUnreadable, match="newer"):
        Store.open(path)
    assert path.read_bytes() == before


def test_a_store_from_before_the_first_release_is_left_untouched(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(filled(path))) as database:
        database.execute(f"PRAGMA user_version = {VERSION - 1}")
    before = path.read_bytes()
    with pytest.raises(StoreUnreadable, match="move it away"):
        Store.open(path)
    assert path.read_bytes() == before


def mixed_posts(n: int, seed: int) -> list[tuple[Post, bool]]:
    """Posts of many people on a few hosts, in a few languages; some of them are left out, some of no public host."""
    dice = random.Random(seed)
    found = []
    for i in range(n):
        host = dice.choice([HOME, FAR, Host("near.example"), None])
        person = Account(f"u{dice.randrange(9)}@{host}")
        tags = tuple(dice.sample(["Gardens", "gardens", "boats", "tea"], dice.randrange(3)))
        language = dice.choice(["en", "de", None])
        found.append((Post(f"{seed}-{i}", person, host, NOW - i, language, tags), dice.random() < 0.2))
    return found


def told(store: Store, posts: int) -> tuple[object, ...]:
    """Everything that a graph is made of, with hosts by their names."""
    (collection,) = store.collections(HOME)
    hosts = store.hosts()
    return (
        sorted((timeline, hosts[origin], n) for timeline, origin, n in store.sightings(collection, posts).tolist()),
        store.origin_languages(collection, posts),
        store.origin_hashtags(collection, posts, 2),
        [(reading.host, reading.posts_read, reading.left_out) for reading in store.readings(collection, posts)],
    )


def two_timelines(store: Store, *, ended: bool, forgetting: Host | None = None) -> None:
    collection = store.begin(HOME, NOW)
    for seed, host in enumerate((HOME, FAR)):
        timeline = store.begin_timeline(collection, host, "public", host, 300)
        posts = [
            (post, out or (forgetting is not None and post.origin == forgetting))
            for post, out in mixed_posts(300, seed)
        ]
        store.add_posts(timeline, posts[:200], "a")
        store.add_posts(timeline, posts[200:], "b")
        if ended:
            store.end_timeline(timeline, Outcome.COMPLETE)


@pytest.mark.parametrize("posts", [10_000, 300, 120, 1])
def test_what_is_told_is_the_same_before_and_after_a_timeline_has_ended(tmp_path: Path, posts: int) -> None:
    with Store.open(tmp_path / "reading.db") as reading, Store.open(tmp_path / "ended.db") as ended:
        two_timelines(reading, ended=False)
        two_timelines(ended, ended=True)
        assert told(reading, posts) == told(ended, posts)
        assert len(told(ended, posts)[0]) >= 1  # type: ignore[arg-type]


def test_once_a_host_is_forgotten_no_sum_knows_it(tmp_path: Path) -> None:
    near = Host("near.example")
    with Store.open(tmp_path / "a.db") as forgetful, Store.open(tmp_path / "b.db") as never_knew:
        two_timelines(forgetful, ended=True)
        two_timelines(never_knew, ended=True, forgetting=near)
        assert told(forgetful, 300) != told(never_knew, 300)
        forgetful.forget(near)
        assert told(forgetful, 300) == told(never_knew, 300)


def test_no_damage_resets_a_store(tmp_path: Path) -> None:
    """200 random damages: each is refused and left as it is, or the store still tells what it told."""
    whole = filled(tmp_path / "whole.db").read_bytes()
    with Store.read(tmp_path / "whole.db") as store:
        truth = queries.neighborhood(store, HOME, 1000, min_posts=1)
    dice = random.Random(1)
    refused = 0
    for n in range(200):
        damaged = bytearray(whole)
        kind = n % 4
        at = dice.randrange(len(damaged))
        if kind == 0:
            damaged = damaged[:at]
        elif kind == 1:
            damaged[at : at + 512] = bytes(min(512, len(damaged) - at))
        elif kind == 2:
            for _ in range(64):
                damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
        else:
            start = at // 4096 * 4096
            damaged[start : start + 4096] = dice.randbytes(min(4096, len(damaged) - start))
        path = tmp_path / f"{n}.db"
        path.write_bytes(damaged)
        try:
            with Store.read(path) as store:
                told = queries.neighborhood(store, HOME, 1000, min_posts=1)
            assert len(told.nodes) <= len(truth.nodes) + 1
        except (StoreError, FedistatsError, ValueError, TypeError, UnicodeDecodeError):
            refused += 1
        assert path.read_bytes() == bytes(damaged)
    assert refused > 100


def test_a_page_that_fails_half_way_leaves_nothing(path: Path) -> None:
    with Store.open(path) as store:
        collection = store.begin(HOME, NOW)
        timeline = store.begin_timeline(collection, HOME, "public", HOME, 100)
        store.add_posts(timeline, [(some_post(1), False)], "1")
        broken = Post("2", Account("x"), FAR, written_at=1 << 70)
        with pytest.raises(OverflowError):
            store.add_posts(timeline, [(some_post(3), False), (broken, False)], "2")
        known = store.timeline(collection, HOME, "public")
        assert known is not None
        assert (known.posts_read, known.cursor, len(known.seen)) == (1, "1", 1)


@pytest.mark.parametrize(("next_", "later"), [(HOME, 60), (FAR, 31 * 86_400)])
def test_no_key_outlives_what_will_never_be_gone_on_with(path: Path, next_: Host, later: int) -> None:
    gardener = [Term("garden", "Garden", is_stop_word=False, is_phrase=False)]
    with Store.open(path) as store:
        begun = store.begin(HOME, NOW)
        timeline, directory = store.begin_timeline(begun, HOME, "public", HOME, 100), store.begin_directory(begun, HOME)
        keys = [timeline.key, directory.key]
        store.add_posts(timeline, [(some_post(n), False) for n in (2, 1)], "1")
        store.add_words(timeline, [("ann@home.example", gardener)])
        store.add_profiles(directory, [7], 1, listed=1, left_out=0, bios=[gardener], fields=[gardener], counts={})
        store.begin(FAR, NOW + 60)
        assert store.unfinished(begun)
    with Store.open(path) as store:
        store.begin(next_, NOW + later)
        assert not store.unfinished(begun)
        read, listed = store.timeline(begun, HOME, "public"), store.directory(begun, HOME)
        assert read
        assert listed
        assert (read.outcome, read.reason, read.cursor, read.posts_read) == (Outcome.PARTIAL, "interrupted", None, 2)
        assert (listed.outcome, listed.key, listed.seen) == (Outcome.PARTIAL, b"", set())
    assert not any(key in file.read_bytes() for key in keys for file in path.parent.iterdir())
    with contextlib.closing(sqlite3.connect(path)) as database:
        for table in ("said", "term", "spelling", "profile_seen"):
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_the_key_is_thrown_away_when_a_timeline_has_ended(path: Path) -> None:
    with Store.open(path) as store:
        timeline = store.begin_timeline(store.begin(HOME, NOW), HOME, "public", HOME, 100)
        key = timeline.key
        store.add_posts(timeline, [(some_post(1), False)], "1")
        assert any(key in file.read_bytes() for file in path.parent.iterdir())
        store.end_timeline(timeline, Outcome.COMPLETE)
    assert not any(key in file.read_bytes() for file in path.parent.iterdir())


def test_a_hashtag_is_written_down_when_a_second_person_uses_it(path: Path) -> None:
    with Store.open(path) as store:
        timeline = store.begin_timeline(store.begin(HOME, NOW), HOME, "public", HOME, 100)
        store.add_posts(timeline, [(some_post(1), False)], "1")
        same = Post("9", some_post(1).author, FAR, tags=("gardens",))
        store.add_posts(timeline, [(same, False)], "9")
        assert store.hashtags(timeline, 100, 1) == []
        store.add_posts(timeline, [(some_post(2), False)], "2")
        assert [(tag.text, tag.people) for tag in store.hashtags(timeline, 100, 1)] == [("gardens", 2)]


def test_forgetting_a_host_leaves_no_trace_of_it(path: Path) -> None:
    filled(path)
    with Store.open(path) as store:
        store.note(FAR, RateLimitState(NOW, (NOW,)))
        with store.transaction():
            pass
        assert store.forget(FAR) > 200
        assert store.forget(FAR) == 0
    assert b"far.example" not in path.read_bytes()
    with Store.read(path) as store:
        found = queries.neighborhood(store, HOME, 1000, min_posts=1)
        assert found.coverage.posts_read == 200
        assert not len(found.edges)


def test_forgetting_a_host_takes_its_other_names_and_what_others_noted_of_it_along(path: Path) -> None:
    api, tube, gone = Host("api.far.example"), Host("tube.example"), Host("gone.example")
    with Store.open(path) as store:
        collection = store.begin(HOME, NOW)
        store.save_instance(collection, InstanceInfo(FAR, api, title="Far"), portrait=False)
        store.save_instance(collection, InstanceInfo(tube, tube, title="Tube", following=(FAR, HOME)), portrait=False)
        for host, read in ((gone, 0), (HOME, 1)):
            moved = store.begin_timeline(collection, host, "public", api, 40)
            store.add_posts(moved, [(some_post(n), False) for n in range(read)], "1")
            store.end_timeline(moved, Outcome.PARTIAL if read else Outcome.MOVED, f"moved: {FAR}" if read else FAR)
        assert store.forget(api) > 0
        assert store.instance(collection, tube) == InstanceInfo(tube, tube, title="Tube", following=(HOME,))
    assert b"far.example" not in path.read_bytes()


def test_forgetting_a_start_takes_its_collections_along(path: Path) -> None:
    filled(path)
    with Store.open(path) as store:
        store.forget(HOME)
        assert store.collections(HOME) == []
    assert b"home.example" not in path.read_bytes()


def test_how_we_stand_with_a_host_is_remembered_across_runs(path: Path) -> None:
    with Store.open(path) as store:
        store.note(FAR, RateLimitState(NOW + 60, (NOW - 5, NOW)))
        assert store.recall(FAR) == RateLimitState(NOW + 60, (NOW - 5, NOW))
    with Store.open(path) as store:
        assert store.recall(FAR) == RateLimitState(NOW + 60, (NOW - 5, NOW))
        assert store.recall(HOME) == RateLimitState()


def test_a_full_disk_loses_nothing_that_was_kept(path: Path) -> None:
    with Store.open(path) as store:
        collection = store.begin(HOME, NOW)
        timeline = store.begin_timeline(collection, HOME, "public", HOME, 10**6)
        store._database.execute(f"PRAGMA max_page_count = {store._row('PRAGMA page_count')[0] + 8}")  # type: ignore[index]
        kept = 0

        def fill() -> None:
            nonlocal kept
            for page in range(1000):
                store.add_posts(timeline, [(some_post(page * 40 + n), False) for n in range(40)], str(page))
                kept += 40

        with pytest.raises(LocalError, match="full"):
            fill()
    with Store.open(path) as store:
        known = store.timeline(collection, HOME, "public")
        assert known is not None
        assert known.posts_read == kept == len(known.seen)


def test_nobody_can_be_followed_from_one_timeline_to_another(path: Path) -> None:
    with Store.open(path) as store:
        collection = store.begin(HOME, NOW)
        one, other = (store.begin_timeline(collection, host, "public", host, 100) for host in (HOME, FAR))
        for timeline in (one, other):
            store.add_posts(timeline, [(some_post(1), False)], "1")
        digests = [store._rows("SELECT digest, author FROM post WHERE timeline = ?", t.id)[0] for t in (one, other)]
        again = store.timeline(collection, HOME, "public")
        assert again is not None
        assert set(digests[0]).isdisjoint(digests[1])
        assert again.digest(some_post(1).id) == digests[0][0], "but a run that goes on knows what was read"


def test_what_is_written_within_a_moment_is_kept_together(path: Path) -> None:
    turns: list[Callable[[], None]] = []
    with Store.open(path) as store, Store.read(path) as reader:
        with store.gathering(turns.append):
            timeline = store.begin_timeline(store.begin(HOME, NOW), HOME, "public", HOME, 100)
            store.add_posts(timeline, [(some_post(1), False)], "1")
            assert reader.starts() == []
            assert len(turns) == 1
            turns.pop()()
            assert reader.starts() == [HOME]
            store.add_posts(timeline, [(some_post(2), False)], "2")
            assert len(turns) == 1
        turns.pop()()  # too late: it is kept already
        assert [reading.posts_read for reading in reader.readings(reader.collections(HOME)[0], 100)] == [2]


def test_after_a_write_that_failed_nothing_more_is_written(path: Path) -> None:
    turns: list[Callable[[], None]] = []
    with Store.open(path) as store:
        collection = store.begin(HOME, NOW)
        timeline = store.begin_timeline(collection, HOME, "public", HOME, 5000)

        def gather() -> None:
            with store.gathering(turns.append):
                store.add_posts(timeline, [(some_post(1), False)], "1")
                store._database.execute(f"PRAGMA max_page_count = {store._row('PRAGMA page_count')[0]}")  # type: ignore[index]
                with pytest.raises(LocalError, match="full"):
                    store.add_posts(timeline, [(some_post(n), False) for n in range(2, 3000)], "2999")
                store._database.execute(
                    "PRAGMA max_page_count = 1000000"
                )  # somebody made room: but the first page is gone
                store.add_posts(timeline, [(some_post(3000), False)], "3000")

        with pytest.raises(LocalError, match="full"):
            gather()
        assert store.readings(collection, 5000)[0].posts_read == 0


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_that_cannot_be_written_is_our_trouble(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(LocalError, match="cannot write"):
        Store.open(tmp_path / "fedistats.db")


def test_a_file_in_the_folders_place_is_our_trouble(tmp_path: Path) -> None:
    (tmp_path / "output").write_text("a file")
    with pytest.raises(LocalError, match="cannot write"):
        Store.open(tmp_path / "output" / "fedistats.db")
