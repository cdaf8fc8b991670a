"""Packing of words: each takes the free position nearest to the center, biggest first."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from wordcloud.wordcloud import IntegralOccupancyMap

from fedistats.analysis.arrays import Floats
from fedistats.errors import InvalidFile
from fedistats.render.cloud.measuring import REFERENCE_SIZE, MeasuredWord, Position, relative_sizes
from fedistats.render.fonts.text import Box

MIN_SIZE = 13.0
"""Pixels per em in a picture of 1600 x 1000: smaller words cannot be read."""
_FILL = 0.80
"""The part of the area that the words' boxes fill at best; more cannot be packed."""
_COLUMNS = 480
"""The area is divided into so many columns of cells."""


def pack(words: Sequence[MeasuredWord], area: Box, unit: float, mask: bytes | None) -> list[Position | None]:
    """The position of each word inside `area`; None if there is no room for it.

    `unit` scales lengths that are meant for a picture of 1600 x 1000 pixels. Raises InvalidFile for a bad mask.
    """
    cell = max((area[2] - area[0]) / _COLUMNS, 0.25)
    columns, rows = int((area[2] - area[0]) / cell), int((area[3] - area[1]) / cell)
    blocked = _blocked_cells(mask, rows, columns)
    center_distance = _center_distance(blocked)
    shares = relative_sizes(words)
    extents = np.array([(word.width, word.height) for word in words]) / REFERENCE_SIZE
    to_fill = _FILL * float((~blocked).sum()) * cell * cell
    positions: list[Position | None] = []
    for _ in range(8):
        sizes = _sizes(shares, extents, to_fill, area, unit)
        positions = _positions(sizes, extents, blocked, center_distance, cell, area, unit)
        if None not in positions or sizes.max() <= MIN_SIZE * unit:
            break
        to_fill = 0.94 * min(to_fill, float(_boxes(sizes, extents, unit).prod(axis=1).sum()))
    return positions


def _padding(sizes: Floats, unit: float) -> Floats:
    """The space around each word, in pixels."""
    return np.maximum(0.07 * sizes, 3.2 * unit)


def _boxes(sizes: Floats, extents: Floats, unit: float) -> Floats:
    """Width and height of each word with its padding, in pixels; shape (words, 2)."""
    return np.asarray(extents * sizes[:, None] + 2 * _padding(sizes, unit)[:, None])


def _sizes(shares: Floats, extents: Floats, to_fill: float, area: Box, unit: float) -> Floats:
    """Pixels per em for each word, such that all boxes together fill `to_fill` square pixels, and no word is too wide or high."""
    width, height = area[2] - area[0], area[3] - area[1]
    biggest = float(np.min(np.minimum(0.72 * width / extents[:, 0], 0.34 * height / extents[:, 1]) / shares))
    low, high = 1.0, biggest
    for _ in range(40):
        middle = (low + high) / 2
        boxes = _boxes(np.maximum(middle * shares, MIN_SIZE * unit), extents, unit)
        low, high = (middle, high) if boxes.prod(axis=1).sum() < to_fill else (low, middle)
    return np.maximum(low * shares, min(MIN_SIZE * unit, biggest))


def _positions(
    sizes: Floats,
    extents: Floats,
    blocked: NDArray[np.bool_],
    center_distance: NDArray[np.float32],
    cell: float,
    area: Box,
    unit: float,
) -> list[Position | None]:
    # a row and a column of zeros before the first ones: the sum over a box is then four look-ups in the summed-area table
    taken = np.pad(blocked, ((1, 0), (1, 0))).astype(np.uint32)
    occupancy = IntegralOccupancyMap(*taken.shape, None)
    occupancy.update(taken, 0, 0)
    paddings, boxes = _padding(sizes, unit), _boxes(sizes, extents, unit)
    positions: list[Position | None] = [None] * len(sizes)
    for i in np.lexsort((np.arange(len(sizes)), -sizes * np.sqrt(extents[:, 0] * extents[:, 1]).clip(0.6, 1.6))):
        width, height = float(boxes[i, 0]), float(boxes[i, 1])
        columns, rows = int(np.ceil(width / cell)), int(np.ceil(height / cell))
        sums = occupancy.integral
        if rows >= sums.shape[0] or columns >= sums.shape[1]:
            continue
        covered = sums[rows:, columns:] - sums[:-rows, columns:] - sums[rows:, :-columns] + sums[:-rows, :-columns]
        distance = center_distance[rows : rows + 2 * covered.shape[0] : 2, columns : columns + 2 * covered.shape[1] : 2]
        best = int(np.argmin(np.where(covered == 0, distance, np.float32(np.inf))))
        row, column = divmod(best, covered.shape[1])
        if covered[row, column]:
            continue
        taken[row + 1 : row + 1 + rows, column + 1 : column + 1 + columns] = 1
        occupancy.update(taken, row + 1, column + 1)
        left = area[0] + column * cell + (columns * cell - width) / 2 + float(paddings[i])
        top = area[1] + row * cell + (rows * cell - height) / 2 + float(paddings[i])
        positions[i] = Position(float(sizes[i]), left, top)
    return positions


def _center_distance(blocked: NDArray[np.bool_]) -> NDArray[np.float32]:
    """The distance of each half cell from the middle of the free cells, as in a rounded rectangle, so that corners are filled, too."""
    rows, columns = blocked.shape
    free_rows, free_columns = np.nonzero(~blocked)
    y = np.abs(np.arange(2 * rows + 2) / 2 - free_rows.mean()) / max(float(np.ptp(free_rows)), 1.0)
    x = np.abs(np.arange(2 * columns + 2) / 2 - free_columns.mean()) / max(float(np.ptp(free_columns)), 1.0)
    return np.asarray((y[:, None] ** 2.4 + x[None, :] ** 2.4).astype(np.float32))


def _blocked_cells(mask: bytes | None, rows: int, columns: int) -> NDArray[np.bool_]:
    """The cells that words must not cover, shape (rows, columns): outside of the mask's dark part, which is scaled to fit.

    Raises InvalidFile if the mask is not an image, or has no dark part.
    """
    if mask is None:
        return np.zeros((rows, columns), bool)
    try:
        with Image.open(io.BytesIO(mask)) as image:
            rgba = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise InvalidFile("the mask is not a readable image; use a PNG file") from error
    on_white = Image.new("RGBA", rgba.size, "white")
    on_white.alpha_composite(rgba)
    gray = on_white.convert("L")
    dark = gray.point(lambda value: 255 * (value < 128)).getbbox()
    if dark is None:
        raise InvalidFile("the mask is completely white: words are placed on its dark parts")
    gray = gray.crop(dark)
    scale = min(columns / gray.width, rows / gray.height)
    size = max(1, int(gray.width * scale)), max(1, int(gray.height * scale))
    page = Image.new("L", (columns, rows), 255)
    page.paste(gray.resize(size, Image.Resampling.BILINEAR), ((columns - size[0]) // 2, (rows - size[1]) // 2))
    return np.asarray(np.asarray(page) >= 128)
