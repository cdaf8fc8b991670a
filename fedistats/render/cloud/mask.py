"""An image whose dark part is the room for words."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from fedistats.errors import InvalidFile


def blocked_cells(mask: bytes | None, rows: int, columns: int) -> NDArray[np.bool_]:
    """The cells that words must not cover, shape (rows, columns): outside of the mask's dark part, which is scaled to fit.

    Raises InvalidFile if the mask is not an image, or has no dark part.
    """
    if mask is None:
        return np.zeros((rows, columns), bool)
    try:
        with Image.open(io.BytesIO(mask)) as image:
            rgba = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise InvalidFile("the mask is not an image that can be read; use a PNG file") from error
    on_white = Image.new("RGBA", rgba.size, "white")
    on_white.alpha_composite(rgba)
    gray = on_white.convert("L")
    dark = gray.point(lambda value: 255 * (value < 128)).getbbox()
    if dark is None:
        raise InvalidFile("the mask is completely white: words are placed on its dark part")
    gray = gray.crop(dark)
    scale = min(columns / gray.width, rows / gray.height)
    size = max(1, int(gray.width * scale)), max(1, int(gray.height * scale))
    page = Image.new("L", (columns, rows), 255)
    page.paste(gray.resize(size, Image.Resampling.BILINEAR), ((columns - size[0]) // 2, (rows - size[1]) // 2))
    return np.asarray(np.asarray(page) >= 128)
