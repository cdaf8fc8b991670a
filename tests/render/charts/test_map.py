"""The chart of a map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lxml import etree
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Circle, PathPatch
from matplotlib.text import Text

from fedistats.analysis.communities import find_communities
from fedistats.analysis.descriptions import DescriptionMap, map_descriptions
from fedistats.model import NeighborhoodGraph
from fedistats.render import figures
from fedistats.render.charts.map import draw_map
from fedistats.render.style import DARK, LIGHT, Theme
from fedistats.settings import MapColors
from tests.descriptions import SAYS, texts
from tests.graphs import neighborhood
from tests.render.charts.samples import assert_readable
from tests.render.charts.samples import texts as text_of


def sample_map() -> tuple[NeighborhoodGraph, DescriptionMap]:
    edges = [("a1.example", host, 9 + i) for i, host in enumerate(SAYS) if host != "a1.example"]
    graph = find_communities(neighborhood(edges, start="a1.example"))
    nodes = tuple(replace(node, languages=(("ja" if node.host[0] == "j" else "en", 5),)) for node in graph.nodes)
    return replace(graph, nodes=nodes), map_descriptions(texts())


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize("by", ["community", "language"])
def test_all_text_is_on_the_page_and_overlaps_no_other(by: MapColors, theme: Theme) -> None:
    figure = draw_map(*sample_map(), by=by, theme=theme)
    assert {"a1.example", "g2.example", "j3.example"} <= set(text_of(figure))
    assert_readable(figure)


def test_names_are_large_enough_and_instances_without_an_island_are_explained() -> None:
    graph, description_map = sample_map()
    figure = draw_map(graph, replace(description_map, regions=description_map.regions[:1]), by="community", theme=LIGHT)
    texts = [text for text in figure.findobj(Text) if isinstance(text, Text)]
    names = [text for text in texts if text.get_text() in description_map.hosts]
    assert len(names) > 5
    assert min(float(text.get_fontsize()) for text in names) >= 12
    text = " ".join(text.get_text() for text in texts)
    assert "on no island (an island needs at least three similar instances)" in text
    assert "on no island" not in figures.svg(draw_map(graph, description_map, by="community", theme=LIGHT)).decode()


def test_words_of_a_region_are_on_its_island_and_on_no_disc() -> None:
    graph, description_map = sample_map()
    figure = draw_map(graph, description_map, by="community", theme=LIGHT)
    FigureCanvasAgg(figure)
    figure.draw_without_rendering()
    axes = figure.axes[0]
    discs = [patch for patch in axes.patches if isinstance(patch, Circle)]
    ground = [patch for patch in axes.patches if isinstance(patch, PathPatch) and patch.get_zorder() == -2]
    checked = 0
    for region in description_map.regions:
        for word in region.words:
            artists = [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_text() == word]
            if not artists:
                continue  # drawn as an image
            checked += 1
            box = artists[0].get_window_extent()
            for point in ((box.x0, box.y0), (box.x1, box.y1), (box.x0, box.y1), (box.x1, box.y0)):
                shore = max(patch.get_linewidth() for patch in ground) / 2
                assert any(distance(patch, point) <= shore for patch in ground), word
            assert not any(box.overlaps(disc.get_window_extent()) for disc in discs), word
    assert checked > 2


def distance(patch: PathPatch, point: tuple[float, float]) -> float:
    """The distance of a point from a shape in pixels; 0 inside."""
    shape = patch.get_path().transformed(patch.get_transform())
    if shape.contains_point(point):
        return 0.0
    dense = shape.interpolated(200).vertices
    return float(np.hypot(*(np.asarray(dense) - point).T).min())


def test_colors_are_languages_or_communities() -> None:
    by_language = figures.svg(draw_map(*sample_map(), by="language", theme=LIGHT)).decode()
    assert "mostly Japanese" in by_language
    assert "mostly Japanese" not in figures.svg(draw_map(*sample_map(), by="community", theme=LIGHT)).decode()


def test_same_map_gives_the_same_svg() -> None:
    first, second = (figures.svg(draw_map(*sample_map(), by="community", theme=LIGHT)) for _ in range(2))
    assert first == second
    etree.fromstring(first)
    assert b"<script" not in first


def test_empty_map_says_so() -> None:
    graph, _ = sample_map()
    assert (
        "no two instances share a word"
        in figures.svg(draw_map(graph, map_descriptions({}), by="community", theme=LIGHT)).decode()
    )
