"""The graph of a neighborhood: its size and coverage, the neighbors of the start, the strongest edges, the communities."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from fedistats.analysis.neighbors import neighbors
from fedistats.format import counted, number, outcome
from fedistats.hosts import display_name
from fedistats.model import NeighborhoodGraph, Outcome
from fedistats.render.terminal.tables import list_table, skipped_posts
from fedistats.text.html import clean

_MAX_NEIGHBORS = 10
_MAX_EDGES = 10


def neighborhood_table(graph: NeighborhoodGraph) -> RenderableType:
    """The tables of a graph; without edges, only its size and coverage."""
    parts: list[RenderableType] = [Text(_size(graph), style="bold"), *map(Text, _coverage(graph))]
    if len(graph.edges):
        parts += [Text(), _neighbors(graph), Text(), _strongest_edges(graph)]
    if graph.communities:
        parts += [Text(), _communities(graph)]
    return Group(*parts)


def start_outcome(graph: NeighborhoodGraph) -> str:
    """Why the start of the collection showed no posts."""
    start = next(node for node in graph.nodes if node.host == graph.start)
    if start.outcome is Outcome.COMPLETE:
        return "its timeline is empty"
    if start.outcome is Outcome.CLOSED:
        return "its timelines are closed by its owner"
    return outcome(start.outcome, clean(start.reason, 200))


def _size(graph: NeighborhoodGraph) -> str:
    """'151 instances, 500 edges of at least 5 posts, backbone at alpha 0.05'"""
    min_posts = graph.about.parameters["min_posts"]
    alpha = graph.about.parameters.get("backbone")
    size = f"{counted(len(graph.nodes), 'instance')}, {counted(len(graph.edges), 'edge')}"
    threshold = f" of at least {min_posts} posts" if min_posts != 1 else ""
    return size + threshold + (f", backbone at alpha {alpha}" if alpha else "")


def _coverage(graph: NeighborhoodGraph) -> Iterator[str]:
    coverage = graph.coverage
    yield coverage.sentence()
    yield f"{counted(coverage.posts_read, 'post')} read{skipped_posts(coverage.posts_left_out)}"
    if coverage.local_only:
        yield f"{counted(coverage.local_only, 'instance')} showed only the local timeline"
    if graph.start_local_only:
        yield f"the federated timeline of {graph.start} is closed: only its local timeline was read"


def _has_mentions(graph: NeighborhoodGraph) -> bool:
    """Are the edges mentions, instead of posts on timelines?"""
    return graph.about.parameters.get("edges") == "mentions"


def _neighbors(graph: NeighborhoodGraph) -> RenderableType:
    start_neighbors = neighbors(graph)
    start = display_name(graph.start)
    if not start_neighbors:
        return Text(f"{start} has no neighbors")
    title = f"{start}: {counted(len(start_neighbors), 'neighbor')}"
    if len(start_neighbors) > _MAX_NEIGHBORS:
        title += f", the strongest {_MAX_NEIGHBORS}"
    table = Table(title=title, title_justify="left", box=None)
    for name in ("posts", "here", "there", "per 1,000 here", "per 1,000 there"):
        table.add_column(name, justify="right")
    table.add_column("neighbor")
    kinds = {node.host: node.kind for node in graph.nodes}
    for neighbor in start_neighbors[:_MAX_NEIGHBORS]:
        counts = (neighbor.posts, neighbor.here, neighbor.there)
        rates = ("—" if rate is None else f"{rate:,.1f}" for rate in (neighbor.here_per_1000, neighbor.there_per_1000))
        kind = f" ({kinds[neighbor.host]})" if kinds.get(neighbor.host) else ""
        table.add_row(*map(number, counts), *rates, display_name(neighbor.host) + kind)
    directions = "here: posts of the neighbor read on this instance; there: posts of this instance read on the neighbor"
    if _has_mentions(graph):
        directions = (
            "here: posts of this instance that mention the neighbor; there: posts of the neighbor that mention it"
        )
    return Group(table, Text(f"({directions}; rates are per 1,000 posts read)", style="dim"))


def _strongest_edges(graph: NeighborhoodGraph) -> RenderableType:
    hosts = [display_name(node.host) for node in graph.nodes]
    heaviest = sorted(graph.edges.tolist(), key=lambda edge: (-edge[2], edge[0], edge[1]))[:_MAX_EDGES]
    title, arrow = "strongest edges", "–"
    if graph.directed:
        meaning = "posts on A that mention people of B" if _has_mentions(graph) else "posts of B read on A"
        title, arrow = f"strongest edges (A → B: {meaning})", "→"
    rows = ((counted(posts, "post"), f"{hosts[a]} {arrow} {hosts[b]}") for a, b, posts in heaviest)
    return Group(Text(title, style="italic"), list_table(None, rows))


def _communities(graph: NeighborhoodGraph) -> RenderableType:
    more = graph.communities_found - len(graph.communities)
    title = "communities, the strongest first" + (f" ({number(more)} more are not listed)" if more > 0 else "")
    rows = []
    for community in graph.communities:
        text = ": ".join(filter(None, (community.name, community.common)))
        rows.append((counted(community.members, "instance"), clean(text, 160)))
    return Group(Text(title, style="italic"), list_table(None, rows))
