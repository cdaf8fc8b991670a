"""Finding a font that can draw a word."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from fedistats.errors import InvalidFile
from fedistats.render.fonts.faces import DEJAVU, Face, packaged_fonts
from fedistats.render.fonts.finder import FontFinder
from fedistats.render.fonts.scripts import INVISIBLE, needs_shaping, script_name

packaged = pytest.mark.skipif(not packaged_fonts(), reason="the extra scripts is not installed")

# ruff: noqa: E501
SAMPLES = {
    "Latin": "naïveté", "Cyrillic": "котики", "Greek": "μουσική", "Arabic": "القهوة", "Hebrew": "חתולים", "Hindi (Devanagari)": "किताबें",
    "Thai": "โปรแกรมเมอร์", "Korean": "고양이", "Japanese": "プログラマー", "Chinese or Japanese": "软件", "Burmese": "မြန်မာ", "Khmer": "ខ្មែរ",
    "Lao": "ລາວ", "Armenian": "հայ", "Georgian": "კოდი", "Ethiopic": "ኢትዮጵያ", "Tamil": "தமிழ்", "emoji": "👩‍💻",
}  # fmt: skip


def code_points(face: Face) -> set[int]:
    with TTFont(face.path, fontNumber=face.index) as font:
        return set(font.getBestCmap())


@pytest.fixture
def dejavu_only(monkeypatch: pytest.MonkeyPatch) -> FontFinder:
    """A machine with no font except matplotlib's DejaVu Sans."""
    monkeypatch.setattr("fedistats.render.fonts.finder.packaged_fonts", list)
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", list)
    return FontFinder()


@packaged
@pytest.mark.parametrize(("script", "word"), SAMPLES.items())
def test_the_font_for_each_script_has_every_character_of_the_word(script: str, word: str) -> None:
    face = FontFinder().face(word)
    assert face is not None
    assert {ord(letter) for letter in word if letter not in "\u200d\ufe0f"} <= code_points(face)
    assert script_name(word) == script


@packaged
def test_the_coverage_of_a_big_font_equals_what_fonttools_reads() -> None:
    face = FontFinder().face("東京")
    assert face is not None
    expected, finder = code_points(face), FontFinder()
    for code_point in range(0x20, 0x30000, 7):
        assert finder.covers(face, chr(code_point)) == (code_point in expected or chr(code_point) in INVISIBLE)


@packaged
def test_chinese_characters_are_drawn_in_the_style_of_their_region() -> None:
    def family(word: str, *others: str) -> str:
        face = FontFinder(words=[word, *others]).face(word)
        return face.family if face else ""

    assert family("骨", "アニメ").endswith("JP")
    assert family("骨").endswith("SC")
    assert family("软件", "アニメ").endswith("SC")
    assert family("圖書館").endswith("TC")
    assert family("고양이").endswith("KR")


def test_latin_greek_and_cyrillic_can_be_drawn_on_any_machine(dejavu_only: FontFinder) -> None:
    for word in ("naïve", "котики", "μουσική", "C++"):
        face = dejavu_only.face(word)
        assert face is not None
        assert face.path == DEJAVU


def test_a_word_that_no_font_covers_gets_no_face(dejavu_only: FontFinder) -> None:
    assert dejavu_only.face("東京") is None
    assert dejavu_only.face("cat東京") is None
    assert dejavu_only.face("") is None
    assert dejavu_only.face("cat") is not None


def test_the_users_own_font_comes_first() -> None:
    face = FontFinder(own=DEJAVU).face("cats")
    assert face is not None
    assert face.path == DEJAVU


@pytest.mark.parametrize("content", [b"", b"no font at all", b"\x00\x01\x00\x00" + b"\xff" * 60])
def test_an_unreadable_own_font_is_an_invalid_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.ttf"
    path.write_bytes(content)
    with pytest.raises(InvalidFile, match="is not a readable font"):
        FontFinder(own=path)


def test_broken_system_fonts_are_skipped(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "NotoSansThai-Bold.ttf"
    broken.write_bytes(DEJAVU.read_bytes()[:500])
    monkeypatch.setattr("fedistats.render.fonts.finder.packaged_fonts", list)
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", lambda: [str(broken), str(tmp_path / "gone.ttf")])
    assert FontFinder().face("แมว") is None


def test_without_the_font_packages_system_fonts_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    thai = next((path for path in packaged_fonts() if "Thai" in path.stem), None)
    if thai is None:
        pytest.skip("the extra scripts is not installed")
    monkeypatch.setattr(metadata, "files", lambda _: None)
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", lambda: [str(DEJAVU), str(thai)])
    face = FontFinder().face("แมว")
    assert face is not None
    assert face.path == thai


def test_scripts_that_join_letters_or_run_right_to_left_need_shaping() -> None:
    assert all(needs_shaping(word) for word in ("كتب", "ספר", "हिन्दी", "แมว", "👩‍💻"))
    assert not any(needs_shaping(word) for word in ("cats", "котики", "猫", "고양이", "☕"))
