"""Keyness: the log-odds ratios of the paper."""

from __future__ import annotations

import math

import pytest
from scipy import special  # type: ignore[import-untyped]

from fedistats.analysis.keyness import PRIOR, keyness


def test_log_odds_and_z_scores_are_those_of_the_paper() -> None:
    corpus = {"garden": 30, "cats": 12, "work": 8}
    others = {"garden": 5, "cats": 14, "trains": 41}
    prior = {"garden": 3.5, "cats": 2.6, "work": 0.8, "trains": 4.1}
    size = sum(prior.values())
    results = {result.text: result for result in keyness(corpus, others, prior)}
    for word, weight in prior.items():
        here, there = corpus.get(word, 0) + weight, others.get(word, 0) + weight
        expected = special.logit(here / (50 + size)) - special.logit(there / (60 + size))
        assert results[word].log_odds == pytest.approx(expected, abs=1e-9)
        assert results[word].z == pytest.approx(expected / math.hypot(here**-0.5, there**-0.5), abs=1e-9)
    # by hand: ln(33.5 / 27.5) - ln(8.5 / 62.5), divided by the root of 1/33.5 + 1/8.5
    assert results["garden"].log_odds == pytest.approx(2.192459827405, abs=1e-9)
    assert results["garden"].z == pytest.approx(5.708721621113, abs=1e-9)


def test_the_default_prior_is_all_uses_together() -> None:
    corpus, others = {"a": 60, "b": 20}, {"a": 20, "b": 60, "c": 40}
    prior = {"a": PRIOR * 0.4, "b": PRIOR * 0.4, "c": PRIOR * 0.2}
    assert keyness(corpus, others) == keyness(corpus, others, prior)
    assert [result.text for result in keyness(corpus, others)] == ["a", "b", "c"]


def test_a_single_word_has_no_keyness() -> None:
    assert keyness({}, {}) == keyness({"a": 3}, {"a": 9, "b": 0}) == []
