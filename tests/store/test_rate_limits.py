"""The state of each host's rate limit."""

from __future__ import annotations

from pathlib import Path

from fedistats.model import RateLimitState
from fedistats.store import collections
from fedistats.store.database import Database
from fedistats.store.rate_limits import RateLimitTable
from tests.store.samples import FAR, HOME, NOW

STATE = RateLimitState(NOW + 60, (NOW - 5, NOW))


def test_the_rate_limit_of_a_host_is_kept_until_the_next_run(path: Path) -> None:
    with Database.open(path) as db:
        table = RateLimitTable(db)
        table.note(FAR, STATE)
        assert table.recall(FAR) == STATE
    with Database.open(path) as db:
        assert RateLimitTable(db).recall(FAR) == STATE
        assert RateLimitTable(db).recall(HOME) == RateLimitState()


def test_a_state_is_written_with_the_next_transaction(path: Path) -> None:
    with Database.open(path) as db, Database.open_read_only(path) as reader:
        RateLimitTable(db).note(FAR, STATE)
        assert RateLimitTable(reader).recall(FAR) == RateLimitState()
        collections.begin(db, HOME, NOW)
        assert RateLimitTable(reader).recall(FAR) == STATE
