"""A word cloud as SVG."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from PIL import Image, ImageDraw

from fedistats.format import counted
from fedistats.render.cloud.cloud import PlacedWord, WordCloud
from fedistats.render.cloud.frame import TextLine
from fedistats.render.fonts.faces import BOLD, Face
from fedistats.render.fonts.outlines import GlyphOutlines
from fedistats.render.fonts.scripts import needs_shaping
from fedistats.render.fonts.text import TextRun, typeface
from fedistats.render.fonts.text_images import emoji_image, png_data_url, render_run

_IMAGE_RESOLUTION = 3
"""Pixels per pixel of the page, of words that are images."""
_IMAGE_COLORS = 32


def cloud_svg(cloud: WordCloud) -> bytes:
    """The picture as an SVG file. Each word has a tooltip and a label for screen readers: how many people use it.

    Words are outlines, or images if their letters join or reorder or are Chinese characters: so they look the same without their fonts.
    """
    with GlyphOutlines() as outlines:
        words = [_word(word, outlines) for word in cloud.words]
        definitions = outlines.definitions()
    elements = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {cloud.width} {cloud.height}" width="{cloud.width}"'
        f' height="{cloud.height}" role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape(cloud.title)}</title><desc id="desc">{escape(cloud.caption)}</desc>',
        f'<rect width="100%" height="100%" fill="{cloud.theme.background}"/>',
        f"<defs>{definitions}</defs>",
        f'<g role="list" aria-label="{counted(len(cloud.words), "word")}, most common first">',
        *words,
        "</g>",
        *(element for line in cloud.lines for element in _line(line)),
        "</svg>\n",
    ]
    return "\n".join(elements).encode()


def _word(word: PlacedWord, outlines: GlyphOutlines) -> str:
    label = f"{word.word.text}: {counted(word.word.people, 'person')}"
    attributes, tooltip = f'role="listitem" aria-label={quoteattr(label)}', f"<title>{escape(label)}</title>"
    if not word.face.has_cheap_outlines or needs_shaping(word.word.text):
        left, top, right, bottom = word.box
        return (
            f'<image {attributes} x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" height="{bottom - top:.1f}"'
            f' href="{png_data_url(_word_image(word), _IMAGE_COLORS)}">{tooltip}</image>'
        )
    letters, units_per_em = outlines.word(word.face, word.word.text)
    return (
        f'<g {attributes} fill="{word.color}" transform="translate({word.origin[0]:.1f} {word.origin[1]:.1f})'
        f' scale({word.size / units_per_em:.5f})">{tooltip}{letters}</g>'
    )


def _word_image(word: PlacedWord) -> Image.Image:
    """An image of the word's box."""
    left, top, right, bottom = word.box
    width, height = (max(1, round(length * _IMAGE_RESOLUTION)) for length in (right - left, bottom - top))
    image = Image.new("RGBA", (width, height))
    text, text_size = word.word.text, word.size * _IMAGE_RESOLUTION
    if word.face.colored:
        image.paste(emoji_image(word.face, text, text_size))
    else:
        origin = (word.origin[0] - left) * _IMAGE_RESOLUTION, (word.origin[1] - top) * _IMAGE_RESOLUTION
        ImageDraw.Draw(image).text(origin, text, word.color, word.face.font(text_size), anchor="ls")
    return image


def _line(line: TextLine) -> Iterator[str]:
    x = line.x
    for text, face in line.pieces:
        width = face.font(line.size, line.weight).getlength(text)
        if not typeface(False).covers(text) or needs_shaping(text):
            yield _piece_image(text, face, line, x)
        else:
            family = f"'{face.family.replace(chr(39), '')}', 'Noto Sans', 'DejaVu Sans', sans-serif"
            yield (
                f'<text aria-hidden="true" xml:space="preserve" x="{x:.1f}" y="{line.y:.1f}" font-size="{line.size:.1f}"'
                f' font-weight="{line.weight // 100 * 100}" fill="{line.color}" font-family={quoteattr(family)}'
                f' textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
            )
        x += width


def _piece_image(text: str, face: Face, line: TextLine, x: float) -> str:
    """A piece of a line that the reader may have no font for."""
    drawn = render_run(TextRun(text, face), line.size * _IMAGE_RESOLUTION, line.color, line.weight == BOLD)
    left, top = x + drawn.left / _IMAGE_RESOLUTION, line.y + drawn.top / _IMAGE_RESOLUTION
    width, height = drawn.image.width / _IMAGE_RESOLUTION, drawn.image.height / _IMAGE_RESOLUTION
    return (
        f'<image aria-hidden="true" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"'
        f' href="{png_data_url(drawn.image, _IMAGE_COLORS)}"/>'
    )
