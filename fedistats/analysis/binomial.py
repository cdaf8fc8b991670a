"""The binomial distribution, for many at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def binomial(n: NDArray[np.int64], p: NDArray[np.float64], most: int) -> NDArray[np.float64]:
    """Shape (m, most + 1): how likely each of 0, 1, ... `most` successes is in n trials of chance p, for m pairs (n, p)."""
    k = np.arange(most)
    sure, never = p >= 1, p <= 0
    safe = np.where(sure | never, 0.5, p)[:, np.newaxis]
    trials = n[:, np.newaxis]
    with np.errstate(divide="ignore"):  # the logarithm of no way at all
        steps = np.log(np.maximum(trials - k, 0) / (k + 1)) + np.log(safe / (1 - safe))
    logarithms = np.column_stack([np.zeros(len(n)), np.cumsum(steps, axis=1)]) + trials * np.log1p(-safe)
    chances: NDArray[np.float64] = np.exp(logarithms)
    successes = np.arange(most + 1)
    chances[never] = successes == 0
    chances[sure] = successes == trials[sure]
    return chances
