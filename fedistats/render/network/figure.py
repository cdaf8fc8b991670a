"""The picture of a neighborhood as a matplotlib figure, PNG and PDF."""

from __future__ import annotations

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import Collection, EllipseCollection, LineCollection, PathCollection
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle, Patch, PathPatch, Polygon
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from fedistats.analysis.arrays import Floats
from fedistats.render import figures
from fedistats.render.fonts.text import PlacedText, typeface
from fedistats.render.fonts.text_images import text_artist
from fedistats.render.network.drawn import tapered_outline
from fedistats.render.network.legend import TICKS, Marker
from fedistats.render.network.scene import Scene
from fedistats.render.style import Theme

_HALO = 5.0
"""Width of the background-colored outline of labels in pixels at full size; half of it lies outside the letters."""
_IMAGE_RESOLUTION = 3
"""Pixels per pixel of the page, of text that is drawn as an image."""
_MAX_VECTOR_EDGES = 20_000
"""More edges are an image inside the PDF, since viewers get slow."""
_DPI = 72
"""One point is one pixel."""


def png(scene: Scene) -> bytes:
    """The picture as a PNG file. The same scene gives the same bytes."""
    with matplotlib.rc_context({"text.hinting": "none"}):  # letters as they were measured; and twice as fast
        return figures.png(figure(scene), dpi=_DPI, title=scene.title)


def pdf(scene: Scene) -> bytes:
    """The picture as a PDF file. The same scene gives the same bytes."""
    return figures.pdf(figure(scene), dpi=_DPI, title=scene.title)


def figure(scene: Scene) -> Figure:
    """The picture as a matplotlib figure of its own: one point is one pixel. Labels have the gid 'name'."""
    theme, scale = scene.theme, scene.scale
    figure = Figure(figsize=(scene.width / _DPI, scene.height / _DPI), dpi=_DPI, facecolor=theme.background)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, scene.width), ylim=(scene.height, 0), autoscale_on=False)
    axes.set_axis_off()
    axes.add_collection(_edges(scene), autolim=False)
    leaders = [((x0, y0), (x1, y1)) for x0, y0, x1, y1 in (label.leader for label in scene.labels if label.leader)]
    axes.add_collection(LineCollection(leaders, colors=theme.muted, linewidths=1.1 * scale, zorder=3), autolim=False)
    axes.add_collection(_nodes(scene, axes), autolim=False)
    for marker in scene.markers():
        for patch in _patches(marker, scene):
            axes.add_patch(patch)
    axes.add_collection(_halos(scene), autolim=False)
    for label in scene.labels:
        if label.text.face:
            axes.add_artist(text_artist(axes, label.text, theme, _IMAGE_RESOLUTION, halo=scale * _HALO / 2))
        else:
            _add_text(axes, label.text, theme).set_gid("name")
    for text in scene.panel.texts:
        if text.face:
            axes.add_artist(text_artist(axes, text, theme, _IMAGE_RESOLUTION))
        else:
            _add_text(axes, text, theme)
    return figure


def _edges(scene: Scene) -> Collection:
    edges = scene.edges
    colors = to_rgba_array([scene.edge_color(community) for community in edges.communities.tolist()])
    if len(colors):
        colors[:, 3] = edges.opacities[edges.levels]
    widths = edges.widths[edges.levels]
    collection: Collection
    if edges.directed:
        outlines = [_tapered_path(path, width) for path, width in zip(edges.paths, widths, strict=True)]
        collection = PathCollection(outlines, facecolors=colors, linewidths=0, zorder=2)
    else:
        collection = LineCollection(list(_polylines(edges.paths)), colors=colors, linewidths=widths, zorder=2)
    collection.set_rasterized(len(edges.paths) > _MAX_VECTOR_EDGES)
    return collection


def _nodes(scene: Scene, axes: Axes) -> Collection:
    theme, scale = scene.theme, scene.scale
    nodes = sorted(scene.nodes, key=lambda node: -node.radius)
    rim = 2.6 * scale
    # the line of a hollow node is inside its size, so that nodes of the same weight look alike
    diameters = [2 * node.radius - (rim if node.hollow else 0) for node in nodes]
    return EllipseCollection(
        diameters,
        diameters,
        np.zeros(len(nodes)),
        units="xy",
        offsets=[(node.x, node.y) for node in nodes],
        offset_transform=axes.transData,
        facecolors=[theme.background if node.hollow else node.color for node in nodes],
        edgecolors=[node.color if node.hollow else theme.background for node in nodes],
        linewidths=[min(rim, node.radius / 2) if node.hollow else min(1.5 * scale, node.radius / 4) for node in nodes],
        zorder=4,
    )


def _halos(scene: Scene) -> Collection:
    """Outlines of labels in the background's color. (Path effects take twice the time, and turn text in a PDF into drawings.)"""
    outlines = []
    for text in (label.text for label in scene.labels if not label.text.face):
        transform = Affine2D().translate(text.box[0] - text.x, 0).rotate_deg(text.rotation).translate(text.x, text.y)
        outlines.append(typeface(text.bold).outline(text.text, text.size).transformed(transform))
    return PathCollection(
        outlines,
        facecolors="none",
        edgecolors=scene.theme.background,
        linewidths=_HALO * scene.scale,
        joinstyle="round",
        zorder=6,
    )


def _polylines(paths: Floats) -> Floats:
    """Bezier curves as lines of 25 points; straight lines as they are."""
    if paths.shape[1] == 2:
        return paths
    t = np.linspace(0, 1, 25)[:, np.newaxis]
    basis = np.stack([(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3])
    return np.asarray(np.einsum("mkd,ktx->mtd", paths, basis))


def _tapered_path(path: Floats, width: float) -> Path:
    vertices = tapered_outline(path, width)
    code = Path.LINETO if len(path) == 2 else Path.CURVE4
    return Path(np.vstack([vertices, vertices[:1]]), [Path.MOVETO] + [code] * (len(vertices) - 1) + [Path.CLOSEPOLY])


def _patches(marker: Marker, scene: Scene) -> list[Patch]:
    scale = scene.scale
    x, y, r = marker.x, marker.y, marker.radius
    if marker.symbol == "disc":
        return [Circle((x, y), r, facecolor=marker.color, linewidth=0)]
    if marker.symbol == "hollow":
        rim = 2.6 * scale
        return [Circle((x, y), r - rim / 2, facecolor=scene.theme.background, edgecolor=marker.color, linewidth=rim)]
    if marker.symbol == "start":
        outer = r + 7 * scale
        ticks = [((x + u * r, y + v * r), (x + u * outer, y + v * outer)) for u, v in TICKS]
        vertices = np.array([[(x, y), (x, y)], *ticks]).reshape(-1, 2)
        cross = Path(vertices, [Path.MOVETO, Path.LINETO] * (len(ticks) + 1))
        line = {"fill": False, "edgecolor": marker.color, "linewidth": 2.4 * scale, "zorder": 5}
        return [Circle((x, y), r, **line), PathPatch(cross, **line)]
    start, end = 4.5 * scale, 4.5 * scale if marker.symbol == "edge" else 0.0
    corners = [(x - r, y - start), (x + r, y - end), (x + r, y + end), (x - r, y + start)]
    return [Polygon(corners, facecolor=marker.color, linewidth=0)]


def _add_text(axes: Axes, text: PlacedText, theme: Theme) -> Text:
    return axes.text(
        text.x,
        text.y,
        text.text,
        fontproperties=FontProperties(fname=typeface(text.bold).path, size=text.size),
        color=theme.muted if text.muted else theme.text,
        ha={"start": "left", "middle": "center", "end": "right"}[text.anchor],
        va="baseline",
        rotation=-text.rotation,
        rotation_mode="anchor",
        parse_math=False,  # dollar signs in a name are no formula
        zorder=7,
    )
