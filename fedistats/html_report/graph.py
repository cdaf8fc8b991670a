"""With whom: the graph to explore, and the data that it and the table are made of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files

from fedistats.analysis.centrality import pagerank
from fedistats.analysis.communities import in_order
from fedistats.analysis.neighbors import neighbors
from fedistats.hosts import display_name
from fedistats.html_report.html_parts import counted, date, missing, number, rule, text
from fedistats.model import NeighborhoodGraph, Node, Outcome
from fedistats.render.network.scene import draw, heading
from fedistats.render.style import DARK, LIGHT
from fedistats.text.html import clean
from fedistats.text.languages import language_name

_MOST_NEIGHBORS = 10
_DRAWN_EDGES = 25_000
"""A page draws these many of the heaviest at most: more cost frames, and show a hairball."""


def section(found: NeighborhoodGraph | None) -> str:
    if found is None or not found.nodes:
        return missing(
            "A neighborhood was not collected, or nobody showed a post, so nothing can be said of whom they hear"
        )
    told = f"{counted(len(found.nodes), 'instance')}, {counted(len(found.edges), 'edge')}, collected on {date(found.about)}."
    told += f" The rule: {rule(found.about)}." if rule(found.about) else ""
    if len(found.edges) > _DRAWN_EDGES:
        told += f" The {number(_DRAWN_EDGES)} heaviest edges are drawn; point at an instance, and you are told of all."
    viewer = files("fedistats.html_report").joinpath("viewer.html").read_text("utf-8")
    return f"{_own(found)}<p>{text(told, 700)}</p>{viewer}"


def _own(found: NeighborhoodGraph) -> str:
    """The ties of the start itself, in a short table."""
    around, start = neighbors(found), display_name(found.start)
    if not around:
        return (
            f"<p>{text(f'No edge connects {start} itself with another instance, so no neighbor of it is known.')}</p>"
        )
    heads = ("Neighbor", "Posts", "heard here", "heard there", "of 1,000 here", "of 1,000 there")
    rows = "".join(
        f'<tr><th scope="row">{text(display_name(one.host), 253)}</th><td>{number(one.posts)}</td><td>{number(one.here)}</td>'
        f"<td>{number(one.there)}</td><td>{_rate(one.here_per_1000)}</td><td>{_rate(one.there_per_1000)}</td></tr>"
        for one in around[:_MOST_NEIGHBORS]
    )
    strongest = f", the strongest {_MOST_NEIGHBORS}" if len(around) > _MOST_NEIGHBORS else ""
    caption = (
        f"{start} has {counted(len(around), 'neighbor')}{strongest}. Here: posts of theirs on its timeline; there: its posts on"
        " theirs; also of 1,000 posts that were read."
    )
    columns = "".join(f'<th scope="col">{head}</th>' for head in heads)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="Neighbors"><table id="own"><caption>{text(caption)}</caption>'
        f"<thead><tr>{columns}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _rate(posts: float | None) -> str:
    return "—" if posts is None else f"{posts:,.1f}"


def data(found: NeighborhoodGraph | None) -> str:
    """All that the viewer needs, as JSON that is safe inside a script element."""
    if found is None or not found.nodes:
        return "null"
    found = in_order(found)
    nodes, picture = found.nodes, draw(found)
    outcomes = sorted({node.outcome.value for node in nodes})
    languages = sorted({node.languages[0][0] for node in nodes if node.languages})
    software = {name: i for i, name in enumerate(sorted({_software(node) for node in nodes}))}
    left, top = min(disc.x for disc in picture.discs), min(disc.y for disc in picture.discs)
    return _json(
        {
            "host": clean(found.start, 253),
            "title": f"{heading(found)} {clean(found.start, 253)}",
            "note": f"fedistats {clean(found.about.version, 30)}, {date(found.about)}",
            "directed": found.directed,
            "start": next((i for i, node in enumerate(nodes) if node.host == found.start), -1),
            "most": _DRAWN_EDGES,
            "hosts": [clean(node.host, 253) for node in nodes],
            "x": [round(disc.x - left) for disc in picture.discs],
            "y": [round(disc.y - top) for disc in picture.discs],
            "r": [round(disc.radius, 1) for disc in picture.discs],
            "community": [-1 if node.community is None else node.community for node in nodes],
            "strength": [node.strength for node in nodes],
            "rank": [_short(100 * rank) for rank in pagerank(found).tolist()],
            "read": [node.posts_read for node in nodes],
            "outcomes": [_READ.get(outcome, outcome) for outcome in outcomes],
            "outcome": [outcomes.index(node.outcome.value) for node in nodes],
            "answered": [int(Outcome(outcome).answered) for outcome in outcomes],
            "languages": [clean(language_name(code), 30) for code in languages],
            "language": [languages.index(node.languages[0][0]) if node.languages else -1 for node in nodes],
            "software": list(software),
            "runs": [software[_software(node)] for node in nodes],
            "users": [-1 if node.users is None else node.users for node in nodes],
            "communities": [
                {"name": clean(one.name, 160), "members": one.members, "common": clean(one.common, 160)}
                for one in found.communities
            ],
            "edges": list(_deltas(zip(found.edges.tolist(), found.incoming.tolist(), strict=True))),
            "themes": {
                theme.name: {
                    "paper": theme.background,
                    "ink": theme.ink,
                    "muted": theme.muted,
                    "line": theme.other,
                    "colours": [*theme.colors, theme.other],
                }
                for theme in (LIGHT, DARK)
            },
        }
    )


_READ = {Outcome.COMPLETE.value: "read whole", Outcome.PARTIAL.value: "read in part"}


def _software(node: Node) -> str:
    """'mastodon 4.5.2', with 'bridge' or 'mirror' where it is one; empty where nothing was told."""
    told = clean(f"{node.software} {node.version or ''}", 60) if node.software else ""
    return ", ".join(part for part in (told, node.kind) if part)


def _short(percent: float) -> float:
    """Two digits that say something: 12, 1.2, 0.12, 0.012."""
    return float(f"{percent:.2g}")


def _deltas(edges: Iterable[tuple[Sequence[int], Sequence[int]]]) -> Iterator[int]:
    """Four numbers an edge: how far its first node is from that of the edge before, its second node, posts of the second read on
    the first, posts of the first read on the second."""
    before = 0
    for (a, b, _), (forth, back) in edges:
        yield from (a - before, b, forth, back)
        before = a


def _json(value: object) -> str:
    """Without a character that could end the script element it stands in."""
    told = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return told.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
