"""What the report counts beside graph and bios: profile fields, words of posts, and what each instance runs."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from fedistats import optout
from fedistats.crawl.crawler import Crawler
from fedistats.errors import InvalidResponse, LocalError, RateLimited
from fedistats.export.analysis_json import graph_json
from fedistats.export.json_documents import as_json
from fedistats.fetch import Request
from fedistats.hosts import Host, Target
from fedistats.model import Account, Feed, Node, Outcome, ProfileCounts
from fedistats.render import terminal
from fedistats.results import queries
from fedistats.store import profile_counts
from fedistats.store.database import Database
from fedistats.store.forget import forget
from tests.fediverse import TIMELINE, Fediverse, Server, account, post

HOME, FAR = Host("home.example"), Host("far.example")
NOW = 1793534400
NODEINFO = "/.well-known/nodeinfo"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "fedistats.db"


# -- names of profile fields -------------------------------------------------------------------------------------------


def field(name: str, value: str = "something") -> dict[str, Any]:
    return {"name": name, "value": value, "verified_at": None}


def fields_of(people: list[dict[str, Any]], path: Path, **options: Any) -> dict[str, int]:
    """What is told of the fields of these people, who have ten neighbors without any."""
    fediverse = Fediverse({HOME: Server(profiles=[*people, *(account(f"quiet{n}") for n in range(10))])})
    with Database.open(path) as store:
        asyncio.run(Crawler(fediverse.fetch, store, now=lambda: NOW).profiles(Target(HOME)))
        found: ProfileCounts = queries.profiles(store, HOME, **options)
    return {word.text: word.people for word in found.fields}


def test_spellings_of_a_field_are_one(path: Path) -> None:
    names = ["Website", "website:", "WEBSITE 🌐", "Website", ":globe: Web site"]
    people = [account(f"u{n}", fields=[field(name)]) for n, name in enumerate(names)]
    assert fields_of(people, path) == {"Website": 5}


def test_a_field_of_one_or_two_people_is_not_told(path: Path) -> None:
    people = [account(f"u{n}", fields=[field("Pronouns")] + [field("My secret")] * (n < 2)) for n in range(4)]
    assert fields_of(people, path) == {"Pronouns": 4}


def test_the_name_of_one_persons_field_is_never_written_down(path: Path) -> None:
    people = [account("u1", fields=[field("Zanzibarbarossa")]), account("u2", fields=[field("Pronouns")])]
    fields_of(people, path)
    assert b"anzibarbarossa" not in path.read_bytes()


def test_a_field_counts_once_for_each_person_and_only_if_it_is_filled_in(path: Path) -> None:
    people = [account(f"u{n}", fields=[field("Web"), field("web"), field("Empty", " ")]) for n in range(3)]
    assert fields_of(people, path) == {"Web": 3}


def test_of_a_person_with_endless_fields_a_hundred_count(path: Path) -> None:
    people = [account(f"u{n}", fields=[field(f"field{m}") for m in range(1000)]) for n in range(3)]
    assert len(fields_of(people, path)) == 100


def test_fields_of_people_who_said_no_do_not_count(path: Path) -> None:
    willing = [account(f"u{n}", fields=[field("Web")]) for n in range(3)]
    unwilling = [
        account("v1", fields=[field("Web")], discoverable=False),
        account("v2", fields=[field("Web"), field("Robots", "#nobot")]),
        account("v3", fields=[field("Web")], noindex=True),
    ]
    assert fields_of(willing + unwilling, path) == {"Web": 3}


@pytest.mark.parametrize("name", ["", " ", ":blob:", "https://x.example/@ann", "x" * 41, "\u202e\x00"])
def test_what_is_no_name_is_no_field(name: str) -> None:
    assert profile_counts.field_names(Account("u", fields=((name, "something"),))) == ()


@pytest.mark.parametrize(
    ("name", "told"), [("🏠", "🏠"), ("年齢：", "年齢"), ("E-Mail", "E-Mail"), ("<b>Blog</b>", "Blog")]
)
def test_names_of_fields_come_in_every_script(name: str, told: str) -> None:
    assert [term.spelling for term in profile_counts.field_names(Account("u", fields=((name, "x"),)))] == [told]


# -- words of posts ----------------------------------------------------------------------------------------------------


def said(number: int, who: str, text: str, **wishes: Any) -> dict[str, Any]:
    wishes = {"indexable": True, **wishes}
    return post(number, who) | {"content": f"<p>{text}</p>", "account": account(who, **wishes)}


def crowd() -> list[dict[str, Any]]:
    """Ten people who share no word: of fewer no words are told."""
    return [said(900 + n, f"crowd{n}@far.example", "zyx" + "abcdefghij"[n]) for n in range(10)]


def feed_of(posts: list[dict[str, Any]], path: Path, newest: int = 1000, read: int = 1000) -> Feed:
    fediverse = Fediverse({HOME: Server([*posts, *crowd()][::-1])})
    with Database.open(path) as store:
        asyncio.run(Crawler(fediverse.fetch, store, now=lambda: NOW).posts(Target(HOME), read))
        return queries.posts(store, HOME, newest).feeds[0]


def words_of(feed: Feed) -> dict[str, int]:
    return {word.text: word.people for word in feed.words}


def test_words_of_posts_are_counted_by_people_not_by_how_often(path: Path) -> None:
    posts = [said(n, f"u{n % 4}@far.example", "telescope") for n in range(40)]
    posts += [said(50 + n, "loud@far.example", "sourdough") for n in range(9)]
    found = feed_of(posts, path)
    assert words_of(found) == {"telescope": 4}
    assert found.speakers == 5 + 10


def test_words_of_those_who_did_not_say_yes_are_not_counted(path: Path) -> None:
    posts = [said(n, f"u{n}", "telescope") for n in range(3)]
    refusals: list[dict[str, Any]] = [
        {"indexable": None},
        {"indexable": False},
        {"noindex": True},
        {"note": "#nobot"},
        {"limited": True},
    ]
    posts += [said(10 + n, f"v{n}", "telescope", **refusal) for n, refusal in enumerate(refusals)]
    found = feed_of(posts, path)
    assert words_of(found) == {"telescope": 3}
    assert found.speakers == 3 + 10


def test_of_fewer_than_ten_people_no_words_are_told(path: Path) -> None:
    posts = [said(n, f"u{n}", "telescope") for n in range(9)]
    fediverse = Fediverse({HOME: Server(posts[::-1])})
    with Database.open(path) as store:
        asyncio.run(Crawler(fediverse.fetch, store, now=lambda: NOW).posts(Target(HOME), 100))
        found = queries.posts(store, HOME, 100).feeds[0]
    assert (found.words, found.speakers) == ((), 9)


def test_a_word_of_one_person_and_who_said_it_leave_no_trace(path: Path) -> None:
    posts = [said(n, f"u{n}", "telescope" + " xylorimba" * (n == 1)) for n in range(4)]
    feed_of(posts, path)
    assert b"xylorimba" not in path.read_bytes()
    with Database.open_read_only(path) as store:
        assert store.rows("SELECT count(*) FROM word_use") == [(0,)]
        assert set(store.rows("SELECT term, people FROM term")) == {("telescope", 4)}


@pytest.mark.parametrize(
    ("wishes", "yes"),
    [
        ({"indexable": True}, True),
        ({}, False),
        ({"indexable": False}, False),
        ({"indexable": True, "noindex": True}, False),
        ({"indexable": True, "note": "no thanks, #NoBot"}, False),
        ({"indexable": True, "suspended": True}, False),
    ],
)
def test_posts_are_searched_only_with_a_yes_and_without_any_no(wishes: dict[str, Any], yes: bool) -> None:
    assert optout.may_search(Account("u", **wishes)) is yes


def test_hashtags_and_names_in_posts_are_no_words(path: Path) -> None:
    tag = '<a href="https://home.example/tags/cats" class="mention hashtag" rel="tag">#<span>cats</span></a>'
    name = '<span class="h-card"><a href="https://home.example/@bob" class="u-url mention">@<span>bob</span></a></span>'
    posts = [said(n, f"u{n}", f"{name} telescope {tag}") for n in range(4)]
    assert words_of(feed_of(posts, path)) == {"telescope": 4}


def test_nothing_is_said_of_words_where_fewer_posts_are_told_than_were_read(path: Path) -> None:
    found = feed_of([said(n, f"u{n}", "telescope") for n in range(9)], path, newest=5)
    assert (found.posts_read, found.words, found.speakers) == (5, (), None)


def test_a_broken_off_reading_counts_nobody_twice(path: Path) -> None:
    posts = [said(n, f"u{n % 6}", "telescope") for n in range(200)] + crowd()
    fediverse = Fediverse({HOME: Server(posts[::-1])})

    def stop(question: Any) -> None:
        if question.path == TIMELINE and len(fediverse.pages()) == 2:
            raise KeyboardInterrupt

    fediverse.before = stop
    with pytest.raises(KeyboardInterrupt), Database.open(path) as store:
        asyncio.run(Crawler(fediverse.fetch, store, now=lambda: NOW).posts(Target(HOME), 1000))
    fediverse.before = lambda _: None
    with Database.open(path) as store:
        asyncio.run(Crawler(fediverse.fetch, store, now=lambda: NOW).posts(Target(HOME), 1000))
        found = queries.posts(store, HOME, 1000).feeds[0]
    assert (words_of(found), found.speakers) == ({"telescope": 6}, 16)


def test_neighbors_timelines_are_not_read_for_words(path: Path) -> None:
    posts = [said(n, f"u{n}@far.example", "telescope") for n in range(9)]
    far = [said(n, f"u{n}", "microscope") for n in range(9)]
    fediverse = Fediverse({HOME: Server(posts[::-1]), FAR: Server(far[::-1])})
    with Database.open(path) as store:
        asyncio.run(Crawler(fediverse.fetch, store, now=lambda: NOW).neighborhood(Target(HOME), 100, words_too=True))
        kept = {term for (term,) in store.rows("SELECT term FROM term")}
    assert kept == {"telescope"}


def test_words_are_counted_only_where_they_are_wanted_and_then_of_the_whole_timeline(path: Path) -> None:
    posts = [said(n, f"u{n % 20}", "telescope") for n in range(90, 0, -1)]
    fediverse = Fediverse({HOME: Server(posts)})

    def stop_at_the_second_page(question: Request) -> None:
        if any(name == "max_id" for name, _ in question.params):
            raise KeyboardInterrupt

    with Database.open(path) as store:
        crawl = Crawler(fediverse.fetch, store, now=lambda: NOW)
        asyncio.run(crawl.neighborhood(Target(HOME), 90))
        assert store.rows("SELECT * FROM term") == []
        fediverse.before = stop_at_the_second_page
        with pytest.raises(KeyboardInterrupt):
            asyncio.run(crawl.neighborhood(Target(HOME), 90, fresh=True, words_too=True))
        fediverse.before = lambda _: None
        asyncio.run(crawl.neighborhood(Target(HOME), 90))  # begun for words, so gone on with for words
        assert store.rows("SELECT people FROM term WHERE term = 'telescope'") == [(20,)]


def test_a_host_that_is_forgotten_takes_its_words_along(path: Path) -> None:
    posts = [said(n, f"u{n}", "telescope") for n in range(5)]
    people = [account(f"u{n}", note="gardener", fields=[field("Web")]) for n in range(12)]
    fediverse = Fediverse({HOME: Server(posts[::-1], profiles=people)})
    with Database.open(path) as store:
        crawl = Crawler(fediverse.fetch, store, now=lambda: NOW)
        asyncio.run(crawl.posts(Target(HOME), 3))
        asyncio.run(crawl.profiles(Target(HOME)))
        assert {kind for (kind,) in store.rows("SELECT kind FROM term")} == {"bio", "field", "post"}
        forget(store, HOME)
        for table in ("term", "spelling", "word_use"):
            assert store.rows(f"SELECT * FROM {table}") == []


# -- what each instance runs -------------------------------------------------------------------------------------------


def told_nodeinfo(software: str, version: str, users: int | None) -> dict[str, Any]:
    """A nodeinfo document where its address would stand, as some servers have it."""
    return {"software": {"name": software, "version": version}, "usage": {"users": {"total": users}}}


def world(answer: Any) -> Fediverse:
    home = Server([post(n, "x@far.example") for n in range(9, 0, -1)])
    return Fediverse({HOME: home, FAR: Server([post(1, "ann@home.example")], answers={NODEINFO: answer})})


def far_node(fediverse: Fediverse, path: Path, *, software: bool = True) -> Node:
    with Database.open(path) as store:
        asyncio.run(Crawler(fediverse.fetch, store, now=lambda: NOW).neighborhood(Target(HOME), 100, software=software))
        found = queries.neighborhood(store, HOME, 100)
    return next(node for node in found.nodes if node.host == FAR)


def asked_nodeinfo(fediverse: Fediverse) -> int:
    return sum(question.path == NODEINFO for question in fediverse.asked)


def test_an_instance_that_answered_is_asked_what_it_runs_after_its_timeline(path: Path) -> None:
    fediverse = world(told_nodeinfo("Akkoma", "3.16.0", 41))
    node = far_node(fediverse, path)
    assert (node.software, node.version, node.users) == ("akkoma", "3.16.0", 41)
    assert [question.path for question in fediverse.asked if question.host == FAR][-1] == NODEINFO
    assert asked_nodeinfo(fediverse) == 1


def test_nobody_is_asked_what_it_runs_unless_the_report_wants_it(path: Path) -> None:
    fediverse = world(told_nodeinfo("Akkoma", "3.16.0", 41))
    assert far_node(fediverse, path, software=False).software is None
    assert asked_nodeinfo(fediverse) == 0


def test_a_report_after_a_neighborhood_asks_only_for_what_is_missing(path: Path) -> None:
    fediverse = world(told_nodeinfo("Akkoma", "3.16.0", 41))
    far_node(fediverse, path, software=False)
    pages = sum(fediverse.pages().values())
    assert far_node(fediverse, path).software == "akkoma"
    assert sum(fediverse.pages().values()) == pages
    assert far_node(fediverse, path).software == "akkoma"
    assert asked_nodeinfo(fediverse) == 1


def test_what_a_server_does_not_tell_is_a_gap_and_no_zero(path: Path) -> None:
    node = far_node(world(told_nodeinfo("Akkoma", "", None)), path)
    assert (node.software, node.version, node.users) == ("akkoma", None, None)


@pytest.mark.parametrize("trouble", [InvalidResponse("a web page", "html"), RateLimited("later", 1e10)])
def test_a_server_that_tells_nothing_is_asked_once(path: Path, trouble: Exception) -> None:
    fediverse = world(trouble)
    node = far_node(fediverse, path)
    assert (node.outcome, node.software, node.users) == (Outcome.COMPLETE, None, None)
    far_node(fediverse, path)
    assert asked_nodeinfo(fediverse) == 1


def test_after_trouble_of_our_own_it_is_asked_again(path: Path) -> None:
    def no_network(_: Any) -> Any:
        raise LocalError("no network")

    fediverse = world(no_network)
    assert far_node(fediverse, path).software is None
    fediverse.servers[FAR].answers[NODEINFO] = told_nodeinfo("Akkoma", "3.16.0", 41)
    assert far_node(fediverse, path).software == "akkoma"


def test_who_showed_nothing_is_not_asked_what_it_runs(path: Path) -> None:
    fediverse = world(told_nodeinfo("Akkoma", "3.16.0", 41))
    fediverse.servers[FAR].closed = {"public", "local"}
    far_node(fediverse, path)
    assert asked_nodeinfo(fediverse) == 0


def test_what_a_map_has_asked_keeps_nobody_from_being_asked_what_they_run(path: Path) -> None:
    fediverse = world(told_nodeinfo("Akkoma", "3.16.0", 41))
    with Database.open(path) as store:
        crawl = Crawler(fediverse.fetch, store, now=lambda: NOW)
        collected = asyncio.run(crawl.neighborhood(Target(HOME), 100))
        asyncio.run(crawl.descriptions(collected))
    assert far_node(fediverse, path).software == "akkoma"
    with Database.open_read_only(path) as store:
        assert queries.descriptions(store, HOME)[FAR].strip() == "The far.example instance"


def test_of_what_an_instance_says_about_itself_a_map_takes_so_much_as_many_of_them_can_say(path: Path) -> None:
    fediverse = world(told_nodeinfo("Akkoma", "3.16.0", 41))
    fediverse.servers[FAR].answers["/api/v2/instance"] = {"domain": FAR, "title": "Far", "description": "far " * 9000}
    with Database.open(path) as store:
        crawl = Crawler(fediverse.fetch, store, now=lambda: NOW)
        asyncio.run(crawl.descriptions(asyncio.run(crawl.neighborhood(Target(HOME), 100))))
        assert len(queries.descriptions(store, HOME)[FAR]) == 5_000


# -- on the terminal and as JSON ---------------------------------------------------------------------------------------


def on_terminal(renderable: Any) -> str:
    out = io.StringIO()
    Console(file=out, width=300).print(renderable)
    return out.getvalue()


def test_words_of_posts_stand_on_the_terminal_and_in_the_json(path: Path) -> None:
    feed_of([said(n, f"u{n}@far.example", "telescope") for n in range(5)], path)
    with Database.open_read_only(path) as store:
        found = queries.posts(store, HOME, 1000)
    told = on_terminal(terminal.posts(found))
    assert "telescope 5" in told
    assert "of the 15 who allow that their posts are searched" in told
    feed = json.loads(as_json(found))["posts"]["feeds"][0]
    assert (feed["words"], feed["speakers"]) == ([{"people": 5, "text": "telescope"}], 15)


def test_profile_fields_stand_on_the_terminal_and_in_the_json(path: Path) -> None:
    fields_of([account(f"u{n}", fields=[field("Web")]) for n in range(4)], path)
    with Database.open_read_only(path) as store:
        found = queries.profiles(store, HOME)
    assert "Web 4" in on_terminal(terminal.profiles(found))
    assert json.loads(as_json(found))["profiles"]["fields"] == [{"people": 4, "text": "Web"}]


def test_the_report_for_programs_holds_what_was_computed_of_the_graph(path: Path) -> None:
    posts = [post(n, f"u{n}@far.example") for n in range(9, 0, -1)]
    with Database.open(path) as store:
        crawl = Crawler(Fediverse({HOME: Server(posts), FAR: Server([])}).fetch, store, now=lambda: NOW)
        asyncio.run(crawl.neighborhood(Target(HOME), 100))
        found = queries.neighborhood(store, HOME, 100, min_posts=5)
    told = json.loads(graph_json(found))
    assert told["instances"][0] == {"host": FAR, "strength": 9, "pagerank": 0.5, "betweenness": 0.0}
    assert told["edges"] == [{"source": FAR, "target": HOME, "posts": 9, "per_1000": 1000.0, "stability": 1.0}]
    assert set(told["how_to_read"]) == {"strength", "pagerank", "betweenness"}
