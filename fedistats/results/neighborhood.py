"""The neighborhood of an instance: the instances that its posts connect it with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from fedistats.analysis.backbone import backbone as backbone_of
from fedistats.analysis.communities import find_communities
from fedistats.analysis.graph import build, rule, to_networkx, within_reach
from fedistats.export import data_frames, schema, tables
from fedistats.export.files import write
from fedistats.export.formats import DEFAULT_LICENSE, FileFormat, format_of
from fedistats.export.json_documents import neighborhood_json
from fedistats.export.schema import Table
from fedistats.export.tables import Row
from fedistats.hosts import Host
from fedistats.model import About, NeighborhoodGraph
from fedistats.results.figures import theme_by_name
from fedistats.results.reading import about, fields_of, not_collected, scope_parameters
from fedistats.servers.api import MENTIONS
from fedistats.settings import (
    BY_MENTIONS,
    BY_POSTS,
    DEFAULT_MIN_PEOPLE,
    DEFAULT_MIN_POSTS,
    EdgeKind,
    LayoutName,
    ThemeName,
    check,
    check_choice,
)
from fedistats.store import collections, instances, queries
from fedistats.store.collections import Collection
from fedistats.store.database import Database

if TYPE_CHECKING:
    import networkx as nx
    import pandas
    import polars

    from fedistats.export.data_package import PackageMetadata
    from fedistats.export.gexf import NodeStyles
    from fedistats.render.network.scene import Scene

NeighborhoodTable = Literal["edges", "nodes", "coverage"]


class Neighborhood(NeighborhoodGraph):
    """The graph of the instances that posts connect with one instance and with each other."""

    __slots__ = ()

    @classmethod
    def read(
        cls,
        db: Database,
        host: Host,
        posts: int,
        *,
        min_posts: int = DEFAULT_MIN_POSTS,
        directed: bool = False,
        backbone: float | None = None,
        edges: EdgeKind = BY_POSTS,
    ) -> Neighborhood:
        """The newest collected neighborhood of `host`, from the newest `posts` posts of each timeline, with its communities.

        Two instances are linked if at least `min_posts` distinct posts connect them; with `backbone` (an alpha between 0 and 1) only the
        significant edges are kept. `edges` says what connects two instances. Raises NotCollected.
        """
        graph = next(read_graphs(db, host, posts, min_posts=min_posts, directed=directed, edges=edges), None)
        if graph is None:
            raise not_collected("neighborhood", host)
        if backbone is not None:
            graph = backbone_of(graph, backbone)
        return cls(**fields_of(find_communities(graph)))

    def to_networkx(self) -> nx.Graph[str]:
        """A Graph, or a DiGraph if directed: nodes are hosts, edges have a `weight` (posts), `graph.graph` holds the provenance.

        Nodes and edges have the columns of docs/schema.md as attributes, the same as in GraphML.
        """
        graph = to_networkx(self)
        graph.graph.update(tables.about(self))
        hosts = tables.hosts(self)
        names = [column.name for column in schema.NODES.attributes]
        for host, row in zip(hosts, tables.nodes(self), strict=True):
            values = zip(names, row[1:], strict=True)
            graph.nodes[host].update({name: value for name, value in values if value is not None})
        if not self.directed:
            for rows in tables.edge_rows(self):
                for source, target, _, on_source, on_target in rows:
                    graph.edges[hosts[source], hosts[target]].update(read_on_source=on_source, read_on_target=on_target)
        return graph

    def to_pandas(self, table: NeighborhoodTable = "edges") -> pandas.DataFrame:
        """One of the tables "edges", "nodes" and "coverage" of docs/schema.md; `attrs` holds the provenance.

        Raises MissingExtra without the extra `pandas`; InvalidSetting for another table.
        """
        return data_frames.to_pandas(*self._table(table), tables.about(self))

    def to_polars(self, table: NeighborhoodTable = "edges") -> polars.DataFrame:
        """The same tables for polars. Raises MissingExtra without the extra `polars`; InvalidSetting for another table."""
        return data_frames.to_polars(*self._table(table))

    def to_json(self) -> str:
        """The JSON that `fedistats neighborhood --json` prints."""
        return neighborhood_json(self).decode()

    def save(
        self,
        path: Path | str,
        file_format: FileFormat | None = None,
        *,
        ids_only: bool = False,
        license: str = DEFAULT_LICENSE,  # noqa: A002 - the word of data packages
        authors: Sequence[str] = (),
    ) -> list[Path]:
        """Write files for other programs, as `fedistats export` does; returns their paths.

        The formats are graphml, gexf, csv, json, jsonl, sqlite, parquet and package; None: the one that the ending of `path` names.
        With `ids_only` the files hold only which hosts are linked. `license` (an SPDX identifier) and `authors` are for a package.
        Raises InvalidFile; InvalidSetting for another format or a license that is not an identifier; MissingExtra; LocalError.
        """
        from fedistats.export.data_package import PackageMetadata

        path = Path(path)
        files = self.to_files(
            path, file_format or format_of(path), ids_only=ids_only, metadata=PackageMetadata(license, authors)
        )
        return write(next(iter(files)).parent, {place.name: chunks for place, chunks in files.items()})

    def to_files(
        self, path: Path, file_format: FileFormat, *, ids_only: bool = False, metadata: PackageMetadata | None = None
    ) -> dict[Path, Iterable[bytes]]:
        """What `save` writes: the content of each file in chunks. Raises InvalidSetting for another format; MissingExtra."""
        from fedistats.export.exporter import export_files

        check_choice("file_format", file_format, get_args(FileFormat))
        drawn = file_format == "gexf" and self.nodes and not ids_only
        styles = self._node_styles() if drawn else None
        return export_files(self, file_format, path, ids_only=ids_only, metadata=metadata, styles=styles)

    def png(self, *, theme: ThemeName = "light", layout: LayoutName = "force", top: int | None = None) -> bytes:
        """The picture that the command writes, as PNG; `top` draws only that many of the strongest instances.

        Raises NothingFound if there is no instance to draw; InvalidSetting.
        """
        from fedistats.render.network import figure

        return figure.png(self._scene(theme, layout, top))

    def svg(self, *, theme: ThemeName = "light", layout: LayoutName = "force", top: int | None = None) -> bytes:
        """The same picture as SVG, with tooltips and links."""
        from fedistats.render.network import svg

        return svg.svg(self._scene(theme, layout, top))

    def pdf(self, *, theme: ThemeName = "light", layout: LayoutName = "force", top: int | None = None) -> bytes:
        """The same picture as PDF, for papers."""
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

        check(layout=layout, top=top)
        return compose_scene(self, theme=theme_by_name(theme), layout=layout, top=top)

    def _node_styles(self) -> NodeStyles:
        """The positions, sizes and colors of the nodes in the picture."""
        from fedistats.export.gexf import NodeStyles
        from fedistats.render.network.scene import compose_scene

        nodes = compose_scene(self).nodes
        return NodeStyles(
            np.array([(node.x, -node.y) for node in nodes]),  # on a page y points down
            [2 * node.radius for node in nodes],
            [node.color for node in nodes],
        )

    def _table(self, table: NeighborhoodTable) -> tuple[Table, Iterable[Row]]:
        check_choice("table", table, get_args(NeighborhoodTable))
        if table == "nodes":
            return schema.NODES, tables.nodes(self)
        if table == "coverage":
            return schema.COVERAGE, tables.coverage(self)
        edge_table = tables.edge_table(self)
        columns = tables.edges(self)[: len(edge_table.columns())]
        return edge_table, zip(*(column.tolist() for column in columns), strict=True)


def read_graphs(
    db: Database,
    host: Host,
    posts: int,
    *,
    min_posts: int = DEFAULT_MIN_POSTS,
    directed: bool = False,
    edges: EdgeKind = BY_POSTS,
) -> Iterator[NeighborhoodGraph]:
    """The graph of each collected neighborhood of `host`, newest first, without communities."""
    for collection in collections.find(db, host):
        if collection.neighborhood_posts is not None and collection.scope.edges == edges:
            yield _read_graph(
                db, collection, min(posts, collection.neighborhood_posts), min_posts=min_posts, directed=directed
            )


def neighborhood_abouts(db: Database, host: Host) -> list[About]:
    """The provenance of each collected neighborhood of `host` whose edges are posts, newest first."""
    return [
        about(collection, {"posts": collection.neighborhood_posts, **scope_parameters(collection.scope)})
        for collection in collections.find(db, host)
        if collection.neighborhood_posts is not None and collection.scope.edges == BY_POSTS
    ]


def _read_graph(
    db: Database, collection: Collection, posts: int, *, min_posts: int, directed: bool
) -> NeighborhoodGraph:
    """The graph of one collection, from the newest `posts` posts of each timeline."""
    scope = collection.scope
    by_mentions = scope.edges == BY_MENTIONS
    parameters: dict[str, str | int] = {
        "posts": posts,
        "min_posts": min_posts,
        "directed": "yes" if directed else "no",
        "rule": rule(min_posts, directed=directed, mentions=by_mentions),
        **scope_parameters(scope),
    }
    timelines = [
        timeline
        for timeline in queries.timeline_results(db, collection, posts)
        if (timeline.feed == MENTIONS) == by_mentions
    ]
    sightings, hosts = queries.sightings(db, collection, posts), queries.host_names(db)
    if collection.neighborhood_posts is not None and posts < collection.neighborhood_posts:
        # a crawl of fewer posts would not have visited the instances that only older posts lead to
        timelines = within_reach(timelines, sightings, hosts, collection.start, scope.depth, scope.listed)
    graph = build(
        about(collection, parameters),
        collection.start,
        timelines,
        sightings,
        hosts,
        min_posts=min_posts,
        directed=directed,
        listed=scope.listed,
    )
    infos = instances.load_all(db, collection)
    languages = queries.origin_languages(db, collection, posts)
    hashtags = queries.origin_hashtags(db, collection, posts, DEFAULT_MIN_PEOPLE)
    nodes = []
    for node in graph.nodes:
        info = infos.get(node.host)
        nodes.append(
            replace(
                node,
                languages=tuple(languages.get(node.host, ())),
                hashtags=tuple(hashtags.get(node.host, ())),
                software=info.software if info else None,
                version=info.version if info else None,
                users=info.users if info else None,
            )
        )
    return replace(graph, nodes=tuple(nodes))
