"""Texts to words, in any script, and words to counts of people."""

from fedistats.words.ranking import Tally, rank
from fedistats.words.terms import terms
from fedistats.words.word import MOST_LETTERS, Term

__all__ = ["MOST_LETTERS", "Tally", "Term", "rank", "terms"]
