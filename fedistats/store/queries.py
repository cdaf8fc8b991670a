"""What results are made of: posts by host, language, hashtag and hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

from fedistats.hosts import Host
from fedistats.model import Outcome, TimelineResult, WordCount
from fedistats.store.collections import Collection
from fedistats.store.database import Database
from fedistats.store.directories import Directory
from fedistats.store.timelines import Timeline

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_HAS_TOTALS = "(left_out IS NOT NULL AND posts_read <= ?2)"  # the totals of a timeline are those of its newest ?2 posts
_ALL_HAVE_TOTALS = (
    "NOT EXISTS (SELECT 1 FROM timeline WHERE collection = ?1 AND left_out IS NOT NULL AND posts_read > ?2)"
)
"""Whether the totals of a collection are."""


def timeline_results(db: Database, collection: Collection, posts: int) -> list[TimelineResult]:
    """How each timeline ended, and how many of its newest `posts` posts were read and left out; sorted by host."""
    rows = db.rows(
        f"""SELECT timeline.id, name, feed, outcome, reason, min(posts_read, ?2), api_host,
               CASE WHEN {_HAS_TOTALS} THEN left_out
                    ELSE (SELECT count(*) - count(author) FROM post WHERE timeline = timeline.id AND position < ?2) END
           FROM timeline JOIN host ON host.id = host WHERE collection = ?1 ORDER BY name, feed DESC""",
        collection.id, posts,
    )  # fmt: skip
    results = []
    for id_, name, feed, outcome, reason, posts_read, api_host, left_out in rows:
        ended = Outcome(outcome) if outcome else Outcome.PARTIAL if posts_read else Outcome.NOT_ASKED
        why, host = reason if outcome else "interrupted", Host(api_host or name)
        results.append(TimelineResult(id_, Host(name), feed, ended, why, posts_read, left_out, host))
    return results


def host_names(db: Database) -> dict[int, Host]:
    """All hosts of the store, by number."""
    return {id_: Host(name) for id_, name in db.rows("SELECT id, name FROM host")}


def sightings(db: Database, collection: Collection, posts: int) -> NDArray[np.int64]:
    """Posts by timeline and origin, of the newest `posts` posts of each timeline.

    Shape (n, 3): timeline id, host number of the instance the posts were written on (or mention), number of posts. Posts that were left
    out, and those whose origin is not a public host, are not counted.
    """
    import numpy as np

    with_totals = f"SELECT timeline.id FROM timeline WHERE collection = ?1 AND {_HAS_TOTALS}"
    # One list of numbers per timeline: ten times faster than one row per pair.
    rows = db.rows(
        f"""SELECT timeline, group_concat(origin), group_concat(posts) FROM origin_posts WHERE timeline IN ({with_totals}) GROUP BY timeline
            UNION ALL
            SELECT timeline, group_concat(origin), group_concat(posts) FROM (
                SELECT timeline, origin, count(*) AS posts FROM post JOIN timeline ON timeline.id = timeline
                WHERE collection = ?1 AND NOT {_HAS_TOTALS} AND position < ?2 AND origin IS NOT NULL GROUP BY timeline, origin
                UNION ALL
                SELECT timeline, mention.host, count(*) FROM mention JOIN timeline ON timeline.id = timeline
                WHERE collection = ?1 AND NOT {_HAS_TOTALS} AND position < ?2 GROUP BY timeline, mention.host)
            GROUP BY timeline""",
        collection.id, posts,
    )  # fmt: skip
    origins, counts = (
        np.fromstring(",".join(row[column] for row in rows), dtype=np.int64, sep=",") for column in (1, 2)
    )
    lengths = [row[1].count(",") + 1 for row in rows]
    timelines = np.repeat(np.array([row[0] for row in rows], dtype=np.int64), lengths)
    return np.column_stack((timelines, origins, counts)).astype(np.int64).reshape(-1, 3)


def most_named(db: Database, collection: Collection, posts: int, readers: Iterable[Host]) -> list[Host]:
    """The instances that the newest `posts` posts of the readers' timelines were written on or mention: most posts first, then by name."""
    import numpy as np

    hosts = set(readers)
    timelines = [result.id for result in timeline_results(db, collection, posts) if result.host in hosts]
    by_timeline = sightings(db, collection, posts)
    names = host_names(db)
    counts: Counter[Host] = Counter()
    for origin, n in by_timeline[np.isin(by_timeline[:, 0], timelines)][:, 1:].tolist():
        counts[names[origin]] += n
    return sorted(counts, key=lambda name: (-counts[name], name))


def origin_languages(db: Database, collection: Collection, posts: int) -> dict[Host, list[tuple[str, int]]]:
    """Languages of the posts written on each instance, seen on any timeline: language and posts, most posts first."""
    rows = db.rows(
        f"""SELECT name, language, sum(n) AS n FROM (
                SELECT origin, language, posts AS n FROM origin_language WHERE collection = ?1 AND {_ALL_HAVE_TOTALS}
                UNION ALL
                SELECT origin, language, count(*) FROM timeline JOIN post ON post.timeline = timeline.id
                WHERE collection = ?1 AND position < ?2 AND origin IS NOT NULL AND language IS NOT NULL
                AND NOT (left_out IS NOT NULL AND {_ALL_HAVE_TOTALS}) GROUP BY origin, language)
            JOIN host ON host.id = origin GROUP BY origin, language ORDER BY name, n DESC, language""",
        collection.id, posts,
    )  # fmt: skip
    languages: dict[Host, list[tuple[str, int]]] = {}
    for name, language, n in rows:
        languages.setdefault(Host(name), []).append((language, n))
    return languages


def origin_hashtags(db: Database, collection: Collection, posts: int, min_people: int) -> dict[Host, list[WordCount]]:
    """The hashtags that at least `min_people` (2 or more) people of each instance use, most people first.

    A person cannot be recognized from one timeline to the next. So people are counted on the timeline that shows the most of them.
    """
    rows = db.rows(
        f"""SELECT name, tag, max(people) AS most FROM (
                SELECT origin, tag, people FROM origin_hashtag WHERE collection = ?1 AND people >= ?3 AND {_ALL_HAVE_TOTALS}
                UNION ALL
                SELECT origin, tag, count(DISTINCT author) AS people
                FROM timeline JOIN post ON post.timeline = timeline.id JOIN post_hashtag USING (timeline, position)
                JOIN hashtag ON hashtag.timeline = post.timeline AND hashtag.digest = post_hashtag.hashtag
                WHERE collection = ?1 AND position < ?2 AND tag IS NOT NULL AND origin IS NOT NULL
                AND NOT (left_out IS NOT NULL AND {_ALL_HAVE_TOTALS})
                GROUP BY post.timeline, origin, tag HAVING people >= ?3)
            JOIN host ON host.id = origin GROUP BY origin, tag ORDER BY name, most DESC, tag""",
        collection.id, posts, min_people,
    )  # fmt: skip
    hashtags: dict[Host, list[WordCount]] = {}
    for name, tag, people in rows:
        hashtags.setdefault(Host(name), []).append(WordCount(tag, people))
    return hashtags


def post_counts(
    db: Database, timeline: Timeline, posts: int, by: Literal["language", "origin", "hour"]
) -> list[tuple[Any, int]]:
    """The newest `posts` posts of a timeline by language, origin or hour (UTC): value and posts, most posts first."""
    column = {"language": "coalesce(language, '')", "origin": "name", "hour": "written_at / 3600 % 24"}[by]
    rows = db.rows(
        f"""SELECT {column} AS value, count(*) FROM post LEFT JOIN host ON host.id = origin
            WHERE timeline = ? AND position < ? AND author IS NOT NULL AND value IS NOT NULL GROUP BY value ORDER BY 2 DESC, 1""",
        timeline.id, posts,
    )  # fmt: skip
    return [(value, n) for value, n in rows]


def post_span(db: Database, timeline: Timeline, posts: int) -> tuple[int, int, int | None, int | None]:
    """Of the newest `posts` posts of a timeline: how many there are, how many were left out, the hours of the oldest and the newest one.

    The hours are epoch seconds.
    """
    row = db.row(
        "SELECT count(*), count(*) - count(author), min(written_at), max(written_at) FROM post WHERE timeline = ? AND position < ?",
        timeline.id, posts,
    )  # fmt: skip
    assert row is not None
    return row[0], row[1], row[2], row[3]


def hashtags(db: Database, timeline: Timeline, posts: int, min_people: int) -> list[WordCount]:
    """The hashtags that at least `min_people` people used in the newest `posts` posts of a timeline, most people first."""
    rows = db.rows(
        """SELECT tag, count(DISTINCT author) AS people FROM post_hashtag JOIN post USING (timeline, position)
           JOIN hashtag ON hashtag.timeline = post.timeline AND hashtag.digest = hashtag
           WHERE post.timeline = ? AND position < ? AND tag IS NOT NULL GROUP BY tag HAVING people >= ? ORDER BY people DESC, tag""",
        timeline.id, posts, min_people,
    )  # fmt: skip
    return [WordCount(tag, people) for tag, people in rows]


def profile_counts(db: Database, directory: Directory, measure: str) -> dict[int, int]:
    """People of a directory by bin of a measure (see the module `profile_counts`)."""
    rows = db.rows("SELECT bin, people FROM profile_count WHERE directory = ? AND measure = ?", directory.id, measure)
    return dict(rows)
