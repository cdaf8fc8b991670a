"""The neighborhood as PNG and PDF."""

from __future__ import annotations

from io import BytesIO

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.collections import Collection, EllipseCollection, LineCollection, PathCollection
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle, Patch, PathPatch, Polygon
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray

from fedistats.render.fonts.text import PlacedText, typeface
from fedistats.render.fonts.text_images import text_artist
from fedistats.render.network.panel import TICKS, Mark
from fedistats.render.network.scene import Layout, Picture, draw, outline, start_mark
from fedistats.render.style import Theme

__all__ = ["Layout", "Picture", "draw", "figure", "pdf", "png"]

_HALO = 5.0
"""Pixels at full size: how broad the line of background round a name is, half of it outside the letters."""
_FINER = 3
"""Of words that are drawn as pictures: their pixels for each of the page's, for whoever looks close."""
# More lines than this are a picture inside the PDF: viewers choke on them.
_MOST_VECTORS = 20_000


def png(picture: Picture) -> bytes:
    """The picture for posting. The same picture gives the same bytes."""
    # letters as they were measured, not bent to whole pixels; in half the time, too
    with matplotlib.rc_context({"text.hinting": "none"}):
        drawn = figure(picture)
        out = BytesIO()
        FigureCanvasAgg(drawn)
        drawn.savefig(out, format="png", dpi=72, metadata={"Title": picture.title, "Software": None})
    return out.getvalue()


def pdf(picture: Picture) -> bytes:
    """The picture for papers, with text that can be searched. The same picture gives the same bytes."""
    # real fonts, not drawn letters
    with matplotlib.rc_context({"pdf.fonttype": 42}):
        drawn = figure(picture)
        out = BytesIO()
        FigureCanvasPdf(drawn)
        drawn.savefig(out, format="pdf", dpi=72, metadata={"Title": picture.title, "CreationDate": None})
    return out.getvalue()


def figure(picture: Picture) -> Figure:
    """The picture as a matplotlib figure of its own: one point is one pixel. Names carry the gid 'name'."""
    theme, scale = picture.theme, picture.scale
    figure = Figure(figsize=(picture.width / 72, picture.height / 72), dpi=72, facecolor=theme.background)
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, picture.width), ylim=(picture.height, 0), autoscale_on=False)
    axes.set_axis_off()
    axes.add_collection(_edge_collection(picture), autolim=False)
    leaders = [label.leader for label in picture.labels if label.leader]
    axes.add_collection(
        LineCollection(
            [((x0, y0), (x1, y1)) for x0, y0, x1, y1 in leaders], colors=theme.muted, linewidths=1.1 * scale, zorder=3
        ),
        autolim=False,
    )
    discs = sorted(picture.discs, key=lambda disc: -disc.radius)
    sizes = [2 * disc.radius for disc in discs]
    rim = 2.6 * scale
    axes.add_collection(
        EllipseCollection(
            # a hollow disc's line lies inside its size, so that all of one weight look alike
            [size - rim if disc.hollow else size for size, disc in zip(sizes, discs, strict=True)],
            [size - rim if disc.hollow else size for size, disc in zip(sizes, discs, strict=True)],
            np.zeros(len(discs)),
            units="xy",
            offsets=[(disc.x, disc.y) for disc in discs],
            offset_transform=axes.transData,
            facecolors=[theme.background if disc.hollow else disc.color for disc in discs],
            edgecolors=[disc.color if disc.hollow else theme.background for disc in discs],
            linewidths=[
                min(rim, size / 4) if disc.hollow else min(1.5 * scale, size / 8)
                for size, disc in zip(sizes, discs, strict=True)
            ],
            zorder=4,
        ),
        autolim=False,
    )
    start = start_mark(picture)
    for mark in (*picture.panel.marks, *([start] if start else [])):
        for patch in _patches(mark, picture):
            axes.add_patch(patch)
    axes.add_collection(_halos(picture), autolim=False)
    for label in picture.labels:
        if label.text.face:
            axes.add_artist(text_artist(axes, label.text, theme, _FINER, halo=scale * _HALO / 2))
        else:
            _write(axes, label.text, theme).set_gid("name")
    for text in picture.panel.texts:
        if text.face:
            axes.add_artist(text_artist(axes, text, theme, _FINER))
        else:
            _write(axes, text, theme)
    return figure


def _edge_collection(picture: Picture) -> Collection:
    edges = picture.edges
    colors = to_rgba_array([picture.color(c) for c in edges.communities.tolist()])
    if len(colors):
        colors[:, 3] = edges.opacities[edges.levels]
    collection: Collection
    if edges.directed:
        outlines = [_pointed(path, width) for path, width in zip(edges.paths, edges.widths[edges.levels], strict=True)]
        collection = PathCollection(outlines, facecolors=colors, linewidths=0, zorder=2)
    else:
        collection = LineCollection(
            list(_curves(edges.paths)), colors=colors, linewidths=edges.widths[edges.levels], zorder=2
        )
    collection.set_rasterized(len(edges.paths) > _MOST_VECTORS)
    return collection


def _halos(picture: Picture) -> Collection:
    """Background round each name, so that it can be read across lines. (Path effects would do it, in twice the time, and
    turn the names of a PDF into drawings.)"""
    shapes = []
    for text in (label.text for label in picture.labels if not label.text.face):
        turn = Affine2D().translate(text.box[0] - text.x, 0).rotate_deg(text.rotation).translate(text.x, text.y)
        shapes.append(typeface(text.bold).outline(text.text, text.size).transformed(turn))
    return PathCollection(
        shapes,
        facecolors="none",
        edgecolors=picture.theme.background,
        linewidths=_HALO * picture.scale,
        joinstyle="round",
        zorder=6,
    )


def _curves(paths: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bezier curves as lines of 25 points; straight lines as they are."""
    if paths.shape[1] == 2:
        return paths
    t = np.linspace(0, 1, 25)[:, np.newaxis]
    steps = np.stack([(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3])
    curves: NDArray[np.float64] = np.einsum("mkd,ktx->mtd", paths, steps)
    return curves


def _pointed(path: NDArray[np.float64], width: float) -> Path:
    points = outline(path, width)
    curve = Path.LINETO if len(path) == 2 else Path.CURVE4
    return Path(np.vstack([points, points[:1]]), [Path.MOVETO] + [curve] * (len(points) - 1) + [Path.CLOSEPOLY])


def _patches(mark: Mark, picture: Picture) -> list[Patch]:
    """A sign of the legend, or the one round the start."""
    scale, theme = picture.scale, picture.theme
    x, y, r = mark.x, mark.y, mark.radius
    if mark.kind == "disc":
        return [Circle((x, y), r, facecolor=mark.color, linewidth=0)]
    if mark.kind == "hollow":
        return [
            Circle((x, y), r - 1.3 * scale, facecolor=theme.background, edgecolor=mark.color, linewidth=2.6 * scale)
        ]
    if mark.kind == "start":
        ticks = [((x + u * r, y + v * r), (x + u * (r + 7 * scale), y + v * (r + 7 * scale))) for u, v in TICKS]
        points = np.array([[(x, y), (x, y)], *ticks]).reshape(-1, 2)
        cross = Path(points, [Path.MOVETO, Path.LINETO] * (len(ticks) + 1))
        line = {"fill": False, "edgecolor": mark.color, "linewidth": 2.4 * scale, "zorder": 5}
        return [Circle((x, y), r, **line), PathPatch(cross, **line)]
    broad = [9.0, 9.0] if mark.kind == "edge" else [9.0, 0.0]
    return [
        Polygon(
            [
                (x - r, y - broad[0] / 2 * scale),
                (x + r, y - broad[1] / 2 * scale),
                (x + r, y + broad[1] / 2 * scale),
                (x - r, y + broad[0] / 2 * scale),
            ],
            facecolor=mark.color,
            linewidth=0,
        )
    ]


def _write(axes: Axes, text: PlacedText, theme: Theme) -> Text:
    return axes.text(
        text.x,
        text.y,
        text.text,
        fontproperties=FontProperties(fname=typeface(text.bold).path, size=text.size),
        color=theme.muted if text.muted else theme.ink,
        ha={"start": "left", "middle": "center", "end": "right"}[text.anchor],
        va="baseline",
        rotation=-text.rotation,
        rotation_mode="anchor",
        # a name with two dollar signs is no formula
        parse_math=False,
        zorder=7,
    )
