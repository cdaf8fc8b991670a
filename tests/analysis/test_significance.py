"""Tests of significance agree with SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats  # type: ignore[import-untyped]

from fedistats.analysis.significance import FALSE_DISCOVERY_RATE, Count, increased, p_value, significant_changes


@pytest.mark.parametrize(
    ("before", "after", "read_before", "read_after"),
    [(5, 9, 200, 200), (40, 2, 200, 120), (0, 7, 90, 400), (3, 3, 7, 9)],
)
def test_the_p_value_is_that_of_the_exact_binomial_test(
    before: int, after: int, read_before: int, read_after: int
) -> None:
    expected = stats.binomtest(after, before + after, read_after / (read_before + read_after)).pvalue
    assert p_value([Count(before, after, read_before, read_after)]) == pytest.approx(expected, abs=1e-9)


def test_a_timeline_that_was_read_at_one_time_only_has_no_influence() -> None:
    assert p_value([Count(50, 0, 200, 0)]) == 1.0
    assert p_value([Count(5, 30, 200, 200), Count(50, 0, 200, 0)]) == pytest.approx(p_value([Count(5, 30, 200, 200)]))


def test_the_false_discovery_rate_is_that_of_scipy() -> None:
    rng = np.random.default_rng(6)
    counts = {
        f"w{i:03}": [Count(int(rng.poisson(20)), int(rng.poisson(60 if i < 20 else 20)), 500, 500)] for i in range(200)
    }
    adjusted = stats.false_discovery_control([p_value(count) for count in counts.values()])
    expected = {word for word, p in zip(counts, adjusted, strict=True) if p <= FALSE_DISCOVERY_RATE}
    significant = significant_changes(counts)
    assert {word for word, _ in significant} == expected
    assert {f"w{i:03}" for i in range(20)} <= expected
    assert [p for _, p in significant] == sorted(p for _, p in significant)
    assert significant_changes({}) == []


def test_an_increase_is_relative_to_the_posts_read() -> None:
    assert increased([Count(10, 15, 200, 200)])
    assert not increased([Count(10, 15, 200, 400)])
