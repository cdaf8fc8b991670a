"""Shared code of the results that are drawn as one matplotlib figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fedistats.settings import ThemeName, check

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from fedistats.render.style import Theme


class FigureMixin:
    """PNG and SVG of a result that has a `figure`."""

    __slots__ = ()

    def png(self, *, theme: ThemeName = "light") -> bytes:
        """The picture that the command writes, as PNG. Raises NothingFound if there is nothing to draw; InvalidSetting."""
        from fedistats.render import figures

        return figures.png(self.figure(theme=theme))

    def svg(self, *, theme: ThemeName = "light") -> bytes:
        """The same picture as SVG."""
        from fedistats.render import figures

        return figures.svg(self.figure(theme=theme))

    def figure(self, *, theme: ThemeName = "light") -> Figure:
        """The same picture as a matplotlib Figure that you can change."""
        raise NotImplementedError

    def _repr_png_(self) -> bytes | None:
        return self.png()


def theme_by_name(name: ThemeName) -> Theme:
    """The theme "light" or "dark". Raises InvalidSetting for any other name."""
    from fedistats.render.style import THEMES

    check(theme=name)
    return THEMES[name]
