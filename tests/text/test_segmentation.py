"""Words of languages that do not use spaces."""

from __future__ import annotations

import pytest

from fedistats.text import segmentation, tokens
from tests.text.bios import needs_icu, words_in


@needs_icu
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("東京在住のプログラマーです。猫を2匹飼っています。", ["東京", "プログラマー", "猫"]),
        ("趣味は写真と音楽、アニメ。よろしくお願いします", ["趣味", "写真", "音楽", "アニメ"]),
        ("我是一名软件工程师，喜欢开源和旅行", ["软件", "工程师", "开源", "旅行"]),
        ("โปรแกรมเมอร์ที่กรุงเทพ รักแมวและกาแฟ", ["โปรแกรมเมอร์", "กรุงเทพ", "แมว", "กาแฟ"]),
    ],
)
def test_languages_without_spaces_are_segmented(text: str, expected: list[str]) -> None:
    assert words_in(text) == expected


def test_without_icu_rules_find_fewer_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segmentation, "load_word_breaker", lambda: None)
    tokens._cached_chunk_tokens.cache_clear()
    assert words_in("東京のプログラマーです。猫を飼っています。") == ["東京", "プログラマー", "猫"]
    assert words_in("我是一名软件工程师，喜欢开源和旅行") == ["软件工程师", "开源", "旅行"]
    assert words_in("โปรแกรมเมอร์ที่กรุงเทพรักแมวและกาแฟ แมว") == ["แมว"]
    tokens._cached_chunk_tokens.cache_clear()
