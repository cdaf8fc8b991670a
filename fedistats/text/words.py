"""Texts to words, in any script, and words to counts of people."""

from fedistats.text.phrases import terms
from fedistats.text.ranking import Tally, rank
from fedistats.text.terms import MOST_LETTERS, Term

__all__ = ["MOST_LETTERS", "Tally", "Term", "rank", "terms"]
