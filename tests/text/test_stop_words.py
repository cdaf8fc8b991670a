"""Stop words by language."""

from __future__ import annotations

import pytest

from fedistats.text.phrases import extract_terms
from fedistats.text.terms import Term
from tests.text.bios import words_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Ich bin Entwickler aus Berlin, mag Katzen und die Musik ist mein Leben",
            ["Entwickler", "Berlin", "Katzen", "Musik", "Leben"],
        ),
        ("J'aime l'informatique, les chats et le café de Paris", ["informatique", "chats", "café", "Paris"]),
        ("Me gustan los gatos y también la música", ["gatos", "música"]),
        ("Мы любим котов, и я тоже люблю музыку", ["любим", "котов", "музыку"]),
        ("أحب القهوة والكتب", ["القهوة", "الكتب"]),
        ("عاشق کتاب‌ها و موسیقی هستم", ["کتاب‌ها", "موسیقی"]),
        ("אוהב ספרים ומוזיקה", ["ספרים", "מוזיקה"]),
        ("मुझे चाय और किताबें पसंद हैं", ["चाय", "किताबें"]),
        ("Αγαπώ τη μουσική και τον καφέ", ["μουσική", "καφέ"]),
        ("서울에 사는 개발자입니다. 고양이와 커피를 좋아합니다", ["서울", "개발자", "고양이", "커피"]),
    ],
)
def test_only_function_words_are_removed_in_each_language(text: str, expected: list[str]) -> None:
    assert words_in(text) == expected


def test_an_english_word_that_is_a_stop_word_in_another_language_is_kept() -> None:
    assert {"AI", "die", "art"} <= set(words_in("AI researcher. Cacti die here, but art and research never do."))


def test_common_words_of_english_bios_are_kept() -> None:
    words = words_in(
        "AI, Research, ML, Computer Science, information, text, web. Opinions are my own, I love and follow"
    )
    assert words == ["AI", "Research", "ML", "Computer", "Science", "information", "text", "web"]


def test_a_stop_word_is_returned_with_its_flag() -> None:
    assert extract_terms("the") == (Term("the", "the", is_stop_word=True, is_phrase=False),)
