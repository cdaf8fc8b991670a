"""The history of an instance: what changed from one collection to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fedistats.analysis.communities import find_communities
from fedistats.analysis.neighbors import neighbors
from fedistats.errors import NothingFound
from fedistats.export import data_frames, schema, tables
from fedistats.export.json_documents import result_json
from fedistats.hosts import Host
from fedistats.model import About, InstanceHistory, InstanceInfo, NeighborhoodGraph, Snapshot
from fedistats.results.figures import FigureMixin, theme_by_name
from fedistats.results.neighborhood import neighborhood_abouts, read_graphs
from fedistats.results.reading import about, describe_scope, not_collected
from fedistats.settings import DEFAULT_MIN_POSTS, ThemeName
from fedistats.store import collections, instances
from fedistats.store.database import Database

if TYPE_CHECKING:
    import pandas
    import polars
    from matplotlib.figure import Figure


class History(FigureMixin, InstanceHistory):
    """How an instance changed from one collection to the next."""

    __slots__ = ()

    @classmethod
    def read(cls, db: Database, host: Host, posts: int, *, min_posts: int = DEFAULT_MIN_POSTS) -> History:
        """One snapshot for each collection of `host`, oldest first. Raises NotCollected.

        So that the neighborhoods can be compared, each is read from the same number of posts of each timeline: as many as were collected
        at every date with the scope of the newest one, and at most `posts`.
        """
        abouts = neighborhood_abouts(db, host)
        scope = describe_scope(abouts[0]) if abouts else ""
        counts = [int(about.parameters["posts"]) for about in abouts if describe_scope(about) == scope]
        common_posts = min([posts, *counts])
        graphs = {graph.about.date: graph for graph in read_graphs(db, host, common_posts, min_posts=min_posts)}
        newest: About | None = None
        snapshots = []
        for collection in reversed(collections.find(db, host)):
            newest = about(collection, {"posts": common_posts, "min_posts": min_posts})
            info, graph = instances.load(db, collection, collection.start), graphs.get(newest.date)
            if info is not None or graph is not None:
                snapshots.append(_snapshot(newest.date, info, graph))
        if newest is None or not snapshots:
            raise not_collected("history", host)
        return cls(newest, newest.host, tuple(snapshots))

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each date, as in docs/schema.md; `attrs` holds the provenance. Raises MissingExtra without the extra `pandas`."""
        return data_frames.to_pandas(schema.SNAPSHOTS, tables.snapshots(self), tables.provenance(self.about))

    def to_polars(self) -> polars.DataFrame:
        """The same table for polars. Raises MissingExtra without the extra `polars`."""
        return data_frames.to_polars(schema.SNAPSHOTS, tables.snapshots(self))

    def to_json(self) -> str:
        """The JSON that `fedistats history --json` prints."""
        return result_json("history", self).decode()

    def figure(self, *, theme: ThemeName = "light") -> Figure:
        """The picture as a matplotlib Figure that you can change. Raises NothingFound if there is only one collection."""
        from fedistats.render.charts.history import draw_history

        if len(self.snapshots) < 2:
            raise NothingFound(f"{self.host} was collected only once: a history needs two dates")
        return draw_history(self, theme=theme_by_name(theme))

    def _repr_png_(self) -> bytes | None:
        return self.png() if len(self.snapshots) > 1 else None

    def __repr__(self) -> str:
        dates = self.dates
        span = " to ".join(dict.fromkeys((dates[0], dates[-1])))
        return f"<History of {self.host}: {len(dates):,} collections, {span}>"


def _snapshot(date: str, info: InstanceInfo | None, graph: NeighborhoodGraph | None) -> Snapshot:
    return Snapshot(
        date=date,
        users=info.users if info else None,
        posts=info.posts if info else None,
        posts_read=graph.coverage.posts_read if graph else None,
        found=graph.coverage.found if graph else None,
        neighbors=len(neighbors(graph)) if graph else None,
        edges=len(graph.edges) if graph else None,
        communities=find_communities(graph).communities_found if graph else None,
        max_posts=int(graph.about.parameters["posts"]) if graph else None,
        scope=describe_scope(graph.about) if graph else "",
    )
