"""What sets the words of one apart from those of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

PRIOR = 500.0
"""How many uses the prior is worth: a word must be used more often than such a crowd would by itself to stand out. As in the paper."""


@dataclass(frozen=True, slots=True)
class Keyness:
    """A word (a hashtag, a language, an instance) and how much it belongs to one rather than to the others."""

    text: str
    uses: int
    """By the one."""
    others: int
    """By all others."""
    log_odds: float
    """The log of how many times higher its odds are with the one; negative where the others have it."""
    z: float
    """The same in standard deviations: beyond 1.96 it is hardly luck."""


def keyness(
    one: Mapping[str, int], others: Mapping[str, int], prior: Mapping[str, float] | None = None
) -> list[Keyness]:
    """Every word of either, what sets the one apart first: log-odds ratios with an informative Dirichlet prior, and their z-scores.

    `one` and `others` count uses; `prior` holds pseudo-counts (above 0 for every word). Without it, all uses together are the prior, scaled
    to PRIOR. Source: B. L. Monroe, M. P. Colaresi, K. M. Quinn: Fightin' Words: lexical feature selection and evaluation for
    identifying the content of political conflict, Political Analysis 16(4), 2008, equations 16, 20 and 22.
    """
    words = sorted(word for word in {*one, *others} if one.get(word, 0) + others.get(word, 0) > 0)
    if len(words) < 2:
        return []  # a word alone has no odds
    mine, theirs = (np.array([side.get(word, 0) for word in words], dtype=np.float64) for side in (one, others))
    if prior is None:
        together = mine + theirs
        expected = together * (PRIOR / together.sum())
    else:
        expected = np.array([prior[word] for word in words], dtype=np.float64)
    mine_and, theirs_and = mine + expected, theirs + expected
    log_odds = np.log(mine_and / (mine_and.sum() - mine_and)) - np.log(theirs_and / (theirs_and.sum() - theirs_and))
    z = log_odds / np.sqrt(1 / mine_and + 1 / theirs_and)
    keys = [
        Keyness(*row)
        for row in zip(words, map(int, mine), map(int, theirs), log_odds.tolist(), z.tolist(), strict=True)
    ]
    return sorted(keys, key=lambda key: (-key.z, key.text))
