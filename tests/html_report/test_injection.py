"""Text from servers never becomes markup or script."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import pytest

from tests.html_report.samples import HOSTILE_TEXTS, PageParser, hostile_report, plain_report

ALLOWED_LINK = re.compile(r"#\w+$|data:image/png;base64,[A-Za-z0-9+/=]+$")
"""Links to a place on the page itself, and embedded images."""
WORD_IMAGE_ELEMENTS = {
    ("mask", ("id",)),
    ("image", ("height", "href", "width", "x", "y")),
    ("rect", ("class", "height", "mask", "width", "x", "y")),
}
"""Elements of a word in the word cloud that has no outline."""


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_hostile_text_adds_no_element_and_no_link(text: str) -> None:
    plain, hostile = PageParser(plain_report()), PageParser(hostile_report(text))
    assert set(hostile.elements) <= set(plain.elements) | WORD_IMAGE_ELEMENTS
    plain_links = {element for element in plain.elements if element[0] == "a"}
    assert plain_links - set(hostile.elements) == {("a", ("href", "rel"))}
    for tag in ("script", "img", "iframe", "style", "svg", "input", "button"):
        counts = [sum(n for (name, _), n in page.elements.items() if name == tag) for page in (plain, hostile)]
        assert counts[0] == counts[1], tag
    assert [link for link in hostile.links if not ALLOWED_LINK.match(link)] == []


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_hostile_text_cannot_end_the_script_element_of_the_data(text: str) -> None:
    data = hostile_report(text).split('id="data">')[1].split("</script>")[0]
    assert "<" not in data
    assert ">" not in data
    assert len(json.loads(data)["hosts"]) == 4


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_templates_do_not_evaluate_text_from_servers(text: str) -> None:
    html = hostile_report(text)
    assert ("{{ 7 * 7 }}" in html) == ("{{ 7 * 7 }}" in text)
    assert html.count("<html") == 1


def test_no_control_or_direction_changing_character_reaches_the_page() -> None:
    html = hostile_report(HOSTILE_TEXTS[8])
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", html)
    assert "gnp.exe" in html


def test_the_content_security_policy_allows_only_the_script_and_style_of_the_page() -> None:
    html = plain_report()
    policy = re.search('http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    for directive, start, end in (
        ("script-src", '<script type="module">', "</script>"),
        ("style-src", "<style>", "</style>"),
    ):
        content = html.split(start)[1].split(end)[0]
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{directive} 'sha256-{digest}';" in policy[1]
    assert policy[1].startswith("default-src 'none';")
    assert "unsafe" not in policy[1]
    attributes = {name for _, names in PageParser(html).elements for name in names}
    assert "style" not in attributes
    assert not [name for name in attributes if name.startswith("on")]


def test_the_page_loads_nothing_from_elsewhere() -> None:
    html = plain_report()
    assert [link for link in PageParser(html).links if not ALLOWED_LINK.match(link)] == ["https://here.example"]
    assert not re.search(r"url\((?!#m\d+\))", html)
    assert "@import" not in html
