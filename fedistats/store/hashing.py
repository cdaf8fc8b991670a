"""Keyed hashes of ids, handles and words."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from hashlib import blake2b
from struct import Struct

_SIGNED_64_BIT = Struct(">q")


def new_key() -> bytes:
    """A random key for the hashes of one timeline or directory."""
    return secrets.token_bytes(16)


def keyed_hash(key: bytes) -> Callable[[str], int]:
    """A function that hashes a text to a signed 64-bit integer (BLAKE2b, RFC 7693), the integer type of SQLite.

    The key is hashed before the text. BLAKE2 allows this, unlike SHA-2 (https://www.blake2.net, "prefix-MAC"). Passed as the `key`
    argument of `blake2b` it would fill a block of its own and take twice the time.
    """
    initial = blake2b(key, digest_size=8)  # copied for each text: a new hash object would take as long as hashing

    def hash_text(text: str) -> int:
        state = initial.copy()
        state.update(text.encode("utf-8", "replace"))
        number: int = _SIGNED_64_BIT.unpack(state.digest())[0]
        return number

    return hash_text
