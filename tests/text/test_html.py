"""HTML to text, hashtags, and cleaning of text."""

from __future__ import annotations

import random
import time
import unicodedata
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from fedistats.text import html as html_module
from fedistats.text.html import MAX_HTML_LENGTH, clean, csv_cell, hashtags, html_to_text


class ReferenceParser(HTMLParser):
    """The visible text of a bio, by the standard library's parser: slow, but reliable."""

    blocks = frozenset("p div br li ul ol h1 h2 blockquote pre".split())

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden_tags: list[str] = []
        self.raw = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: (value or "").split() for name, value in attrs}
        classes, rel = values.get("class", []), values.get("rel", [])
        if tag in ("script", "style"):
            self.raw = True
        if tag in self.blocks:
            self.hidden_tags = []
            self.parts.append("\n")
        elif self.hidden_tags:
            self.hidden_tags += [tag] if tag == self.hidden_tags[0] else []
        elif (tag == "a" and "hashtag" not in classes and "tag" not in rel) or (
            tag == "span" and ("invisible" in classes or "h-card" in classes)
        ):
            self.hidden_tags = [tag]

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self.raw = False
        if tag in self.blocks:
            self.hidden_tags = []
            self.parts.append("\n")
        elif self.hidden_tags and tag == self.hidden_tags[0]:
            self.hidden_tags.pop()

    def handle_data(self, data: str) -> None:
        if not self.hidden_tags and not self.raw:
            self.parts.append(data)


def reference_lines(html: str) -> list[str]:
    """The lines of a bio, with single spaces."""
    parser = ReferenceParser()
    parser.feed(html)
    parser.close()
    return lines_of("".join(parser.parts))


def lines_of(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.split("\n") if line.strip()]


# ruff: noqa: E501
PIECES = [
    "cats", " and ", "Ünïcode ", "日本語", "I &lt;3 you ", "R&amp;D ", "caf&eacute; ", "&#39;quoted&#x27; ", "&nbsp;", "5 < 6 ", "a <3 b ", "100% ",
    "&unknown; ", "&amp;lt; ", "AT&T ", "🏳️‍🌈", " he/him ", "C++ ", "Ph.D. ", "<!-- a > comment -->", "<br>", "<br/>", "<br />", "</p><p>", "\n",
    '<a href="https://example.org/tags/nlp" class="mention hashtag" rel="tag">#<span>NLProc</span></a>',
    "<a class='hashtag' rel='tag ugc' href='/t'>#x</a>",
    '<span class="h-card" translate="no"><a href="https://example.org/@u" class="u-url mention">@<span>u</span></a></span>',
    '<a href="https://example.org/?a>b" title=\'x > y\' rel="me nofollow"><span class="invisible">https://</span><span>example.org</span></a>',
    '<span class="invisible">hid<span>den</span></span>', "<b>bold</b>", "<EM>loud</EM>", "<li>item</li>", "<div>box</div>", "<custom-tag x=y z>",
    '<img alt="a > b" src=x>', "<p class=first>", "</span>", "</a>", "<span>seen</span>", "<script>if (a<b) evil()</script>", "<style>p{}</style>",
    "<blockquote>said</blockquote>", "<a href=https://example.org/x/>link</a>", "<!DOCTYPE html>",
]  # fmt: skip


def test_bios_are_parsed_like_the_reference_parser_does() -> None:
    lot = random.Random(4)
    for _ in range(10_000):
        page = "<p>" + "".join(lot.choices(PIECES, k=lot.randrange(1, 14))) + "</p>"
        assert lines_of("".join(html_module._visible_text(page))) == reference_lines(page), page


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>PhD<br>they/them</p><p>London</p>", "PhD\nthey/them\n\nLondon"),
        ("I <3 you & x > y", "I <3 you & x > y"),
        ("no end <b", "no end <b"),
        ("one &amp;amp; two", "one &amp; two"),
        ("#<span>NLProc</span>", "#NLProc"),
        ("&#99999999999999999999;&#x110000;", "\ufffd\ufffd"),
        ("&#0000000000000000065;", "A"),
        ("Ph.D he/him C++", "Ph.D he/him C++"),
        ("", ""),
    ],
)
def test_html_is_converted_to_visible_text(html: str, expected: str) -> None:
    assert html_to_text(html) == expected


@pytest.mark.parametrize(
    "junk",
    [
        "https://example.org/a?b=c#d", "www.example.org/x", "gemini://example.org", "@someone@example.org", "@someone", "me@example.org",
        ":blob_cat:", ":a1::b2:", '<a href="https://example.org">example.org</a>', '<span class="invisible">hidden</span>',
    ],
)  # fmt: skip
def test_links_mentions_and_emoji_codes_are_removed(junk: str) -> None:
    assert html_to_text(f"<p>before {junk} after</p>").split() == ["before", "after"]


def test_times_and_single_signs_are_not_emoji_codes_or_mentions() -> None:
    assert html_to_text("at 10:30:45 @ home: yes: no") == "at 10:30:45 @ home: yes: no"


def test_an_unclosed_link_hides_the_rest_of_its_paragraph_only() -> None:
    assert html_to_text('<p>one <a href="x">two</p><p>three</p>').split() == ["one", "three"]


HOSTILE = [
    "a", "?tag=", "/tag/",
    "<a ", "<", "<!--", "&#999", "&#x", "&amp;", "&#" + "9" * 90, '<a ="', '<a ="> =', "<a ='><a =\"", "</", '<a href="', "<script>", "<style></style",
    "<span>", "<a class=x>", "@", "a@", "a.", "://", "a://", "::", ":a", "#", "www.", "<a" + " " * 50, "<a " + "x" * 50 + "=", "e\u0301\u0315\u0300",
    "<a href='&#99999999", "\u200d", "☺\u200d", "\U0001f3f4\U000e0061", "\U000e0061", "क\u200d", "<?", "<![CDATA[", "&a", "<i>", "<!>", "<<?>&#1;", "9999", "<br>", "\n ", "\x1b[31m", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("function", [html_to_text, hashtags, clean])
def test_hostile_texts_of_100_kb_are_processed_fast(function: Callable[[str], object]) -> None:
    for piece in HOSTILE:
        for html in (
            piece * (100_000 // len(piece)),
            piece * (100_000 // len(piece)) + '">',
            "#" + piece * (100_000 // len(piece)) + "</p>",
            '<a rel="tag" ' + piece * (60_000 // len(piece)) + ">",
            '<a href="' + piece * (60_000 // len(piece)) + '&">',
            '<span class="invisible" ' + piece * (60_000 // len(piece)) + ">",
        ):
            spent = []
            for _ in range(3):
                began = time.process_time()
                function(html)
                spent.append(time.process_time() - began)
            assert min(spent) < 0.6  # 0.02 on an idle machine; a quadratic algorithm takes minutes


def test_html_beyond_the_limit_is_ignored() -> None:
    assert len(html_to_text("x " * MAX_HTML_LENGTH)) <= MAX_HTML_LENGTH


@pytest.mark.parametrize(
    "html",
    [
        "#nobot", "hello #NoBot!", "#<span>nobot</span>", "&#35;nobot", "&num;nobot", "＃ｎｏｂｏｔ", "<b>#no</b>bot", "#no\u200bbot", "x#nobot", "(#nobot)",
        '<a href="https://example.org/tags/NoBot">no bots please</a>', '<a href="https://example.org/tag/nobot/">x</a>',
        '<a href="https://example.org/search?tag=nobot">x</a>', '<a href="https://example.org/@x" class="mention">#nobot</a>',
        '<span class="invisible">#nobot</span>', "<p>#nobot<p>", "#nobot-please",
    ],
)  # fmt: skip
def test_a_hashtag_is_found_in_any_markup(html: str) -> None:
    assert "nobot" in hashtags(html)


@pytest.mark.parametrize(
    "html", ["ethnobotany", "nobot", "#nobots", "#nobotany", "#no bot", "#ethnobot", "", "<p># nobot</p>", "#no<br>bot"]
)
def test_parts_of_words_are_not_hashtags(html: str) -> None:
    assert "nobot" not in hashtags(html)


@pytest.mark.parametrize(
    ("unsafe", "safe"),
    [
        ("a\x00b\x1b[31mc\x7f\x9b", "ab[31mc"), ("one\ntwo\tthree\r\n", "one two three"), ("a\u202eb\u2066c\u200fd\u061ce", "abcde"),
        ("zero\u200b\ufeff\u2060width", "zerowidth"), ("\ud800lone\udfff", "lone"), ("no\ufffe\uffff\ufdd0n", "non"), ("e\u0301", "é"),
        ("line\u2028para\u2029graph", "line para graph"), ("soft\u00adhyphen", "softhyphen"), ("lat\u200cin\u200d", "latin"), ("\u3164\u115f", ""),
        ("<b>&amp;$_^$", "<b>&amp;$_^$"), ("a\U000e0061\U000e007fb", "ab"),
    ],
)  # fmt: skip
def test_unsafe_characters_are_removed(unsafe: str, safe: str) -> None:
    assert clean(unsafe) == safe


@pytest.mark.parametrize("text", ["👩‍💻", "🏳️‍🌈", "👍🏽", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "کتاب‌ها", "क्‍ष", "日本語", "naïve", "مرحبا", "สวัสดี"])
def test_joiners_of_scripts_and_emoji_are_kept(text: str) -> None:
    assert clean(text) == unicodedata.normalize("NFC", text)


def test_long_texts_and_stacked_marks_are_shortened() -> None:
    assert clean("x" * 10_000, 40) == "x" * 39 + "…"
    assert len(clean("o" + "\u0317" * 10_000 + "k")) <= 6


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
def test_a_formula_in_a_csv_cell_is_escaped(start: str) -> None:
    assert csv_cell(f"\t{start}1+1") == f"'{start}1+1"
    assert csv_cell("sigmoid.social") == "sigmoid.social"
