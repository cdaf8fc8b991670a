"""Keyness: the words that distinguish one corpus from another (log-odds ratios with a prior)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from fedistats.analysis.arrays import Floats

PRIOR = 500.0  # uses in the default prior, as in the paper; a larger prior ranks rare words lower


@dataclass(frozen=True, slots=True)
class Keyness:
    """How much a word (a hashtag, a language, an instance) is characteristic of one corpus, compared with the others."""

    text: str
    uses: int  # in this corpus
    others: int  # uses in the other corpora together
    log_odds: float  # the logarithm of the odds ratio; positive if the word is more common in this corpus
    z: float  # the z-score of the log-odds ratio: beyond 1.96 it is significant at the 5 % level


def keyness(
    corpus: Mapping[str, int], others: Mapping[str, int], prior: Mapping[str, float] | None = None
) -> list[Keyness]:
    """The keyness of every word, the most characteristic of `corpus` first: log-odds ratios with an informative Dirichlet prior.

    `corpus` and `others` are uses by word; `prior` holds pseudo-counts (above 0 for every word). The default prior is all uses together,
    scaled to PRIOR. A single word has no odds: the result is empty.
    Source: B. L. Monroe, M. P. Colaresi, K. M. Quinn: Fightin' Words: lexical feature selection and evaluation for identifying the content
    of political conflict, Political Analysis 16(4), 2008, equations 16, 20 and 22.
    """
    words = sorted(word for word in {*corpus, *others} if corpus.get(word, 0) + others.get(word, 0) > 0)
    if len(words) < 2:
        return []
    here, there = (np.array([uses.get(word, 0) for word in words], dtype=np.float64) for uses in (corpus, others))
    if prior is None:
        total = here + there
        pseudo_counts = total * (PRIOR / total.sum())
    else:
        pseudo_counts = np.array([prior[word] for word in words], dtype=np.float64)
    here_smoothed, there_smoothed = here + pseudo_counts, there + pseudo_counts
    log_odds = _log_odds(here_smoothed) - _log_odds(there_smoothed)
    z = log_odds / np.sqrt(1 / here_smoothed + 1 / there_smoothed)
    results = [
        Keyness(*row) for row in zip(words, map(int, here), map(int, there), log_odds.tolist(), z.tolist(), strict=True)
    ]
    return sorted(results, key=lambda result: (-result.z, result.text))


def _log_odds(counts: Floats) -> Floats:
    log_odds: Floats = np.log(counts / (counts.sum() - counts))
    return log_odds
