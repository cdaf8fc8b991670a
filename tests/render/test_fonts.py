"""Which font can draw a word."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from fedistats.errors import InvalidFile
from fedistats.render.fonts import fonts
from fedistats.render.fonts.fonts import Fonts, needs_shaping, said

DEJAVU = fonts._DEJAVU
packaged = pytest.mark.skipif(not fonts._package_fonts(), reason="the extra scripts is not installed")

# ruff: noqa: E501
SAMPLES = {
    "Latin": "naïveté", "Cyrillic": "котики", "Greek": "μουσική", "Arabic": "القهوة", "Hebrew": "חתולים", "Hindi (Devanagari)": "किताबें",
    "Thai": "โปรแกรมเมอร์", "Korean": "고양이", "Japanese": "プログラマー", "Chinese or Japanese": "软件", "Burmese": "မြန်မာ", "Khmer": "ខ្មែរ",
    "Lao": "ລາວ", "Armenian": "հայ", "Georgian": "კოდი", "Ethiopic": "ኢትዮጵያ", "Tamil": "தமிழ்", "emoji": "👩‍💻",
}  # fmt: skip


def table(face: fonts.Face) -> set[int]:
    with TTFont(face.path, fontNumber=face.index) as font:
        return set(font.getBestCmap())


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Fonts:
    """A machine with no font but the one that matplotlib brings."""
    monkeypatch.setattr(fonts, "_package_fonts", list)
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", list)
    return Fonts()


@packaged
@pytest.mark.parametrize(("script", "word"), SAMPLES.items())
def test_each_script_finds_a_font_whose_own_table_has_every_letter(script: str, word: str) -> None:
    face = Fonts().face(word)
    assert face is not None
    assert {ord(letter) for letter in word if letter not in "\u200d\ufe0f"} <= table(face)
    assert said(word) == script


@packaged
def test_the_ranges_of_a_big_font_are_those_that_fonttools_reads() -> None:
    face = Fonts().face("東京")
    assert face is not None
    known, asked = table(face), Fonts()
    for point in range(0x20, 0x30000, 7):
        assert asked.covers(face, chr(point)) == (point in known or chr(point) in fonts._INVISIBLE)


@packaged
def test_chinese_characters_are_drawn_as_their_readers_write_them() -> None:
    def family(word: str, *others: str) -> str:
        face = Fonts(words=[word, *others]).face(word)
        return face.family if face else ""

    assert family("骨", "アニメ").endswith("JP")
    assert family("骨").endswith("SC")
    assert family("软件", "アニメ").endswith("SC")
    assert family("圖書館").endswith("TC")
    assert family("고양이").endswith("KR")


def test_latin_greek_and_cyrillic_are_drawn_on_any_machine(bare: Fonts) -> None:
    for word in ("naïve", "котики", "μουσική", "C++"):
        face = bare.face(word)
        assert face is not None
        assert face.path == DEJAVU


def test_what_no_font_has_gets_none(bare: Fonts) -> None:
    assert bare.face("東京") is None
    assert bare.face("cat東京") is None
    assert bare.face("") is None
    assert bare.face("cat") is not None


def test_a_font_of_ones_own_comes_first() -> None:
    face = Fonts(own=DEJAVU).face("cats")
    assert face is not None
    assert face.path == DEJAVU


@pytest.mark.parametrize("content", [b"", b"no font at all", b"\x00\x01\x00\x00" + b"\xff" * 60])
def test_a_font_of_ones_own_that_is_none_is_said_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.ttf"
    path.write_bytes(content)
    with pytest.raises(InvalidFile, match="no font that can be read"):
        Fonts(own=path)


def test_broken_fonts_of_the_system_are_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "NotoSansThai-Bold.ttf"
    broken.write_bytes(DEJAVU.read_bytes()[:500])
    monkeypatch.setattr(fonts, "_package_fonts", list)
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", lambda: [str(broken), str(tmp_path / "gone.ttf")])
    assert Fonts().face("แมว") is None


def test_without_the_packages_the_system_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    thai = next((path for path in fonts._package_fonts() if "Thai" in path.stem), None)
    if thai is None:
        pytest.skip("the extra scripts is not installed")
    monkeypatch.setattr(metadata, "files", lambda _: None)
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", lambda: [str(DEJAVU), str(thai)])
    face = Fonts().face("แมว")
    assert face is not None
    assert face.path == thai


def test_scripts_that_join_or_run_right_to_left_need_shaping() -> None:
    assert all(needs_shaping(word) for word in ("كتب", "ספר", "हिन्दी", "แมว", "👩‍💻"))
    assert not any(needs_shaping(word) for word in ("cats", "котики", "猫", "고양이", "☕"))
