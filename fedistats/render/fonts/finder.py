"""Find a font that has every character of a word, so that no missing character is drawn as a box."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

from fontTools.ttLib import TTLibError

from fedistats.errors import InvalidFile
from fedistats.render.fonts.faces import DEJAVU, Face, GlyphCoverage, packaged_fonts, read_face, system_fonts
from fedistats.render.fonts.scripts import (
    INVISIBLE,
    can_shape,
    has_emoji,
    needs_shaping,
    script_code,
    unicode_script_name,
)

MAX_SYSTEM_FONTS = 300
"""How many fonts of the system are opened; those named for the script, and Noto's, come first."""

_JAPAN, _KOREA, _CHINA, _TAIWAN = range(4)
"""Index of the face for each region in a collection of Noto Sans CJK."""


class FontFinder:
    """The available fonts in order of preference: the user's own, the packages of the extra `scripts`, the system's, DejaVu Sans.

    `words` are all words of a picture: Chinese characters look different in Japan, and kana among the words tell which to take.
    Raises InvalidFile if `own` is not a font.
    """

    def __init__(self, own: Path | None = None, words: Iterable[str] = ()) -> None:
        self._own = own
        self._japanese = any("\u3041" <= letter <= "\u30fa" for word in words for letter in word)
        self._opened: dict[tuple[Path, int], tuple[Face, GlyphCoverage] | None] = {}
        self._packaged = sorted(packaged_fonts(), key=lambda path: (path.stem != "NotoSans[wght]", path.name))
        self._system: list[Path] | None = None
        self._in_no_font: set[str] = set()
        if own is not None and self._open(own, 0) is None:
            raise InvalidFile(f"{own} is not a readable font (a .ttf, .otf or .ttc file is needed)")

    def face(self, word: str) -> Face | None:
        """The first face that has every character of the word; None if no font has."""
        letters = frozenset(word) - INVISIBLE
        if not letters or not self._in_no_font.isdisjoint(letters):
            return None
        missing = set(letters)
        for path in self._candidates(script_code(word), emoji=has_emoji(word)):
            index = self._region(word) if path.suffix.lower() == ".ttc" and "CJK" in path.stem else 0
            opened = self._open(path, index) or (self._open(path, 0) if index else None)
            if opened is None:
                continue
            face, coverage = opened
            uncovered = {letter for letter in letters if ord(letter) not in coverage}
            if not uncovered:
                return face
            missing &= uncovered
        self._in_no_font |= missing
        return None

    def drawable_face(self, word: str) -> Face | None:
        """The same; None also if the word needs shaping and Pillow cannot shape."""
        return None if needs_shaping(word) and not can_shape() else self.face(word)

    def covers(self, face: Face, word: str) -> bool:
        """True if the face has every character of the word."""
        opened = self._open(face.path, face.index)
        return opened is not None and all(ord(letter) in opened[1] for letter in word if letter not in INVISIBLE)

    def _candidates(self, script: str, *, emoji: bool) -> Iterator[Path]:
        """The font files to try, in order."""
        if self._own is not None:
            yield self._own
        name = "CJK" if script in ("Hani", "Hira", "Kana", "Hang", "Bopo") else unicode_script_name(script)
        if emoji:
            # color first, and only the system can have it: no package has Noto Color Emoji
            yield from (path for path in self._system_fonts() if "ColorEmoji" in path.stem)
            yield from (path for path in self._packaged if "Emoji" in path.stem)
        packaged = (path for path in self._packaged if emoji or "Emoji" not in path.stem)
        yield from sorted(packaged, key=lambda path: name not in path.stem)
        if script in ("Latn", "Grek", "Cyrl"):
            yield DEJAVU  # as good as the system's fonts, and the same on every machine
        system = (path for path in self._system_fonts() if emoji or "Emoji" not in path.stem)
        yield from sorted(system, key=lambda path: name not in path.stem)[:MAX_SYSTEM_FONTS]
        yield DEJAVU

    def _system_fonts(self) -> list[Path]:
        if self._system is None:
            self._system = system_fonts()
        return self._system

    def _region(self, word: str) -> int:
        """Which face of Noto Sans CJK to take. Legacy character sets tell in which region the word's characters are used."""
        if any("가" <= letter <= "힣" for letter in word):
            return _KOREA
        if any("\u3041" <= letter <= "\u30ff" for letter in word):
            return _JAPAN
        regions = [("gb2312", _CHINA), ("big5", _TAIWAN)]
        if self._japanese:
            regions.insert(0, ("shift_jis", _JAPAN))
        return next((region for charset, region in regions if _can_encode(charset, word)), _CHINA)

    def _open(self, path: Path, index: int) -> tuple[Face, GlyphCoverage] | None:
        if (path, index) not in self._opened:
            try:
                self._opened[path, index] = read_face(path, index)
            except (TTLibError, OSError, struct.error, KeyError, ValueError, AssertionError, IndexError):
                self._opened[path, index] = None  # broken, or of an old format
        return self._opened[path, index]


def _can_encode(charset: str, word: str) -> bool:
    try:
        word.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
