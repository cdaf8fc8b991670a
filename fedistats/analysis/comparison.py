"""Several instances side by side: what sets the words, languages, hashtags and neighbors of each apart from those of the others."""

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
from fedistats.model import Feed, NeighborhoodGraph, PostCounts, ProfileCounts
from fedistats.text.languages import language_name
from fedistats.text.phrases import extract_terms

Kind = Literal["words", "hashtags", "languages", "neighbors"]
KINDS: tuple[Kind, ...] = ("words", "hashtags", "languages", "neighbors")

SIGNIFICANT_Z = 1.96
"""Standard deviations from which on something sets an instance apart."""
_MOST = 50


@dataclass(frozen=True, slots=True)
class ComparedInstance:
    """One of the instances that are compared; None stands for what is not known."""

    host: Host
    profiles: ProfileCounts | None
    posts: PostCounts | None
    neighborhood: NeighborhoodGraph | None

    def counts(self, kind: Kind) -> dict[str, int]:
        """Words and hashtags in people, languages and neighbors in posts; empty where nothing is known."""
        if kind == "words":
            return {word.text: word.people for word in self.profiles.words} if self.profiles else {}
        if kind == "neighbors":
            return {str(host): n for host, n in neighbor_posts(self.neighborhood).items()} if self.neighborhood else {}
        feed = self.feed()
        if feed is None:
            return {}
        if kind == "hashtags":
            return {f"#{word.text}": word.people for word in feed.hashtags}
        spoken = Counter[str]()
        for code, posts in feed.languages:
            if code:
                spoken[language_name(code)] += posts
        return dict(spoken)

    def feed(self) -> Feed | None:
        """The posts of its own people; where it shows none of them, all that reached it."""
        read = {feed.feed: feed for feed in self.posts.feeds if feed.posts_read} if self.posts else {}
        return read.get("local") or read.get("public")


@dataclass(frozen=True, slots=True)
class InstanceComparison:
    """What sets each of some instances apart from all the others together."""

    hosts: tuple[Host, ...]
    keyness: Mapping[Kind, tuple[tuple[Keyness, ...], ...]]
    """Of each kind, for each host: what belongs to it beyond luck, the surest first. Empty where only one host is known to have any."""
    overlaps: tuple[tuple[Host, Host, Overlap], ...]
    """Of the neighbors of each two."""


def compare(sides: Sequence[ComparedInstance]) -> InstanceComparison:
    """Two instances or more; see `keyness` and `overlap` for the methods. Those that are compared are no neighbors here."""
    hosts = {side.host for side in sides}
    keys = {}
    for kind in KINDS:
        counts = [{text: n for text, n in side.counts(kind).items() if text not in hosts} for side in sides]
        if kind == "words":
            counts = _spelled_alike(counts)
        known = sum(map(bool, counts)) > 1
        keys[kind] = tuple(_apart(counts, i) if known else () for i in range(len(sides)))
    around = {side.host: neighbor_posts(side.neighborhood) for side in sides if side.neighborhood}
    around = {host: {other: n for other, n in found.items() if other not in hosts} for host, found in around.items()}
    pairs = combinations([(host, found) for host, found in around.items() if found], 2)
    return InstanceComparison(
        tuple(side.host for side in sides),
        keys,
        tuple((one, other, overlap(mine, theirs)) for (one, mine), (other, theirs) in pairs),
    )


def _spelled_alike(counts: Sequence[Mapping[str, int]]) -> list[dict[str, int]]:
    """The same counts, where 'OpenScience' here and 'open science' there are one word, in the spelling that most people use."""
    keys = {text: _key(text) for side in counts for text in side}
    people: dict[str, Counter[str]] = {}
    for side in counts:
        for text, n in side.items():
            people.setdefault(keys[text], Counter())[text] += n
    spelled = {key: min(found.items(), key=lambda item: (-item[1], item[0]))[0] for key, found in people.items()}
    alike = []
    for side in counts:
        summed = Counter[str]()
        for text, n in side.items():
            summed[spelled[keys[text]]] += n
        alike.append(dict(summed))
    return alike


def _key(text: str) -> str:
    """What the spellings of a word, or of two that stand together, have in common."""
    found = extract_terms(text)
    return found[-1].key.replace(" ", "") if found else text.casefold()


def _apart(counts: Sequence[Mapping[str, int]], which: int) -> tuple[Keyness, ...]:
    """What sets one apart from all others together."""
    others = Counter[str]()
    for i, side in enumerate(counts):
        if i != which:
            others.update(side)
    if not counts[which]:
        return ()
    return tuple(key for key in keyness(counts[which], others) if key.z >= SIGNIFICANT_Z)[:_MOST]
