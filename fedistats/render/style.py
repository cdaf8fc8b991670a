"""The two themes of all pictures, with colors that color-blind people can distinguish."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Theme:
    """Colors as #rrggbb. `text` and `muted` have a contrast of at least 7:1 with the background. `colors` and `other` differ from each
    other by at least 15 (CIE76) in normal, protan, deutan and tritan vision."""

    name: str
    background: str
    text: str
    muted: str
    """For captions."""
    grid: str
    """For axes and other lines in the background."""
    other: str
    """For everything that has no color of its own."""
    colors: tuple[str, ...]


# Six colors of Okabe and Ito and two dark ones, and a gray: they differ by at least 16.1.
LIGHT = Theme(
    name="light",
    background="#ffffff",
    text="#16202c",
    muted="#4a5563",
    grid="#c9d0d8",
    other="#5f6670",
    colors=("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#332288", "#7a1f3d"),
)
# Similar hues for a dark background: they differ by at least 21.7.
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
