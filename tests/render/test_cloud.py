"""A word cloud: every word in its place, in every script."""

from __future__ import annotations

import io
import itertools
import random
import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from fedistats.errors import InvalidFile, NothingFound
from fedistats.model import WordCount
from fedistats.render.cloud import cloud
from fedistats.render.cloud.cloud import Cloud, contrast, lay_out, palette, png, svg
from fedistats.render.fonts.finder import FontFinder
from fedistats.render.fonts.scripts import can_shape
from fedistats.render.style import DARK, LIGHT, THEMES, Theme
from fedistats.text.ranking import rank_terms
from tests.render.test_fonts import packaged
from tests.text.bios import count_terms, made_up_bios

SYLLABLES = "ka to ri me lo san der wick ber ton al fi nu pra sto gre vel do chi qua".split()
NAMESPACE = "{http://www.w3.org/2000/svg}"
shaping = pytest.mark.skipif(not can_shape(), reason="Pillow has no Raqm here")


def invented(number: int) -> list[WordCount]:
    lot = random.Random(3)
    return [
        WordCount("".join(lot.choices(SYLLABLES, k=lot.randint(1, 4))) + str(n), max(3, int(300 / (n + 1) ** 0.7)))
        for n in range(number)
    ]


def drawn(
    words: Sequence[WordCount],
    theme: Theme = LIGHT,
    width: int = 800,
    height: int = 500,
    font: Path | None = None,
    mask: bytes | None = None,
    most: int = 200,
) -> Cloud:
    return lay_out(
        words,
        title="Words",
        caption="Counted by people.",
        theme=theme,
        width=width,
        height=height,
        font=font,
        mask=mask,
        most=most,
    )


def pixels(data: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB")).astype(np.int16)


def many_scripts() -> tuple[WordCount, ...]:
    return rank_terms(count_terms(made_up_bios(1120)))


@pytest.mark.parametrize(
    "words", [invented(1), invented(5), invented(200), [WordCount(word.text, 3) for word in invented(120)]], ids=len
)
@pytest.mark.parametrize(("width", "height"), [(800, 500), (400, 900), (1600, 1000)])
def test_every_word_has_a_place_of_its_own_on_the_page(words: list[WordCount], width: int, height: int) -> None:
    found = drawn(words, width=width, height=height)
    assert len(found.placed) == len(words)
    for one, other in itertools.combinations([placed.box for placed in found.placed], 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    for placed in found.placed:
        left, top, right, bottom = placed.box
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height


def test_ink_stays_inside_its_box() -> None:
    found = drawn(invented(40))
    page = pixels(png(found))
    ground = np.array([int(LIGHT.background[at : at + 2], 16) for at in (1, 3, 5)])
    inked = (np.abs(page - ground) > 8).any(axis=2)
    top, bottom = (round(edge(placed.box[side] for placed in found.placed)) for edge, side in ((min, 1), (max, 3)))
    for placed in found.placed:
        left, above, right, below = (round(side) for side in placed.box)
        assert inked[above:below, left:right].mean() > 0.15
        inked[max(0, above - 2) : below + 2, max(0, left - 2) : right + 2] = False
    assert not inked[top - 2 : bottom + 2].any()


def test_commoner_words_are_bigger_and_the_commonest_is_in_the_middle() -> None:
    found = drawn(invented(150))
    sizes = [placed.size for placed in found.placed]
    assert sizes == sorted(sizes, reverse=True)
    left, top, right, bottom = found.placed[0].box
    assert abs((left + right) / 2 - 400) < 40
    assert abs((top + bottom) / 2 - 250) < 40


@pytest.mark.parametrize("number", [2, 5, 9, 14, 20, 24])
@pytest.mark.parametrize("people", [0, 3])
def test_a_few_words_stand_in_centred_lines_that_fill_the_page(number: int, people: int) -> None:
    words = [WordCount(word.text, people or word.people) for word in invented(number)]
    made = drawn(words, width=1600, height=1000)
    lines: dict[float, list[cloud.Placed]] = {}
    for placed in made.placed:
        lines.setdefault(round(placed.pen[1], 3), []).append(placed)
    for line in lines.values():
        left, right = min(placed.box[0] for placed in line), max(placed.box[2] for placed in line)
        assert (left + right) / 2 == pytest.approx(800, abs=1)
    boxes = np.array([placed.box for placed in made.placed])
    assert max(np.ptp(boxes[:, [0, 2]]) / 1600, np.ptp(boxes[:, [1, 3]]) / 1000) > 0.55
    assert min(placed.size for placed in made.placed) >= max(placed.size for placed in made.placed) / 3.01
    widths = [max(p.box[2] for p in line) - min(p.box[0] for p in line) for line in lines.values()]
    assert min(widths) > 0.2 * max(widths)


@packaged
def test_an_emoji_is_bigger_than_a_word_that_as_many_people_use() -> None:
    words = [WordCount("🐙", 20), WordCount("books", 20), *(WordCount(word.text, 9) for word in invented(40))]
    sizes = {placed.word.text: placed.size for placed in drawn(words).placed}
    assert sizes["🐙"] > 1.2 * sizes["books"]


@packaged
@shaping
def test_words_of_a_title_that_a_screen_may_lack_are_pictures_in_the_svg() -> None:
    made = lay_out([WordCount("tea", 9)], title="Who is on 猫カフェ.example", caption="", theme=LIGHT)
    tree = ET.fromstring(svg(made))
    told = " ".join(element.text or "" for element in tree.iter(f"{NAMESPACE}text"))
    assert "Who is on" in told
    assert "猫" not in told
    assert len(list(tree.iter(f"{NAMESPACE}image"))) == 1


def test_the_page_is_filled() -> None:
    found = drawn(invented(200))
    filled = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (placed.box for placed in found.placed))
    assert filled > 0.4 * 800 * 500


def test_the_same_words_in_any_order_give_the_same_picture() -> None:
    words = invented(80)
    shuffled = random.Random(1).sample(words, len(words))
    assert png(drawn(words)) == png(drawn(shuffled))
    assert svg(drawn(words)) == svg(drawn(shuffled))


@packaged
@shaping
def test_all_scripts_are_drawn_by_fonts_that_cover_them() -> None:
    words = many_scripts()
    found = drawn(words)
    assert found.undrawn == ()
    assert found.advice() == ""
    assert {placed.word.text for placed in found.placed} == {word.text for word in words}
    asked = FontFinder()
    assert all(asked.covers(placed.face, placed.word.text) for placed in found.placed)
    assert len({placed.face.family for placed in found.placed}) >= 7


def test_what_no_font_can_draw_is_told_with_what_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fedistats.render.fonts.finder.packaged_fonts", list)
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", list)
    found = drawn([WordCount("cats", 9), WordCount("アニメ", 5), WordCount("ゲーム", 5), WordCount("𐎠𐎡𐎢", 4)])
    assert [placed.word.text for placed in found.placed] == ["cats"]
    assert found.undrawn == (("Japanese", 2), ("Old Persian", 1))
    assert "3 words could not be drawn (2 in Japanese, 1 in Old Persian)" in found.advice()
    assert "pip install 'fedistats[scripts]'" in found.advice()
    assert "fonts-noto-cjk" in found.advice()


def test_without_raqm_nothing_is_drawn_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fedistats.render.fonts.finder.can_shape", lambda: False)
    monkeypatch.setattr(cloud, "can_shape", lambda: False)
    found = drawn([WordCount("cats", 9), WordCount("كتب", 5), WordCount("हिन्दी", 4)])
    assert [placed.word.text for placed in found.placed] == ["cats"]
    assert "libfribidi0" in found.advice()


@pytest.mark.parametrize(
    "words", [[], [WordCount("", 5)], [WordCount("\u200b\x00", 5)], [WordCount("cats", 0), WordCount("dogs", -3)]]
)
def test_no_word_to_draw_is_an_answer(words: list[WordCount]) -> None:
    with pytest.raises(NothingFound):
        drawn(words)


def test_no_word_that_can_be_drawn_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fedistats.render.fonts.finder.packaged_fonts", list)
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", list)
    with pytest.raises(NothingFound, match="scripts"):
        drawn([WordCount("アニメ", 5)])


EVIL = [
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


def test_hostile_words_are_drawn_harmlessly() -> None:
    found = lay_out(
        [WordCount(word, 5) for word in EVIL],
        title="<&\x1b" + "T" * 5000,
        caption="]]>\u202e" + "c " * 9000,
        theme=DARK,
    )
    assert len(found.placed) >= len(EVIL) - 1
    assert all(len(placed.word.text) <= 40 for placed in found.placed)
    png(found)
    page = svg(found)
    assert b"<script" not in page
    ET.fromstring(page)


def test_the_svg_says_of_each_word_how_many_people_use_it() -> None:
    root = ET.fromstring(svg(drawn([WordCount("cats & dogs", 1200), WordCount("<3", 1)])))
    items = [node for node in root.iter(f"{NAMESPACE}g") if node.get("role") == "listitem"]
    assert [node.get("aria-label") for node in items] == ["cats & dogs: 1,200 people", "<3: 1 person"]
    assert [node[0].text for node in items] == ["cats & dogs: 1,200 people", "<3: 1 person"]
    assert root.get("role") == "img"


@packaged
def test_the_svg_sets_each_letter_where_its_font_does() -> None:
    made = drawn([WordCount("abba", 3)])
    root = ET.fromstring(svg(made))
    shapes = {path.get("id"): path.get("d") for path in root.iter(f"{NAMESPACE}path")}
    used = [(use.get("href", "")[1:], float(use.get("x", "nan"))) for use in root.iter(f"{NAMESPACE}use")]
    assert len(shapes) == 2, "a letter is written down once"
    assert all(shapes.values())
    assert [name for name, _ in used] == [used[0][0], used[1][0], used[1][0], used[0][0]]
    (word,) = made.placed
    em = 1000
    assert used[3][1] == pytest.approx(word.face.font(1000).getlength("abb") * em / 1000, abs=2 * em / 1000)


def test_title_and_caption_stand_above_and_below() -> None:
    found = drawn(invented(60))
    said = ["".join(text for text, _ in line.pieces) for line in found.lines]
    assert said == ["Words", "Counted by people."]
    top, bottom = min(placed.box[1] for placed in found.placed), max(placed.box[3] for placed in found.placed)
    assert found.lines[0].pen[1] < top < bottom < found.lines[1].pen[1] - found.lines[1].size


def test_a_long_caption_is_wrapped_inside_the_page() -> None:
    found = lay_out(
        invented(20), title="Words", caption="many words of a caption " * 15, theme=LIGHT, width=800, height=500
    )
    assert len(found.lines) > 3
    for line in found.lines:
        assert line.pen[0] + sum(face.font(line.size, line.weight).getlength(text) for text, face in line.pieces) <= 800


def test_words_keep_to_the_dark_part_of_a_mask() -> None:
    picture = Image.new("L", (300, 300), 255)
    ImageDraw.Draw(picture).ellipse((20, 20, 280, 280), fill=0)
    file = io.BytesIO()
    picture.save(file, "PNG")
    found = drawn(invented(60), mask=file.getvalue())
    boxes = np.array([placed.box for placed in found.placed])
    middle, radius = (boxes[:, 0].min() + boxes[:, 2].max()) / 2, (boxes[:, 2].max() - boxes[:, 0].min()) / 2
    height = (boxes[:, 1].min() + boxes[:, 3].max()) / 2
    for left, top, right, bottom in boxes:
        furthest = max(abs(left - middle), abs(right - middle)), max(abs(top - height), abs(bottom - height))
        assert np.hypot(*furthest) < 1.15 * radius


@pytest.mark.parametrize("mask", [b"", b"no image", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50])
def test_a_mask_that_is_no_image_is_said_so(mask: bytes) -> None:
    with pytest.raises(InvalidFile, match="mask"):
        drawn(invented(3), mask=mask)


def test_a_white_mask_has_no_room() -> None:
    file = io.BytesIO()
    Image.new("L", (30, 30), 255).save(file, "PNG")
    with pytest.raises(InvalidFile, match="white all over"):
        drawn(invented(3), mask=file.getvalue())


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_words_can_be_read_on_their_ground(theme: Theme) -> None:
    assert len(palette(theme)) >= 6
    assert len(set(palette(theme))) == len(palette(theme))
    assert all(contrast(color, theme.background) >= 4.5 for color in palette(theme))


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_neighbours_differ_in_colour() -> None:
    found = drawn(invented(100)).placed
    alike = [
        one
        for one, other in itertools.combinations(found, 2)
        if one.color == other.color and cloud._distance(one.box, other.box) < 6
    ]
    assert len(alike) <= 3


def test_1120_bios_are_counted_and_drawn_in_a_second() -> None:
    bios = made_up_bios(1120)
    began = time.process_time()
    png(lay_out(rank_terms(count_terms(bios)), title="Words", caption="Counted by people.", theme=LIGHT))
    assert time.process_time() - began < 10  # below 1 s on a quiet machine


def test_numbers_in_the_picture_are_those_of_the_words() -> None:
    words = many_scripts()
    told = dict(re.findall(r"<title>([^<]*): ([\d,]+) p", svg(drawn(words)).decode()))
    assert all(int(told[word.text].replace(",", "")) == word.people for word in words if word.text in told)
    assert len(told) > 100


@packaged
def test_in_an_svg_words_whose_letters_join_are_pictures() -> None:
    hostile = 'عربي"><script>'
    root = ET.fromstring(
        svg(drawn([WordCount("cats", 9), WordCount("gatos", 8), WordCount(hostile, 7), WordCount("हिन्दी", 6)]))
    )
    pictures = list(root.iter(f"{NAMESPACE}image"))
    assert [node.get("aria-label") for node in pictures] == [f"{hostile}: 7 people", "हिन्दी: 6 people"]
    assert all((node.get("href") or "").startswith("data:image/png;base64,") for node in pictures)
    assert not list(root.iter(f"{NAMESPACE}script"))
