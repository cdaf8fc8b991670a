"""Ranking terms by people."""

from __future__ import annotations

import pytest

from fedistats.text.ranking import TermCount, rank_terms
from tests.text.bios import count_terms, made_up_bios


def count(key: str, people: int, people_as_stop_word: int = 0) -> TermCount:
    return TermCount(key, key, people, people_as_stop_word, is_phrase=" " in key)


def people_by_word(*bios: str) -> dict[str, int]:
    return {word.text: word.people for word in rank_terms(count_terms(list(bios)))}


def test_the_most_common_words_come_first_and_ties_are_ordered_by_text() -> None:
    ranked = rank_terms([count("tea", 4), count("cat", 9), count("sea", 4), count("rare", 2)])
    assert [(word.text, word.people) for word in ranked] == [("cat", 9), ("sea", 4), ("tea", 4)]
    assert [word.text for word in rank_terms([count("tea", 4), count("cat", 9)], max_words=1)] == ["cat"]


def test_words_of_a_single_person_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        rank_terms([], min_people=1)


def test_uses_as_a_stop_word_do_not_count_unless_the_word_is_kept() -> None:
    counts = [count("die", 10, people_as_stop_word=8), count("the", 50, people_as_stop_word=50)]
    assert rank_terms(counts) == ()
    assert [(word.text, word.people) for word in rank_terms(counts, keep=["THE", "Die"])] == [("the", 50), ("die", 10)]


def test_additional_stop_words_match_any_spelling() -> None:
    counts = [
        count("cat", 9),
        count("machine", 9),
        count("learning", 9),
        count("machine learning", 9),
        count("tea", 9),
    ]
    assert [word.text for word in rank_terms(counts, stopwords=["#Cats", "machine"])] == ["learning", "tea"]


def test_a_phrase_replaces_its_words_if_they_belong_together() -> None:
    counts = [count("machine", 42), count("learning", 60), count("machine learning", 40)]
    assert [(word.text, word.people) for word in rank_terms(counts)] == [("machine learning", 40), ("learning", 20)]


def test_words_that_are_rarely_neighbors_do_not_form_a_phrase() -> None:
    counts = [count("love", 50), count("music", 40), count("love music", 5)]
    assert [word.text for word in rank_terms(counts)] == ["love", "music"]


def test_the_more_common_of_two_overlapping_phrases_is_listed_without_fragments() -> None:
    counts = [
        count("natural", 40), count("language", 45), count("processing", 39),
        count("natural language", 39), count("language processing", 38),
    ]  # fmt: skip
    assert [(word.text, word.people) for word in rank_terms(counts)] == [("natural language", 39), ("language", 6)]


def test_a_phrase_of_three_words_replaces_its_shorter_phrases() -> None:
    counts = [
        count("natural", 42), count("language", 95), count("processing", 45),
        count("natural language", 40), count("language processing", 39), count("natural language processing", 38),
        count("model", 60), count("language model", 50),
    ]  # fmt: skip
    assert [(word.text, word.people) for word in rank_terms(counts)] == [
        ("language model", 50), ("natural language processing", 38), ("model", 10), ("language", 7), ("processing", 7), ("natural", 4),
    ]  # fmt: skip


def test_a_phrase_that_occurs_with_many_words_is_not_extended() -> None:
    counts = [
        count("open", 62), count("source", 62), count("software", 80),
        count("open source", 60), count("source software", 15), count("open source software", 15),
    ]  # fmt: skip
    assert [(word.text, word.people) for word in rank_terms(counts)] == [("software", 80), ("open source", 60)]


def test_a_word_that_occurs_in_one_phrase_only_is_listed_within_it() -> None:
    counts = [count("data", 100), count("wrangler", 4), count("data wrangler", 4)]
    assert [(word.text, word.people) for word in rank_terms(counts)] == [("data", 96), ("data wrangler", 4)]


def test_a_hashtag_and_its_words_are_one_term_with_the_most_common_spelling() -> None:
    bios = [
        "open science",
        "#OpenScience",
        "#OpenScience, really",
        "#openscience",
        "I like open science",
        "#open_science",
    ]
    assert people_by_word(*bios) == {"OpenScience": 6}
    assert people_by_word("open-source", "open source", "#OpenSource", "Open source", "open source") == {
        "open source": 5
    }
    assert people_by_word(*["natural language processing"] * 2, *["#NaturalLanguageProcessing"] * 3) == {
        "NaturalLanguageProcessing": 5
    }
    assert people_by_word("الذكاء الاصطناعي", "الذكاء الاصطناعي", "#الذكاء_الاصطناعي", "#الذكاء_الاصطناعي") == {
        "الذكاء الاصطناعي": 4
    }


def test_a_person_who_uses_a_hashtag_and_its_words_is_counted_once() -> None:
    assert people_by_word(*["Into open science. #OpenScience"] * 3) == {"open science": 3}


def test_names_in_camel_case_are_not_split() -> None:
    assert people_by_word("#GitHub", "GitHub", "#YouTube GitHub", "YouTube", "youtube on my #iPhone") == {
        "GitHub": 3,
        "YouTube": 3,
    }


def test_a_phrase_as_a_stop_word_matches_any_spelling() -> None:
    counts = [count("open", 9), count("science", 12), count("open science", 9), count("openscience", 5)]
    for typed in ("open science", "#OpenScience", "Open-Science"):
        assert [(word.text, word.people) for word in rank_terms(counts, stopwords=[typed])] == [("science", 3)]


def test_the_result_does_not_depend_on_the_order_of_the_counts() -> None:
    counts = count_terms(made_up_bios(300))
    assert rank_terms(counts) == rank_terms(sorted(counts, key=lambda count: count.people)) == rank_terms(counts[::-1])


def test_bios_in_many_scripts_yield_words_without_fragments() -> None:
    ranked = {word.text: word.people for word in rank_terms(count_terms(made_up_bios(1500)))}
    assert {
        "machine learning",
        "Open source developer",
        "cats",
        "NLProc",
        "she/her",
        "Katzen",
        "猫",
        "котики",
    } <= ranked.keys()
    assert (
        not {"amp", "https", "verified", "span", "machine", "source", "und", "ich", "です", "more", "and", "は"}
        & ranked.keys()
    )
