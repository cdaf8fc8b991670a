"""SVG files of word clouds."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from fedistats.model import WordCount
from fedistats.render.cloud.svg import cloud_svg
from tests.render.cloud.samples import SVG, compose, shaping, words_of_many_scripts
from tests.render.test_fonts import packaged


def test_each_word_has_a_label_and_a_tooltip_with_its_people() -> None:
    root = ET.fromstring(cloud_svg(compose([WordCount("cats & dogs", 1200), WordCount("<3", 1)])))
    items = [node for node in root.iter(f"{SVG}g") if node.get("role") == "listitem"]
    assert [node.get("aria-label") for node in items] == ["cats & dogs: 1,200 people", "<3: 1 person"]
    assert [node[0].text for node in items] == ["cats & dogs: 1,200 people", "<3: 1 person"]
    assert root.get("role") == "img"


def test_the_numbers_are_those_of_the_words() -> None:
    words = words_of_many_scripts()
    people = dict(re.findall(r"<title>([^<]*): ([\d,]+) p", cloud_svg(compose(words)).decode()))
    assert all(int(people[word.text].replace(",", "")) == word.people for word in words if word.text in people)
    assert len(people) > 100


@packaged
def test_letters_are_where_their_font_places_them() -> None:
    cloud = compose([WordCount("abba", 3)])
    root = ET.fromstring(cloud_svg(cloud))
    glyphs = {path.get("id"): path.get("d") for path in root.iter(f"{SVG}path")}
    uses = [(use.get("href", "")[1:], float(use.get("x", "nan"))) for use in root.iter(f"{SVG}use")]
    assert len(glyphs) == 2, "each glyph is defined once"
    assert all(glyphs.values())
    assert [name for name, _ in uses] == [uses[0][0], uses[1][0], uses[1][0], uses[0][0]]
    (word,) = cloud.words
    assert uses[3][1] == pytest.approx(word.face.font(1000).getlength("abb"), abs=2)


@packaged
@shaping
def test_title_words_that_readers_may_have_no_font_for_are_images() -> None:
    root = ET.fromstring(cloud_svg(compose([WordCount("tea", 9)], title="Words on 猫カフェ.example", caption="")))
    texts = " ".join(element.text or "" for element in root.iter(f"{SVG}text"))
    assert "Words on" in texts
    assert "猫" not in texts
    assert len(list(root.iter(f"{SVG}image"))) == 1


@packaged
def test_words_whose_letters_join_are_images() -> None:
    hostile = 'عربي"><script>'
    words = [WordCount("cats", 9), WordCount("gatos", 8), WordCount(hostile, 7), WordCount("हिन्दी", 6)]
    root = ET.fromstring(cloud_svg(compose(words)))
    images = list(root.iter(f"{SVG}image"))
    assert [node.get("aria-label") for node in images] == [f"{hostile}: 7 people", "हिन्दी: 6 people"]
    assert all((node.get("href") or "").startswith("data:image/png;base64,") for node in images)
    assert not list(root.iter(f"{SVG}script"))
