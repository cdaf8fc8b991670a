"""The page that is passed on: whole, self-contained, and made of nothing that a stranger wrote as markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from fedistats.communities import communities
from fedistats.model import (
    About,
    Activity,
    Community,
    Coverage,
    Distribution,
    Feed,
    Host,
    Instance,
    Neighborhood,
    Outcome,
    Posts,
    Profiles,
    Word,
)
from fedistats.render.report import page
from tests.made_up import neighborhood, town

ABOUT = About(Host("here.example"), "2030-01-02T03:04:05Z", {"posts": 200, "min_people": 3}, "9.9.9")
ATTACKS = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</title></style><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "<!--<script>",
    "]]><x>&lt;b&gt;&#60;i&#62;",
    "\u202egnp.exe\u2066\x00\x1b[31m\u2028\ud800",
    '<iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;">',
)


def instance(text: str = "Plain") -> Instance:
    return Instance(
        host=ABOUT.host,
        api_host=Host(f"api.{text}"),
        title=text,
        description=text,
        software=text,
        version=text,
        users=1234,
        active_month=321,
        posts=55555,
        registrations=text,
        languages=(text,),
        rules=(text,),
        local_timeline=text,
        activity=(Activity(1_900_000_000, 5, 4, 3), Activity(1_899_000_000, 15, 4, 3)),
        gaps={text: text},
    )


def profiles(text: str = "Plain") -> Profiles:
    spread = Distribution("followers", "followers", ((0, 1, 4), (1, 2, 9), (2, 5, 30)), logarithmic=True)
    ages = Distribution("account age", "months", tuple((i, i + 1.0, i % 5) for i in range(30)), logarithmic=False)
    words = (Word("astronomy", 50), Word("knitting", 31), Word("music", 12), Word(text, 9))
    return Profiles(ABOUT, ABOUT.host, text, 500, 80, 300, words, (spread, ages), Outcome.PART, text)


def posts(text: str = "Plain") -> Posts:
    hours = tuple(range(24))
    read = Feed(
        "public", Outcome.PART, text, 200, 7, 1_899_990_000, 1_900_000_000,
        (("en", 150), (text, 9), ("", 3)), (Word("knitting", 12), Word(text, 4)), hours, ((Host(text), 80),),
    )  # fmt: skip
    return Posts(ABOUT, ABOUT.host, (read, Feed("local", Outcome.CLOSED, text, 0, 0, None, None, (), (), hours, ())))


def graph(text: str = "plain.example") -> Neighborhood:
    found = neighborhood(
        [("here.example", "a.example", 9), ("here.example", text, 6), ("a.example", "b.example", 30)],
        start="here.example",
        asked=["here.example", "a.example"],
    )
    nodes = tuple(replace(node, community=0, languages=((text, 4),), reason=text) for node in found.nodes)
    about = replace(found.about, version=text, question={"rule": text, "min_posts": 5, text: text})
    return replace(
        found, about=about, nodes=nodes, communities=(Community(text, 4, text),), coverage=Coverage({Outcome.WHOLE: 4})
    )


def report(text: str | None = None, **changed: Any) -> str:
    parts: dict[str, Any] = {
        "about": ABOUT,
        "instance": instance(text or "Plain"),
        "profiles": profiles(text or "Plain"),
        "posts": posts(text or "Plain"),
        "neighborhood": graph(text or "plain.example"),
        "command": f"fedistats report {text or 'here.example'}",
    }
    return page(**(parts | changed)).decode()


class Markup(HTMLParser):
    """All elements and attributes of a page, as a browser takes them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: Counter[tuple[str, tuple[str, ...]]] = Counter()
        self.links: list[str] = []
        self.inside = ""
        self.texts: dict[str, str] = {}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag, tuple(sorted(name for name, _ in attrs))] += 1
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "srcset", "action", "data")]
        self.inside = tag + ("#data" if ("id", "data") in attrs else "")

    def handle_data(self, data: str) -> None:
        self.texts[self.inside] = self.texts.get(self.inside, "") + data

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self.inside = ""


def graph_data(html: str) -> Any:
    return json.loads(Markup(html).texts["script#data"])


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_a_stranger_wrote_becomes_markup(attack: str) -> None:
    plain, attacked = Markup(report("w.example")), Markup(report(attack))
    assert set(attacked.elements) <= set(plain.elements)
    for name in ("script", "img", "iframe", "style", "a", "svg", "input", "button"):
        assert sum(n for (tag, _), n in attacked.elements.items() if tag == name) == sum(
            n for (tag, _), n in plain.elements.items() if tag == name
        ), name
    assert attacked.links == plain.links


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_data_of_the_graph_cannot_end_its_script(attack: str) -> None:
    html = report(attack)
    data = html.split('id="data">')[1].split("</script>")[0]
    assert "<" not in data
    assert ">" not in data
    assert len(json.loads(data)["hosts"]) == 4


def test_no_control_or_direction_changing_character_reaches_the_page() -> None:
    html = report(ATTACKS[8])
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", html)
    assert "gnp.exe" in html


def test_the_policy_allows_exactly_our_script_and_style() -> None:
    html = report()
    policy = re.search('http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    for kind, element in (("script-src", "script"), ("style-src", "style")):
        content = re.search(f"<{element}>(.*?)</{element}>", html, re.DOTALL)
        assert content
        digest = base64.b64encode(hashlib.sha256(content[1].encode()).digest()).decode()
        assert f"{kind} 'sha256-{digest}';" in policy[1]
    assert policy[1].startswith("default-src 'none';")
    assert "unsafe" not in policy[1]
    names = {name for _, attributes in Markup(html).elements for name in attributes}
    assert "style" not in names
    assert not [name for name in names if name.startswith("on")]


def test_the_page_needs_nothing_from_anywhere() -> None:
    html = report()
    links = [link for link in Markup(html).links if not link.startswith("#")]
    assert links == ["https://here.example"]
    assert "url(" not in html
    assert "@import" not in html


def test_the_page_answers_the_questions_in_their_order() -> None:
    html = report()
    titles = re.findall("<h2[^>]*>([^<]*)</h2>", html)
    assert titles == [
        "What was seen",
        "Who is here",
        "What is talked about",
        "With whom",
        "The instances",
        "Method and limits",
        "How to cite",
        "How to do it again",
    ]
    assert "1,234 people, 321 of them active in a month" in html
    assert "500 profiles stand in the directory, 80 of them asked to be left out, 420 were counted" in html
    assert "closed by its owner" in html
    assert "fedistats report here.example" in html


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("instance", "What here.example says about itself was not collected."),
        ("profiles", "nothing can be said of who is here."),
        ("posts", "nothing can be said of what is talked about."),
        ("neighborhood", "nothing can be said of with whom they talk."),
    ],
)
def test_a_part_that_is_missing_is_said_to_be_missing(part: str, told: str) -> None:
    assert told not in report()
    assert told in report(**{part: None})


def test_a_page_without_any_part_still_says_so() -> None:
    html = report(instance=None, profiles=None, posts=None, neighborhood=None)
    assert html.count('class="missing"') == 5
    assert graph_data(html) is None


def test_the_graph_of_the_page_is_the_graph() -> None:
    found = graph()
    data = graph_data(report(neighborhood=found))
    assert data["hosts"] == [node.host for node in found.nodes]
    numbers, edges, a = data["edges"], [], 0
    for at in range(0, len(numbers), 3):
        a += numbers[at]
        edges.append([a, numbers[at + 1], numbers[at + 2]])
    assert edges == found.edges.tolist()
    assert data["hosts"][data["start"]] == found.start
    assert [data["answered"][outcome] for outcome in data["outcome"]] == [
        int(node.outcome.answered) for node in found.nodes
    ]


def test_words_stand_in_the_cloud_and_in_the_list() -> None:
    html = report()
    assert re.search("<text [^>]*>astronomy<title>50 people</title></text>", html)
    assert '<th scope="row" dir="auto">astronomy</th>' in html


def test_a_cloud_of_words_that_no_font_has_is_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    from fedistats.errors import NothingFound
    from fedistats.render import cloud

    def fontless(*_: object, **__: object) -> None:
        raise NothingFound("no font")

    monkeypatch.setattr(cloud, "lay_out", fontless)
    html = report()
    assert "No font was at hand" in html
    assert '<th scope="row" dir="auto">astronomy</th>' in html


def test_the_same_data_gives_the_same_bytes() -> None:
    assert report() == report()


def test_the_page_stays_small() -> None:
    small, big = town(150, 500), town(3000, 25_000)
    assert len(report(neighborhood=communities(small)).encode()) <= 150_000
    assert len(report(neighborhood=communities(big)).encode()) <= 1_000_000


def test_numbers_that_no_server_has_break_nothing() -> None:
    found = replace(instance(), users=10**40, activity=(Activity(10**18, 10**30, 1, 1), Activity(-(10**18), 3, 1, 1)))
    assert "over 1,000,000,000,000,000 people" in report(instance=found)
