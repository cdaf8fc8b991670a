"""The picture of a neighborhood before it is drawn: where each node, edge, label and line of text is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fedistats.analysis.communities import sort_graph
from fedistats.errors import NothingFound
from fedistats.format import counted
from fedistats.model import NeighborhoodGraph
from fedistats.render.fonts.text import FontPicker
from fedistats.render.network import force
from fedistats.render.network.caption import caption, selection_text, title
from fedistats.render.network.circle import circle_layout
from fedistats.render.network.drawn import DrawnEdges, DrawnNode, community_color, drawn_edges, drawn_nodes
from fedistats.render.network.labels import Label, place_labels
from fedistats.render.network.legend import MAX_NAME_LENGTH, Marker, community_entries, symbol_entries
from fedistats.render.network.panel import Panel, PanelContent, layout_panel
from fedistats.render.network.selection import busiest, edges_to_draw
from fedistats.render.style import LIGHT, Theme
from fedistats.settings import LayoutName, check

_WIDTH, _HEIGHT = 2400, 1600
"""The page that all sizes in pixels are meant for."""
_METHODS = {"force": "ForceAtlas2", "circle": "circle, by community"}


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """All that is drawn, in pixels; y points down."""

    width: int
    height: int
    theme: Theme
    title: str
    edges: DrawnEdges
    nodes: tuple[DrawnNode, ...]
    start: int | None
    """Index of the node where the collection started."""
    labels: tuple[Label, ...]
    panel: Panel
    scale: float
    """1 for a page of 2400 x 1600."""

    def edge_color(self, community: int) -> str:
        """The color of edges inside a community; -1 for those between two."""
        return self.theme.muted if community < 0 else community_color(self.theme, community)

    def markers(self) -> tuple[Marker, ...]:
        """The symbols of the legend, and the ring around the start."""
        if self.start is None:
            return self.panel.markers
        node = self.nodes[self.start]
        return *self.panel.markers, Marker("start", node.x, node.y, node.radius + 4 * self.scale, self.theme.text)


def compose_scene(
    graph: NeighborhoodGraph,
    *,
    theme: Theme = LIGHT,
    layout: LayoutName = "force",
    top: int | None = None,
    width: int = _WIDTH,
    height: int = _HEIGHT,
) -> Scene:
    """Compose the picture of a neighborhood, `width` x `height` pixels; the same graph gives the same scene.

    `top` keeps the start and so many of its busiest other instances that are connected with each other.
    Raises NothingFound if there is no instance; InvalidSetting for an unknown layout.
    """
    check(layout=layout)
    if not graph.nodes:
        raise NothingFound("there is no instance to draw")
    graph = sort_graph(graph)
    if top is not None and top >= len(graph.nodes):
        top = None
    shown = graph if top is None else busiest(graph, top)
    edges = edges_to_draw(shown.edges, len(shown.nodes))
    scale = min(width / _WIDTH, height / _HEIGHT)
    panel_left, panel_width = 48 * scale, 440 * scale
    page = panel_left + panel_width + 36 * scale, 24 * scale, width - 24 * scale, height - 24 * scale
    fonts = FontPicker([*(node.host for node in shown.nodes), *(community.common for community in graph.communities)])
    names = [fonts.host_name(node.host, MAX_NAME_LENGTH) for node in shown.nodes]
    host = fonts.host_name(shown.start, MAX_NAME_LENGTH)
    weight = np.array([node.strength for node in shown.nodes], dtype=np.float64)
    ranking = sorted(range(len(names)), key=lambda i: (-weight[i], shown.nodes[i].host))
    start = next((i for i, node in enumerate(shown.nodes) if node.host == shown.start), None)
    start_ring = np.zeros(len(names))  # labels keep clear of the ring around the start, too
    if start is not None:
        start_ring[start] = 12 * scale
    if layout == "circle":
        circle = circle_layout(names, [node.community for node in shown.nodes], weight, page, scale)
        points, radii, paths = circle.points, circle.radii, circle.paths(edges)
        labels = circle.labels(names, sorted(ranking, key=lambda i: i != start), radii + start_ring)
    else:
        points, radii = force.place_nodes(shown, weight, page, scale)
        paths = points[edges[:, :2]]
        requests = force.label_requests(names, weight, ranking, start, points, scale)
        labels = place_labels(requests, points, radii + start_ring, page, scale, paths)
    content = PanelContent(
        title=title(graph).replace("the neighborhood of", "the\u00a0neighborhood\u00a0of"),
        host=host,
        counts=[
            f"{counted(len(graph.nodes), 'instance')}, {counted(len(graph.edges), 'edge')}",
            *([] if top is None else [f"shown: {selection_text(shown, top)}"]),
        ],
        communities=community_entries(graph, shown, theme, fonts),
        symbols=symbol_entries(shown, len(edges), theme),
        caption=caption(graph, shown, top, len(edges), _METHODS[layout], fonts),
    )
    return Scene(
        width=width,
        height=height,
        theme=theme,
        title=f"{title(graph)} {host.text}",
        edges=drawn_edges(shown, edges, paths, radii, scale),
        nodes=drawn_nodes(shown, names, points, radii, theme),
        start=start,
        labels=labels,
        panel=layout_panel(content, fonts, left=panel_left, width=panel_width, height=height, scale=scale),
        scale=scale,
    )
