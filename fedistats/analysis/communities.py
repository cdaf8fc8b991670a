"""The communities of a neighborhood: found by modularity, named, and described by what their posts have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from fedistats.analysis.louvain import louvain
from fedistats.model import Community, NeighborhoodGraph, Node
from fedistats.text.languages import language_name

_MAX_COMMUNITIES = 8  # as many colors as readers can distinguish
_MIN_NODE_SHARE = 0.01  # of all nodes, for a community
_MAJORITY = 0.5  # a language describes a community if most of its posts, but not most of all posts, are in it
_MIN_LIFT = 2.0  # a hashtag describes a community if it is this many times more common there than everywhere
_MAX_HASHTAGS = 2


def find_communities(graph: NeighborhoodGraph) -> NeighborhoodGraph:
    """The same graph, sorted and with its communities: at most eight, each of at least 1 % of the nodes, strongest first.

    Each is named by its two strongest instances. The nodes of smaller communities have none. Edges are weighted by posts; both directions
    are added. For the method see `louvain`.
    """
    graph = sort_graph(graph)
    nodes = graph.nodes
    members_by_group: dict[int, list[int]] = {}
    for i, group in enumerate(louvain(len(nodes), graph.edges).tolist()):
        members_by_group.setdefault(group, []).append(i)
    min_size = max(2, _MIN_NODE_SHARE * len(nodes))
    communities = [
        sorted(members, key=lambda i: (-nodes[i].strength, nodes[i].host))
        for members in members_by_group.values()
        if len(members) >= min_size
    ]
    communities.sort(key=lambda members: (-sum(nodes[i].strength for i in members), nodes[members[0]].host))
    communities = communities[:_MAX_COMMUNITIES]
    community_of = {i: number for number, members in enumerate(communities) for i in members}
    return replace(
        graph,
        nodes=tuple(replace(node, community=community_of.get(i)) for i, node in enumerate(nodes)),
        communities=tuple(_community([nodes[i] for i in members], nodes) for members in communities),
        communities_found=sum(len(members) > 1 for members in members_by_group.values()),
    )


def sort_graph(graph: NeighborhoodGraph) -> NeighborhoodGraph:
    """The same graph with its nodes sorted by host and its edges by their two nodes."""
    order = sorted(range(len(graph.nodes)), key=lambda i: graph.nodes[i].host)
    new_index = np.argsort(order)
    ends, incoming = new_index[graph.edges[:, :2]], graph.incoming
    if not graph.directed:
        swapped = ends[:, 0] > ends[:, 1]
        ends = np.where(swapped[:, np.newaxis], ends[:, ::-1], ends)
        incoming = np.where(swapped[:, np.newaxis], incoming[:, ::-1], incoming)
    edges = np.column_stack([ends, graph.edges[:, 2]])
    rows = np.lexsort((edges[:, 1], edges[:, 0]))
    return replace(graph, nodes=tuple(graph.nodes[i] for i in order), edges=edges[rows], incoming=incoming[rows])


def _community(members: Sequence[Node], nodes: Sequence[Node]) -> Community:
    return Community(" · ".join(node.host for node in members[:2]), len(members), _description(members, nodes))


def _description(members: Sequence[Node], nodes: Sequence[Node]) -> str:
    """'Japanese, #写真 #illust': the language and hashtags that distinguish the members from all nodes; '' if there are none."""
    languages, people = _languages_and_hashtags(members)
    all_languages, all_people = _languages_and_hashtags(nodes)
    parts = []
    for code, posts in sorted(languages.items(), key=lambda item: (-item[1], item[0]))[:1]:
        if posts > _MAJORITY * languages.total() and all_languages[code] < _MAJORITY * all_languages.total():
            parts.append(language_name(code))
    share = people.total() / max(all_people.total(), 1)
    hashtags = [tag for tag, n in people.items() if n > _MIN_LIFT * share * all_people[tag]]
    # the most people, and the most specific ones, come first
    hashtags.sort(key=lambda tag: (-people[tag] * people[tag] / all_people[tag], tag))
    parts.append(" ".join(f"#{tag}" for tag in hashtags[:_MAX_HASHTAGS]))
    return ", ".join(filter(None, parts))


def _languages_and_hashtags(nodes: Sequence[Node]) -> tuple[Counter[str], Counter[str]]:
    """Posts by language code, and people by hashtag."""
    posts, people = Counter[str](), Counter[str]()
    for node in nodes:
        posts.update(dict(node.languages))
        people.update({word.text: word.people for word in node.hashtags})
    return posts, people
