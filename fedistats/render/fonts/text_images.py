"""Text as images, for text that needs another font than DejaVu Sans: Pillow joins and orders its letters, matplotlib does not."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import BboxImage
from matplotlib.transforms import Bbox, TransformedBbox
from PIL import Image, ImageDraw

from fedistats.render.fonts.faces import EMOJI_SIZE, Face
from fedistats.render.fonts.text import EMOJI_SCALE, Box, PlacedText, TextRun, font_weight
from fedistats.render.style import Theme


@dataclass(frozen=True, slots=True, eq=False)
class TextImage:
    """A run as an image on transparent ground; `left` and `top` are its corner's offset from the start of the baseline, in pixels."""

    image: Image.Image
    left: float
    top: float


def emoji_image(face: Face, text: str, size: float) -> Image.Image:
    """A color emoji of `size` pixels per em on transparent ground."""
    font = face.font(size)
    left, top, right, bottom = font.getbbox(text)
    image = Image.new("RGBA", (max(1, round(right - left)), max(1, round(bottom - top))))
    ImageDraw.Draw(image).text((-left, -top), text, font=font, embedded_color=True)
    scale = size / EMOJI_SIZE
    scaled_size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(scaled_size, Image.Resampling.LANCZOS)


def render_run(
    run: TextRun, size: float, color: str, bold: bool = False, halo: tuple[str, float] | None = None
) -> TextImage:
    """Draw a run that has a face, `size` pixels per em; `halo` is the color and width of an outline around the letters."""
    assert run.face is not None
    if run.face.colored:
        image = emoji_image(run.face, run.text, size * EMOJI_SCALE)
        return TextImage(image, 0.0, -0.36 * size - image.height / 2)
    font = run.face.font(size, font_weight(bold))
    stroke = round(halo[1]) if halo else 0
    left, top, right, bottom = font.getbbox(run.text, anchor="ls", stroke_width=stroke)
    left, top = int(left) - 1, int(top) - 1
    image = Image.new("RGBA", (max(1, int(right - left) + 2), max(1, int(bottom - top) + 2)), color + "00")
    draw = ImageDraw.Draw(image)
    if halo and stroke:
        draw.text((-left, -top), run.text, halo[0], font, anchor="ls", stroke_width=stroke, stroke_fill=halo[0])
    draw.text((-left, -top), run.text, color, font, anchor="ls")
    return TextImage(image, left, top)


def render_text(text: PlacedText, theme: Theme, resolution: int, halo: float = 0.0) -> tuple[Box, Image.Image]:
    """A text that has a face: its place on the page, and its image with `resolution` pixels per pixel of the page.

    The image is rotated as the text is. `halo` is the width of an outline in the background's color, in pixels of the page.
    """
    drawn = render_run(
        TextRun(text.text, text.face),
        text.size * resolution,
        theme.muted if text.muted else theme.text,
        text.bold,
        (theme.background, halo * resolution) if halo else None,
    )
    image = drawn.image
    offset = np.array(
        [
            text.box[0] - text.x + (drawn.left + image.width / 2) / resolution,
            (drawn.top + image.height / 2) / resolution,
        ]
    )
    if text.rotation:
        # the center of the image turns about (x, y) with the text
        angle = np.radians(text.rotation)
        offset = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ offset
        image = image.rotate(-text.rotation, Image.Resampling.BICUBIC, expand=True)
    half = np.array([image.width, image.height]) / 2 / resolution
    center = np.array([text.x, text.y]) + offset
    (left, top), (right, bottom) = (center - half).tolist(), (center + half).tolist()
    return (left, top, right, bottom), image


def text_artist(axes: Axes, text: PlacedText, theme: Theme, resolution: int, halo: float = 0.0) -> BboxImage:
    """The same as a matplotlib artist, for axes whose data coordinates are the pixels of the page."""
    (left, top, right, bottom), image = render_text(text, theme, resolution, halo)
    box = TransformedBbox(Bbox.from_extents(left, bottom, right, top), axes.transData)
    artist = BboxImage(box, interpolation="antialiased", origin="lower", zorder=7)
    artist.set_data(np.asarray(image))
    return artist


def png_data_url(image: Image.Image, colors: int, *, optimize: bool = False) -> str:
    """The image as a `data:` URL for SVG, with a palette of `colors` colors."""
    file = BytesIO()
    image.quantize(colors, Image.Quantize.FASTOCTREE).save(file, "PNG", optimize=optimize)
    return f"data:image/png;base64,{b64encode(file.getvalue()).decode()}"
