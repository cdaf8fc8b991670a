"""The server software of the demo's instances, and the ids that it gives posts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoSoftware:
    name: str
    version: str
    api_version: str  # the version in its Mastodon API
    to_id: Callable[[int], str]  # from an arrival number (milliseconds << 16) to the id of a post
    from_id: Callable[[str], int]


_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _to_flake_id(number: int) -> str:
    """64 bits of time, 48 of the machine, 16 of a counter, in base 62."""
    value, letters = (number >> 16) << 64 | 0x5F3A9C << 16 | number & 0xFFFF, ""
    while value:
        value, digit = divmod(value, 62)
        letters = _BASE62[digit] + letters
    return letters


def _from_flake_id(text: str) -> int:
    value = 0
    for letter in text:
        value = value * 62 + _BASE62.index(letter)
    return (value >> 64) << 16 | value & 0xFFFF


SOFTWARE = {
    "mastodon": DemoSoftware("mastodon", "4.5.2", "4.5.2", str, int),
    "glitch": DemoSoftware("mastodon", "4.5.2+glitch", "4.5.2+glitch", str, int),
    "akkoma": DemoSoftware("akkoma", "3.16.0", "2.7.2 (compatible; Akkoma 3.16.0)", _to_flake_id, _from_flake_id),
    "misskey": DemoSoftware("misskey", "2025.10.1", "", str, int),
    "gotosocial": DemoSoftware("gotosocial", "0.20.1", "0.20.1", str, int),
}
