"""Positions of words: packed, in rows, or inside a mask; title and caption above and below."""

from __future__ import annotations

import io
import itertools

import numpy as np
import pytest
from PIL import Image, ImageDraw

from fedistats.errors import InvalidFile
from fedistats.model import WordCount
from fedistats.render.cloud.cloud import PlacedWord
from fedistats.render.cloud.png import cloud_png
from fedistats.render.style import LIGHT
from tests.render.cloud.samples import compose, made_up_words
from tests.render.test_fonts import packaged


@pytest.mark.parametrize(
    "words",
    [made_up_words(1), made_up_words(5), made_up_words(200), [WordCount(w.text, 3) for w in made_up_words(120)]],
    ids=len,
)
@pytest.mark.parametrize(("width", "height"), [(800, 500), (400, 900), (1600, 1000)])
def test_every_word_is_on_the_page_and_overlaps_no_other(words: list[WordCount], width: int, height: int) -> None:
    cloud = compose(words, width=width, height=height)
    assert len(cloud.words) == len(words)
    for a, b in itertools.combinations([word.box for word in cloud.words], 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    for word in cloud.words:
        left, top, right, bottom = word.box
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height


def test_words_are_drawn_inside_their_boxes() -> None:
    cloud = compose(made_up_words(40))
    with Image.open(io.BytesIO(cloud_png(cloud))) as image:
        page = np.asarray(image.convert("RGB")).astype(np.int16)
    drawn = (np.abs(page - np.array(list(bytes.fromhex(LIGHT.background[1:])))) > 8).any(axis=2)
    top, bottom = round(min(word.box[1] for word in cloud.words)), round(max(word.box[3] for word in cloud.words))
    for word in cloud.words:
        left, upper, right, lower = (round(side) for side in word.box)
        assert drawn[upper:lower, left:right].mean() > 0.15
        drawn[max(0, upper - 2) : lower + 2, max(0, left - 2) : right + 2] = False
    assert not drawn[top - 2 : bottom + 2].any()


def test_common_words_are_bigger_and_the_most_common_is_in_the_middle() -> None:
    cloud = compose(made_up_words(150))
    sizes = [word.size for word in cloud.words]
    assert sizes == sorted(sizes, reverse=True)
    left, top, right, bottom = cloud.words[0].box
    assert abs((left + right) / 2 - 400) < 40
    assert abs((top + bottom) / 2 - 250) < 40


@pytest.mark.parametrize("n", [2, 5, 9, 14, 20, 24])
@pytest.mark.parametrize("people", [0, 3])
def test_a_few_words_are_in_centered_lines_that_fill_the_page(n: int, people: int) -> None:
    words = [WordCount(word.text, people or word.people) for word in made_up_words(n)]
    cloud = compose(words, width=1600, height=1000)
    lines: dict[float, list[PlacedWord]] = {}
    for word in cloud.words:
        lines.setdefault(round(word.origin[1], 3), []).append(word)
    for line in lines.values():
        left, right = min(word.box[0] for word in line), max(word.box[2] for word in line)
        assert (left + right) / 2 == pytest.approx(800, abs=1)
    boxes = np.array([word.box for word in cloud.words])
    assert max(np.ptp(boxes[:, [0, 2]]) / 1600, np.ptp(boxes[:, [1, 3]]) / 1000) > 0.55
    assert min(word.size for word in cloud.words) >= max(word.size for word in cloud.words) / 3.01
    widths = [max(word.box[2] for word in line) - min(word.box[0] for word in line) for line in lines.values()]
    assert min(widths) > 0.2 * max(widths)


@packaged
def test_an_emoji_is_bigger_than_a_word_of_as_many_people() -> None:
    words = [WordCount("🐙", 20), WordCount("books", 20), *(WordCount(word.text, 9) for word in made_up_words(40))]
    sizes = {placed.word.text: placed.size for placed in compose(words).words}
    assert sizes["🐙"] > 1.2 * sizes["books"]


def test_words_fill_the_page() -> None:
    boxes = [word.box for word in compose(made_up_words(200)).words]
    assert sum((right - left) * (bottom - top) for left, top, right, bottom in boxes) > 0.4 * 800 * 500


def test_words_are_inside_the_dark_part_of_a_mask() -> None:
    image = Image.new("L", (300, 300), 255)
    ImageDraw.Draw(image).ellipse((20, 20, 280, 280), fill=0)
    file = io.BytesIO()
    image.save(file, "PNG")
    boxes = np.array([word.box for word in compose(made_up_words(60), mask=file.getvalue()).words])
    x, radius = (boxes[:, 0].min() + boxes[:, 2].max()) / 2, (boxes[:, 2].max() - boxes[:, 0].min()) / 2
    y = (boxes[:, 1].min() + boxes[:, 3].max()) / 2
    for left, top, right, bottom in boxes:
        farthest = max(abs(left - x), abs(right - x)), max(abs(top - y), abs(bottom - y))
        assert np.hypot(*farthest) < 1.15 * radius


@pytest.mark.parametrize("mask", [b"", b"no image", b"\x89PNG\r\n\x1a\n" + b"\x00" * 50])
def test_a_mask_that_is_no_image_is_an_invalid_file(mask: bytes) -> None:
    with pytest.raises(InvalidFile, match="mask"):
        compose(made_up_words(3), mask=mask)


def test_a_white_mask_is_an_invalid_file() -> None:
    file = io.BytesIO()
    Image.new("L", (30, 30), 255).save(file, "PNG")
    with pytest.raises(InvalidFile, match="completely white"):
        compose(made_up_words(3), mask=file.getvalue())


def test_the_title_is_above_the_words_and_the_caption_below() -> None:
    cloud = compose(made_up_words(60))
    assert ["".join(text for text, _ in line.pieces) for line in cloud.lines] == ["Words", "Counted by people."]
    top, bottom = min(word.box[1] for word in cloud.words), max(word.box[3] for word in cloud.words)
    title, caption = cloud.lines
    assert title.y < top < bottom < caption.y - caption.size


def test_a_long_caption_is_wrapped() -> None:
    cloud = compose(made_up_words(20), caption="many words of a caption " * 15)
    assert len(cloud.lines) > 3
    for line in cloud.lines:
        assert line.x + sum(face.font(line.size, line.weight).getlength(text) for text, face in line.pieces) <= 800
