"""Opting out, by setting or by hashtag."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedistats.model import Account
from fedistats.optout import OPT_OUT_HASHTAGS, may_count, may_search, opted_out
from fedistats.text.html import hashtags

DISCOVERABLE = Account("ann@home.example", discoverable=True)


def account(**more: object) -> Account:
    return Account("ann@home.example", **{"discoverable": True, **more})  # type: ignore[arg-type]


def test_a_discoverable_account_is_counted() -> None:
    assert may_count(DISCOVERABLE)
    assert not opted_out(DISCOVERABLE)


@pytest.mark.parametrize("discoverable", [None, False])
def test_an_account_that_is_not_discoverable_is_not_counted(discoverable: bool | None) -> None:
    assert not may_count(account(discoverable=discoverable))


@pytest.mark.parametrize("flag", [{"noindex": True}, {"limited": True}, {"suspended": True}])
def test_a_flag_opts_out(flag: dict[str, bool]) -> None:
    assert opted_out(account(**flag))
    assert not may_count(account(**flag))


@pytest.mark.parametrize("tag", ["nobot", "nobots", "NoIndex", "NOSEARCH", "noarchive"])
@pytest.mark.parametrize("place", ["note", "name", "fields", "field name"])
@pytest.mark.parametrize(
    "written",
    [
        "#{}",
        "<p>Hi! #{}.</p>",
        '<a href="https://home.example/tags/x" class="mention hashtag" rel="tag">#<span>{}</span></a>',
        "a,#{},b",
    ],
)
def test_a_hashtag_opts_out_in_any_place_and_markup(tag: str, place: str, written: str) -> None:
    text = written.format(tag)
    fields: dict[str, dict[str, Any]] = {
        "note": {"note": text},
        "name": {"name": text},
        "fields": {"fields": (("Bots", text),)},
        "field name": {"fields": ((text, ""),)},
    }
    assert opted_out(account(**fields[place]))
    assert not may_count(account(**fields[place]))


@pytest.mark.parametrize(
    "text", ["ethnobotany", "#ethnobotany", "#nobotany", "nobot", "no bots here", "#no #bot", "&num;", "# nobot"]
)
def test_similar_words_do_not_opt_out(text: str) -> None:
    assert may_count(account(note=text))


@pytest.mark.parametrize(
    "text",
    [
        "#n<b>obot</b>", "#no<i></i>bot", "#nob<!-- > -->ot", "&#35;no&#98;ot", "＃ｎｏｂｏｔ", "#no\u00adbot",
        '<a href="https://home.example/tags/%6eobot">x</a>', '<a href="https://home.example/tags/NoBot/">x</a>',
    ],
)  # fmt: skip
def test_an_encoded_or_split_hashtag_opts_out(text: str) -> None:
    assert opted_out(account(note=text))


_PIECES = "# ＃ n o b ot nobot noindex NoSearch <b> </b> <br> < > <a\thref='https://x.example/tags/ '> &num; &#110; %6e \u00ad é . /"


@given(st.lists(st.sampled_from(_PIECES.split(" ")), max_size=9).map("".join))
def test_the_fast_check_finds_every_hashtag_that_parsing_finds(text: str) -> None:
    assert opted_out(account(note=text)) == (not OPT_OUT_HASHTAGS.isdisjoint(hashtags(text)))


@pytest.mark.parametrize(
    ("settings", "allowed"),
    [
        ({"indexable": True}, True),
        ({}, False),
        ({"indexable": False}, False),
        ({"indexable": True, "noindex": True}, False),
        ({"indexable": True, "note": "no thanks, #NoBot"}, False),
        ({"indexable": True, "suspended": True}, False),
    ],
)
def test_words_of_posts_count_only_if_the_author_allows_search_and_has_not_opted_out(
    settings: dict[str, Any], allowed: bool
) -> None:
    assert may_search(Account("u", **settings)) is allowed
