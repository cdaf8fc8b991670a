"""Timelines: the state of one feed of one host, and its posts, written page by page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from fedistats.hosts import Host
from fedistats.model import InstanceInfo, Outcome, Post
from fedistats.store import instances, terms
from fedistats.store.collections import Collection
from fedistats.store.database import Database
from fedistats.store.hashing import keyed_hash, new_key
from fedistats.text.terms import Term

_HOUR = 3600

_TOTALS = (
    "UPDATE timeline SET left_out = (SELECT count(*) - count(author) FROM post WHERE timeline = ?1) WHERE id = ?1",
    """INSERT INTO origin_posts SELECT timeline, origin, count(*) FROM post
       WHERE timeline = ? AND origin IS NOT NULL GROUP BY origin""",
    "INSERT INTO origin_posts SELECT timeline, host, count(*) FROM mention WHERE timeline = ? GROUP BY host",
    """INSERT INTO origin_language SELECT collection, origin, language, count(*) AS n FROM post JOIN timeline ON timeline.id = timeline
       WHERE timeline = ? AND origin IS NOT NULL AND language IS NOT NULL GROUP BY origin, language
       ON CONFLICT DO UPDATE SET posts = posts + excluded.posts""",
    """INSERT INTO origin_hashtag SELECT collection, origin, tag, n FROM (
           SELECT origin, used, count(*) AS n FROM (
               SELECT DISTINCT origin, hashtag AS used, author FROM post_hashtag JOIN post USING (timeline, position)
               WHERE timeline = ?1 AND origin IS NOT NULL)
           GROUP BY origin, used HAVING n > 1)
       JOIN hashtag ON digest = used JOIN timeline ON timeline.id = hashtag.timeline WHERE hashtag.timeline = ?1 AND tag IS NOT NULL
       ON CONFLICT DO UPDATE SET people = max(people, excluded.people)""",
)


@dataclass(slots=True)
class Timeline:
    """The state of one feed of one host."""

    id: int
    host: Host
    feed: str
    api_host: Host
    wanted: int  # posts requested
    posts_read: int = 0
    cursor: str | None = None  # where the next page begins
    key: bytes = field(default=b"", repr=False)  # the key of its hashes; empty once it is finished
    outcome: Outcome | None = None  # None while it is being read
    reason: str = ""
    word_authors: int | None = None  # people whose words were counted; None if no words were counted

    @property
    def finished(self) -> bool:
        """Whether it cannot be continued."""
        return not self.key


@dataclass(frozen=True, slots=True)
class KnownHost:
    """What a collection knows of one host."""

    instance: InstanceInfo | None
    timelines: dict[str, Timeline]  # by feed


def load(db: Database, collection: Collection, host: Host, feed: str) -> Timeline | None:
    """The state of one feed of a host, or None if it was never begun."""
    row = db.row(f"{_SELECT} AND feed = ?", collection.id, host, feed)
    return _from_row(host, row) if row else None


def load_host(db: Database, collection: Collection, host: Host) -> KnownHost:
    """What the collection knows of a host: its instance, and the state of each of its feeds."""
    timelines = [_from_row(host, row) for row in db.rows(_SELECT, collection.id, host)]
    return KnownHost(instances.load(db, collection, host), {timeline.feed: timeline for timeline in timelines})


_SELECT = """SELECT timeline.id, feed, api_host, wanted, posts_read, cursor, key, outcome, reason, word_authors
    FROM timeline JOIN host ON host.id = host WHERE collection = ? AND name = ?"""


def _from_row(host: Host, row: Sequence[Any]) -> Timeline:
    id_, feed, api_host, wanted, posts_read, cursor, key, outcome, *rest = row
    ended = Outcome(outcome) if outcome else None
    return Timeline(id_, host, feed, Host(api_host or host), wanted, posts_read, cursor, key or b"", ended, *rest)


def hosts(db: Database, collection: Collection) -> set[Host]:
    """The hosts with a timeline in a collection, also those that were not visited because they are excluded."""
    rows = db.rows("SELECT DISTINCT name FROM timeline JOIN host ON host.id = host WHERE collection = ?", collection.id)
    return {Host(name) for (name,) in rows}


def origins(db: Database, timeline: Timeline, limit: int) -> set[Host]:
    """The instances that the newest `limit` posts of a timeline were written on, or mention."""
    rows = db.rows(
        """SELECT name FROM post JOIN host ON host.id = origin WHERE timeline = ?1 AND position < ?2
           UNION SELECT name FROM mention JOIN host ON host.id = mention.host WHERE timeline = ?1 AND position < ?2""",
        timeline.id, limit,
    )  # fmt: skip
    return {Host(name) for (name,) in rows}


def write_totals(db: Database, timeline_id: int) -> None:
    """Write the totals of a finished timeline. Call it inside a transaction."""
    for statement in _TOTALS:
        db.connection.execute(statement, (timeline_id,))


class TimelineWriter:
    """Writes the posts of one timeline, one page and one transaction at a time."""

    def __init__(self, db: Database, timeline: Timeline) -> None:
        self.timeline = timeline  # kept up to date
        self._db = db
        self._hash = keyed_hash(timeline.key)
        self._seen: set[int] = set()  # digests of the ids of the posts read so far
        self._first_authors: dict[int, int | None] = {}
        """Digest of each hashtag -> digest of its only author so far; None once the hashtag is stored as text."""
        self._word_authors: set[int] = set()
        self._digests: dict[str, int] = {}
        """Hashes of the current page: the same handles and hashtags repeat. No id and no handle is kept longer than a page."""

    @classmethod
    def begin(
        cls, db: Database, collection: Collection, host: Host, feed: str, api_host: Host, wanted: int
    ) -> TimelineWriter:
        """Begin a timeline, or continue it where reading stopped. A finished one that has posts stays finished."""
        timeline = load(db, collection, host, feed)
        if timeline is None:
            key = new_key()
            with db.transaction() as connection:
                id_ = connection.execute(
                    "INSERT INTO timeline (collection, host, feed, api_host, wanted, key) VALUES (?, ?, ?, ?, ?, ?)",
                    (collection.id, db.host_id(host), feed, api_host, wanted, key),
                ).lastrowid
            assert id_ is not None
            return cls(db, Timeline(id_, host, feed, api_host, wanted, key=key))
        finished = timeline.finished
        if finished and timeline.posts_read:
            return cls(db, timeline)
        timeline.key = timeline.key or new_key()
        timeline.api_host, timeline.wanted, timeline.outcome, timeline.reason = api_host, wanted, None, ""
        with db.transaction() as connection:
            connection.execute(
                "UPDATE timeline SET api_host = ?, wanted = ?, key = ?, outcome = NULL, reason = '' WHERE id = ?",
                (api_host, wanted, timeline.key, timeline.id),
            )
        writer = cls(db, timeline)
        if not finished:
            writer._load_progress()
        return writer

    def _load_progress(self) -> None:
        id_ = self.timeline.id
        self._seen = {digest for (digest,) in self._db.rows("SELECT digest FROM post WHERE timeline = ?", id_)}
        self._first_authors = dict(
            self._db.rows(
                "SELECT digest, CASE WHEN tag IS NULL THEN first_author END FROM hashtag WHERE timeline = ?", id_
            )
        )
        authors = self._db.rows("SELECT DISTINCT author FROM word_use WHERE timeline = ?", id_)
        self._word_authors = {author for (author,) in authors}

    def is_new(self, post_id: str) -> bool:
        """Whether the post was not read before. From now on it counts as read."""
        digest = self._digest(post_id)
        if digest in self._seen:
            return False
        self._seen.add(digest)
        return True

    def add(
        self, posts: Sequence[tuple[Post, bool]], cursor: str, words: Iterable[tuple[str, Sequence[Term]]] | None = None
    ) -> None:
        """Write one page.

        `posts` are in the timeline's order, each with whether its author opted out; `cursor` is where the next page begins; `words` are the
        authors' keys (`Account.key`) and the terms of each post whose words may be counted.
        """
        timeline = self.timeline
        with self._db.transaction() as connection:
            self._insert_posts(posts)
            timeline.posts_read += len(posts)
            timeline.cursor = cursor
            connection.execute(
                "UPDATE timeline SET posts_read = ?, cursor = ? WHERE id = ?",
                (timeline.posts_read, cursor, timeline.id),
            )
            if words is not None:
                self._word_authors |= terms.add_words(self._db, timeline.id, self._digest, words)
                timeline.word_authors = len(self._word_authors)
                connection.execute(
                    "UPDATE timeline SET word_authors = ? WHERE id = ?", (timeline.word_authors, timeline.id)
                )
        self._digests.clear()

    def end(self, outcome: Outcome, reason: str = "", *, resumable: bool = False) -> None:
        """Record how reading ended. Unless it is resumable, delete the key and everything that needs the key, and write the totals.

        Of a finished timeline, only the outcome and the reason are replaced.
        """
        db, timeline = self._db, self.timeline
        timeline.outcome, timeline.reason = outcome, reason
        with db.transaction() as connection:
            connection.execute(
                "UPDATE timeline SET outcome = ?, reason = ? WHERE id = ?", (outcome, reason, timeline.id)
            )
            if not resumable and not timeline.finished:
                connection.execute("UPDATE timeline SET key = NULL, cursor = NULL WHERE id = ?", (timeline.id,))
                timeline.key, timeline.cursor = b"", None
                terms.finish_timeline(db, timeline.id)
                if timeline.posts_read:
                    write_totals(db, timeline.id)
        self._seen.clear()
        self._first_authors.clear()
        self._word_authors.clear()
        self._digests.clear()

    def _insert_posts(self, posts: Sequence[tuple[Post, bool]]) -> None:
        db, timeline_id = self._db, self.timeline.id
        rows: list[tuple[object, ...]] = []
        hashtag_uses: list[tuple[int, int, int]] = []
        mentions: list[tuple[int, int, int]] = []
        new_hashtags: dict[int, int] = {}
        shared_hashtags: dict[int, str] = {}
        for position, (post, left_out) in enumerate(posts, self.timeline.posts_read):
            digest = self._digest(post.id)
            if left_out:
                rows.append((timeline_id, position, digest, None, None, None, None))
                continue
            author = self._digest(post.author.key)
            origin = db.host_id(post.origin) if post.origin else None
            hour = None if post.written_at is None else post.written_at - post.written_at % _HOUR
            rows.append((timeline_id, position, digest, author, origin, hour, post.language))
            if post.mentions:
                mentions += [(timeline_id, position, db.host_id(host)) for host in post.mentions]
            for tag in {tag.casefold() for tag in post.tags} if post.tags else ():
                hashtag = self._digest("#" + tag)
                hashtag_uses.append((timeline_id, position, hashtag))
                first_author = self._first_authors.setdefault(hashtag, author)
                if first_author is None:
                    continue
                if first_author != author:
                    shared_hashtags[hashtag] = tag
                    self._first_authors[hashtag] = None
                new_hashtags.setdefault(hashtag, first_author)
        db.insert("INSERT INTO post VALUES", rows)
        db.insert("INSERT OR IGNORE INTO mention VALUES", mentions)
        db.insert("INSERT OR IGNORE INTO post_hashtag VALUES", hashtag_uses)
        if new_hashtags:
            db.insert(
                "INSERT OR IGNORE INTO hashtag (timeline, digest, first_author) VALUES",
                [(timeline_id, hashtag, first_author) for hashtag, first_author in new_hashtags.items()],
            )
            db.connection.executemany(
                "UPDATE hashtag SET tag = ? WHERE timeline = ? AND digest = ?",
                [(tag, timeline_id, hashtag) for hashtag, tag in shared_hashtags.items()],
            )

    def _digest(self, text: str) -> int:
        digest = self._digests.get(text)
        if digest is None:
            digest = self._digests[text] = self._hash(text)
        return digest
