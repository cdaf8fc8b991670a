"""The chart of what distinguishes several instances."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from fedistats.analysis.comparison import KINDS, SIGNIFICANT_Z, ComparedInstance, InstanceComparison, Kind
from fedistats.analysis.keyness import Keyness
from fedistats.format import counted, join_words, number
from fedistats.hosts import display_name
from fedistats.render.charts.page import WIDTH, Area, Page
from fedistats.render.charts.plots import bar_chart
from fedistats.render.fonts.text import TextRun
from fedistats.render.style import Theme
from fedistats.text.html import clean

_COLUMN, _GAP, _MARGINS = 290, 36, 80
"""Points."""
_FRAME_HEIGHT = 238 + 52
"""Points of a page's height for title, caption, margins and the headings of the columns."""
_LINE, _HEADING, _SECTION_GAP = 19.0, 26.0, 20.0
_MAX_PLAIN_ROWS = 5
_FEW = 100
"""Fewer words, hashtags or posts of an instance are too few for significant differences."""
_MAX_ROWS: dict[Kind, int] = {"words": 14, "hashtags": 10, "languages": 5, "neighbors": 10}
_TITLES: dict[Kind, str] = {
    "words": "Words in bios",
    "hashtags": "Hashtags",
    "languages": "Languages",
    "neighbors": "Neighbors",
}


def draw_comparison(comparison: InstanceComparison, instances: Sequence[ComparedInstance], *, theme: Theme) -> Figure:
    """A column for each instance: the words, hashtags, languages and neighbors that distinguish it, by significance.

    If a kind distinguishes no instance, its most common ones are drawn in gray, with the reason.
    """
    keyness = comparison.keyness
    common = {kind: [_most_common(instance, kind, comparison.hosts) for instance in instances] for kind in KINDS}
    lines = {
        kind: max(1, *(len(keys[: _MAX_ROWS[kind]]) for keys in keyness[kind]))
        if any(keyness[kind])
        else 1 + max(map(len, common[kind]))
        for kind in KINDS
    }
    overlaps = _overlaps(comparison)
    height = _FRAME_HEIGHT + sum(_HEADING + _LINE * n + _SECTION_GAP for n in lines.values()) + 17 * len(overlaps)
    width = max(WIDTH, len(instances) * (_COLUMN + _GAP) + _MARGINS)
    words = [key.text for columns in keyness.values() for keys in columns for key in keys]
    words += [name for columns in common.values() for rows in columns for name, _ in rows]
    page = Page(width, round(height), theme, words)
    hosts = [clean(display_name(host), 60) for host in comparison.hosts]
    subtitle = "Each instance compared with all others together; longer bars are more significant differences"
    page.add_title("What distinguishes", join_words(hosts), subtitle)
    page.add_caption(_caption(instances, plain=not all(map(any, keyness.values()))))
    for i, (instance, area) in enumerate(zip(instances, page.body.columns(len(instances), _GAP), strict=True)):
        color = theme.colors[i % len(theme.colors)]
        page.dot(area.left + 6, area.top + 8, 6, color)
        host = TextRun(hosts[i]).clip(14, area.width - 20, bold=True).text
        page.text(host, area.left + 19, area.top + 13, 14, bold=True)
        page.text(TextRun(_data(instance)).clip(10, area.width).text, area.left, area.top + 31, 10, muted=True)
        top = area.top + 52
        for kind in KINDS:
            section = Area(area.left, top, area.right, top + _HEADING + _LINE * lines[kind])
            page.text(_TITLES[kind], section.left, section.top + 12, 11.5, bold=True)
            if any(keyness[kind]):
                keys = keyness[kind][i][: _MAX_ROWS[kind]]
                max_z = max(key.z for column in keyness[kind] for key in column)
                if keys:
                    _keyness_bars(page, section, keys, max_z, color)
                else:
                    _reason(page, section, _why_empty(instances, kind, i))
            else:
                _reason(page, section, _why_empty(instances, kind, i))
                longest = max((n for rows in common[kind] for _, n in rows), default=1)
                _plain_bars(page, section, common[kind][i], longest)
            top = section.bottom + _SECTION_GAP
    for i, overlap in enumerate(overlaps):
        page.text(overlap, page.body.left, page.body.bottom - 17 * (len(overlaps) - 1 - i), 11)
    return page.figure


def _keyness_bars(page: Page, area: Area, keys: Sequence[Keyness], max_z: float, color: str) -> None:
    """Bars as long as z, with the uses on this instance and on all instances behind them."""
    label_width, size = 0.46 * area.width, 11.0
    left = area.left + label_width
    width = area.right - left - max(TextRun(_uses(key)).width(size) for key in keys) - 8
    for i, key in enumerate(keys):
        middle = area.top + _HEADING + (i + 0.5) * _LINE
        right = left + width * key.z / max_z
        page.word(clean(display_name(key.text), 40), left - 8, middle, size, label_width - 8)
        page.rectangle(left, middle - 0.34 * _LINE, right, middle + 0.34 * _LINE, color)
        page.text(_uses(key), right + 6, middle + 0.36 * size, size * 0.92, muted=True)


def _plain_bars(page: Page, area: Area, rows: Sequence[tuple[str, int]], longest: int) -> None:
    """The most common ones in gray, below the reason."""
    if rows:
        top = area.top + _HEADING + _LINE
        plot = Area(area.left, top, area.right, top + _LINE * len(rows))
        names = [(clean(display_name(name), 40), n) for name, n in rows]
        label_width = 0.46 * area.width
        bar_chart(page, plot, names, page.theme.muted, longest=longest, lines=len(rows), label_width=label_width)


def _reason(page: Page, area: Area, text: str) -> None:
    page.text(TextRun(text).clip(10.5, area.width).text, area.left, area.top + _HEADING + 12, 10.5, muted=True)


def _most_common(instance: ComparedInstance, kind: Kind, hosts: Sequence[str]) -> list[tuple[str, int]]:
    """The most common of a kind, without the compared instances themselves."""
    counts = sorted(instance.counts(kind).items(), key=lambda item: (-item[1], item[0]))
    return [row for row in counts if row[0] not in hosts][:_MAX_PLAIN_ROWS]


def _uses(key: Keyness) -> str:
    return f"{number(key.uses)} of {number(key.uses + key.others)}"


def _why_empty(instances: Sequence[ComparedInstance], kind: Kind, i: int) -> str:
    """The reason why the instance `i` has no significant items of a kind."""
    totals = [sum(instance.counts(kind).values()) for instance in instances]
    if not totals[i]:
        return "no data"
    if sum(totals) == totals[i]:
        return f"no data about {'the other instance' if len(instances) == 2 else 'the other instances'}"
    if min(total for total in totals if total) < _FEW:
        unit = "people" if kind in ("words", "hashtags") else "posts"
        return f"too few {unit} to compare ({join_words([number(total) for total in totals])})"
    return "no significant difference"


def _data(instance: ComparedInstance) -> str:
    """What the comparison of an instance is based on."""
    parts = []
    if instance.profiles:
        parts.append(counted(instance.profiles.with_bio, "bio"))
    if feed := instance.feed():
        timeline = "local" if feed.feed == "local" else "federated"
        parts.append(counted(feed.posts_read - feed.posts_left_out, f"{timeline} post"))
    return "; ".join(parts) or "no profiles and posts"


def _overlaps(comparison: InstanceComparison) -> list[str]:
    return [
        f"{clean(display_name(a), 60)} and {clean(display_name(b), 60)} share {overlap.shared:,} of {overlap.union:,} neighbors: "
        f"{overlap.jaccard:.0%}; weighted by posts {overlap.weighted:.0%}"
        for a, b, overlap in comparison.overlaps
    ]


def _caption(instances: Sequence[ComparedInstance], *, plain: bool) -> str:
    parts = [part for i in instances for part in (i.profiles, i.posts, i.neighborhood) if part]
    days = sorted({clean(part.about.date[:10]) for part in parts})
    period = " to ".join(dict.fromkeys((days[0], days[-1]))) if days else ""
    version = clean(parts[0].about.version, 20) if parts else ""
    left_out = sum(instance.profiles.left_out for instance in instances if instance.profiles)
    opted_out = f"{counted(left_out, 'profile')} skipped (opted out). " if left_out else ""
    gray = "Gray bars: the most common ones, if there is no significant difference. " if plain else ""
    return (
        "Log-odds ratios with an informative Dirichlet prior (Monroe, Colaresi, Quinn 2008); shown if at least "
        f"{SIGNIFICANT_Z} standard deviations above the others. Numbers: uses on this instance, of all uses on the compared instances. "
        f"{gray}Words and hashtags are counted by people, languages and neighbors by posts. {opted_out}"
        f"Collected {period}, fedistats {version}."
    )
