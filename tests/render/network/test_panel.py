"""Title, legend and caption."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from fedistats.analysis.communities import find_communities
from fedistats.hosts import Host
from fedistats.model import Coverage, NeighborhoodGraph, Outcome
from fedistats.render.network.scene import compose_scene
from fedistats.render.style import DARK
from tests.graphs import neighborhood
from tests.render.network.helpers import TRIANGLE, panel_text


def test_the_title_says_whether_edges_are_posts_or_mentions() -> None:
    graph = find_communities(neighborhood(TRIANGLE, start="a.example"))
    parameters = {**graph.about.parameters, "edges": "mentions"}
    mentions = replace(graph, about=replace(graph.about, parameters=parameters))
    for graph_of, title in ((graph, "Posts between instances"), (mentions, "Mentions between instances")):
        scene = compose_scene(graph_of)
        assert scene.title == f"{title}: the neighborhood of a.example"
        assert f"{title}: the neighborhood of" in panel_text(scene)


def test_the_caption_has_rule_date_coverage_method_and_version() -> None:
    graph = find_communities(neighborhood(TRIANGLE, start="a.example", visited=["a.example"]))
    coverage = Coverage({Outcome.COMPLETE: 1, Outcome.CLOSED: 2, Outcome.ROBOTS: 3}, posts_left_out=4, local_only=1)
    text = panel_text(compose_scene(replace(graph, coverage=coverage)))
    for part in (
        "An edge of a test.",
        "Data: at most 200 of the newest public posts of each instance, collected 2030-01-02.",
        "6 instances found, 6 visited: 1 complete, 2 closed by their owners, 3 blocked by robots.txt.",
        "4 posts skipped (authors opted out).",
        "1 instance showed local posts only.",
        "ForceAtlas2",
        "Louvain",
        "fedistats 9.9.9",
        "3 instances, 3 edges",
    ):
        assert part in text


def test_all_text_is_inside_the_panel_and_no_line_overlaps_the_next(graph: NeighborhoodGraph) -> None:
    coverage = Coverage(dict.fromkeys(Outcome, 1234), posts_left_out=9, local_only=9)
    host = Host("a-very-long-name-that-somebody-chose-for-an-instance.example")
    long = replace(graph, coverage=coverage, about=replace(graph.about, host=host), start=host)
    for width, height in ((2400, 1600), (1200, 800), (900, 1200)):
        scene = compose_scene(long, width=width, height=height)
        boxes = [text.box for text in scene.panel.texts]
        assert min(box[0] for box in boxes) >= 0
        assert max(box[3] for box in boxes) <= height
        assert max(box[2] for box in boxes) <= min(node.x - node.radius for node in scene.nodes)
        lines = sorted(boxes, key=lambda box: box[1])
        assert all(above[3] <= below[1] + 0.5 for above, below in pairwise(lines))


def test_the_legend_has_the_name_and_color_of_each_community(graph: NeighborhoodGraph) -> None:
    scene = compose_scene(graph, theme=DARK)
    colors = [marker.color for marker in scene.panel.markers if marker.symbol == "disc"]
    assert colors[: len(graph.communities)] == list(DARK.colors[: len(graph.communities)])
    for community in graph.communities:
        assert f"{community.name} {community.members:,} instances" in panel_text(scene)


def test_hollow_nodes_are_explained_only_if_there_are_any() -> None:
    partly_visited = neighborhood(TRIANGLE, start="a.example", visited=["a.example", "b.example"])
    text = panel_text(compose_scene(find_communities(partly_visited)))
    assert "not visited, or no posts available" in text
    assert "Edges between two hollow nodes cannot be observed." in text
    text = panel_text(compose_scene(find_communities(neighborhood(TRIANGLE, start="a.example"))))
    assert "hollow" not in text
    assert "not visited, or" not in text
