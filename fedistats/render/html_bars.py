"""Charts as small pieces of HTML: bars and columns that take the page's colours, and that can be read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from fedistats.text import clean

_MOST = 10**15
"""No count is told beyond this: what a hostile server says must not overflow."""
_WIDTH, _HEIGHT, _TOP, _FOOT = 480, 190, 16, 22


def text(words: str, most: int = 500) -> str:
    """Anybody's words, as text of an HTML page."""
    return escape(clean(words, most))


def number(value: float) -> str:
    """1,000 with its comma; what no server has, as that."""
    return f"over {_MOST:,}" if value > _MOST else f"{value:,.0f}" if float(value).is_integer() else f"{value:,}"


def bars(rows: Sequence[tuple[str, int]], caption: str, colour: str = "c0") -> str:
    """Bars from left to right, with their words before them and their numbers behind. `colour` is a class of the page."""
    most = max([1, *(n for _, n in rows)])
    lines = "".join(
        f'<tr><th scope="row" dir="auto">{text(word, 60)}</th><td class="bar"><svg aria-hidden="true"><rect class="{colour}"'
        f' width="{_short(100 * min(max(n, 0) / most, 1))}%" height="100%"/></svg></td><td class="n">{number(n)}</td></tr>'
        for word, n in rows
    )
    return f'<table class="bars"><caption>{text(caption)}</caption><tbody>{lines}</tbody></table>'


def columns(
    counts: Sequence[int], caption: str, labels: Sequence[tuple[float, str]], told: str, colour: str = "c0"
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
                f'<rect class="{colour}" x="{_short(i * wide + gap / 2)}" y="{_short(base - high)}" width="{_short(wide - gap)}"'
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
