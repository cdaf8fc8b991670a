"""Counting the names of profile fields."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from fedistats.crawl.crawler import Crawler
from fedistats.hosts import Host, Target
from fedistats.render.terminal.profiles import profiles_table
from fedistats.results.profiles import Profiles
from fedistats.store.database import Database
from tests.fediverse import FakeFediverse, FakeServer, account
from tests.terminal import table_text

HOME = Host("home.example")
NOW = 1793534400


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "fedistats.db"


def field(name: str, value: str = "something") -> dict[str, Any]:
    return {"name": name, "value": value, "verified_at": None}


def count_fields(people: list[dict[str, Any]], path: Path, **options: Any) -> dict[str, int]:
    """The people who use each field, in a directory of these people and ten without fields."""
    fediverse = FakeFediverse({HOME: FakeServer(profiles=[*people, *(account(f"quiet{n}") for n in range(10))])})
    with Database.open(path) as db:
        asyncio.run(Crawler(fediverse.fetch, db, now=lambda: NOW).profiles(Target(HOME)))
        counts = Profiles.read(db, HOME, **options)
    return {word.text: word.people for word in counts.fields}


def test_spellings_of_a_field_are_counted_together(path: Path) -> None:
    names = ["Website", "website:", "WEBSITE 🌐", "Website", ":globe: Web site"]
    people = [account(f"u{n}", fields=[field(name)]) for n, name in enumerate(names)]
    assert count_fields(people, path) == {"Website": 5}


def test_a_field_of_fewer_than_three_people_is_not_shown(path: Path) -> None:
    people = [account(f"u{n}", fields=[field("Pronouns")] + [field("My secret")] * (n < 2)) for n in range(4)]
    assert count_fields(people, path) == {"Pronouns": 4}


def test_a_field_of_one_person_is_never_stored(path: Path) -> None:
    people = [account("u1", fields=[field("Zanzibarbarossa")]), account("u2", fields=[field("Pronouns")])]
    count_fields(people, path)
    assert b"anzibarbarossa" not in path.read_bytes()


def test_a_field_counts_once_for_each_person_and_only_if_it_has_a_value(path: Path) -> None:
    people = [account(f"u{n}", fields=[field("Web"), field("web"), field("Empty", " ")]) for n in range(3)]
    assert count_fields(people, path) == {"Web": 3}


def test_at_most_a_hundred_fields_of_a_person_count(path: Path) -> None:
    people = [account(f"u{n}", fields=[field(f"field{m}") for m in range(1000)]) for n in range(3)]
    assert len(count_fields(people, path)) == 100


def test_fields_of_people_who_opted_out_do_not_count(path: Path) -> None:
    willing = [account(f"u{n}", fields=[field("Web")]) for n in range(3)]
    opted_out = [
        account("v1", fields=[field("Web")], discoverable=False),
        account("v2", fields=[field("Web"), field("Robots", "#nobot")]),
        account("v3", fields=[field("Web")], noindex=True),
    ]
    assert count_fields(willing + opted_out, path) == {"Web": 3}


def test_profile_fields_are_in_the_table_and_in_the_json(path: Path) -> None:
    count_fields([account(f"u{n}", fields=[field("Web")]) for n in range(4)], path)
    with Database.open_read_only(path) as db:
        counts = Profiles.read(db, HOME)
    assert "Web 4" in table_text(profiles_table(counts))
    assert json.loads(counts.to_json().encode())["profiles"]["fields"] == [{"people": 4, "text": "Web"}]
