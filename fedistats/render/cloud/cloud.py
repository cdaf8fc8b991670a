"""A word cloud: the words that people use to describe themselves, the commoner the bigger, in every script."""

from __future__ import annotations

import base64
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, UnidentifiedImageError
from wordcloud.wordcloud import IntegralOccupancyMap

from fedistats.errors import InvalidFile, NothingFound
from fedistats.model import WordCount
from fedistats.render.cloud.rows import Piece, set_in_rows
from fedistats.render.fonts.faces import BOLD, EMOJI_SIZE, REGULAR, Face
from fedistats.render.fonts.finder import FontFinder
from fedistats.render.fonts.outlines import GlyphOutlines
from fedistats.render.fonts.scripts import can_shape, needs_shaping, script_name
from fedistats.render.fonts.text import TextRun, typeface
from fedistats.render.fonts.text_images import emoji_image, render_run
from fedistats.render.style import Theme
from fedistats.text.html import clean

STEEPNESS = 0.62
"""Size ~ count ** 0.62: between area (0.5) and height (1) as the measure of a count."""
FILLED = 0.80
"""Of the room: what the words' boxes fill at best. More cannot be packed."""
CELLS = 480
"""The room is that many cells wide while words look for their places."""
SMALLEST = 13.0
"""Pixels per em in a picture of 1600 x 1000: what can still be read."""
FEW = 24
"""Up to so many words are set in lines."""
_SIGNS = 1.25
_LETTERS = 40
_BIG = 4_000_000
"""Pixels: a picture beyond this is not drawn any finer than it will be."""
_REFERENCE = 100.0
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)
_READABLE = 4.5
"""WCAG 2.2, 1.4.3: contrast of text."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A word in its place."""

    word: WordCount
    face: Face
    size: float
    """Pixels per em."""
    box: tuple[float, float, float, float]
    """Left, top, right, bottom of its ink, in pixels."""
    pen: tuple[float, float]
    """Where drawing starts: left, and the baseline."""
    color: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the title or the caption: pieces of text with a face for each, left and baseline, colour."""

    pieces: tuple[tuple[str, Face], ...]
    size: float
    weight: int
    pen: tuple[float, float]
    color: str


@dataclass(frozen=True, slots=True, eq=False)
class Cloud:
    """A picture laid out, to be drawn by `png` or `svg`."""

    width: int
    height: int
    title: str
    caption: str
    theme: Theme
    placed: tuple[Placed, ...]
    lines: tuple[Line, ...]
    undrawn: tuple[tuple[str, int], ...]
    """Script and number of words that could not be drawn, most first."""
    crowded_out: int
    """Words for which there was no room."""

    def advice(self) -> str:
        """What mends `undrawn`, in a sentence; empty where every word was drawn."""
        if not self.undrawn:
            return ""
        number = sum(count for _, count in self.undrawn)
        told = ", ".join(
            f"{count} in {script}" if script != "emoji" else f"{count} emoji" for script, count in self.undrawn
        )
        start = f"{number} {'word' if number == 1 else 'words'} could not be drawn ({told})."
        if not can_shape():
            return f"{start} Scripts that join letters or run right to left need FriBiDi (Debian: apt install libfribidi0)."
        names = {script for script, _ in self.undrawn}
        packages = [
            package
            for package, wanted in (
                ("fonts-noto-cjk", {"Japanese", "Korean", "Chinese or Japanese"}),
                ("fonts-noto-color-emoji", {"emoji"}),
            )
            if names & wanted
        ]
        if names - {"Japanese", "Korean", "Chinese or Japanese", "emoji"}:
            packages.insert(0, "fonts-noto-core")
        return (
            f"{start} Fonts for them: pip install 'fedistats[scripts]', or on Debian apt install {' '.join(packages)}."
        )


def lay_out(
    words: Sequence[WordCount],
    *,
    title: str,
    caption: str,
    theme: Theme,
    width: int = 1600,
    height: int = 1000,
    most: int = 200,
    font: Path | None = None,
    mask: bytes | None = None,
) -> Cloud:
    """Find a font, a size, a place and a colour for each of the `most` commonest words; the big ones in the middle.

    Each word takes the free place nearest to the centre, biggest first; boxes never overlap. Nothing is drawn by lot: the same words
    give the same picture. `font` is asked before all others; `mask` is an image whose dark (opaque) part is the room for words.
    `width` and `height` are pixels, of the whole picture with its title and caption.

    Raises NothingFound where there is no word to draw, InvalidFile where `font` or `mask` cannot be read.
    """
    wanted = _tidy(words)[:most]
    if not wanted:
        raise NothingFound("there is no word to draw: nobody's, or none that enough people use")
    unit = (width * height / (1600 * 1000)) ** 0.5  # of lengths that were chosen for a picture of 1600 x 1000
    fonts = FontFinder(font, [word.text for word in wanted])
    lines, room = _frame(clean(title, 200), clean(caption, 1000), fonts, theme, width, height, unit)
    drawn: list[tuple[WordCount, Face, _Ink]] = []
    undrawn: Counter[str] = Counter()
    for word in wanted:
        face = fonts.drawable_face(word.text)
        ink = _ink(face, word.text) if face else None
        if face and ink:
            drawn.append((word, face, ink))
        else:
            undrawn[script_name(word.text)] += 1
    missing = tuple(sorted(undrawn.items(), key=lambda item: (-item[1], item[0])))
    if not drawn:
        cloud = Cloud(width, height, title, caption, theme, (), lines, missing, 0)
        raise NothingFound(f"no font at hand has a word of these. {cloud.advice()}")
    few = len(drawn) <= FEW and mask is None
    places = _in_rows(drawn, room) if few else _pack(drawn, room, unit, mask)
    placed = tuple(_colored(drawn, places, theme))
    return Cloud(
        width, height, clean(title, 200), clean(caption, 1000), theme, placed, lines, missing, len(drawn) - len(placed)
    )


def _tidy(words: Sequence[WordCount]) -> list[WordCount]:
    """Clean, short, counted, each once; commonest first, ties by text."""
    best: dict[str, int] = {}
    for word in words:
        text = clean(word.text, _LETTERS)
        if text and word.people > 0:
            best[text] = max(word.people, best.get(text, 0))
    return sorted(
        (WordCount(text, people) for text, people in best.items()), key=lambda word: (-word.people, word.text)
    )


# --- Sizes and places -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Ink:
    """Where a word's ink lies around its pen, in pixels at `_REFERENCE` pixels per em."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


def _ink(face: Face, text: str) -> _Ink | None:
    if face.colored:
        left, top, right, bottom = face.font(_REFERENCE).getbbox(text, anchor="ls")
        scale = _REFERENCE / EMOJI_SIZE
        left, top, right, bottom = left * scale, top * scale, right * scale, bottom * scale
    else:
        left, top, right, bottom = face.font(_REFERENCE).getbbox(text, anchor="ls")
    return _Ink(left, top, right, bottom) if right > left and bottom > top else None


Room = tuple[float, float, float, float]
"""Left, top, right, bottom of what the title and the caption leave, in pixels."""


def _pack(
    drawn: Sequence[tuple[WordCount, Face, _Ink]], room: Room, unit: float, mask: bytes | None
) -> list[tuple[float, tuple[float, float]] | None]:
    """For each word its size and the left top corner of its ink; None where there was no room."""
    cell = max((room[2] - room[0]) / CELLS, 0.25)
    columns, rows = int((room[2] - room[0]) / cell), int((room[3] - room[1]) / cell)
    blocked = _blocked(mask, rows, columns)
    nearness = _nearness(blocked)
    shares = _shares(drawn)
    inks = np.array([(ink.width, ink.height) for _, _, ink in drawn]) / _REFERENCE
    area = FILLED * float((~blocked).sum()) * cell * cell
    places: list[tuple[float, tuple[float, float]] | None] = []
    for _ in range(8):
        sizes = _sizes(shares, inks, area, room, unit)
        places = _places(sizes, inks, blocked, nearness, cell, room, unit)
        if None not in places or sizes.max() <= SMALLEST * unit:
            break
        area = 0.94 * min(area, float(_boxes(sizes, inks, unit).prod(axis=1).sum()))
    return places


def _shares(drawn: Sequence[tuple[WordCount, Face, _Ink]]) -> NDArray[np.float64]:
    """How big each word is, in parts of the commonest one's size. Emoji are bigger than letters: they have more to show."""
    counts = np.array([word.people for word, _, _ in drawn], float)
    signs = np.array([_SIGNS if script_name(word.text) == "emoji" else 1.0 for word, _, _ in drawn])
    return np.asarray((counts / counts.max()) ** STEEPNESS * signs)


def _in_rows(
    drawn: Sequence[tuple[WordCount, Face, _Ink]], room: Room
) -> list[tuple[float, tuple[float, float]] | None]:
    """A few words in centred lines; no word less than a third of the biggest one's size."""
    shares = np.maximum(_shares(drawn), 1 / 3)
    order = sorted(range(len(drawn)), key=lambda i: -drawn[i][0].people)
    inks = [ink for _, _, ink in drawn]
    pieces = [
        Piece(float(shares[i]), inks[i].width / _REFERENCE, -inks[i].top / _REFERENCE, inks[i].bottom / _REFERENCE)
        for i in order
    ]
    places: list[tuple[float, tuple[float, float]] | None] = [None] * len(drawn)
    for i, (size, x, baseline) in zip(order, set_in_rows(pieces, room[2] - room[0], room[3] - room[1]), strict=True):
        places[i] = size, (room[0] + x, room[1] + baseline + inks[i].top / _REFERENCE * size)
    return places


def _gap(sizes: NDArray[np.float64], unit: float) -> NDArray[np.float64]:
    """The air round a word, in pixels."""
    return np.maximum(0.07 * sizes, 3.2 * unit)


def _boxes(sizes: NDArray[np.float64], inks: NDArray[np.float64], unit: float) -> NDArray[np.float64]:
    """Width and height of each word with its air, in pixels; shape (words, 2)."""
    result: NDArray[np.float64] = inks * sizes[:, None] + 2 * _gap(sizes, unit)[:, None]
    return result


def _sizes(
    shares: NDArray[np.float64], inks: NDArray[np.float64], area: float, room: Room, unit: float
) -> NDArray[np.float64]:
    """Pixels per em for each word, such that all boxes together fill `area`; no word wider than the room."""
    wide, high = room[2] - room[0], room[3] - room[1]
    widest = np.min(np.minimum(0.72 * wide / inks[:, 0], 0.34 * high / inks[:, 1]) / shares)
    low, top = 1.0, float(widest)
    for _ in range(40):
        middle = (low + top) / 2
        boxes = _boxes(np.maximum(middle * shares, SMALLEST * unit), inks, unit)
        low, top = (middle, top) if boxes.prod(axis=1).sum() < area else (low, middle)
    return np.maximum(low * shares, min(SMALLEST * unit, float(widest)))


def _places(
    sizes: NDArray[np.float64],
    inks: NDArray[np.float64],
    blocked: NDArray[np.bool_],
    nearness: NDArray[np.float32],
    cell: float,
    room: Room,
    unit: float,
) -> list[tuple[float, tuple[float, float]] | None]:
    taken = np.pad(blocked, ((1, 0), (1, 0))).astype(np.uint32)  # a rim of zeros: sums of boxes are then four look-ups
    occupancy = IntegralOccupancyMap(*taken.shape, None)
    occupancy.update(taken, 0, 0)
    gaps, boxes = _gap(sizes, unit), _boxes(sizes, inks, unit)
    found: list[tuple[float, tuple[float, float]] | None] = [None] * len(sizes)
    for index in np.lexsort((np.arange(len(sizes)), -sizes * np.sqrt(inks[:, 0] * inks[:, 1]).clip(0.6, 1.6))):
        size, gap, wide, high = float(sizes[index]), float(gaps[index]), float(boxes[index, 0]), float(boxes[index, 1])
        across, down = int(np.ceil(wide / cell)), int(np.ceil(high / cell))
        sums = occupancy.integral
        if down >= sums.shape[0] or across >= sums.shape[1]:
            continue
        inside = sums[down:, across:] - sums[:-down, across:] - sums[down:, :-across] + sums[:-down, :-across]
        near = nearness[down : down + 2 * inside.shape[0] : 2, across : across + 2 * inside.shape[1] : 2]
        best = int(np.argmin(np.where(inside == 0, near, np.float32(np.inf))))
        row, column = divmod(best, inside.shape[1])
        if inside[row, column]:
            continue
        taken[row + 1 : row + 1 + down, column + 1 : column + 1 + across] = 1
        occupancy.update(taken, row + 1, column + 1)
        left = room[0] + column * cell + (across * cell - wide) / 2 + gap
        top = room[1] + row * cell + (down * cell - high) / 2 + gap
        found[index] = size, (left, top)
    return found


def _blocked(mask: bytes | None, rows: int, columns: int) -> NDArray[np.bool_]:
    if mask is None:
        return np.zeros((rows, columns), bool)
    try:
        with Image.open(io.BytesIO(mask)) as image:
            rgba = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise InvalidFile("the mask is no image that can be read (PNG is best)") from error
    flat = Image.new("RGBA", rgba.size, (*_WHITE, 255))
    flat.alpha_composite(rgba)
    gray = flat.convert("L")
    dark = gray.point(lambda value: 255 * (value < 128)).getbbox()
    if dark is None:
        raise InvalidFile("the mask is white all over: its dark part is the room for words")
    gray = gray.crop(dark)
    scale = min(columns / gray.width, rows / gray.height)
    size = max(1, int(gray.width * scale)), max(1, int(gray.height * scale))
    page = Image.new("L", (columns, rows), 255)
    page.paste(gray.resize(size, Image.Resampling.BILINEAR), ((columns - size[0]) // 2, (rows - size[1]) // 2))
    blocked: NDArray[np.bool_] = np.asarray(page) >= 128
    return blocked


def _nearness(blocked: NDArray[np.bool_]) -> NDArray[np.float32]:
    """How far each half cell is from the middle of the room: a rounded rectangle's measure, so that corners fill, too."""
    rows, columns = blocked.shape
    free_rows, free_columns = np.nonzero(~blocked)
    y = np.abs(np.arange(2 * rows + 2) / 2 - free_rows.mean()) / max(float(np.ptp(free_rows)), 1.0)
    x = np.abs(np.arange(2 * columns + 2) / 2 - free_columns.mean()) / max(float(np.ptp(free_columns)), 1.0)
    result: NDArray[np.float32] = (y[:, None] ** 2.4 + x[None, :] ** 2.4).astype(np.float32)
    return result


# --- Colours --------------------------------------------------------------------------------------------------------------


def palette(theme: Theme) -> tuple[str, ...]:
    """The theme's ink and those of its colours that text can bear, brought to a contrast of 4.5:1 where they just miss it.

    The others (below 3:1) would have to change so much that they became each other's twins.
    """
    fit = [color for color in theme.colors if contrast(color, theme.background) >= 3]
    return (theme.text, *(_readable(color, theme.background) for color in fit))


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _readable(color: str, background: str) -> str:
    """The colour, mixed with black or white as little as it takes."""
    end = _BLACK if _luminance(background) > 0.5 else _WHITE
    for step in range(101):
        parts = (int(color[at : at + 2], 16) for at in (1, 3, 5))
        mixed = "#" + "".join(
            f"{round(part + (to - part) * step / 100):02x}" for part, to in zip(parts, end, strict=True)
        )
        if contrast(mixed, background) >= _READABLE:
            return mixed
    return color


def _colored(
    drawn: Sequence[tuple[WordCount, Face, _Ink]],
    places: Sequence[tuple[float, tuple[float, float]] | None],
    theme: Theme,
) -> list[Placed]:
    """Each word in the colour that is furthest from it in the cloud; among those as far, the one its letters choose."""
    colors = palette(theme)
    done: list[Placed] = []
    for (word, face, ink), place in zip(drawn, places, strict=True):
        if place is None:
            continue
        size, (left, top) = place
        scale = size / _REFERENCE
        box = left, top, left + ink.width * scale, top + ink.height * scale
        nearest = dict.fromkeys(colors, 9.0 * size)
        for other in done:
            nearest[other.color] = min(nearest[other.color], _distance(box, other.box))
        turn = crc32(word.text.encode()) % len(colors)
        rotated = colors[turn:] + colors[:turn]
        color = max(rotated, key=lambda color: min(nearest[color], 1.5 * size))
        done.append(Placed(word, face, size, box, (left - ink.left * scale, top - ink.top * scale), color))
    return done


def _distance(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> float:
    across = max(one[0] - other[2], other[0] - one[2], 0)
    down = max(one[1] - other[3], other[1] - one[3], 0)
    return float(max(across, down))


# --- Title and caption ----------------------------------------------------------------------------------------------------


def _frame(
    title: str, caption: str, fonts: FontFinder, theme: Theme, width: int, height: int, unit: float
) -> tuple[tuple[Line, ...], Room]:
    margin = 36 * unit
    lines: list[Line] = []
    top, bottom = margin * 0.8, height - margin * 0.8
    for text in _wrapped(title, fonts, 34 * unit, BOLD, width - 2 * margin)[:2]:
        lines.append(Line(text, 34 * unit, BOLD, (margin, top + 34 * unit), theme.text))
        top += 46 * unit
    below = _wrapped(caption, fonts, 18 * unit, REGULAR, width - 2 * margin)[:6]
    for place, text in enumerate(below):
        baseline = bottom - (len(below) - 1 - place) * 25 * unit - 4 * unit
        lines.append(Line(text, 18 * unit, REGULAR, (margin, baseline), theme.muted))
    bottom -= len(below) * 25 * unit
    air = 16 * unit
    return tuple(lines), (margin * 0.6, top + air, width - margin * 0.6, bottom - air)


def _wrapped(
    text: str, fonts: FontFinder, size: float, weight: int, width: float
) -> list[tuple[tuple[str, Face], ...]]:
    """The text in lines no wider than `width`; what no font can draw is left out."""
    lines: list[tuple[tuple[str, Face], ...]] = []
    line: list[tuple[str, Face]] = []
    used = 0.0
    for word in text.split():
        face = fonts.drawable_face(word)
        if face is None or face.colored:
            continue
        piece = word if not line else " " + word
        piece = piece if fonts.covers(face, " ") else word
        advance = face.font(size, weight).getlength(piece)
        if line and used + advance > width:
            lines.append(tuple(line))
            line, used, piece = [], 0.0, word
        if line and line[-1][1] == face:
            line[-1] = line[-1][0] + piece, face
        else:
            line.append((piece, face))
        used += advance
    return [*lines, tuple(line)] if line else lines


# --- Drawing --------------------------------------------------------------------------------------------------------------


def png(cloud: Cloud) -> bytes:
    """The picture as a PNG file."""
    # Pillow sets each letter on a whole pixel; drawn twice as big and shrunk, small words keep even gaps
    times = 2 if cloud.width * cloud.height <= _BIG else 1
    image = Image.new("RGB", (cloud.width * times, cloud.height * times), cloud.theme.background)
    draw = ImageDraw.Draw(image)
    for placed in cloud.placed:
        text, size = placed.word.text, placed.size * times
        if placed.face.colored:
            picture = emoji_image(placed.face, text, size)
            image.paste(picture, (round(placed.box[0] * times), round(placed.box[1] * times)), picture)
        else:
            pen = round(placed.pen[0] * times), round(placed.pen[1] * times)
            draw.text(pen, text, placed.color, placed.face.font(size), anchor="ls")
    for line in cloud.lines:
        x = line.pen[0] * times
        for text, face in line.pieces:
            font = face.font(line.size * times, line.weight)
            draw.text((round(x), round(line.pen[1] * times)), text, line.color, font, anchor="ls")
            x += font.getlength(text)
    image = image.reduce(times)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=False)
    return file.getvalue()


def svg(cloud: Cloud) -> bytes:
    """The picture as an SVG document: it can be read aloud, and each word tells how many people use it.

    Words are outlines (those whose letters join or reorder, and Chinese characters: pictures), so that they look the same on
    a screen that has none of their fonts.
    """
    theme, number = cloud.theme, len(cloud.placed)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {cloud.width} {cloud.height}" width="{cloud.width}"'
        f' height="{cloud.height}" role="img" aria-labelledby="title desc">',
        f'<title id="title">{escape(cloud.title)}</title><desc id="desc">{escape(cloud.caption)}</desc>',
        f'<rect width="100%" height="100%" fill="{theme.background}"/>',
        f'<g role="list" aria-label="{number} words, commonest first">',
    ]
    with GlyphOutlines() as outlines:
        for placed in cloud.placed:
            text, people = escape(placed.word.text), placed.word.people
            label = f"{placed.word.text}: {people:,} {'person' if people == 1 else 'people'}"
            told = escape(label)
            if not placed.face.has_cheap_outlines or needs_shaping(placed.word.text):
                left, top, right, bottom = placed.box
                out.append(
                    f'<image role="listitem" aria-label={quoteattr(label)} x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}"'
                    f' height="{bottom - top:.1f}" href="data:image/png;base64,{_picture(placed)}"><title>{told}</title></image>'
                )
                continue
            letters, em = outlines.word(placed.face, placed.word.text)
            out.append(
                f'<g role="listitem" aria-label={quoteattr(label)} fill="{placed.color}" transform="translate({placed.pen[0]:.1f}'
                f' {placed.pen[1]:.1f}) scale({placed.size / em:.5f})"><title>{told}</title>{letters}</g>'
            )
        out.insert(3, f"<defs>{outlines.definitions()}</defs>")
    out.append("</g>")
    for line in cloud.lines:
        x = line.pen[0]
        for text, face in line.pieces:
            length = face.font(line.size, line.weight).getlength(text)
            if not typeface(False).covers(text) or needs_shaping(text):
                out.append(_line_as_picture(text, face, line, x))
                x += length
                continue
            out.append(
                f'<text aria-hidden="true" xml:space="preserve" x="{x:.1f}" y="{line.pen[1]:.1f}" font-size="{line.size:.1f}"'
                f' font-weight="{line.weight // 100 * 100}" fill="{line.color}" font-family={quoteattr(_families(face))}'
                f' textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs">{escape(text)}</text>'
            )
            x += length
    out.append("</svg>\n")
    return "\n".join(out).encode()


def _picture(placed: Placed) -> str:
    """A word as a picture (PNG, base64) of its box."""
    left, top, right, bottom = placed.box
    times = 3
    image = Image.new("RGBA", (max(1, round((right - left) * times)), max(1, round((bottom - top) * times))))
    if placed.face.colored:
        image.paste(emoji_image(placed.face, placed.word.text, placed.size * times))
    else:
        pen = (placed.pen[0] - left) * times, (placed.pen[1] - top) * times
        ImageDraw.Draw(image).text(
            pen, placed.word.text, placed.color, placed.face.font(placed.size * times), anchor="ls"
        )
    file = io.BytesIO()
    image.quantize(32, Image.Quantize.FASTOCTREE).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def _line_as_picture(text: str, face: Face, line: Line, x: float) -> str:
    """A piece of a line that not every screen has letters for."""
    times = 3
    drawn = render_run(TextRun(text, face), line.size * times, line.color, line.weight == BOLD)
    file = io.BytesIO()
    drawn.image.quantize(32, Image.Quantize.FASTOCTREE).save(file, "PNG")
    return (
        f'<image aria-hidden="true" x="{x + drawn.left / times:.1f}" y="{line.pen[1] + drawn.top / times:.1f}"'
        f' width="{drawn.image.width / times:.1f}" height="{drawn.image.height / times:.1f}"'
        f' href="data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"/>'
    )


def _families(face: Face) -> str:
    return f"'{face.family.replace(chr(39), '')}', 'Noto Sans', 'DejaVu Sans', sans-serif"
