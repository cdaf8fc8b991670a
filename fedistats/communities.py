"""Which instances belong together: communities by modularity, strongest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fedistats.model import Community, Neighborhood, Node

# What a palette can tell apart; all others are drawn alike.
_MOST = 8
# The share of all nodes that a community of its own needs.
_LEAST = 0.01
# A language is what a community has in common where more than half of its posts are written in it, and not half of all posts.
_HALF = 0.5
# A hashtag sets a community apart where it is so many times commoner there than everywhere.
_TIMES = 2.0
_LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "cy": "Welsh", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "eo": "Esperanto", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian", "fi": "Finnish",
    "fr": "French", "ga": "Irish", "gl": "Galician", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian",
    "id": "Indonesian", "is": "Icelandic", "it": "Italian", "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian",
    "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak",
    "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "ta": "Tamil", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian",
    "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip


def communities(neighborhood: Neighborhood) -> Neighborhood:
    """The same neighborhood, in order and with its communities found: at most eight, each of at least 1 % of the nodes and named by its two
    busiest instances, strongest first. A node of any smaller one has none.

    Method: V. Blondel, J.-L. Guillaume, R. Lambiotte, E. Lefebvre: Fast unfolding of communities in large networks
    ("Louvain"), 2008, weighted by posts; directions are added up.
    """
    neighborhood = in_order(neighborhood)
    nodes = neighborhood.nodes
    group = louvain(len(nodes), neighborhood.edges)
    members: dict[int, list[int]] = {}
    for i, g in enumerate(group.tolist()):
        members.setdefault(g, []).append(i)
    least = max(2, _LEAST * len(nodes))
    found = [sorted(m, key=lambda i: (-nodes[i].strength, nodes[i].host)) for m in members.values() if len(m) >= least]
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
            told.append(_LANGUAGES.get(code, code))
    usual = people.total() / max(all_people.total(), 1)
    own = [tag for tag, n in people.items() if n > _TIMES * usual * all_people[tag]]
    # of two that mean the same to a reader of the graph, the one that says more about this community comes first
    own.sort(key=lambda tag: (-people[tag] * people[tag] / all_people[tag], tag))
    told.append(" ".join(f"#{tag}" for tag in own[:2]))
    return ", ".join(filter(None, told))


def in_order(neighborhood: Neighborhood) -> Neighborhood:
    """The same neighborhood with its nodes sorted by host and its edges by their two nodes, however it was put together."""
    order = sorted(range(len(neighborhood.nodes)), key=lambda i: neighborhood.nodes[i].host)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    ends, heard = place[neighborhood.edges[:, :2]], neighborhood.heard
    if not neighborhood.directed:
        turned = ends[:, 0] > ends[:, 1]
        ends = np.where(turned[:, np.newaxis], ends[:, ::-1], ends)
        heard = np.where(turned[:, np.newaxis], heard[:, ::-1], heard)
    edges = np.column_stack([ends, neighborhood.edges[:, 2]])
    rows = np.lexsort((edges[:, 1], edges[:, 0]))
    return replace(
        neighborhood, nodes=tuple(neighborhood.nodes[i] for i in order), edges=edges[rows], heard=heard[rows]
    )


def louvain(n: int, edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """The community of each of n nodes, as any number; `edges` as in Neighborhood, in any order and direction.

    Without chance: nodes are visited in their own order, and of two equal gains the first stands.
    """
    begin = np.concatenate([edges[:, 0], edges[:, 1]])
    end = np.concatenate([edges[:, 1], edges[:, 0]])
    begin, end, weight = _summed(begin, end, np.tile(edges[:, 2], 2).astype(np.float64), n)
    group = np.arange(n)
    while True:
        moved = _local_moves(n, begin, end, weight)
        names, moved = np.unique(moved, return_inverse=True)
        group = moved[group]
        if len(names) == n:
            return group
        n = len(names)
        begin, end, weight = _summed(moved[begin], moved[end], weight, n)


def _summed(
    begin: NDArray[np.int64], end: NDArray[np.int64], weight: NDArray[np.float64], n: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Parallel edges as one, sorted."""
    keys, which = np.unique(begin * n + end, return_inverse=True)
    return keys // n, keys % n, np.bincount(which, weight, len(keys)).astype(np.float64)


def _local_moves(
    n: int, begin: NDArray[np.int64], end: NDArray[np.int64], weight: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Each node in turn joins the neighboring community that adds most to the modularity, until none wants to move."""
    first = np.searchsorted(begin, np.arange(n + 1)).tolist()
    ends, weights = end.tolist(), weight.tolist()
    strength = np.bincount(begin, weight, n).tolist()
    all_strength = sum(strength)
    group = list(range(n))
    total = list(strength)
    waiting = list(range(n))
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
