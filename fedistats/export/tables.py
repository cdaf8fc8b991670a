"""The tables of a result, cleaned of whatever no file should hold: the same rows for every format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from fedistats.export.schema import ARCS, EDGES, SCHEMA, Table
from fedistats.model import About, InstanceHistory, InstanceInfo, NeighborhoodGraph, Node, PostCounts, ProfileCounts
from fedistats.text.html import clean

Value = str | int | float | bool | None
Row = tuple[Value, ...]

_MOST_LANGUAGES, _MOST_HASHTAGS = 3, 5
_EDGES_AT_ONCE = 20_000


def about(found: NeighborhoodGraph, *, ids_only: bool = False) -> dict[str, Value]:
    """What was asked, when, and how much was seen, as `schema.ABOUT` describes it. `ids_only` leaves out how many posts."""
    coverage = found.coverage
    told: dict[str, Value] = {
        **provenance(found.about),
        "instances_found": coverage.found,
        "instances_asked": coverage.asked,
        **{f"instances_{outcome.replace(' ', '_')}": n for outcome, n in coverage.outcomes.items()},
    }
    if not ids_only:
        told |= {
            "instances_local_only": coverage.local_only,
            "posts_read": coverage.posts_read,
            "posts_left_out": coverage.posts_left_out,
        }
    return told


def provenance(about: About) -> dict[str, Value]:
    """What was asked, and when: the part of `schema.ABOUT` that every result has."""
    return {
        "schema": SCHEMA,
        "fedistats_version": _fit(about.version),
        "host": _fit(about.host),
        "date": _fit(about.date),
        **{name: _fit(value) for name, value in sorted(about.parameters.items()) if name != "host"},
    }


def hosts(found: NeighborhoodGraph) -> list[str]:
    """The names of the nodes, in their order."""
    return [clean(node.host) for node in found.nodes]


def nodes(found: NeighborhoodGraph, *, ids_only: bool = False) -> Iterator[Row]:
    """The rows of `schema.NODES`."""
    if ids_only:
        yield from ((host,) for host in hosts(found))
        return
    communities = [(clean(community.name), clean(community.common)) for community in found.communities]
    for node in found.nodes:
        yield (
            clean(node.host),
            str(node.outcome),
            clean(node.reason),
            node.outcome.answered,
            node.host == found.start,
            node.posts_read,
            node.strength,
            -1 if node.community is None else node.community,
            *(("", "") if node.community is None else communities[node.community]),
            _known(node.software),
            _known(node.version),
            node.users,
            node.kind,
            *_talk(node),
        )


def edge_table(found: NeighborhoodGraph) -> Table:
    """What is said of its edges."""
    return ARCS if found.directed else EDGES


def edges(found: NeighborhoodGraph) -> tuple[NDArray[np.object_] | NDArray[np.int64], ...]:
    """The columns of `schema.EDGES`; of a directed graph the first three, those of `schema.ARCS`, say all."""
    names = np.array(hosts(found), dtype=object)
    return names[found.edges[:, 0]], names[found.edges[:, 1]], found.edges[:, 2], *found.incoming.T


def edge_rows(found: NeighborhoodGraph) -> Iterator[Iterator[tuple[int, int, int, int, int]]]:
    """The edges, many at once: index of the source, of the target, weight, read on the source, read on the target."""
    for begin in range(0, len(found.edges), _EDGES_AT_ONCE):
        some = slice(begin, begin + _EDGES_AT_ONCE)
        a, b, weight = found.edges[some].T.tolist()
        on_a, on_b = found.incoming[some].T.tolist()
        yield zip(a, b, weight, on_a, on_b, strict=True)  # faster than a list for each


def coverage(found: NeighborhoodGraph) -> Iterator[Row]:
    """The rows of `schema.COVERAGE`."""
    for ending in found.host_outcomes:
        yield clean(ending.host), str(ending.outcome), clean(ending.reason), ending.posts_read


def words(found: ProfileCounts) -> Iterator[Row]:
    """The rows of `schema.WORDS`."""
    return ((clean(word.text), word.people) for word in found.words)


def distributions(found: ProfileCounts) -> Iterator[Row]:
    """The rows of `schema.DISTRIBUTIONS`."""
    for spread in found.distributions:
        for low, high, people in spread.bins:
            yield spread.name, spread.unit, float(low), float(high), people


def counts(found: PostCounts) -> Iterator[Row]:
    """The rows of `schema.COUNTS`."""
    for feed in found.feeds:
        yield from ((feed.feed, "language", clean(code or ""), posts, "posts") for code, posts in feed.languages)
        yield from ((feed.feed, "hashtag", clean(tag.text), tag.people, "people") for tag in feed.hashtags)
        yield from ((feed.feed, "word", clean(word.text), word.people, "people") for word in feed.words)
        yield from ((feed.feed, "hour", str(hour), posts, "posts") for hour, posts in enumerate(feed.hours))
        yield from ((feed.feed, "origin", clean(host or ""), posts, "posts") for host, posts in feed.origins)


def activity(found: InstanceInfo) -> Iterator[Row]:
    """The rows of `schema.ACTIVITY`."""
    return ((row.begins_at, row.posts, row.logins, row.registrations) for row in found.activity)


def snapshots(found: InstanceHistory) -> Iterator[Row]:
    """The rows of `schema.SNAPSHOTS`."""
    for at in found.snapshots:
        yield (
            at.date,
            at.users,
            at.posts,
            at.posts_read,
            at.found,
            at.neighbors,
            at.edges,
            at.communities,
            at.max_posts,
            at.scope,
        )


def _talk(node: Node) -> tuple[str | None, str | None]:
    """The commonest languages and hashtags of its posts, joined by ; which no hashtag can have."""
    if not node.languages and not node.hashtags:
        return None, None
    languages = (clean(code) for code, _ in node.languages[:_MOST_LANGUAGES])
    hashtags = (clean(tag.text) for tag in node.hashtags[:_MOST_HASHTAGS])
    return _joined(languages), _joined(hashtags)


def _joined(names: Iterable[str]) -> str | None:
    return ";".join(name.replace(";", "") for name in names) or None


def _known(text: str | None) -> str | None:
    return (clean(text) or None) if text else None


def _fit(value: Value) -> Value:
    return clean(value, 2000) if isinstance(value, str) else value
