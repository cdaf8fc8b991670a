"""The neighborhood as SVG for the web: real text, tooltips, links, and no line more than needed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from io import BytesIO
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from fedistats.render.fonts.text import PlacedText
from fedistats.render.fonts.text_images import render_text
from fedistats.render.network.panel import TICKS, Mark
from fedistats.render.network.scene import Disc, Picture, outline, start_mark
from fedistats.render.style import Theme

# DejaVu is what the places were measured with; the others are no wider.
_FINER = 2
"""Of words that are drawn as pictures: their pixels for each of the page's."""
_FONTS = "DejaVu Sans,Verdana,Bitstream Vera Sans,Arial,sans-serif"


def svg(picture: Picture) -> bytes:
    """The picture as an SVG file. Classes: `e` edges (`c0`... inside a community, `l0`... by weight), `n` discs, `h` hollow, `t` names.

    The same picture gives the same bytes.
    """
    return "\n".join(_lines(picture)).encode()


def _lines(picture: Picture) -> Iterator[str]:
    width, height, theme, scale = picture.width, picture.height, picture.theme, picture.scale
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="title" '
        f'font-family="{_FONTS}">'
    )
    yield f'<title id="title">{escape(picture.title)}</title>'
    yield f"<style>{_style(picture)}</style>"
    yield f'<rect width="{width}" height="{height}" fill="{theme.background}"/>'
    yield from _edges(picture)
    yield '<g class="j">'
    for label in picture.labels:
        if label.leader:
            x0, y0, x1, y1 = map(_number, label.leader)
            yield f'<path d="M{x0} {y0}L{x1} {y1}"/>'
    yield "</g>"
    by_color = sorted(picture.discs, key=lambda disc: (disc.color, -disc.radius))
    for color, discs in groupby(by_color, key=lambda disc: disc.color):
        yield f'<g class="n" fill="{color}" stroke="{color}">'
        yield from (_disc(disc, scale) for disc in discs)
        yield "</g>"
    start = start_mark(picture)
    for mark in (*picture.panel.marks, *([start] if start else [])):
        yield _mark(mark, picture)
    yield '<g class="t">'
    for label in picture.labels:
        yield _text(label.text, theme, 2 * scale)
    yield "</g>"
    yield "<g>"
    for text in picture.panel.texts:
        yield _text(text, theme)
    yield "</g>"
    yield "</svg>"
    yield ""


def _style(picture: Picture) -> str:
    theme, edges, scale = picture.theme, picture.edges, picture.scale
    rules = [
        f"text{{fill:{theme.ink}}}.m{{fill:{theme.muted}}}.b{{font-weight:bold}}",
        f".t text{{paint-order:stroke;stroke:{theme.background};stroke-width:{_number(4 * scale)};stroke-linejoin:round}}",
        f".t,.j,.e{{pointer-events:none}}.j{{stroke:{theme.muted};stroke-width:{_number(1.1 * scale)}}}",
        f".n circle{{stroke:{theme.background};stroke-width:{_number(1.5 * scale)}}}",
        f".n .h{{fill:{theme.background};stroke:inherit;stroke-width:{_number(2.6 * scale)}}}",
        f".n circle:hover{{stroke:{theme.ink}}}",
    ]
    for community in sorted(set(edges.communities.tolist())):
        color = picture.color(community)
        rules.append(f".e .{_community(community)}{{{'fill' if edges.directed else 'fill:none;stroke'}:{color}}}")
    rules.extend(
        f".e .l{level}{{stroke-width:{_number(edges.widths[level])};opacity:{edges.opacities[level]:.2f}}}"
        for level in sorted(set(edges.levels.tolist()))
    )
    return "".join(rules)


def _edges(picture: Picture) -> Iterator[str]:
    """One path for all edges of one weight and colour: a third of the size of a path each."""
    edges = picture.edges
    yield '<g class="e">'
    order = np.lexsort((edges.communities, edges.levels)).tolist()
    for (level, community), same in groupby(order, key=lambda i: (int(edges.levels[i]), int(edges.communities[i]))):
        shape = "".join(_path(edges.paths[i], edges.widths[level] if edges.directed else None) for i in same)
        yield f'<path class="l{level} {_community(community)}" d="{shape}"/>'
    yield "</g>"


def _community(community: int) -> str:
    return f"c{community}" if community >= 0 else "cx"


def _path(path: NDArray[np.float64], width: float | None) -> str:
    """A line, or with a width the outline of a pointed edge."""
    if width is not None:
        path = outline(path, width)
    curved = len(path) in (4, 7)
    xs = [f"{x:.0f} {y:.0f}" if width is None else f"{x:.1f} {y:.1f}" for x, y in path.tolist()]
    end = "Z" if width is not None else ""
    if not curved:
        return f"M{'L'.join(xs)}{end}"
    return f"M{xs[0]}C{' '.join(xs[1:])}{end}"


def _disc(disc: Disc, scale: float) -> str:
    hollow = ' class="h"' if disc.hollow else ""
    # the line of a hollow disc lies inside its size
    radius = max(disc.radius - (1.3 * scale if disc.hollow else 0), 0.5)
    circle = (
        f'<circle{hollow} cx="{_number(disc.x)}" cy="{_number(disc.y)}" r="{_number(radius)}">'
        f"<title>{escape(disc.tooltip)}</title></circle>"
    )
    return f"<a href={quoteattr(disc.link)}>{circle}</a>" if disc.link else circle


def _mark(mark: Mark, picture: Picture) -> str:
    scale = picture.scale
    x, y, r = mark.x, mark.y, mark.radius
    if mark.kind in ("edge", "arrow"):
        half = 4.5 * scale
        end = half if mark.kind == "edge" else 0.0
        corners = ((x - r, y - half), (x + r, y - end), (x + r, y + end), (x - r, y + half))
        points = " ".join(f"{_number(u)},{_number(v)}" for u, v in corners)
        return f'<polygon points="{points}" fill="{mark.color}"/>'
    place = f'cx="{_number(x)}" cy="{_number(y)}"'
    if mark.kind == "disc":
        return f'<circle {place} r="{_number(r)}" fill="{mark.color}"/>'
    line = f'fill="none" stroke="{mark.color}" stroke-width="{_number(2.5 * scale)}"'
    if mark.kind == "hollow":
        return f'<circle {place} r="{_number(r - 1.3 * scale)}" {line}/>'
    long = r + 7 * scale
    ticks = "".join(
        f"M{_number(x + u * r)} {_number(y + v * r)}L{_number(x + u * long)} {_number(y + v * long)}" for u, v in TICKS
    )
    return f'<g {line} pointer-events="none"><circle {place} r="{_number(r)}"/><path d="{ticks}"/></g>'


def _text(text: PlacedText, theme: Theme, halo: float = 0.0) -> str:
    """A line of real text; where no screen can be trusted to have a font for it, a picture of it that can be read aloud."""
    if text.face:
        (left, top, right, bottom), image = render_text(text, theme, _FINER, halo)
        file = BytesIO()
        image.quantize(16, Image.Quantize.FASTOCTREE).save(file, "PNG", optimize=True)
        return (
            f'<image role="img" aria-label={quoteattr(text.text)} x="{_number(left)}" y="{_number(top)}" '
            f'width="{_number(right - left)}" height="{_number(bottom - top)}" '
            f'href="data:image/png;base64,{b64encode(file.getvalue()).decode()}"/>'
        )
    names = " ".join(name for name, is_so in (("m", text.muted), ("b", text.bold)) if is_so)
    described = f' class="{names}"' if names else ""
    if text.anchor != "start":
        described += f' text-anchor="{text.anchor}"'
    if text.rotation:
        described += f' transform="rotate({_number(text.rotation)} {_number(text.x)} {_number(text.y)})"'
    return f'<text x="{_number(text.x)}" y="{_number(text.y)}" font-size="{_number(text.size)}"{described}>{escape(text.text)}</text>'


def _number(value: float) -> str:
    """A tenth of a pixel is fine enough."""
    return f"{value:.1f}".removesuffix(".0")
