"""The picture of a neighborhood as SVG: real text, tooltips and links, in a small file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from fedistats.analysis.arrays import Floats
from fedistats.format import coordinate
from fedistats.render.fonts.text import PlacedText
from fedistats.render.fonts.text_images import png_data_url, render_text
from fedistats.render.network.drawn import DrawnNode, tapered_outline
from fedistats.render.network.legend import TICKS, Marker
from fedistats.render.network.scene import Scene
from fedistats.render.style import Theme

_IMAGE_RESOLUTION = 2
"""Pixels per pixel of the page, of text that is drawn as an image."""
_FONT_FAMILY = "DejaVu Sans,Verdana,Bitstream Vera Sans,Arial,sans-serif"
"""Text was measured in DejaVu Sans; the others are no wider."""


def svg(scene: Scene) -> bytes:
    """The picture as an SVG file. The same scene gives the same bytes.

    CSS classes: `e` edges (`c0`... inside a community, `l0`... by weight), `n` nodes, `h` hollow nodes, `j` leaders, `t` labels,
    `b` bold, `m` muted.
    """
    return "\n".join(_lines(scene)).encode()


def _lines(scene: Scene) -> Iterator[str]:
    width, height, theme, scale = scene.width, scene.height, scene.theme, scene.scale
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="title" '
        f'font-family="{_FONT_FAMILY}">'
    )
    yield f'<title id="title">{escape(scene.title)}</title>'
    yield f"<style>{_style(scene)}</style>"
    yield f'<rect width="{width}" height="{height}" fill="{theme.background}"/>'
    yield from _edges(scene)
    yield '<g class="j">'
    for label in scene.labels:
        if label.leader:
            x0, y0, x1, y1 = map(coordinate, label.leader)
            yield f'<path d="M{x0} {y0}L{x1} {y1}"/>'
    yield "</g>"
    nodes = sorted(scene.nodes, key=lambda node: (node.color, -node.radius))
    for color, group in groupby(nodes, key=lambda node: node.color):
        yield f'<g class="n" fill="{color}" stroke="{color}">'
        yield from (_node(node, scale) for node in group)
        yield "</g>"
    for marker in scene.markers():
        yield _marker(marker, scale)
    yield '<g class="t">'
    for label in scene.labels:
        yield _text(label.text, theme, 2 * scale)
    yield "</g>"
    yield "<g>"
    for text in scene.panel.texts:
        yield _text(text, theme)
    yield "</g>"
    yield "</svg>"
    yield ""


def _style(scene: Scene) -> str:
    theme, edges, scale = scene.theme, scene.edges, scene.scale
    rules = [
        f"text{{fill:{theme.text}}}.m{{fill:{theme.muted}}}.b{{font-weight:bold}}",
        f".t text{{paint-order:stroke;stroke:{theme.background};stroke-width:{coordinate(4 * scale)};stroke-linejoin:round}}",
        f".t,.j,.e{{pointer-events:none}}.j{{stroke:{theme.muted};stroke-width:{coordinate(1.1 * scale)}}}",
        f".n circle{{stroke:{theme.background};stroke-width:{coordinate(1.5 * scale)}}}",
        f".n .h{{fill:{theme.background};stroke:inherit;stroke-width:{coordinate(2.6 * scale)}}}",
        f".n circle:hover{{stroke:{theme.text}}}",
    ]
    for community in sorted(set(edges.communities.tolist())):
        paint = "fill" if edges.directed else "fill:none;stroke"
        rules.append(f".e .{_community_class(community)}{{{paint}:{scene.edge_color(community)}}}")
    rules.extend(
        f".e .l{level}{{stroke-width:{coordinate(edges.widths[level])};opacity:{edges.opacities[level]:.2f}}}"
        for level in sorted(set(edges.levels.tolist()))
    )
    return "".join(rules)


def _edges(scene: Scene) -> Iterator[str]:
    """One path for all edges of the same weight class and color: a third of the size of a path for each."""
    edges = scene.edges
    yield '<g class="e">'
    order = np.lexsort((edges.communities, edges.levels)).tolist()
    for (level, community), group in groupby(order, key=lambda i: (int(edges.levels[i]), int(edges.communities[i]))):
        width = edges.widths[level] if edges.directed else None
        path = "".join(_edge(edges.paths[i], width) for i in group)
        yield f'<path class="l{level} {_community_class(community)}" d="{path}"/>'
    yield "</g>"


def _community_class(community: int) -> str:
    return f"c{community}" if community >= 0 else "cx"


def _edge(path: Floats, width: float | None) -> str:
    """The path data of a line; with a width, of the outline of a directed edge."""
    if width is None:
        points = [f"{x:.0f} {y:.0f}" for x, y in path.tolist()]
    else:
        points = [f"{x:.1f} {y:.1f}" for x, y in tapered_outline(path, width).tolist()]
    end = "" if width is None else "Z"
    if len(path) == 2:
        return f"M{'L'.join(points)}{end}"
    return f"M{points[0]}C{' '.join(points[1:])}{end}"


def _node(node: DrawnNode, scale: float) -> str:
    hollow = ' class="h"' if node.hollow else ""
    radius = max(node.radius - (1.3 * scale if node.hollow else 0), 0.5)  # a hollow node's line is inside its size
    circle = (
        f'<circle{hollow} cx="{coordinate(node.x)}" cy="{coordinate(node.y)}" r="{coordinate(radius)}">'
        f"<title>{escape(node.tooltip)}</title></circle>"
    )
    return f"<a href={quoteattr(node.link)}>{circle}</a>" if node.link else circle


def _marker(marker: Marker, scale: float) -> str:
    x, y, r = marker.x, marker.y, marker.radius
    if marker.symbol in ("edge", "arrow"):
        start, end = 4.5 * scale, 4.5 * scale if marker.symbol == "edge" else 0.0
        corners = ((x - r, y - start), (x + r, y - end), (x + r, y + end), (x - r, y + start))
        points = " ".join(f"{coordinate(u)},{coordinate(v)}" for u, v in corners)
        return f'<polygon points="{points}" fill="{marker.color}"/>'
    center = f'cx="{coordinate(x)}" cy="{coordinate(y)}"'
    if marker.symbol == "disc":
        return f'<circle {center} r="{coordinate(r)}" fill="{marker.color}"/>'
    line = f'fill="none" stroke="{marker.color}" stroke-width="{coordinate(2.5 * scale)}"'
    if marker.symbol == "hollow":
        return f'<circle {center} r="{coordinate(r - 1.3 * scale)}" {line}/>'
    outer = r + 7 * scale
    ticks = "".join(
        f"M{coordinate(x + u * r)} {coordinate(y + v * r)}L{coordinate(x + u * outer)} {coordinate(y + v * outer)}"
        for u, v in TICKS
    )
    return f'<g {line} pointer-events="none"><circle {center} r="{coordinate(r)}"/><path d="{ticks}"/></g>'


def _text(text: PlacedText, theme: Theme, halo: float = 0.0) -> str:
    """A line of text; an image with the text as its label if the reader may have no font for it."""
    if text.face:
        (left, top, right, bottom), image = render_text(text, theme, _IMAGE_RESOLUTION, halo)
        return (
            f'<image role="img" aria-label={quoteattr(text.text)} x="{coordinate(left)}" y="{coordinate(top)}" '
            f'width="{coordinate(right - left)}" height="{coordinate(bottom - top)}" '
            f'href="{png_data_url(image, 16, optimize=True)}"/>'
        )
    classes = " ".join(name for name, applies in (("m", text.muted), ("b", text.bold)) if applies)
    attributes = f' class="{classes}"' if classes else ""
    if text.anchor != "start":
        attributes += f' text-anchor="{text.anchor}"'
    x, y = coordinate(text.x), coordinate(text.y)
    if text.rotation:
        attributes += f' transform="rotate({coordinate(text.rotation)} {x} {y})"'
    return f'<text x="{x}" y="{y}" font-size="{coordinate(text.size)}"{attributes}>{escape(text.text)}</text>'
