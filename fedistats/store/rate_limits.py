"""The state of each host's rate limit, kept from one run to the next."""

from __future__ import annotations

import json

import msgspec

from fedistats.hosts import Host
from fedistats.model import RateLimitState
from fedistats.store.database import Database


class RateLimitTable:
    """Reads and writes rate-limit states (a `client` RateLimitStore). Make one for each open database."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._unwritten: dict[Host, RateLimitState] = {}
        db.before_commit.append(self._write)

    def recall(self, host: Host) -> RateLimitState:
        """The state of a host; the initial state if nothing is known."""
        if host in self._unwritten:
            return self._unwritten[host]
        row = self._db.row("SELECT not_before, paging FROM rate_limit WHERE host = ?", host)
        return RateLimitState(row[0], tuple(json.loads(row[1]))) if row else RateLimitState()

    def note(self, host: Host, state: RateLimitState) -> None:
        """Keep the state of a host. It is written with the next transaction."""
        self._unwritten[host] = state

    def _write(self) -> None:
        if self._unwritten:
            states = self._unwritten.items()
            rows = [(host, state.not_before, msgspec.json.encode(state.paging).decode()) for host, state in states]
            self._db.connection.executemany("INSERT OR REPLACE INTO rate_limit VALUES (?, ?, ?)", rows)
            self._unwritten.clear()
