"""Counting the words of posts."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from fedistats.crawl.crawler import Crawler
from fedistats.fetch import Request
from fedistats.hosts import Host, Target
from fedistats.model import Feed
from fedistats.render.terminal.posts import posts_table
from fedistats.results.posts import Posts
from fedistats.store.database import Database
from fedistats.store.forget import forget
from tests.fediverse import TIMELINE, FakeFediverse, FakeServer, account, post
from tests.terminal import table_text

HOME, FAR = Host("home.example"), Host("far.example")
NOW = 1793534400


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "fedistats.db"


def post_by(number: int, who: str, text: str, **settings: Any) -> dict[str, Any]:
    settings = {"indexable": True, **settings}
    return post(number, who) | {"content": f"<p>{text}</p>", "account": account(who, **settings)}


def other_authors() -> list[dict[str, Any]]:
    """Posts of ten people who share no word: words of fewer than ten authors are not shown."""
    return [post_by(900 + n, f"other_authors{n}@far.example", "zyx" + "abcdefghij"[n]) for n in range(10)]


def count_words_in(posts: list[dict[str, Any]], path: Path, newest: int = 1000, read: int = 1000) -> Feed:
    fediverse = FakeFediverse({HOME: FakeServer([*posts, *other_authors()][::-1])})
    with Database.open(path) as db:
        asyncio.run(Crawler(fediverse.fetch, db, now=lambda: NOW).posts(Target(HOME), read))
        return Posts.read(db, HOME, newest).feeds[0]


def words(feed: Feed) -> dict[str, int]:
    return {word.text: word.people for word in feed.words}


def test_words_of_posts_are_counted_by_people_not_by_uses(path: Path) -> None:
    posts = [post_by(n, f"u{n % 4}@far.example", "telescope") for n in range(40)]
    posts += [post_by(50 + n, "loud@far.example", "sourdough") for n in range(9)]
    counts = count_words_in(posts, path)
    assert words(counts) == {"telescope": 4}
    assert counts.speakers == 5 + 10


def test_words_of_authors_who_do_not_allow_search_are_not_counted(path: Path) -> None:
    posts = [post_by(n, f"u{n}", "telescope") for n in range(3)]
    opt_outs: list[dict[str, Any]] = [
        {"indexable": None},
        {"indexable": False},
        {"noindex": True},
        {"note": "#nobot"},
        {"limited": True},
    ]
    posts += [post_by(10 + n, f"v{n}", "telescope", **opt_out) for n, opt_out in enumerate(opt_outs)]
    counts = count_words_in(posts, path)
    assert words(counts) == {"telescope": 3}
    assert counts.speakers == 3 + 10


def test_words_of_fewer_than_ten_authors_are_not_shown(path: Path) -> None:
    posts = [post_by(n, f"u{n}", "telescope") for n in range(9)]
    fediverse = FakeFediverse({HOME: FakeServer(posts[::-1])})
    with Database.open(path) as db:
        asyncio.run(Crawler(fediverse.fetch, db, now=lambda: NOW).posts(Target(HOME), 100))
        counts = Posts.read(db, HOME, 100).feeds[0]
    assert (counts.words, counts.speakers) == ((), 9)


def test_neither_a_word_of_one_person_nor_its_author_is_stored(path: Path) -> None:
    posts = [post_by(n, f"u{n}", "telescope" + " xylorimba" * (n == 1)) for n in range(4)]
    count_words_in(posts, path)
    assert b"xylorimba" not in path.read_bytes()
    with Database.open_read_only(path) as db:
        assert db.rows("SELECT count(*) FROM word_use") == [(0,)]
        assert set(db.rows("SELECT term, people FROM term")) == {("telescope", 4)}


def test_hashtags_and_mentions_are_not_counted_as_words(path: Path) -> None:
    tag = '<a href="https://home.example/tags/cats" class="mention hashtag" rel="tag">#<span>cats</span></a>'
    name = '<span class="h-card"><a href="https://home.example/@bob" class="u-url mention">@<span>bob</span></a></span>'
    posts = [post_by(n, f"u{n}", f"{name} telescope {tag}") for n in range(4)]
    assert words(count_words_in(posts, path)) == {"telescope": 4}


def test_words_are_unknown_if_fewer_posts_are_shown_than_were_read(path: Path) -> None:
    counts = count_words_in([post_by(n, f"u{n}", "telescope") for n in range(9)], path, newest=5)
    assert (counts.posts_read, counts.words, counts.speakers) == (5, (), None)


def test_a_resumed_collection_counts_no_author_twice(path: Path) -> None:
    posts = [post_by(n, f"u{n % 6}", "telescope") for n in range(200)] + other_authors()
    fediverse = FakeFediverse({HOME: FakeServer(posts[::-1])})

    def stop(request: Any) -> None:
        if request.path == TIMELINE and len(fediverse.page_counts()) == 2:
            raise KeyboardInterrupt

    fediverse.on_request = stop
    with pytest.raises(KeyboardInterrupt), Database.open(path) as db:
        asyncio.run(Crawler(fediverse.fetch, db, now=lambda: NOW).posts(Target(HOME), 1000))
    fediverse.on_request = lambda _: None
    with Database.open(path) as db:
        asyncio.run(Crawler(fediverse.fetch, db, now=lambda: NOW).posts(Target(HOME), 1000))
        counts = Posts.read(db, HOME, 1000).feeds[0]
    assert (words(counts), counts.speakers) == ({"telescope": 6}, 16)


def test_words_of_neighbors_timelines_are_not_counted(path: Path) -> None:
    posts = [post_by(n, f"u{n}@far.example", "telescope") for n in range(9)]
    far = [post_by(n, f"u{n}", "microscope") for n in range(9)]
    fediverse = FakeFediverse({HOME: FakeServer(posts[::-1]), FAR: FakeServer(far[::-1])})
    with Database.open(path) as db:
        asyncio.run(Crawler(fediverse.fetch, db, now=lambda: NOW).neighborhood(Target(HOME), 100, words_too=True))
        kept = {term for (term,) in db.rows("SELECT term FROM term")}
    assert kept == {"telescope"}


def test_words_are_counted_on_request_and_then_for_the_complete_timeline(path: Path) -> None:
    posts = [post_by(n, f"u{n % 20}", "telescope") for n in range(90, 0, -1)]
    fediverse = FakeFediverse({HOME: FakeServer(posts)})

    def stop_at_the_second_page(request: Request) -> None:
        if any(name == "max_id" for name, _ in request.params):
            raise KeyboardInterrupt

    with Database.open(path) as db:
        crawler = Crawler(fediverse.fetch, db, now=lambda: NOW)
        asyncio.run(crawler.neighborhood(Target(HOME), 90))
        assert db.rows("SELECT * FROM term") == []
        fediverse.on_request = stop_at_the_second_page
        with pytest.raises(KeyboardInterrupt):
            asyncio.run(crawler.neighborhood(Target(HOME), 90, fresh=True, words_too=True))
        fediverse.on_request = lambda _: None
        asyncio.run(crawler.neighborhood(Target(HOME), 90))  # started with words, so resumed with words
        assert db.rows("SELECT people FROM term WHERE term = 'telescope'") == [(20,)]


def test_forgetting_a_host_deletes_its_words(path: Path) -> None:
    posts = [post_by(n, f"u{n}", "telescope") for n in range(5)]
    people = [account(f"u{n}", note="gardener", fields=[{"name": "Web", "value": "something"}]) for n in range(12)]
    fediverse = FakeFediverse({HOME: FakeServer(posts[::-1], profiles=people)})
    with Database.open(path) as db:
        crawler = Crawler(fediverse.fetch, db, now=lambda: NOW)
        asyncio.run(crawler.posts(Target(HOME), 3))
        asyncio.run(crawler.profiles(Target(HOME)))
        assert {kind for (kind,) in db.rows("SELECT kind FROM term")} == {"bio", "field", "post"}
        forget(db, HOME)
        for table in ("term", "spelling", "word_use"):
            assert db.rows(f"SELECT * FROM {table}") == []


def test_words_of_posts_are_in_the_table_and_in_the_json(path: Path) -> None:
    count_words_in([post_by(n, f"u{n}@far.example", "telescope") for n in range(5)], path)
    with Database.open_read_only(path) as db:
        counts = Posts.read(db, HOME, 1000)
    table = table_text(posts_table(counts))
    assert "telescope 5" in table
    assert "of the 15 authors who allow search of their posts" in table
    feed = json.loads(counts.to_json().encode())["posts"]["feeds"][0]
    assert (feed["words"], feed["speakers"]) == ([{"people": 5, "text": "telescope"}], 15)
