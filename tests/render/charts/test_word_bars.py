"""The chart of words in bios."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.image import BboxImage

from fedistats.model import Outcome
from fedistats.render.charts.word_bars import draw_word_bars
from fedistats.render.fonts.finder import FontFinder
from fedistats.render.style import LIGHT
from tests.render.charts.samples import PROFILES, all_text, bars, texts
from tests.render.test_fonts import packaged

NEED_FONTS = {"猫", "ספרים", "แมว", "किताबें", "고양이", "قهوة", "🐙"}


@packaged
def test_bars_are_as_long_as_their_counts() -> None:
    lengths = [bar.get_width() for bar in bars(draw_word_bars(PROFILES, theme=LIGHT), LIGHT.colors[0])]
    people = [word.people for word in PROFILES.words]
    assert np.allclose(np.array(lengths) / lengths[0], np.array(people) / people[0])


def test_words_that_dejavu_sans_lacks_are_drawn_as_images() -> None:
    figure = draw_word_bars(PROFILES, theme=LIGHT)
    images = [image for image in figure.findobj(BboxImage) if isinstance(image, BboxImage)]
    assert not NEED_FONTS & set(texts(figure))
    assert {"coffee", "кошки", "βιβλία", "she/her"} <= set(texts(figure))
    left_out = len(PROFILES.words) - len(bars(figure, LIGHT.colors[0]))
    assert len(images) == len(NEED_FONTS) - left_out


def test_words_that_no_font_has_are_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FontFinder, "face", lambda *_: None)
    figure = draw_word_bars(PROFILES, theme=LIGHT)
    assert len(bars(figure, LIGHT.colors[0])) == len(PROFILES.words) - 7
    text = all_text(figure)
    assert "7 words left out because no font is available (1 in Arabic, 1 in Chinese or Japanese, " in text
    assert "1 in Korean, 1 in Thai, 1 emoji)" in text


def test_a_directory_that_was_read_in_part_is_mentioned() -> None:
    partial = replace(PROFILES, outcome=Outcome.PARTIAL, reason="timeout")
    assert "Directory: partial (timeout)." in all_text(draw_word_bars(partial, theme=LIGHT))
