"""The chart of the most common words in bios."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from fedistats.model import ProfileCounts
from fedistats.render.charts.captions import directory_outcome, profile_counts, signature, undrawable, word_rows
from fedistats.render.charts.page import WIDTH, Area, Page
from fedistats.render.charts.plots import bar_chart, text_width
from fedistats.render.fonts.text import typeface
from fedistats.render.style import Theme
from fedistats.text.html import clean

_MAX_WORDS = 40
_FRAME_HEIGHT = 220
"""Points of a page's height for title, caption and margins."""
_LINE = 25
_MAX_LABEL_WIDTH = 190


def draw_word_bars(profiles: ProfileCounts, *, theme: Theme) -> Figure:
    """Bars in two columns. Words that no available font can draw are counted in the caption."""
    rows = word_rows(profiles.words[:_MAX_WORDS])
    lines = max(-(-len(rows) // 2), min(len(rows), 8))
    page = Page(WIDTH, _FRAME_HEIGHT + max(lines, 4) * _LINE, theme, [word for word, _ in rows])
    missing = {word for word, _ in rows if not page.can_draw(word)}
    drawn = [row for row in rows if row[0] not in missing]
    min_people = clean(str(profiles.about.parameters.get("min_people", "")), 20)
    used_by = f", each used by at least {min_people} people" if min_people else ""
    page.add_title("Words in the bios on", profiles.host, f"The most common words{used_by}")
    page.add_caption(
        f"Numbers: people who use the word. {profile_counts(profiles)}. "
        f"{undrawable(sorted(missing))}{directory_outcome(profiles)}{signature(profiles.about)}"
    )
    if drawn:
        _two_columns(page, drawn, lines)
    else:
        page.message(page.body, "no word is used by enough people")
    return page.figure


def _two_columns(page: Page, rows: Sequence[tuple[str, int]], lines: int) -> None:
    """Both columns have the same scale: the second is narrower, since its bars are shorter."""
    body, size, gap = page.body, 11.0, 40.0
    columns = [column for column in (rows[:lines], rows[lines:]) if column]
    label_widths = [min(max(_label_width(word, size) for word, _ in c) + 10, _MAX_LABEL_WIDTH) for c in columns]
    longest = [max(count for _, count in column) for column in columns]
    number_widths = [text_width(f"{count:,}", size) + 6 for count in longest]
    bar_width = body.width - gap * (len(columns) - 1) - sum(label_widths) - sum(number_widths)
    left, bottom = body.left, min(body.bottom, body.top + lines * _LINE)
    for column, label_width, count, number_width in zip(columns, label_widths, longest, number_widths, strict=True):
        right = left + label_width + number_width + bar_width * count / sum(longest)
        area = Area(left, body.top, right, bottom)
        bar_chart(page, area, column, page.theme.colors[0], longest=count, lines=lines, label_width=label_width)
        left = right + gap


def _label_width(word: str, size: float) -> float:
    """Width in points; characters that DejaVu Sans lacks are taken to be as wide as high."""
    return text_width(word, size) if typeface(False).covers(word) else 1.05 * size * len(word)
