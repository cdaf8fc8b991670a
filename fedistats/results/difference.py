"""What has changed between two collections of one instance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal

from fedistats import model
from fedistats.analysis import difference
from fedistats.errors import NotCollected, NotComparable
from fedistats.hosts import Host
from fedistats.results import queries
from fedistats.results.results import FigureMixin, Neighborhood, ThemeName, values
from fedistats.store.database import Database

if TYPE_CHECKING:
    import pandas
    import polars
    from matplotlib.figure import Figure

    from fedistats.export.schema import Table
    from fedistats.export.tables import Row, Value


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Difference(FigureMixin, difference.NeighborhoodDifference):
    """What has changed between two collections of one instance."""

    before: Neighborhood
    """As it was, with every pair of instances that a post connected."""
    after: Neighborhood
    min_posts: int
    """An edge stands from this many posts on."""
    skipped_collections: tuple[model.About, ...] = ()
    """Collections between the two, newest first, that were asked otherwise."""

    @classmethod
    def of(
        cls, store: Database, name: Host, since: str | None, until: str | None, newest: int, *, min_posts: int
    ) -> Difference:
        """Between the collections of two dates, or parts of dates; None: the newest, and the nearest before it that was asked alike.

        Both are told from as many posts of each timeline as were read both times, `newest` at most.
        Raises NotCollected where there are none, or only one; NotComparable where they reach differently far.
        """
        before, after, skipped = _two_of(store, name, since, until, newest)
        found = difference.difference(before, after, min_posts)
        return cls(
            **values(found),
            before=Neighborhood.of(before),
            after=Neighborhood.of(after),
            min_posts=min_posts,
            skipped_collections=skipped,
        )

    @property
    def newest(self) -> int:
        """From how many of the newest posts of each timeline it is told."""
        return int(self.after.about.parameters["posts"])

    def to_pandas(self, table: Literal["instances", "edges"] = "instances") -> pandas.DataFrame:
        """Who is new and who is gone (change, host, outcome, posts_read, strength), or whose edges grew and shrank (change, source,
        target, before, after, p_value). Raises MissingExtra without the extra `pandas`."""
        from fedistats.export import data_frames, tables

        since: dict[str, Value] = {"since": self.before.about.date, "min_posts": self.min_posts}
        return data_frames.to_pandas(*self._table(table), tables.about(self.after) | since)

    def to_polars(self, table: Literal["instances", "edges"] = "instances") -> polars.DataFrame:
        """The same for polars. Raises MissingExtra without the extra `polars`."""
        from fedistats.export import data_frames

        return data_frames.to_polars(*self._table(table))

    def to_json(self) -> str:
        """What `fedistats diff --json` prints."""
        from fedistats.export.analysis_json import diff_json

        return diff_json(self, self.before, self.after, self.skipped_collections).decode()

    def figure(self, *, theme: ThemeName = "light") -> Figure:
        """The picture as matplotlib's Figure, to go on with."""
        from fedistats.render.charts import diff as picture
        from fedistats.render.style import THEMES

        return picture.draw(self, self.before, self.after, self.min_posts, theme=THEMES[theme])

    def _repr_png_(self) -> bytes:
        return self.png()

    def __repr__(self) -> str:
        told = ", ".join(f"{len(getattr(self, kind)):,} {kind}" for kind in ("new", "gone", "grew", "shrank"))
        dates = " to ".join(found.about.date[:16] for found in (self.before, self.after))
        return f"<Difference of {self.after.start}, {dates}: {told}; from the newest {self.newest:,} posts of each timeline>"

    def _table(self, name: str) -> tuple[Table, Iterable[Row]]:
        from fedistats.export import analysis_rows, schema

        if name == "instances":
            return schema.CHANGED_INSTANCES, analysis_rows.changed_instances(self)
        if name == "edges":
            return schema.CHANGED_EDGES, analysis_rows.changed_edges(self)
        raise ValueError(f"a difference has the tables instances and edges, not {name!r}")


def _two_of(
    store: Database, name: Host, since: str | None, until: str | None, newest: int
) -> tuple[model.NeighborhoodGraph, model.NeighborhoodGraph, tuple[model.About, ...]]:
    """The collections of two dates, with every pair of instances, and those that were passed over to find them."""
    abouts = queries.questions(store, name)
    dates = [about.date for about in abouts]
    if not dates:
        raise NotCollected(f"no neighborhood of {name} was collected yet: run fedistats neighborhood {name}")
    later = min(_at(dates, until or "", name))
    if since is None and later + 1 == len(dates):
        raise NotCollected(
            f"there is nothing to compare the neighborhood of {dates[later]} with: "
            f"fedistats diff {name} --fresh collects it once more"
        )
    if since is None:
        alike = (at for at in range(later + 1, len(dates)) if queries.reach(abouts[at]) == queries.reach(abouts[later]))
        earlier = next(alike, later + 1)
    else:
        earlier = max(_at(dates, since, name))
    if earlier == later:
        raise NotCollected(
            f"--from and --to are the same collection, of {dates[later]}; there is {', '.join(dates)}: times may be typed, too"
        )
    one, other = abouts[earlier], abouts[later]
    if queries.reach(one) != queries.reach(other):
        went = [queries.reach(about) or "depth 1" for about in (one, other)]
        raise NotComparable(
            f"the collection of {one.date} was asked with {went[0]}, that of {other.date} with {went[1]}, so they cannot be compared"
        )
    posts = min(newest, *(int(about.parameters["posts"]) for about in (one, other)))
    graphs = list(islice(queries.neighborhoods(store, name, posts, min_posts=1), max(earlier, later) + 1))
    return graphs[earlier], graphs[later], tuple(abouts[later + 1 : earlier]) if since is None else ()


def _at(dates: Sequence[str], typed: str, name: Host) -> list[int]:
    """Which are of a date that somebody typed, or of a part of it."""
    if found := [place for place, date in enumerate(dates) if date.startswith(typed.replace(" ", "T"))]:
        return found
    raise NotCollected(f"no neighborhood of {name} was collected at {typed}; there is {', '.join(dates)}")
