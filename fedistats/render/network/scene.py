"""The picture of a neighborhood before ink: where each disc, line and word stands, whatever it will be drawn with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fedistats.analysis.communities import sort_graph
from fedistats.analysis.layout import fill_page, force_atlas
from fedistats.errors import InvalidHost, NothingFound
from fedistats.hosts import parse_host
from fedistats.model import NeighborhoodGraph, Node
from fedistats.render.fonts.text import FontPicker, TextRun
from fedistats.render.network.circle import ring
from fedistats.render.network.labels import Label, Wish, place
from fedistats.render.network.panel import Entry, Mark, Panel, panel
from fedistats.render.style import LIGHT, Theme
from fedistats.text.html import clean

Layout = Literal["force", "circle"]

# More edges than this help nobody who looks at a picture, and cost seconds.
_MOST_EDGES = 30_000
# Up to here each instance is named; in a bigger graph these many of the busiest.
_ALL_NAMED = 200
_MOST_NAMES = 100
_BOLD = 8
# Of the ground that the discs stand on: what names may cover; and the smallest size of a name in pixels at full size.
_COVERED, _LEAST_SIZE = 0.34, 14.0
_LONGEST_NAME = 48
# The page that sizes in pixels are meant for.
_WIDTH, _HEIGHT = 2400, 1600


@dataclass(frozen=True, slots=True)
class Disc:
    """An instance on the page; pixels, y downward."""

    x: float
    y: float
    radius: float
    color: str
    community: int | None
    hollow: bool
    """True where it was not asked or did not answer."""
    tooltip: str
    link: str | None
    """None for a name that no public host has."""


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Lines between discs, lightest first."""

    paths: NDArray[np.float64]
    """Shape (m, 2, 2): straight, or (m, 4, 2): cubic Bezier curves. From rim to rim for directed edges."""
    communities: NDArray[np.int64]
    """The community that an edge lies inside, or -1."""
    levels: NDArray[np.int64]
    """0 to 9: how heavy it is, on the logarithmic scale of this picture."""
    widths: NDArray[np.float64]
    """Of each level, in pixels."""
    opacities: NDArray[np.float64]
    """Of each level."""
    directed: bool
    """True where an edge is broad where the posts were read and pointed where they were written."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """All that is drawn, in pixels from the top left corner; ."""

    width: int
    height: int
    theme: Theme
    title: str
    edges: Edges
    discs: tuple[Disc, ...]
    start: int | None
    """Index of the disc that the collection began with."""
    labels: tuple[Label, ...]
    panel: Panel
    scale: float
    """1 for a page of 2400 x 1600."""

    def color(self, community: int) -> str:
        """Of the edges inside a community; -1 for those between two."""
        return self.theme.muted if community < 0 else _color(self.theme, community)


def draw(
    neighborhood: NeighborhoodGraph,
    *,
    theme: Theme = LIGHT,
    layout: Layout = "force",
    top: int | None = None,
    width: int = _WIDTH,
    height: int = _HEIGHT,
) -> Picture:
    """Compose the picture of a neighborhood: `top` keeps the start and its busiest other instances alone, and of these those that edges
    among them connect with it.

    The same neighborhood gives the same picture. Raises NothingFound where there is no instance to draw.
    """
    if not neighborhood.nodes:
        raise NothingFound("there is no instance to draw: nobody was found")
    neighborhood = sort_graph(neighborhood)
    if top is not None and top >= len(neighborhood.nodes):
        top = None
    quoted = neighborhood if top is None else _strongest(neighborhood, top)
    drawn_edges = _drawn(quoted.edges, len(quoted.nodes))
    scale = min(width / _WIDTH, height / _HEIGHT)
    left, column = 48 * scale, 440 * scale
    page = (left + column + 36 * scale, 24 * scale, width - 24 * scale, height - 24 * scale)
    hand = FontPicker(
        [node.host for node in quoted.nodes] + [community.common for community in neighborhood.communities]
    )
    names = [hand.host_name(node.host, _LONGEST_NAME) for node in quoted.nodes]
    weight = np.array([node.strength for node in quoted.nodes], dtype=np.float64)
    order = sorted(range(len(names)), key=lambda i: (-weight[i], quoted.nodes[i].host))
    start = next((i for i, node in enumerate(quoted.nodes) if node.host == quoted.start), None)
    communities = [node.community for node in quoted.nodes]
    if layout == "circle":
        circle = ring(names, communities, weight, page, scale)
        points, radii = circle.points, circle.radii
        paths = circle.paths(drawn_edges)
    else:
        points, radii = _on_page(quoted, weight, page, scale)
        paths = points[drawn_edges[:, :2]]
    # names keep clear of the mark round the start, too
    clear = radii.copy()
    if start is not None:
        clear[start] += 12 * scale
    if layout == "circle":
        labels = circle.labels(names, sorted(order, key=lambda i: i != start), clear)
    else:
        labels = place(_wishes(names, weight, order, start, points, scale), points, clear, page, scale, paths)
    return Picture(
        width=width,
        height=height,
        theme=theme,
        title=f"{heading(quoted)} {hand.host_name(quoted.start, _LONGEST_NAME).text}",
        edges=_edges(quoted, drawn_edges, paths, radii, scale),
        discs=_discs(quoted, names, points, radii, theme),
        start=start,
        labels=labels,
        panel=_panel(neighborhood, quoted, top, len(drawn_edges), theme, layout, hand, left, column, height, scale),
        scale=scale,
    )


def heading(found: NeighborhoodGraph) -> str:
    """What its ties are: who hears whom, or who talks with whom, where they are made of mentions."""
    verb = "talks with" if found.about.parameters.get("edges") == "mentions" else "hears"
    return f"Who {verb} whom: the neighborhood of"


def _strongest(neighborhood: NeighborhoodGraph, most: int) -> NeighborhoodGraph:
    nodes = neighborhood.nodes
    ranked = sorted(
        range(len(nodes)), key=lambda i: (nodes[i].host != neighborhood.start, -nodes[i].strength, nodes[i].host)
    )
    # the start is there beside them, whether it is one of them or not
    chosen = np.zeros(len(nodes), dtype=bool)
    chosen[ranked[: max(most, 0) + 1]] = True
    edges = neighborhood.edges[chosen[neighborhood.edges[:, :2]].all(axis=1), :2]
    kept = np.flatnonzero(_joined(len(nodes), ranked, edges) if len(edges) else chosen)
    index = np.full(len(nodes), -1)
    index[kept] = np.arange(len(kept))
    edges = neighborhood.edges
    inside = (index[edges[:, 0]] >= 0) & (index[edges[:, 1]] >= 0)
    return replace(
        neighborhood,
        nodes=tuple(nodes[i] for i in kept),
        edges=np.column_stack([index[edges[inside, :2]], edges[inside, 2]]),
        incoming=neighborhood.incoming[inside],
    )


def _joined(n: int, ranked: Sequence[int], edges: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of n instances edges connect with the first of `ranked`, the start; where it has none, with the next that has one."""
    first = next(i for i in ranked if (edges == i).any())
    joined = np.zeros(n, dtype=bool)
    joined[[ranked[0], first]] = True
    while True:
        reached = joined[edges].any(axis=1)
        if joined[edges[reached]].all():
            return joined
        joined[edges[reached]] = True


def _drawn(edges: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """The edges that are drawn, lightest first: all, or the heaviest and each node's best."""
    edges = edges[np.lexsort((edges[:, 1], edges[:, 0], edges[:, 2]))]
    if len(edges) <= _MOST_EDGES:
        return edges
    keep = np.zeros(len(edges), dtype=bool)
    keep[-_MOST_EDGES:] = True
    # the last edge written wins, and that is the heaviest
    best = np.full(n, -1)
    rows = np.arange(len(edges))
    np.maximum.at(best, edges[:, 0], rows)
    np.maximum.at(best, edges[:, 1], rows)
    keep[best[best >= 0]] = True
    return edges[keep]


def _on_page(
    quoted: NeighborhoodGraph,
    weight: NDArray[np.float64],
    page: tuple[float, float, float, float],
    scale: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points and radii of the discs."""
    n = len(quoted.nodes)
    named = n <= _ALL_NAMED
    # room for names at both sides; and a handful of instances does not sprawl over a whole page
    inset = np.array([70.0, 20.0]) * scale if named else np.array([10.0, 10.0]) * scale
    size = (np.array([page[2] - page[0], page[3] - page[1]]) - 2 * inset) * min(1.0, 0.2 + 0.8 * np.sqrt(n / 40))
    roomy = min(1.0, 150 / n)
    # the more discs, the smaller each: they cover a small part of the page
    spacing = np.sqrt(size.prod() / n)
    least = float(np.clip(spacing * 0.055, 1.8 * scale, 12 * scale))
    most = float(np.clip(spacing * 0.45, 26 * scale, 46 * scale))
    radii = np.sqrt(least**2 + (most**2 - least**2) * weight / max(weight.max(), 1.0))
    points = fill_page(
        force_atlas([node.host for node in quoted.nodes], quoted.edges),
        weight,
        radii,
        *size.tolist(),
        gap=(2 + 14 * roomy) * scale,
        wide=1 + 1.4 * roomy,
    )
    middle = np.array([(page[0] + page[2]) / 2, (page[1] + page[3]) / 2])
    return points + middle - size / 2, radii


def _wishes(
    names: Sequence[TextRun],
    weight: NDArray[np.float64],
    order: Sequence[int],
    start: int | None,
    points: NDArray[np.float64],
    scale: float,
) -> list[Wish]:
    """Which names are drawn, the most important first, and how big."""
    named = len(names) <= _ALL_NAMED
    chosen = list(order[: len(names) if named else _MOST_NAMES])
    if start is not None and start not in chosen:
        chosen.append(start)
    least, most = np.log1p(weight[chosen].min()), np.log1p(weight[chosen].max())
    size = (22 if len(names) <= 40 else 17 if named else 18) + 19 * (
        (np.log1p(weight) - least) / max(most - least, 1e-9)
    ).clip(0, 1) ** 2
    size *= scale
    # names that would cover the ground on which the discs stand are set smaller, down to what can still be read
    ground = 4 * np.pi * float(np.prod(points.std(axis=0)))
    covered = sum(names[i].width(size[i]) * size[i] * 1.2 for i in chosen)
    if named and ground > 0 and covered > _COVERED * ground:
        size = np.maximum(size * np.sqrt(_COVERED * ground / covered), np.minimum(size, _LEAST_SIZE * scale))
    bold = set(order[:_BOLD])
    if start is not None:
        # whom all of it is about is never hard to find
        bold.add(start)
        others = [i for i in chosen if i != start]
        size[start] = max(size[start], float(np.median(size[others])) if others else 0.0)
    return [Wish(i, names[i], float(size[i]), i in bold, named or i in bold or i == start) for i in chosen]


def _edges(
    quoted: NeighborhoodGraph,
    drawn: NDArray[np.int64],
    paths: NDArray[np.float64],
    radii: NDArray[np.float64],
    scale: float,
) -> Edges:
    communities = np.array([-1 if node.community is None else node.community for node in quoted.nodes], dtype=np.int64)
    one, other = communities[drawn[:, 0]], communities[drawn[:, 1]]
    weight = np.log(np.maximum(drawn[:, 2], 1).astype(np.float64))
    low, high = (weight.min(), weight.max()) if len(weight) else (0.0, 0.0)
    levels = np.minimum((weight - low) / max(high - low, 1e-9) * 10, 9).astype(np.int64)
    step = np.arange(10) / 9
    # the more lines, the fainter each: their sum is what is seen
    faint = min(1.6, (800 / max(len(drawn), 1)) ** 0.35)
    if quoted.directed and len(drawn):
        paths = paths.copy()
        way = paths[:, -1] - paths[:, -2]
        distance = np.maximum(np.hypot(*way.T), 1e-9)[:, np.newaxis]
        paths[:, -1] -= way / distance * np.minimum(radii[drawn[:, 1]][:, np.newaxis], distance * 0.9)
    return Edges(
        paths=paths,
        communities=np.where(one == other, one, -1),
        levels=levels,
        widths=((1.0 + 6.0 * step**2) if not quoted.directed else (4.0 + 9.0 * step**2)) * scale,
        opacities=np.minimum((0.2 + 0.5 * step**1.6) * faint, 0.9),
        directed=quoted.directed,
    )


def _discs(
    quoted: NeighborhoodGraph,
    names: Sequence[TextRun],
    points: NDArray[np.float64],
    radii: NDArray[np.float64],
    theme: Theme,
) -> tuple[Disc, ...]:
    neighbors = np.bincount(quoted.edges[:, :2].ravel(), minlength=len(quoted.nodes))
    if quoted.directed:
        pairs = np.unique(np.sort(quoted.edges[:, :2], axis=1), axis=0)
        neighbors = np.bincount(pairs.ravel(), minlength=len(quoted.nodes))
    return tuple(
        Disc(
            x=x,
            y=y,
            radius=radius,
            color=_color(theme, node.community),
            community=node.community,
            hollow=not node.outcome.answered,
            tooltip=_tooltip(node, name.text, count),
            link=_link(node.host),
        )
        for node, name, (x, y), radius, count in zip(
            quoted.nodes, names, points.tolist(), radii.tolist(), neighbors.tolist(), strict=True
        )
    )


def _tooltip(node: Node, name: str, neighbors: int) -> str:
    ending = {"complete": "read completely", "partial": "read in part"}.get(node.outcome.value, node.outcome.value)
    posts, others = _counted(node.strength, "post"), _counted(neighbors, "other")
    kind = f" ({node.kind})" if node.kind else ""
    return f"{name}{kind}: {posts} with {others}, {ending}"


def _link(host: str) -> str | None:
    try:
        return f"https://{parse_host(host)}"
    except InvalidHost:
        return None


def _counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def _chosen(quoted: NeighborhoodGraph, top: int) -> str:
    """What --top keeps: the busiest, and the start, be it busy or not."""
    others = len(quoted.nodes) - 1
    return f"the start and {'the' if others == top else f'{others:,} of the'} {top:,} busiest others"


def _common(common: str, hand: FontPicker) -> str:
    """What a community has in common, in the words that can be drawn: a hashtag of boxes would tell nobody anything."""
    return hand.drawable_words(clean(common, 100)).rstrip(",")


def _color(theme: Theme, community: int | None) -> str:
    return theme.other if community is None or community >= len(theme.colors) else theme.colors[community]


def _panel(
    whole: NeighborhoodGraph,
    quoted: NeighborhoodGraph,
    top: int | None,
    drawn: int,
    theme: Theme,
    layout: Layout,
    hand: FontPicker,
    left: float,
    width: float,
    height: float,
    scale: float,
) -> Panel:
    groups = [
        Entry(
            "disc",
            _color(theme, i),
            " · ".join(hand.host_name(host, _LONGEST_NAME).text for host in community.name.split(" · ")),
            " · ".join(filter(None, (_counted(community.members, "instance"), _common(community.common, hand)))),
        )
        for i, community in enumerate(whole.communities)
        if any(node.community == i for node in quoted.nodes)
    ]
    others = sum(node.community is None for node in whole.nodes)
    if groups and others:
        groups.append(Entry("disc", theme.other, "in other communities", _counted(others, "instance")))
    signs = []
    if any(node.host == quoted.start for node in quoted.nodes):
        signs.append(Entry("start", theme.ink, "where the collection began"))
    hollow = any(not node.outcome.answered for node in quoted.nodes)
    if hollow:
        signs.append(Entry("hollow", theme.ink, "not asked, or showed no posts"))
    if quoted.directed and drawn:
        signs.append(Entry("arrow", theme.muted, "broad where posts were read, pointed where they were written"))
    elif drawn:
        signs.append(Entry("edge", theme.muted, "the broader, the more posts"))
    nodes, edges = len(whole.nodes), len(whole.edges)
    counts = [_counted(nodes, "instance") + ", " + _counted(edges, "edge")]
    if top is not None:
        counts.append(f"drawn: {_chosen(quoted, top)}")
    return panel(
        title=heading(whole).replace("the neighborhood of", "the\u00a0neighborhood\u00a0of"),
        host=hand.host_name(whole.start, _LONGEST_NAME),
        hand=hand,
        counts=counts,
        groups=groups,
        signs=signs,
        caption=_caption(whole, quoted, top, drawn, layout, hand, hollow=hollow),
        left=left,
        width=width,
        height=height,
        scale=scale,
    )


def _caption(
    whole: NeighborhoodGraph,
    quoted: NeighborhoodGraph,
    top: int | None,
    drawn: int,
    layout: Layout,
    hand: FontPicker,
    *,
    hollow: bool,
) -> list[str]:
    """Rule, date, coverage and method: what a reader who was not there needs, a paragraph each."""
    about, coverage = whole.about, whole.coverage
    question = {key.replace("_", "-"): clean(str(value), 200) for key, value in about.parameters.items()}
    rule = question.get("rule", "an edge where posts of one instance were seen on the other")
    lines = [rule[:1].upper() + rule[1:].rstrip(".") + "."]
    if "posts" in question:
        of = "by the people of" if question.get("edges") == "mentions" else "of"
        lines.append(
            f"Read: the newest public posts {of} each instance, at most {question['posts']}; collected {clean(about.date[:10])}."
        )
    else:
        lines.append(f"Collected from {clean(about.date[:10])} on.")
    reach = [
        f"{name.replace('-', ' ')} {question[name]}" for name in ("depth", "list", "max-hosts") if name in question
    ]
    if reach:
        lines.append(f"How far: {', '.join(reach)}.")
    lines.append(coverage.sentence() + ".")
    if coverage.posts_left_out:
        lines.append(f"{_counted(coverage.posts_left_out, 'post')} of people who asked to be left out: not looked at.")
    if whole.start_local_only:
        lines.append(
            f"Of {hand.host_name(whole.start, 80).text} itself only its own people's posts: the rest is closed by its owner."
        )
    elif coverage.local_only:
        lines.append(f"{_counted(coverage.local_only, 'instance')} showed only local posts.")
    if hollow:
        lines.append("Edges between two hollow discs could not be seen.")
    if top is not None:
        adrift = top + 1 - len(quoted.nodes)
        aside = f"; {adrift:,} without an edge that leads to these: left out" if adrift else ""
        lines.append(f"Drawn: {_chosen(quoted, top)} of {_counted(len(whole.nodes), 'instance')}{aside}.")
    if drawn < len(quoted.edges):
        lines.append(f"Drawn: the {drawn:,} heaviest of {len(quoted.edges):,} edges, each instance's best among them.")
    placed = "ForceAtlas2" if layout == "force" else "by community, on a circle"
    colored = ", colour: community (Louvain)" if whole.communities else ""
    lines.append(
        f"Disc area: posts shared with others{colored}. Layout: {placed}. fedistats {clean(about.version, 30)}."
    )
    return lines


def outline(path: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """A directed edge as a shape: `width` pixels broad at its beginning, pointed at its end.

    Three corners for a straight one; for a curve the end points and control points of two cubic Bezier curves, there and back.
    """
    way = path[1] - path[0]
    across = np.array([-way[1], way[0]]) / max(float(np.hypot(*way)), 1e-9) * width / 2
    there, back = path[0] + across, path[0] - across
    return np.vstack([there, path[1:], path[1:-1][::-1], back])


def start_mark(picture: Picture) -> Mark | None:
    """The sign round the disc that the collection began with."""
    if picture.start is None:
        return None
    disc = picture.discs[picture.start]
    return Mark("start", disc.x, disc.y, disc.radius + 4 * picture.scale, picture.theme.ink)
