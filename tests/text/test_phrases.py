"""Terms of one text: words and phrases."""

from __future__ import annotations

import time

from fedistats.text.html import html_to_text
from fedistats.text.phrases import extract_terms
from tests.text.bios import made_up_bios, needs_icu, phrases_in, words_in


def test_a_repeated_word_is_returned_once() -> None:
    assert words_in("cats Cats CATS cat #cats") == ["cats"]


def test_phrases_consist_of_two_or_three_neighboring_words() -> None:
    assert phrases_in("machine learning, deep learning") == ["machine learning", "deep learning"]
    assert phrases_in("state of the art. Cats dogs/birds #a1 #b2 red-green 42 blue") == []
    assert [term.key for term in extract_terms("Neural Networks") if term.is_phrase] == ["neural network"]
    assert phrases_in("natural language processing") == [
        "natural language",
        "language processing",
        "natural language processing",
    ]
    assert phrases_in("natural\nlanguage - processing 😺 cats  dogs and birds") == []


@needs_icu
def test_phrases_of_a_language_without_spaces_have_no_spaces() -> None:
    assert "機械学習" in phrases_in("機械学習の研究")


def test_extracting_the_terms_of_a_bio_is_fast() -> None:
    bios = [html_to_text(bio) for bio in made_up_bios(400, {"en": 1})]
    [extract_terms(bio) for bio in bios]
    began = time.process_time()
    [extract_terms(bio) for bio in bios]
    assert (time.process_time() - began) / len(bios) < 1e-3
