"""Reading a directory of profiles."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from fedistats.crawl.crawler import Crawler
from fedistats.errors import (
    NotFound,
    NothingFound,
)
from fedistats.fetch import Request
from fedistats.hosts import Target
from fedistats.model import Outcome
from fedistats.results.profiles import Profiles
from fedistats.store.database import Database
from tests.crawl.neighborhoods import (
    HOME,
    NOW,
)
from tests.fediverse import DIRECTORY, FakeFediverse, FakeServer, account


def read_profiles(path: Path, profiles: list[dict[str, Any]], **responses: Any) -> Any:
    fediverse = FakeFediverse({HOME: FakeServer(profiles=profiles, responses=responses)})
    with Database.open(path) as database:
        asyncio.run(Crawler(fediverse.fetch, database, now=lambda: NOW).profiles(Target(HOME)))
    with Database.open_read_only(path) as database:
        return Profiles.read(database, HOME)


def test_only_profiles_that_allow_it_are_counted(path: Path) -> None:
    people = [account(f"u{n}", note="gardener" if n % 2 else "") for n in range(100)]
    people += [account("a", noindex=True), account("b", note="#nobot"), account("c", discoverable=None)]
    profiles = read_profiles(path, people)
    assert (profiles.listed, profiles.left_out, profiles.counted, profiles.with_bio) == (103, 3, 100, 50)


def test_a_word_is_counted_by_people_and_shown_if_enough_use_it(path: Path) -> None:
    bios = ["Cats cats cats", "cats and sailing", "my cats", "sailing far", "lonelyword"] + ["" for _ in range(10)]
    profiles = read_profiles(path, [account(f"u{n}", note=bio) for n, bio in enumerate(bios)])
    assert [(word.text, word.people) for word in profiles.words] == [("cats", 3)]


def test_followers_and_account_ages_are_distributions(path: Path) -> None:
    people = [account(f"u{n}", followers_count=3 * n, created_at="2022-11-05T00:00:00.000Z") for n in range(50)]
    distributions = {distribution.name: distribution for distribution in read_profiles(path, people).distributions}
    assert sum(n for *_, n in distributions["followers"].bins) == 50
    assert distributions["account age"].bins == ((48.0, 49.0, 50),)


def test_the_profiles_of_a_very_small_server_are_not_shown(path: Path) -> None:

    with pytest.raises(NothingFound, match="fewer than 10"):
        read_profiles(path, [account(f"u{n}", note="gardener") for n in range(9)])


def test_a_directory_without_end_is_cut_and_so_are_long_bios(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fedistats.crawl.directory.MAX_PROFILES", 400)
    note = "ends " * 1999 + "here afterwards"

    def endless(request: Request) -> list[dict[str, Any]]:
        offset = int(dict(request.params)["offset"])
        return [account(f"u{n}", note=note) for n in range(offset, offset + 80)]

    profiles = read_profiles(path, [], **{DIRECTORY: endless})
    assert (profiles.listed, profiles.outcome, profiles.reason) == (400, Outcome.PARTIAL, "invalid: endless")
    assert "afterwards" not in {word.text for word in profiles.words}
    assert "ends" in {word.text for word in profiles.words}


def test_a_closed_directory_says_so(path: Path) -> None:

    with pytest.raises(NothingFound, match="closed by its owner"):
        read_profiles(path, [], **{DIRECTORY: NotFound("none")})
