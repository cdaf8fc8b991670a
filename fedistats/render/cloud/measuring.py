"""Words with their faces and sizes, before they are placed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fedistats.analysis.arrays import Floats
from fedistats.model import WordCount
from fedistats.render.fonts.faces import EMOJI_SIZE, Face
from fedistats.render.fonts.scripts import script_name

REFERENCE_SIZE = 100.0
"""Pixels per em at which words are measured."""
_SIZE_EXPONENT = 0.62
"""Size ~ count ** 0.62: between area (0.5) and height (1) as the measure of a count."""
_EMOJI_SCALE = 1.25
"""Emoji are bigger than letters, since they have more details."""


@dataclass(frozen=True, slots=True)
class MeasuredWord:
    """A word, its face, and the box of its drawn pixels relative to its start on the baseline, at REFERENCE_SIZE."""

    word: WordCount
    face: Face
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


@dataclass(frozen=True, slots=True)
class Position:
    """Where a word is: its size in pixels per em, and the left top corner of its drawn pixels."""

    size: float
    left: float
    top: float


def measure(word: WordCount, face: Face) -> MeasuredWord | None:
    """Measure a word; None if it has no visible pixels."""
    left, top, right, bottom = face.font(REFERENCE_SIZE).getbbox(word.text, anchor="ls")
    if face.colored:
        scale = REFERENCE_SIZE / EMOJI_SIZE
        left, top, right, bottom = left * scale, top * scale, right * scale, bottom * scale
    return MeasuredWord(word, face, left, top, right, bottom) if right > left and bottom > top else None


def relative_sizes(words: Sequence[MeasuredWord]) -> Floats:
    """The size of each word in parts of the most common word's size."""
    counts = np.array([measured.word.people for measured in words], float)
    scales = np.array([_EMOJI_SCALE if script_name(m.word.text) == "emoji" else 1.0 for m in words])
    return np.asarray((counts / counts.max()) ** _SIZE_EXPONENT * scales)
