"""Who has asked to be left out, in whatever way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fedistats.model import Account
from fedistats.optout import TAGS, may_count, opted_out
from fedistats.text.html import hashtags

WILLING = Account("ann@home.example", discoverable=True)


def person(**more: object) -> Account:
    return Account("ann@home.example", **{"discoverable": True, **more})  # type: ignore[arg-type]


def test_whoever_is_discoverable_and_says_nothing_else_is_counted() -> None:
    assert may_count(WILLING)
    assert not opted_out(WILLING)


@pytest.mark.parametrize("said", [None, False])
def test_without_a_yes_a_profile_is_not_counted(said: bool | None) -> None:
    assert not may_count(person(discoverable=said))


@pytest.mark.parametrize("no", [{"noindex": True}, {"limited": True}, {"suspended": True}])
def test_a_flag_says_no(no: dict[str, bool]) -> None:
    assert opted_out(person(**no))
    assert not may_count(person(**no))


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
def test_a_tag_says_no_wherever_and_however_it_is_written(tag: str, place: str, written: str) -> None:
    text = written.format(tag)
    said: dict[str, dict[str, Any]] = {
        "note": {"note": text},
        "name": {"name": text},
        "fields": {"fields": (("Bots", text),)},
        "field name": {"fields": ((text, ""),)},
    }
    assert opted_out(person(**said[place]))
    assert not may_count(person(**said[place]))


@pytest.mark.parametrize(
    "text", ["ethnobotany", "#ethnobotany", "#nobotany", "nobot", "no bots here", "#no #bot", "&num;", "# nobot"]
)
def test_words_that_only_look_like_it_say_nothing(text: str) -> None:
    assert may_count(person(note=text))


@pytest.mark.parametrize(
    "text",
    [
        "#n<b>obot</b>", "#no<i></i>bot", "#nob<!-- > -->ot", "&#35;no&#98;ot", "＃ｎｏｂｏｔ", "#no\u00adbot",
        '<a href="https://home.example/tags/%6eobot">x</a>', '<a href="https://home.example/tags/NoBot/">x</a>',
    ],
)  # fmt: skip
def test_a_tag_that_is_written_in_a_roundabout_way_says_no(text: str) -> None:
    assert opted_out(person(note=text))


_PIECES = "# ＃ n o b ot nobot noindex NoSearch <b> </b> <br> < > <a\thref='https://x.example/tags/ '> &num; &#110; %6e \u00ad é . /"


@given(st.lists(st.sampled_from(_PIECES.split(" ")), max_size=9).map("".join))
def test_a_glance_never_overlooks_what_a_reading_finds(text: str) -> None:
    assert opted_out(person(note=text)) == (not TAGS.isdisjoint(hashtags(text)))
