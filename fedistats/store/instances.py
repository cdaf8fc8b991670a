"""What servers say about themselves."""

from __future__ import annotations

import json
from dataclasses import asdict

from fedistats.hosts import Host
from fedistats.model import Activity, InstanceInfo
from fedistats.store.collections import Collection
from fedistats.store.database import Database


def save(db: Database, collection: Collection, instance: InstanceInfo, *, complete: bool) -> None:
    """Save what a server says about itself. `complete`: all its pages about itself were requested, not only some."""
    facts = {name: value for name, value in asdict(instance).items() if name not in ("host", "api_host")}
    text = json.dumps(facts, ensure_ascii=False)
    with db.transaction() as connection:
        row = (collection.id, db.host_id(instance.host), instance.api_host, text, complete)
        connection.execute("INSERT OR REPLACE INTO instance VALUES (?, ?, ?, ?, ?)", row)


def load(db: Database, collection: Collection, host: Host, *, complete: bool = False) -> InstanceInfo | None:
    """What a server says about itself, or None. With `complete`, None unless all its pages about itself were requested."""
    row = db.row(
        "SELECT api_host, facts FROM instance JOIN host ON host.id = host WHERE collection = ? AND name = ? AND complete >= ?",
        collection.id, host, complete,
    )  # fmt: skip
    return _from_row(host, *row) if row else None


def load_all(db: Database, collection: Collection) -> dict[Host, InstanceInfo]:
    """What each server of a collection says about itself."""
    rows = db.rows(
        "SELECT name, api_host, facts FROM instance JOIN host ON host.id = host WHERE collection = ?", collection.id
    )
    return {Host(name): _from_row(Host(name), api_host, facts) for name, api_host, facts in rows}


def _from_row(host: Host, api_host: str, facts: str) -> InstanceInfo:
    values = json.loads(facts)
    for name in ("languages", "rules", "following", "followers"):
        values[name] = tuple(values.get(name, ()))
    values["activity"] = tuple(Activity(**week) for week in values["activity"])
    return InstanceInfo(host=host, api_host=Host(api_host), **values)
