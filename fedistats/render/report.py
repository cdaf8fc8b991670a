"""The report: everything that was learned about an instance, on one page that needs nothing but itself."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from html import escape
from importlib.resources import files

from fedistats.communities import in_order
from fedistats.errors import BadHost, NothingFound
from fedistats.model import (
    About,
    Distribution,
    Feed,
    Host,
    Instance,
    Neighborhood,
    Outcome,
    Posts,
    Profiles,
    Word,
    parse_host,
)
from fedistats.render import cloud
from fedistats.render.html_bars import bars, columns, number, text
from fedistats.render.scene import draw
from fedistats.render.style import DARK, LIGHT
from fedistats.text import clean, plain

_MOST_WORDS, _MOST_BARS = 150, 15
_DRAWN_EDGES = 25_000
"""A page draws these many of the heaviest at most: more cost frames, and show a hairball."""
_CLOUD_WIDTH, _CLOUD_HEIGHT = 1200, 640
_MANY_MONTHS = 24


def page(
    *,
    about: About,
    instance: Instance | None,
    profiles: Profiles | None,
    posts: Posts | None,
    neighborhood: Neighborhood | None,
    command: str,
) -> bytes:
    """One HTML file (UTF-8) that opens anywhere, without a network. `command` is what was typed to make it.

    A part that is None was not collected, or showed nothing: the page says so in its place. The same data gives the same bytes.
    """
    host = text(about.host, 253)
    data = _graph(neighborhood)
    script = _file("viewer.js")
    style = _colours() + _file("viewer.css")
    parts = [
        ("seen", "What was seen", _seen(instance, profiles, posts, neighborhood)),
        ("people", "Who is here", _people(profiles)),
        ("talk", "What is talked about", _talk(posts)),
        ("graph", "With whom", _with_whom(neighborhood)),
        ("table", "The instances", _table(neighborhood)),
        ("method", "Method and limits", _method(about, neighborhood)),
        ("cite", "How to cite", _citation(about)),
        ("again", "How to do it again", _again(command)),
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
<title>{host}: who is here, and whom they talk with</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<nav aria-label="Parts of this page">{links}
<button type="button" id="theme" aria-label="Light or dark">◐<span> Light or dark</span></button></nav>
<main id="main">
<header>{_head(about, instance)}</header>
{sections}</main>
<footer>Made by fedistats {text(about.version, 30)} from what {host} and its neighbors show to everybody. No person is named here.</footer>
<script type="application/json" id="data">{data}</script>
<script>{script}</script>
</body>
</html>
"""
    ).encode()


# -- the top -----------------------------------------------------------------------------------------------------------


def _head(about: About, found: Instance | None) -> str:
    host = text(about.host, 253)
    title = f'<p class="kicker">A report on one server of the fediverse, {_date(about)}</p><h1>{host}</h1>'
    if found is None:
        return f"{title}{_missing(f'What {about.host} says about itself was not collected')}"
    card = [
        ("calls itself", text(found.title, 120)),
        ("software", text(" ".join(part for part in (found.software, found.version) if part), 80)),
        ("answers at", text(found.api_host, 253) if found.api_host != found.host else ""),
        ("people", _count(found.users)),
        ("active in a month", _count(found.active_month)),
        ("posts", _count(found.posts)),
        ("instances known", _count(found.domains)),
        ("registrations", text(found.registrations or "", 60)),
        ("languages", text(", ".join(found.languages), 120)),
        ("local timeline", _access(found.local_timeline)),
        ("federated timeline", _access(found.remote_timeline)),
    ]
    rows = "".join(f'<div><dt>{name}</dt><dd dir="auto">{value}</dd></div>' for name, value in card if value)
    words = text(plain(found.description), 600)
    own = f'<blockquote dir="auto">{words}</blockquote>' if words else ""
    gaps = "".join(f"<li>{text(what, 60)}: {text(why, 200)}</li>" for what, why in sorted(found.gaps.items()))
    gaps = f'<p>It did not tell everything:</p><ul class="quiet">{gaps}</ul>' if gaps else ""
    told = f'<p class="lead">{_sentence(found)}</p>{own}<dl class="card">{rows}</dl>'
    return f"{title}{told}{gaps}{_weeks(found)}{_visit(about.host)}"


def _sentence(found: Instance) -> str:
    software = clean(found.software or "", 40)
    words = [f"{clean(found.host, 253)} is a server of the fediverse" + (f" that runs {software}" if software else "")]
    if found.users is not None:
        words.append(
            f", with {number(found.users)} people"
            + (f", {number(found.active_month)} of them active in a month" if found.active_month is not None else "")
        )
    if found.domains is not None:
        words.append(f"; it knows {number(found.domains)} other instances")
    return escape("".join(words)) + "."


def _weeks(found: Instance) -> str:
    rows = sorted(found.activity, key=lambda row: row.begins_at)
    if not rows:
        return ""
    labels = [(i + 0.5, _day(row.begins_at)) for i, row in enumerate(rows) if (len(rows) - 1 - i) % 3 == 0]
    told = ", ".join(f"{_day(row.begins_at)} {number(row.posts)}" for row in rows)
    return columns([row.posts for row in rows], "Posts, in rows of six days, as the server counts them", labels, told)


def _visit(host: Host) -> str:
    try:
        name = parse_host(host)
    except BadHost:
        return ""
    return f'<p><a href="https://{escape(name)}" rel="noopener noreferrer">Visit {text(name, 253)}</a> (this leaves the report)</p>'


# -- how much was seen -------------------------------------------------------------------------------------------------


def _seen(
    instance: Instance | None, profiles: Profiles | None, posts: Posts | None, neighborhood: Neighborhood | None
) -> str:
    """The coverage of all that follows, in a list."""
    told = []
    if instance is None:
        told.append("Itself: what the server says about itself was not collected.")
    if profiles is None:
        told.append("People: no directory of profiles was collected, or it showed nothing.")
    else:
        told.append(
            f"People: {number(profiles.listed)} profiles stand in the directory, {number(profiles.left_out)} of them asked to be left "
            f"out, {number(profiles.counted)} were counted. Who is not in the directory is not in this report."
        )
        if profiles.outcome is not Outcome.WHOLE:
            told.append(f"The directory was not read whole: {profiles.outcome}{_because(profiles.reason)}.")
    if posts is None:
        told.append("Posts: no timeline was collected, or none showed a post.")
    else:
        told += [f"Posts: {_feed_coverage(feed)}" for feed in posts.feeds]
    if neighborhood is None:
        told.append("Neighbors: no neighborhood was collected, or nobody showed a post.")
    else:
        seen = neighborhood.coverage
        told.append(f"Neighbors: {seen.sentence()}.")
        told.append(
            f"In the neighborhood {number(seen.posts_read)} posts were read; {number(seen.posts_left_out)} of them are of people who"
            " asked to be left out, and were not looked at."
        )
        if neighborhood.start_local_only:
            told.append(
                f"{neighborhood.start} keeps its federated timeline closed: of itself, only its own people's posts were read."
            )
        if seen.local_only:
            told.append(f"{number(seen.local_only)} of the instances that answered showed their local posts only.")
    items = "".join(f"<li>{text(line, 600)}</li>" for line in told)
    return f"<ul>{items}</ul>"


def _feed_coverage(feed: Feed) -> str:
    name = _FEEDS.get(feed.feed, feed.feed)
    if not feed.posts_read:
        return f"of {name}, none was seen: {_ENDINGS.get(feed.outcome, str(feed.outcome))}{_because(feed.reason)}."
    rest = (
        f"; {number(feed.posts_left_out)} of them, of people who asked to be left out, do not count"
        if feed.posts_left_out
        else ""
    )
    ending = "" if feed.outcome is Outcome.WHOLE else f"; then {feed.outcome}{_because(feed.reason)}"
    return f"of {name}, the newest {number(feed.posts_read)} were read{_span(feed)}{rest}{ending}."


def _because(reason: str) -> str:
    return f" ({clean(reason, 120)})" if reason else ""


_FEEDS = {"public": "everything that reached the server", "local": "its own people's posts"}
_ENDINGS = {Outcome.CLOSED: "closed by its owner", Outcome.WHOLE: "the timeline is empty"}


# -- who is here -------------------------------------------------------------------------------------------------------


def _people(found: Profiles | None) -> str:
    if found is None:
        return _missing(
            "Profiles were not collected, or the directory showed none, so nothing can be said of who is here"
        )
    told = (
        f"{number(found.counted)} people are counted here, {number(found.with_bio)} of them with a bio; collected"
        f" {_date(found.about)}. A word is as big as many people use it."
    )
    spread = "".join(_distribution(distribution) for distribution in found.distributions)
    return f'<p>{text(told)}</p>{_cloud(found)}<div class="grid">{_words(found.words)}<div class="stack">{spread}</div></div>'


def _cloud(found: Profiles) -> str:
    """The words in their places, as text that any browser has letters for; and all of them in a list."""
    least = found.about.question.get("min_people", 3)
    if not found.words:
        return _missing(f"No word is used by at least {least} people, so there is no cloud")
    try:
        laid = cloud.lay_out(
            found.words, title="", caption="", theme=LIGHT, width=_CLOUD_WIDTH, height=_CLOUD_HEIGHT, most=_MOST_WORDS
        )
    except NothingFound:
        return _missing("No font was at hand that has letters for these words; the list below holds them")
    inks = {colour: place for place, colour in enumerate(cloud.palette(LIGHT))}
    words = []
    for placed in laid.placed:
        left, _, right, _ = placed.box
        wide = f' textLength="{right - left:.0f}" lengthAdjust="spacingAndGlyphs"' if len(placed.word.text) > 1 else ""
        words.append(
            f'<text class="w{inks[placed.colour]}" x="{left:.0f}" y="{placed.pen[1]:.0f}" font-size="{placed.size:.0f}"{wide}>'
            f"{text(placed.word.text, 60)}<title>{number(placed.word.people)} people</title></text>"
        )
    box = _bounds([placed.box for placed in laid.placed])
    told = "A cloud of words; the list below holds them, with how many people use each"
    return f'<svg class="cloud" viewBox="{box}" role="img" aria-label="{told}">{"".join(words)}</svg>'


def _bounds(boxes: Sequence[tuple[float, float, float, float]]) -> str:
    left, top = min(box[0] for box in boxes) - 8, min(box[1] for box in boxes) - 8
    right, bottom = max(box[2] for box in boxes) + 8, max(box[3] for box in boxes) + 8
    return f"{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}"


def _words(words: Sequence[Word]) -> str:
    """The commonest as bars, all others in a list to unfold."""
    if not words:
        return ""
    shown = bars([(word.text, word.people) for word in words[:_MOST_BARS]], "The commonest words in bios, in people")
    rest = "".join(f"<li><bdi>{text(word.text, 60)}</bdi> {number(word.people)}</li>" for word in words[_MOST_BARS:])
    if not rest:
        return shown
    summary = f"<summary>{len(words) - _MOST_BARS:,} more words</summary>"
    return f'<div>{shown}<details>{summary}<ul class="words">{rest}</ul></details></div>'


def _distribution(found: Distribution) -> str:
    counts = [n for *_, n in found.bins]
    name = f"{found.name.capitalize()}, in people"
    if not any(counts):
        return f'<figure class="columns"><figcaption>{text(name)}</figcaption>{_missing("Nobody tells")}</figure>'
    years = found.unit == "months" and found.bins[-1][1] > _MANY_MONTHS
    bounds = [found.bins[0][0], *(upper for _, upper, _ in found.bins)]
    if years:
        marks = [(float(i), f"{bound / 12:.0f} y") for i, bound in enumerate(bounds) if bound % 12 == 0]
    elif found.logarithmic:
        marks = [(float(i), _power(bound)) for i, bound in enumerate(bounds) if bound in _POWERS]
    else:
        marks = [(float(i), f"{bound:,.0f}") for i, bound in enumerate(bounds)]
    step = -(-len(marks) // 9)
    told = ", ".join(
        f"{lower:,.0f} to {upper:,.0f} {clean(found.unit, 20)} {n:,}" for lower, upper, n in found.bins if n
    )
    middle = _median(found)
    return columns(counts, f"{name}; {middle}", marks[::step], told)


def _median(found: Distribution) -> str:
    """Where the middle person stands, in words."""
    half = sum(n for *_, n in found.bins) / 2
    people = 0
    for lower, upper, n in found.bins:
        people += n
        if people >= half:
            return _half(found, lower, upper)
    return ""


def _half(found: Distribution, lower: float, upper: float) -> str:
    if found.unit != "months":
        return f"median {number(lower)}" if upper - lower <= 1 else f"median {number(lower)} to {number(upper - 1)}"
    years = found.bins[-1][1] > _MANY_MONTHS
    return (
        f"median about {(lower + upper) / 24:.1f} years"
        if years
        else f"median {number(lower)} to {number(upper)} months"
    )


_POWERS = {0.0, *(10.0**power for power in range(16))}


def _power(bound: float) -> str:
    size = len(f"{bound:.0f}") - 1
    return f"{bound:.0f}" if bound < 1000 else f"{10 ** (size % 3)}{' kMGTP'[size // 3]}"


# -- what is talked about ----------------------------------------------------------------------------------------------


def _talk(found: Posts | None) -> str:
    if found is None:
        return _missing("Posts were not collected, or none was shown, so nothing can be said of what is talked about")
    least = found.about.question.get("min_people", 3)
    parts = [
        f"<p>Languages are what the posts say of themselves, hours are UTC. A hashtag is told if at least {text(str(least), 20)} people use"
        f" it, and by how many people, not by how often. Collected {_date(found.about)}.</p>"
    ]
    for place, feed in enumerate(found.feeds):
        name = {"public": "Everything that reached it", "local": "Its own people's posts"}.get(feed.feed, feed.feed)
        parts.append(f"<h3>{text(name, 60)}</h3><p>{text(_upper(_feed_coverage(feed)), 400)}</p>")
        if feed.posts_read:
            parts.append(f'<div class="grid">{"".join(_feed(feed, f"c{place % 8}"))}</div>')
    return "".join(parts)


def _feed(feed: Feed, colour: str) -> Iterator[str]:
    if feed.languages:
        yield bars(_first([(_language(code), n) for code, n in feed.languages], 10), "Languages, in posts", colour)
    if feed.hashtags:
        tags = [(f"#{tag.text}", tag.people) for tag in feed.hashtags[:_MOST_BARS]]
        yield bars(tags, "Hashtags, in people", colour)
    beside = []
    if any(feed.hours):
        told = ", ".join(f"{hour}h {n:,}" for hour, n in enumerate(feed.hours))
        marks = [(hour + 0.5, f"{hour}h") for hour in range(0, 24, 3)]
        beside.append(columns(feed.hours, "Hours of the day (UTC), in posts", marks, told, colour))
    if feed.feed == "public" and feed.origins:
        beside.append(bars(_first(list(feed.origins), 12), "Written on, in posts", colour))
    yield f'<div class="stack">{"".join(beside)}</div>'


def _first(rows: Sequence[tuple[str, int]], most: int) -> list[tuple[str, int]]:
    """The commonest, and a word of how many others there are."""
    if len(rows) <= most:
        return list(rows)
    return [*rows[: most - 1], (f"{len(rows) - most + 1:,} others", sum(n for _, n in rows[most - 1 :]))]


def _language(code: str) -> str:
    return _LANGUAGES.get(code, code) or "not said"


_LANGUAGES = dict(
    pair.split(":")
    for pair in "ar:Arabic bg:Bulgarian ca:Catalan cs:Czech cy:Welsh da:Danish de:German el:Greek en:English eo:Esperanto es:Spanish"
    " et:Estonian eu:Basque fa:Persian fi:Finnish fr:French ga:Irish gl:Galician he:Hebrew hi:Hindi hu:Hungarian id:Indonesian"
    " is:Icelandic it:Italian ja:Japanese ko:Korean lt:Lithuanian lv:Latvian nb:Norwegian nl:Dutch nn:Norwegian no:Norwegian"
    " pl:Polish pt:Portuguese ro:Romanian ru:Russian sk:Slovak sl:Slovenian sr:Serbian sv:Swedish th:Thai tr:Turkish uk:Ukrainian"
    " vi:Vietnamese zh:Chinese".split()
)


# -- with whom ---------------------------------------------------------------------------------------------------------


def _with_whom(found: Neighborhood | None) -> str:
    if found is None or not found.nodes:
        return _missing(
            "A neighborhood was not collected, or nobody showed a post, so nothing can be said of with whom they talk"
        )
    rule = clean(str(found.about.question.get("rule", "")), 300)
    told = f"{number(len(found.nodes))} instances, {number(len(found.edges))} links; collected {_date(found.about)}. {_upper(rule)}".rstrip(
        "."
    )
    few = (
        f" Of the links the {_DRAWN_EDGES:,} heaviest are drawn; all are told when you point at an instance."
        if len(found.edges) > _DRAWN_EDGES
        else ""
    )
    return f"<p>{text(told, 600)}.{few}</p>" + _file("viewer.html")


def _table(found: Neighborhood | None) -> str:
    if found is None or not found.nodes:
        return _missing("There is no neighborhood, so there are no instances to list")
    heads = "".join(
        f'<th scope="col" aria-sort="{"descending" if name == "strength" else "none"}">'
        f'<button type="button" data-by="{name}">{title}</button></th>'
        for name, title in _COLUMNS
    )
    return f"""<p>The same as the graph, in words. Strength: the posts that connect an instance with others.</p>
<label for="filter">Show instances whose row says</label> <input id="filter" type="search" autocomplete="off" spellcheck="false">
<p id="rows" role="status" class="quiet"></p>
<div class="scroll" tabindex="0" role="region" aria-label="Table of instances">
<table id="instances"><thead><tr>{heads}</tr></thead><tbody></tbody></table></div>
<button type="button" id="more" hidden>Show more</button>
"""


_COLUMNS = (
    ("host", "Instance"),
    ("outcome", "Asked, and then"),
    ("read", "Posts read"),
    ("strength", "Strength"),
    ("neighbors", "Neighbors"),
    ("community", "Community"),
    ("language", "Language"),
)


def _graph(found: Neighborhood | None) -> str:
    """All that the viewer needs, as JSON that is safe inside a script element."""
    if found is None or not found.nodes:
        return "null"
    found = in_order(found)
    nodes, picture = found.nodes, draw(found)
    outcomes = sorted({node.outcome.value for node in nodes})
    languages = sorted({node.languages[0][0] for node in nodes if node.languages})
    left, top = min(disc.x for disc in picture.discs), min(disc.y for disc in picture.discs)
    return _json(
        {
            "host": clean(found.start, 253),
            "note": f"fedistats {clean(found.about.version, 30)}, {_date(found.about)}",
            "directed": found.directed,
            "start": next((i for i, node in enumerate(nodes) if node.host == found.start), -1),
            "most": _DRAWN_EDGES,
            "hosts": [clean(node.host, 253) for node in nodes],
            "x": [round(disc.x - left) for disc in picture.discs],
            "y": [round(disc.y - top) for disc in picture.discs],
            "r": [round(disc.radius, 1) for disc in picture.discs],
            "community": [-1 if node.community is None else node.community for node in nodes],
            "strength": [node.strength for node in nodes],
            "read": [node.posts_read for node in nodes],
            "outcomes": [_READ.get(outcome, outcome) for outcome in outcomes],
            "outcome": [outcomes.index(node.outcome.value) for node in nodes],
            "answered": [int(Outcome(outcome).answered) for outcome in outcomes],
            "languages": [clean(_language(code), 30) for code in languages],
            "language": [languages.index(node.languages[0][0]) if node.languages else -1 for node in nodes],
            "communities": [
                {"name": clean(one.name, 160), "members": one.members, "common": clean(one.common, 160)}
                for one in found.communities
            ],
            "edges": list(_deltas(found.edges.tolist())),
            "themes": {
                theme.name: {
                    "paper": theme.background,
                    "ink": theme.ink,
                    "muted": theme.muted,
                    "line": theme.other,
                    "colours": [*theme.colours, theme.other],
                }
                for theme in (LIGHT, DARK)
            },
        }
    )


_READ = {Outcome.WHOLE.value: "read whole", Outcome.PART.value: "read in part"}


def _deltas(edges: Iterable[Sequence[int]]) -> Iterator[int]:
    """Three numbers an edge: how far its first node is from that of the edge before, its second node, its posts."""
    before = 0
    for a, b, n in edges:
        yield from (a - before, b, n)
        before = a


# -- method, citation, command -----------------------------------------------------------------------------------------


def _method(about: About, found: Neighborhood | None) -> str:
    lines = [
        "Everything here was shown to everybody: no account was used, and servers that said no were left alone.",
        "People who asked not to be found or indexed, in their settings or in their bios, were counted and not looked at.",
        "Only shared things are told: a word or a hashtag of one or two people never leaves the computer that collected it.",
        "The newest posts are a sample, taken within hours. Another day, another hour of the day, and the figures differ.",
        "A federated timeline holds what a server happens to receive: whom its people follow, and what relays send.",
        "Big and busy instances write most posts, so they are strong everywhere. Strength says who is heard, not who is liked.",
    ]
    if found is not None:
        rule = clean(str(found.about.question.get("rule", "")), 300)
        if rule:
            lines.insert(2, f"Links: {rule.rstrip('.')}.")
        lines += [
            "Hollow discs were not asked or did not answer. A link between two of them could not be seen, so its absence says nothing.",
            "Communities are found by the Louvain method (Blondel et al. 2008), weighted by posts: instances that hear more of each"
            " other than of the rest. What a community has in common is a description of its posts, not a name it gave itself.",
            "Places are found by ForceAtlas2 (Jacomy et al. 2014): what is close is connected, but left and right, top and"
            " bottom mean nothing.",
        ]
    asked = ", ".join(
        f"{key.replace('_', '-')} {value}" for key, value in sorted(about.question.items()) if key != "rule"
    )
    return f'<ul>{"".join(f"<li>{text(line, 600)}</li>" for line in lines)}</ul><p class="quiet">Asked: {text(asked, 300)}.</p>'


def _citation(about: About) -> str:
    host, version, date = clean(about.host, 253), clean(about.version, 30), _date(about)
    sentence = f"fedistats {version}: a report on {host}, collected {date}."
    bibtex = (
        f"@misc{{fedistats,\n  title  = {{A report on {host}}},\n  author = {{{{fedistats {version}}}}},\n"
        f"  year   = {{{date[:4]}}},\n  note   = {{Collected {date}}}\n}}"
    )
    return f"<p>{escape(sentence)}</p><pre>{escape(bibtex)}</pre>"


def _again(command: str) -> str:
    return (
        f"<p>On a computer with Python and a network:</p><pre>pip install fedistats\n{text(command, 2000)}</pre>"
        "<p>The same command over what was collected makes the same page; asked anew, the servers have newer posts.</p>"
    )


# -- small things ------------------------------------------------------------------------------------------------------


def _missing(sentence: str) -> str:
    return f'<p class="missing">{text(sentence)}.</p>'


def _count(value: int | None) -> str:
    return "" if value is None else number(value)


def _access(value: str | None) -> str:
    words = {
        "public": "open to everybody",
        "authenticated": "open to those who log in",
        "disabled": "closed by its owner",
    }
    return text(words.get(value or "", value or ""), 60)


def _date(about: About) -> str:
    return clean(about.date[:10], 10)


def _day(at: int) -> str:
    try:
        day = datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        return ""  # a server's clock may say anything
    return f"{day.day} {day:%b}"


def _span(feed: Feed) -> str:
    days = [day for at in (feed.first_at, feed.last_at) if at is not None and (day := _day(at))]
    return f", written {' to '.join(dict.fromkeys(days))}" if days else ""


def _upper(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _colours() -> str:
    """The two themes as variables of the page; the browser chooses, or the reader."""
    pairs = [
        (name, getattr(LIGHT, name), getattr(DARK, name)) for name in ("background", "ink", "muted", "grid", "other")
    ]
    series = [(f"c{i}", light, dark) for i, (light, dark) in enumerate(zip(LIGHT.colours, DARK.colours, strict=True))]
    inks = list(zip(cloud.palette(LIGHT), cloud.palette(DARK), strict=False))
    words = [(f"w{i}", light, dark) for i, (light, dark) in enumerate(inks)]
    variables = "".join(f"--{name}:light-dark({light},{dark});" for name, light, dark in pairs)
    classes = "".join(f".{name}{{fill:light-dark({light},{dark})}}" for name, light, dark in [*series, *words])
    return f":root{{color-scheme:light dark;{variables}}}{classes}\n"


def _file(name: str) -> str:
    return files("fedistats.render").joinpath(name).read_text("utf-8")


def _hash(content: str) -> str:
    return "sha256-" + b64encode(sha256(content.encode()).digest()).decode()


def _json(value: object) -> str:
    """Without a character that could end the script element it stands in."""
    told = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return told.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
