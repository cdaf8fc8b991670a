"""Words and phrases, and how many people use them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from fedistats.store.database import Database
from fedistats.text.ranking import TermCount
from fedistats.text.terms import Term

BIO, FIELD, POST = "bio", "field", "post"  # the kinds of terms: words of bios, names of profile fields, words of posts


def add(db: Database, kind: str, source: int, hash_text: Callable[[str], int], uses: Iterable[Term]) -> None:
    """Count one more person for each use. A term or spelling is stored as text when its second person uses it."""
    terms: dict[int, list[Any]] = {}
    spellings: dict[tuple[int, int], list[Any]] = {}
    for use in uses:
        digest = hash_text(use.key)
        term = terms.setdefault(digest, [use.key, use.is_phrase, 0, 0])
        term[2] += 1
        term[3] += use.is_stop_word
        spelling = spellings.setdefault((digest, hash_text(use.spelling)), [use.spelling, 0])
        spelling[1] += 1
    db.connection.executemany(
        """INSERT INTO term VALUES (?1, ?2, ?3, CASE WHEN ?6 > 1 THEN ?4 END, ?5, ?6, ?7)
           ON CONFLICT DO UPDATE SET people = people + ?6, as_stop_word = as_stop_word + ?7, term = ?4""",
        [(kind, source, digest, *term) for digest, term in terms.items()],
    )
    db.connection.executemany(
        """INSERT INTO spelling VALUES (?1, ?2, ?3, ?4, CASE WHEN ?6 > 1 THEN ?5 END, ?6)
           ON CONFLICT DO UPDATE SET people = people + ?6, spelling = ?5""",
        [(kind, source, *digests, *spelling) for digests, spelling in spellings.items()],
    )


def add_words(
    db: Database, timeline: int, hash_text: Callable[[str], int], words: Iterable[tuple[str, Iterable[Term]]]
) -> set[int]:
    """Count the words of a page of posts, given as the key of each post's author and the post's terms: each once per person.

    Returns the digests of the authors with a new term.
    """
    new_terms: list[Term] = []
    rows: list[tuple[int, int, int]] = []
    by_author: dict[int, set[int]] = {}
    for key, terms in words:
        author = hash_text(key)
        if author not in by_author:
            used = "SELECT digest FROM word_use WHERE timeline = ? AND author = ?"
            by_author[author] = {digest for (digest,) in db.connection.execute(used, (timeline, author))}
        for term in terms:
            digest = hash_text(term.key)
            if digest not in by_author[author]:
                by_author[author].add(digest)
                rows.append((timeline, author, digest))
                new_terms.append(term)
    db.connection.executemany("INSERT INTO word_use VALUES (?, ?, ?)", rows)
    add(db, POST, timeline, hash_text, new_terms)
    return {author for _, author, _ in rows}


def finish_timeline(db: Database, timeline: int) -> None:
    """Delete who used which word, and the words that one person alone used: they cannot be counted further without the key."""
    db.connection.execute("DELETE FROM word_use WHERE timeline = ?", (timeline,))
    _delete_single_use(db, POST, timeline)


def finish_directory(db: Database, directory: int) -> None:
    """Delete the words and field names that one person alone used: they cannot be counted further without the key."""
    _delete_single_use(db, BIO, directory)
    _delete_single_use(db, FIELD, directory)


def _delete_single_use(db: Database, kind: str, source: int) -> None:
    for table in ("spelling", "term"):
        db.connection.execute(f"DELETE FROM {table} WHERE kind = ? AND source = ? AND {table} IS NULL", (kind, source))


def load(db: Database, kind: str, source: int) -> list[TermCount]:
    """The terms that at least two people use, most people first, each in its most common spelling.

    `source` is the id of the directory; for the kind POST the id of the timeline.
    """
    spelling_by_digest: dict[int, str] = {}
    for term, spelling in db.rows(
        "SELECT term, spelling FROM spelling WHERE kind = ? AND source = ? AND spelling IS NOT NULL ORDER BY people DESC, spelling",
        kind, source,
    ):  # fmt: skip
        spelling_by_digest.setdefault(term, spelling)
    rows = db.rows(
        """SELECT digest, term, people, as_stop_word, pair FROM term WHERE kind = ? AND source = ? AND term IS NOT NULL
           ORDER BY people DESC, term""",
        kind, source,
    )  # fmt: skip
    return [
        TermCount(term, spelling_by_digest.get(digest, term), people, as_stop_word, bool(pair))
        for digest, term, people, as_stop_word, pair in rows
    ]
