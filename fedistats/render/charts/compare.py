"""Several instances side by side: what sets each apart from the others."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from fedistats.analysis.comparison import KINDS, SIGNIFICANT_Z, ComparedInstance, InstanceComparison, Kind
from fedistats.analysis.keyness import Keyness
from fedistats.hosts import display_name
from fedistats.render.charts.page import Area, Page, spelled
from fedistats.render.fonts.text import TextRun
from fedistats.render.style import Theme
from fedistats.text.html import clean

_COLUMN, _GAP, _MARGINS = 290, 36, 80
"""Points."""
_NARROWEST = 960
_FRAME = 238
"""Points that title, caption and margins take of the height."""
_LINE, _HEAD, _APART = 19.0, 26.0, 20.0
_MOST_PLAIN = 5
"""Of what is common, where nothing sets anybody apart."""
_FEW = 100
"""Uses, below which on one side hardly anything can be told from luck."""
_MOST: dict[Kind, int] = {"words": 14, "hashtags": 10, "languages": 5, "neighbors": 10}
_TITLES: dict[Kind, str] = {
    "words": "Words of the bios",
    "hashtags": "Hashtags",
    "languages": "Languages",
    "neighbors": "Neighbors",
}


def draw(found: InstanceComparison, sides: Sequence[ComparedInstance], *, theme: Theme) -> Figure:
    """A column for each instance: its words, hashtags, languages and neighbors, with bars as long as they are sure to set it apart."""
    commonest = {kind: [_commonest(side, kind, found.hosts) for side in sides] for kind in KINDS}
    lines = {
        kind: max(len(keys[: _MOST[kind]]) for keys in found.keyness[kind])
        if any(found.keyness[kind])
        else 1 + max(map(len, commonest[kind]))
        for kind in KINDS
    }
    lines = {kind: max(1, n) for kind, n in lines.items()}
    together = [
        _overlap(
            clean(display_name(one), 60),
            clean(display_name(other), 60),
            both.shared,
            both.union,
            both.jaccard,
            both.weighted,
        )
        for one, other, both in found.overlaps
    ]
    high = 52 + sum(_HEAD + _LINE * n + _APART for n in lines.values()) + 17 * len(together)
    wide = max(_NARROWEST, len(sides) * (_COLUMN + _GAP) + _MARGINS)
    page = Page(
        wide,
        round(_FRAME + high),
        theme,
        [key.text for keys in found.keyness.values() for of in keys for key in of]
        + [name for rows in commonest.values() for of in rows for name, _ in of],
    )
    hosts = [clean(display_name(host), 60) for host in found.hosts]
    page.title(
        "What sets them apart:",
        _listed(hosts),
        "Each beside all the others together; the longer a bar, the less likely it is luck",
    )
    page.foot(_caption(sides, plain=not all(map(any, found.keyness.values()))))
    areas = page.body.columns(len(sides), _GAP)
    for number, (side, area) in enumerate(zip(sides, areas, strict=True)):
        color = theme.colors[number % len(theme.colors)]
        axes = page.figure.axes[0]
        axes.add_patch(Circle((area.left + 6, area.top + 8), 6, facecolor=color, linewidth=0))
        page.write(
            TextRun(hosts[number]).clip(14, area.right - area.left - 20, bold=True).text,
            area.left + 19,
            area.top + 13,
            14,
            bold=True,
        )
        page.write(
            TextRun(_known(side)).clip(10, area.right - area.left).text, area.left, area.top + 31, 10, muted=True
        )
        top = area.top + 52
        for kind in KINDS:
            part = Area(area.left, top, area.right, top + _HEAD + _LINE * lines[kind])
            if any(found.keyness[kind]):
                keys = found.keyness[kind][number][: _MOST[kind]]
                surest = max(key.z for of in found.keyness[kind] for key in of)
                why = "" if keys else _why_none(found, sides, kind, number)
                _keys(page, part, _TITLES[kind], keys, surest, color, why)
            else:
                most = max((n for of in commonest[kind] for _, n in of), default=1)
                why = _why_none(found, sides, kind, number)
                _plain(page, part, _TITLES[kind], commonest[kind][number], most, why)
            top = part.bottom + _APART
    for number, told in enumerate(together):
        page.write(told, page.body.left, page.body.bottom - 17 * (len(together) - 1 - number), 11)
    return page.figure


def _keys(page: Page, area: Area, title: str, keys: Sequence[Keyness], surest: float, color: str, none: str) -> None:
    """Words with their bars, and how many of all their uses are here."""
    page.write(title, area.left, area.top + 12, 11.5, bold=True)
    if none:
        page.write(none, area.left, area.top + _HEAD + 12, 10.5, muted=True)
    label, size = 0.46 * (area.right - area.left), 11.0
    begin = area.left + label
    behind = max((TextRun(_uses(key)).width(size) for key in keys), default=0.0)
    longest = area.right - begin - behind - 8
    for number, key in enumerate(keys):
        middle = area.top + _HEAD + (number + 0.5) * _LINE
        end = begin + longest * key.z / surest
        page.word(clean(display_name(key.text), 40), begin - 8, middle, size, label - 8)
        page.figure.axes[0].add_patch(
            Rectangle((begin, middle - 0.34 * _LINE), end - begin, 0.68 * _LINE, facecolor=color, linewidth=0)
        )
        page.write(_uses(key), end + 6, middle + 0.36 * size, size * 0.92, muted=True)


def _plain(page: Page, area: Area, title: str, rows: Sequence[tuple[str, int]], most: int, why: str) -> None:
    """The commonest as they are, where nothing sets anybody apart, and why that is not told. A bar of `most` is the longest."""
    page.write(title, area.left, area.top + 12, 11.5, bold=True)
    room = area.right - area.left
    page.write(TextRun(why).clip(10.5, room).text, area.left, area.top + _HEAD + 12, 10.5, muted=True)
    if rows:
        plot = Area(area.left, area.top + _HEAD + _LINE, area.right, area.top + _HEAD + _LINE * (1 + len(rows)))
        quoted = [(clean(display_name(name), 40), n) for name, n in rows]
        page.bars(plot, quoted, most, page.theme.muted, lines=len(rows), label=0.46 * room)


def _commonest(side: ComparedInstance, kind: Kind, hosts: Sequence[str]) -> list[tuple[str, int]]:
    counts = sorted(side.counts(kind).items(), key=lambda item: (-item[1], item[0]))
    return [row for row in counts if row[0] not in hosts][:_MOST_PLAIN]


def _uses(key: Keyness) -> str:
    return f"{spelled(key.uses)} of {spelled(key.uses + key.others)}"


def _why_none(found: InstanceComparison, sides: Sequence[ComparedInstance], kind: Kind, number: int) -> str:
    """Why a part has no bars."""
    if not sides[number].counts(kind):
        return "nothing is known"
    others = any(side.counts(kind) for at, side in enumerate(sides) if at != number)
    counted = [sum(side.counts(kind).values()) for side in sides]
    few = min(n for n in counted if n) < _FEW
    unit = {"words": "people", "hashtags": "people"}.get(kind, "posts")
    return (
        (f"too few {unit} to tell ({_listed([spelled(n) for n in counted])})" if few else "nothing beyond luck")
        if others
        else f"nothing is known of {'the other' if len(found.hosts) == 2 else 'the others'}"
    )


def _known(side: ComparedInstance) -> str:
    feed = side.feed()
    told = []
    if side.profiles:
        told.append(_several(side.profiles.with_bio, "bio"))
    if feed:
        posts = feed.posts_read - feed.posts_left_out
        told.append(f"{_several(posts, 'post')}{' of its own people' if feed.feed == 'local' else ' that reached it'}")
    return "; ".join(told) or "its people and posts are not known"


def _several(n: int, noun: str) -> str:
    return f"{spelled(n)} {noun}{'' if n == 1 else 's'}"


def _overlap(one: str, other: str, shared: int, either: int, jaccard: float, weighted: float) -> str:
    return f"{one} and {other} share {shared:,} of {either:,} neighbors: {jaccard:.0%}; by posts {weighted:.0%}"


def _listed(hosts: Sequence[str]) -> str:
    return f"{', '.join(hosts[:-1])} and {hosts[-1]}"


def _caption(sides: Sequence[ComparedInstance], *, plain: bool) -> str:
    about = [part.about for side in sides for part in (side.profiles, side.posts, side.neighborhood) if part]
    days = sorted({clean(one.date[:10]) for one in about})
    span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}" if days else ""
    version = clean(about[0].version, 20) if about else ""
    left_out = sum(side.profiles.left_out for side in sides if side.profiles)
    gray = "Gray bars: the commonest, where nothing stands out beyond luck. " if plain else ""
    asked = "person" if left_out == 1 else "people"
    aside = f"{left_out:,} {asked} asked to be left out, and so are their bios. " if left_out else ""
    return (
        f"Log-odds ratios with an informative Dirichlet prior (Monroe, Colaresi, Quinn 2008); shown is what lies {SIGNIFICANT_Z} standard "
        "deviations or more from the others. After each bar: its uses on this instance, of those on all. "
        f"{gray}Words and hashtags are counted by people, "
        f"languages and neighbors by posts. {aside}Collected {span}, fedistats {version}."
    )
