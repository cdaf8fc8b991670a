"""The hand that all our pictures are drawn in: two themes, and colours that the colour-blind can tell apart."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours as #rrggbb. Text on the background has a contrast of at least 7:1; the community colours and `other`
    differ by at least 15 (CIE76) in normal, protan, deutan and tritan vision."""

    name: str
    background: str
    text: str
    muted: str
    """For captions: still 7:1."""
    grid: str
    """For axes, edges between communities and other lines that stand back."""
    other: str
    """Whatever belongs to no community of its own."""
    colors: tuple[str, ...]


# Okabe & Ito's six plus two dark ones, and a grey that is none of them: 16.1 at the least.
LIGHT = Theme(
    name="light",
    background="#ffffff",
    text="#16202c",
    muted="#4a5563",
    grid="#c9d0d8",
    other="#5f6670",
    colors=("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#332288", "#7a1f3d"),
)
# The same hues as far as a dark ground bears them: 21.7 at the least.
DARK = Theme(
    name="dark",
    background="#11161d",
    text="#eef2f6",
    muted="#aeb8c4",
    grid="#3a4451",
    other="#7d8793",
    colors=("#389eff", "#ff8b23", "#35e8a7", "#f8a5ef", "#faf094", "#b4a25e", "#764bff", "#cb1e55"),
)
THEMES = {theme.name: theme for theme in (LIGHT, DARK)}
