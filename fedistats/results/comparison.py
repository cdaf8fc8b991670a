"""Several instances side by side: what sets each apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fedistats.analysis import comparison
from fedistats.errors import FetchError, InvalidHost, NothingFound
from fedistats.hosts import Host, parse_target
from fedistats.results import queries
from fedistats.results.results import FigureMixin, Neighborhood, Posts, Profiles, ThemeName, values
from fedistats.store import collections
from fedistats.store.database import Database

if TYPE_CHECKING:
    import pandas
    import polars
    from matplotlib.figure import Figure

    from fedistats.export.schema import Table
    from fedistats.export.tables import Row, Value
    from fedistats.settings import Part


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Comparison(FigureMixin, comparison.InstanceComparison):
    """What sets each of several instances apart from the others."""

    sides: tuple[comparison.ComparedInstance, ...]
    """What is known of each, in the order of `hosts`."""

    @classmethod
    def of(cls, store: Database, names: Iterable[Host], newest: int, *, min_posts: int, min_people: int) -> Comparison:
        """Raises NotCollected where of one of them nothing is known; whether there is anything to compare, `check` says."""
        sides = tuple(_side(store, name, newest, min_posts, min_people) for name in names)
        return cls(**values(comparison.compare(sides)), sides=sides)

    def check(self) -> None:
        """Raises NothingFound where nothing could be compared."""
        if not any(keys for of in self.keyness.values() for keys in of) and not self.overlaps:
            raise NothingFound(
                "nothing is known of two of them that could be compared: their directories and timelines are closed"
            )

    def to_pandas(self, table: Literal["keyness", "overlaps"] = "keyness") -> pandas.DataFrame:
        """What sets each apart (host, kind, name, uses, others, log_odds, z), or how much the neighbors of each two overlap
        (source, target, shared, union, jaccard, weighted). Raises MissingExtra without the extra `pandas`."""
        from fedistats.export import data_frames

        return data_frames.to_pandas(*self._table(table), self._provenance())

    def to_polars(self, table: Literal["keyness", "overlaps"] = "keyness") -> polars.DataFrame:
        """The same for polars. Raises MissingExtra without the extra `polars`."""
        from fedistats.export import data_frames

        return data_frames.to_polars(*self._table(table))

    def to_json(self) -> str:
        """What `fedistats compare --json` prints."""
        from fedistats.export.analysis_json import compare_json

        return compare_json(self, self.sides).decode()

    def figure(self, *, theme: ThemeName = "light") -> Figure:
        """The picture as matplotlib's Figure, to go on with."""
        from fedistats.render.charts import compare as picture
        from fedistats.render.style import THEMES

        return picture.draw(self, self.sides, theme=THEMES[theme])

    def _repr_png_(self) -> bytes:
        return self.png()

    def __repr__(self) -> str:
        told = ", ".join(f"{sum(map(len, of)):,} {kind}" for kind, of in self.keyness.items())
        return f"<Comparison of {', '.join(self.hosts)}: {told} set them apart>"

    def _table(self, name: str) -> tuple[Table, Iterable[Row]]:
        from fedistats.export import analysis_rows, schema

        if name == "keyness":
            return schema.KEYNESS, analysis_rows.keyness(self)
        if name == "overlaps":
            return schema.OVERLAPS, analysis_rows.overlaps(self)
        raise ValueError(f"a comparison has the tables keyness and overlaps, not {name!r}")

    def _provenance(self) -> dict[str, Value]:
        """Of all sides: the hosts, and the dates that they were collected on."""
        from fedistats.export.analysis_json import abouts_of
        from fedistats.export.tables import provenance

        abouts = [about for side in self.sides for about in abouts_of(side).values()]
        several: dict[str, Value] = {"host": ", ".join(self.hosts), "date": ", ".join(sorted({a.date for a in abouts}))}
        return (provenance(abouts[0]) if abouts else {}) | several


def hosts_to_compare(typed: Sequence[str], have: Callable[[Part, str], Host], say: Callable[[str], None]) -> list[Host]:
    """`have` all that is compared of each host; returns their own names. What one of them does not show is said, and no trouble.

    Raises InvalidHost where they are not two different ones; whatever `have` raises of a neighborhood.
    """
    different = "name two different instances or more to compare them"
    if len({parse_target(host).host for host in typed}) < 2:
        raise InvalidHost(different)
    parts: tuple[Part, ...] = ("instance", "profiles", "posts")
    names: list[Host] = []
    for host in typed:
        name = have("neighborhood", host)
        for part in parts:
            try:
                have(part, host)
            except FetchError as error:
                say(f"{part} of {name}: {error}")
        if name not in names:
            names.append(name)
    if len(names) < 2:
        raise InvalidHost(different)
    return names


def _side(store: Database, name: Host, newest: int, min_posts: int, min_people: int) -> comparison.ComparedInstance:
    known = next((collected.start for collected in collections.find(store, name)), None)
    if known is None:
        raise queries.nothing_about(name)
    return comparison.ComparedInstance(
        known,
        queries.if_there(lambda: Profiles.of(queries.profiles(store, known, min_people=min_people))),
        queries.if_there(lambda: Posts.of(queries.posts(store, known, newest, min_people=min_people))),
        queries.if_there(lambda: Neighborhood.of(queries.neighborhood(store, known, newest, min_posts=min_posts))),
    )
