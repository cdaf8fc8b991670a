"""Splitting texts into tokens."""

from __future__ import annotations

import time

import pytest

from fedistats.text.phrases import extract_terms
from fedistats.text.terms import MAX_WORD_LENGTH
from tests.text.bios import key_of, words_in


@pytest.mark.parametrize(
    "word",
    [
        "he/him",
        "she/her/hers",
        "er/ihm",
        "C++",
        "g++",
        "C#",
        "F#",
        "open-source",
        "Node.js",
        "TCP/IP",
        "LGBTQ+",
        "3D",
        "naïve",
    ],
)
def test_pronouns_names_and_compounds_are_one_word(word: str) -> None:
    assert words_in(f"One: {word}, done.")[-1] == word


def test_an_abbreviation_has_one_key_with_and_without_dots() -> None:
    assert words_in("Ph.D. from here") == ["Ph.D"]
    assert key_of("Ph.D.") == key_of("PhD") == key_of("phd") == "phd"


def test_a_slash_separates_words_that_are_not_pronouns() -> None:
    assert words_in("writer/photographer/cyclist") == ["writer", "photographer", "cyclist"]


@pytest.mark.parametrize("text", ["a", "x 1 2024 10.5 24-7 1st 40+", "_ $_^$ ... ---", "→ ➡️ ✔ © ™", "ก", "あ", ""])
def test_single_letters_numbers_and_signs_are_not_words(text: str) -> None:
    assert words_in(text.replace("$_^$", "$^")) == []


def test_a_hashtag_keeps_its_spelling() -> None:
    assert words_in("#NLProc #open_source #猫好き") == ["NLProc", "open_source", "猫好き"]
    assert key_of("#NLProc") == key_of("nlproc")


def test_an_emoji_sequence_is_one_word() -> None:
    assert words_in("👩‍💻🏳️‍🌈 🇩🇪🇫🇷 👍🏽1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🐈‍⬛☕☕") == ["👩‍💻", "🏳️‍🌈", "🇩🇪", "🇫🇷", "👍🏽", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🐈‍⬛", "☕"]
    assert key_of("❤️") == key_of("❤")


def test_hostile_texts_are_processed_fast() -> None:
    for text in (
        "e" + "\u0301" * 60_000,
        "a/" * 30_000,
        "ーー" * 30_000,
        "🏴" * 60_000,
        "a'" * 30_000,
        "l'" * 30_000 + "abc",
        "x" + "'s" * 30_000,
        "#" * 60_000,
        "ก" * 60_000,
    ):
        began = time.process_time()
        terms = extract_terms(text)
        assert time.process_time() - began < 10
        assert all(len(term.spelling) <= 2 * MAX_WORD_LENGTH + 1 for term in terms)
