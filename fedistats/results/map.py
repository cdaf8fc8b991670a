"""The instances of a neighborhood by how they describe themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fedistats.analysis.communities import find_communities
from fedistats.analysis.descriptions import DescriptionMap, map_descriptions
from fedistats.errors import NothingFound
from fedistats.hosts import Host
from fedistats.results import queries
from fedistats.results.results import Neighborhood, ThemeName, values
from fedistats.store.database import Database

if TYPE_CHECKING:
    import pandas
    import polars
    from matplotlib.figure import Figure

    from fedistats.render.charts.map import By


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Map(DescriptionMap):
    """The instances of a neighborhood by how they describe themselves: the nearer two lie, the more alike."""

    neighborhood: Neighborhood

    @classmethod
    def of(cls, store: Database, name: Host, newest: int, *, min_posts: int) -> Map:
        """Raises NotCollected; NothingFound where nobody is connected. Where nobody is alike, nobody has a place: see `check`."""
        found = find_communities(queries.neighborhood(store, name, newest, min_posts=min_posts))
        if len(found.nodes) < 2:
            raise NothingFound(
                f"{found.start} is connected with nobody by {min_posts} posts or more: there is no map to draw"
            )
        texts = queries.descriptions(store, name)
        land = map_descriptions({node.host: texts[node.host] for node in found.nodes if node.host in texts})
        return cls(**values(land), neighborhood=Neighborhood.of(found))

    def check(self) -> None:
        """Raises NothingFound where no instance has a place."""
        if not self.hosts:
            raise NothingFound(
                f"no two instances round {self.neighborhood.start} share a word in their descriptions: "
                "there is no map to draw"
            )

    def to_pandas(self) -> pandas.DataFrame:
        """A row for each instance: host, x, y, region, and the words of its region. Raises MissingExtra without the extra `pandas`."""
        from fedistats.export import analysis_rows, data_frames, schema, tables

        return data_frames.to_pandas(schema.PLACES, analysis_rows.places(self), tables.about(self.neighborhood))

    def to_polars(self) -> polars.DataFrame:
        """The same for polars. Raises MissingExtra without the extra `polars`."""
        from fedistats.export import analysis_rows, data_frames, schema

        return data_frames.to_polars(schema.PLACES, analysis_rows.places(self))

    def to_json(self) -> str:
        """What `fedistats map --json` prints."""
        from fedistats.export.analysis_json import map_json

        return map_json(self.neighborhood, self).decode()

    def png(self, *, theme: ThemeName = "light", by: By = "community") -> bytes:
        """The picture that the command writes."""
        from fedistats.render import figures

        return figures.png(self.figure(theme=theme, by=by))

    def svg(self, *, theme: ThemeName = "light", by: By = "community") -> bytes:
        """The same as SVG."""
        from fedistats.render import figures

        return figures.svg(self.figure(theme=theme, by=by))

    def figure(self, *, theme: ThemeName = "light", by: By = "community") -> Figure:
        """The same as matplotlib's Figure, to go on with."""
        from fedistats.render.charts import map as picture
        from fedistats.render.style import THEMES

        return picture.draw(self.neighborhood, self, by=by, theme=THEMES[theme])

    def _repr_png_(self) -> bytes:
        return self.png()

    def __repr__(self) -> str:
        found = self.neighborhood
        return (
            f"<Map round {found.start}, {found.about.date[:10]}: {len(self.hosts):,} instances, {len(self.regions):,} islands;"
            f" {found.coverage.sentence()}>"
        )
