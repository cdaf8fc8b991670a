"""Keys of inflected words."""

from __future__ import annotations

import pytest

from tests.text.bios import key_of


@pytest.mark.parametrize(
    ("singular", "plural"),
    [
        ("cat", "Cats"), ("hobby", "hobbies"), ("movie", "movies"), ("box", "boxes"), ("church", "churches"), ("bus", "buses"),
        ("class", "classes"), ("GPU", "GPUs"), ("photo", "photos"), ("hero", "heroes"), ("woman", "women"), ("course", "courses"),
        ("topic", "topics"), ("headache", "headaches"), ("wiki", "wikis"), ("book", "book's"), ("book", "BOOKS"), ("straße", "STRASSE"),
    ],
)  # fmt: skip
def test_a_plural_has_the_key_of_its_singular(singular: str, plural: str) -> None:
    assert key_of(singular) == key_of(plural)


@pytest.mark.parametrize(
    "word",
    "bus glass news series physics politics paris analysis css dns aids linus jesus windows lens tennis chess".split(),
)
def test_words_that_only_look_like_plurals_keep_their_s(word: str) -> None:
    assert key_of(word) == word
