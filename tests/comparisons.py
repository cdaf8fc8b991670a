"""Three instances to compare, for tests."""

from __future__ import annotations

from fedistats.analysis.comparison import ComparedInstance
from fedistats.hosts import Host
from fedistats.model import About, Feed, Outcome, PostCounts, ProfileCounts, WordCount
from tests.graphs import neighborhood

ABOUT = About(Host("a.example"), "2026-11-02T12:00:00Z", {"posts": 200, "min_people": 3}, "9.8.7")


def compared_instance(
    host: str, words: dict[str, int], tags: dict[str, int], languages: dict[str, int], posts_by_neighbor: dict[str, int]
) -> ComparedInstance:
    profiles = ProfileCounts(
        about=ABOUT, host=Host(host), title=host, listed=500, left_out=5, with_bio=400,
        words=tuple(WordCount(*item) for item in words.items()), distributions=(), outcome=Outcome.COMPLETE,
    )  # fmt: skip
    feed = Feed(
        feed="local", outcome=Outcome.COMPLETE, reason="", posts_read=200, posts_left_out=2, first_at=None, last_at=None,
        languages=tuple(languages.items()), hashtags=tuple(WordCount(*item) for item in tags.items()), hours=(0,) * 24, origins=(),
    )  # fmt: skip
    graph = neighborhood([(host, other, n) for other, n in posts_by_neighbor.items()], start=host)
    return ComparedInstance(Host(host), profiles, PostCounts(ABOUT, Host(host), (feed,)), graph)


A = compared_instance(
    "a.example",
    {"OpenScience": 80, "coffee": 40, "cats": 50, "ecology": 30},
    {"science": 60, "caturday": 20},
    {"en": 150, "": 20, "de": 28},
    {"lab.example": 60, "big.example": 50, "b.example": 40},
)
B = compared_instance(
    "b.example",
    {"open science": 60, "coffee": 35, "Cats": 40, "poetry": 50},
    {"poetry": 50, "caturday": 18},
    {"fr": 120, "en": 60},
    {"big.example": 45, "ink.example": 70, "a.example": 40},
)
C = compared_instance(
    "c.example", {"猫": 90, "写真": 80, "coffee": 30}, {"写真": 70}, {"ja": 190}, {"minato.example": 80}
)
