"""Nodes and edges of the picture, and graphs that are small, broken or hostile."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from lxml import etree
from PIL import Image

from fedistats.analysis.communities import find_communities
from fedistats.errors import NothingFound
from fedistats.hosts import Host, parse_host
from fedistats.model import Coverage, NeighborhoodGraph, Node, Outcome
from fedistats.render.network.figure import pdf, png
from fedistats.render.network.scene import Scene, compose_scene
from fedistats.render.network.svg import svg
from fedistats.render.style import DARK
from fedistats.settings import LayoutName
from tests.graphs import neighborhood, one_way
from tests.render.network.helpers import SVG, TRIANGLE, drawn_label_boxes, overlapping, panel_text

HOSTILE_NAMES = [
    "$_^$",
    "_x",
    "$\\frac{$",
    "a\x00b\x1b[31m",
    "\u202eevil\u202c",
    "x" * 10_000,
    "<script>alert(1)</script>",
    "]]>&\"'",
    "名前.例え",
    "🦣🦣",
    "a\nb",
    "",
    "\ud800",
]
WORLDS = Path(__file__).parents[4] / "shared" / "fediverse" / "worlds"


def test_the_area_of_a_node_follows_its_posts(graph: NeighborhoodGraph, scene: Scene) -> None:
    strength = np.array([node.strength for node in graph.nodes])
    area = np.array([node.radius**2 for node in scene.nodes])
    assert np.argmax(area) == np.argmax(strength)
    assert np.corrcoef(area, strength)[0, 1] == pytest.approx(1)


def test_an_instance_whose_posts_were_not_read_is_hollow() -> None:
    graph = neighborhood(TRIANGLE, start="a.example", visited=["a.example", "b.example"])
    assert [node.hollow for node in compose_scene(find_communities(graph)).nodes] == [False, False, True]


def test_the_tooltip_of_a_bridge_says_so() -> None:
    graph = neighborhood(TRIANGLE, start="a.example")
    nodes = tuple(replace(node, kind="bridge") if node.host == "b.example" else node for node in graph.nodes)
    scene = compose_scene(find_communities(replace(graph, nodes=nodes)))
    assert ["(bridge)" in node.tooltip for node in scene.nodes] == [False, True, False]


def test_a_tooltip_has_posts_neighbors_and_outcome() -> None:
    scene = compose_scene(neighborhood(TRIANGLE, start="a.example", visited=["a.example"]))
    assert [node.tooltip for node in scene.nodes] == [
        "a.example: 14 posts shared with 2 instances, complete",
        "b.example: 16 posts shared with 2 instances, not visited",
        "c.example: 12 posts shared with 2 instances, not visited",
    ]


def test_a_directed_edge_ends_at_the_rim_of_the_instance_where_the_posts_were_written() -> None:
    graph = neighborhood([("reader.example", "writer.example", 9)], start="reader.example", directed=True)
    scene = compose_scene(find_communities(graph))
    reader, writer = scene.nodes
    ((start, end),) = scene.edges.paths.tolist()
    assert start == pytest.approx([reader.x, reader.y])
    assert np.hypot(end[0] - writer.x, end[1] - writer.y) == pytest.approx(writer.radius)
    assert "pointed end: written there" in panel_text(scene)


def test_themes_differ_in_colors_only(graph: NeighborhoodGraph, scene: Scene) -> None:
    dark = compose_scene(graph, theme=DARK)
    assert [(n.x, n.y, n.radius) for n in scene.nodes] == [(n.x, n.y, n.radius) for n in dark.nodes]
    assert scene.labels == dark.labels
    small = compose_scene(graph, theme=DARK, top=3, width=300, height=200)
    assert Image.open(BytesIO(png(small))).getpixel((1, 1)) == (0x11, 0x16, 0x1D, 255)


@pytest.mark.parametrize("layout", ["force", "circle"])
@pytest.mark.parametrize(
    "graph",
    [
        neighborhood([], start="alone.example"),
        neighborhood([], start="alone.example", others=[f"i{i}.example" for i in range(30)]),
        neighborhood([("a.example", "b.example", 5)], start="a.example", directed=True),
        neighborhood([("a.example", "b.example", 5), ("c.example", "d.example", 50)], start="far.example"),
    ],
    ids=["only the start", "no edges", "two instances", "several components"],
)
def test_small_and_unconnected_graphs_are_drawn(graph: NeighborhoodGraph, layout: LayoutName) -> None:
    scene = compose_scene(find_communities(graph), layout=layout, width=600, height=400)
    assert len(scene.labels) == len(graph.nodes)
    assert Image.open(BytesIO(png(scene))).size == (600, 400)
    etree.fromstring(svg(scene))
    assert pdf(scene).startswith(b"%PDF")


def test_a_graph_without_instances_is_nothing_to_draw() -> None:
    with pytest.raises(NothingFound):
        compose_scene(replace(neighborhood([], start="a.example"), nodes=()))


def test_an_unknown_layout_is_a_value_error_that_names_the_layouts() -> None:
    with pytest.raises(ValueError, match="layout must be 'force' or 'circle', not 'spring'"):
        compose_scene(neighborhood(TRIANGLE, start="a.example"), layout="spring")  # type: ignore[arg-type]


@pytest.mark.parametrize("layout", ["force", "circle"])
def test_hostile_names_are_drawn_harmlessly(layout: LayoutName) -> None:
    nodes = tuple(Node(Host(name), Outcome.COMPLETE, strength=5) for name in sorted(HOSTILE_NAMES))
    edges = np.array([(i, i + 1, 5) for i in range(len(nodes) - 1)], dtype=np.int64)
    about = replace(neighborhood([], start="a.example").about, parameters={"rule": "$_^$" + "<b>" * 999})
    for start in ("x" * 10_000, "$_^$"):
        graph = NeighborhoodGraph(about, Coverage({}), Host(start), False, nodes, edges, one_way(edges))
        scene = compose_scene(find_communities(graph), layout=layout, width=900, height=600)
        png(scene)
        pdf(scene)
        text = svg(scene)
        tree = etree.fromstring(text)
        assert not list(tree.iter(f"{SVG}script"))
        assert not {"\u202e", "\x1b", "\x00"} & set(text.decode())
        assert all(len(label.text.text) <= 48 for label in scene.labels)
        assert [element.get("href") for element in tree.iter(f"{SVG}a")] == [f"https://{parse_host('名前.例え')}"]


@pytest.fixture(scope="module")
def real_graph() -> NeighborhoodGraph:
    """The neighborhood of sigmoid.social in December 2022, which the method was invented for."""
    world = WORLDS / "sigmoid-2022.json"
    if not world.exists():
        pytest.skip("the world of 2022 is not available")
    posts: dict[tuple[str, str], int] = {}
    hosts = json.loads(world.read_text())["hosts"]
    for host, data in hosts.items():
        for other, count in data["saw"].items():
            pair = (min(host, other), max(host, other))
            posts[pair] = posts.get(pair, 0) + count
    edges = [(a, b, count) for (a, b), count in posts.items() if count >= 5 and a != b]
    return find_communities(neighborhood(edges, start="sigmoid.social", visited=hosts))


@pytest.fixture(scope="module")
def real_scene(real_graph: NeighborhoodGraph) -> Scene:
    return compose_scene(real_graph)


def test_the_real_neighborhood_of_2022_can_be_read(real_graph: NeighborhoodGraph, real_scene: Scene) -> None:
    boxes = drawn_label_boxes(real_scene)
    assert len(boxes) == 151
    assert overlapping(boxes) == []
    assert len(svg(real_scene)) <= 100_000
    biggest = max(range(151), key=lambda i: real_scene.nodes[i].radius)
    assert real_graph.nodes[biggest].host == "mastodon.social"
    points = np.array([(node.x, node.y) for node in real_scene.nodes])
    distances = np.hypot(*(points - points.mean(axis=0)).T)
    assert distances[biggest] <= 0.3 * np.median(distances)


@pytest.mark.parametrize("hub", ["mastodon.juggler.jp", "friendica.produnis.de", "hayu.sh"])
def test_the_groups_of_2022_are_apart_from_others(real_graph: NeighborhoodGraph, real_scene: Scene, hub: str) -> None:
    hosts = [str(node.host) for node in real_graph.nodes]
    points = {host: np.array([node.x, node.y]) for host, node in zip(hosts, real_scene.nodes, strict=True)}
    neighbors: dict[str, set[str]] = {host: set() for host in hosts}
    for a, b, _ in real_graph.edges.tolist():
        neighbors[hosts[a]].add(hosts[b])
        neighbors[hosts[b]].add(hosts[a])
    group = [host for host in neighbors[hub] if neighbors[host] == {hub}]
    assert len(group) >= 5
    others = (host for host in hosts if host != hub)
    nearest = sorted(others, key=lambda host: float(np.hypot(*(points[host] - points[hub]))))
    assert set(group) <= set(nearest[: len(neighbors[hub]) + 3])
