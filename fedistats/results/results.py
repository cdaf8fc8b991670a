"""What the functions of `fedistats` return: the model's nouns, which also become tables, files and pictures, in Jupyter by themselves.

The model lies below the renderers and knows none of them. So these are its classes once more, with methods and without a field of their
own but for an Instance's `about`: whatever takes the model's Neighborhood takes this one. What a method needs is imported when it runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from fedistats import hosts, model
from fedistats.errors import NothingFound
from fedistats.export.formats import LICENCE, Format, format_of
from fedistats.text.html import clean

if TYPE_CHECKING:
    import networkx as nx
    import pandas
    import polars
    from matplotlib.figure import Figure

    from fedistats.export.schema import Table
    from fedistats.export.tables import Row
    from fedistats.render.cloud.cloud import Cloud
    from fedistats.render.network.scene import Scene
    from fedistats.settings import LayoutName

ThemeName = Literal["light", "dark"]


class FigureMixin:
    """Whatever is drawn as one figure."""

    __slots__ = ()

    def png(self, *, theme: ThemeName = "light") -> bytes:
        """The picture that the command writes. Raises NothingFound where there is nothing to draw."""
        from fedistats.render import figures

        return figures.png(self.figure(theme=theme))

    def svg(self, *, theme: ThemeName = "light") -> bytes:
        """The same as SVG."""
        from fedistats.render import figures

        return figures.svg(self.figure(theme=theme))

    def figure(self, *, theme: ThemeName = "light") -> Figure:
        """The same as matplotlib's Figure, to go on with. Raises NothingFound where there is nothing to draw."""
        raise NotImplementedError


class Neighborhood(model.NeighborhoodGraph):
    """With whom they talk: a graph of instances."""

    __slots__ = ()

    @classmethod
    def of(cls, found: model.NeighborhoodGraph) -> Neighborhood:
        return cls(**values(found))

    def to_networkx(self) -> nx.Graph[str]:
        """A Graph (DiGraph where directed): nodes are hosts, edges carry `weight` (posts), `graph.graph` says what was asked and seen.

        Nodes and edges have the columns of docs/schema.md as attributes: those that its GraphML has, too.
        """
        from fedistats.analysis.graph import to_networkx
        from fedistats.export import tables
        from fedistats.export.schema import NODES

        graph = to_networkx(self)
        graph.graph.update(tables.about(self))
        hosts = tables.hosts(self)
        told = [column.name for column in NODES.telling]
        for host, row in zip(hosts, tables.nodes(self), strict=True):
            values = zip(told, row[1:], strict=True)
            graph.nodes[host].update({name: value for name, value in values if value is not None})
        if not self.directed:
            for rows in tables.edge_rows(self):
                for a, b, _, on_a, on_b in rows:
                    graph.edges[hosts[a], hosts[b]].update(read_on_source=on_a, read_on_target=on_b)
        return graph

    def to_pandas(self, table: Literal["edges", "nodes", "coverage"] = "edges") -> pandas.DataFrame:
        """One of its tables, as docs/schema.md describes them. Raises MissingExtra without the extra `pandas`."""
        from fedistats.export import data_frames, tables

        return data_frames.to_pandas(*self._table(table), tables.about(self))

    def to_polars(self, table: Literal["edges", "nodes", "coverage"] = "edges") -> polars.DataFrame:
        """The same for polars. Raises MissingExtra without the extra `polars`."""
        from fedistats.export import data_frames

        return data_frames.to_polars(*self._table(table))

    def to_json(self) -> str:
        """What `fedistats neighborhood --json` prints."""
        from fedistats.export.json_documents import neighborhood_json

        return neighborhood_json(self).decode()

    def save(
        self,
        path: Path | str,
        kind: Format | None = None,
        *,
        ids_only: bool = False,
        licence: str = LICENCE,
        authors: Sequence[str] = (),
    ) -> list[Path]:
        """Write it for other programs, as `fedistats export` does; returns the files written.

        `kind` is graphml, gexf, csv, json, jsonl, sqlite, parquet or package; None: what the ending of `path` names. `ids_only` keeps
        which hosts are linked and nothing else. `licence` (an SPDX identifier) and `authors` are for a package.
        Raises InvalidFile; MissingExtra; LocalError; ValueError for a licence that is none.
        """
        from fedistats.export.data_package import Deposit
        from fedistats.export.exporter import files
        from fedistats.export.files import write

        path = Path(path)
        made = files(self, kind or format_of(path), path, ids_only=ids_only, deposit=Deposit(licence, authors))
        return write(next(iter(made)).parent, {place.name: chunks for place, chunks in made.items()})

    def png(self, *, theme: ThemeName = "light", layout: LayoutName = "force", top: int | None = None) -> bytes:
        """The picture that the command writes; `top` draws only so many instances, the strongest."""
        from fedistats.render.network import figure

        return figure.png(self._scene(theme, layout, top))

    def svg(self, *, theme: ThemeName = "light", layout: LayoutName = "force", top: int | None = None) -> bytes:
        """The same with tooltips and links."""
        from fedistats.render.network import svg

        return svg.svg(self._scene(theme, layout, top))

    def pdf(self, *, theme: ThemeName = "light", layout: LayoutName = "force", top: int | None = None) -> bytes:
        """The same for papers."""
        from fedistats.render.network import figure

        return figure.pdf(self._scene(theme, layout, top))

    def _repr_png_(self) -> bytes:
        return self.png()

    def __repr__(self) -> str:
        return (
            f"<Neighborhood of {self.start}, {self.about.date[:10]}: {len(self.nodes):,} instances, {len(self.edges):,} edges;"
            f" {self.coverage.sentence()}>"
        )

    def _scene(self, theme: ThemeName, layout: LayoutName, top: int | None) -> Scene:
        from fedistats.render.network.scene import compose_scene
        from fedistats.render.style import THEMES

        return compose_scene(self, theme=THEMES[theme], layout=layout, top=top)

    def _table(self, name: str) -> tuple[Table, Iterable[Row]]:
        from fedistats.export import schema, tables

        if name == "edges":
            table = tables.edge_table(self)
            columns = tables.edges(self)[: len(table.columns())]
            return table, zip(*(column.tolist() for column in columns), strict=True)
        if name == "nodes":
            return schema.NODES, tables.nodes(self)
        if name == "coverage":
            return schema.COVERAGE, tables.coverage(self)
        raise ValueError(f"a neighborhood has the tables edges, nodes and coverage, not {name!r}")


class Profiles(model.ProfileCounts):
    """Who is here: the words of the bios, and how age, followers and posts are spread."""

    __slots__ = ()

    @classmethod
    def of(cls, found: model.ProfileCounts) -> Profiles:
        return cls(**values(found))

    def to_pandas(self, table: Literal["words", "distributions"] = "words") -> pandas.DataFrame:
        """One of its tables, as docs/schema.md describes them. Raises MissingExtra without the extra `pandas`."""
        from fedistats.export import data_frames, tables

        return data_frames.to_pandas(*self._table(table), tables.provenance(self.about))

    def to_polars(self, table: Literal["words", "distributions"] = "words") -> polars.DataFrame:
        """The same for polars. Raises MissingExtra without the extra `polars`."""
        from fedistats.export import data_frames

        return data_frames.to_polars(*self._table(table))

    def to_json(self) -> str:
        """What `fedistats profiles --json` prints."""
        return _json(self)

    def png(
        self,
        picture: Literal["cloud", "words", "distributions"] = "cloud",
        *,
        theme: ThemeName = "light",
        width: int = 1600,
        height: int = 1000,
        font: Path | None = None,
        mask: bytes | None = None,
    ) -> bytes:
        """One of the pictures that the command writes. Of the cloud, `width` and `height` are pixels, `font` is a font file that is asked
        before all others, and `mask` an image whose dark parts are filled with words.

        Raises NothingFound for words where there are none; InvalidFile where `font` or `mask` cannot be read.
        """
        from fedistats.render import figures
        from fedistats.render.cloud import cloud

        if picture == "cloud":
            return cloud.png(self._cloud(theme, width, height, font, mask))
        return figures.png(self._chart(picture, theme))

    def svg(
        self,
        picture: Literal["cloud", "words", "distributions"] = "cloud",
        *,
        theme: ThemeName = "light",
        width: int = 1600,
        height: int = 1000,
        font: Path | None = None,
        mask: bytes | None = None,
    ) -> bytes:
        """The same as SVG."""
        from fedistats.render import figures
        from fedistats.render.cloud import cloud

        if picture == "cloud":
            return cloud.svg(self._cloud(theme, width, height, font, mask))
        return figures.svg(self._chart(picture, theme))

    def _repr_png_(self) -> bytes:
        return self.png("cloud" if self.words else "distributions")

    def __repr__(self) -> str:
        return f"<Profiles of {self.host}, {self.about.date[:10]}: {self.counted:,} people counted, {len(self.words):,} words>"

    def _cloud(self, theme: ThemeName, width: int, height: int, font: Path | None, mask: bytes | None) -> Cloud:
        from fedistats.render import terminal
        from fedistats.render.cloud import cloud
        from fedistats.render.style import THEMES

        self._need_words()
        return cloud.lay_out(
            self.words,
            title=f"Who is on {hosts.display_name(self.host)}, in their own words",
            caption=terminal.profiles_caption(self),
            theme=THEMES[theme],
            width=width,
            height=height,
            most=len(self.words),
            font=font,
            mask=mask,
        )

    def _chart(self, picture: str, theme: ThemeName) -> Figure:
        from fedistats.render.charts import charts
        from fedistats.render.style import THEMES

        if picture == "words":
            self._need_words()
            return charts.word_bars(self, theme=THEMES[theme])
        return charts.distributions(self, theme=THEMES[theme])

    def _need_words(self) -> None:
        if not self.words:
            raise NothingFound(f"no word is used by enough people of {self.host} to be shown")

    def _table(self, name: str) -> tuple[Table, Iterable[Row]]:
        from fedistats.export import schema, tables

        if name == "words":
            return schema.WORDS, tables.words(self)
        if name == "distributions":
            return schema.DISTRIBUTIONS, tables.distributions(self)
        raise ValueError(f"profiles have the tables words and distributions, not {name!r}")


class Posts(model.PostCounts):
    """What is talked about: languages, hashtags, hours and origins of the newest posts of each feed."""

    __slots__ = ()

    @classmethod
    def of(cls, found: model.PostCounts) -> Posts:
        return cls(**values(found))

    def to_pandas(self) -> pandas.DataFrame:
        """All counts of both feeds, one a row, as docs/schema.md describes them. Raises MissingExtra without the extra `pandas`."""
        from fedistats.export import data_frames, schema, tables

        return data_frames.to_pandas(schema.COUNTS, tables.counts(self), tables.provenance(self.about))

    def to_polars(self) -> polars.DataFrame:
        """The same for polars. Raises MissingExtra without the extra `polars`."""
        from fedistats.export import data_frames, schema, tables

        return data_frames.to_polars(schema.COUNTS, tables.counts(self))

    def to_json(self) -> str:
        """What `fedistats posts --json` prints."""
        return _json(self)

    def png(self, *, theme: ThemeName = "light") -> bytes:
        """The picture that the command writes."""
        from fedistats.render import figures
        from fedistats.render.charts import charts
        from fedistats.render.style import THEMES

        return figures.png(charts.posts(self, theme=THEMES[theme]))

    def svg(self, *, theme: ThemeName = "light") -> bytes:
        """The same as SVG."""
        from fedistats.render import figures
        from fedistats.render.charts import charts
        from fedistats.render.style import THEMES

        return figures.svg(charts.posts(self, theme=THEMES[theme]))

    def _repr_png_(self) -> bytes:
        return self.png()

    def __repr__(self) -> str:
        read = ", ".join(f"{feed.posts_read:,} {feed.feed}" for feed in self.feeds)
        return f"<Posts of {self.host}, {self.about.date[:10]}: {read}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Instance(FigureMixin, model.InstanceInfo):
    """What a server says about itself."""

    about: model.About
    """When it said so."""

    @classmethod
    def of(cls, about: model.About, found: model.InstanceInfo) -> Instance:
        return cls(**values(found), about=about)

    def to_pandas(self) -> pandas.DataFrame:
        """Its weeks of activity, as docs/schema.md describes them. Raises MissingExtra without the extra `pandas`."""
        from fedistats.export import data_frames, schema, tables

        return data_frames.to_pandas(schema.ACTIVITY, tables.activity(self), tables.provenance(self.about))

    def to_polars(self) -> polars.DataFrame:
        """The same for polars. Raises MissingExtra without the extra `polars`."""
        from fedistats.export import data_frames, schema, tables

        return data_frames.to_polars(schema.ACTIVITY, tables.activity(self))

    def to_json(self) -> str:
        """What `fedistats instance --json` prints."""
        return _json(self)

    def _repr_png_(self) -> bytes | None:
        return self.png() if self.activity else None

    def __repr__(self) -> str:
        software = clean(f"{self.software or 'unknown software'} {self.version or ''}", 60)
        return f"<Instance {self.host}, {self.about.date[:10]}: {software}>"

    def figure(self, *, theme: ThemeName = "light") -> Figure:
        from fedistats.render.charts import charts
        from fedistats.render.style import THEMES

        if not self.activity:
            raise NothingFound(f"{self.host} does not tell how active it is")
        return charts.activity(self, self.about, theme=THEMES[theme])


class History(FigureMixin, model.InstanceHistory):
    """What changed on an instance from one collection to the next."""

    __slots__ = ()

    @classmethod
    def of(cls, found: model.InstanceHistory) -> History:
        return cls(**values(found))

    def to_pandas(self) -> pandas.DataFrame:
        """A row for each date, as docs/schema.md describes them. Raises MissingExtra without the extra `pandas`."""
        from fedistats.export import data_frames, schema, tables

        return data_frames.to_pandas(schema.SNAPSHOTS, tables.snapshots(self), tables.provenance(self.about))

    def to_polars(self) -> polars.DataFrame:
        """The same for polars. Raises MissingExtra without the extra `polars`."""
        from fedistats.export import data_frames, schema, tables

        return data_frames.to_polars(schema.SNAPSHOTS, tables.snapshots(self))

    def to_json(self) -> str:
        """What `fedistats history --json` prints."""
        return _json(self)

    def _repr_png_(self) -> bytes | None:
        return self.png() if len(self.snapshots) > 1 else None

    def __repr__(self) -> str:
        dates = self.dates
        return (
            f"<History of {self.host}: {len(dates):,} collections, {' to '.join(dict.fromkeys((dates[0], dates[-1])))}>"
        )

    def figure(self, *, theme: ThemeName = "light") -> Figure:
        from fedistats.render.charts import history
        from fedistats.render.style import THEMES

        if len(self.snapshots) < 2:
            raise NothingFound(f"{self.host} was collected once: that is no history yet")
        return history.figure(self, theme=THEMES[theme])


def values(found: Any) -> dict[str, Any]:
    return {field.name: getattr(found, field.name) for field in fields(found)}


def _json(found: Profiles | Posts | Instance | History) -> str:
    from fedistats.export.json_documents import as_json

    return as_json(found).decode()
