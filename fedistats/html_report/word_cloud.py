"""The word cloud of the page as an SVG drawing: it takes the page's colors, and looks the same on every screen."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from PIL import Image, ImageDraw

from fedistats.errors import NothingFound
from fedistats.model import WordCount
from fedistats.render.cloud.cloud import PlacedWord, compose_cloud
from fedistats.render.cloud.colors import palette
from fedistats.render.fonts.outlines import GlyphOutlines
from fedistats.render.fonts.scripts import needs_shaping
from fedistats.render.fonts.text_images import emoji_image
from fedistats.render.style import LIGHT

_MAX_WORDS = 150
_UNITS_PER_EM = 200
"""Of the letters' outlines: finer ones would look the same at the size of a cloud, and make the page larger."""
_PIXELS_PER_UNIT = 2.0  # in the images of words that have no outline


@dataclass(frozen=True, slots=True)
class DrawnWord:
    """A word of the cloud: an outline, or an image for emoji and for scripts that join letters."""

    text: str
    people: int
    color: str  # a CSS class of the page: w0, w1, ...
    box: dict[str, str]  # SVG attributes x, y, width, height
    transform: str = ""
    outline: Markup | None = None  # SVG elements that refer to the glyphs of the drawing
    image: str | None = None  # a data: URL
    is_mask: bool = False  # Is the image a mask for the word's color? Otherwise it has its own colors (emoji).


def draw_word_cloud(words: Sequence[WordCount]) -> dict[str, object] | None:
    """Values of word_cloud.html.j2, the most common words in their places; None if no installed font has their letters."""
    try:
        cloud = compose_cloud(words, title="", caption="", theme=LIGHT, width=1200, height=640, max_words=_MAX_WORDS)
    except NothingFound:
        return None
    classes = {color: f"w{i}" for i, color in enumerate(palette(LIGHT))}
    with GlyphOutlines(_UNITS_PER_EM) as outlines:
        drawn = [_draw_word(placed, classes[placed.color], outlines) for placed in cloud.words]
        # the only markup that does not come from a template: numbers and names of glyphs, written by the font renderer;
        # SVG path elements, one for each letter that the outlines use
        glyphs = Markup(outlines.definitions())
    left, top = (min(placed.box[side] for placed in cloud.words) - 8 for side in (0, 1))
    right, bottom = (max(placed.box[side] for placed in cloud.words) + 8 for side in (2, 3))
    view_box = f"{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}"
    return {"view_box": view_box, "words": drawn, "glyphs": glyphs}


def _draw_word(placed: PlacedWord, color: str, outlines: GlyphOutlines) -> DrawnWord:
    left, top, right, bottom = placed.box
    box = {"x": f"{left:.0f}", "y": f"{top:.0f}", "width": f"{right - left:.0f}", "height": f"{bottom - top:.0f}"}
    text, people = placed.word.text, placed.word.people
    if placed.face.colored:
        image = emoji_image(placed.face, text, placed.size * _PIXELS_PER_UNIT)
        url = _data_url(image.quantize(32, Image.Quantize.FASTOCTREE))
        return DrawnWord(text, people, color, box, image=url)
    if not placed.face.has_cheap_outlines or needs_shaping(text):
        return DrawnWord(text, people, color, box, image=_data_url(_mask(placed).quantize(16)), is_mask=True)
    outline, units_per_em = outlines.word(placed.face, text)
    transform = f"translate({placed.origin[0]:.0f} {placed.origin[1]:.0f})scale({placed.size / units_per_em:.3f})"
    return DrawnWord(text, people, color, box, transform, Markup(outline))


def _mask(placed: PlacedWord) -> Image.Image:
    """The word in white on black: the word's color shows where the mask is white."""
    left, top, right, bottom = placed.box
    width, height = (max(1, round(length * _PIXELS_PER_UNIT)) for length in (right - left, bottom - top))
    image = Image.new("L", (width, height))
    pen = (placed.origin[0] - left) * _PIXELS_PER_UNIT, (placed.origin[1] - top) * _PIXELS_PER_UNIT
    font = placed.face.font(placed.size * _PIXELS_PER_UNIT)
    ImageDraw.Draw(image).text(pen, placed.word.text, 255, font, anchor="ls")
    return image


def _data_url(image: Image.Image) -> str:
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return f"data:image/png;base64,{b64encode(file.getvalue()).decode()}"
