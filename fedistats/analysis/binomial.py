"""The binomial distribution, vectorized."""

from __future__ import annotations

import numpy as np

from fedistats.analysis.arrays import Floats, Ints


def binomial_pmf(n: Ints, p: Floats, max_successes: int) -> Floats:
    """Shape (m, max_successes + 1): the probabilities of 0, 1, ... `max_successes` successes in n trials of probability p.

    `n` and `p` have the shape (m,).
    """
    k = np.arange(max_successes)
    certain, impossible = p >= 1, p <= 0
    safe_p = np.where(certain | impossible, 0.5, p)[:, np.newaxis]
    trials = n[:, np.newaxis]
    with np.errstate(divide="ignore"):  # log(0): more successes than trials
        log_ratios = np.log(np.maximum(trials - k, 0) / (k + 1)) + np.log(safe_p / (1 - safe_p))
    log_pmf = np.column_stack([np.zeros(len(n)), np.cumsum(log_ratios, axis=1)]) + trials * np.log1p(-safe_p)
    pmf: Floats = np.exp(log_pmf)
    successes = np.arange(max_successes + 1)
    pmf[impossible] = successes == 0
    pmf[certain] = successes == trials[certain]
    return pmf
