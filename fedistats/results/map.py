"""The map of a neighborhood: its instances, placed by how they describe themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fedistats.analysis.descriptions import DescriptionMap, map_descriptions
from fedistats.errors import NothingFound
from fedistats.export import data_frames, schema, tables
from fedistats.export.json_documents import map_json
from fedistats.hosts import Host
from fedistats.results.figures import theme_by_name
from fedistats.results.neighborhood import Neighborhood
from fedistats.results.reading import fields_of, not_collected
from fedistats.settings import MapColors, ThemeName, check
from fedistats.store import collections, instances
from fedistats.store.database import Database
from fedistats.text.html import html_to_text

if TYPE_CHECKING:
    import pandas
    import polars
    from matplotlib.figure import Figure

_MAX_DESCRIPTION = 5_000
"""Characters of a description that are compared: a server may send a megabyte, and there are thousands of servers."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Map(DescriptionMap):
    """The instances of a neighborhood on a plane: instances with similar descriptions are close together."""

    neighborhood: Neighborhood
    """The neighborhood, with communities."""

    @classmethod
    def read(cls, db: Database, host: Host, posts: int, *, min_posts: int) -> Map:
        """The newest collected neighborhood of `host`, as a map.

        Raises NotCollected; NothingFound if no edge connects the instances. The map may be empty: see `check`.
        """
        neighborhood = Neighborhood.read(db, host, posts, min_posts=min_posts)
        if len(neighborhood.nodes) < 2:
            raise NothingFound(
                f"no instance is connected with {neighborhood.start} by {min_posts} posts or more: there is no map to draw"
            )
        texts = read_descriptions(db, host)
        description_map = map_descriptions(
            {node.host: texts[node.host] for node in neighborhood.nodes if node.host in texts}
        )
        return cls(**fields_of(description_map), neighborhood=neighborhood)

    def check(self) -> None:
        """Raise NothingFound if no instance has a place."""
        if not self.hosts:
            raise NothingFound(
                f"no two instances around {self.neighborhood.start} share a word in their descriptions: there is no map to draw"
            )

    def to_pandas(self) -> pandas.DataFrame:
        """One row per instance, as in docs/schema.md; `attrs` holds the provenance. Raises MissingExtra without the extra `pandas`."""
        return data_frames.to_pandas(schema.PLACES, tables.places(self), tables.about(self.neighborhood))

    def to_polars(self) -> polars.DataFrame:
        """The same table for polars. Raises MissingExtra without the extra `polars`."""
        return data_frames.to_polars(schema.PLACES, tables.places(self))

    def to_json(self) -> str:
        """The JSON that `fedistats map --json` prints."""
        return map_json(self.neighborhood, self).decode()

    def png(self, *, theme: ThemeName = "light", by: MapColors = "community") -> bytes:
        """The picture that the command writes, as PNG. Raises InvalidSetting."""
        from fedistats.render import figures

        return figures.png(self.figure(theme=theme, by=by))

    def svg(self, *, theme: ThemeName = "light", by: MapColors = "community") -> bytes:
        """The same picture as SVG."""
        from fedistats.render import figures

        return figures.svg(self.figure(theme=theme, by=by))

    def figure(self, *, theme: ThemeName = "light", by: MapColors = "community") -> Figure:
        """The same picture as a matplotlib Figure that you can change."""
        from fedistats.render.charts.map import draw_map

        check(by=by)
        return draw_map(self.neighborhood, self, by=by, theme=theme_by_name(theme))

    def _repr_png_(self) -> bytes:
        return self.png()

    def __repr__(self) -> str:
        neighborhood = self.neighborhood
        return (
            f"<Map around {neighborhood.start}, {neighborhood.about.date[:10]}: {len(self.hosts):,} instances, "
            f"{len(self.regions):,} regions; {neighborhood.coverage.sentence()}>"
        )


def read_descriptions(db: Database, host: Host) -> dict[Host, str]:
    """The title and description of each instance of the newest neighborhood, as plain text. Raises NotCollected."""
    for collection in collections.find(db, host):
        if collection.neighborhood_posts is None:
            continue
        infos = instances.load_all(db, collection)
        texts = {
            name: f"{html_to_text(info.title)}\n{html_to_text(info.description)}"[:_MAX_DESCRIPTION]
            for name, info in infos.items()
            if info.title or info.description
        }
        attempted = any("description" in info.gaps for info in infos.values())
        if attempted or texts.keys() - {collection.start}:
            return texts
        break
    raise not_collected("map", host)
