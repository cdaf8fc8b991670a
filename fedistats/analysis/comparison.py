"""Compares instances: the words, hashtags, languages and neighbors that distinguish each from the others, and the overlap of neighbors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from fedistats.analysis.keyness import Keyness, keyness
from fedistats.analysis.neighbors import neighbor_posts
from fedistats.analysis.overlap import Overlap, overlap
from fedistats.hosts import Host
from fedistats.model import About, Feed, NeighborhoodGraph, PostCounts, ProfileCounts
from fedistats.text.languages import language_name
from fedistats.text.phrases import extract_terms

Kind = Literal["words", "hashtags", "languages", "neighbors"]
KINDS: tuple[Kind, ...] = ("words", "hashtags", "languages", "neighbors")

SIGNIFICANT_Z = 1.96  # the smallest z-score of what distinguishes an instance (5 % level)
_MAX_RESULTS = 50


@dataclass(frozen=True, slots=True)
class ComparedInstance:
    """One of the compared instances. A part is None if it was not collected."""

    host: Host
    profiles: ProfileCounts | None
    posts: PostCounts | None
    neighborhood: NeighborhoodGraph | None

    def counts(self, kind: Kind) -> dict[str, int]:
        """People by word or hashtag, or posts by language or neighbor; empty if that was not collected."""
        if kind == "words":
            return {word.text: word.people for word in self.profiles.words} if self.profiles else {}
        if kind == "neighbors":
            return {str(host): n for host, n in neighbor_posts(self.neighborhood).items()} if self.neighborhood else {}
        feed = self.feed()
        if feed is None:
            return {}
        if kind == "hashtags":
            return {f"#{word.text}": word.people for word in feed.hashtags}
        posts_by_language = Counter[str]()
        for code, posts in feed.languages:
            if code:
                posts_by_language[language_name(code)] += posts
        return dict(posts_by_language)

    def abouts(self) -> dict[str, About]:
        """The provenance of each part that is known."""
        parts = {"profiles": self.profiles, "posts": self.posts, "neighborhood": self.neighborhood}
        return {name: part.about for name, part in parts.items() if part is not None}

    def feed(self) -> Feed | None:
        """The local feed; the public one if no local post was read; None if neither was."""
        by_name = {feed.feed: feed for feed in self.posts.feeds if feed.posts_read} if self.posts else {}
        return by_name.get("local") or by_name.get("public")


@dataclass(frozen=True, slots=True)
class InstanceComparison:
    """What distinguishes each instance from all the others together."""

    hosts: tuple[Host, ...]
    keyness: Mapping[Kind, tuple[tuple[Keyness, ...], ...]]
    """By kind, for each host: what is significantly characteristic of it, most significant first. Empty if only one host has any counts."""
    overlaps: tuple[tuple[Host, Host, Overlap], ...]  # the overlap of the neighbors of each pair


def compare(instances: Sequence[ComparedInstance]) -> InstanceComparison:
    """Compare two or more instances; see `keyness` and `overlap` for the methods. Compared instances do not count as neighbors."""
    hosts = {instance.host for instance in instances}
    keyness_by_kind = {}
    for kind in KINDS:
        counts = [{text: n for text, n in instance.counts(kind).items() if text not in hosts} for instance in instances]
        if kind == "words":
            counts = _merge_spellings(counts)
        comparable = sum(map(bool, counts)) > 1
        keyness_by_kind[kind] = tuple(
            _significant_keyness(counts, i) if comparable else () for i in range(len(instances))
        )
    posts_by_neighbor = {
        instance.host: {
            host: posts for host, posts in neighbor_posts(instance.neighborhood).items() if host not in hosts
        }
        for instance in instances
        if instance.neighborhood
    }
    pairs = combinations([(host, posts) for host, posts in posts_by_neighbor.items() if posts], 2)
    return InstanceComparison(
        tuple(instance.host for instance in instances),
        keyness_by_kind,
        tuple((first, second, overlap(posts, other_posts)) for (first, posts), (second, other_posts) in pairs),
    )


def _merge_spellings(counts: Sequence[Mapping[str, int]]) -> list[dict[str, int]]:
    """The same counts with 'OpenScience' and 'open science' as one word, in the spelling that most people use."""
    total = sum(map(Counter, counts), Counter[str]())
    most_common: dict[str, str] = {}
    spelling = {
        text: most_common.setdefault(_spelling_key(text), text)
        for text in sorted(total, key=lambda text: (-total[text], text))
    }
    merged = []
    for by_text in counts:
        by_spelling = Counter[str]()
        for text, people in by_text.items():
            by_spelling[spelling[text]] += people
        merged.append(dict(by_spelling))
    return merged


def _spelling_key(text: str) -> str:
    """What the spellings of a word or phrase have in common."""
    terms = extract_terms(text)
    return terms[-1].key.replace(" ", "") if terms else text.casefold()


def _significant_keyness(counts: Sequence[Mapping[str, int]], index: int) -> tuple[Keyness, ...]:
    """What is significantly characteristic of one instance, compared with all others together."""
    if not counts[index]:
        return ()
    others = sum(map(Counter, (*counts[:index], *counts[index + 1 :])), Counter[str]())
    results = keyness(counts[index], others)
    return tuple(result for result in results if result.z >= SIGNIFICANT_Z)[:_MAX_RESULTS]
