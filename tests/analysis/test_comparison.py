"""What distinguishes the compared instances."""

from __future__ import annotations

from dataclasses import replace

from fedistats.analysis.comparison import ComparedInstance, compare
from fedistats.hosts import Host
from tests.comparisons import A, B, C


def texts_of(keys: tuple[object, ...]) -> list[str]:
    return [key.text for key in keys]  # type: ignore[attr-defined]


def test_each_instance_is_distinguished_by_what_the_others_lack() -> None:
    comparison = compare([A, B])
    assert [texts_of(keys) for keys in comparison.keyness["words"]] == [["ecology"], ["poetry"]]
    assert [texts_of(keys) for keys in comparison.keyness["hashtags"]] == [["#science"], ["#poetry"]]
    assert [texts_of(keys) for keys in comparison.keyness["languages"]] == [["English", "German"], ["French"]]
    assert [texts_of(keys) for keys in comparison.keyness["neighbors"]] == [["lab.example"], ["ink.example"]]


def test_spellings_of_a_word_are_counted_together() -> None:
    keys = compare([A, C]).keyness["words"][0]
    assert {key.text: (key.uses, key.others) for key in keys}["OpenScience"] == (80, 0)
    words = {key.text for keys in compare([A, B]).keyness["words"] for key in keys}
    assert not {"OpenScience", "open science", "cats", "Cats"} & words


def test_compared_instances_are_not_counted_as_neighbors() -> None:
    comparison = compare([A, B])
    ((source, target, overlap),) = comparison.overlaps
    assert (source, target, overlap.shared, overlap.union) == ("a.example", "b.example", 1, 3)
    assert len(compare([A, B, C]).overlaps) == 3


def test_what_only_one_instance_has_is_not_compared() -> None:
    empty = ComparedInstance(Host("s.example"), None, None, None)
    comparison = compare([A, empty])
    assert all(keys == () for by_host in comparison.keyness.values() for keys in by_host)
    assert comparison.overlaps == ()


def test_public_feed_is_used_if_the_local_feed_is_closed() -> None:
    assert A.posts is not None
    hidden = replace(A, posts=replace(A.posts, feeds=(replace(A.posts.feeds[0], feed="public"),)))
    feed = hidden.feed()
    assert feed is not None
    assert feed.feed == "public"
    assert hidden.counts("languages") == {"English": 150, "German": 28}
