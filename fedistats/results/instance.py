"""An instance: what a server says about itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fedistats.errors import NothingFound
from fedistats.export import data_frames, schema, tables
from fedistats.export.json_documents import instance_json
from fedistats.hosts import Host
from fedistats.model import About, InstanceInfo
from fedistats.results.figures import FigureMixin, theme_by_name
from fedistats.results.reading import about, fields_of, not_collected
from fedistats.settings import ThemeName
from fedistats.store import collections, instances
from fedistats.store.database import Database
from fedistats.text.html import clean

if TYPE_CHECKING:
    import pandas
    import polars
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Instance(FigureMixin, InstanceInfo):
    """What a server says about itself."""

    about: About
    """When it was collected."""

    @classmethod
    def read(cls, db: Database, host: Host) -> Instance:
        """The newest collected description of `host`. Raises NotCollected."""
        for collection in collections.find(db, host):
            info = instances.load(db, collection, collection.start, complete=True)
            if info is not None:
                return cls(**fields_of(info), about=about(collection, {}))
        raise not_collected("instance", host)

    def to_pandas(self) -> pandas.DataFrame:
        """Its weeks of activity, as in docs/schema.md; `attrs` holds the provenance. Raises MissingExtra without the extra `pandas`."""
        return data_frames.to_pandas(schema.ACTIVITY, tables.activity(self), tables.provenance(self.about))

    def to_polars(self) -> polars.DataFrame:
        """The same table for polars. Raises MissingExtra without the extra `polars`."""
        return data_frames.to_polars(schema.ACTIVITY, tables.activity(self))

    def to_json(self) -> str:
        """The JSON that `fedistats instance --json` prints."""
        return instance_json(self, self.about).decode()

    def figure(self, *, theme: ThemeName = "light") -> Figure:
        """Its weeks of activity as a matplotlib Figure that you can change. Raises NothingFound if it does not publish them."""
        from fedistats.render.charts.activity import draw_activity

        if not self.activity:
            raise NothingFound(f"{self.host} does not publish its activity")
        return draw_activity(self, self.about, theme=theme_by_name(theme))

    def _repr_png_(self) -> bytes | None:
        return self.png() if self.activity else None

    def __repr__(self) -> str:
        software = clean(f"{self.software or 'unknown software'} {self.version or ''}", 60)
        return f"<Instance {self.host}, {self.about.date[:10]}: {software}>"
