"""Terms are counted by people, and stored as text only after a second person has used them."""

from __future__ import annotations

from pathlib import Path

from fedistats.model import Outcome
from fedistats.store import terms
from fedistats.store.database import Database
from fedistats.text.ranking import TermCount
from fedistats.text.terms import Term
from tests.store.samples import begin, page


def term(spelling: str, *, is_stop_word: bool = False) -> Term:
    return Term(spelling.casefold(), spelling, is_stop_word=is_stop_word, is_phrase=" " in spelling)


def test_each_person_counts_once_for_each_term(path: Path) -> None:
    with Database.open(path) as db:
        writer = begin(db)
        writer.add(page(1), "1", [("ann", [term("Garden"), term("garden")]), ("ann", [term("garden")])])
        assert terms.load(db, terms.POST, writer.timeline.id) == []
        writer.add(page(2), "2", [("ann", [term("garden")]), ("bob", [term("garden"), term("tea time")])])
        assert terms.load(db, terms.POST, writer.timeline.id) == [TermCount("garden", "garden", 2, 0, False)]
        assert writer.timeline.word_authors == 2


def test_the_most_common_spelling_is_shown_and_stop_words_are_counted(path: Path) -> None:
    with Database.open(path) as db:
        writer = begin(db)
        uses = [("ann", "Will"), ("bob", "will"), ("eve", "Will"), ("joe", "will"), ("kim", "Will")]
        words = [(name, [term(word, is_stop_word=word == "will"), term("tea time")]) for name, word in uses]
        writer.add(page(1), "1", words)
        assert terms.load(db, terms.POST, writer.timeline.id) == [
            TermCount("tea time", "tea time", 5, 0, True),
            TermCount("will", "Will", 5, 2, False),
        ]


def test_a_finished_timeline_keeps_only_the_terms_of_at_least_two_people(path: Path) -> None:
    with Database.open(path) as db:
        writer = begin(db)
        writer.add(page(1), "1", [("ann", [term("garden"), term("secret")]), ("bob", [term("garden")])])
        assert db.rows("SELECT count(*) FROM term") == [(2,)]
        writer.end(Outcome.COMPLETE)
        assert db.rows("SELECT term, people FROM term") == [("garden", 2)]
        assert db.rows("SELECT count(*) FROM word_use") == [(0,)]


def test_a_timeline_without_words_has_no_number_of_authors(path: Path) -> None:
    with Database.open(path) as db:
        writer = begin(db)
        writer.add(page(1), "1")
        assert writer.timeline.word_authors is None
        writer.add(page(2), "2", [])
        assert writer.timeline.word_authors == 0
