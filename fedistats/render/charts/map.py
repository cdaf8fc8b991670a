"""The map of the instances of a neighborhood: instances with similar descriptions are close together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle, PathPatch
from matplotlib.path import Path

from fedistats.analysis.arrays import Floats
from fedistats.analysis.descriptions import DescriptionMap
from fedistats.analysis.page_layout import fill_page
from fedistats.format import counted, plural
from fedistats.model import NeighborhoodGraph, Node
from fedistats.render.charts.captions import signature
from fedistats.render.charts.islands import CLEARANCE, draw_islands, place_words
from fedistats.render.charts.page import Area, Page
from fedistats.render.fonts.text import ASCENT, DESCENT, Box, FontPicker, TextRun
from fedistats.render.network.label_candidates import LabelRequest
from fedistats.render.network.labels import Label, place_labels
from fedistats.render.style import Theme
from fedistats.settings import MapColors, check
from fedistats.text.html import clean
from fedistats.text.languages import language_name

_WIDTH, _HEIGHT = 1200, 900
"""Points."""
_LABEL_SCALE = 0.5
"""Of the page of 2400 x 1600 pixels that label placement is meant for."""
_ALL_LABELED, _MAX_LABELS, _BOLD_LABELS = 150, 90, 8
"""The largest numbers of instances with a label and of bold labels; the busiest instances come first."""
_LABEL_SIZE, _BOLD_LABEL_SIZE = 12.0, 13.5
_WORD_SIZE, _WORD_LINE = 17.0, 1.24 * 17.0
"""Points of the words of a region, one below the other."""


def draw_map(graph: NeighborhoodGraph, description_map: DescriptionMap, *, by: MapColors, theme: Theme) -> Figure:
    """Islands of similar instances with the words they share. The area of a disc is its posts, its color its community or language.

    The same data gives the same figure. Raises InvalidSetting for an unknown `by`.
    """
    check(by=by)
    regions = description_map.regions
    words_from_servers = [clean(word, 24) for region in regions for word in region.words]
    words_from_servers += [community.common for community in graph.communities]
    fonts = FontPicker(words_from_servers)
    region_words = [[run for word in region.words if (run := fonts.run(clean(word, 24)))] for region in regions]
    page = Page(_WIDTH, _HEIGHT, theme, words_from_servers)
    node_of = {node.host: node for node in graph.nodes}
    nodes = [node_of[host] for host in description_map.hosts]
    subtitle = (
        "Instances that share more words are closer together; each island shows the words that its instances share"
    )
    page.add_title("Descriptions of the instances around", graph.start, subtitle)
    page.add_caption(_caption(graph, description_map))
    colors, legend = _colors(graph, nodes, by, theme)
    _draw_legend(page, fonts, legend)
    if not nodes:
        page.message(page.body, "no two instances share a word")
        return page.figure
    points, radii = _place_nodes(description_map, nodes, page.body)
    start_ring = np.array([3.5 * (node.host == graph.start) for node in nodes])
    word_boxes = _word_boxes(description_map, region_words, points, radii + start_ring, page.body)
    labels = _place_labels(fonts, nodes, word_boxes, points, radii + start_ring, page.body)
    draw_islands(page, points, [region.members for region in regions], word_boxes)
    for i in np.argsort(-radii, kind="stable").tolist():
        x, y = points[i].tolist()
        disc = Circle((x, y), radii[i], facecolor=colors[i], edgecolor=theme.background, linewidth=0.8, zorder=2)
        page.axes.add_patch(disc)
        if nodes[i].host == graph.start:
            ring = Circle((x, y), radii[i] + 3, fill=False, edgecolor=theme.text, linewidth=1.4, zorder=2)
            page.axes.add_patch(ring)
    for words, box in zip(region_words, word_boxes, strict=True):
        if box:
            _draw_words(page, words, box)
    for label in labels:
        if label.leader:
            x0, y0, x1, y1 = label.leader
            line = PathPatch(Path([(x0, y0), (x1, y1)]), edgecolor=theme.muted, linewidth=0.6, zorder=1.5)
            page.axes.add_patch(line)
        text = label.text
        _draw_run(page, TextRun(text.text, text.face), text.x, text.y, text.size, bold=text.bold, muted=not text.bold)
    return page.figure


def _place_nodes(description_map: DescriptionMap, nodes: Sequence[Node], area: Area) -> tuple[Floats, Floats]:
    """Positions, shape (n, 2), and radii of the discs, in points."""
    n = len(nodes)
    weight = np.array([node.strength for node in nodes], dtype=np.float64)
    biggest = float(np.clip(0.16 * np.sqrt(area.width * area.height / n), 5.0, 13.0))
    radii = np.sqrt(2.5**2 + (biggest**2 - 2.5**2) * weight / max(weight.max(), 1.0))
    margin = np.array([105.0, 30.0])
    width, height = area.width - 2 * margin[0], area.height - 2 * margin[1]
    gap = 14 if n <= _ALL_LABELED else 3
    points = fill_page(description_map.points, weight, radii, width, height, gap=gap, wide=3.0)
    return points + margin + (area.left, area.top), radii


def _word_boxes(
    description_map: DescriptionMap,
    region_words: Sequence[Sequence[TextRun]],
    points: Floats,
    radii: Floats,
    area: Area,
) -> list[Box | None]:
    """The box for the words of each region; None if none of them can be drawn."""
    boxes: list[Box | None] = []
    for region, words in zip(description_map.regions, region_words, strict=True):
        if not words:
            boxes.append(None)
            continue
        members = np.isin(np.arange(len(points)), region.members)
        size = max(run.width(_WORD_SIZE) for run in words), _WORD_LINE * len(words)
        boxes.append(place_words(size, points, radii, members, [box for box in boxes if box], area))
    return boxes


def _place_labels(
    fonts: FontPicker,
    nodes: Sequence[Node],
    word_boxes: Sequence[Box | None],
    points: Floats,
    radii: Floats,
    area: Area,
) -> tuple[Label, ...]:
    n = len(nodes)
    ranking = sorted(range(n), key=lambda i: (-nodes[i].strength, nodes[i].host))
    all_labeled = n <= _ALL_LABELED
    requests = []
    for rank, i in enumerate(ranking[: n if all_labeled else _MAX_LABELS]):
        bold = rank < _BOLD_LABELS
        size = _BOLD_LABEL_SIZE if bold else _LABEL_SIZE
        requests.append(LabelRequest(i, fonts.host_name(nodes[i].host, 40), size, bold, required=bold or all_labeled))
    page = area.left - 20, area.top, area.right + 20, area.bottom
    obstacles = np.array([box for box in word_boxes if box]).reshape(-1, 4) + CLEARANCE * np.array([-1, -1, 1, 1])
    return place_labels(requests, points, radii, page, _LABEL_SCALE, np.empty((0, 2, 2)), obstacles)


def _draw_words(page: Page, words: Sequence[TextRun], box: Box) -> None:
    """Centered lines, one below the other."""
    left, top, right, _ = box
    for i, run in enumerate(words):
        y = top + (i + 0.5) * _WORD_LINE + (ASCENT - DESCENT) / 2 * _WORD_SIZE
        _draw_run(page, run, (left + right - run.width(_WORD_SIZE)) / 2, y, _WORD_SIZE)


def _draw_run(
    page: Page, run: TextRun, x: float, y: float, size: float, *, bold: bool = False, muted: bool = False
) -> None:
    if run.face is None:
        page.text(run.text, x, y, size, bold=bold, muted=muted)
    else:
        width = run.width(size, bold)
        page.word(run.text, x + width, y - 0.36 * size, size, width + 1)


def _colors(
    graph: NeighborhoodGraph, nodes: Sequence[Node], by: MapColors, theme: Theme
) -> tuple[list[str], list[tuple[str, str]]]:
    """The color of each node, and the legend: colors and what they mean."""
    if by == "community":
        groups = [None if node.community is None else str(node.community) for node in nodes]
        names = {str(i): ": ".join(filter(None, (c.name, c.common))) for i, c in enumerate(graph.communities)}
        order = [group for group in names if group in groups]
        others = "other communities"
    else:
        groups = [node.languages[0][0] if node.languages else None for node in nodes]
        counts = Counter(code for code in groups if code)
        order = sorted(counts, key=lambda code: (-counts[code], code))[: len(theme.colors)]
        names = {code: f"mostly {language_name(code)}" for code in order}
        others = "other or unknown language"
    color_of = dict(zip(order, theme.colors, strict=False))
    legend = [(color_of[group], names[group]) for group in order]
    if any(group not in color_of for group in groups):
        legend.append((theme.other, others))
    return [color_of.get(group or "", theme.other) for group in groups], legend


def _draw_legend(page: Page, fonts: FontPicker, legend: Sequence[tuple[str, str]]) -> None:
    """The colors and what they mean, in as many lines as needed, at the top of the page's body."""
    body, size = page.body, 10.5
    x, y = body.left, body.top - 8
    for color, text in legend:
        runs = fonts.runs(clean(text, 90))
        width = sum(run.width(size) for run in runs) + 34
        if x > body.left and x + width > body.right:
            x, y = body.left, y + 18
        page.dot(x + 5, y - 4, 5, color)
        run_x = x + 15
        for run in runs:
            _draw_run(page, run, run_x, y, size)
            run_x += run.width(size)
        x += width
    page.body = Area(body.left, y + 16, body.right, body.bottom)


def _caption(graph: NeighborhoodGraph, description_map: DescriptionMap) -> str:
    shown, unplaced = len(description_map.hosts), description_map.unplaced
    without_shared_words = f"{counted(unplaced, 'instance')} without shared words left out. " if unplaced else ""
    unknown = len(graph.nodes) - shown - unplaced
    undescribed = f"{counted(unknown, 'instance')} without a known description left out. " if unknown > 0 else ""
    outside = shown - sum(len(region.members) for region in description_map.regions)
    single = (
        f"{counted(outside, 'instance')} {plural('is', outside)} on no island (an island needs at least three similar instances). "
        if outside
        else ""
    )
    ring = "Ring: start of the collection. " if graph.start in description_map.hosts else ""
    return (
        f"{counted(shown, 'instance')} by the words of their titles and descriptions; only words of at least three instances are shown. "
        f"Distances matter, directions do not. Disc area: posts that connect the instance with others. {ring}{single}"
        f"{without_shared_words}{undescribed}{graph.coverage.sentence()}. {signature(graph.about)}"
    )
