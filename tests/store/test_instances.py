"""What servers say about themselves is kept completely."""

from __future__ import annotations

from pathlib import Path

from fedistats.hosts import Host
from fedistats.model import Activity, InstanceInfo
from fedistats.store import collections, instances
from fedistats.store.database import Database
from tests.store.samples import FAR, HOME, NOW

API = Host("api.home.example")
INSTANCE = InstanceInfo(
    HOME,
    API,
    title="Home 🏡",
    software="mastodon",
    users=7,
    languages=("en", "de"),
    rules=("Be kind",),
    activity=(Activity(begins_at=NOW, posts=5, logins=4, registrations=3),),
    following=(FAR,),
    gaps={"description": "missing"},
)


def test_an_instance_is_loaded_as_it_was_saved(path: Path) -> None:
    with Database.open(path) as db:
        collection = collections.begin(db, HOME, NOW)
        assert instances.load(db, collection, HOME) is None
        instances.save(db, collection, INSTANCE, complete=False)
        assert instances.load(db, collection, HOME) == INSTANCE
        assert instances.load_all(db, collection) == {HOME: INSTANCE}
        assert instances.load_all(db, collections.begin(db, FAR, NOW)) == {}


def test_only_a_complete_instance_is_loaded_as_complete(path: Path) -> None:
    with Database.open(path) as db:
        collection = collections.begin(db, HOME, NOW)
        instances.save(db, collection, INSTANCE, complete=False)
        assert instances.load(db, collection, HOME, complete=True) is None
        instances.save(db, collection, INSTANCE, complete=True)
        assert instances.load(db, collection, HOME, complete=True) == INSTANCE
