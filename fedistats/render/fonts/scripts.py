"""The script of a word, and what it takes to draw it."""

from __future__ import annotations

import regex
from fontTools import unicodedata as scripts
from PIL import features

INVISIBLE = frozenset("\u200c\u200d\ufe0e\ufe0f") | frozenset(map(chr, range(0xE0020, 0xE0080)))
"""Joiners, variation selectors and tags: they change how their neighbors are drawn, and have no glyph of their own."""

_EMOJI = regex.compile(r"\p{Emoji_Presentation}|\p{Extended_Pictographic}|\p{RI}|[0-9#*]\ufe0f?\u20e3")
_SHAPED = frozenset(
    "Arab Hebr Syrc Thaa Nkoo Mong Deva Beng Guru Gujr Orya Taml Telu Knda Mlym Sinh Thai Laoo Khmr Mymr Tibt".split()
)
_NAMES = {
    "Hani": "Chinese or Japanese", "Hira": "Japanese", "Kana": "Japanese", "Hang": "Korean", "Deva": "Hindi (Devanagari)",
    "Mymr": "Burmese", "Laoo": "Lao", "Zyyy": "symbols", "Zinh": "symbols", "Zzzz": "unknown",
}  # fmt: skip


def script_code(word: str) -> str:
    """The ISO 15924 code of the first letter that belongs to a script; 'Zyyy' if none does (emoji, digits)."""
    return next((code for code in map(scripts.script, word) if code not in ("Zyyy", "Zinh")), "Zyyy")


def script_name(word: str) -> str:
    """The name of the word's script for people to read: 'Greek', 'Korean'; 'emoji' for a word with an emoji."""
    if has_emoji(word):
        return "emoji"
    code = script_code(word)
    return _NAMES.get(code) or scripts.script_name(code).replace("_", " ")


def unicode_script_name(code: str) -> str:
    """The name of a script as fonts have it in their file names: 'OldItalic'."""
    return str(scripts.script_name(code)).replace(" ", "").replace("_", "")


def has_emoji(word: str) -> bool:
    return _EMOJI.search(word) is not None


def needs_shaping(word: str) -> bool:
    """True if the word is wrong with its letters side by side from left to right: they join, reorder, or run right to left."""
    return "\u200d" in word or any(scripts.script(letter) in _SHAPED for letter in word)


def can_shape() -> bool:
    """True if Pillow has Raqm, and FriBiDi, which Pillow's wheels take from the system."""
    return bool(features.check("raqm"))
