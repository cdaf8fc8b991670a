"""What has changed between two collections of one instance, beyond what luck explains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from fedistats.analysis.binomial import binomial_pmf
from fedistats.hosts import Host
from fedistats.model import Feed, NeighborhoodGraph, Node, ProfileCounts

K = TypeVar("K", Host, str, tuple[Host, Host])

FALSE_DISCOVERY_RATE = 0.05
"""Of all changes that are told, at most this share is expected to be luck."""


@dataclass(frozen=True, slots=True)
class Change:
    """Something counted at two times: a word, a hashtag, a language."""

    text: str
    before: int
    after: int
    p_value: float
    """How often luck alone would change it as much, or more."""


@dataclass(frozen=True, slots=True)
class EdgeChange:
    """An edge at two times, in posts."""

    source: Host
    target: Host
    before: int
    after: int
    p_value: float
    """As for Change."""


@dataclass(frozen=True, slots=True)
class NeighborhoodDifference:
    """Two neighborhoods of one start compared. All are sorted, the greatest first."""

    new: tuple[Node, ...]
    """Instances that stand in the later graph and not in the earlier one, as they stand there."""
    gone: tuple[Node, ...]
    """Instances that stood in the earlier graph and not in the later one, as they stood there."""
    grew: tuple[EdgeChange, ...]
    shrank: tuple[EdgeChange, ...]
    """Ties between instances that are neither new nor gone."""
    matched_timelines: int
    """Read both times: these alone are compared."""
    unmatched_timelines: int
    """Timelines that were read at one of the two times only: what stood on them is no change."""


@dataclass(frozen=True, slots=True)
class Count:
    """Posts (people) counted at two times, of so many that were read."""

    before: int
    after: int
    read_before: int
    read_after: int


def difference(before: NeighborhoodGraph, after: NeighborhoodGraph, min_posts: int) -> NeighborhoodDifference:
    """Who is new, who is gone, whose ties grew or shrank; an edge stands from `min_posts` posts on.

    Both neighborhoods are undirected and hold every pair (built with a threshold of 1). An instance is new where an edge holds it
    now and none did before, and where it was not heard of at all then, or is heard now more than luck explains; the reverse is
    gone. Only timelines that were read both times are compared: one that was closed in between changes nothing.
    Luck: see `chance`; over many ties see `beyond_luck`.
    """
    then, now = ({node.host: node for node in graph.nodes} for graph in (before, after))
    read = {host: (then[host].posts_read, now[host].posts_read) for host in then.keys() & now.keys()}
    read = {host: posts for host, posts in read.items() if all(posts)}
    ties_then, ties_now = _ties(before), _ties(after)
    stood, stand = _standing(ties_then, min_posts), _standing(ties_now, min_posts)
    heard = _heard(ties_then, ties_now, read)
    heard_of = {host: (count.before, count.after) for host, count in heard.items()}
    new = {h for h in stand - stood - then.keys() if heard_of.get(h, (0, 0))[1]}
    gone = {h for h in stood - stand - now.keys() if heard_of.get(h, (0, 0))[0]}
    for host, _ in significant_changes(
        {h: [heard[h]] for h in (stood ^ stand) & then.keys() & now.keys() & heard.keys()}
    ):
        rose = _rose([heard[host]])
        if rose and host in stand:
            new.add(host)
        elif not rose and host in stood:
            gone.add(host)
    compared: dict[tuple[Host, Host], list[Count]] = {}
    for pair in ties_then.keys() | ties_now.keys():
        was, is_ = ties_then.get(pair, (0, 0)), ties_now.get(pair, (0, 0))
        if max(sum(was), sum(is_)) >= min_posts and not {*pair} & (new | gone):
            compared[pair] = [
                Count(b, a, *read[reader]) for reader, b, a in zip(pair, was, is_, strict=True) if reader in read
            ]
    grew: list[EdgeChange] = []
    shrank: list[EdgeChange] = []
    for pair, chance_ in significant_changes(compared):
        counts = compared[pair]
        tie = EdgeChange(*pair, sum(count.before for count in counts), sum(count.after for count in counts), chance_)
        (grew if _rose(counts) else shrank).append(tie)
    once = sum(bool(node.posts_read) for nodes in (then, now) for node in nodes.values()) - 2 * len(read)
    return NeighborhoodDifference(
        _strongest(now[host] for host in new),
        _strongest(then[host] for host in gone),
        tuple(grew),
        tuple(shrank),
        len(read),
        once,
    )


def changes(
    before: Mapping[str, int], after: Mapping[str, int], read_before: int, read_after: int
) -> tuple[Change, ...]:
    """What was counted more or less often than luck explains, of so many posts or people at each time; the surest first."""
    counts = {
        text: [Count(before.get(text, 0), after.get(text, 0), read_before, read_after)] for text in {*before, *after}
    }
    return tuple(
        Change(text, counts[text][0].before, counts[text][0].after, p) for text, p in significant_changes(counts)
    )


def changed_words(before: ProfileCounts, after: ProfileCounts) -> tuple[Change, ...]:
    """The words that more or fewer people use in their bios than luck explains."""
    then, now = ({word.text: word.people for word in found.words} for found in (before, after))
    return changes(then, now, before.with_bio, after.with_bio)


def changed_hashtags(before: Feed, after: Feed) -> tuple[Change, ...]:
    """The hashtags of a timeline that more or fewer people use than luck explains, for the posts that were read."""
    then, now = ({word.text: word.people for word in feed.hashtags} for feed in (before, after))
    return changes(then, now, before.posts_read - before.posts_left_out, after.posts_read - after.posts_left_out)


def changed_languages(before: Feed, after: Feed) -> tuple[Change, ...]:
    """The languages (codes) of a timeline that are written more or less than luck explains."""
    then, now = (dict(feed.languages) for feed in (before, after))
    return changes(then, now, before.posts_read - before.posts_left_out, after.posts_read - after.posts_left_out)


def significant_changes(counts: Mapping[K, Sequence[Count]]) -> list[tuple[K, float]]:
    """Those that changed more than luck explains, with their chance, the surest first: of all that are named, at most the share LUCK
    is expected to be luck after all.

    Source: Y. Benjamini, Y. Hochberg: Controlling the false discovery rate, 1995.
    """
    likely: dict[tuple[Count, ...], float] = {}  # of thousands of ties most have the same few counts
    for of in map(tuple, counts.values()):
        if of not in likely:
            likely[of] = chance(of)
    ranked = sorted((likely[tuple(of)], key) for key, of in counts.items())
    named = [rank for rank, (p, _) in enumerate(ranked, 1) if p <= FALSE_DISCOVERY_RATE * rank / len(ranked)]
    return [(key, p) for p, key in ranked[: max(named, default=0)]]


def chance(counts: Iterable[Count]) -> float:
    """How likely the posts counted at two times would differ as much, or more, if nothing had changed; two-sided, exact.

    If both rates are the same, the share of the later ones among all that were counted is binomial, with what was read as its
    chance; counts of several timelines add up. Source: J. Przyborowski, H. Wilenski: Homogeneity of results in testing samples
    from Poisson series, Biometrika 31, 1940.
    """
    likely, seen = np.ones(1), 0
    for count in counts:
        total, read = count.before + count.after, count.read_before + count.read_after
        if total and read:
            later = binomial_pmf(np.array([total]), np.array([count.read_after / read]), total)[0]
            likely = np.convolve(likely, later)
            seen += count.after
    # as unlikely as what was seen, but for the last digits
    return float(min(likely[likely <= likely[seen] * (1 + 1e-7)].sum(), 1.0))


def _rose(counts: Iterable[Count]) -> bool:
    """Were more of them counted at the later time than what was read then would make one expect?"""
    return sum(c.after - (c.before + c.after) * c.read_after / (c.read_before + c.read_after) for c in counts) > 0


def _ties(neighborhood: NeighborhoodGraph) -> dict[tuple[Host, Host], tuple[int, int]]:
    """Of each pair of hosts, in order: posts of the second read on the first, and of the first read on the second."""
    hosts = [node.host for node in neighborhood.nodes]
    found = {}
    for (a, b, _), (there, back) in zip(neighborhood.edges.tolist(), neighborhood.incoming.tolist(), strict=True):
        one, other = hosts[a], hosts[b]
        found[(one, other) if one < other else (other, one)] = (there, back) if one < other else (back, there)
    return found


def _standing(ties: Mapping[tuple[Host, Host], tuple[int, int]], min_posts: int) -> set[Host]:
    return {host for pair, directions in ties.items() if sum(directions) >= min_posts for host in pair}


def _heard(
    then: Mapping[tuple[Host, Host], tuple[int, int]],
    now: Mapping[tuple[Host, Host], tuple[int, int]],
    read: Mapping[Host, tuple[int, int]],
) -> dict[Host, Count]:
    """How many posts of each instance were read on those timelines of others that were read both times."""
    sums: dict[Host, list[int]] = {}
    for place, ties in enumerate((then, now)):
        for (one, other), (there, back) in ties.items():
            for reader, origin, posts in ((one, other, there), (other, one, back)):
                if reader in read and posts:
                    sums.setdefault(origin, [0, 0])[place] += posts
    everything = [sum(posts[place] for posts in read.values()) for place in (0, 1)]
    found = {}
    for host, (before, after) in sums.items():
        own = read.get(host, (0, 0))
        found[host] = Count(before, after, everything[0] - own[0], everything[1] - own[1])
    return found


def _strongest(nodes: Iterable[Node]) -> tuple[Node, ...]:
    return tuple(sorted(nodes, key=lambda node: (-node.strength, node.host)))
