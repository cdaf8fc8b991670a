"""The posts of an instance: languages, hashtags, words, hours and origins of its newest public posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fedistats.export import data_frames, schema, tables
from fedistats.export.json_documents import result_json
from fedistats.hosts import Host
from fedistats.model import Feed, Outcome, PostCounts
from fedistats.results.figures import FigureMixin, theme_by_name
from fedistats.results.reading import about, not_collected
from fedistats.servers.api import LOCAL, PUBLIC
from fedistats.settings import DEFAULT_MIN_PEOPLE, ThemeName
from fedistats.store import collections, profile_counts, queries, terms, timelines
from fedistats.store.database import Database
from fedistats.store.terms import POST
from fedistats.store.timelines import Timeline
from fedistats.text.ranking import rank_terms

if TYPE_CHECKING:
    import pandas
    import polars
    from matplotlib.figure import Figure


class Posts(FigureMixin, PostCounts):
    """What people post on an instance: languages, hashtags, words, hours and origins of the newest posts of each feed."""

    __slots__ = ()

    @classmethod
    def read(cls, db: Database, host: Host, posts: int, *, min_people: int = DEFAULT_MIN_PEOPLE) -> Posts:
        """The newest collected posts of `host`: counts of the newest `posts` posts of each feed.

        A word or hashtag is shown if at least `min_people` people use it. A feed that is closed has its outcome and no counts.
        Raises NotCollected.
        """
        for collection in collections.find(db, host):
            loaded = [timelines.load(db, collection, collection.start, feed) for feed in (PUBLIC, LOCAL)]
            ended = [(timeline, timeline.outcome) for timeline in loaded if timeline and timeline.outcome]
            if len(ended) == len(loaded):
                counted = min(posts, max(timeline.wanted for timeline, _ in ended))
                return cls(
                    about(collection, {"posts": counted, "min_people": min_people}),
                    collection.start,
                    tuple(_read_feed(db, timeline, outcome, posts, min_people) for timeline, outcome in ended),
                )
        raise not_collected("posts", host)

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each count, as in docs/schema.md; `attrs` holds the provenance. Raises MissingExtra without the extra `pandas`."""
        return data_frames.to_pandas(schema.COUNTS, tables.counts(self), tables.provenance(self.about))

    def to_polars(self) -> polars.DataFrame:
        """The same table for polars. Raises MissingExtra without the extra `polars`."""
        return data_frames.to_polars(schema.COUNTS, tables.counts(self))

    def to_json(self) -> str:
        """The JSON that `fedistats posts --json` prints."""
        return result_json("posts", self).decode()

    def figure(self, *, theme: ThemeName = "light") -> Figure:
        """The picture as a matplotlib Figure that you can change."""
        from fedistats.render.charts.posts import draw_posts

        return draw_posts(self, theme=theme_by_name(theme))

    def __repr__(self) -> str:
        posts_read = ", ".join(f"{feed.posts_read:,} {feed.feed}" for feed in self.feeds)
        return f"<Posts of {self.host}, {self.about.date[:10]}: {posts_read}>"


def _read_feed(db: Database, timeline: Timeline, outcome: Outcome, posts: int, min_people: int) -> Feed:
    posts_read, left_out, first_at, last_at = queries.post_span(db, timeline, posts)
    hours = dict(queries.post_counts(db, timeline, posts, "hour"))
    # words are counted over the complete timeline, so they are shown only if all of its posts are
    speakers = timeline.word_authors if timeline.posts_read <= posts else None
    words = terms.load(db, POST, timeline.id) if (speakers or 0) >= profile_counts.MIN_GROUP_SIZE else []
    return Feed(
        feed=timeline.feed,
        outcome=outcome,
        reason=timeline.reason,
        posts_read=posts_read,
        posts_left_out=left_out,
        first_at=first_at,
        last_at=last_at,
        languages=tuple(queries.post_counts(db, timeline, posts, "language")),
        hashtags=tuple(queries.hashtags(db, timeline, posts, min_people)),
        hours=tuple(hours.get(hour, 0) for hour in range(24)),
        origins=tuple(queries.post_counts(db, timeline, posts, "origin")),
        words=rank_terms(words, min_people=min_people),
        speakers=speakers,
    )
