"""Small pieces of HTML that all sections share: strangers' words as text, figures, dates, bars and columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

from fedistats.model import About
from fedistats.text.html import clean

_MOST = 10**15
"""No count is told beyond this: what a hostile server says must not overflow."""
_WIDTH, _HEIGHT, _TOP, _FOOT = 480, 190, 16, 22


# -- words -------------------------------------------------------------------------------------------------------------


def text(words: str, most: int = 500) -> str:
    """Anybody's words, as text of an HTML page."""
    return escape(clean(words, most))


def missing(sentence: str) -> str:
    """What stands in the place of a part that there is not."""
    return f'<p class="missing">{text(sentence)}.</p>'


def upper(sentence: str) -> str:
    """With a capital letter."""
    return sentence[:1].upper() + sentence[1:]


def listed(words: Sequence[str]) -> str:
    """'English, German and French'"""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


# -- figures and dates -------------------------------------------------------------------------------------------------


def number(value: float) -> str:
    """1,000 with its comma; what no server has, as that."""
    return f"over {_MOST:,}" if value > _MOST else f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"


def counted(n: int, noun: str) -> str:
    """'1 post', '1,000 posts', '1 person', '3 people'"""
    return f"{number(n)} {noun if n == 1 else 'people' if noun == 'person' else noun + 's'}"


def date(about: About) -> str:
    """'21 November 2026': the day on which the collection began."""
    try:
        day = datetime.fromisoformat(about.date)
    except ValueError:
        return clean(about.date, 40)
    return f"{day.day} {day:%B %Y}"


def day(at: int, *, short: bool = False) -> str:
    """'1 November 2026', or '1 Nov', of epoch seconds; empty where it is no time: a server's clock may say anything."""
    try:
        found = datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    return f"{found.day} {found:%b}" if short else f"{found.day} {found:%B %Y}"


def rule(about: About) -> str:
    """What makes an edge, in a sentence without its end."""
    return clean(str(about.parameters.get("rule", "")), 400).rstrip(".")


# -- charts ------------------------------------------------------------------------------------------------------------


def bars(rows: Sequence[tuple[str, int]], caption: str, color: str = "c0", *, first: int | None = None) -> str:
    """Bars from left to right, with their words before them and their numbers behind. `colour` is a class of the page.

    Of more than `first` rows the others are a line without a bar, which would be the longest, and mean something else.
    """
    rest = rows[first - 1 :] if first is not None and len(rows) > first else []
    rows = rows[: len(rows) - len(rest)]
    most = max([1, *(n for _, n in rows)])
    lines = "".join(
        f'<tr><th scope="row" dir="auto">{text(word, 60)}</th><td class="bar"><svg aria-hidden="true"><rect class="{color}"'
        f' width="{_short(100 * min(max(n, 0) / most, 1))}%" height="100%"/></svg></td><td class="n">{number(n)}</td></tr>'
        for word, n in rows
    )
    if rest:
        told = f"{len(rest):,} others", sum(n for _, n in rest)
        lines += f'<tr class="rest"><th scope="row">{told[0]}</th><td class="n" colspan="2">{number(told[1])}</td></tr>'
    return f'<table class="bars"><caption>{text(caption)}</caption><tbody>{lines}</tbody></table>'


def columns(
    counts: Sequence[int], caption: str, labels: Sequence[tuple[float, str]], told: str, color: str = "c0"
) -> str:
    """Upright bars side by side. A label stands below at its place: 0 is the left edge of the first bar, 1 that of the second.

    `told` is what somebody is told who cannot see them.
    """
    counts = [min(max(n, 0), _MOST) for n in counts]
    most = max([1, *counts])
    wide = _WIDTH / max(len(counts), 1)
    base = _HEIGHT - _FOOT
    gap = min(3.0, wide * 0.15)
    drawn = []
    for i, n in enumerate(counts):
        high = (base - _TOP) * n / most
        if n:
            drawn.append(
                f'<rect class="{color}" x="{_short(i * wide + gap / 2)}" y="{_short(base - high)}" width="{_short(wide - gap)}"'
                f' height="{_short(high)}"><title>{number(n)}</title></rect>'
            )
    if any(counts):
        peak = counts.index(most)
        anchor = "start" if peak < len(counts) * 0.05 else "end" if peak > len(counts) * 0.95 else "middle"
        x = {"start": peak * wide, "middle": (peak + 0.5) * wide, "end": (peak + 1) * wide}[anchor]
        drawn.append(f'<text x="{_short(x)}" y="11" text-anchor="{anchor}">{number(most)}</text>')
    for place, label in labels:
        anchor = "start" if place <= 0 else "end" if place >= len(counts) else "middle"
        drawn.append(
            f'<text x="{_short(place * wide)}" y="{_HEIGHT - 6}" text-anchor="{anchor}">{text(label, 20)}</text>'
        )
    return (
        f'<figure class="columns"><figcaption>{text(caption)}</figcaption>'
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{text(f"{caption}: {told}", 2000)}">'
        f'<path class="axis" d="M0 {base}H{_WIDTH}"/>{"".join(drawn)}</svg></figure>'
    )


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
