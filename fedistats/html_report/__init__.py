"""The report: everything that was learned about an instance, on one page that needs nothing but itself.

Each section is a file of this folder; `viewer.js`, `viewer.css` and `viewer.html` are the graph that can be explored.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from fedistats.html_report import coverage, graph, header, instances, method, people
from fedistats.html_report import posts as posts_section
from fedistats.html_report.html_parts import text
from fedistats.model import About, InstanceInfo, NeighborhoodGraph, PostCounts, ProfileCounts
from fedistats.render.cloud import cloud
from fedistats.render.style import DARK, LIGHT


def page(
    *,
    about: About,
    instance: InstanceInfo | None,
    profiles: ProfileCounts | None,
    posts: PostCounts | None,
    neighborhood: NeighborhoodGraph | None,
    command: str,
) -> bytes:
    """One HTML file (UTF-8) that opens anywhere, without a network. `command` is what was typed to make it.

    A part that is None was not collected, or showed nothing: the page says so in its place. The same data gives the same bytes.
    """
    host = text(about.host, 253)
    script = _file("viewer.js")
    style = _colors() + _file("viewer.css")
    parts = [
        ("seen", "What was seen", coverage.section(instance, profiles, posts, neighborhood)),
        ("people", "Who is here", people.section(profiles)),
        ("talk", "What is talked about", posts_section.section(posts)),
        ("graph", "With whom", graph.section(neighborhood)),
        ("table", "The instances", instances.section(neighborhood)),
        ("method", "Method and limits", method.method(about, neighborhood)),
        ("cite", "How to cite", method.citation(about)),
        ("again", "How to do it again", method.again(command, about)),
    ]
    links = "".join(f'<a href="#{name}">{title}</a>' for name, title, _ in parts)
    sections = "".join(
        f'<section id="{name}" aria-labelledby="{name}-title"><h2 id="{name}-title">{title}</h2>\n{body}</section>\n'
        for name, title, body in parts
    )
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data: blob:;"
        " base-uri 'none'; form-action 'none'"
    )
    return (
        f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{host}: who is here, and whom they hear</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<nav aria-label="Parts of this page">{links}
<button type="button" id="theme" aria-label="Light or dark">◐<span> Light or dark</span></button></nav>
<main id="main">
<header>{header.header(about, instance, posts, neighborhood)}</header>
{sections}</main>
<footer>Made by fedistats {text(about.version, 30)} from what {host} and the instances round it show to everybody.
No person is named here.</footer>
<script type="application/json" id="data">{graph.data(neighborhood)}</script>
<script>{script}</script>
</body>
</html>
"""
    ).encode()


def _colors() -> str:
    """The two themes as variables of the page; the browser chooses, or the reader."""
    pairs = [
        (name, getattr(LIGHT, name), getattr(DARK, name)) for name in ("background", "ink", "muted", "grid", "other")
    ]
    series = [(f"c{i}", light, dark) for i, (light, dark) in enumerate(zip(LIGHT.colors, DARK.colors, strict=True))]
    inks = list(zip(cloud.palette(LIGHT), cloud.palette(DARK), strict=False))
    words = [(f"w{i}", light, dark) for i, (light, dark) in enumerate(inks)]
    variables = "".join(f"--{name}:light-dark({light},{dark});" for name, light, dark in pairs)
    classes = "".join(f".{name}{{fill:light-dark({light},{dark})}}" for name, light, dark in [*series, *words])
    return f":root{{color-scheme:light dark;{variables}}}{classes}\n"


def _file(name: str) -> str:
    return files("fedistats.html_report").joinpath(name).read_text("utf-8")


def _hash(content: str) -> str:
    return "sha256-" + b64encode(sha256(content.encode()).digest()).decode()
