"""The chart of a history."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fedistats.model import InstanceHistory, Snapshot
from fedistats.render.charts.history import draw_history
from fedistats.render.style import DARK, LIGHT, Theme
from tests.render.charts.samples import ABOUT, HOST, all_text, assert_readable, texts

SNAPSHOT = Snapshot(
    date="2026-09-01T12:00:00Z",
    users=1_000,
    posts=20_000,
    posts_read=500,
    found=60,
    neighbors=20,
    edges=90,
    communities=4,
    max_posts=1_000,
)
HISTORY = InstanceHistory(
    replace(ABOUT, parameters={"posts": 1_000, "min_posts": 5}),
    HOST,
    (
        SNAPSHOT,
        replace(SNAPSHOT, date="2026-10-01T12:00:00Z", users=None, neighbors=99, scope="depth 2"),
        replace(SNAPSHOT, date="2026-11-01T12:00:00Z", users=1_200, neighbors=21),
    ),
)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_all_text_is_on_the_page_and_overlaps_no_other(theme: Theme) -> None:
    figure = draw_history(HISTORY, theme=theme)
    assert {"1,000", "1,200", "20", "21", "1 September 2026", "1 November 2026"} <= set(texts(figure))
    assert_readable(figure)


def test_neighborhoods_of_another_scope_are_left_out_and_counted() -> None:
    text = all_text(draw_history(HISTORY, theme=LIGHT))
    assert "99" not in text
    assert "1 collection with another scope left out." in text


def test_two_collections_of_one_day_have_their_times() -> None:
    first, _, last = HISTORY.snapshots
    history = replace(HISTORY, snapshots=(first, replace(last, date="2026-09-01T13:00:00Z")))
    assert "1 September 2026, 13:00:00 UTC" in texts(draw_history(history, theme=LIGHT))


def test_a_history_without_data_says_so() -> None:
    unknown = Snapshot("2026-09-01T12:00:00Z", *(None,) * 7)
    assert "no data to draw" in texts(draw_history(replace(HISTORY, snapshots=(unknown,)), theme=LIGHT))
