"""Keyed hashes."""

from __future__ import annotations

from hashlib import blake2b

from fedistats.store.hashing import keyed_hash, new_key


def test_the_hash_is_blake2b_of_the_key_and_the_text() -> None:
    key = new_key()
    expected = int.from_bytes(blake2b(key + b"ann@home.example", digest_size=8).digest(), signed=True)
    hash_text = keyed_hash(key)
    assert [hash_text("ann@home.example"), hash_text("ann@home.example")] == [expected, expected]


def test_another_key_gives_other_hashes() -> None:
    assert keyed_hash(new_key())("ann") != keyed_hash(new_key())("ann")


def test_every_text_has_a_hash_that_sqlite_can_store() -> None:
    hash_text = keyed_hash(b"k")
    for text in ("", "\ud800", "😀" * 1000):
        assert -(1 << 63) <= hash_text(text) < 1 << 63
