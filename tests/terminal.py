"""Terminal tables as text."""

from __future__ import annotations

import io

from rich.console import Console, RenderableType


def table_text(renderable: RenderableType, width: int = 300) -> str:
    """What a terminal of this width shows."""
    out = io.StringIO()
    Console(file=out, width=width).print(renderable)
    return out.getvalue()
