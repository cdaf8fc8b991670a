"""The page that is passed on: whole, self-contained, and made of nothing that a stranger wrote as markup."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest

from fedistats.analysis.communities import communities
from fedistats.hosts import Host
from fedistats.html_report import page
from fedistats.model import (
    About,
    Activity,
    Community,
    Coverage,
    Distribution,
    Feed,
    InstanceInfo,
    NeighborhoodGraph,
    Outcome,
    PostCounts,
    ProfileCounts,
    WordCount,
)
from tests.graphs import neighborhood, town

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
    "data:text/html,<script>alert(1)</script>",
    "\"'`--></textarea></noscript></mask></defs></svg></script><base href=//evil.example/><input autofocus onfocus=alert(1)>",
    "<form action=//evil.example><meta http-equiv=refresh content='0;url=//evil.example'><object data=//evil.example>",
    "url(https://evil.example/x) @import 'https://evil.example/y'; } * { background: url(//evil.example) }",
    "${alert(1)} {{alert(1)}} \\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "__proto__",
    "constructor",
)
"""Markup, script ends, other schemes, styles, templates, names that JavaScript's objects know, bidi and control characters."""


def instance(text: str = "Plain") -> InstanceInfo:
    return InstanceInfo(
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


def profiles(text: str = "Plain") -> ProfileCounts:
    spread = Distribution("followers", "followers", ((0, 1, 4), (1, 2, 9), (2, 5, 30)), logarithmic=True)
    ages = Distribution("account age", "months", tuple((i, i + 1.0, i % 5) for i in range(30)), logarithmic=False)
    words = (WordCount("astronomy", 50), WordCount("knitting", 31), WordCount("music", 12), WordCount(text, 9))
    fields = (WordCount("Website", 41), WordCount("Pronouns", 12), WordCount(text, 7))
    return ProfileCounts(ABOUT, ABOUT.host, text, 500, 80, 300, words, (spread, ages), Outcome.PARTIAL, text, fields)


def posts(text: str = "Plain") -> PostCounts:
    hours = tuple(range(24))
    read = Feed(
        "public", Outcome.PARTIAL, text, 200, 7, 1_899_990_000, 1_900_000_000,
        (("en", 150), (text, 9), ("", 3)), (WordCount("knitting", 12), WordCount(text, 4)), hours, ((Host(text), 80),),
        (WordCount("telescope", 9), WordCount(text, 5)), 31,
    )  # fmt: skip
    return PostCounts(
        ABOUT, ABOUT.host, (read, Feed("local", Outcome.CLOSED, text, 0, 0, None, None, (), (), hours, ()))
    )


def graph(text: str = "plain.example") -> NeighborhoodGraph:
    found = neighborhood(
        [("here.example", "a.example", 9), ("here.example", text, 6), ("a.example", "b.example", 30)],
        start="here.example",
        asked=["here.example", "a.example"],
    )
    told: dict[str, Any] = {"reason": text, "software": text, "version": text, "users": 77}
    nodes = tuple(replace(node, community=0, languages=((text, 4),), **told) for node in found.nodes)
    about = replace(found.about, version=text, parameters={"rule": text, "min_posts": 5, text: text})
    return replace(
        found,
        about=about,
        nodes=nodes,
        communities=(Community(text, 4, text),),
        coverage=Coverage({Outcome.COMPLETE: 4}),
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


OURS = re.compile(r"#\w+$|data:image/png;base64,[A-Za-z0-9+/=]+$")
"""Links that lead to a place on the page itself, and pictures that stand in it."""


@cache
def attacked_by(text: str) -> str:
    """A report in which every string that a stranger may have written is this one."""
    about = replace(ABOUT, host=Host(text), date=text, version=text, parameters={text: text, "rule": text})
    return report(text, about=about)


@cache
def usual() -> str:
    """A report of everything, in plain words."""
    return report()


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


OF_WORDS = {
    ("mask", ("id",)),
    ("image", ("height", "href", "width", "x", "y")),
    ("rect", ("class", "height", "mask", "width", "x", "y")),
}
"""A word that no outline could be had of is a picture."""


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_a_stranger_wrote_becomes_markup(attack: str) -> None:
    plain, attacked = Markup(usual()), Markup(attacked_by(attack))
    assert set(attacked.elements) <= set(plain.elements) | OF_WORDS
    assert {("a", ("href", "rel"))} == {element for element in plain.elements if element[0] == "a"} - set(
        attacked.elements
    )
    for name in ("script", "img", "iframe", "style", "svg", "input", "button"):
        assert sum(n for (tag, _), n in attacked.elements.items() if tag == name) == sum(
            n for (tag, _), n in plain.elements.items() if tag == name
        ), name
    assert [link for link in attacked.links if not OURS.match(link)] == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_data_of_the_graph_cannot_end_its_script(attack: str) -> None:
    html = attacked_by(attack)
    data = html.split('id="data">')[1].split("</script>")[0]
    assert "<" not in data
    assert ">" not in data
    assert len(json.loads(data)["hosts"]) == 4


def test_no_control_or_direction_changing_character_reaches_the_page() -> None:
    html = attacked_by(ATTACKS[8])
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", html)
    assert "gnp.exe" in html


def test_the_policy_allows_exactly_our_script_and_style() -> None:
    html = usual()
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
    html = usual()
    links = [link for link in Markup(html).links if not OURS.match(link)]
    assert links == ["https://here.example"]
    assert not re.search(r"url\((?!#m\d+\))", html)
    assert "@import" not in html


def test_the_page_answers_the_questions_in_their_order() -> None:
    html = usual()
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
    assert "for 1,234 people, 321 of them active in the last month." in html
    assert "500 profiles stand in the directory, 80 of them asked to be left out, 420 were counted" in html
    assert "2 January 2030" in html
    assert "closed by its owner" in html
    assert "fedistats report here.example" in html


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("instance", "What here.example says about itself was not collected."),
        ("profiles", "nothing can be said of who is here."),
        ("posts", "nothing can be said of what is talked about."),
        ("neighborhood", "nothing can be said of whom they hear."),
    ],
)
def test_a_part_that_is_missing_is_said_to_be_missing(part: str, told: str) -> None:
    assert told not in usual()
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
    for at in range(0, len(numbers), 4):
        a += numbers[at]
        edges.append([a, *numbers[at + 1 : at + 4]])
    assert [edge[:2] for edge in edges] == found.edges[:, :2].tolist()
    assert [edge[2:] for edge in edges] == found.incoming.tolist()
    assert [edge[2] + edge[3] for edge in edges] == found.edges[:, 2].tolist()
    assert [data["software"][runs] for runs in data["runs"]] == [
        f"{node.software} {node.version}" for node in found.nodes
    ]
    assert data["users"] == [77] * 4
    assert sum(data["rank"]) == pytest.approx(100, rel=0.01)
    assert data["hosts"][data["start"]] == found.start
    assert [data["answered"][outcome] for outcome in data["outcome"]] == [
        int(node.outcome.answered) for node in found.nodes
    ]


def test_words_stand_in_the_cloud_and_in_the_list() -> None:
    html = usual()
    assert "<title>astronomy: 50 people</title>" in html
    assert '<th scope="row" dir="auto">astronomy</th>' in html


def test_letters_of_the_cloud_are_outlines_so_that_no_screen_shows_boxes() -> None:
    words = (WordCount("astronomy", 50), WordCount("天文学", 30), WordCount("астрономия", 20))
    html = report(profiles=replace(profiles(), words=words))
    cloud = html[html.index('<svg class="cloud"') : html.index("</svg>", html.index('<svg class="cloud"'))]
    assert "<text" not in cloud
    shapes = set(re.findall('<path id="(g[0-9]+)" d="M[^"]{20,}"/>', cloud))
    used = re.findall('<use href="#(g[0-9]+)"', cloud)
    assert set(used) == shapes
    assert (
        cloud.count("<title>") == len(words) or "天文学" not in cloud
    )  # without a font for it, it stands in the list alone
    assert len(used) >= len("astronomy" + "астрономия")


def test_profile_fields_and_words_of_posts_are_told_by_people() -> None:
    html = usual()
    for word, people in (("Website", 41), ("Pronouns", 12), ("telescope", 9)):
        assert re.search(f'<th scope="row" dir="auto">{word}</th>.{{0,200}}<td class="n">{people}</td>', html), word
    assert "Words are those of the 31 people who allow that their posts are searched." in html


@pytest.mark.parametrize(
    ("speakers", "told"),
    [
        (None, "Words of posts were not counted."),
        (0, "nobody here does"),
        (1, "only 1 person allows"),
        (9, "only 9 people allow"),
        (10, "of the 10 people who allow"),
    ],
)
def test_the_page_says_whose_words_were_counted(speakers: int | None, told: str) -> None:
    found = posts()
    html = report(posts=replace(found, feeds=(replace(found.feeds[0], words=(), speakers=speakers),)))
    assert told in html


def test_the_page_says_how_many_ties_are_safe() -> None:
    assert re.search(r"[0-3] of the 3 ties would almost surely stand again", usual())
    assert "and 0 would" not in usual()


def test_the_page_says_with_whom_the_server_itself_is_tied() -> None:
    html = usual()
    assert "here.example has 2 neighbors." in html
    own = re.search('<table id="own">.*?</table>', html, re.DOTALL)
    assert own is not None
    assert re.findall('<th scope="row">([^<]*)</th><td>([^<]*)</td>', own[0]) == [
        ("a.example", "9"),
        ("plain.example", "6"),
    ]


def test_a_server_without_a_tie_has_no_neighbor() -> None:
    alone = neighborhood([("a.example", "b.example", 30)], start="here.example")
    html = report(neighborhood=alone)
    assert "so no neighbor of it is known" in html
    assert "Neighbors:" not in html


def test_what_a_server_says_of_its_timelines_is_told_beside_what_it_answered() -> None:
    said = replace(instance(), local_timeline="public", remote_timeline="public")
    closed = Feed("public", Outcome.CLOSED, "", 0, 0, None, None, (), (), (0,) * 24, ())
    told = report(instance=said, posts=PostCounts(ABOUT, ABOUT.host, (closed, replace(closed, feed="local"))))
    assert told.count("says: open to everybody; answered: closed") == 2
    answered = replace(closed, outcome=Outcome.COMPLETE, posts_read=3)
    told = report(instance=said, posts=PostCounts(ABOUT, ABOUT.host, (answered, replace(answered, feed="local"))))
    assert "answered: closed" not in told


def test_what_an_instance_does_not_tell_is_a_gap() -> None:
    found = graph()
    nodes = tuple(replace(node, software=None, version=None, users=None) for node in found.nodes)
    data = graph_data(report(neighborhood=replace(found, nodes=nodes)))
    assert data["users"] == [-1] * 4
    assert [data["software"][runs] for runs in data["runs"]] == [""] * 4


def test_a_cloud_of_words_that_no_font_has_is_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    from fedistats.errors import NothingFound
    from fedistats.render.cloud import cloud

    def fontless(*_: object, **__: object) -> None:
        raise NothingFound("no font")

    monkeypatch.setattr(cloud, "lay_out", fontless)
    html = report()
    assert "No font was at hand" in html
    assert '<th scope="row" dir="auto">astronomy</th>' in html


def test_the_same_data_gives_the_same_bytes() -> None:
    assert report() == usual()


def test_the_page_stays_small() -> None:
    small, big = town(150, 500), town(3000, 25_000)
    assert len(report(neighborhood=communities(small)).encode()) <= 150_000
    assert len(report(neighborhood=communities(big)).encode()) <= 1_000_000


def test_numbers_that_no_server_has_break_nothing() -> None:
    found = replace(instance(), users=10**40, activity=(Activity(10**18, 10**30, 1, 1), Activity(-(10**18), 3, 1, 1)))
    assert "over 1,000,000,000,000,000 people" in report(instance=found)
