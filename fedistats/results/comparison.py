"""A comparison of instances: the words, hashtags, languages and neighbors that distinguish each of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from fedistats.analysis.comparison import ComparedInstance, InstanceComparison, compare
from fedistats.errors import NothingFound
from fedistats.export import data_frames, schema, tables
from fedistats.export.json_documents import comparison_json
from fedistats.export.schema import Table
from fedistats.export.tables import Row, Value, provenance
from fedistats.hosts import Host
from fedistats.results.figures import FigureMixin, theme_by_name
from fedistats.results.neighborhood import Neighborhood
from fedistats.results.posts import Posts
from fedistats.results.profiles import Profiles
from fedistats.results.reading import fields_of, nothing_collected, read_or_none
from fedistats.settings import ThemeName, check_choice
from fedistats.store import collections
from fedistats.store.database import Database

if TYPE_CHECKING:
    import pandas
    import polars
    from matplotlib.figure import Figure

ComparisonTable = Literal["keyness", "overlaps"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Comparison(FigureMixin, InstanceComparison):
    """What distinguishes each of several instances from the others."""

    instances: tuple[ComparedInstance, ...]
    """The data of each instance, in the order of `hosts`."""

    @classmethod
    def read(cls, db: Database, hosts: Iterable[Host], posts: int, *, min_posts: int, min_people: int) -> Comparison:
        """The newest collected data of each host, compared. Raises NotCollected if there is none of a host.

        The comparison may be empty: see `check`.
        """
        instances = tuple(_read_instance(db, host, posts, min_posts, min_people) for host in hosts)
        return cls(**fields_of(compare(instances)), instances=instances)

    def check(self) -> None:
        """Raise NothingFound if the comparison is empty."""
        if not any(any(rows) for rows in self.keyness.values()) and not self.overlaps:
            raise NothingFound(
                "there is nothing to compare: at most one of these instances has an open directory or an open timeline"
            )

    def to_pandas(self, table: ComparisonTable = "keyness") -> pandas.DataFrame:
        """One of the tables "keyness" and "overlaps" of docs/schema.md; `attrs` holds the provenance.

        Raises MissingExtra without the extra `pandas`; InvalidSetting for another table.
        """
        return data_frames.to_pandas(*self._table(table), self._provenance())

    def to_polars(self, table: ComparisonTable = "keyness") -> polars.DataFrame:
        """The same tables for polars. Raises MissingExtra without the extra `polars`; InvalidSetting for another table."""
        return data_frames.to_polars(*self._table(table))

    def to_json(self) -> str:
        """The JSON that `fedistats compare --json` prints."""
        return comparison_json(self, self.instances).decode()

    def figure(self, *, theme: ThemeName = "light") -> Figure:
        """The picture as a matplotlib Figure that you can change."""
        from fedistats.render.charts.comparison import draw_comparison

        return draw_comparison(self, self.instances, theme=theme_by_name(theme))

    def __repr__(self) -> str:
        counts = ", ".join(f"{sum(map(len, rows)):,} {kind}" for kind, rows in self.keyness.items())
        return f"<Comparison of {', '.join(self.hosts)}: {counts} are distinctive>"

    def _table(self, table: ComparisonTable) -> tuple[Table, Iterable[Row]]:
        check_choice("table", table, get_args(ComparisonTable))
        if table == "keyness":
            return schema.KEYNESS, tables.keyness(self)
        return schema.OVERLAPS, tables.overlaps(self)

    def _provenance(self) -> dict[str, Value]:
        """The provenance of the first part, with all hosts and all dates."""
        abouts = [about for instance in self.instances for about in instance.abouts().values()]
        combined: dict[str, Value] = {
            "host": ", ".join(self.hosts),
            "date": ", ".join(sorted({about.date for about in abouts})),
        }
        return (provenance(abouts[0]) if abouts else {}) | combined


def _read_instance(db: Database, host: Host, posts: int, min_posts: int, min_people: int) -> ComparedInstance:
    start = next((collection.start for collection in collections.find(db, host)), None)
    if start is None:
        raise nothing_collected(host)
    return ComparedInstance(
        start,
        read_or_none(lambda: Profiles.read(db, start, min_people=min_people)),
        read_or_none(lambda: Posts.read(db, start, posts, min_people=min_people)),
        read_or_none(lambda: Neighborhood.read(db, start, posts, min_posts=min_posts)),
    )
