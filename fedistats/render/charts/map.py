"""The instances of a neighborhood as a map: the nearer two lie, the more alike they describe themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle, PathPatch
from matplotlib.path import Path
from matplotlib.tri import Triangulation
from numpy.typing import NDArray

from fedistats.analysis.descriptions import DescriptionMap
from fedistats.analysis.page_layout import fill_page
from fedistats.model import NeighborhoodGraph, Node
from fedistats.render.charts.page import Area, Page
from fedistats.render.fonts.text import ASCENT, DESCENT, FontPicker, PlacedText, TextRun
from fedistats.render.network.label_candidates import LabelRequest
from fedistats.render.network.labels import Label, place_labels
from fedistats.render.style import Theme
from fedistats.text.html import clean
from fedistats.text.languages import language_name

By = Literal["community", "language"]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom; in points."""

_WIDTH, _HEIGHT = 1200, 900
"""Points."""
_SCALE = 0.5
"""Of a page of 2400 x 1600, which labels are placed on."""
_ALL_NAMED, _MOST_NAMES = 150, 90
_NAMES, _BOLD_NAMES = 12.0, 13.5
"""Points of the names of instances: a picture that is shown 1200 pixels wide has a pixel for each."""
_WORDS, _LEADING = 17.0, 1.24
"""Points of the words of a region, which stand below one another; and from line to line, in parts of that."""
_SHORE, _SHELF = 26.0, 11.0
"""Points of land round each instance of a region, and of shallow water round the land."""
_STEP = 8.0
"""Points between the places that are tried for the words of a region."""
_CLEAR = 6.0
"""Points between these words and any disc."""


def draw(found: NeighborhoodGraph, land: DescriptionMap, *, by: By, theme: Theme) -> Figure:
    """Islands of instances with the words that bring them together; a disc's area is its posts, its colour its community or language.

    The same neighborhood gives the same figure.
    """
    strange = [clean(word, 24) for region in land.regions for word in region.words]
    strange += [community.common for community in found.communities]
    hand = FontPicker(strange)
    told = [[run for word in region.words if (run := hand.run(clean(word, 24)))] for region in land.regions]
    page = Page(_WIDTH, _HEIGHT, theme, strange)
    known = {node.host: node for node in found.nodes}
    nodes = [known[host] for host in land.hosts]
    page.title(
        "How they describe themselves: the instances round",
        found.start,
        "The nearer two instances lie, the more words they share; each island bears the words that make it one",
    )
    page.foot(_caption(found, land))
    colors, legend = _colored(found, nodes, by, theme)
    _legend(page, hand, legend)
    if not nodes:
        page.nothing(page.body, "no two instances share a word")
        return page.figure
    points, radii = _on_page(land, nodes, page.body)
    ring = np.array([3.5 * (node.host == found.start) for node in nodes])
    axes = page.figure.axes[0]
    labels, homes = _labels(hand, land, nodes, told, points, radii + ring, page.body)
    fields = _fields(points)
    _draw_islands(
        page, [_island(points, region.members, fields, home) for region, home in zip(land.regions, homes, strict=True)]
    )
    for i in np.argsort(-radii, kind="stable").tolist():
        x, y = points[i].tolist()
        axes.add_patch(
            Circle((x, y), radii[i], facecolor=colors[i], edgecolor=theme.background, linewidth=0.8, zorder=2)
        )
        if nodes[i].host == found.start:
            axes.add_patch(Circle((x, y), radii[i] + 3, fill=False, edgecolor=theme.text, linewidth=1.4, zorder=2))
    for words, home in zip(told, homes, strict=True):
        _stack(page, words, home)
    for label in labels:
        text = label.text
        if label.leader:
            x0, y0, x1, y1 = label.leader
            axes.add_patch(PathPatch(Path([(x0, y0), (x1, y1)]), edgecolor=theme.muted, linewidth=0.6, zorder=1.5))
        _put(page, TextRun(text.text, text.face), replace(text, muted=not text.bold))
    return page.figure


def _on_page(
    land: DescriptionMap, nodes: Sequence[Node], area: Area
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points and radii of the discs."""
    n = len(nodes)
    weight = np.array([node.strength for node in nodes], dtype=np.float64)
    width, height = area.right - area.left, area.bottom - area.top
    most = float(np.clip(0.16 * np.sqrt(width * height / n), 5.0, 13.0))
    radii = np.sqrt(2.5**2 + (most**2 - 2.5**2) * weight / max(weight.max(), 1.0))
    inset = np.array([105.0, 30.0])
    points = fill_page(
        land.points,
        weight,
        radii,
        width - 2 * inset[0],
        height - 2 * inset[1],
        gap=14 if n <= _ALL_NAMED else 3,
        wide=3.0,
    )
    return points + inset + (area.left, area.top), radii


def _island(points: NDArray[np.float64], members: Sequence[int], fields: NDArray[np.int64], home: Box | None) -> Path:
    """The land of a region is all within `_SHORE` points of this: the tree that joins its members, the fields that lie between
    three of them, and the ground of its words, with a bridge to the nearest member."""
    own = points[list(members)]
    inside = fields[np.isin(fields, members).all(axis=1)]
    shapes = [_tree(own), *(Path([*points[three], points[three[0]]], closed=True) for three in inside)]
    if home:
        left, top, right, bottom = home
        # as far inside as the shore reaches out, but for a margin
        aside, above = min(_SHORE - 10, (right - left) / 2), min(_SHORE - 10, (bottom - top) / 2)
        left, top, right, bottom = left + aside, top + above, right - aside, bottom - above
        middle = np.array([(left + right) / 2, (top + bottom) / 2])
        nearest = own[int(np.argmin(np.hypot(*(own - middle).T)))]
        shapes.append(Path([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], closed=True))
        shapes.append(Path([tuple(middle), tuple(nearest)]))
    return Path.make_compound_path(*shapes)


def _tree(points: NDArray[np.float64]) -> Path:
    """The shortest tree that joins the points (R. C. Prim, 1957): a thick line along it is one island."""
    distance = np.hypot(*(points[:, np.newaxis] - points).T)
    nearest, joined = distance[0].copy(), np.zeros(len(points), dtype=np.int64)
    nearest[0] = np.inf
    outside = np.ones(len(points), dtype=bool)
    outside[0] = False
    lines = []
    while outside.any():
        i = int(np.argmin(np.where(outside, nearest, np.inf)))
        lines += [points[joined[i]], points[i]]
        outside[i] = False
        closer = distance[i] < nearest
        nearest, joined = np.where(closer, distance[i], nearest), np.where(closer, i, joined)
    return Path(lines, [Path.MOVETO, Path.LINETO] * (len(lines) // 2))


def _fields(points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Triangles of neighbors, inside which no other instance lies (B. Delaunay, 1934): three indices each."""
    if len(points) < 3 or np.linalg.matrix_rank(points - points[0], tol=1e-3) < 2:
        return np.empty((0, 3), dtype=np.int64)
    return Triangulation(*points.T).triangles.astype(np.int64)


def _draw_islands(page: Page, islands: Sequence[Path]) -> None:
    """Shallow water round all land, then each coast, then the land."""
    theme, axes = page.theme, page.figure.axes[0]
    water, coast, ground = (_between(theme.background, theme.grid, share) for share in (0.2, 0.95, 0.5))
    for order, (color, reach) in enumerate(((water, _SHORE + _SHELF), (coast, _SHORE + 1), (ground, _SHORE))):
        for island in islands:
            axes.add_patch(
                PathPatch(island, facecolor=color, edgecolor=color, linewidth=2 * reach, capstyle="round",
                          joinstyle="round", zorder=order - 4)
            )  # fmt: skip


def _labels(
    hand: FontPicker,
    land: DescriptionMap,
    nodes: Sequence[Node],
    told: Sequence[Sequence[TextRun]],
    points: NDArray[np.float64],
    radii: NDArray[np.float64],
    body: Area,
) -> tuple[tuple[Label, ...], list[Box | None]]:
    """Where the names of the instances stand, and the words of the regions: these stand first, and names keep clear of them."""
    n = len(nodes)
    order = sorted(range(n), key=lambda i: (-nodes[i].strength, nodes[i].host))
    named = n <= _ALL_NAMED
    region = np.full(n, -1)
    for number, one in enumerate(land.regions):
        region[list(one.members)] = number
    homes: list[Box | None] = []
    for number, words in enumerate(told):
        size = (max((run.width(_WORDS) for run in words), default=0.0), _WORDS * _LEADING * len(words))
        homes.append(
            _home(size, points, radii, region == number, [home for home in homes if home], body) if words else None
        )
    requests = []
    for rank, i in enumerate(order[: n if named else _MOST_NAMES]):
        name_size = _BOLD_NAMES if rank < 8 else _NAMES
        requests.append(LabelRequest(i, hand.host_name(nodes[i].host, 40), name_size, rank < 8, rank < 8 or named))
    labels = place_labels(
        requests,
        points,
        radii,
        (body.left - 20, body.top, body.right + 20, body.bottom),
        _SCALE,
        np.empty((0, 2, 2)),
        np.array([home for home in homes if home]).reshape(-1, 4) + _CLEAR * np.array([-1, -1, 1, 1]),
    )
    return labels, homes


def _home(
    size: tuple[float, float],
    points: NDArray[np.float64],
    radii: NDArray[np.float64],
    own: NDArray[np.bool_],
    taken: Sequence[Box],
    body: Area,
) -> Box:
    """Where the words of a region stand: amid its instances, as near to all of them as can be, on no disc and on no other words."""
    half = np.array(size) / 2
    low = np.array([body.left, body.top]) + _SHELF + half
    high = np.array([body.right, body.bottom]) - _SHELF - half
    low = np.maximum(points[own].min(axis=0) - half - _SHORE, low)
    high = np.minimum(points[own].max(axis=0) + half + _SHORE, high)
    middles = np.array(
        [(x, y) for x in np.arange(low[0], high[0] + 1, _STEP) for y in np.arange(low[1], high[1] + 1, _STEP)]
    )
    away = np.hypot(*(middles[:, np.newaxis] - points).T).T
    beside = np.maximum(np.abs(middles[:, np.newaxis] - points) - half, 0.0)
    hidden = (np.hypot(beside[..., 0], beside[..., 1]) < radii + _CLEAR).sum(axis=1)
    boxes = np.array(taken).reshape(-1, 2, 2)
    near = np.abs(middles[:, np.newaxis] - boxes.mean(axis=1)) < half + np.diff(boxes, axis=1)[:, 0] / 2 + _CLEAR
    struck = near.all(axis=2).sum(axis=1)
    # the words of a region do not stand among another's instances
    abroad = np.where(own, np.inf, away).min(axis=1) < np.where(own, away, np.inf).min(axis=1)
    cost = away[:, own].mean(axis=1) + 1_000 * hidden + 5_000 * struck + 200 * abroad
    x, y = middles[int(np.argmin(cost))]
    return float(x - half[0]), float(y - half[1]), float(x + half[0]), float(y + half[1])


def _stack(page: Page, runs: Sequence[TextRun], home: Box | None) -> None:
    """Words below one another, each in the middle of its line."""
    if home is None:
        return
    left, top, right, _ = home
    for number, run in enumerate(runs):
        y = top + (number + 0.5) * _WORDS * _LEADING + (ASCENT - DESCENT) / 2 * _WORDS
        _put(page, run, PlacedText(run.text, (left + right - run.width(_WORDS)) / 2, y, _WORDS))


def _line(page: Page, runs: Sequence[TextRun], left: float, y: float, size: float) -> None:
    """Runs of text side by side on the baseline y."""
    for run in runs:
        _put(page, run, PlacedText(run.text, left, y, size))
        left += run.width(size)


def _put(page: Page, run: TextRun, text: PlacedText) -> None:
    """A word in the font that it needs."""
    if run.face is None:
        page.write(text.text, text.x, text.y, text.size, bold=text.bold, muted=text.muted)
    else:
        wide = run.width(text.size, text.bold)
        page.word(text.text, text.x + wide, text.y - 0.36 * text.size, text.size, wide + 1)


def _colored(
    found: NeighborhoodGraph, nodes: Sequence[Node], by: By, theme: Theme
) -> tuple[list[str], list[tuple[str, str]]]:
    """The colour of each instance, and what the colours mean."""
    if by == "community":
        group = [None if node.community is None else str(node.community) for node in nodes]
        names = {
            str(i): ": ".join(filter(None, (community.name, community.common)))
            for i, community in enumerate(found.communities)
        }
        order = [str(i) for i in range(len(found.communities)) if str(i) in group]
        other = "in other communities"
    else:
        group = [node.languages[0][0] if node.languages else None for node in nodes]
        counted = Counter(code for code in group if code)
        order = sorted(counted, key=lambda code: (-counted[code], code))[: len(theme.colors)]
        names = {code: f"mostly {language_name(code)}" for code in order}
        other = "any other, or not said"
    inks = dict(zip(order, theme.colors, strict=False))
    legend = [(inks[key], names[key]) for key in order]
    if any(key not in inks for key in group):
        legend.append((theme.other, other))
    return [inks.get(key or "", theme.other) for key in group], legend


def _legend(page: Page, hand: FontPicker, legend: Sequence[tuple[str, str]]) -> None:
    """What the colours mean, in as many lines as that takes."""
    body, size = page.body, 10.5
    x, y = body.left, body.top - 8
    for color, words in legend:
        runs = hand.runs(clean(words, 90))
        wide = sum(run.width(size) for run in runs) + 34
        if x > body.left and x + wide > body.right:
            x, y = body.left, y + 18
        page.figure.axes[0].add_patch(Circle((x + 5, y - 4), 5, facecolor=color, linewidth=0))
        _line(page, runs, x + 15, y, size)
        x += wide
    page.body = Area(body.left, y + 16, body.right, body.bottom)


def _between(one: str, other: str, share: float) -> str:
    mixed = (1 - share) * np.array(to_rgb(one)) + share * np.array(to_rgb(other))
    return str(to_hex(tuple(mixed.tolist())))


def _caption(found: NeighborhoodGraph, land: DescriptionMap) -> str:
    apart = f"{land.unplaced:,} that share no word with another are not on the map. " if land.unplaced else ""
    silent = len(found.nodes) - len(land.hosts) - land.unplaced
    unheard = f"Of {silent:,} of the neighborhood no description is known. " if silent > 0 else ""
    astray = len(land.hosts) - sum(len(region.members) for region in land.regions)
    lone = (
        f"{astray:,} {'disc lies' if astray == 1 else 'discs lie'} outside all islands: an island takes three instances that are alike. "
        if astray
        else ""
    )
    ring = "The ring: where the collection began. " if found.start in land.hosts else ""
    return (
        f"{len(land.hosts):,} instances by the words of their own titles and descriptions; the words that are told stand in at least three "
        f"of them. Directions mean nothing, only distances do. A bigger disc: more posts connect it with the others. "
        f"{ring}{lone}{apart}{unheard}"
        f"{found.coverage.sentence()}. Collected {clean(found.about.date[:10])}, fedistats {clean(found.about.version, 20)}."
    )
