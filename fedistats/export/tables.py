"""Results as rows of the tables of `schema`, the same for every format. Text from servers is cleaned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from fedistats.analysis.comparison import KINDS, InstanceComparison
from fedistats.analysis.descriptions import DescriptionMap
from fedistats.analysis.difference import NeighborhoodDifference
from fedistats.export.schema import ACTIVITY, DIRECTED_EDGES, EDGES, SCHEMA, SNAPSHOTS, Table
from fedistats.model import About, InstanceHistory, InstanceInfo, NeighborhoodGraph, Node, PostCounts, ProfileCounts
from fedistats.text.html import clean

Value = str | int | float | bool | None
Row = tuple[Value, ...]

_MAX_LANGUAGES, _MAX_HASHTAGS = 3, 5
_EDGES_PER_CHUNK = 20_000


def about(graph: NeighborhoodGraph, *, ids_only: bool = False) -> dict[str, Value]:
    """The provenance and coverage of a graph, as `schema.ABOUT` describes them. `ids_only` leaves out the numbers of posts."""
    coverage = graph.coverage
    values: dict[str, Value] = {
        **provenance(graph.about),
        "instances_found": coverage.found,
        "instances_asked": coverage.asked,
        **{f"instances_{outcome.replace(' ', '_')}": n for outcome, n in coverage.outcomes.items()},
    }
    if not ids_only:
        values |= {
            "instances_local_only": coverage.local_only,
            "posts_read": coverage.posts_read,
            "posts_left_out": coverage.posts_left_out,
        }
    return values


def provenance(about: About) -> dict[str, Value]:
    """The part of `schema.ABOUT` that every result has: its date, its parameters and the version of fedistats."""
    return {
        "schema": SCHEMA,
        "fedistats_version": _clean_value(about.version),
        "host": _clean_value(about.host),
        "date": _clean_value(about.date),
        **{name: _clean_value(value) for name, value in sorted(about.parameters.items()) if name != "host"},
    }


def hosts(graph: NeighborhoodGraph) -> list[str]:
    """The host of each node, in their order."""
    return [clean(node.host) for node in graph.nodes]


def nodes(graph: NeighborhoodGraph, *, ids_only: bool = False) -> Iterator[Row]:
    """The rows of `schema.NODES`."""
    if ids_only:
        yield from ((host,) for host in hosts(graph))
        return
    communities = [(clean(community.name), clean(community.common)) for community in graph.communities]
    for node in graph.nodes:
        yield (
            clean(node.host),
            str(node.outcome),
            clean(node.reason),
            node.outcome.answered,
            node.host == graph.start,
            node.posts_read,
            node.strength,
            -1 if node.community is None else node.community,
            *(("", "") if node.community is None else communities[node.community]),
            _text_or_none(node.software),
            _text_or_none(node.version),
            node.users,
            node.kind,
            *_languages_and_hashtags(node),
        )


def edge_table(graph: NeighborhoodGraph) -> Table:
    """The table that describes the edges of this graph."""
    return DIRECTED_EDGES if graph.directed else EDGES


def edges(graph: NeighborhoodGraph) -> tuple[NDArray[np.object_] | NDArray[np.int64], ...]:
    """The columns of `schema.EDGES`; for a directed graph, the first three are those of `schema.DIRECTED_EDGES`."""
    names = np.array(hosts(graph), dtype=object)
    return names[graph.edges[:, 0]], names[graph.edges[:, 1]], graph.edges[:, 2], *graph.incoming.T


def edge_rows(graph: NeighborhoodGraph) -> Iterator[Iterator[tuple[int, int, int, int, int]]]:
    """The edges in chunks: index of the source, index of the target, weight, posts read on the source, posts read on the target."""
    for begin in range(0, len(graph.edges), _EDGES_PER_CHUNK):
        chunk = slice(begin, begin + _EDGES_PER_CHUNK)
        source, target, weight = graph.edges[chunk].T.tolist()
        on_source, on_target = graph.incoming[chunk].T.tolist()
        yield zip(source, target, weight, on_source, on_target, strict=True)  # faster than a list for each edge


def edge_lines(
    graph: NeighborhoodGraph, sources: list[str], targets: list[str], texts: tuple[str, str, str], *, ids_only: bool
) -> Iterator[list[str]]:
    """The edges in a text format, in chunks: the texts of both ends, the weight and, if undirected, the posts read on each.

    `texts` come before the posts read on the source, before those read on the target, and last. With `ids_only` there are only the ends.
    There are many more edges than nodes, so `sources` and `targets` hold the text of each node, made once.
    """
    on_source, on_target, last = texts
    for rows in edge_rows(graph):
        if ids_only:
            yield [sources[a] + targets[b] for a, b, _, _, _ in rows]
        elif graph.directed:
            yield [f"{sources[a]}{targets[b]}{weight}{last}" for a, b, weight, _, _ in rows]
        else:
            yield [
                f"{sources[a]}{targets[b]}{weight}{on_source}{a_posts}{on_target}{b_posts}{last}"
                for a, b, weight, a_posts, b_posts in rows
            ]


def coverage(graph: NeighborhoodGraph) -> Iterator[Row]:
    """The rows of `schema.COVERAGE`."""
    for outcome in graph.host_outcomes:
        yield clean(outcome.host), str(outcome.outcome), clean(outcome.reason), outcome.posts_read


def words(profiles: ProfileCounts) -> Iterator[Row]:
    """The rows of `schema.WORDS`."""
    return ((clean(word.text), word.people) for word in profiles.words)


def distributions(profiles: ProfileCounts) -> Iterator[Row]:
    """The rows of `schema.DISTRIBUTIONS`."""
    for distribution in profiles.distributions:
        for low, high, people in distribution.bins:
            yield distribution.name, distribution.unit, float(low), float(high), people


def counts(posts: PostCounts) -> Iterator[Row]:
    """The rows of `schema.COUNTS`."""
    for feed in posts.feeds:
        yield from ((feed.feed, "language", clean(code or ""), n, "posts") for code, n in feed.languages)
        yield from ((feed.feed, "hashtag", clean(tag.text), tag.people, "people") for tag in feed.hashtags)
        yield from ((feed.feed, "word", clean(word.text), word.people, "people") for word in feed.words)
        yield from ((feed.feed, "hour", str(hour), n, "posts") for hour, n in enumerate(feed.hours))
        yield from ((feed.feed, "origin", clean(host or ""), n, "posts") for host, n in feed.origins)


def activity(instance: InstanceInfo) -> Iterator[Row]:
    """The rows of `schema.ACTIVITY`."""
    return map(attrgetter(*(column.name for column in ACTIVITY.columns())), instance.activity)


def snapshots(history: InstanceHistory) -> Iterator[Row]:
    """The rows of `schema.SNAPSHOTS`."""
    return map(attrgetter(*(column.name for column in SNAPSHOTS.columns())), history.snapshots)


def keyness(comparison: InstanceComparison) -> Iterator[Row]:
    """The rows of `schema.KEYNESS`."""
    for kind in KINDS:
        for host, keys in zip(comparison.hosts, comparison.keyness[kind], strict=True):
            for key in keys:
                yield clean(host), kind, clean(key.text), key.uses, key.others, key.log_odds, key.z


def overlaps(comparison: InstanceComparison) -> Iterator[Row]:
    """The rows of `schema.OVERLAPS`."""
    for source, target, overlap in comparison.overlaps:
        yield clean(source), clean(target), overlap.shared, overlap.union, overlap.jaccard, overlap.weighted


def changed_instances(difference: NeighborhoodDifference) -> Iterator[Row]:
    """The rows of `schema.CHANGED_INSTANCES`."""
    for change, changed in (("new", difference.new), ("gone", difference.gone)):
        for node in changed:
            yield change, clean(node.host), str(node.outcome), node.posts_read, node.strength


def changed_edges(difference: NeighborhoodDifference) -> Iterator[Row]:
    """The rows of `schema.CHANGED_EDGES`."""
    for change, changed in (("grew", difference.grew), ("shrank", difference.shrank)):
        for edge in changed:
            yield change, clean(edge.source), clean(edge.target), edge.before, edge.after, edge.p_value


def places(description_map: DescriptionMap) -> Iterator[Row]:
    """The rows of `schema.PLACES`."""
    region_of = {member: number for number, region in enumerate(description_map.regions) for member in region.members}
    for i, (host, (x, y)) in enumerate(zip(description_map.hosts, description_map.points.tolist(), strict=True)):
        number = region_of.get(i)
        terms = description_map.regions[number].words if number is not None else ()
        yield clean(host), x, y, number, " · ".join(map(clean, terms))


def _languages_and_hashtags(node: Node) -> tuple[str | None, str | None]:
    """The most common languages and hashtags of the posts written on an instance, separated by semicolons."""
    languages = (code for code, _ in node.languages[:_MAX_LANGUAGES])
    return _joined(languages), _joined(tag.text for tag in node.hashtags[:_MAX_HASHTAGS])


def _joined(names: Iterable[str]) -> str | None:
    return ";".join(clean(name).replace(";", "") for name in names) or None


def _text_or_none(text: str | None) -> str | None:
    return (clean(text) or None) if text else None


def _clean_value(value: Value) -> Value:
    return clean(value, 2000) if isinstance(value, str) else value
