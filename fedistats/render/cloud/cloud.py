"""A word cloud before it is drawn: the more people use a word, the bigger it is; in every script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fedistats.errors import NothingFound
from fedistats.format import counted
from fedistats.model import WordCount
from fedistats.render.cloud.colors import choose_colors
from fedistats.render.cloud.frame import TextLine, frame
from fedistats.render.cloud.measuring import REFERENCE_SIZE, MeasuredWord, Position, measure
from fedistats.render.cloud.packing import pack
from fedistats.render.cloud.rows import arrange_in_rows
from fedistats.render.fonts.faces import Face
from fedistats.render.fonts.finder import FontFinder
from fedistats.render.fonts.scripts import can_shape, script_name
from fedistats.render.fonts.text import Box
from fedistats.render.style import Theme
from fedistats.text.html import clean

_MAX_WORDS_IN_ROWS = 24
_MAX_WORD_LENGTH = 40
_WIDTH, _HEIGHT = 1600, 1000
"""The picture that lengths in pixels are meant for."""
_CJK = {"Japanese", "Korean", "Chinese or Japanese"}


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word in its place."""

    word: WordCount
    face: Face
    size: float
    """Pixels per em."""
    box: Box
    """Of its drawn pixels."""
    origin: tuple[float, float]
    """Start of its baseline."""
    color: str


@dataclass(frozen=True, slots=True, eq=False)
class WordCloud:
    """A picture to be drawn by `cloud_png` or `cloud_svg`."""

    width: int
    height: int
    title: str
    caption: str
    theme: Theme
    words: tuple[PlacedWord, ...]
    lines: tuple[TextLine, ...]
    """Of title and caption."""
    undrawable: tuple[tuple[str, int], ...]
    """Script, and number of words that no available font can draw, most first."""

    def font_advice(self) -> str:
        """How many words could not be drawn, and what to install; empty if all were drawn."""
        return _font_advice(self.undrawable)


def compose_cloud(
    words: Sequence[WordCount],
    *,
    title: str,
    caption: str,
    theme: Theme,
    width: int = _WIDTH,
    height: int = _HEIGHT,
    max_words: int = 200,
    font: Path | None = None,
    mask: bytes | None = None,
) -> WordCloud:
    """Find a font, a size, a position and a color for each of the `max_words` most common words; big ones are in the middle.

    Words never overlap. The same words give the same picture. `font` is preferred to all other fonts; `mask` is an image whose dark part
    is the room for words. `width` and `height` are pixels of the whole picture, with title and caption.

    Raises NothingFound if there is no word to draw, InvalidFile if `font` or `mask` cannot be read.
    """
    most_common = _clean_words(words)[:max_words]
    if not most_common:
        raise NothingFound("there is no word to draw: no word is used by enough people")
    unit = (width * height / (_WIDTH * _HEIGHT)) ** 0.5
    fonts = FontFinder(font, [word.text for word in most_common])
    title, caption = clean(title, 200), clean(caption, 1000)
    lines, area = frame(title, caption, fonts, theme, width, height, unit)
    measured: list[MeasuredWord] = []
    scripts: Counter[str] = Counter()
    for word in most_common:
        face = fonts.drawable_face(word.text)
        if face and (measured_word := measure(word, face)):
            measured.append(measured_word)
        else:
            scripts[script_name(word.text)] += 1
    undrawable = tuple(sorted(scripts.items(), key=lambda item: (-item[1], item[0])))
    if not measured:
        raise NothingFound(f"no available font can draw any of the words. {_font_advice(undrawable)}")
    positions: Sequence[Position | None]
    if len(measured) <= _MAX_WORDS_IN_ROWS and mask is None:
        positions = arrange_in_rows(measured, area)
    else:
        positions = pack(measured, area, unit, mask)
    return WordCloud(width, height, title, caption, theme, _placed(measured, positions, theme), lines, undrawable)


def _clean_words(words: Sequence[WordCount]) -> list[WordCount]:
    """Words that can be shown, each once; most common first, then by text."""
    people_by_text: dict[str, int] = {}
    for word in words:
        text = clean(word.text, _MAX_WORD_LENGTH)
        if text and word.people > 0:
            people_by_text[text] = max(word.people, people_by_text.get(text, 0))
    cleaned = (WordCount(text, people) for text, people in people_by_text.items())
    return sorted(cleaned, key=lambda word: (-word.people, word.text))


def _placed(
    measured: Sequence[MeasuredWord], positions: Sequence[Position | None], theme: Theme
) -> tuple[PlacedWord, ...]:
    boxes: list[tuple[MeasuredWord, Position, Box]] = []
    for word, position in zip(measured, positions, strict=True):
        if position:
            scale = position.size / REFERENCE_SIZE
            right, bottom = position.left + word.width * scale, position.top + word.height * scale
            boxes.append((word, position, (position.left, position.top, right, bottom)))
    colors = choose_colors([(word.word.text, position.size, box) for word, position, box in boxes], theme)
    placed = []
    for (word, position, box), color in zip(boxes, colors, strict=True):
        size = position.size
        origin = box[0] - word.left * size / REFERENCE_SIZE, box[1] - word.top * size / REFERENCE_SIZE
        placed.append(PlacedWord(word.word, word.face, size, box, origin, color))
    return tuple(placed)


def _font_advice(undrawable: Sequence[tuple[str, int]]) -> str:
    if not undrawable:
        return ""
    scripts = {script for script, _ in undrawable}
    total = sum(count for _, count in undrawable)
    by_script = ", ".join(f"{n} {'emoji' if script == 'emoji' else f'in {script}'}" for script, n in undrawable)
    text = f"{counted(total, 'word')} could not be drawn ({by_script})."
    if not can_shape():
        return f"{text} Scripts that join letters or run right to left need FriBiDi (Debian: apt install libfribidi0)."
    packages = ["fonts-noto-core"] if scripts - _CJK - {"emoji"} else []
    packages += ["fonts-noto-cjk"] if scripts & _CJK else []
    packages += ["fonts-noto-color-emoji"] if "emoji" in scripts else []
    return f"{text} Install fonts: pip install 'fedistats[scripts]', or on Debian apt install {' '.join(packages)}."
