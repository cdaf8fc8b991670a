"""The chart of a comparison."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fedistats.analysis.comparison import ComparedInstance, compare
from fedistats.hosts import Host
from fedistats.model import PostCounts
from fedistats.render import figures
from fedistats.render.charts.comparison import draw_comparison
from fedistats.render.style import DARK, LIGHT, Theme
from tests.comparisons import ABOUT, A, B, C, compared_instance
from tests.render.charts.samples import assert_readable, texts


@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize(
    "instances",
    [
        [A, B],
        [A, B, C],
        [A, B, C, ComparedInstance(Host("quite-a-long-name.of.an.instance.example"), None, None, None)],
    ],
)
def test_all_text_is_on_the_page_and_overlaps_no_other(instances: list[ComparedInstance], theme: Theme) -> None:
    figure = draw_comparison(compare(instances), instances, theme=theme)
    assert_readable(figure)


def test_small_counts_are_drawn_without_significance() -> None:
    instances = [
        compared_instance("a.example", {"tea": 5}, {"cats": 5}, {"en": 9}, {"big.example": 9}),
        compared_instance("b.example", {"tea": 4}, {"dogs": 3}, {"en": 1}, {"big.example": 1}),
    ]
    first = replace(instances[1].posts.feeds[0], posts_read=1, posts_left_out=0) if instances[1].posts else None
    assert first is not None
    instances[1] = replace(instances[1], posts=PostCounts(ABOUT, instances[1].host, (first,)))
    figure = draw_comparison(compare(instances), instances, theme=LIGHT)
    labels = set(texts(figure))
    assert {
        "too few posts to compare (9 and 1)",
        "too few people to compare (5 and 4)",
        "tea",
        "#dogs",
        "big.example",
    } <= labels
    assert "400 bios; 1 local post" in labels
    assert "no significant difference" not in labels


def test_same_comparison_gives_the_same_svg() -> None:
    first, second = (figures.svg(draw_comparison(compare([A, C]), [A, C], theme=LIGHT)) for _ in range(2))
    assert first == second
    assert "ecology" in first.decode()
