"""Matplotlib figures as files. The same figure gives the same bytes."""

from __future__ import annotations

from io import BytesIO

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

_DPI = 144


def png(figure: Figure, *, dpi: float = _DPI, title: str | None = None) -> bytes:
    """The figure as a PNG file."""
    FigureCanvasAgg(figure)
    file = BytesIO()
    metadata = {"Software": None} if title is None else {"Title": title, "Software": None}
    figure.savefig(file, format="png", dpi=dpi, metadata=metadata)
    return file.getvalue()


def svg(figure: Figure) -> bytes:
    """The figure as an SVG file whose text can be searched; its title is the figure's label."""
    FigureCanvasSVG(figure)
    file = BytesIO()
    metadata = {"Title": figure.get_label(), "Date": None, "Creator": None}
    with matplotlib.rc_context({"svg.hashsalt": "fedistats", "svg.fonttype": "none"}):
        figure.savefig(file, format="svg", dpi=2 * _DPI, metadata=metadata)  # the dpi of words that are images
    return file.getvalue()


def pdf(figure: Figure, *, dpi: float = _DPI, title: str) -> bytes:
    """The figure as a PDF file whose text can be searched."""
    FigureCanvasPdf(figure)
    file = BytesIO()
    with matplotlib.rc_context({"pdf.fonttype": 42}):  # TrueType fonts instead of drawn letters
        figure.savefig(file, format="pdf", dpi=dpi, metadata={"Title": title, "CreationDate": None})
    return file.getvalue()
