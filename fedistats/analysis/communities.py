"""Which instances belong together: communities by modularity, strongest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fedistats.model import Community, NeighborhoodGraph, Node
from fedistats.text.languages import language_name

# What a palette can tell apart; all others are drawn alike.
_MOST = 8
# The share of all nodes that a community of its own needs.
_LEAST = 0.01
# A language is what a community has in common where more than half of its posts are written in it, and not half of all posts.
_HALF = 0.5
# A hashtag sets a community apart where it is so many times commoner there than everywhere.
_TIMES = 2.0
# Communities are looked for so many times at most, and in big graphs until so many edges (counted from both ends) were looked at.
_MOST_CLIMBS = 8
_PATIENCE = 150_000


def find_communities(neighborhood: NeighborhoodGraph) -> NeighborhoodGraph:
    """The same neighborhood, in order and with its communities found: at most eight, each of at least 1 % of the nodes and named by its two
    busiest instances, strongest first. A node of any smaller one has none.

    Method: V. Blondel, J.-L. Guillaume, R. Lambiotte, E. Lefebvre: Fast unfolding of communities in large networks
    ("Louvain"), 2008, weighted by posts; directions are added up.
    """
    neighborhood = sort_graph(neighborhood)
    nodes = neighborhood.nodes
    group = louvain(len(nodes), neighborhood.edges)
    members: dict[int, list[int]] = {}
    for i, g in enumerate(group.tolist()):
        members.setdefault(g, []).append(i)
    least = max(2, _LEAST * len(nodes))
    found = [sorted(m, key=lambda i: (-nodes[i].strength, nodes[i].host)) for m in members.values() if len(m) >= least]
    several = sum(len(m) > 1 for m in members.values())
    found.sort(key=lambda m: (-sum(nodes[i].strength for i in m), nodes[m[0]].host))
    found = found[:_MOST]
    of = {i: c for c, m in enumerate(found) for i in m}
    return replace(
        neighborhood,
        nodes=tuple(replace(node, community=of.get(i)) for i, node in enumerate(nodes)),
        communities=tuple(
            Community(" · ".join(nodes[i].host for i in m[:2]), len(m), _in_common([nodes[i] for i in m], nodes))
            for m in found
        ),
        communities_found=several,
    )


def _in_common(members: Sequence[Node], everybody: Sequence[Node]) -> str:
    """'Japanese, #写真 #illust': what the posts written on these instances have in common, and not with all the others."""
    languages, all_languages = Counter[str](), Counter[str]()
    people, all_people = Counter[str](), Counter[str]()
    for nodes, spoken, tagged in ((members, languages, people), (everybody, all_languages, all_people)):
        for node in nodes:
            spoken.update(dict(node.languages))
            tagged.update({word.text: word.people for word in node.hashtags})
    told = []
    for code, posts in sorted(languages.items(), key=lambda item: (-item[1], item[0]))[:1]:
        if posts > _HALF * languages.total() and all_languages[code] < _HALF * all_languages.total():
            told.append(language_name(code))
    usual = people.total() / max(all_people.total(), 1)
    own = [tag for tag, n in people.items() if n > _TIMES * usual * all_people[tag]]
    # of two that mean the same to a reader of the graph, the one that says more about this community comes first
    own.sort(key=lambda tag: (-people[tag] * people[tag] / all_people[tag], tag))
    told.append(" ".join(f"#{tag}" for tag in own[:2]))
    return ", ".join(filter(None, told))


def sort_graph(neighborhood: NeighborhoodGraph) -> NeighborhoodGraph:
    """The same neighborhood with its nodes sorted by host and its edges by their two nodes, however it was put together."""
    order = sorted(range(len(neighborhood.nodes)), key=lambda i: neighborhood.nodes[i].host)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    ends, heard = place[neighborhood.edges[:, :2]], neighborhood.incoming
    if not neighborhood.directed:
        turned = ends[:, 0] > ends[:, 1]
        ends = np.where(turned[:, np.newaxis], ends[:, ::-1], ends)
        heard = np.where(turned[:, np.newaxis], heard[:, ::-1], heard)
    edges = np.column_stack([ends, neighborhood.edges[:, 2]])
    rows = np.lexsort((edges[:, 1], edges[:, 0]))
    return replace(
        neighborhood, nodes=tuple(neighborhood.nodes[i] for i in order), edges=edges[rows], incoming=heard[rows]
    )


def louvain(n: int, edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """The community of each of n nodes, as any number; `edges` as in Neighborhood, in any order and direction.

    The best of some climbs: the first visits nodes in their own order, the others in orders that are drawn by a fixed seed, as
    many as _PATIENCE allows. Of two equal gains the first stands.
    """
    begin = np.concatenate([edges[:, 0], edges[:, 1]])
    end = np.concatenate([edges[:, 1], edges[:, 0]])
    begin, end, weight = _summed(begin, end, np.tile(edges[:, 2], 2).astype(np.float64), n)
    dice = np.random.default_rng(1)
    best, most = np.arange(n), -np.inf
    order = np.arange(n)
    for _ in range(max(1, min(_MOST_CLIMBS, _PATIENCE // max(len(begin), 1)))):
        group = _climb(n, begin, end, weight, order)
        worth = modularity(n, edges, group)
        if worth > most + 1e-12:
            best, most = group, worth
        order = dice.permutation(n)
    return best


def modularity(n: int, edges: NDArray[np.int64], group: NDArray[np.int64]) -> float:
    """How much more weight lies inside the communities than if edges fell where they may: below 1; 0 where there is no edge.

    Source: M. E. J. Newman, M. Girvan: Finding and evaluating community structure in networks, 2004, with weights.
    """
    one, other, weight = edges.T
    total = float(weight.sum())
    if not total:
        return 0.0
    inside = float(weight[group[one] == group[other]].sum())
    strength = np.bincount(one, weight, n) + np.bincount(other, weight, n)
    return inside / total - float((np.bincount(group, strength) ** 2).sum()) / (4 * total**2)


def _climb(
    n: int, begin: NDArray[np.int64], end: NDArray[np.int64], weight: NDArray[np.float64], order: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Communities of single nodes first, then of these communities, and so on; then nodes may leave what they were merged into, until
    nothing is better."""
    group, before = np.arange(n), np.full(n, -1)
    while not np.array_equal(group, before):
        before = group
        group = _local_moves(n, begin, end, weight, group, order)
        while True:
            names, group = np.unique(group, return_inverse=True)
            few = len(names)
            merged = _local_moves(few, *_summed(group[begin], group[end], weight, few), np.arange(few), np.arange(few))
            group = merged[group]
            if len(np.unique(merged)) == few:
                break
        # the same partition under the same names
        group = np.unique(group, return_index=True)[1][np.unique(group, return_inverse=True)[1]]
    return group


def _summed(
    begin: NDArray[np.int64], end: NDArray[np.int64], weight: NDArray[np.float64], n: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Parallel edges as one, sorted."""
    keys, which = np.unique(begin * n + end, return_inverse=True)
    return keys // n, keys % n, np.bincount(which, weight, len(keys)).astype(np.float64)


def _local_moves(
    n: int,
    begin: NDArray[np.int64],
    end: NDArray[np.int64],
    weight: NDArray[np.float64],
    start: NDArray[np.int64],
    order: NDArray[np.int64],
) -> NDArray[np.int64]:
    """From the partition `start` on, each node in turn joins the neighboring community that adds most to the modularity, until
    none wants to move."""
    first = np.searchsorted(begin, np.arange(n + 1)).tolist()
    ends, weights = end.tolist(), weight.tolist()
    strength = np.bincount(begin, weight, n).tolist()
    all_strength = sum(strength)
    group = start.tolist()
    total = np.bincount(start, strength, n).tolist()
    waiting = order.tolist()
    while waiting:
        again: set[int] = set()
        for node in waiting:
            links: dict[int, float] = {}
            for k in range(first[node], first[node + 1]):
                other = ends[k]
                if other != node:
                    links[group[other]] = links.get(group[other], 0.0) + weights[k]
            own = group[node]
            share = strength[node] / all_strength if all_strength else 0.0
            total[own] -= strength[node]
            best, most = own, links.get(own, 0.0) - total[own] * share
            for candidate, linked in links.items():
                gain = linked - total[candidate] * share
                if gain > most + 1e-9:
                    best, most = candidate, gain
            total[best] += strength[node]
            if best != own:
                group[node] = best
                again.update(other for other in ends[first[node] : first[node + 1]] if group[other] != best)
        waiting = sorted(again)
    return np.array(group, dtype=np.int64)
