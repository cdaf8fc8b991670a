"""The difference between two collected neighborhoods of one instance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal, get_args

from fedistats.analysis.difference import NeighborhoodDifference, difference
from fedistats.errors import NotCollected, NotComparable
from fedistats.export import data_frames, schema, tables
from fedistats.export.json_documents import difference_json
from fedistats.export.schema import Table
from fedistats.export.tables import Row, Value
from fedistats.hosts import Host
from fedistats.model import About, NeighborhoodGraph
from fedistats.results.figures import FigureMixin, theme_by_name
from fedistats.results.neighborhood import Neighborhood, neighborhood_abouts, read_graphs
from fedistats.results.reading import describe_scope, fields_of
from fedistats.settings import ThemeName, check_choice
from fedistats.store.database import Database

if TYPE_CHECKING:
    import pandas
    import polars
    from matplotlib.figure import Figure

DifferenceTable = Literal["instances", "edges"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Difference(FigureMixin, NeighborhoodDifference):
    """What changed in the neighborhood of an instance between two collections."""

    before: Neighborhood
    """The earlier neighborhood, with every pair of instances that at least one post connects."""
    after: Neighborhood
    """The later one."""
    min_posts: int
    """Two instances are linked if at least this many distinct posts connect them."""
    skipped_collections: tuple[About, ...] = ()
    """Collections between the two that have another scope, newest first."""

    @classmethod
    def read(
        cls, db: Database, host: Host, since: str | None, until: str | None, posts: int, *, min_posts: int
    ) -> Difference:
        """The difference between the collections of two dates, or of the beginnings of dates.

        `until` is None for the newest collection, `since` is None for the newest one before it that has the same scope. Both
        neighborhoods are read from the same number of posts of each timeline: as many as were collected both times, at most `posts`.
        Raises NotCollected if there are fewer than two; NotComparable if their scopes differ.
        """
        abouts = neighborhood_abouts(db, host)
        earlier, later = _choose(abouts, host, since, until)
        common_posts = min(posts, *(int(abouts[i].parameters["posts"]) for i in (earlier, later)))
        graphs: list[NeighborhoodGraph] = list(
            islice(read_graphs(db, host, common_posts, min_posts=1), max(earlier, later) + 1)
        )
        before, after = graphs[earlier], graphs[later]
        return cls(
            **fields_of(difference(before, after, min_posts)),
            before=Neighborhood(**fields_of(before)),
            after=Neighborhood(**fields_of(after)),
            min_posts=min_posts,
            skipped_collections=tuple(abouts[later + 1 : earlier]) if since is None else (),
        )

    @property
    def max_posts(self) -> int:
        """The number of the newest posts of each timeline that are compared, at most."""
        return int(self.after.about.parameters["posts"])

    def to_pandas(self, table: DifferenceTable = "instances") -> pandas.DataFrame:
        """One of the tables "instances" and "edges" (in docs/schema.md "changed instances" and "changed edges"); `attrs` holds the
        provenance.

        Raises MissingExtra without the extra `pandas`; InvalidSetting for another table.
        """
        since: dict[str, Value] = {"since": self.before.about.date, "min_posts": self.min_posts}
        return data_frames.to_pandas(*self._table(table), tables.about(self.after) | since)

    def to_polars(self, table: DifferenceTable = "instances") -> polars.DataFrame:
        """The same tables for polars. Raises MissingExtra without the extra `polars`; InvalidSetting for another table."""
        return data_frames.to_polars(*self._table(table))

    def to_json(self) -> str:
        """The JSON that `fedistats diff --json` prints."""
        return difference_json(self, self.before, self.after, self.skipped_collections).decode()

    def figure(self, *, theme: ThemeName = "light") -> Figure:
        """The picture as a matplotlib Figure that you can change."""
        from fedistats.render.charts.difference import draw_difference

        return draw_difference(self, self.before, self.after, self.min_posts, theme=theme_by_name(theme))

    def __repr__(self) -> str:
        counts = ", ".join(f"{len(getattr(self, name)):,} {name}" for name in ("new", "gone", "grew", "shrank"))
        dates = " to ".join(graph.about.date[:16] for graph in (self.before, self.after))
        return f"<Difference of {self.after.start}, {dates}: {counts}; from the newest {self.max_posts:,} posts of each timeline>"

    def _table(self, table: DifferenceTable) -> tuple[Table, Iterable[Row]]:
        check_choice("table", table, get_args(DifferenceTable))
        if table == "instances":
            return schema.CHANGED_INSTANCES, tables.changed_instances(self)
        return schema.CHANGED_EDGES, tables.changed_edges(self)


def _choose(abouts: Sequence[About], host: Host, since: str | None, until: str | None) -> tuple[int, int]:
    """The indices of the earlier and the later collection."""
    dates = [about.date for about in abouts]
    if not dates:
        raise NotCollected(f"no neighborhood of {host} has been collected yet: run fedistats neighborhood {host}")
    later = min(_indices(dates, until or "", host))
    scope = describe_scope(abouts[later])
    if since is not None:
        earlier = max(_indices(dates, since, host))
    elif later + 1 == len(dates):
        raise NotCollected(
            f"there is no earlier neighborhood to compare with that of {dates[later]}: "
            f"fedistats diff {host} --fresh collects it again"
        )
    else:
        same_scope = (i for i in range(later + 1, len(dates)) if describe_scope(abouts[i]) == scope)
        earlier = next(same_scope, later + 1)
    if earlier == later:
        raise NotCollected(
            f"--from and --to name the same collection, of {dates[later]}; collected: {', '.join(dates)}; a date may include a time"
        )
    earlier_scope = describe_scope(abouts[earlier])
    if earlier_scope != scope:
        raise NotComparable(
            f"the collection of {dates[earlier]} has the scope {earlier_scope or 'depth 1'}, that of {dates[later]} "
            f"{scope or 'depth 1'}, so they cannot be compared"
        )
    return earlier, later


def _indices(dates: Sequence[str], typed: str, host: Host) -> list[int]:
    """The indices of the dates that begin with the date that the user typed."""
    indices = [i for i, date in enumerate(dates) if date.startswith(typed.replace(" ", "T"))]
    if not indices:
        raise NotCollected(f"no neighborhood of {host} was collected on {typed}; collected: {', '.join(dates)}")
    return indices
