"""Made-up reports: of plain words, and of hostile text in every field."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from fedistats.analysis.communities import find_communities
from fedistats.hosts import Host
from fedistats.html_report.page import render_page
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
from tests.graphs import neighborhood

ABOUT = About(Host("here.example"), "2030-01-02T03:04:05Z", {"posts": 200, "min_people": 3}, "9.9.9")
HOSTILE_TEXTS = (
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
    "{{ 7 * 7 }}{% include 'page.html.j2' %}{# ${alert(1)} #}",
    "__proto__",
    "constructor",
)
"""Markup, script ends, URL schemes, styles, templates, names of JavaScript objects, direction-changing and control characters."""


def sample_instance(text: str = "Plain") -> InstanceInfo:
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


def sample_profiles(text: str = "Plain") -> ProfileCounts:
    spread = Distribution("followers", "followers", ((0, 1, 4), (1, 2, 9), (2, 5, 30)), logarithmic=True)
    ages = Distribution("account age", "months", tuple((i, i + 1.0, i % 5) for i in range(30)), logarithmic=False)
    words = (WordCount("astronomy", 50), WordCount("knitting", 31), WordCount("music", 12), WordCount(text, 9))
    fields = (WordCount("Website", 41), WordCount("Pronouns", 12), WordCount(text, 7))
    return ProfileCounts(ABOUT, ABOUT.host, text, 500, 80, 300, words, (spread, ages), Outcome.PARTIAL, text, fields)


def sample_posts(text: str = "Plain") -> PostCounts:
    hours = tuple(range(24))
    read = Feed(
        "public", Outcome.PARTIAL, text, 200, 7, 1_899_990_000, 1_900_000_000,
        (("en", 150), (text, 9), ("", 3)), (WordCount("knitting", 12), WordCount(text, 4)), hours, ((Host(text), 80),),
        (WordCount("telescope", 9), WordCount(text, 5)), 31,
    )  # fmt: skip
    return PostCounts(
        ABOUT, ABOUT.host, (read, Feed("local", Outcome.CLOSED, text, 0, 0, None, None, (), (), hours, ()))
    )


def sample_graph(text: str = "plain.example") -> NeighborhoodGraph:
    graph = neighborhood(
        [("here.example", "a.example", 9), ("here.example", text, 6), ("a.example", "b.example", 30)],
        start="here.example",
        visited=["here.example", "a.example"],
    )
    fields: dict[str, Any] = {"reason": text, "software": text, "version": text, "users": 77}
    nodes = tuple(replace(node, community=0, languages=((text, 4),), **fields) for node in graph.nodes)
    about = replace(graph.about, version=text, parameters={"rule": text, "min_posts": 5, text: text})
    return replace(
        graph,
        about=about,
        nodes=nodes,
        communities=(Community(text, 4, text),),
        coverage=Coverage({Outcome.COMPLETE: 4}),
    )


def report(text: str | None = None, **changed: Any) -> str:
    parts: dict[str, Any] = {
        "about": ABOUT,
        "instance": sample_instance(text or "Plain"),
        "profiles": sample_profiles(text or "Plain"),
        "posts": sample_posts(text or "Plain"),
        "neighborhood": sample_graph(text or "plain.example"),
        "command": f"fedistats report {text or 'here.example'}",
    }
    return render_page(**(parts | changed)).decode()


@cache
def hostile_report(text: str) -> str:
    """A report with this text in every field that a server may have sent."""
    about = replace(ABOUT, host=Host(text), date=text, version=text, parameters={text: text, "rule": text})
    return report(text, about=about)


@cache
def plain_report() -> str:
    """A report of everything, in plain words."""
    return report()


class PageParser(HTMLParser):
    """All elements, attributes and links of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: Counter[tuple[str, tuple[str, ...]]] = Counter()
        self.links: list[str] = []
        self.element = ""
        self.texts: dict[str, str] = {}
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag, tuple(sorted(name for name, _ in attrs))] += 1
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "srcset", "action", "data")]
        self.element = tag + ("#data" if ("id", "data") in attrs else "")

    def handle_data(self, data: str) -> None:
        self.texts[self.element] = self.texts.get(self.element, "") + data

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self.element = ""


def viewer_data(html: str) -> Any:
    """The JSON of the graph viewer."""
    return json.loads(PageParser(html).texts["script#data"])


def write_report(folder: Path, graph: NeighborhoodGraph) -> Path:
    """A file with the report of this graph's start."""
    file = folder / "report.html"
    file.write_text(report(about=replace(ABOUT, host=graph.start), neighborhood=find_communities(graph)), "utf-8")
    return file
