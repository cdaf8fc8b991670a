"""A word cloud: every word has a place and a font; words that no font has are counted."""

from __future__ import annotations

import random
import time
import xml.etree.ElementTree as ET

import pytest

from fedistats.errors import NothingFound
from fedistats.model import WordCount
from fedistats.render.cloud.cloud import compose_cloud
from fedistats.render.cloud.png import cloud_png
from fedistats.render.cloud.svg import cloud_svg
from fedistats.render.fonts.finder import FontFinder
from fedistats.render.style import DARK, LIGHT
from fedistats.text.ranking import rank_terms
from tests.render.cloud.samples import compose, made_up_words, shaping, words_of_many_scripts
from tests.render.test_fonts import packaged
from tests.text.bios import count_terms, made_up_bios

HOSTILE_WORDS = [
    "$_^$",
    "_x",
    "<b>&amp;</b>",
    "\"'><script>",
    "\x1b[31mred",
    "\u202eevil",
    "x" * 10_000,
    "a\nb\tc",
    "\\alpha",
    "%s{}",
    "]]>",
    "\ud800",
    "e" + "\u0301" * 5000,
]


def test_the_same_words_in_any_order_give_the_same_bytes() -> None:
    words = made_up_words(80)
    shuffled = random.Random(1).sample(words, len(words))
    assert cloud_png(compose(words)) == cloud_png(compose(shuffled))
    assert cloud_svg(compose(words)) == cloud_svg(compose(shuffled))


@packaged
@shaping
def test_words_of_all_scripts_are_drawn_in_fonts_that_cover_them() -> None:
    words = words_of_many_scripts()
    cloud = compose(words)
    assert cloud.undrawable == ()
    assert cloud.font_advice() == ""
    assert {placed.word.text for placed in cloud.words} == {word.text for word in words}
    finder = FontFinder()
    assert all(finder.covers(placed.face, placed.word.text) for placed in cloud.words)
    assert len({placed.face.family for placed in cloud.words}) >= 7


def test_words_that_no_font_has_are_counted_with_advice_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fedistats.render.fonts.finder.packaged_fonts", list)
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", list)
    cloud = compose([WordCount("cats", 9), WordCount("アニメ", 5), WordCount("ゲーム", 5), WordCount("𐎠𐎡𐎢", 4)])
    assert [placed.word.text for placed in cloud.words] == ["cats"]
    assert cloud.undrawable == (("Japanese", 2), ("Old Persian", 1))
    advice = cloud.font_advice()
    assert "3 words could not be drawn (2 in Japanese, 1 in Old Persian)" in advice
    assert "pip install 'fedistats[scripts]'" in advice
    assert "fonts-noto-core fonts-noto-cjk" in advice


def test_without_raqm_words_that_need_shaping_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fedistats.render.fonts.finder.can_shape", lambda: False)
    monkeypatch.setattr("fedistats.render.cloud.cloud.can_shape", lambda: False)
    cloud = compose([WordCount("cats", 9), WordCount("كتب", 5), WordCount("हिन्दी", 4)])
    assert [placed.word.text for placed in cloud.words] == ["cats"]
    assert "libfribidi0" in cloud.font_advice()


@pytest.mark.parametrize(
    "words", [[], [WordCount("", 5)], [WordCount("\u200b\x00", 5)], [WordCount("cats", 0), WordCount("dogs", -3)]]
)
def test_without_words_there_is_nothing_to_draw(words: list[WordCount]) -> None:
    with pytest.raises(NothingFound):
        compose(words)


def test_if_no_word_can_be_drawn_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fedistats.render.fonts.finder.packaged_fonts", list)
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", list)
    with pytest.raises(NothingFound, match="scripts"):
        compose([WordCount("アニメ", 5)])


def test_hostile_words_are_drawn_harmlessly() -> None:
    words = [WordCount(word, 5) for word in HOSTILE_WORDS]
    cloud = compose(
        words, title="<&\x1b" + "T" * 5000, caption="]]>\u202e" + "c " * 9000, theme=DARK, width=1600, height=1000
    )
    assert len(cloud.words) >= len(HOSTILE_WORDS) - 1
    assert all(len(placed.word.text) <= 40 for placed in cloud.words)
    cloud_png(cloud)
    svg = cloud_svg(cloud)
    assert b"<script" not in svg
    ET.fromstring(svg)


def test_words_of_1120_bios_are_counted_and_drawn_in_a_second() -> None:
    bios = made_up_bios(1120)
    started = time.process_time()
    cloud_png(compose_cloud(rank_terms(count_terms(bios)), title="Words", caption="Counted by people.", theme=LIGHT))
    assert time.process_time() - started < 10  # below 1 s on an idle machine
