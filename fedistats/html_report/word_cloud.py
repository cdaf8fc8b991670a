"""The cloud of words as a drawing inside the page: it takes the page's colours, and is the same on every screen."""

from __future__ import annotations

import io
from base64 import b64encode

from PIL import Image, ImageDraw

from fedistats.errors import NothingFound
from fedistats.html_report.html_parts import counted, missing, text
from fedistats.model import WordCount
from fedistats.render.cloud import cloud
from fedistats.render.fonts.outlines import GlyphOutlines
from fedistats.render.fonts.scripts import needs_shaping
from fedistats.render.fonts.text_images import emoji_image
from fedistats.render.style import LIGHT

MOST_WORDS = 150
_WIDTH, _HEIGHT = 1200, 640
_EM = 200
"""Units per em that letters are told in: at the size of a cloud, nobody sees finer ones, and they would make the page bigger."""
_DOTS = 2.0
"""Per unit, in the pictures of words that cannot be had as outlines."""


def drawing(words: tuple[WordCount, ...]) -> str:
    """The words in their places: letters as outlines, which need no font; where letters join, and of emoji, pictures."""
    try:
        laid = cloud.lay_out(words, title="", caption="", theme=LIGHT, width=_WIDTH, height=_HEIGHT, most=MOST_WORDS)
    except NothingFound:
        return missing("No font was at hand that has letters for these words; the list below holds them")
    inks = {color: f"w{place}" for place, color in enumerate(cloud.palette(LIGHT))}
    drawn = []
    with GlyphOutlines(_EM) as outlines:
        for place, placed in enumerate(laid.placed):
            told = f"<title>{text(placed.word.text, 60)}: {counted(placed.word.people, 'person')}</title>"
            ink = inks[placed.color]
            if placed.face.colored:
                drawn.append(f"<g>{told}{_picture(placed)}</g>")
            elif not placed.face.has_cheap_outlines or needs_shaping(placed.word.text):
                drawn.append(f'<mask id="m{place}">{_stencil(placed)}</mask>')
                drawn.append(f'<rect class="{ink}" {_box(placed)} mask="url(#m{place})">{told}</rect>')
            else:
                letters, em = outlines.word(placed.face, placed.word.text)
                (x, y), scale = placed.pen, placed.size / em
                drawn.append(
                    f'<g class="{ink}" transform="translate({x:.0f} {y:.0f})scale({scale:.3f})">{told}{letters}</g>'
                )
        letters = outlines.definitions()
    left, top = (min(placed.box[side] for placed in laid.placed) - 8 for side in (0, 1))
    right, bottom = (max(placed.box[side] for placed in laid.placed) + 8 for side in (2, 3))
    box = f"{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}"
    told = "A cloud of words; the list below holds them, with how many people use each"
    return (
        '<div class="sky" tabindex="0" role="region" aria-label="Cloud of words">'
        f'<svg class="cloud" viewBox="{box}" role="img" aria-label="{told}"><defs>{letters}</defs>{"".join(drawn)}</svg></div>'
    )


def _stencil(placed: cloud.Placed) -> str:
    """A word in white: what shows of the colour behind it."""
    left, top, right, bottom = placed.box
    image = Image.new("L", (max(1, round((right - left) * _DOTS)), max(1, round((bottom - top) * _DOTS))))
    pen = (placed.pen[0] - left) * _DOTS, (placed.pen[1] - top) * _DOTS
    ImageDraw.Draw(image).text(pen, placed.word.text, 255, placed.face.font(placed.size * _DOTS), anchor="ls")
    return _embedded(image.quantize(16), placed)


def _picture(placed: cloud.Placed) -> str:
    """An emoji in its own colours."""
    image = emoji_image(placed.face, placed.word.text, placed.size * _DOTS)
    return _embedded(image.quantize(32, Image.Quantize.FASTOCTREE), placed)


def _embedded(image: Image.Image, placed: cloud.Placed) -> str:
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return f'<image {_box(placed)} href="data:image/png;base64,{b64encode(file.getvalue()).decode()}"/>'


def _box(placed: cloud.Placed) -> str:
    left, top, right, bottom = placed.box
    return f'x="{left:.0f}" y="{top:.0f}" width="{right - left:.0f}" height="{bottom - top:.0f}"'
